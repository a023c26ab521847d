"""What is shown where an address of the past leads: plates that are gone, families that became others."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from imgsim.app.components import thumbnail_grid
from imgsim.app.parts import cards, family_words, shell
from imgsim.app.services import caches, state, text
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.collection.addresses import family_address, gone_sentence, plate_address, sentence
from imgsim.collection.family_ids import history
from imgsim.collection.id_registry import Registry
from imgsim.errors import ImgsimError
from imgsim.families import Families, Family

_LED = "_imgsim_led"  # (collection, family, why) after an old address led to that family


# ---- plates


def gone_plate(collection: Collection) -> bool:
    """Draw the plate that was asked for and is gone; False where there is none."""
    name, plate_id = st.session_state.get(shell.GONE) or ("", "")
    if name != collection.name:
        return False
    entry = plate_address(collection, plate_id)
    if entry is None or not entry.gone:
        return False
    picture = Registry(collection.path).thumbnail(plate_id)
    with st.container(border=True, horizontal=True, key="gone_plate"):
        if picture is not None:
            st.image(picture, width=220, caption=tr("Its last scan"))
        with st.container(gap="small"):
            st.markdown(f"**{text.plain(gone_sentence(entry))}**")
            waiting = [one for one in caches.unconfirmed(collection) if plate_id in one.review.pair]
            if waiting:
                st.markdown(
                    tr(
                        "Decisions that name it: {decisions:,}. They are kept, and count for nothing while it is gone.",
                        decisions=len(waiting),
                    )
                )
                if st.button(tr("See these decisions"), key="gone_decisions"):
                    shell.go("review", desk="all")
            after = entry.successor if collection.catalogue.has(entry.successor) else ""
            if after and st.button(tr("Open {plate}", plate=text.plain(after)), key="gone_successor"):
                shell.go("plate", plate=after)
            st.caption(
                tr(
                    "Its id stays its own: no other plate will ever have it, and it is back with the scan. "
                    "Scan: SHA-256 {sha256}.",
                    sha256=entry.sha256,
                )
            )
    return True


# ---- families


def follow_family(collection: Collection, families: Families, asked: str) -> None:
    """Go on to what became of a family, or say that nothing did; called for an id that is no family's."""
    address = family_address(collection, families, asked)
    said = family_words.passed(collection).former.get(asked)
    if said is not None:
        address = replace(address, told=f"{address.told} {family_words.told(said)}")
    if len(address.families) == 1:
        st.session_state[_LED] = (collection.name, address.families[0], address.told)
        state.update(family=address.families[0])
        st.rerun()
    with st.container(border=True, key="former_family"):
        st.warning(text.plain(address.told))
        for family_id in address.families:
            if st.button(tr("Open the family {family}", family=family_id), key=f"former_{family_id}"):
                shell.go("reuse", family=family_id)
        if address.plates:
            items = [
                cards.card(collection, collection.catalogue.row(plate)) for plate in address.plates[:24]
            ]
            event = thumbnail_grid(key="former_plates", items=items, height=130, label=tr("Its plates"))
            if event.clicked:
                shell.go("plate", plate=event.clicked)


def led_here(collection: Collection, family: Family) -> None:
    """Where an old address led to a family, say so above it."""
    name, family_id, told = st.session_state.get(_LED) or ("", "", "")
    if (name, family_id) == (collection.name, family.id):
        st.info(text.plain(told))
    else:
        st.session_state.pop(_LED, None)


def family_history(collection: Collection, family: Family) -> None:
    """What happened to a family since it was first found."""
    try:
        records = history(collection.path, family.id)
    except ImgsimError as error:
        st.caption(text.plain(error))
        return
    if records:
        with st.expander(tr("History of {family}", family=family.id), key="family_history"):
            for record in records:
                st.markdown(f"- {text.plain(sentence(record))}")
