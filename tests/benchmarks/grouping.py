"""Two ways of grouping plates, compared: pairwise precision and recall, and how many are split or merged."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imgsim.base.verdict_words import DETAIL, MIRRORED, SAME
from imgsim.catalogue import Catalogue
from imgsim.families import Families, find_families
from imgsim.verification.matches import Matches

Groups = list[set[int]]


@dataclass(frozen=True)
class Score:
    """Precision and recall of all pairs within families; true families split, found ones merged or with strangers."""

    found: int
    true: int
    precision: float
    recall: float
    split: int
    merged: int
    strangers: int

    def __str__(self) -> str:
        return (
            f"{self.found:6,} of {self.true:5,}   {self.precision:.4f}   {self.recall:.4f}  {self.split:5}"
            f" {self.merged:6} {self.strangers:9}"
        )


HEADING = f"{'':44} families found   precision recall   split merged strangers"


def pairs_within(groups: Iterable[set[int]]) -> set[tuple[int, int]]:
    """Every two plates of one group."""
    return {(a, b) for group in groups for a in group for b in group if a < b}


def score(found: Groups, true: Groups) -> Score:
    """Compare two ways of grouping; plates in no group of ``true`` are strangers to every family."""
    ours, theirs = pairs_within(found), pairs_within(true)
    both = len(ours & theirs)
    family = {row: at for at, rows in enumerate(true) for row in rows}
    group = {row: at for at, rows in enumerate(found) for row in rows}
    split = sum(len({group.get(row, -1 - row) for row in rows}) > 1 for rows in true)
    merged = sum(len({family[row] for row in rows if row in family}) > 1 for rows in found)
    strangers = sum(any(row not in family for row in rows) for rows in found)
    return Score(
        len(found), len(true), both / max(len(ours), 1), both / max(len(theirs), 1), split, merged, strangers
    )


def components(pairs: Iterable[tuple[int, int]]) -> Groups:
    """Connected components: what the rule is compared with."""
    parent: dict[int, int] = {}

    def root(row: int) -> int:
        while parent.setdefault(row, row) != row:
            parent[row] = row = parent[parent[row]]
        return row

    for a, b in pairs:
        parent[root(a)] = root(b)
    groups: dict[int, set[int]] = defaultdict(set)
    for row in list(parent):
        groups[root(row)].add(row)
    return list(groups.values())


def verified(matches: Matches, verdicts: Sequence[str] = (SAME, MIRRORED, DETAIL)) -> list[tuple[int, int]]:
    """The rows of all pairs with one of these verdicts."""
    frame = matches.frame[matches.frame["verdict"].isin(verdicts)]
    return list(zip(frame["row_a"].tolist(), frame["row_b"].tolist(), strict=True))


def groups_of(catalogue: Catalogue, matches: Matches) -> Groups:
    """The families that the rule finds."""
    return [set(f.rows) for f in Families(find_families(catalogue.frame, matches), catalogue).ordered()]
