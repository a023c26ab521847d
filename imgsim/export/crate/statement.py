"""What an export says of itself: its title, who made it, who decided, under which terms. Every record takes it here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from imgsim.collection.citing import collection_citation, scores_citation
from imgsim.export.crate.licences import Licence, licence
from imgsim.export.crate.persons import NOBODY, Person, persons
from imgsim.export.references.records import cleaned
from imgsim.export.request import Request
from imgsim.export.rights import stated
from imgsim.export.written import Written
from imgsim.reviews.account import Account, account

KEYWORDS = ("book history", "book illustration", "re-used plates", "image similarity")


@dataclass(frozen=True)
class Statement:
    """What an export says of itself, each text on one line.

    Attributes
    ----------
    title : what it is called.
    about : what was found, in what, with what.
    citation : how its similarities are cited.
    who : who decided what, and what a program measured.
    day, version : of the export, and the generation of the collection.
    makers : whom it is to be cited by: those who were named, else those who decided, else nobody by name.
    deciders : who decided about a pair of these plates.
    licence : of the lists; None where none was chosen.
    rights : of the images, see :func:`imgsim.export.rights.stated`.
    """

    title: str
    about: str
    citation: str
    who: str
    day: str
    version: str
    makers: tuple[Person, ...]
    deciders: tuple[Person, ...]
    licence: Licence | None
    rights: Mapping[str, int]

    @property
    def terms(self) -> str:
        """Under which terms the lists may be used."""
        if self.licence is None:
            return (
                "No licence was chosen for these lists. Ask those who made them before you do more with them than the "
                "law allows anyway."
            )
        return f"These lists are given under {self.licence.name} ({self.licence.spdx}, {self.licence.address})."

    @property
    def images(self) -> str:
        """That there are no images here, and what is known of the terms of the scans."""
        silent = self.rights.get("", 0)
        said = "; ".join(f"{terms} ({count:,})" for terms, count in self.rights.items() if terms)
        unknown = f"Of {silent:,} plates it is not known under which terms their scans may be used." if silent else ""
        known = f"As the table of the collection says, with the number of plates: {said}." if said else ""
        return " ".join(filter(None, ("The scans are not part of this export.", known, unknown)))


def statement(request: Request, written: Sequence[Written]) -> Statement:
    """Return what an export of these files says of itself."""
    collection = request.collection
    ids = request.catalogue.plate_ids
    chosen = None if request.rows is None else [ids[row] for row in request.chosen.tolist()]
    told = account(request.reviews, request.catalogue.pictures, chosen)
    everybody = persons((*request.makers, *told.people))
    named = {one.name.casefold() for one in persons(request.makers)}
    makers = tuple(one for one in everybody if one.name.casefold() in named)
    deciding = {one.name.casefold() for one in persons(told.people)}
    deciders = tuple(one for one in everybody if one.name.casefold() in deciding)
    version = str(collection.manifest.get("imgsim", ""))
    return Statement(
        title=cleaned(f"Re-used plates in the collection “{collection.name}”: lists made with imgsim"),
        about=cleaned(
            f"What was found in the {collection_citation(collection)} with imgsim {version}. \"Earliest\" is the "
            "earliest in this collection."
        ),
        citation=cleaned(f"{scores_citation(collection, request.backbone)}; exported on {request.date}"),
        who=cleaned(_who(told, [one.file.name for one in written])),
        day=request.date,
        version=str(collection.generation),
        makers=makers or deciders or (NOBODY,),
        deciders=deciders,
        licence=licence(request.licence) if request.licence else None,
        rights=stated(request),
    )  # fmt: skip


def _who(told: Account, files: Sequence[str]) -> str:
    """What was decided by whom, and what a program measured."""
    measured = (
        "Similarities, verdicts, and how many points agree, over which share and how exactly, were measured by a "
        "program. It proposes families by them, and what people decided goes before."
    )
    if not told:
        return (
            f"{measured} Nobody has decided about a pair of these plates yet: look at them before you write that one "
            "was used again."
        )
    each = Counter(review.reviewer for review in told.reviews)
    names = ", ".join(f"{name} {number:,}" for name, number in sorted(each.items()))
    where = "reviews.csv" if "reviews.csv" in files else "reviews.csv of a full export"
    return (
        f"{measured} {told.sentences()} Decisions by name: {names}. {where} has every record: who decided what, when, "
        "on which evidence, about which two pictures. Look at the other pairs before you write that a plate was used "
        "again."
    )
