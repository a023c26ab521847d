"""A family's dossier: everything inside, nothing fetched, every text as it stands."""

from __future__ import annotations

import base64
import html
import re
from pathlib import Path

import pytest

from imgsim.collection import Collection
from imgsim.collection.citing import family_citation
from imgsim.errors import ImgsimError
from imgsim.export.dossier import dossier_html
from imgsim.export.dossier.document import MOST_FIGURES, MOST_PAIRS
from imgsim.families import RULE
from tests.export.told import MANIFEST, Page, collection_of, told_herbals
from tests.herbals import HOSTILE
from tests.in_memory import in_memory
from tests.kin import catalogue_of, clique, pair


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    return told_herbals(tmp_path)


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
    assert "1 and 2: mirrored. 180 points agree" in text and "probably re-engraved" in text
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
    page = Page(dossier_html(collection, title[:40], collection.found_families, [], {}, []))
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
    assert f"the {MOST_PAIRS} of which most points agree are listed" in page.text
    assert len(content) < 1_000_000


def test_what_cannot_be_told(herbals: Collection) -> None:
    with pytest.raises(ImgsimError, match="nobody"):
        dossier_html(herbals, "nobody", herbals.found_families, [])
    never_compared = in_memory(herbals.catalogue, manifest=MANIFEST)
    with pytest.raises(ImgsimError, match=r"Prepare the collection herbals again"):
        dossier_html(never_compared, "a", None, [])


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
