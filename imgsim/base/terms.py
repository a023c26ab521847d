"""What pages say in the historian's words, and what statistics and computer vision call the same.

A page says the word. The term stands in the tooltip beside it (`Term.hint`), and Help lists every pair, so that whoever
knows the literature finds the measure again. Columns of files are named by the terms.
"""

from __future__ import annotations

from dataclasses import dataclass

from imgsim.base.translation import marked, tr


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the pages, the term for the same, and what it means: the end of a sentence without a full stop.

    The three are English, as they are known by; where a page shows one by itself it says it with `tr`.
    """

    word: str
    term: str
    meaning: str

    @property
    def title(self) -> str:
        """The word where a line begins with it."""
        return _begun(tr(self.word))

    @property
    def named(self) -> str:
        """The word with its term, where readers may look for either: `Neighbourhoods (UMAP)`."""
        return f"{self.title} ({tr(self.term)})"

    @property
    def heading(self) -> str:
        """The title as files have it, in English."""
        return _begun(self.word)

    @property
    def hint(self) -> str:
        """The tooltip of the word: `Inliers: points of two plates that ...`."""
        return f"{_begun(tr(self.term))}: {tr(self.meaning)}."

    @property
    def note(self) -> str:
        """The hint as files have it, in English."""
        return f"{_begun(self.term)}: {self.meaning}."


def _begun(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


NETWORK = Term(
    marked("network"), marked("backbone"),
    marked("what looks at the plates and says how alike two are; scores of two cannot be compared"),
)  # fmt: skip
DESCRIPTION = Term(
    marked("description in numbers"), marked("embedding"),
    marked("some hundreds of numbers for the lines, tone and composition of a plate"),
)  # fmt: skip
SIMILARITY = Term(
    marked("similarity"), marked("cosine similarity"),
    marked("the cosine of the angle between two embeddings, 1 for the same image"),
)  # fmt: skip
MARKS = Term(
    marked("small marks of ink"), marked("SIFT keypoints"),
    marked("places that are found again on a print by the ink round them"),
)  # fmt: skip
STROKES = Term(
    marked("likeness of the strokes"), marked("cosine of the descriptors"),
    marked("in the median, 1 where two marks of ink look the same"),
)  # fmt: skip
AGREEING = Term(
    marked("points that agree"), marked("inliers"),
    marked("marks of two plates that lie on each other once one plate is laid over the other"),
)  # fmt: skip
APART = Term(
    marked("lies apart"), marked("residual"),
    marked("how far from each other agreeing points lie, in the median, with one plate on the other"),
)  # fmt: skip
THOUSANDTHS = Term(
    marked("thousandths"), marked("per mille, ‰"),
    marked("of the plate's diagonal, whatever the size of the scan"),
)  # fmt: skip
HALF = Term(marked("half of all"), marked("median"), marked("half of the values lie below it, half above"))
ORDER = Term(
    marked("in the same order"), marked("Kendall's tau"),
    marked("1 for the same order, −1 for the reverse, about 0 for none"),
)  # fmt: skip
EVERYWHERE = Term(
    marked("everybody's neighbours"), marked("hubs"),
    marked("plates among the nearest of far more others than if all were equal"),
)  # fmt: skip
UNEVENNESS = Term(
    marked("unevenness"), marked("skewness"),
    marked("of how often plates are among the nearest: 0 is even, above about 1.4 hubs are strong"),
)  # fmt: skip
RIGHT = Term(
    marked("of those above, re-uses"), marked("precision"),
    marked("of judged pairs that reach a score, the share that is confirmed"),
)  # fmt: skip
REACHED = Term(
    marked("of the re-uses, above"), marked("recall"),
    marked("of the pairs that are confirmed, the share that reaches a score"),
)  # fmt: skip
# How one plate was laid on the other, by the names in tables and files.
LAID = {
    "similarity": Term(
        marked("turned, scaled"), marked("similarity transform"),
        marked("moved, turned, scaled and, it may be, mirrored"),
    ),
    "affine": Term(
        marked("stretched, too"), marked("affine transform"),
        marked("stretched and slanted, too, as damp paper is"),
    ),
    "homography": Term(
        marked("tilted, too"), marked("homography"), marked("seen at an angle, too, as by a camera"),
    ),
}
CHANCE = Term(
    marked("room for chance"), marked("Wilson's 95 % interval"),
    marked("where the true share lies in 95 of 100 cases, by how many were judged"),
)  # fmt: skip
NEIGHBOURHOODS = Term(
    marked("Neighbourhoods"), marked("UMAP"),
    marked("plates that look alike stand together, and groups near their likes"),
)  # fmt: skip
CLUSTERS = Term(marked("Groups"), marked("t-SNE"), marked("small groups stand apart; how far says nothing"))
CONTRASTS = Term(
    marked("Main differences"), marked("PCA"),
    marked("across and down lie the two ways in which the plates differ most"),
)  # fmt: skip

# By the names that maps have in addresses and files.
MAPS = {"umap": NEIGHBOURHOODS, "tsne": CLUSTERS, "pca": CONTRASTS}

# All of them, in the order in which Help lists them.
TERMS = (
    NETWORK, DESCRIPTION, SIMILARITY, EVERYWHERE, UNEVENNESS, MARKS, STROKES, AGREEING, APART, THOUSANDTHS, HALF, ORDER,
    RIGHT, REACHED, CHANCE, *LAID.values(), *MAPS.values(),
)  # fmt: skip
