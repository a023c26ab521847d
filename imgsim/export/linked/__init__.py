"""Books and families as linked data: JSON-LD in the terms of schema.org and CIDOC-CRM.

    book_chunks(request)       # books.jsonld: who wrote, printed and catalogued them
    family_chunks(request)     # families.jsonld: one image, the plates that show it, the books that they are in

A book has one name in both files, the key that it has in BibTeX. Its numbers in ESTC, and its authors' in VIAF and GND,
are there where the table has such columns; none is looked up.
"""

from imgsim.export.linked.books import book_chunks
from imgsim.export.linked.families import family_chunks

__all__ = ["book_chunks", "family_chunks"]
