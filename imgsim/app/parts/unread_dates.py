"""How well the dates of a collection were understood, for the page About: every statement that was not is listed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from imgsim.base.translation import tr, trn
from imgsim.collection import Collection


def show(collection: Collection) -> None:
    """Draw how many dates were read, and the list of those that were not; nothing for a collection without dates."""
    report = collection.manifest.get("join", {}).get("years", {})
    if not report.get("plates"):
        return
    st.markdown(tr("## Dates"))
    said = [
        trn(
            "{read:,} of {n:,} plate with a date could be read", "{read:,} of {n:,} plates with a date could be read",
            report["plates"], read=report["read"],
        )
    ]  # fmt: skip
    if intervals := report["intervals"]:
        said.append(trn("{n:,} of them as more than one year", "{n:,} of them as more than one year", intervals))
    if undated := report["undated"]:
        said.append(trn("{n:,} as undated", "{n:,} as undated", undated))
    st.markdown(f"{', '.join(said)}.")
    unread = report["unread"]
    if not unread:
        return
    st.markdown(
        tr("Not read, and so taken for undated; put them right in the metadata and prepare the collection again:")
    )
    st.dataframe(
        pd.DataFrame({"Date as written": list(unread), "Plates": list(unread.values())}),
        hide_index=True,
        height=min(38 + 35 * len(unread), 260),
        key="unread_dates",
        column_config={"Date as written": tr("Date as written"), "Plates": tr("Plates")},
    )
