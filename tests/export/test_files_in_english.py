"""Files are English, whatever language their reader speaks: others read them after him."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imgsim.catalogue import DateInterval, span_said, span_words
from imgsim.collection import Collection
from imgsim.collection.citing import book_citation, family_citation, plate_citation
from imgsim.export import available, files_of, write_files
from imgsim.export.dossier import dossier_html
from imgsim.export.iiif.manifest import family_manifest, plate_manifest
from tests.export.told import told_herbals
from tests.exports import hostile, request_of
from tests.pseudo import OPEN, spoken


@pytest.fixture
def herbals(tmp_path: Path) -> Collection:
    return told_herbals(tmp_path / "herbals")


def test_what_is_taken_away_is_english(herbals: Collection, tmp_path: Path) -> None:
    families = herbals.found_families
    assert families is not None
    with spoken():
        request = request_of(hostile(tmp_path / "hostile"))
        (tmp_path / "files").mkdir()
        paths = write_files(tmp_path / "files", request, files_of(available(request), request))
        assert len(paths) > 3
        assert not [path.name for path in paths if OPEN in path.read_text("utf-8", errors="replace")]
        assert OPEN not in dossier_html(herbals, "a", families, []).decode()
        manifests = (family_manifest(herbals, "a", "http://x.example", families), plate_manifest(herbals, "a", "http://x.example"))
        assert OPEN not in json.dumps(manifests, ensure_ascii=False)
        book = str(herbals.catalogue.record(0)["book"])
        cited = [family_citation(herbals, families.family("a")), plate_citation(herbals, 0)]
        assert OPEN not in " ".join([*cited, book_citation(herbals, book)])


def test_pages_say_dates_in_the_readers_language_and_files_in_english() -> None:
    decade, about = DateInterval(1750, 1759), DateInterval(1790, 1790, "approximate")
    with spoken():
        assert (decade.said, decade.words) == ("⟦1750s⟧", "1750s")
        assert (about.said, about.words) == ("⟦c. 1790⟧", "c. 1790")
        assert span_words([decade, about]) == "1750s to c. 1790"
        assert span_said([decade, about]) == "⟦⟦1750s⟧ to ⟦c. 1790⟧⟧"
