"""Where what a dossier says comes from: the rule, the parameters and versions of the run, and how to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imgsim.base.verdict_words import MEANINGS, VERDICTS
from imgsim.collection.citing import family_citation
from imgsim.export.dossier.decisions import who
from imgsim.export.dossier.fragments import flat
from imgsim.families import RULE, Family
from imgsim.reviews.account import Account

if TYPE_CHECKING:
    from imgsim.collection import Collection


def method(collection: Collection, family: Family, told: Account, title: str) -> dict[str, Any]:
    """What tells how the family was found, and how to cite it under the title that people gave it ("": none)."""
    manifest = collection.manifest
    words = {name: f"{MEANINGS[name]}." for name in VERDICTS}
    rows: list[tuple[str, object]] = [
        ("Collection", collection.name),
        ("Plates", f"{len(collection.catalogue):,}"),
        ("Generation", collection.generation),
        ("Prepared", manifest["created"]),
        ("Family", family.id),
    ]
    # Not the backbones' files: where weights lay on somebody's machine is nobody's business.
    parameters = {k: v for k, v in manifest.get("parameters", {}).items() if k != "backbones"}
    rows += [(_spaced(name), flat(value)) for name, value in parameters.items()]
    rows.append(("Networks", ", ".join(manifest["backbones"])))
    for name in ("matching", "matches", "verification", "families"):
        if name in manifest:
            rows.append((_spaced(name), flat(manifest[name])))
    rows.append(("Versions", flat(manifest.get("versions", {}))))
    return {
        "rule": RULE,
        "verdicts": words,
        "who": who(told),
        "parameters": rows,
        "citation": family_citation(collection, family, title),
    }


def _spaced(name: str) -> str:
    return name.replace("_", " ").capitalize()
