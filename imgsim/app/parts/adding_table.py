"""What would come of scans and their table: how many find their row, which column means what, what names the books."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from imgsim.app.parts import draft_widgets
from imgsim.app.services import drafts, text
from imgsim.app.services.drafts import Draft
from imgsim.catalogue import read_metadata
from imgsim.catalogue.column_choices import OWN, called_now, chosen, meanings
from imgsim.catalogue.joining import JoinReport
from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.previewing import ColumnRead, Preview, preview
from imgsim.errors import MetadataError
from imgsim.images.files import ImageFile

_WORDS = {
    "file": "the file of a scan", "plate_id": "the id of a plate", "book": "the book", "ecco_id": "the ECCO id",
    OWN: "kept as it is",
}  # fmt: skip
_FIRST = ("file", "plate_id", "book", "ecco_id", "title", "author", "year", "decade", "place", "country", "page",
          "number", "format", "category", "language", OWN)  # fmt: skip
_ENCODINGS = {"": "found out", "utf-8": "UTF-8", "cp1252": "Windows (Western)", "mac_roman": "Mac Roman",
              "cp850": "DOS", "latin-1": "Latin 1", "utf-16": "UTF-16"}  # fmt: skip
_SHOWN = 24  # columns that are shown at once
_EXAMPLES = 3


def draw(token: str, draft: Draft, images: list[ImageFile]) -> None:
    """Draw the section."""
    plain: Metadata | None = None
    try:
        if draft.table:
            plain = read_metadata(Path(draft.table), draft.encoding or None)
        table = chosen(plain, draft.meanings) if plain is not None else None
        book_by = called_now(plain, table, draft.book_by) if plain is not None and table is not None else draft.book_by
        files = hash(tuple((image.root, image.file) for image in images))
        choices = (draft.table, _stamp(draft.table), draft.encoding, tuple(sorted(draft.meanings.items())), book_by)
        found = _previewed((files, *choices), images, table, book_by or None)
    except MetadataError as error:
        st.error(text.plain(error))
        if plain is not None:
            _columns(token, draft, plain, None)
            _books(token, draft, plain, None)
        elif draft.table:
            _encoding(token, draft)
        return
    _numbers(found, table)
    if plain is not None:
        _columns(token, draft, plain, found)
    _books(token, draft, plain, found)


def _stamp(path: str) -> tuple[int, int]:
    """What tells that a file was written anew."""
    try:
        found = Path(path).stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


# Of files on the disk, not of a collection; `key` stands for all of them, and for what was chosen.
@st.cache_data(max_entries=8, show_spinner="Looking which scan belongs to which row …")
def _previewed(
    key: tuple[object, ...], _images: list[ImageFile], _table: Metadata | None, _book_by: str | None
) -> Preview:
    return preview(_images, _table, _book_by)


def _numbers(found: Preview, table: Metadata | None) -> None:
    report = found.report
    with st.container(horizontal=True, key="preview_numbers"):
        st.metric("Images", f"{report.plates:,}", width="content")
        count = int(report.books.get("count", 0))
        st.metric("Books", f"{count:,}" if count else "not told apart", width="content")
        if table is not None:
            st.metric("Find their row", f"{report.joined:,}", width="content")
            st.metric("Rows without an image", f"{report.unused:,}", width="content")
    if table is None:
        return
    if not report.joined:
        st.warning(
            "**No image finds its row.** Say below which column names the files or the books, as they are called here."
        )
    else:
        st.caption(
            text.plain(f"Joined by {_joined_by(report)}; read as {report.encoding}.")
        )
        if not {"year", "decade"} & set(table.understood.values()):
            st.warning("**No column is read as the year.** Where there is one, say below which: without years, "
                       "re-uses cannot stand in order of date.")  # fmt: skip
    if not found.unjoined.empty:
        with st.expander(f"Without a partner: {text.count(len(found.unjoined), 'row or image', 'rows and images')}",
                         key="preview_unjoined"):  # fmt: skip
            shown = found.unjoined.head(500).rename(columns=str.capitalize)
            st.dataframe(shown, hide_index=True, height=240, key="preview_unjoined_table")
    notes = [note for note in report.notes if note]
    if notes:
        with st.expander("What was put right, or looks wrong", key="preview_notes"):
            st.markdown("\n".join(f"- {text.plain(note)}" for note in notes))


def _joined_by(report: JoinReport) -> str:
    if report.key == "page":
        return f"“{report.key_column}” together; the page of an image is the number in its file’s name"
    return f"the column “{report.key_column}” as {_words(report.key)}"


def _words(means: str) -> str:
    return _WORDS.get(means, means)


# ---- columns


def _columns(token: str, draft: Draft, plain: Metadata, found: Preview | None) -> None:
    """A line for each column: its name, what it means, and a few cells with what they are read as."""
    known = meanings(plain)
    now = {column: draft.meanings.get(column, means) for column, means in known.items()}
    order = sorted(known, key=lambda column: (now[column] == OWN, _FIRST.index(now[column])))
    read = _by_column(draft, plain, found)
    table = chosen(plain, draft.meanings) if found is not None else plain
    joins = found.report.key_column.split(", ") if found is not None and found.report.joined else []
    joins += [found.report.key_column] if found is not None and found.report.joined else []
    with st.container(border=True, key="columns_read"):
        st.markdown("**What the columns mean.** Change it where it is not so.")
        for number, column in enumerate(order[:_SHOWN]):
            key = called_now(plain, table, column) in joins
            _column(token, number, column, now[column], known[column], plain, read.get(column), joins=key)
        if len(order) > _SHOWN:
            with st.expander(f"{len(order) - _SHOWN:,} more columns", key="more_columns"):
                for number, column in enumerate(order[_SHOWN:], _SHOWN):
                    _column(token, number, column, now[column], known[column], plain, read.get(column))
        _encoding(token, draft)


def _by_column(draft: Draft, plain: Metadata, found: Preview | None) -> dict[str, ColumnRead]:
    """What was read of each column, by the name that it has in the table."""
    if found is None:
        return {}
    table = chosen(plain, draft.meanings)
    names = dict(zip(map(str, table.frame.columns), map(str, plain.frame.columns), strict=True))
    return {names[column]: read for column, read in found.fields.items() if column in names}


def _column(
    token: str, number: int, column: str, means: str, by_itself: str, plain: Metadata, read: ColumnRead | None,
    *, joins: bool = False,
) -> None:  # fmt: skip
    name, choice, cells = st.columns([2.2, 2, 5], vertical_alignment="center")
    with name:
        st.markdown(f"**{text.plain(column)}**" + " :blue-badge[joins scans and rows]" * joins)
    with choice:
        key = f"meaning_{number}_{column}"
        st.session_state[key] = means
        st.selectbox(
            f"What {column} means", _FIRST, format_func=_words, label_visibility="collapsed", key=key,
            on_change=_mean, args=(token, column, key, by_itself),
        )  # fmt: skip
    with cells:
        if read is not None:
            st.caption(_examples(read))
            if read.unread:
                few = ", ".join(f"“{text.plain(cell[:40])}”" for cell in read.unread[:_EXAMPLES])
                st.caption(f":orange-badge[not read] {text.count(len(read.unread), 'different cell')}, such as {few}")
        else:
            values = list(dict.fromkeys(cell for cell in plain.frame[column].tolist() if cell.strip()))[:_EXAMPLES]
            st.caption(" · ".join(text.plain(value[:60]) for value in values) or "empty")


def _examples(read: ColumnRead) -> str:
    shown = []
    for cell, became in read.examples[:_EXAMPLES]:
        arrow = f" → {text.plain(became[:40])}" if became and became != cell.strip() else ""
        shown.append(f"{text.plain(cell[:60])}{arrow}")
    return " · ".join(shown) or "empty"


def _mean(token: str, column: str, key: str, by_itself: str) -> None:
    meanings_now = dict(drafts.load(token).meanings)
    means = st.session_state[key]
    if means == by_itself:
        meanings_now.pop(column, None)
    else:
        meanings_now[column] = means
    draft_widgets.change(token, meanings=meanings_now)


def _encoding(token: str, draft: Draft) -> None:
    if not draft.table.lower().endswith((".xlsx", ".xlsm")):
        st.selectbox(
            "Written in", list(_ENCODINGS), format_func=_ENCODINGS.__getitem__, width=240,
            help="Choose another where letters with accents come out wrong.",
            **draft_widgets.bind(token, draft, "encoding"),
        )  # fmt: skip


# ---- books


def _books(token: str, draft: Draft, plain: Metadata | None, found: Preview | None) -> None:
    ways = {"": "found out", "folder": "the folder that a scan lies in", "prefix": "how its file's name begins",
            "none": "nothing: books are not told apart"}  # fmt: skip
    if plain is not None:
        ways |= {str(column): f"the column “{column}”" for column in plain.frame.columns}
    if draft.book_by not in ways:
        ways[draft.book_by] = f"the column “{draft.book_by}”"
    left, right = st.columns([2, 5], vertical_alignment="bottom")
    with left:
        st.selectbox(
            "What names a book", list(ways), format_func=ways.__getitem__, **draft_widgets.bind(token, draft, "book_by")
        )
    with right:
        if found is not None:
            facts = found.report.books
            by = f" by {facts['by']}" if facts.get("by") else ""
            such = f", such as {', '.join(found.books)}" if found.books else ""
            unnamed = int(facts.get("unnamed", 0))
            rest = f"; {text.count(unnamed, 'image')} of no known book" if unnamed and facts.get("count") else ""
            st.caption(text.plain(f"{text.count(int(facts.get('count', 0)), 'book')}{by}{such}{rest}."))
