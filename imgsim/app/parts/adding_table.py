"""What would come of scans and their table: how many find their row, which column means what, what names the books."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from imgsim.app.parts import draft_widgets, joined
from imgsim.app.services import drafts, text
from imgsim.app.services.drafts import Draft
from imgsim.base.translation import marked, number, tr, trn
from imgsim.catalogue import read_metadata
from imgsim.catalogue.column_choices import OWN, called_now, chosen, meanings
from imgsim.catalogue.joining import JoinReport
from imgsim.catalogue.metadata import Metadata
from imgsim.catalogue.previewing import ColumnRead, Preview, preview
from imgsim.errors import MetadataError
from imgsim.images.files import ImageFile

_WORDS = {
    "file": marked("the file of a scan"), "plate_id": marked("the id of a plate"), "book": marked("the book"),
    "ecco_id": marked("the ECCO id"), OWN: marked("kept as it is"),
}  # fmt: skip
_FIRST = ("file", "plate_id", "book", "ecco_id", "title", "author", "year", "decade", "place", "country", "page",
          "number", "format", "category", "language", OWN)  # fmt: skip
_ENCODINGS = {"": marked("found out"), "utf-8": "UTF-8", "cp1252": marked("Windows (Western)"),
              "mac_roman": "Mac Roman", "cp850": "DOS", "latin-1": "Latin 1", "utf-16": "UTF-16"}  # fmt: skip
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
        with st.spinner(tr("Looking which scan belongs to which row …")):
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
@st.cache_data(max_entries=8, show_spinner=False)
def _previewed(
    key: tuple[object, ...], _images: list[ImageFile], _table: Metadata | None, _book_by: str | None
) -> Preview:
    return preview(_images, _table, _book_by)


def _numbers(found: Preview, table: Metadata | None) -> None:
    report = found.report
    with st.container(horizontal=True, key="preview_numbers"):
        st.metric(tr("Images"), number(report.plates), width="content")
        count = int(report.books.get("count", 0))
        st.metric(tr("Books"), number(count) if count else tr("not told apart"), width="content")
        if table is not None:
            st.metric(tr("Find their row"), number(report.joined), width="content")
            st.metric(tr("Rows without an image"), number(report.unused), width="content")
    if table is None:
        return
    if not report.joined:
        st.warning(
            tr(
                "**No image finds its row.** Say below which column names the files or the books, as they are called "
                "here."
            )
        )
    else:
        st.caption(text.plain(_joined_by(report)))
        if not {"year", "decade"} & set(table.understood.values()):
            st.warning(
                tr(
                    "**No column is read as the year.** Where there is one, say below which: without years, re-uses "
                    "cannot stand in order of date."
                )
            )
    if not found.unjoined.empty:
        title = trn(
            "Without a partner: {n:,} row or image", "Without a partner: {n:,} rows and images", len(found.unjoined)
        )
        with st.expander(title, key="preview_unjoined"):
            shown = joined.headed(found.unjoined.head(500))
            st.dataframe(shown, hide_index=True, height=240, key="preview_unjoined_table")
    notes = [note for note in report.notes if note]
    if notes:
        with st.expander(tr("What was put right, or looks wrong"), key="preview_notes"):
            st.markdown("\n".join(f"- {text.plain(note)}" for note in notes))


def _joined_by(report: JoinReport) -> str:
    if report.key == "page":
        return tr(
            "Joined by “{columns}” together; the page of an image is the number in its file’s name; "
            "read as {encoding}.",
            columns=report.key_column,
            encoding=report.encoding,
        )
    return tr(
        "Joined by the column “{column}” as {meaning}; read as {encoding}.",
        column=report.key_column,
        meaning=_words(report.key),
        encoding=report.encoding,
    )


def _words(means: str) -> str:
    return tr(_WORDS[means]) if means in _WORDS else means


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
        st.markdown(tr("**What the columns mean.** Change it where it is not so."))
        for at, column in enumerate(order[:_SHOWN]):
            key = called_now(plain, table, column) in joins
            _column(token, at, column, now[column], known[column], plain, read.get(column), joins=key)
        if len(order) > _SHOWN:
            with st.expander(tr("{number:,} more columns", number=len(order) - _SHOWN), key="more_columns"):
                for at, column in enumerate(order[_SHOWN:], _SHOWN):
                    _column(token, at, column, now[column], known[column], plain, read.get(column))
        _encoding(token, draft)


def _by_column(draft: Draft, plain: Metadata, found: Preview | None) -> dict[str, ColumnRead]:
    """What was read of each column, by the name that it has in the table."""
    if found is None:
        return {}
    table = chosen(plain, draft.meanings)
    names = dict(zip(map(str, table.frame.columns), map(str, plain.frame.columns), strict=True))
    return {names[column]: read for column, read in found.fields.items() if column in names}


def _column(
    token: str, at: int, column: str, means: str, by_itself: str, plain: Metadata, read: ColumnRead | None,
    *, joins: bool = False,
) -> None:  # fmt: skip
    name, choice, cells = st.columns([2.2, 2, 5], vertical_alignment="center")
    with name:
        badge = f" :blue-badge[{tr('joins scans and rows')}]" if joins else ""
        st.markdown(f"**{text.plain(column)}**{badge}")
    with choice:
        key = f"meaning_{at}_{column}"
        st.session_state[key] = means
        st.selectbox(
            tr("What {column} means", column=column), _FIRST, format_func=_words, label_visibility="collapsed", key=key,
            on_change=_mean, args=(token, column, key, by_itself),
        )  # fmt: skip
    with cells:
        if read is not None:
            st.caption(_examples(read))
            if read.unread:
                few = ", ".join(f"“{text.plain(cell[:40])}”" for cell in read.unread[:_EXAMPLES])
                unread = trn(
                    "{n:,} different cell, such as {few}",
                    "{n:,} different cells, such as {few}",
                    len(read.unread),
                    few=few,
                )
                st.caption(f":orange-badge[{tr('not read')}] {unread}")
        else:
            values = list(dict.fromkeys(cell for cell in plain.frame[column].tolist() if cell.strip()))[:_EXAMPLES]
            st.caption(" · ".join(text.plain(value[:60]) for value in values) or tr("empty"))


def _examples(read: ColumnRead) -> str:
    shown = []
    for cell, became in read.examples[:_EXAMPLES]:
        arrow = f" → {text.plain(became[:40])}" if became and became != cell.strip() else ""
        shown.append(f"{text.plain(cell[:60])}{arrow}")
    return " · ".join(shown) or tr("empty")


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
            tr("Written in"), list(_ENCODINGS), format_func=lambda name: tr(_ENCODINGS[name]), width=240,
            help=tr("Choose another where letters with accents come out wrong."),
            **draft_widgets.bind(token, draft, "encoding"),
        )  # fmt: skip


# ---- books


def _books(token: str, draft: Draft, plain: Metadata | None, found: Preview | None) -> None:
    ways = {"": tr("found out"), "folder": tr("the folder that a scan lies in"),
            "prefix": tr("how its file's name begins"), "none": tr("nothing: books are not told apart")}  # fmt: skip
    columns = [*map(str, plain.frame.columns)] if plain is not None else []
    if draft.book_by not in ways:
        columns.append(draft.book_by)
    ways |= {column: tr("the column “{column}”", column=column) for column in columns}
    left, right = st.columns([2, 5], vertical_alignment="bottom")
    with left:
        st.selectbox(
            tr("What names a book"), list(ways), format_func=ways.__getitem__,
            **draft_widgets.bind(token, draft, "book_by"),
        )  # fmt: skip
    with right:
        if found is not None:
            st.caption(text.plain(_books_found(found)))


def _books_found(found: Preview) -> str:
    """How many books, by what, a few of them, and how many images belong to none."""
    facts = found.report.books
    books = text.count(int(facts.get("count", 0)), "book", "books")
    if facts.get("by"):
        books = tr("{books} by {way}", books=books, way=facts["by"])
    if found.books:
        books = tr("{books}, such as {examples}", books=books, examples=", ".join(found.books))
    unnamed = int(facts.get("unnamed", 0)) if facts.get("count") else 0
    if not unnamed:
        return f"{books}."
    return trn(
        "{books}; {n:,} image of no known book.", "{books}; {n:,} images of no known book.", unnamed, books=books
    )
