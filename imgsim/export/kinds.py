"""What can be exported: the one list that the dialog, the command line and the README of a zip are made from.

A further kind is a file of its own that calls :func:`register`: its files, each of which yields its bytes in chunks.
"""

from __future__ import annotations

from collections.abc import Sequence

from imgsim.base.translation import counted, marked
from imgsim.errors import ImgsimError
from imgsim.export import linked, missing
from imgsim.export.book_edges import expected_edges, expected_ties, graphml_chunks, network_chunks
from imgsim.export.copy_lists import copied, copy_chunks
from imgsim.export.decision_annotations import annotation_chunks
from imgsim.export.family_lists import family_chunks, family_ids
from imgsim.export.kind import ExportFile, ExportKind, Kinds
from imgsim.export.map_page import map_chunks
from imgsim.export.match_lists import match_chunks, matched
from imgsim.export.neighbour_lists import expected_rows, neighbour_chunks
from imgsim.export.page_lists import boxes, page_chunks
from imgsim.export.plate_lists import plate_chunks, point_chunks
from imgsim.export.references import bibtex_chunks, csl_chunks
from imgsim.export.request import Request
from imgsim.export.review_lists import review_chunks, reviewed

CSV, HTML, LINKED = "text/csv", "text/html", "application/ld+json"


def _family_rows(request: Request) -> int:
    families = request.families
    return 0 if families is None else sum(len(families.family(name)) for name in family_ids(request))


def _all(request: Request) -> int:
    return len(request.chosen)


def _book_count(request: Request) -> int:
    return len(set(request.catalogue.frame["book"].iloc[request.chosen]) - {""})


_ROW, _PLATE, _BOOK = counted("row", "rows"), counted("plate", "plates"), counted("book", "books")
_PAIR, _BOOKS = counted("pair", "pairs"), counted("pair of books", "pairs of books")
_REVIEW = counted("review", "reviews")
_FOUND, _ABOUT, _MAPS = marked("What was found"), marked("What it is about"), marked("Maps")

KINDS: tuple[ExportKind, ...] = (
    ExportKind(
        "neighbours", marked("Neighbours"),
        marked("The most similar plates of each plate, with what is verified of each pair."), _FOUND,
        (
            ExportFile(
                "neighbours.csv", CSV,
                "The most similar plates of each plate, best first: one row for a plate and one of its neighbours, "
                "with what the comparison of their lines says of the two. A similarity proposes; only a verdict shows.",
                _ROW, expected_rows, neighbour_chunks,
            ),
        ),
    ),
    ExportKind(
        "matches", marked("Matches"),
        marked("The pairs of plates whose lines agree, with the evidence."), _FOUND,
        (
            ExportFile(
                "matches.csv", CSV,
                "The pairs that were compared by their lines and agree: one row a pair, with the evidence. A pair is "
                "in the list if at least one of its plates was asked for.",
                _PAIR, lambda request: len(matched(request)), match_chunks,
            ),
        ),
        missing.uncompared,
    ),
    ExportKind(
        "families", marked("Families"),
        marked("One image and its re-uses, in order of date: one row a plate."), _FOUND,
        (
            ExportFile(
                "families.csv", CSV,
                "Plates tied together by matches, in order of date: one row a plate. A family is in the list, with all "
                "its plates, if at least one of them was asked for. \"Earliest\" is the earliest in this collection.",
                _PLATE, _family_rows, family_chunks,
            ),
            ExportFile(
                "families.jsonld", LINKED,
                "The same families as linked data, in the terms of schema.org and CIDOC-CRM: each is one image, with "
                "the plates that show it.",
                _PLATE, _family_rows, linked.family_chunks, (1100, 300),
            ),
        ),
        missing.uncompared,
    ),
    ExportKind(
        "copies", marked("Copies by another hand"),
        marked("The pairs of plates that show the same, drawn anew."), _FOUND,
        (
            ExportFile(
                "copies.csv", CSV,
                "The pairs whose lines do not agree and that show the same things in the same places, as a learned "
                "verifier says: one row a pair. They are in no list of matches, and make nothing one family. A pair is "
                "in the list if at least one of its plates was asked for.",
                _PAIR, lambda request: len(copied(request)), copy_chunks,
            ),
        ),
        missing.unasked,
    ),
    ExportKind(
        "reviews", marked("Reviews"),
        marked("What people decided about pairs: who, when, and on which evidence."), _FOUND,
        (
            ExportFile(
                "reviews.csv", CSV,
                "What people decided about pairs: every record, with who made it, when, and what was shown. Another "
                "copy of imgsim takes this file in. The families here are those after these decisions.",
                _REVIEW, lambda request: len(reviewed(request)), review_chunks,
            ),
            ExportFile(
                "reviews.jsonld", LINKED,
                "The same records as W3C Web Annotations, for programs that know nothing of imgsim: about which two "
                "pictures, who decided what, and where the two agree. One that was taken back says so.",
                _REVIEW, lambda request: len(reviewed(request)), annotation_chunks, (1500, 200),
            ),
        ),
        missing.unreviewed,
    ),
    ExportKind(
        "network", marked("Network of books"),
        marked("Which books share images: GraphML for Gephi or Cytoscape, and CSV."), _FOUND,
        (
            ExportFile(
                "network.graphml", "application/xml",
                "The books that share images as a network, for Gephi, Cytoscape, networkx or igraph: an edge points "
                "from the earlier to the later book. Its kind says whether they share images, or copies by another "
                "hand. It is that of the whole collection.",
                _BOOKS, expected_ties, graphml_chunks, (900, 40_000),
            ),
            ExportFile(
                "network.csv", CSV,
                "The same network as a table: one row for every two books, most shared images first.",
                _BOOKS, expected_edges, network_chunks, (500, 600),
            ),
        ),
        missing.uncompared, whole=True,
    ),
    ExportKind(
        "plates", marked("Plates"),
        marked("What is known of each plate: all columns of the catalogue."), _ABOUT,
        (
            ExportFile(
                "plates.csv", CSV, "What is known of each plate: one row a plate, all columns of the catalogue.",
                _PLATE, _all, plate_chunks,
            ),
        ),
    ),
    ExportKind(
        "pages", marked("Pages"),
        marked("The pages that plates were cut from, with every box on them."), _ABOUT,
        (
            ExportFile(
                "pages.csv", CSV,
                "The pages of books that plates were cut from: a row for each box, and one for each page without any. "
                "Of a selection, the pages of its plates.",
                _ROW, lambda request: len(boxes(request)), page_chunks,
            ),
        ),
        missing.unpaged,
    ),
    ExportKind(
        "books", marked("Books"),
        marked("The books as BibTeX and CSL-JSON, for LaTeX, Zotero, JabRef or Pandoc."), _ABOUT,
        (
            ExportFile(
                "books.bib", "application/x-bibtex",
                "The books of the plates as references in BibTeX (UTF-8), in order of date.",
                _BOOK, _book_count, bibtex_chunks, (320, 100),
            ),
            ExportFile(
                "books.json", "application/vnd.citationstyles.csl+json",
                "The same references in CSL-JSON 1.0.2, for Zotero, Pandoc and citation processors.",
                _BOOK, _book_count, csl_chunks, (420, 4),
            ),
            ExportFile(
                "books.jsonld", LINKED,
                "The same books as linked data, in the terms of schema.org, with their numbers in ESTC and their "
                "authors' in VIAF and GND where the table has them.",
                _BOOK, _book_count, linked.book_chunks, (700, 300),
            ),
        ),
        missing.unbound,
    ),
    ExportKind(
        "map", marked("Map coordinates"),
        marked("Where each plate lies on every map: x and y, by network and map."), _MAPS,
        (
            ExportFile(
                "map.csv", CSV,
                "Where each plate lies on the maps: x and y for every network and map. Near means alike; the "
                "axes themselves mean nothing, and distances on two maps cannot be compared.",
                _PLATE, _all, point_chunks,
            ),
        ),
        missing.unplaced,
    ),
    ExportKind(
        "map-page", marked("Interactive map"),
        marked("A page that opens in any browser, without imgsim and without a network."), _MAPS,
        (
            ExportFile(
                "map.html", HTML, "The map as a page that opens in any browser, without a network.", _PLATE, _all,
                map_chunks, (260, 4_900_000),
            ),
        ),
        missing.undrawn,
    ),
)  # fmt: skip


_KINDS = Kinds(KINDS)
register, forget, every_kind = _KINDS.register, _KINDS.forget, _KINDS.all


def kind(name: str) -> ExportKind:
    """Return a kind by its name; ImgsimError if there is none."""
    for one in every_kind():
        if one.name == name:
            return one
    raise ImgsimError(f"There is no export called {name!r}. Choose from: {_names()}.")


def files_of(names: Sequence[str], request: Request) -> list[ExportFile]:
    """Return the files of some kinds, in the order of :func:`every_kind`.

    Raises ImgsimError for an unknown kind, for one that the collection has none of, and for no kind at all.
    """
    wanted = {kind(name).name for name in names}
    if not wanted:
        raise ImgsimError(f"Nothing is chosen. Choose from: {_names()}.")
    chosen = [one for one in every_kind() if one.name in wanted]
    for one in chosen:
        if (why := one.missing(request)) is not None:
            raise ImgsimError(f"{request.collection.name} has nothing to export as {one.name}. {why.what}", why.remedy)
    return [file for one in chosen for file in one.files]


def kinds_of(files: Sequence[ExportFile]) -> list[str]:
    """Return the names of the kinds that have some of these files."""
    return [one.name for one in every_kind() if any(file in files for file in one.files)]


def available(request: Request) -> list[str]:
    """Return the names of the kinds that a collection has."""
    return [one.name for one in every_kind() if one.missing(request) is None]


def _names() -> str:
    return ", ".join(one.name for one in every_kind())
