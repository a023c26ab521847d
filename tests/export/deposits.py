"""What an archive asks of a deposit: rules of the Citation File Format 1.2.0 and of Zenodo, from their documentation.

Only the parts that an export writes are admitted, so that a mistyped key is found.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string", "minLength": 1, "pattern": r"\S"}
_DAY = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object", "required": required.split(), "properties": properties, "additionalProperties": False,
    }  # fmt: skip


def _some(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "uniqueItems": True, "items": items}


# https://github.com/citation-file-format/citation-file-format, "Schema guide" of 1.2.0: an entity may have an ORCID iD.
CFF = _object(
    "cff-version message title authors",
    **{
        "cff-version": {"const": "1.2.0"}, "type": {"enum": ["dataset", "software"]}, "message": _TEXT, "title": _TEXT,
        "abstract": _TEXT, "version": _TEXT, "date-released": _DAY, "keywords": _some(_TEXT),
        "license": {"enum": ["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0"]},
        "authors": _some(_object(
            "name", name=_TEXT,
            orcid={"type": "string", "pattern": r"^https://orcid.org/[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$"},
        )),
    },
)  # fmt: skip

_ORCID = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]$"}
# https://developers.zenodo.org, "Deposit metadata".
ZENODO: dict[str, Any] = _object(
    "upload_type publication_date title creators description access_right",
    upload_type={"enum": ["dataset"]}, publication_date=_DAY, title=_TEXT, description=_TEXT, notes=_TEXT,
    creators=_some(_object("name", name=_TEXT, orcid=_ORCID)),
    contributors=_some(_object("name type", name=_TEXT, orcid=_ORCID, type={"enum": ["Researcher", "DataCurator"]})),
    access_right={"enum": ["open", "embargoed", "restricted", "closed"]}, license=_TEXT, keywords=_some(_TEXT),
    version=_TEXT, language={"type": "string", "pattern": "^[a-z]{3}$"},
) | {
    # Without a licence, what is open would be given one by Zenodo.
    "if": {"properties": {"access_right": {"enum": ["open", "embargoed"]}}}, "then": {"required": ["license"]},
}  # fmt: skip
