"""What can be asked of all families of a collection: each by its id or a plate of it, in order, and corrected."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from imgsim.base.verdict_words import LOOK_ALIKE, VERDICTS
from imgsim.catalogue import Catalogue
from imgsim.errors import CollectionError, ImgsimError, PrepareAgain
from imgsim.families.constraints import Decisions, components, parts_touched, together
from imgsim.families.family_members import Family, Member, assembled
from imgsim.families.family_table import CORRECTED, EARLIEST, EARLIEST_OF, OF_EARLIEST, checked
from imgsim.families.finding import find_families
from imgsim.families.works import work_keys

if TYPE_CHECKING:
    from imgsim.verification.matches import Matches

_VERDICTS = {EARLIEST, *VERDICTS} - {LOOK_ALIKE}
_CROPS = {"", OF_EARLIEST, EARLIEST_OF}


class Families:
    """All families of a collection; never changed after they are read.

    Parameters
    ----------
    frame : what :func:`~imgsim.families.find_families` returns; a family is named after its earliest plate there.
    catalogue : the plates.
    names : id of a family's earliest plate -> the family's permanent id; families that it leaves out are called after
        that plate.

    Raises
    ------
    CollectionError
        The frame is of another form, or does not fit the catalogue.
    """

    def __init__(
        self, frame: pd.DataFrame, catalogue: Catalogue, names: Mapping[str, str] | None = None
    ) -> None:
        self.frame = checked(frame)
        self.catalogue = catalogue
        self._names = dict(names or {})
        self._kept: dict[str, Family] = {}  # those that are read, by their earliest plate, under whatever id
        self._connected: tuple[Matches, npt.NDArray[np.int64]] | None = None
        self._last: tuple[dict[frozenset[int], Decisions], Families] | None = None  # what :meth:`corrected` answered
        self._check()

    def corrected(self, matches: Matches, decisions: Decisions) -> Families:
        """These families after what people decided (see :mod:`~imgsim.families.constraints`); themselves if nothing is.

        Only the plates that agreeing or confirmed pairs connect to a judged one are looked at again, and of them only
        those of which something else is decided than when this was last asked: the result is the same as that of
        :func:`~imgsim.families.find_families` for all of them.
        """
        component = self._components(matches)
        parts = parts_touched(component, decisions)
        before, last = self._last or ({}, self)
        if parts == before:
            return last
        if not parts:
            return self
        new = {part: said for part, said in parts.items() if before.get(part) != said}
        again = frozenset[int]().union(*new)
        changed = again.union(*(part for part, said in before.items() if parts.get(part) != said))
        frames = [
            last.frame[~last.frame["plate_id"].isin(self._plates(component, changed))],
            self.frame[self.frame["plate_id"].isin(self._plates(component, changed - again))],
        ]
        left = [(of, set(frame["family_id"].tolist())) for of, frame in zip((last, self), frames, strict=True)]
        if new:
            rows = np.isin(component, list(again))
            frames.append(find_families(self.catalogue.frame, matches, together(new.values()), rows=rows))
        frame = pd.concat(frames).sort_values(["family_id", "place"], kind="stable")
        families = Families(frame, self.catalogue)
        # To read a family is what takes time; those that are as they were are not read again.
        families._works = self._works
        families._kept = {plate: of._kept[plate] for of, ids in left for plate in ids if plate in of._kept}
        self._last = parts, families
        return families

    def named(self, names: Mapping[str, str]) -> Families:
        """The same families under their permanent ids: id of the earliest plate -> id of the family."""
        families = copy(self)  # whose frame was checked, and which shares what either has read
        families._names, families._last = dict(names), None
        for answer in ("_earliest", "_families", "_family_of_row"):
            families.__dict__.pop(answer, None)
        return families

    @property
    def groups(self) -> dict[str, frozenset[str]]:
        """The ids of each family's plates, by the id of its earliest one, in their order."""
        plates = self._columns["plate_id"]
        return {earliest: frozenset(plates[begin:end]) for earliest, (begin, end) in self._place.items()}

    def _components(self, matches: Matches) -> npt.NDArray[np.int64]:
        if self._connected is None or self._connected[0] is not matches:
            self._connected, self._last = (matches, components(matches, len(self.catalogue))), None
        return self._connected[1]

    def _plates(self, component: npt.NDArray[np.int64], numbers: Collection[int]) -> list[str]:
        """The ids of the plates of components."""
        ids = self.catalogue.plate_ids
        return [ids[row] for row in np.flatnonzero(np.isin(component, list(numbers))).tolist()]

    def __len__(self) -> int:
        return len(self._place)

    @property
    def ids(self) -> tuple[str, ...]:
        """Their ids, in the order of :meth:`ordered`."""
        return tuple(self._families)

    def has(self, family_id: str) -> bool:
        """Say whether there is a family of that id."""
        return family_id in self._earliest

    def family(self, family_id: str) -> Family:
        """Return a family; ImgsimError if there is none of that id."""
        if not self.has(family_id):
            shown = repr(str(family_id)[:80])
            raise ImgsimError(
                f"There is no family {shown} in this collection."
            )
        return self._read(self._earliest[family_id])

    def of(self, row: int) -> str | None:
        """Return the id of a plate's family; None if it is in none."""
        return self._family_of_row.get(int(row))

    def ordered(self) -> tuple[Family, ...]:
        """All of them: most books first, then the longest span, the most plates, and by id."""
        return tuple(self._families.values())

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        """The frame's columns, family by family."""
        frame = self.frame.sort_values(["family_id", "place"], kind="stable")
        return {name: frame[name].tolist() for name in CORRECTED}

    @cached_property
    def _place(self) -> dict[str, tuple[int, int]]:
        """Where the plates of each family begin and end in the columns, by its earliest one, in the order of these."""
        owners = self._columns["family_id"]
        edges = [at for at in range(len(owners) + 1) if at in (0, len(owners)) or owners[at] != owners[at - 1]]
        return {owners[begin]: (begin, end) for begin, end in itertools.pairwise(edges)}

    @cached_property
    def _earliest(self) -> dict[str, str]:
        """The earliest plate of each family, by the family's id."""
        return {self._names.get(earliest, earliest): earliest for earliest in self._place}

    @cached_property
    def _family_of_row(self) -> dict[int, str]:
        rows, owners = map(self.catalogue.row, self._columns["plate_id"]), self._columns["family_id"]
        return {row: self._names.get(owner, owner) for row, owner in zip(rows, owners, strict=True)}

    @cached_property
    def _works(self) -> tuple[str, ...]:
        return work_keys(self.catalogue)

    @cached_property
    def _families(self) -> dict[str, Family]:
        families = [self._read(earliest) for earliest in self._place]
        families.sort(key=lambda f: (-len(f.books), -f.years, -len(f), f.id))
        return {family.id: family for family in families}

    def _read(self, earliest: str) -> Family:
        """One family, by its earliest plate, under its id; read once."""
        family_id = self._names.get(earliest, earliest)
        family = self._kept.get(earliest)
        if family is None:
            begin, end = self._place[earliest]
            members = [self._member(at, at - begin) for at in range(begin, end)]
            family = self._kept[earliest] = assembled(family_id, members, self._works)
        elif family.id != family_id:
            family = self._kept[earliest] = replace(family, id=family_id)
        return family

    def _member(self, at: int, place: int) -> Member:
        columns, catalogue = self._columns, self.catalogue
        row = catalogue.row(columns["plate_id"][at])
        tied_to = columns["tied_to"][at]
        return Member(
            row=row,
            plate_id=columns["plate_id"][at],
            place=place,
            when=catalogue.date(row),
            book=catalogue.cells("book")[row],
            town=catalogue.cells("place")[row],
            verdict=columns["verdict"][at],
            mirrored=columns["mirrored"][at],
            cropped=columns["cropped"][at],
            printing=columns["printing"][at],
            inliers=columns["inliers"][at],
            supports=columns["supports"][at],
            tied_to=catalogue.row(tied_to) if tied_to else None,
            direct=tied_to in ("", columns["family_id"][at]),
            by_review=columns["by_review"][at],
            negative=columns["negative"][at],
        )

    def _check(self) -> None:
        frame, catalogue = self.frame, self.catalogue
        for name in ("plate_id", "family_id"):
            unknown = [value for value in frame[name].tolist() if not catalogue.has(value)]
            if unknown:
                raise _damaged(f"the plate {unknown[0][:80]!r} is not in the catalogue")
        if frame["plate_id"].duplicated().any():
            raise _damaged("a plate is in two families")
        if set(frame["verdict"].unique()) - _VERDICTS or set(frame["cropped"].unique()) - _CROPS:
            raise _damaged("it holds words that no family has")
        first = frame[frame["verdict"] == EARLIEST]
        whole = set(frame["family_id"].tolist())
        if len(first) != len(whole) or (first["plate_id"] != first["family_id"]).any():
            raise _damaged("a family is not named after its earliest plate")
        plates, tied, owners = (frame[name].tolist() for name in ("plate_id", "tied_to", "family_id"))
        family_of, ties = dict(zip(plates, owners, strict=True)), zip(tied, owners, strict=True)
        if any(tie and family_of.get(tie) != family_id for tie, family_id in ties):
            raise _damaged("a plate is tied to one of another family")


def _damaged(what: str) -> CollectionError:
    return CollectionError(f"families.parquet is damaged: {what}.", PrepareAgain())
