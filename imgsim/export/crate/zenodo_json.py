""".zenodo.json: an export as Zenodo describes a deposit (https://developers.zenodo.org, "Deposit metadata").

Zenodo takes a deposit that is open and names no licence for one under a licence of Zenodo's choice. So one without a
licence is closed until somebody chooses.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import escape

from imgsim.export.crate.persons import Person
from imgsim.export.crate.statement import KEYWORDS, Statement


def zenodo_json(said: Statement) -> bytes:
    """Return what Zenodo asks for, UTF-8."""
    access: dict[str, Any] = {"access_right": "closed"}
    if said.licence is not None:
        access = {"access_right": "open", "license": said.licence.spdx.lower()}
    helpers = [one for one in said.deciders if one not in said.makers]
    record = {
        "title": said.title,
        "upload_type": "dataset",
        "publication_date": said.day,
        # It is read as HTML there.
        "description": "".join(f"<p>{escape(text)}</p>" for text in (said.about, said.who, said.terms, said.images)),
        "creators": [_person(one) for one in said.makers],
        **({"contributors": [{**_person(one), "type": "Researcher"} for one in helpers]} if helpers else {}),
        **access,
        "keywords": list(KEYWORDS),
        "version": said.version,
        "language": "eng",
        "notes": said.citation,
    }
    return (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _person(one: Person) -> dict[str, str]:
    return {"name": one.name, **({"orcid": one.orcid} if one.orcid else {})}
