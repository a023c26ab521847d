"""The books of a collection as bibliographic references, for LaTeX, Zotero, JabRef or a word processor.

    books(request)                   # what is known of each book, in order of date, each with a key of its own
    bibtex_chunks(request)           # BibTeX, UTF-8
    csl_chunks(request)              # CSL-JSON 1.0.2

A book's key is the same in both files and in every export of a collection, whichever plates are chosen.
"""

from imgsim.export.references.bibtex import bibtex_chunks
from imgsim.export.references.csl import csl_chunks
from imgsim.export.references.records import Book, Name, books, names

__all__ = ["Book", "Name", "bibtex_chunks", "books", "csl_chunks", "names"]
