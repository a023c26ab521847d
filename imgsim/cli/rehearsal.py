"""How a table and the names of files would be understood, with examples: nothing is decoded and nothing is written."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from imgsim.catalogue import read_metadata
from imgsim.catalogue.previewing import EXAMPLES, preview
from imgsim.cli.display import book_lines
from imgsim.collection import Collection, open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.prepare.looking_ahead import expected_plates
from imgsim.prepare.options import Options
from imgsim.prepare.plan import table_choices
from imgsim.prepare.run_record import recorded_in
from imgsim.prepare.vanished import present_inputs, would_vanish
from imgsim.sources.folders import find_images

_WIDTH = 60


def rehearse(options: Options) -> tuple[dict[str, Any], str]:
    """Return the facts as plain values, and as text.

    Raises
    ------
    ImgsimError
        There are no images, or the table cannot be read or joined.
    """
    folder = Path(os.path.abspath(options.out))
    recorded = recorded_in(None, folder)
    live = _opened(folder)
    inputs = [Path(os.path.abspath(path)) for path in options.inputs or recorded["images"]]
    inputs = present_inputs(live, inputs, options.accept_missing)
    named = options.metadata or (Path(recorded["metadata"]) if recorded["metadata"] else None)
    metadata = Path(os.path.abspath(named)) if named else None
    images, skipped = find_images(inputs)
    gone = would_vanish(folder, live, expected_plates(live, images)) if live is not None else None
    if not images and gone is not None:
        raise ImgsimError(f"There is no image in {', '.join(map(str, inputs))}. {gone.told}")
    if not images:
        raise ImgsimError(f"There is no image in {', '.join(map(str, inputs))}. Name a folder of images.")
    encoding, book_by = table_choices(options, recorded, metadata)
    found = preview(images, read_metadata(metadata, encoding) if metadata else None, book_by)
    facts = {
        **asdict(found.report),
        "metadata": str(metadata) if metadata else "",
        "skipped": len(skipped),
        "vanished": gone.as_dict() if gone is not None else None,
        "vanished_told": gone.told if gone is not None else "",
        "fields": {
            column: {
                "as": one.means, "filled": one.filled, "examples": list(one.examples), "unread": list(one.unread)
            }
            for column, one in found.fields.items()
        },
        "kept": list(found.kept),
        "unjoined": found.unjoined.to_dict("records"),
        "books_named": list(found.books),
    }  # fmt: skip
    return facts, "\n".join(_lines(facts))


def _opened(folder: Path) -> Collection | None:
    try:
        return open_collection(folder)
    except CollectionError:
        return None


def _lines(facts: dict[str, Any]) -> list[str]:
    lines = [f"{facts['plates']:,} images found by their names; none was opened"]
    if facts["vanished"]:
        wanted = " A run would want --accept-missing." if facts["vanished"]["needs_accept_missing"] else ""
        lines.append(f"{facts['vanished_told']}{wanted}")
    if facts["skipped"]:
        lines.append(f"{facts['skipped']:,} further files would be skipped")
    if facts["metadata"]:
        lines += _table_lines(facts)
    else:
        lines.append("no table: --metadata names one")
    lines += book_lines(facts)
    if facts["books_named"]:
        lines.append(f"    such as {', '.join(facts['books_named'])}")
    lines += [f"note: {note}" for note in facts["notes"]]
    lines.append("Nothing was written. The same line without --dry-run prepares the collection.")
    return lines


def _table_lines(facts: dict[str, Any]) -> list[str]:
    parted = f", cells parted by {facts['separator']}" if facts["separator"] else ""
    without = facts["plates"] - facts["joined"]
    lines = [
        f"table {facts['metadata']}: {facts['encoding']}{parted}, header in line {facts['header_line']}",
        f"{facts['joined']:,} of {facts['plates']:,} plates find their row, by {facts['key'] or 'nothing'} "
        f"in the column {facts['key_column']!r}; rows without a plate: {facts['unused']:,}, "
        f"plates without a row: {without:,}",
    ]
    for what in ("row", "plate"):
        found = [one for one in facts["unjoined"] if one["what"] == what][:EXAMPLES]
        for one in found:
            line = f"of line {one['line']} " if one["line"] else ""
            lines.append(f"    {what} {line}{_short(one['name'])!r}: {one['reason']}")
    for column, field in facts["fields"].items():
        lines.append(f"column {column!r} as {field['as']} ({field['filled']:,} plates)")
        for cell, read in field["examples"]:
            became = " -> not read" if not read else f" -> {read}" if read != cell.strip() else ""
            lines.append(f"    {_short(cell)!r}{became}")
        if field["unread"]:
            shown = ", ".join(repr(_short(cell)) for cell in field["unread"][:EXAMPLES])
            lines.append(
                f"    not read as {field['as']}, different cells: {len(field['unread']):,}, such as {shown}"
            )
    if facts["kept"]:
        lines.append(f"kept as they are: {', '.join(facts['kept'])}")
    return lines


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDTH else flat[: _WIDTH - 1] + "…"
