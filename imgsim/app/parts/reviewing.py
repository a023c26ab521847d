"""A pair's decision on the screen: the six buttons with their letters, a note, the reviewer's name, undo, what stands.

    reviewing.bar(collection, row_a, row_b, key="compare")

The decision is written before the page runs again, so that whatever the page shows follows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.components import keyboard
from imgsim.app.parts import notices, reviewer, shell
from imgsim.app.services import caches, moments, remedies, state, text
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.shown_reviews import evidence_of
from imgsim.errors import ImgsimError
from imgsim.reviews import DECISIONS, Review
from imgsim.reviews.decision_record import MOST_NOTE
from imgsim.reviews.sitting import said_twice

_LETTERS = {key.does: key.caps[0] for key in keyboard.DECISION_KEYS}
_DECIDED = re.compile(rf"(?:(?<=^)|(?<=; ))(?:{'|'.join(map(re.escape, DECISIONS))})(?= \()")
_MOST_TOLD = 12  # records of a pair
_SAID, _FAILED = "_imgsim_decided", "_imgsim_undecided"
Then = Callable[[Review | None], None]


def bar(
    collection: Collection,
    row_a: int,
    row_b: int,
    *,
    key: str,
    then: Then | None = None,
    told: DeltaGenerator | None = None,
) -> None:
    """Draw the decision on a pair.

    Parameters
    ----------
    key : of this bar; one page may have one bar only, for the keys are the page's.
    then : called once a decision is written (with it), or one is taken back (with that one), before the page runs.
    told : where it is said what stands; below the buttons if left out.
    """
    ids = [str(collection.catalogue.plate_ids[row]) for row in (row_a, row_b)]
    known = reviewer.remembered()
    with st.container(key=f"{key}_reviewing", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{key}_decisions"):
            pressed = decided(collection, *ids).get(known, "")
            own = "_".join((key, *ids))  # of this pair: no second click falls on a pair that nobody has seen
            buttons(own, pressed, bool(known), _decide, collection.name, ids[0], ids[1], key, then)
            undo(collection, key=f"{key}_undo", then=then)
            if known:
                noting(_note_key(key, *ids))
                reviewer.change(known, tr("Who decides. Click to change the name."))
            else:
                reviewer.ask(tr("signs your decisions"))
        with told or nullcontext():
            _told(collection, *ids)


def buttons(key: str, pressed: str, enabled: bool, act: Callable[..., None], *args: object) -> None:
    """Draw the six decisions with their letters, one of them pressed; ``act`` is called with ``args`` and the one that
    is chosen."""
    for decision, meaning in DECISIONS.items():
        words = tr(decision)
        st.button(
            f"{words[:1].upper()}{words[1:]}",
            key=f"{key}_{decision.replace(' ', '_')}",
            type="primary" if decision == pressed else "secondary",
            help=tr(meaning),
            shortcut=_LETTERS[decision],
            disabled=not enabled,
            on_click=act,
            args=(*args, decision),
        )


def undo(collection: Collection, *, key: str, then: Then | None = None) -> None:
    """Draw the button that takes back the reader's last decision."""
    st.button(
        tr("Undo"),
        key=key,
        type="tertiary",
        help=tr("Take back your last decision, whichever pair it was on; one about many pairs as one."),
        shortcut=keyboard.UNDO,
        disabled=not reviewer.name(),
        on_click=_undo,
        args=(collection.name, then),
    )


def decided(collection: Collection, plate_a: str, plate_b: str) -> dict[str, str]:
    """What each reviewer says of a pair now."""
    from imgsim.reviews.standing import latest

    found = latest(caches.history(collection, plate_a, plate_b))
    return {name: review.decision for own in found.values() for name, review in own.items()}


def mark(collection: Collection, plate_a: str, plate_b: str) -> dict[str, str]:
    """The mark on a card: what people decided about the pair; {} where nobody has."""
    return marks(collection, plate_a, [plate_b])[0]


def marks(collection: Collection, plate_id: str, others: Iterable[str]) -> list[dict[str, str]]:
    """The marks of a plate's pairs with others."""
    known = caches.decisions(collection)
    found: list[dict[str, str]] = []
    for other in others:
        one = known.get((min(plate_id, other), max(plate_id, other)))
        if one is None:
            found.append({})
            continue
        if one.disputed:
            words = tr(one.decision)
            who = tr("Disputed: {said}, {day}", said=who_says_what(one.said), day=day(one.when))
        else:
            words = f"✓ {tr(one.decision)}"
            who = tr("Decided by {reviewers}, {day}", reviewers=one.reviewers, day=day(one.when))
        found.append({"review": words, "review_title": f"{who}. {one.note}" if one.note else who})
    return found


def columns(collection: Collection, plate_id: str, rows: Iterable[int]) -> dict[str, list[str]]:
    """What people decided about a plate and each of others, as columns of a CSV; "" where nobody has."""
    ids, known = collection.catalogue.plate_ids, caches.decisions(collection)
    pairs = [sorted((plate_id, str(ids[row]))) for row in rows]
    found = [known.get((low, high)) for low, high in pairs]
    return {
        "review": ["" if one is None else one.decision for one in found],
        "review_disputed": ["" if one is None else "yes" if one.disputed else "no" for one in found],
        "review_said": ["" if one is None else one.said for one in found],
        "review_by": ["" if one is None else one.reviewers for one in found],
        "review_when": ["" if one is None else one.when[:10] for one in found],
        "review_note": ["" if one is None else one.note for one in found],
    }


def day(when: str) -> str:
    """`22 Nov 2026`."""
    return moments.day(datetime.fromisoformat(when))


def who_says_what(said: str) -> str:
    """`same plate (Ada, Eve); unrelated (Paul)`, as decisions are kept, in the reader's language."""
    return _DECIDED.sub(lambda found: tr(found[0]), said)


# ---- writing


def noting(key: str, about: str = "") -> None:
    """The note that the next decision takes with it; what is written is seen on the button.

    ``about``: what that is on, in the reader's language; this pair if left out.
    """
    written = str(st.session_state.get(key) or "")
    short = written if len(written) <= 24 else f"{written[:24]}…"
    label = tr("Note: {note}", note=text.plain(short)) if written else tr("Note")
    with st.popover(label, type="tertiary", help=tr("Write a note first.")):
        goes = tr("It goes with your next decision {about}.", about=about or tr("on this pair"))
        st.text_area(tr("Note"), key=key, max_chars=MOST_NOTE, placeholder=goes, height=90)


def _note_key(key: str, plate_a: str, plate_b: str) -> str:
    return f"{key}_note_{plate_a}_{plate_b}"


def _decide(name: str, plate_a: str, plate_b: str, key: str, then: Then | None, decision: str) -> None:
    note_key = _note_key(key, plate_a, plate_b)
    try:
        collection = caches.opened(name)
        rows = (collection.catalogue.row(plate_a), collection.catalogue.row(plate_b))
        said, note = caches.history(collection, plate_a, plate_b), str(st.session_state.get(note_key, ""))
        if not note and said_twice(said, reviewer.name(), decision, datetime.now(UTC)):
            return
        made = caches.reviews(collection).record(
            plate_a, plate_b, decision,
            reviewer=reviewer.name(), note=note,
            evidence=evidence_of(collection, *rows, state.current().backbone),
        )  # fmt: skip
    except ImgsimError as error:
        say(failed=remedies.told(error))
        return
    st.session_state[note_key] = ""
    noted = tr("Noted: {decision} ({plate}, {other}).", decision=tr(decision), plate=plate_a, other=plate_b)
    st.session_state[_SAID] = (made.pair, noted)
    if then is not None:
        then(made)


def _undo(name: str, then: Then | None) -> None:
    try:
        gone = caches.reviews(caches.opened(name)).undo(reviewer.name())
    except ImgsimError as error:
        say(failed=remedies.told(error))
        return
    if not gone:
        say(tr("There is nothing of yours to take back."))
        return
    first, decision, (one, other) = gone[0], tr(gone[0].decision), gone[0].pair
    if len(gone) == 1:
        say(tr("Taken back: {decision} ({plate}, {other}).", decision=decision, plate=one, other=other))
    else:
        pairs = text.count(len(gone), "pair at once", "pairs at once")
        say(tr("Taken back: {decision} ({pairs}).", decision=decision, pairs=pairs))
    if then is not None:
        then(first)


def say(done: str = "", *, failed: str = "") -> None:
    """Have it said on the page that is drawn next what was written or taken back, or why it was not."""
    st.session_state[_FAILED] = failed
    st.session_state[_SAID] = (None, done)


def _said() -> tuple[str, str]:
    return str(st.session_state.pop(_SAID, (None, ""))[1]), str(st.session_state.pop(_FAILED, ""))


def tell() -> None:
    """Say here, once, what was just written or taken back, or why it was not."""
    done, failed = _said()
    if failed:
        st.error(text.plain(failed))
    if done:
        st.caption(text.plain(done))


def tell_above(collection: str) -> None:
    """Where a page is drawn that has no place for what was written or taken back, say it above from now on."""
    done, failed = _said()
    if done or failed:
        notices.add(failed or done, within=collection, well=not failed)
        st.rerun()


# ---- what stands


def _told(collection: Collection, plate_a: str, plate_b: str) -> None:
    """What was just written, and what was decided on this pair before, by whom."""
    failed = st.session_state.pop(_FAILED, "")
    if failed:
        st.error(text.plain(failed))
    pair, said = st.session_state.pop(_SAID, (None, ""))
    # Of the pair that is shown the next sentence says it.
    parts = [text.plain(said)] if said and pair != (min(plate_a, plate_b), max(plate_a, plate_b)) else []
    found = caches.decision(collection, plate_a, plate_b)
    if found is not None:
        if found.disputed:
            said = text.plain(who_says_what(found.said))
            parts.append(tr("**Disputed:** {said}. Until they agree it changes nothing.", said=said))
        else:
            decision, reviewers = tr(found.decision), text.plain(found.reviewers)
            said_so = {"decision": decision, "reviewers": reviewers, "day": day(found.when)}
            parts.append(tr("**Decided: {decision}**, by {reviewers}, {day}.", **said_so))
        if found.note:
            parts.append(f"“{text.plain(found.note)}”")
    if parts:
        st.caption(" ".join(parts))


def trail(collection: Collection, plate_a: int, plate_b: int) -> None:
    """All that was decided about the pair in two rows, the latest first: what, who, when; nothing where nobody has."""
    ids = collection.catalogue.plate_ids
    records = caches.history(collection, str(ids[plate_a]), str(ids[plate_b]))
    if not records:
        return
    row = Markup("<li><b>{}</b> {}, {}{}</li>")
    rows = [
        row.format(
            tr(one.decision),
            one.reviewer,
            f"{day(one.when)}, {one.when[11:16]} UTC",
            f": “{one.note}”" if one.note else "",
        )
        for one in reversed(records[-_MOST_TOLD:])
    ]
    left = len(records) - len(rows)
    if left:
        before = trn("and {n} before, under All reviews", "and {n} before, under All reviews", left)
        rows.append(Markup("<li>{}</li>").format(before))
    told = Markup('<ol class="trail" aria-label="{}">{}</ol>')
    st.html(told.format(tr("What was decided about this pair"), Markup("").join(rows)))


def open_in_compare(plate_a: str, plate_b: str) -> None:
    """Leave for the page that lays one over the other."""
    shell.go("compare", plate=plate_a, other=plate_b)
