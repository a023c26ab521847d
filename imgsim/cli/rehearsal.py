"""How a table and the names of files would be understood, with examples: nothing is decoded and nothing is written."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from imgsim.cli.display import book_lines
from imgsim.collection import Collection, open_collection
from imgsim.errors import CollectionError, ImgsimError
from imgsim.prepare.catalogue_stage import joined_catalogue
from imgsim.prepare.options import Options
from imgsim.prepare.plan import table_choices
from imgsim.prepare.run_record import recorded_in
from imgsim.prepare.vanished import present_inputs, would_vanish
from imgsim.sources.folders import find_images

_EXAMPLES = 5
_WIDTH = 60
_NUMBERS = ("year", "decade", "page", "number")
# What looking at a picture would tell; a rehearsal opens none.
_UNSEEN = {"sha256": "", "width": 0, "height": 0, "mode": "", "frames": 1}


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
    gone = would_vanish(folder, live, images) if live is not None else None
    if not images and gone is not None:
        raise ImgsimError(f"There is no image in {', '.join(map(str, inputs))}. {gone.told}")
    if not images:
        raise ImgsimError(f"There is no image in {', '.join(map(str, inputs))}. Name a folder of images.")
    plates = [
        {
            "plate_id": i.plate_id,
            "file": i.file,
            "root": i.root,
            "folder": i.folder,
            "bytes": i.size,
            **_UNSEEN,
        }
        for i in images
    ]
    encoding, book_by = table_choices(options, recorded, metadata)
    joined = joined_catalogue(plates, metadata, encoding, book_by)
    frame, report = joined.catalogue.frame, joined.report
    fields = {
        column: {"as": standard, **_examples(frame, column, standard)}
        for column, standard in report.understood.items()
    }
    own = [c for c in map(str, frame.columns) if _own(c, frame, report.understood, report.key_column)]
    facts = {
        **asdict(report),
        "metadata": str(metadata) if metadata else "",
        "skipped": len(skipped),
        "vanished": gone.as_dict() if gone is not None else None,
        "vanished_told": gone.told if gone is not None else "",
        "fields": fields,
        "kept": own if metadata else [],
        "unjoined": joined.unjoined.to_dict("records"),
        "books_named": _first(frame["book"]),
    }
    return facts, "\n".join(_lines(facts))


def _opened(folder: Path) -> Collection | None:
    try:
        return open_collection(folder)
    except CollectionError:
        return None


def _own(column: str, frame: pd.DataFrame, understood: dict[str, str], key: str) -> bool:
    from imgsim.catalogue import STANDARD

    return column not in STANDARD and column.removeprefix("metadata_") not in {*understood, key}


def _examples(frame: pd.DataFrame, column: str, standard: str) -> dict[str, Any]:
    """Five different cells with what became of each, and those that became nothing."""
    raw = frame[_kept_as(frame, column)].astype("str").fillna("")
    filled = raw.str.strip() != ""
    became = frame[standard] if standard not in _DATES else raw.map(_DATES[standard])
    pairs = pd.DataFrame({"cell": raw[filled], "read": became[filled]}).drop_duplicates("cell")
    shown = [
        (cell, "" if pd.isna(read) else str(read))
        for cell, read in pairs.head(_EXAMPLES).itertuples(index=False, name=None)
    ]
    unread: list[str] = []
    if standard in _NUMBERS:
        unread = pairs["cell"][pairs["read"].isna()].tolist()
    return {"filled": int(filled.sum()), "examples": shown, "unread": unread}


def _date_of(cell: str) -> str | None:
    """A cell of dates as it is understood; None where it is not."""
    from imgsim.catalogue import parse_date

    date = parse_date(cell)
    return None if date is None else date.words


def _decade_of(cell: str) -> str | None:
    from imgsim.catalogue.dating import parse_decade

    date = parse_decade(cell)
    return None if date is None else date.words


_DATES = {"year": _date_of, "decade": _decade_of}


def _kept_as(frame: pd.DataFrame, column: str) -> str:
    """The catalogue's name of a table's column: its own, or another where ours has that name and other values."""
    return f"metadata_{column}" if f"metadata_{column}" in frame.columns else column


def _first(cells: pd.Series) -> list[str]:
    return [text for text in cells.drop_duplicates().tolist() if text][:_EXAMPLES]


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
        found = [one for one in facts["unjoined"] if one["what"] == what][:_EXAMPLES]
        for one in found:
            line = f"of line {one['line']} " if one["line"] else ""
            lines.append(f"    {what} {line}{_short(one['name'])!r}: {one['reason']}")
    for column, field in facts["fields"].items():
        lines.append(f"column {column!r} as {field['as']} ({field['filled']:,} plates)")
        for cell, read in field["examples"]:
            became = " -> not read" if not read else f" -> {read}" if read != cell.strip() else ""
            lines.append(f"    {_short(cell)!r}{became}")
        if field["unread"]:
            shown = ", ".join(repr(_short(cell)) for cell in field["unread"][:_EXAMPLES])
            lines.append(
                f"    not read as {field['as']}, different cells: {len(field['unread']):,}, such as {shown}"
            )
    if facts["kept"]:
        lines.append(f"kept as they are: {', '.join(facts['kept'])}")
    return lines


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WIDTH else flat[: _WIDTH - 1] + "…"
