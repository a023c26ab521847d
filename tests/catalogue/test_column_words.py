"""One dictionary of column names, for CSV, spreadsheets and IIIF."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsim.catalogue.column_words import KEYS, SOURCES, heading, key_candidates, meaning, names_books
from imgsim.sources.iiif.page_table import row
from imgsim.sources.iiif.presentation import Book, Canvas
from tests.catalogue.frames import column, joined

SPELLINGS = {
    "title": [
        "Title", "TITLE", " title ", "dc:title", "dcterms:title", "DC.Title", "dc.title[en]", "dc.title[]",
        "Dublin Core:Title",
        "Dublin Core: Title", "http://purl.org/dc/elements/1.1/title", "<http://purl.org/dc/terms/title>",
        "https://schema.org/title", "dcterms:title ^^literal", "dcterms:title @de", "245", "245$a", "245a",
        "245 $a", "245 10 $a",
        "MARC 245$a", "marc:245a", "245|a", "245 ‡a", "bf:mainTitle", "Main title", "Titel", "Hauptsachtitel",
        "Titre propre",
        "Titolo del libro", "Título", "Boektitel", "Titulus", "Nimeke", "Teoksen nimi", "Huvudtitel", "240 $a",
        "Name of the work", "Title of the book",
    ],
    "author": [
        "Author(s)", "creator", "dc:creator", "dcterms:contributor", "dc.contributor.author",
        "Dublin Core:Creator", "100$a",
        "110 2_ $a", "700a", "Verfasser", "Verfasser/in", "Autor:in", "Auteur principal", "Autore", "Auctor",
        "Schrijver",
        "Tekijä", "Kirjoittaja", "Författare", "Upphovsperson", "Primary contribution", "bf:agent",
        "http://purl.org/dc/elements/1.1/creator",
    ],
    "year": [
        "Year", "date", "Date of publication", "dc:date", "dc.date.issued", "dcterms:issued", "260$c",
        "264 _1 $c", "260$c/264$c",
        "Erscheinungsjahr", "Jahr", "Année d'édition", "Date de publication", "Anno di stampa", "Año",
        "Fecha de publicación",
        "Jaar van uitgave", "Annus", "Julkaisuvuosi", "Utgivningsår", "Tryckår", "provisionDate", "datePublished",
        "When printed", "When published",
    ],
    "place": [
        "Place of publication", "260a", "264$a", "Dublin Core:Coverage", "dcterms:spatial", "Erscheinungsort",
        "Druckort",
        "Lieu d'édition", "Luogo di stampa", "Lugar de edición", "Plaats van uitgave", "Locus",
        "Julkaisupaikka", "Utgivningsort",
        "Provision activity place", "originPlace", "Where printed",
    ],
    "language": ["dc:language", "inLanguage", "041$a", "Sprache", "Langue", "Lingua", "Idioma", "Taal",
        "Kieli", "Språk"],
    "page": ["Page", "Folio", "fol.", "Seite", "Blatt-Nr.", "Página", "Feuillet", "Bladzijde", "Sivu", "Sida",
        "pageNumber"],
    "number": ["Plate no.", "Tafel", "Planche", "Tav.", "Lámina", "Plaatnummer", "Tabula", "Taulu", "Plansch",
        "Figure number"],
    "category": ["dc:subject", "650$a", "genreForm", "Schlagwort", "Sujet", "Ämne"],
    "country": ["Country", "Erscheinungsland", "Pays", "Paese", "País", "Maa"],
}  # fmt: skip
OTHERS = [
    "dc:format", "dc.date.accessioned", "dc:publisher", "260$b/264$c", "300$a", "colour", "notes",
    "Date digitised", "",
    "http://example.org/shelf",
]  # fmt: skip


@pytest.mark.parametrize(("standard", "spelling"), [(s, t) for s, names in SPELLINGS.items() for t in names])
def test_every_spelling_is_understood(standard: str, spelling: str) -> None:
    found = meaning(spelling)
    assert found is not None and found.holds == standard


@pytest.mark.parametrize("name", OTHERS)
def test_what_means_something_else_is_left_alone(name: str) -> None:
    assert meaning(name) is None


@pytest.mark.parametrize("spelling", SPELLINGS["title"] + SPELLINGS["author"] + SPELLINGS["year"])
def test_manifests_are_read_with_the_same_words(spelling: str) -> None:
    found = meaning(spelling)
    book = Book("http://a.example/m", "", ((spelling, "said so"),), ())
    page = Canvas(1, "http://a.example/c", "p. 7", (), None)
    assert found is not None
    assert row("p1", "herbal", book, page)[found.holds] == "said so"


def test_of_several_labels_the_best_fills_ours_and_none_is_lost() -> None:
    labels = (("Contributor", "Graver, A."), ("Author", "Writer, B."), ("Dates", "1752-1760"), ("Date created", "2015"))
    book = Book("http://a.example/m", "Herbal", labels, ())
    found = row("p1", "herbal", book, Canvas(1, "http://a.example/c", "", (), None))
    assert (found["author"], found["contributor"]) == ("Writer, B.", "Graver, A.")
    assert (found["year"], found["date_created"]) == ("1752-1760", "2015")


def test_keys_in_many_languages() -> None:
    found = key_candidates(["Dateiname", "Signatur", "dc:identifier", "Nom de fichier", "path", "Tiedosto"])
    assert [kind for kind, _ in found] == ["plate_id", *["file"] * 4, "book"]
    assert names_books("Signatur") and names_books("ESTC number") and not names_books("dc:source")
    assert not names_books("volume") and not names_books("publisher")


def test_no_word_has_capitals_accents_or_gaps() -> None:
    for known in (*SOURCES.values(), *KEYS.values()):
        assert all(heading(word) == word for word in known)


def test_the_best_of_several_columns_counts_and_the_others_are_kept(tmp_path: Path) -> None:
    table = (
        "file,dc:contributor,dc:creator,Uniform title,dc:title,Titre\n"
        "a.jpg,Engraver A,Author A,Herbal,A curious herbal,A curious herbal\n"
        "b.jpg,Engraver B,,Flora,,Flore\n"
    )
    made = joined(tmp_path, ["a.jpg", "b.jpg"], table)
    assert column(made, "author") == {"a.jpg": "Author A", "b.jpg": "Engraver B"}
    assert column(made, "title") == {"a.jpg": "A curious herbal", "b.jpg": "Flore"}
    # What says something else than the best stays to be seen; what says the same need not be shown twice.
    assert made.report.understood == {"dc:creator": "author", "dc:title": "title", "Titre": "title"}
    assert column(made, "Uniform title") == {"a.jpg": "Herbal", "b.jpg": "Flora"}
    assert column(made, "dc:contributor")["a.jpg"] == "Engraver A"


def test_coverage_is_a_place_only_where_it_is_no_time(tmp_path: Path) -> None:
    made = joined(tmp_path, ["a.jpg", "b.jpg"], "file,dc:coverage\na.jpg,Uppsala\nb.jpg,1700-1799\n")
    assert column(made, "place") == {"a.jpg": "Uppsala", "b.jpg": ""}
