"""How well the dates of a collection were understood, for the page About: every statement that was not is listed."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from imgsim.app.services import text
from imgsim.collection import Collection


def show(collection: Collection) -> None:
    """Draw how many dates were read, and the list of those that were not; nothing for a collection without dates."""
    report = collection.manifest.get("join", {}).get("years", {})
    if not report.get("plates"):
        return
    st.markdown("## Dates")
    said = [f"{report['read']:,} of {text.count(report['plates'], 'plate')} with a date could be read"]
    if report["intervals"]:
        said.append(f"{report['intervals']:,} of them as more than one year")
    if report["undated"]:
        said.append(f"{report['undated']:,} as undated")
    st.markdown(f"{', '.join(said)}.")
    unread = report["unread"]
    if not unread:
        return
    st.markdown(
        "Not read, and so taken for undated; put them right in the metadata and prepare the collection again:"
    )
    st.dataframe(
        pd.DataFrame({"Date as written": list(unread), "Plates": list(unread.values())}),
        hide_index=True,
        height=min(38 + 35 * len(unread), 260),
        key="unread_dates",
    )
