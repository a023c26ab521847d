"""How columns are called in other people's tables: the one dictionary for CSV, spreadsheets and IIIF.

Words stand without case, accents and punctuation (``Année d'édition`` is ``annee_d_edition``), the most telling first.
English, German, French, Italian, Spanish, Dutch, Latin, Finnish and Swedish; MARC fields and the qualified names of
Dublin Core, BIBFRAME, Tropy, Omeka and others come down to the same words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from imgsim.catalogue.values import searchable

_FILLS = {
    "title": """
        title main_title title_proper ecco_full_title full_title book_title short_title title_statement title_of_book
        title_of_the_book title_of_work title_of_the_work work_title name_of_work name_of_the_work name_of_book
        name_of_the_book
        titel haupttitel hauptsachtitel buchtitel werktitel titelangabe kurztitel sachtitel
        titre titre_propre titre_principal titre_du_livre titre_de_l_ouvrage
        titolo titolo_proprio titolo_del_libro titolo_dell_opera
        titulo titulo_propio titulo_principal titulo_del_libro titulo_de_la_obra
        boektitel hoofdtitel titulus titulus_libri nimeke otsikko paanimeke teoksen_nimi kirjan_nimi
        boktitel huvudtitel bokens_titel uniform_title einheitssachtitel alternative_title title_alternative alternative
        varying_title variant_title title_varying""",
    "author": """
        author authors author_s author_name author_names main_author creator creators creator_s contributor_author
        primary_contribution primary_contributor
        verfasser verfasserin verfasser_in verfassende autor autorin autor_in autoren urheber urheberin hauptautor
        verfasserangabe auteur auteurs auteur_principal auteur_s createur autore autori creatore autores creador
        auctor auctores scriptor schrijver schrijvers maker_van_boek tekija tekijat paatekija kirjoittaja laatija
        forfattare forfatter upphov upphovsman upphovsperson
        contribution agent contributor contributors added_author mitwirkende beitragende personen person persons""",
    "year": """
        year publication_year year_of_publication pub_year year_published year_of_printing imprint_year
        erscheinungsjahr publikationsjahr veroffentlichungsjahr druckjahr jahr jahr_der_veroffentlichung
        annee annee_de_publication annee_d_edition annee_de_parution annee_d_impression
        anno anno_di_pubblicazione anno_di_edizione anno_di_stampa
        ano ano_de_publicacion ano_de_edicion ano_de_impresion
        jaar jaar_van_uitgave jaar_van_publicatie uitgavejaar publicatiejaar jaartal
        annus annus_impressionis annus_editionis anno_domini
        vuosi julkaisuvuosi painovuosi ilmestymisvuosi kustannusvuosi
        utgivningsar publiceringsar tryckar tryckningsar artal ar
        publication_date date_of_publication date_published date date_issued issued publication_date_s dates published
        date_of_printing printed when_printed when_published date_printed
        imprint_date provision_date provision_activity_date origin_date date_created created
        date_created_original publication dating
        erscheinungsdatum veroffentlichungsdatum publikationsdatum datierung datum
        date_de_publication date_d_edition date_de_parution date_d_impression data_di_pubblicazione data_di_edizione
        data_di_stampa fecha_de_publicacion fecha_de_edicion fecha_de_impresion fecha datum_van_uitgave publicatiedatum
        julkaisuaika julkaisupaiva utgivningsdatum publiceringsdatum utgivningstid data""",
    "decade": """
        decade publication_decade jahrzehnt dekade decennie decennio decenio decada decennium vuosikymmen artionde""",
    "place": """
        place publication_place place_of_publication pub_place place_published place_of_printing printing_place
        imprint_place provision_place provision_activity_place origin_place city town printed_at
        where_printed where_published
        erscheinungsort druckort verlagsort publikationsort veroffentlichungsort ort ortsangabe
        lieu_de_publication lieu_d_edition lieu_d_impression lieu ville_d_edition ville
        luogo_di_pubblicazione luogo_di_stampa luogo_di_edizione luogo citta
        lugar_de_publicacion lugar_de_edicion lugar_de_impresion lugar ciudad
        plaats_van_uitgave plaats_van_publicatie plaats_van_druk uitgeefplaats drukplaats plaats stad
        locus_impressionis locus_editionis locus julkaisupaikka painopaikka kustannuspaikka paikka kaupunki
        utgivningsort tryckort tryckningsort forlagsort publiceringsort plats
        coverage_spatial spatial_coverage spatial coverage""",
    "country": """
        country publication_country country_of_publication erscheinungsland druckland land pays_de_publication pays
        paese nazione pais pais_de_publicacion land_van_uitgave julkaisumaa maa utgivningsland""",
    "format": """
        format gatherings book_format format_of_book bibliographic_format buchformat bibliographisches_format
        format_du_livre formato formato_del_libro formaat boekformaat bokformat koko""",
    "category": """
        category sub_category subcategory subject subjects genre genres genre_form topic topics keywords
        kategorie sachgebiet schlagwort schlagworter schlagworte gattung thema
        categorie sujet sujets genere soggetto categoria materia tema onderwerp trefwoord rubriek
        aihe asiasana asiasanat luokka amne amnesord kategori""",
    "language": """
        language language_primary languages lang in_language text_language language_code language_of_text
        sprache sprachen textsprache langue langues langue_du_texte lingua lingue idioma lengua taal talen
        kieli kielet sprak sprakkod""",
    "page": """
        page page_number page_no page_nr pagenumber page_label folio folio_number folio_no fol foliation leaf
        leaf_number seite seitennummer seiten_nr blatt blattnummer blatt_nr foliierung
        numero_de_page feuillet pagina numero_di_pagina foglio carta numero_de_pagina hoja
        paginanummer bladzijde blad folium sivu sivunumero sidnummer sida""",
    "number": """
        number plate_number plate_no plate_nr plate_num illustration_number illustration_no figure_number figure_no
        figure fig plate pl
        tafelnummer tafel_nr tafel taf abbildungsnummer abbildung_nr abbildung abb
        numero_de_planche numero_de_la_planche planche numero_di_tavola tavola tav numero_de_lamina lamina
        plaatnummer plaat tabula tab taulunumero taulu planschnummer plansch tavla""",
}
_NAMES = {
    "plate_id": """
        plate_id plate id image_id illustration_id picture_id identifier name object_id inventory_number
        tafel planche tavola lamina plaat tabula taulu plansch
        kennung identifikator bild_id inventarnummer identifiant identificatore identificador tunniste identifierare""",
    "file": """
        file filename file_name image image_file image_name image_path imagename path filepath file_path img picture
        illustration files filenames images image_files scan scans scan_file photo media media_file media_url file_url
        image_url original_filename original_file_name source_file
        datei dateiname dateien dateipfad bilddatei bildname bild pfad abbildung
        fichier nom_de_fichier nom_du_fichier fichiers chemin nome_file nome_del_file percorso immagine
        archivo nombre_de_archivo nombre_del_archivo nombre_archivo fichero ruta imagen
        bestand bestandsnaam bestandspad afbeelding imago
        tiedosto tiedostonimi tiedoston_nimi polku kuva kuvatiedosto fil filnamn sokvag bildfil bildnamn""",
    "ecco_id": "ecco_id eccoid ecco document_id documentid gale_id gale_document_number",
    "book": """
        book book_id bookid book_number folder directory
        buch buch_id buchnummer ordner verzeichnis livre ouvrage dossier libro cartella carpeta boek liber opus
        kirja teos kansio bok verk mapp
        record_id bib_id bibid bib_number ppn oclc oclc_number estc estc_id estc_number vd16 vd17 vd18 ustc istc
        barcode shelfmark call_number callnumber signatur cote segnatura signatura signatuur hyllsignum hyllypaikka
        manifest manifest_id volume source""",
}
# Columns that tell whose scans they are or which part of a book, not which book.
NO_BOOKS = frozenset({"volume", "source"})
_PARTS = frozenset({"volume"})
# These say that they name books; a shelfmark may be a plate's, and a record that of a whole series.
_BOOKS = frozenset(
    {
        "book", "book_id", "bookid", "book_number", "buch", "buch_id", "buchnummer", "livre", "libro", "boek", "liber",
        "kirja", "bok", "ecco_id", "eccoid", "ecco",
    }
)  # fmt: skip

_MARC = {
    "title": "245 245a", "uniform_title": "130 130a 240 240a", "varying_title": "246 246a 247 247a",
    "author": "100 100a 110 110a 111 111a", "added_author": "700 700a 710 710a 711 711a",
    "place_of_publication": "260a 264a", "date_of_publication": "260c 264c", "language": "041 041a",
    "genre_form": "655 655a", "subject": "650 650a", "country": "044 044a", "record_id": "001 035 035a",
    "shelfmark": "050 050a 090 090a 852h 852j",
}  # fmt: skip
_MARC_WORDS = {code: word for word, codes in _MARC.items() for code in codes.split()}
_MARC_FORM = re.compile(
    r"(?:marc(?:\s?21)?|field|feld|tag|datafield|campo|champ|=)?[\s:_.=-]*(\d{3})"
    r"(?:[\s_]+[\d#\\_]{1,2}(?=[\s_]*[$‡ǂ|])|[\s_]+[\d#\\]{2})?[\s_.:-]*[$‡ǂ|]*\s*([a-z0-9]?)",
    re.IGNORECASE,
)
_NAMESPACES = {
    "dc", "dct", "dcterms", "dcterm", "dc11", "dublin_core", "dublincore", "bf", "bibframe", "bibo", "schema", "tropy",
    "mods", "foaf", "omeka", "o", "item", "item_type_metadata", "rdfs", "rdau", "rdaw", "isbd", "edm", "marc",
}  # fmt: skip
_DUBLIN = {"dc", "dct", "dcterms", "dcterm", "dc11", "dublin_core", "dublincore"}
_URI = re.compile(r"<?\s*https?://(\S+?)\s*>?", re.IGNORECASE)
_QUALIFIER = re.compile(
    r"\s*(?:\^\^.*|@[a-z]{2,3}(?:-\w+)*|\[[^\]]*\]|\((?:en|de|fr|it|es|nl|la|fi|sv)\))\s*$", re.IGNORECASE
)


class Meaning(NamedTuple):
    """What a column's heading says: what it holds, and how telling the word is (0 is best)."""

    holds: str
    rank: int


def _table(words: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(text.split())) for name, text in words.items()}


SOURCES: dict[str, tuple[str, ...]] = _table(_FILLS)
KEYS: dict[str, tuple[str, ...]] = _table(_NAMES)
# A word that two lists have belongs to the first.
_MEANS: dict[str, Meaning] = {
    word: Meaning(standard, rank)
    for standard, words in reversed(SOURCES.items())
    for rank, word in enumerate(words)
}


def plain_name(column: str) -> str:
    """Return a column's name without case and punctuation: ``Publication Year`` is publication_year."""
    return re.sub(r"[\W_]+", "_", column.strip().lower()).strip("_")


@lru_cache(maxsize=4096)
def heading(column: str) -> str:
    """Return the word that a heading comes down to: ``dc:title``, ``DC.Title`` and a URI of it are title.

    >>> heading("http://purl.org/dc/terms/issued"), heading("Année d'édition"), heading("245 10 $a")
    ('issued', 'annee_d_edition', 'title')
    """
    return _heading(column)[1]


def meaning(column: str) -> Meaning | None:
    """Return which standard column a column fills; None for one of the table's own."""
    space, word = _heading(column)
    if word == "format" and space in _DUBLIN:
        return None  # Dublin Core means the kind of file
    return _MEANS.get(word)


def key_candidates(columns: Iterable[str]) -> list[tuple[str, str]]:
    """Return (kind, column) for each column whose name says that it may be the key, most telling first."""
    words: dict[str, list[str]] = {}
    for column in columns:
        words.setdefault(heading(column), []).append(column)
    return [
        (kind, column) for kind, known in KEYS.items() for word in known for column in words.get(word, ())
    ]


def names_books(column: str) -> bool:
    """Whether a column's heading says that its values name books."""
    word = heading(column)
    return word not in NO_BOOKS and (word in KEYS["book"] or word in KEYS["ecco_id"])


def surely_names_books(column: str) -> bool:
    """Whether the heading is the word book itself, or an id of books."""
    return heading(column) in _BOOKS


def names_parts(column: str) -> bool:
    """Whether a column's heading says that its values name volumes."""
    return heading(column) in _PARTS


def is_known(column: str) -> bool:
    """Whether the dictionary has the heading at all."""
    word = heading(column)
    return word in _MEANS or any(word in known for known in KEYS.values())


@lru_cache(maxsize=4096)
def _heading(column: str) -> tuple[str, str]:
    """(namespace, word), '' for no namespace."""
    text = column.strip().strip("\ufeff\u200b\"'").strip()
    if "/" in text and "://" not in text:
        # "260$c/264$c": one column for several fields, if they hold the same.
        parts = {_marc(part) for part in text.split("/")}
        if len(parts) == 1 and (word := parts.pop()):
            return "marc", word
    if word := _marc(text):
        return "marc", word
    while (bare := _QUALIFIER.sub("", text)) and bare != text:
        text = bare
    if found := _URI.fullmatch(text):
        address = found[1].rstrip("/#")
        space = "dc" if "purl.org/dc" in address or "dublincore" in address else "uri"
        return space, _word(re.split(r"[/#]", address)[-1])
    for cut in re.finditer(r"[:.]|\s*[|>]\s*", text):
        space = _plain(text[: cut.start()])
        rest = text[cut.end() :].strip()
        if space in _NAMESPACES and rest:
            return space, _word(rest)
    plain = _word(text)
    for space in ("dcterms", "dublin_core", "dc", "bibframe", "tropy"):
        rest = plain.removeprefix(space + "_")
        if rest != plain and rest:
            return space, rest
    return "", plain


def _marc(text: str) -> str:
    found = _MARC_FORM.fullmatch(text.strip())
    return _MARC_WORDS.get(found[1] + found[2].lower(), "") if found else ""


def _plain(text: str) -> str:
    return searchable(text).replace(" ", "_")


def _word(text: str) -> str:
    """The word of a heading, also of ``camelCase``."""
    plain = _plain(text)
    if plain in _MEANS or not re.search(r"[a-z][A-Z]", text):
        return plain
    return _plain(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
