"""Every column that an export can have, in words."""

from __future__ import annotations

from imgsim.base.cells import TEXT, is_id
from imgsim.base.verdict_words import MEANINGS as SAID
from imgsim.base.verdict_words import PROBABLY_RE_ENGRAVED, PROBABLY_SAME_PLATE

# What a side of a pair has in common with others is put together by :func:`meaning`.
MEANINGS = {
    "plate_id": "the plate: the name of its file, without the ending",
    "book": "the id of the book",
    "page": "the page of the book",
    "number": "the running number of the illustration on its page, from 0",
    "title": "the book's title",
    "author": "the book's author or authors",
    "year": "the year of printing, where it is one",
    "decade": "the decade of printing, where it is one",
    "date_text": "the date of printing as the metadata write it",
    "date_from": "the first year that it can mean; empty where that is open or nothing is known",
    "date_to": "the last year likewise",
    "date_sure": "certain, approximate (circa) or uncertain; empty for an undated plate",
    "place": "the place of printing",
    "country": "the country of printing",
    "format": "the book's format (2fo, 4to, 8vo, 12mo)",
    "category": "the category of the book",
    "language": "the language of the book",
    "file": "the plate's file in the folder or zip that was prepared",
    "folder": "the folder that the file lies in",
    "width": "pixels of the scan, from left to right",
    "height": "pixels of the scan, from top to bottom",
    "query_plate_id": "the plate that was asked about",
    "rank": "1 for the most similar",
    "similarity": "the cosine of the angle between the two embeddings, six decimals; higher is closer",
    "above_threshold": "yes where the similarity reaches the line across the list, else no; empty without a line",
    "threshold": "where the line stands: calibrated for the collection and the network, unless another one was chosen",
    "neighbour_plate_id": "the plate that was found",
    "plate_a_id": "one plate of the pair: the one whose id comes first",
    "plate_b_id": "the other plate",
    "verdict": "what the lines say: " + ", ".join(f'"{verdict}" ({meaning})' for verdict, meaning in SAID.items()),
    "inliers": "how many points of the two agree once one is laid over the other",
    "mirrored": "yes where one of the two is turned left to right; empty where nothing agrees",
    "negative": "yes where one of the two is the other's negative (light where it is dark); empty where nothing agrees",
    "coverage_query": "the share of the picture of the plate asked about that agrees, 0 to 1",
    "coverage_neighbour": "the share of the neighbour's picture that agrees, 0 to 1",
    "coverage_a": "the share of plate a's picture that agrees, 0 to 1",
    "coverage_b": "the share of plate b's picture that agrees, 0 to 1",
    "residual": "the median error at the points that agree, in thousandths of the diagonal of plate b",
    "model": "the transformation that lays one plate over the other: similarity, affine or homography",
    "printing": f"where it can be told: {PROBABLY_SAME_PLATE}, or {PROBABLY_RE_ENGRAVED}",
    "by_review": "what people decided about the pair that ties the plate in; empty where only the lines say so",
    "proposed_by": "what proposed that the two be compared",
    "family_id": "the family, by its permanent id; of a pair, the family that both belong to",
    "family_title": "what people call the family; empty where nobody gave it a title",
    "family_tags": "the tags that people gave the family",
    "family_note": "what people wrote of the family",
    "family_words_of": "the family that this title, these tags and this note were written of, where it is another: one "
    "that became part of this one, or that this one split off from",
    "family_plates": "how many plates the family has",
    "family_books": "how many books print it",
    "order": "the plate's place in its family: 1 for the earliest in this collection, undated ones last",
    "cropped": "whether the plate is a detail of the earliest, or the earliest a detail of it",
    "decision": "what people decided about the pair; \"disputed\" where they differ, empty where nobody has",
    "said": "who says what: each decision that stands, with the names of those who made it",
    "reviewers": "who decided",
    "observed": "what people observed: the number of the place, the words, by whom and when",
    "supports": "how many pairs tie the plate into its family",
    "tied_to_id": "the plate whose pair says how it relates to the earliest; empty for the earliest itself",
    "source_book": "the earlier of two books that share images, where that is known",
    "target_book": "the later one",
    "dated": "whether it is known which of the two is the earlier",
    "shared": "how many families the two share",
    "same_image": "how many of these agree as a whole",
    "shared_detail": "how many of these agree in a part",
    "from_earliest": "of how many of these the source prints the earliest plate in this collection",
    "order_tau": "Kendall's tau of the order in which the two print what they share: 1 the same, -1 the reverse",
    "family_ids": "the families that the two share",
    "first": "which of the two was certainly printed first, a or b; empty where that is not known",
    "page_id": "the page: what the ids of its plates begin with",
    "page_width": "pixels of the page, from left to right",
    "page_height": "pixels of the page, from top to bottom",
    "box": "its left, upper, right and lower edge in pixels of the page, from its upper left corner",
    "kind": "illustration (a plate was cut from it), ornament or initial",
    "score": "how sure the network is, 0 to 1; 1 for a box that a person drew or moved",
    "by": "who corrected the boxes of the page; empty where they are as the network found them",
    "backbone": "the network that did the comparing",
    "collection": "the collection's name",
    "date": "the day of the export",
}  # fmt: skip
# Where a column of one file says something of its own.
_OWN = {
    ("reviews.csv", "uuid"): "the record's own number, by which it is known wherever it goes",
    (
        "reviews.csv",
        "decision",
    ): "same plate, re-engraved copy, mirrored copy, shared motif, unrelated or unsure",
    ("reviews.csv", "undoes_uuid"): "of a record that takes another one back: which",
    ("reviews.csv", "a_sha256"): "SHA-256 of the image file of plate a that was decided about; empty if not known",
    ("reviews.csv", "b_sha256"): "SHA-256 of the image file of plate b that was decided about; empty if not known",
    ("reviews.csv", "confirms_uuid"): "of a record that repeats an older one for the pictures of today: which",
    ("reviews.csv", "reviewer"): "who decided",
    ("reviews.csv", "when"): "at what time, in UTC",
    ("reviews.csv", "note"): "what the reviewer wrote",
    ("reviews.csv", "generation"): "the state of the collection that was shown",
    ("reviews.csv", "matching"): "the comparison of lines that was shown",
    ("reviews.csv", "verdict"): "what the lines said when it was decided",
    ("families.csv", "verdict"): "how the plate relates to the earliest one of its family",
    ("families.csv", "mirrored"): "whether it is turned left to right against the earliest",
    ("families.csv", "negative"): "whether it is the negative of the earliest",
    ("families.csv", "inliers"): "of its strongest pair in the family: how many points agree",
    ("families.csv", "family_id"): "the family, by its permanent id",
    ("matches.csv", "family_id"): "the family that both belong to, by its permanent id",
    ("copies.csv", "inliers"): "how many places of the two agree once one is laid over the other and bent",
    ("copies.csv", "mirrored"): "yes where one of the two is reversed: drawn straight from the other, as a rule",
    ("pages.csv", "file"): "the page's file in the folder, zip or document that was prepared",
    ("pages.csv", "number"): "the running number of the box on its page; empty for a page without any",
    ("pages.csv", "plate_id"): "the plate that was cut from the box; empty for other kinds",
    ("network.csv", "mirrored"): "how many of these agree once one is turned left to right",
    ("network.csv", "negative"): "how many of these agree once one is inverted",
    ("network.csv", "order"): "whether both print what they share in one order, in words",
}
_SIDES = {
    "query_": "of the plate asked about: ",
    "neighbour_": "of the neighbour: ",
    "a_": "of plate a: ",
    "b_": "of plate b: ",
    "source_": "of the source: ",
    "target_": "of the target: ",
}


def meaning(column: str, file: str = "") -> str:
    """Return what a column (of a file) means; a column that is none of ours is one of the metadata's."""
    base = column.removesuffix(TEXT)
    if base != column and is_id(base):
        return f"{base} once more, in square brackets, so that no spreadsheet changes it"
    if (file, column) in _OWN:
        return _OWN[file, column]
    if column in MEANINGS:
        return MEANINGS[column]
    for prefix, side in _SIDES.items():
        if column.startswith(prefix) and column.removeprefix(prefix) in MEANINGS:
            return side + MEANINGS[column.removeprefix(prefix)]
    parts = column.split("_")
    if parts[0] in ("x", "y") and len(parts) > 2:
        return f"the {parts[0]} of the plate on the map {parts[-1]} of {'_'.join(parts[1:-1])}"
    return "from the metadata, as it stands there"
