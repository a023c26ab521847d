"""About: what the collection holds, how similarity is computed, how to cite it, and what it cannot do."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from imgsim.app.parts import about_changes, joined, line, never_counts, shell, stale, unread_dates
from imgsim.app.services import background_check, caches, commands, iiif_routes, state, text
from imgsim.app.services.verdict_labels import TITLES
from imgsim.base.terms import AGREEING, DESCRIPTION, EVERYWHERE, MARKS, NETWORK, SIMILARITY
from imgsim.base.verdict_words import LOOK_ALIKE, VERDICTS
from imgsim.catalogue import span_words
from imgsim.collection import Collection
from imgsim.collection.citing import scores_citation
from imgsim.retrieval.neighbours import hubness

name, title, group = "about", "About", "Collection"
State = state.State
_METHOD = """
- Every plate is seen whole, squeezed or framed into a small square, by a neural network that was trained on images.
- The network turns it into a **description in numbers**: some hundreds of them, for lines, tone and composition.
- The **similarity** of two plates says how alike their descriptions are: 1 for the same image, lower for others.
  It is computed exactly, for all plates, each time you ask.
- What a score means differs from collection to collection. So imgsim says how many pairs of plates,
  drawn at random from this collection, score lower.
"""

_VERIFIED = """
- Each plate was compared line by line with its candidates: the plates most similar to it, those most similar to its
  mirror image, and those that share details with it.
- Both plates are seen as hundreds of small marks of ink. A pair is verified when many marks of one lie where a single
  shift, turn, scaling or mirroring of the other puts them. Lettering, frames and library stamps do not count.
- So many **points agree**; the share of each plate that they cover stands beside them.
"""

_VERIFIED_LIMITS = """
- **A verdict says that lines agree, not who copied whom.** Dates and books have to tell that.
- Only candidates were compared: “not checked” is no verdict, and a re-use that no list of candidates holds is missed.
- A look-alike may still be a free copy, drawn anew: its lines do not agree, though its subject does. Compare and Review
  can ask another verifier for one pair.
- A shared detail may be a stock motif, or an ornament of the same printer.
"""

_LIMITS = """
- **A high score is a candidate, not a proof.** The same plate can score 0.948 and two different plates 0.980.
  Compare lines, damage and lettering by eye before you write that a plate was used again.
- A plate that was turned by 90 degrees, or of which a small part only was taken over, may not be found.
- A few plates are neighbours of everything: blank or very dark ones, as a rule. Mistrust them.
- “Earlier” and “later” follow the dates in the metadata, and say only what is certain: a plate of the 1750s is neither
  to one of 1752. The earliest plate in this collection need not be the first.
- What was not scanned, or could not be read, is not here: see the list of skipped images.
"""


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead("About", "What this collection holds, what its scores mean, and how to cite it.")
    shell.looking_at(collection)
    _counts(collection)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("## How similarity is computed", help=f"{DESCRIPTION.hint} {SIMILARITY.hint}")
        st.markdown(_METHOD)
        if collection.matches is not None:
            st.markdown("## How a re-use is verified", help=f"{MARKS.hint} {AGREEING.hint}")
            st.markdown(_VERIFIED)
        st.markdown("## Limits")
        st.markdown(_LIMITS if collection.matches is None else _LIMITS.rstrip() + _VERIFIED_LIMITS)
        _cite(collection, now)
    with right:
        _verdicts(collection)
        _scores(collection, now.backbone)
        _hubs(collection, now.backbone)
        _skipped(collection)
        about_changes.show(collection)
        joined.show(collection)
        unread_dates.show(collection)
        never_counts.show(collection)
        background_check.show(collection)
        st.markdown("## What other web pages can read")
        iiif_routes.draw_opening(collection)
        _parameters(collection)
        stale.show(collection)


def _counts(collection: Collection) -> None:
    frame = collection.catalogue.frame
    years = span_words(collection.catalogue.dates.distinct())
    books = len(set(frame["book"]) - {""})
    with st.container(horizontal=True, key="counts"):
        st.metric("Plates", f"{len(frame):,}", width="content")
        st.metric("Books", f"{books:,}" if books else "not known", width="content")
        st.metric("Years", years or "not known", width="content")
        places = len(set(frame["place"]) - {""})
        st.metric("Places", f"{places:,}" if places else "not known", width="content")
        st.metric("Images skipped", f"{len(collection.skipped):,}", width="content")
        st.metric("Prepared", str(collection.manifest["created"])[:10], width="content")
    with st.container(horizontal=True, key="about_leads"):
        if st.button("The collection in numbers →", type="tertiary"):
            shell.go("overview")
        if books and st.button("Look through its books →", type="tertiary"):
            shell.go("book", book_a="", book_b="")


def _verdicts(collection: Collection) -> None:
    matches = collection.matches
    st.markdown("## What was verified")
    if matches is None and collection.in_progress:
        st.markdown(
            "The plates are being compared by their lines just now. What is verified appears here by itself."
        )
        return
    if matches is None:
        st.markdown("Nothing: the lines of these plates were never compared. Have it done in a terminal:")
        st.code(commands.prepare(collection.path), language=None)
        return
    counts = matches.counts()
    again = caches.reused(collection)
    reused = 0 if again is None else int(again.sum())
    st.markdown(
        f"{text.count(len(matches), 'pair')} of plates {'was' if len(matches) == 1 else 'were'} compared line by line:"
    )
    with st.container(horizontal=True, key="verdict_counts"):
        for verdict in VERDICTS:
            plural = "s" if verdict == LOOK_ALIKE else ""
            st.metric(TITLES[verdict] + plural, f"{counts[verdict]:,}", width="content")
    where = "in another book" if collection.catalogue.books_known else "in another plate"
    found = caches.families(collection)
    families = len(found) if found is not None else 0
    st.markdown(
        f"{text.count(reused, 'plate')} {'was' if reused == 1 else 'were'} found again {where}; "
        f"{text.count(families, 'family', 'families')} tie them together."
    )


def _scores(collection: Collection, backbone: str) -> None:
    background = collection.background(backbone)
    if not len(background):
        return
    st.markdown("## What the scores mean here")
    quantiles = [
        (share, float(background[round(share * (len(background) - 1))])) for share in (0.5, 0.9, 0.99, 0.999)
    ]
    st.markdown(
        f"Of pairs of plates drawn at random and compared by {text.plain(backbone)}, "
        + ", ".join(f"{share * 100:g} % score below **{value:.3f}**" for share, value in quantiles)
        + "."
    )
    st.markdown(line.meaning(collection, state.State(backbone=backbone)))


def _hubs(collection: Collection, backbone: str) -> None:
    indices, _similarities = collection.neighbour_table(backbone)
    if not indices.shape[1]:
        return
    facts = hubness(indices)
    st.markdown(f"## {EVERYWHERE.title}", help=EVERYWHERE.hint)
    st.markdown(
        f"A few plates are neighbours of many: the one listed most often is among the {facts['k']} nearest of "
        f"{text.count(int(facts['largest']), 'plate')}, and {text.count(int(facts['never']), 'plate')} "
        f"{'is' if facts['never'] == 1 else 'are'} among those of none."
    )
    if st.button("See everybody's neighbours →", type="tertiary"):
        shell.go("models", models="hubs")


def _skipped(collection: Collection) -> None:
    skipped = collection.skipped
    st.markdown("## Skipped images")
    if skipped.empty:
        st.markdown("None: every image could be read.")
        return
    st.markdown(f"{text.count(len(skipped), 'image')} could not be used:")
    st.dataframe(
        skipped.rename(columns={"file": "File", "reason": "Reason"}),
        hide_index=True,
        height=min(38 + 35 * len(skipped), 260),
        key="skipped",
    )


def _parameters(collection: Collection) -> None:
    manifest = collection.manifest
    rows: list[tuple[str, str]] = [
        ("Collection", collection.name),
        ("Generation", collection.generation),
        ("Prepared", str(manifest["created"])),
        ("Images from", ", ".join(map(str, manifest["inputs"]["images"]))),
        ("Metadata from", str(manifest["inputs"].get("metadata") or "none")),
    ]
    rows += [
        (name.replace("_", " ").capitalize(), text.flat(value))
        for name, value in manifest.get("parameters", {}).items()
    ]
    for name, facts in manifest["backbones"].items():
        rows.append(
            (
                f"Network {name}",
                text.flat({key: value for key, value in facts.items() if key != "projections"}),
            )
        )
    rows += [(f"Matching: {key}", text.flat(value)) for key, value in manifest.get("matching", {}).items()]
    for group in ("timings", "versions", "libraries"):
        rows += [
            (f"{group.capitalize()}: {key}", text.flat(value))
            for key, value in manifest.get(group, {}).items()
        ]
    with st.expander("Parameters and versions", key="parameters", on_change="rerun") as box:
        if box.open:
            frame = pd.DataFrame(rows, columns=["What", "Value"])
            st.dataframe(frame, hide_index=True, height=min(38 + 35 * len(frame), 420), key="parameter_table")


def _cite(collection: Collection, now: state.State) -> None:
    st.markdown("## How to cite", help=NETWORK.hint)
    st.markdown("Name the collection and the network with every score, for both change what it means:")
    st.code(f"{scores_citation(collection, now.backbone)}.", language=None, wrap_lines=True)
    st.markdown(
        "Under each plate, family and book stands its own citation. Whoever has such a line pastes it into the search "
        "box of Browse and finds the picture again."
    )


if __name__ == "__main__":
    shell.draw(name)
