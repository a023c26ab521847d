"""An export as something that an archive takes: an RO-Crate with a citation file and what Zenodo asks for.

    said = statement(request, written)     # what all of these say, and the README too: one place
    citation_cff(said), zenodo_json(said)  # CITATION.cff 1.2.0, .zenodo.json
    ro_crate(request, said, written, ...)  # ro-crate-metadata.json, RO-Crate 1.2

The package ``rocrate`` writes folders that lie on a disk, and the moment at which it does so. An export is streamed,
and the same request gives the same bytes; so the crate is written here, and the tests read it with ``rocrate``.
"""

from imgsim.export.crate.citation_cff import citation_cff
from imgsim.export.crate.ro_crate import ro_crate
from imgsim.export.crate.statement import Statement, statement
from imgsim.export.crate.zenodo_json import zenodo_json

__all__ = ["Statement", "citation_cff", "ro_crate", "statement", "zenodo_json"]
