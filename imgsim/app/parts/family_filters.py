"""Families by what people made of them: by tag, by whether anybody decided, and by what the lines say."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from imgsim.app.parts import family_words
from imgsim.app.services import state, verdict_labels
from imgsim.base.translation import marked, tr
from imgsim.base.verdict_words import CODE_OF, VERIFIED
from imgsim.collection import Collection
from imgsim.collection.between import Between
from imgsim.collection.family_notes import says
from imgsim.families import Families, Family

JUDGED = {"any": marked("Reviewed or not"), "yes": marked("Reviewed"), "no": marked("Not reviewed")}


def draw(collection: Collection, families: Families, *, tag: str, verdicts: Sequence[str]) -> None:
    """The fields; a tag that a link asks for is offered although no family bears it."""
    tags = family_words.tags(collection, families)
    if tags or tag:
        numbers = {**tags, tag: tags.get(tag, 0)} if tag else tags
        counted = {name: tr("{name} ({number:,})", name=name, number=number) for name, number in numbers.items()}
        counted = {"": tr("Any"), **counted}
        st.selectbox(
            tr("Tag"),
            list(counted),
            format_func=lambda name: counted.get(name, name),
            **state.bind("reuse_tag", value=tag),
        )
    st.selectbox(
        tr("Decisions"), list(JUDGED), format_func=lambda judged: tr(JUDGED[judged]), **state.bind("reuse_judged")
    )
    known = [code for code in verdicts if code in verdict_labels.WORDS]
    st.multiselect(
        tr("With a plate that is"),
        [*VERIFIED, *(code for code in known if code not in VERIFIED)],
        format_func=lambda code: tr(verdict_labels.WORDS[code]),
        placeholder=tr("Anything"),
        help=tr("What the lines say of it and of the plate that it is tied to."),
        **state.bind("reuse_verdicts", value=known, read=lambda codes: tuple(sorted(codes))),
    )


def verdicts_of(codes: Sequence[str]) -> list[str]:
    """The verdicts that these codes stand for."""
    return [verdict for verdict, code in CODE_OF.items() if code in codes]


def passing(
    collection: Collection, families: Families, tag: str, judged: str, between: Between | None = None
) -> list[Family]:
    """The families with that tag ("" for any) that were reviewed, or were not, as `JUDGED` says; of a reference set,
    those with plates on both sides."""
    said = family_words.notes(collection)
    reviewed = family_words.judged(collection) if judged != "any" else frozenset()
    return [
        one
        for one in (families.ordered() if between is None else between.joined(families.ordered()))
        if (not tag or (one.id in said and tag in said[one.id].tags))
        and (judged == "any" or (one.id in reviewed) == (judged == "yes"))
    ]


def named(collection: Collection, words: str) -> set[str]:
    """The families of which people wrote all these words."""
    return {name for name, note in family_words.notes(collection).items() if says(note, words)}
