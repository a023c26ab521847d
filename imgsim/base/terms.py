"""What pages say in the historian's words, and what statistics and computer vision call the same.

A page says the word. The term stands in the tooltip beside it (`Term.hint`), and Help lists every pair, so that whoever
knows the literature finds the measure again. Columns of files are named by the terms.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the pages, the term for the same, and what it means: the end of a sentence without a full stop."""

    word: str
    term: str
    meaning: str

    @property
    def title(self) -> str:
        """The word where a line begins with it."""
        return f"{self.word[:1].upper()}{self.word[1:]}"

    @property
    def named(self) -> str:
        """The word with its term, where readers may look for either: `Neighbourhoods (UMAP)`."""
        return f"{self.title} ({self.term})"

    @property
    def hint(self) -> str:
        """The tooltip of the word: `Inliers: points of two plates that ...`."""
        return f"{self.term[:1].upper()}{self.term[1:]}: {self.meaning}."


NETWORK = Term(
    "network", "backbone", "what looks at the plates and says how alike two are; scores of two cannot be compared"
)
DESCRIPTION = Term(
    "description in numbers", "embedding", "some hundreds of numbers for the lines, tone and composition of a plate"
)
SIMILARITY = Term(
    "similarity", "cosine similarity", "the cosine of the angle between two embeddings, 1 for the same image"
)
MARKS = Term("small marks of ink", "SIFT keypoints", "places that are found again on a print by the ink round them")
STROKES = Term(
    "likeness of the strokes", "cosine of the descriptors", "in the median, 1 where two marks of ink look the same"
)
AGREEING = Term(
    "points that agree", "inliers", "marks of two plates that lie on each other once one plate is laid over the other"
)
APART = Term(
    "lies apart", "residual", "how far from each other agreeing points lie, in the median, with one plate on the other"
)
THOUSANDTHS = Term("thousandths", "per mille, ‰", "of the plate's diagonal, whatever the size of the scan")
HALF = Term("half of all", "median", "half of the values lie below it, half above")
ORDER = Term("in the same order", "Kendall's tau", "1 for the same order, −1 for the reverse, about 0 for none")
EVERYWHERE = Term(
    "everybody's neighbours", "hubs", "plates among the nearest of far more others than if all were equal"
)
UNEVENNESS = Term(
    "unevenness", "skewness", "of how often plates are among the nearest: 0 is even, above about 1.4 hubs are strong"
)
RIGHT = Term("of those above, re-uses", "precision", "of judged pairs that reach a score, the share that is confirmed")
REACHED = Term("of the re-uses, above", "recall", "of the pairs that are confirmed, the share that reaches a score")
# How one plate was laid on the other, by the names in tables and files.
LAID = {
    "similarity": Term("turned, scaled", "similarity transform", "moved, turned, scaled and, it may be, mirrored"),
    "affine": Term("stretched, too", "affine transform", "stretched and slanted, too, as damp paper is"),
    "homography": Term("tilted, too", "homography", "seen at an angle, too, as by a camera"),
}
CHANCE = Term(
    "room for chance", "Wilson's 95 % interval", "where the true share lies in 95 of 100 cases, by how many were judged"
)
NEIGHBOURHOODS = Term("Neighbourhoods", "UMAP", "plates that look alike stand together, and groups near their likes")
CLUSTERS = Term("Groups", "t-SNE", "small groups stand apart; how far says nothing")
CONTRASTS = Term("Main differences", "PCA", "across and down lie the two ways in which the plates differ most")

# By the names that maps have in addresses and files.
MAPS = {"umap": NEIGHBOURHOODS, "tsne": CLUSTERS, "pca": CONTRASTS}

# All of them, in the order in which Help lists them.
TERMS = (
    NETWORK, DESCRIPTION, SIMILARITY, EVERYWHERE, UNEVENNESS, MARKS, STROKES, AGREEING, APART, THOUSANDTHS, HALF, ORDER,
    RIGHT, REACHED, CHANCE, *LAID.values(), *MAPS.values(),
)  # fmt: skip
