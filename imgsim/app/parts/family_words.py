"""What people call a family, and write of it, on the screen: shown, changed, taken back, and looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from imgsim.app.parts import family_judging, reviewer, shell
from imgsim.app.services import caches, text
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.collection.family_notes import (
    LONGEST_NOTE,
    LONGEST_TITLE,
    NOTHING,
    FamilyNote,
    FamilyNotes,
    tag_counts,
)
from imgsim.collection.passed_words import FamilyWords, revision
from imgsim.collection.passed_words import family_words as read
from imgsim.errors import ImgsimError
from imgsim.families import Families, Family

_TAGS = marked("Words to find families by, separated by commas: Re-use can show those with a tag alone.")
_MOST_NAMED = 30  # tags
_FAILED = "_imgsim_family_words_failed"


def notes(collection: Collection) -> Mapping[str, FamilyNote]:
    """What is said of each family, by its id; nothing where it cannot be read, as every page says."""
    return passed(collection).standing


def title(collection: Collection, family_id: str) -> str:
    """What people call a family; "" where nobody has named it."""
    return notes(collection).get(family_id, NOTHING).title


def passed(collection: Collection) -> FamilyWords:
    """The same, with what was said of families that are no more, or that became part of others."""
    path = collection.path
    try:
        return caches.fact(collection, "words on families", lambda: read(path), revision(path), keep=4)
    except ImgsimError:
        return FamilyWords({}, {}, {})


def judged(collection: Collection) -> frozenset[str]:
    """The families in which somebody decided about a pair."""
    return caches.answer(collection, "families that were judged", _judged, keep=4)


def _judged(collection: Collection) -> frozenset[str]:
    families, catalogue = collection.families, collection.catalogue
    if families is None:
        return frozenset()
    pairs = [pair for pair in collection.decisions if all(map(catalogue.has, pair))]
    both = [{families.of(catalogue.row(plate)) for plate in pair} for pair in pairs]
    return frozenset(name for found in both if len(found) == 1 for name in found if name is not None)


def tags(collection: Collection, families: Families) -> dict[str, int]:
    """The tags of its families, with how many bear each."""
    return tag_counts(notes(collection), families.ids)


def show(collection: Collection, family: Family, beside: Callable[[], None]) -> None:
    """The note and the tags of a family, and the way to change them; `beside` draws what else stands in their line."""
    said = notes(collection).get(family.id, NOTHING)
    if said.note:
        st.markdown("  \n".join(text.plain(line) for line in said.note.splitlines()))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="family_words"):
        for tag in said.tags:
            if st.button(text.plain(tag), key=f"family_tag_{tag}", help=tr("All families with this tag.")):
                shell.go("reuse", family="", reuse_tag=tag)
        way_in = tr("Edit title, note, tags") if said != NOTHING else tr("Give it a title …")
        with st.popover(way_in, type="tertiary"):
            _form(collection, family, said)
        if said.reviewer:
            st.caption(text.plain(f"{said.reviewer}, {said.when[:10]}"), width="content")
        if _can_undo(collection, family):
            st.button(
                tr("Undo"), key="family_words_undo", type="tertiary", on_click=_undo, args=(collection, family.id)
            )
        beside()
    _passed_on(collection, family, said)
    if failed := st.session_state.pop(_FAILED, ""):
        st.error(text.plain(failed))


def _passed_on(collection: Collection, family: Family, said: FamilyNote) -> None:
    """Where words come from that were written of another family, and what else was said of those that ended in it."""
    if said.written_of:
        ended = said.written_of in passed(collection).former
        way = (
            marked(
                "Written of the family {family}, which became part of this one. What you save here is this one's own."
            )
            if ended
            else marked(
                "Written of the family {family}, from which this one split off. What you save here is this one's own."
            )
        )
        st.caption(text.plain(tr(way, family=said.written_of)))
    for other in passed(collection).besides.get(family.id, ()):
        became = tr("{family} became part of this family.", family=other.written_of)
        st.caption(text.plain(f"{became} {told(other)}"))


def told(note: FamilyNote) -> str:
    """What was said of a family that is no more, in a line."""
    parts = (
        tr("was called “{title}”", title=note.title) if note.title else "",
        tr("had the note “{note}”", note=" ".join(note.note.split())) if note.note else "",
        tr("had the tags {tags}", tags=", ".join(note.tags)) if note.tags else "",
    )
    return tr(
        "It {facts} ({reviewer}, {day}).",
        facts=", ".join(part for part in parts if part),
        reviewer=note.reviewer,
        day=note.when[:10],
    )


def _can_undo(collection: Collection, family: Family) -> bool:
    try:
        return bool(reviewer.name()) and FamilyNotes(collection.path).can_undo(family.id)
    except ImgsimError:
        return False


def _form(collection: Collection, family: Family, said: FamilyNote) -> None:
    # A page asks for the name once: where a pair is being judged, its bar does.
    judged = family_judging.asks(family)
    signed = reviewer.name() if judged else reviewer.sign(tr("signs what you write"))
    if not signed and judged:
        st.caption(tr("Write your name first, beside the decision below."))
    known = tag_counts(notes(collection), notes(collection))
    # Fields of each version anew: a browser sends again what stood in those of before.
    key = f"family_words_{family.id}_{said.when}"
    example = tr("The strawberry, after Fuchs")
    st.text_input(tr("Title"), said.title, LONGEST_TITLE, key=f"{key}_title", placeholder=example)
    st.text_area(tr("Note"), said.note, max_chars=LONGEST_NOTE, key=f"{key}_note")
    example, hint = tr("Fuchs, woodcut"), tr(_TAGS)
    st.text_input(tr("Tags"), ", ".join(said.tags), key=f"{key}_tags", placeholder=example, help=hint)
    if known:
        st.caption(text.plain(tr("In use: {tags}", tags=", ".join(list(known)[:_MOST_NAMED]))))
    st.button(
        tr("Save"), type="primary", key="family_words_save", disabled=not signed, on_click=_save,
        args=(collection, family.id, key),
    )  # fmt: skip


def _save(collection: Collection, family_id: str, key: str) -> None:
    named, note, tagged = (str(st.session_state[f"{key}_{name}"]) for name in ("title", "note", "tags"))
    try:
        FamilyNotes(collection.path).write(
            family_id, reviewer.name(), title=named, note=note, tags=tagged.split(",")
        )
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)


def _undo(collection: Collection, family_id: str) -> None:
    try:
        FamilyNotes(collection.path).undo(family_id, reviewer.name())
    except ImgsimError as error:
        st.session_state[_FAILED] = str(error)
