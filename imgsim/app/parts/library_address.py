"""A library's addresses that could not be fetched: beside the error stands the form again, with them in it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from imgsim.app.parts import preparing
from imgsim.app.services import nearby, text
from imgsim.app.services.runs import Run, Status
from imgsim.base.translation import tr
from imgsim.generation.current import is_collection

_IIIF = "iiif:"


def offer(run: Run) -> bool:
    """Draw the form of a run on a library's addresses that failed before there were plates; whether it is one."""
    addresses = addresses_in(run.words)
    if not addresses or run.status is not Status.FAILED or is_collection(run.folder) or not nearby.reads():
        return False
    with st.form(f"addresses_{run.name}", border=False):
        typed = st.text_area(
            tr("Addresses"), value="\n".join(addresses), height=110, key=f"addresses_again_{run.name}",
            help=tr("Of IIIF manifests, one a line. Correct what is wrong."),
        )  # fmt: skip
        said = problem(typed.split())
        with st.container(horizontal=True):
            sent = st.form_submit_button(tr("Fetch and prepare"), type="primary")
            thrown = st.form_submit_button(tr("Throw it away"), help=tr("To the trash. Nothing was prepared yet."))
    if thrown:
        preparing.throw_away(run.folder)
        st.rerun()
    if sent and said:
        st.error(text.plain(said))
    elif sent:
        preparing.begin(run.folder, with_addresses(run.words, typed.split()), run.kind)
        st.rerun()
    return True


def problem(addresses: Sequence[str]) -> str:
    """What is wrong with addresses that somebody typed; "" where they may be right, or nothing was typed."""
    wrong = [one for one in addresses if not one.startswith(("http://", "https://")) and not Path(one).is_file()]
    if wrong:
        return tr(
            "{address} is no address: it should begin with https:// or http://.", address=wrong[0][:200]
        )
    return "" if addresses else tr("Give an address: that of a book's IIIF manifest, or of a collection of manifests.")


def addresses_in(words: Sequence[str]) -> list[str]:
    """The addresses among the words of a run."""
    return [word.removeprefix(_IIIF) for word in words[_inputs(words) :] if word.startswith(_IIIF)]


def with_addresses(words: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """The same words with other addresses."""
    start = _inputs(words)
    others = [word for word in words[start:] if not word.startswith(_IIIF)]
    return [*words[:start], *(f"{_IIIF}{address}" for address in addresses), *others]


def _inputs(words: Sequence[str]) -> int:
    """Where the images begin among the words of a run."""
    return list(words).index("--") + 1 if "--" in words else 0
