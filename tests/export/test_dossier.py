"""A family's dossier: everything inside, nothing fetched, every text as it stands."""

from __future__ import annotations

import base64
import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imgsim.base.verdict_words import DETAIL, LOOK_ALIKE, MIRRORED
from imgsim.catalogue import Catalogue
from imgsim.collection import Collection
from imgsim.collection.citing import family_citation
from imgsim.errors import ImgsimError
from imgsim.export.dossier import dossier_html
from imgsim.export.dossier.document import MOST_FIGURES, MOST_PAIRS
from imgsim.families import RULE
from imgsim.reviews import Review
from imgsim.reviews.decision_record import made
from tests.herbals import HOSTILE
from tests.in_memory import in_memory
from tests.kin import box, catalogue_of, clique, matches_of, pair

MANIFEST = {
    "created": "2026-11-22T21:19:47Z", "imgsim": "0.1.0", "versions": {"numpy": "2.4.6"},
    "parameters": {"top_k": 50, "verify_top": 20, "backbones": {"plates18": "/home/somebody/weights.pth"}},
    "backbones": {"plates18": {}}, "inputs": {"images": ["/home/somebody/scans"]},
}  # fmt: skip


class Page(HTMLParser):
    """What stands in a page: its text, and its elements with their attributes."""

    void = frozenset({"meta", "img", "br", "hr", "link"})

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.tables: list[tuple[str, list[list[str]]]] = []  # caption and cells of each
        self._caption, self._rows = "", list[list[str]]()
        self.open: list[str] = []
        self.feed(content.decode("utf-8"))
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "table":
            self._caption, self._rows = "", []
        elif tag == "tr" and "tbody" in self.open:
            self._rows.append([])
        elif tag == "td":
            self._rows[-1].append("")
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

        if tag == "table":
            self.tables.append((self._caption, self._rows))

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += data
        if self.open[-1:] == ["caption"]:
            self._caption += data
        if "td" in self.open:
            self._rows[-1][-1] += data

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of all elements of a kind."""
        return [attributes for name, attributes in self.elements if name == tag]


def collection_of(
    catalogue: Catalogue, pairs: list[dict[str, Any]], folder: Path, name: str = "herbals"
) -> Collection:
    """What a dossier needs of a collection, with a grey thumbnail for every plate."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in range(len(catalogue)):
        Image.new("L", (20, 30), 200 - row % 100).save(folder / f"{row}.webp")
    return in_memory(
        catalogue,
        matches_of(catalogue, pairs),
        manifest=MANIFEST,
        name=name,
        generation="20261122-1",
        thumbnails=lambda row: folder / f"{row}.webp",
    )


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    catalogue = catalogue_of(
        {
            "a": ("one", 1752), "b": ("two", 1760), "c": ("three", 1790), "d": ("four", None), "e": ("five", 1795),
            "x": ("six", 1800),
        },
        place=["London", "Dublin", "", "Paris", "London", ""],
        title=["Flora Anglica", "Plants", "", "Herbes", "A garden", "Other"],
        author=["Ray, John", "", "", "", "", ""],
    )  # fmt: skip
    pairs = [
        pair("a", "b", MIRRORED, 180, region_b=box(10, 20, 300, 400)),
        pair("b", "c", printing="probably re-engraved"),
    ]
    pairs += [
        pair("a", "c", LOOK_ALIKE),
        pair("b", "d"),
        pair("a", "e", DETAIL, 60),
        pair("c", "x", inliers=14),
    ]
    return collection_of(catalogue, pairs, tmp_path / "thumbnails")


def test_a_dossier_tells_a_family_from_the_earliest_to_the_undated(herbals: Collection) -> None:
    content = dossier_html(herbals, "a", herbals.found_families, [])
    page = Page(content)
    text = " ".join(page.text.split())
    assert page.all("html") == [{"lang": "en"}] and "Flora Anglica: the life of an image" in text
    assert "5 plates in 5 books, 1752–1795; printed in London, Dublin, Paris." in text
    order = [
        text.index(part)
        for part in (
            "1. 1752, London",
            "2. 1760, Dublin",
            "3. 1790",
            "4. 1795",
            "Undated",
            "5. undated, Paris",
        )
    ]
    assert order == sorted(order)
    assert "earliest in this collection" in text and "original" not in text.lower()
    assert "(by way of plate 2)" in text and "shared detail" in text
    assert "1 and 2: mirrored. 180 inliers" in text and "probably re-engraved" in text
    assert "4 pairs of these plates agree; 1 more pair were compared" not in text
    assert "1 more pair was compared and found no support" in text
    assert "Related plates" in text and "plate “x”, picture 000000000000" in text
    assert RULE in text and "Verify top" in text and "numpy 2.4.6" in text
    assert (
        "collection “herbals”, generation 20261122-1, family “a”, earliest plate “a”, picture 000000000000"
        in text
    )
    assert "/home/somebody" not in text


def test_it_opens_offline_and_runs_nothing(herbals: Collection) -> None:
    content = dossier_html(herbals, "a", herbals.found_families, [])
    page = Page(content)
    assert not {"script", "link", "iframe", "object", "embed", "form", "base", "a"} & {
        tag for tag, _ in page.elements
    }
    for tag, attributes in page.elements:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in {"src", "href", "srcset", "action", "poster"}:
                assert value.startswith(("data:image/webp;base64,", "#p"))
    style = content.decode().split("<style>")[1].split("</style>")[0]
    assert "url(" not in style and "@import" not in style
    policy = page.all("meta")[1]
    assert policy["http-equiv"] == "Content-Security-Policy" and policy["content"].startswith(
        "default-src 'none'"
    )
    pictures = [attributes["src"] for attributes in page.all("img")]
    assert len(pictures) == 5
    for picture, row in zip(pictures, herbals.found_families.family("a").rows, strict=True):  # type: ignore[union-attr]
        assert base64.b64decode(picture.split(",")[1]) == herbals.thumbnail_path(row).read_bytes()
    shown = {attributes["href"][1:] for attributes in page.all("use")}
    assert shown <= {attributes["id"] for attributes in page.all("image")}


def test_it_can_be_read_aloud_and_printed(herbals: Collection) -> None:
    content = dossier_html(herbals, "a", herbals.found_families, [])
    page = Page(content)
    assert all(attributes["alt"].startswith("Plate ") for attributes in page.all("img"))
    drawings = [attributes for attributes in page.all("svg") if attributes.get("aria-hidden") != "true"]
    assert len(drawings) == 8 and all(
        attributes["aria-label"] and attributes["role"] == "img" for attributes in drawings
    )
    assert {attributes["scope"] for attributes in page.all("th")} == {"col", "row"}
    assert len(page.all("h1")) == 1 and len(page.all("main")) == 1
    assert b"@media print" in content and b"prefers-color-scheme: dark" in content
    regions = [attributes["points"] for attributes in page.all("polygon")]
    assert "10,20 300,20 300,400 10,400" in regions


@pytest.mark.parametrize(
    "title", [*HOSTILE, "\x00\x1b[2J", '" onload="alert(1)', "</title></style><script>alert(1)</script>"]
)
def test_text_stays_text(title: str, tmp_path: Path) -> None:
    plates: dict[str, tuple[str, int | None]] = {title[:40]: (title, 1700), "b" + title[:40]: (title, 1710)}
    columns = {
        name: [title, title] for name in ("title", "author", "place", "format", "language", "category")
    }
    catalogue = catalogue_of(plates, **columns)
    collection = collection_of(catalogue, [pair(title[:40], "b" + title[:40])], tmp_path, name=title)
    page = Page(dossier_html(collection, title[:40], collection.found_families, []))
    assert not {"script", "b", "a"} & {tag for tag, _ in page.elements}
    assert {tag for tag, _ in page.elements if tag in {"img", "image"}} == {"img", "image"}
    assert len(page.all("img")) == 2 and all(
        set(attributes) == {"src", "alt"} for attributes in page.all("img")
    )
    shown = re.sub(r"[\x00-\x1f]", "\ufffd", title)
    assert html.unescape(html.escape(shown)) in page.text


def test_a_missing_thumbnail_is_said(herbals: Collection) -> None:
    herbals.thumbnail_path(0).unlink()
    page = Page(dossier_html(herbals, "a", herbals.found_families, []))
    assert len(page.all("img")) == 4 and "The picture is missing." in page.text


def test_a_large_family_says_what_it_leaves_out(tmp_path: Path) -> None:
    plates: dict[str, tuple[str, int | None]] = {
        f"p{n:02}": (f"b{n}", 1700 + n) for n in range(MOST_FIGURES + 5)
    }
    collection = collection_of(catalogue_of(plates), clique(plates), tmp_path)
    content = dossier_html(collection, "p00", collection.found_families, [])
    page = Page(content)
    assert len(page.all("figure")) == MOST_FIGURES
    assert f"Of {len(plates)} plates the first {MOST_FIGURES} are drawn" in page.text
    assert f"the {MOST_PAIRS} with most inliers are listed" in page.text
    assert len(content) < 1_000_000


def test_what_cannot_be_told(herbals: Collection) -> None:
    with pytest.raises(ImgsimError, match="nobody"):
        dossier_html(herbals, "nobody", herbals.found_families, [])
    never_compared = in_memory(herbals.catalogue, manifest=MANIFEST)
    with pytest.raises(ImgsimError, match=r"Prepare the collection herbals again"):
        dossier_html(never_compared, "a", None, [])


def judged(
    herbals: Collection, plate_a: str, plate_b: str, decision: str, who: str, day: int, **values: Any
) -> Review:
    """A decision about the pictures that are here, unless `pictures` names others."""
    here = herbals.catalogue.pictures
    pictures = values.pop("pictures", (here.get(plate_a, ""), here.get(plate_b, "")))
    return made(
        plate_a,
        plate_b,
        decision,
        reviewer=who,
        when=f"2026-11-{day:02}T10:00:00",
        pictures=pictures,
        **values,
    )


def rows_of(page: Page, caption: str) -> list[list[str]]:
    """The rows of the table whose caption begins so."""
    return next(rows for title, rows in page.tables if title.startswith(caption))


def test_a_dossier_says_who_decided_what_when_and_on_what_evidence(herbals: Collection) -> None:
    shown = {"verdict": "mirrored", "inliers": 180, "mirrored": True, "coverage_a": 0.9, "coverage_b": 0.85,
             "similarity": 0.91234, "backbone": "plates18", "generation": "20261101-9"}  # fmt: skip
    reviews = [
        judged(herbals, "a", "b", "mirrored copy", "Ada", 3, note="the crack is on the left", evidence=shown),
        judged(herbals, "b", "c", "same plate", "Ada", 4),
        judged(herbals, "b", "c", "re-engraved copy", "Paul", 5, note="another hatching"),
        judged(herbals, "c", "x", "unrelated", "Eve", 6),
        judged(herbals, "a", "d", "same plate", "Zoe", 7, pictures=("1" * 64, "0" * 64)),
        judged(herbals, "a", "gone", "unsure", "Kim", 8),
        judged(herbals, "x", "y", "unrelated", "Nobody of this family", 9),
    ]
    page = Page(dossier_html(herbals, "a", herbals.found_families, reviews))
    text = " ".join(page.text.split())
    rows = rows_of(page, "6 decisions by Ada, Eve, Kim, Paul, Zoe")
    assert rows == [
        ["1 and 2", "mirrored copy", "Ada", "2026-11-03", "the crack is on the left",
         "mirrored, 180 inliers, 90% and 85% agree, similarity 0.912 (plates18), generation 20261101-9",
         "mirrored, 180 inliers, 90% and 90% agree", "yes"],
        ["2 and 3", "re-engraved copy", "Paul", "2026-11-05", "another hatching", "not recorded",
         "same image, 200 inliers, 90% and 90% agree", "no: disputed"],
        ["2 and 3", "same plate", "Ada", "2026-11-04", "", "not recorded",
         "same image, 200 inliers, 90% and 90% agree", "no: disputed"],
        ["3 and plate x", "unrelated", "Eve", "2026-11-06", "", "not recorded",
         "same image, 14 inliers, 90% and 90% agree", "yes"],
        ["1 and plate gone", "unsure", "Kim", "2026-11-08", "", "not recorded", "not both plates are here",
         "waits for confirmation: gone is not here any more"],
        ["1 and 5", "same plate", "Zoe", "2026-11-07", "", "not recorded", "not compared",
         "waits for confirmation: a shows another scan now"],
    ]  # fmt: skip
    assert "Ada, Eve and Paul decided about 3 pairs between 2026-11-03 and 2026-11-06." in text
    assert "On 1 of them people differ: disputed, it changes nothing." in text
    assert "2 decisions (Kim and Zoe) wait for confirmation and count for nothing" in text
    assert "measured by a program" in text and "not judged" not in text
    assert "Nobody of this family" not in text
    # What was called unrelated is not listed as related.
    assert "Related plates" not in text


def test_a_dossier_of_which_nobody_decided_anything_says_so(herbals: Collection) -> None:
    text = " ".join(Page(dossier_html(herbals, "a", herbals.found_families, [])).text.split())
    assert "nobody has decided about a pair of these plates" in text
    assert "Nobody has decided about a pair of these plates yet: look at them" in text


@pytest.mark.parametrize("payload", HOSTILE)
def test_names_and_notes_of_reviewers_stay_text(herbals: Collection, payload: str) -> None:
    page = Page(
        dossier_html(
            herbals,
            "a",
            herbals.found_families,
            [judged(herbals, "a", "b", "unsure", payload[:100], 3, note=payload)],
        )
    )
    (row,) = rows_of(page, "1 decision by")
    assert row[2] == payload[:100] and row[4] == payload and row[7] == "it leaves the pair open"
    assert not {"script", "b", "a"} & {tag for tag, _ in page.elements}


def test_an_undated_family_claims_no_order(tmp_path: Path) -> None:
    catalogue = catalogue_of({"a": ("one", None), "b": ("", None)})
    found = collection_of(catalogue, [pair("a", "b")], tmp_path)
    text = Page(dossier_html(found, "a", found.found_families, [])).text
    assert (
        "None of its plates is dated" in text
        and "In order of date" not in text
        and "2 plates in 1 book." in text
    )


def test_a_family_can_be_cited_in_one_sentence(herbals: Collection, tmp_path: Path) -> None:
    assert herbals.found_families is not None
    assert family_citation(herbals, herbals.found_families.family("a")) == (
        "One image in 5 plates of 5 books, 1752–1795; the earliest in this collection: "
        "Ray, John, Flora Anglica, London: 1752 [imgsim, collection “herbals”, generation 20261122-1, family “a”, "
        "earliest plate “a”, picture 000000000000], found with imgsim 0.1.0 by local features and geometry."
    )
    bare = collection_of(
        catalogue_of({"a": ("", None), "b": ("", None)}), [pair("a", "b")], tmp_path / "bare"
    )
    assert bare.found_families is not None
    undated = family_citation(bare, bare.found_families.family("a"))
    assert undated.startswith("One image in 2 plates, undated; first among them: [imgsim, collection ")
    assert "earliest" not in undated
    same_year = collection_of(
        catalogue_of({"a": ("one", 1750), "b": ("two", 1750)}), [pair("a", "b")], tmp_path / "same"
    )
    assert same_year.found_families is not None
    assert "in 2 plates of 2 books, 1750; " in family_citation(same_year, same_year.found_families.family("a"))
