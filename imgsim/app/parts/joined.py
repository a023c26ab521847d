"""How the table was understood: what About says of rows, plates, books and their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from imgsim.app.services import text
from imgsim.base.cells import csv_bytes
from imgsim.collection import Collection


def show(collection: Collection) -> None:
    """Draw the part of About that tells how plates found their rows, their books and their order."""
    join: Mapping[str, Any] = collection.manifest.get("join", {})
    st.markdown("## Books and metadata")
    st.markdown(text.plain(_books(join)))
    if ways := _order(join):
        st.markdown(text.plain(ways))
    if join.get("key"):
        st.markdown(text.plain(_rows(join)))
    _notes(join)
    _unjoined(collection)


def _books(join: Mapping[str, Any]) -> str:
    facts = join.get("books")
    if not facts:
        return "How books were told apart was not noted when this collection was prepared."
    if not facts["count"]:
        return "Books are not told apart. Prepare the collection again and say what names a book."
    unnamed = f" {text.count(facts['unnamed'], 'plate')} of no known book." if facts["unnamed"] else ""
    return f"{text.count(facts['count'], 'book')}, by {facts['by']}.{unnamed}"


def _order(join: Mapping[str, Any]) -> str:
    ways = join.get("order", {}).get("by", {})
    if not ways:
        return ""
    return "Plates within a book are in order by " + ", ".join(
        f"{way} ({text.count(count, 'book')})" for way, count in ways.items()
    ) + "."  # fmt: skip


def _rows(join: Mapping[str, Any]) -> str:
    read = f" It was read as {join['encoding']}." if join.get("encoding") else ""
    return (
        f"{join['joined']:,} of {text.count(join['plates'], 'plate')} found their row in the table, "
        f"by the column {join['key_column']}; {text.count(join.get('unused', 0), 'row')} without a plate.{read}"
    )


def _notes(join: Mapping[str, Any]) -> None:
    notes = [
        *join.get("notes", ()),
        *(
            f"{book or 'plates of no known book'}: {why}"
            for book, why in join.get("order", {}).get("undecided", ())
        ),
    ]
    if notes:
        with st.expander("What was put right, or could not be decided", key="join_notes"):
            st.markdown("\n".join(f"- {text.plain(note)}" for note in notes))


def _unjoined(collection: Collection) -> None:
    unjoined = collection.unjoined
    if unjoined is None or unjoined.empty:
        return
    with st.expander(f"Without a partner: {len(unjoined):,} rows and plates", key="without_partner"):
        shown = unjoined.rename(columns={name: name.capitalize() for name in unjoined.columns})
        st.dataframe(shown, hide_index=True, height=min(38 + 35 * len(shown), 260), key="unjoined")
        st.download_button(
            "Download the list as CSV",
            data=_csv(unjoined),
            file_name=f"{collection.name}-unjoined.csv",
            mime="text/csv",
            on_click="ignore",
            key="unjoined_csv",
        )


def _csv(frame: pd.DataFrame) -> bytes:
    """The list as it lies in the collection, whose cells were read back as the texts that they stand for."""
    return csv_bytes({str(name): frame[name].tolist() for name in frame.columns})
