"""About: what the collection holds, how similarity is computed, how to cite it, and what it cannot do."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from imgsim.app.parts import about_changes, iiif_offer, joined, line, never_counts, shell, stale, unread_dates
from imgsim.app.services import background_check, caches, commands, state, text
from imgsim.app.services.verdict_labels import TITLES
from imgsim.base.terms import AGREEING, DESCRIPTION, EVERYWHERE, MARKS, NETWORK, SIMILARITY
from imgsim.base.translation import marked, number, tr, trn
from imgsim.base.verdict_words import LOOK_ALIKE, VERDICTS
from imgsim.catalogue import span_said
from imgsim.collection import Collection
from imgsim.collection.citing import scores_citation
from imgsim.retrieval.neighbours import hubness

name, title, group = "about", marked("About"), marked("Collection")
loads = ("Metric",)
State = state.State
_METHOD = marked("""
- Every plate is seen whole, squeezed or framed into a small square, by a neural network that was trained on images.
- The network turns it into a **description in numbers**: some hundreds of them, for lines, tone and composition.
- The **similarity** of two plates says how alike their descriptions are: 1 for the same image, lower for others.
  It is computed exactly, for all plates, each time you ask.
- What a score means differs from collection to collection. So imgsim says how many pairs of plates,
  drawn at random from this collection, score lower.
""")

_VERIFIED = marked("""
- Each plate was compared line by line with its candidates: the plates most similar to it, those most similar to its
  mirror image, and those that share details with it.
- Both plates are seen as hundreds of small marks of ink. A pair is verified when many marks of one lie where a single
  shift, turn, scaling or mirroring of the other puts them. Lettering, frames and library stamps do not count.
- So many **points agree**; the share of each plate that they cover stands beside them.
""")

_VERIFIED_LIMITS = marked("""
- **A verdict says that lines agree, not who copied whom.** Dates and books have to tell that.
- Only candidates were compared: “not checked” is no verdict, and a re-use that no list of candidates holds is missed.
- A look-alike may still be a free copy, drawn anew: its lines do not agree, though its subject does. Compare and Review
  can ask another verifier for one pair.
- A shared detail may be a stock motif, or an ornament of the same printer.
""")

_LIMITS = marked("""
- **A high score is a candidate, not a proof.** The same plate can score 0.948 and two different plates 0.980.
  Compare lines, damage and lettering by eye before you write that a plate was used again.
- A plate that was turned by 90 degrees, or of which a small part only was taken over, may not be found.
- A few plates are neighbours of everything: blank or very dark ones, as a rule. Mistrust them.
- “Earlier” and “later” follow the dates in the metadata, and say only what is certain: a plate of the 1750s is neither
  to one of 1752. The earliest plate in this collection need not be the first.
- What was not scanned, or could not be read, is not here: see the list of skipped images.
""")

# Of the manifest, each with what stands before its lines.
_GROUPS = {
    "timings": marked("Timings: {key}"),
    "versions": marked("Versions: {key}"),
    "libraries": marked("Libraries: {key}"),
}


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(tr(title), tr("What this collection holds, what its scores mean, and how to cite it."))
    shell.looking_at(collection)
    _counts(collection)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(tr("## How similarity is computed"), help=f"{DESCRIPTION.hint} {SIMILARITY.hint}")
        st.markdown(tr(_METHOD))
        if collection.matches is not None:
            st.markdown(tr("## How a re-use is verified"), help=f"{MARKS.hint} {AGREEING.hint}")
            st.markdown(tr(_VERIFIED))
        st.markdown(tr("## Limits"))
        limits = tr(_LIMITS)
        st.markdown(limits if collection.matches is None else limits.rstrip() + tr(_VERIFIED_LIMITS))
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
        st.markdown(tr("## What other web pages can read"))
        iiif_offer.draw_opening(collection)
        _parameters(collection)
        stale.show(collection)


def _counts(collection: Collection) -> None:
    frame = collection.catalogue.frame
    years = span_said(collection.catalogue.dates.distinct())
    books = len(set(frame["book"]) - {""})
    with st.container(horizontal=True, key="counts"):
        st.metric(tr("Plates"), number(len(frame)), width="content")
        st.metric(tr("Books"), number(books) if books else tr("not known"), width="content")
        st.metric(tr("Years"), years or tr("not known"), width="content")
        places = len(set(frame["place"]) - {""})
        st.metric(tr("Places"), number(places) if places else tr("not known"), width="content")
        st.metric(tr("Images skipped"), number(len(collection.skipped)), width="content")
        st.metric(tr("Prepared"), str(collection.manifest["created"])[:10], width="content")
    with st.container(horizontal=True, key="about_leads"):
        if st.button(tr("The collection in numbers →"), type="tertiary"):
            shell.go("overview")
        if books and st.button(tr("Look through its books →"), type="tertiary"):
            shell.go("book", book_a="", book_b="")


def _verdicts(collection: Collection) -> None:
    matches = collection.matches
    st.markdown(tr("## What was verified"))
    if matches is None and collection.in_progress:
        st.markdown(
            tr("The plates are being compared by their lines just now. What is verified appears here by itself.")
        )
        return
    if matches is None:
        st.markdown(tr("Nothing: the lines of these plates were never compared. Have it done in a terminal:"))
        st.code(commands.prepare(collection.path), language=None)
        return
    counts = matches.counts()
    again = caches.reused(collection)
    reused = 0 if again is None else int(again.sum())
    st.markdown(
        trn(
            "{n:,} pair of plates was compared line by line:",
            "{n:,} pairs of plates were compared line by line:",
            len(matches),
        )
    )
    with st.container(horizontal=True, key="verdict_counts"):
        for verdict in VERDICTS:
            title = tr("Look-alikes") if verdict == LOOK_ALIKE else tr(TITLES[verdict])
            st.metric(title, number(counts[verdict]), width="content")
    found = caches.families(collection)
    families = len(found) if found is not None else 0
    st.markdown(f"{_found_again(collection, reused)} {_tying(families)}")


def _found_again(collection: Collection, reused: int) -> str:
    if collection.catalogue.books_known:
        return trn(
            "{n:,} plate was found again in another book;", "{n:,} plates were found again in another book;", reused
        )
    return trn(
        "{n:,} plate was found again in another plate;", "{n:,} plates were found again in another plate;", reused
    )


def _tying(families: int) -> str:
    return trn("{n:,} family tie them together.", "{n:,} families tie them together.", families)


def _scores(collection: Collection, backbone: str) -> None:
    background = collection.background(backbone)
    if not len(background):
        return
    st.markdown(tr("## What the scores mean here"))
    quantiles = [
        (share, float(background[round(share * (len(background) - 1))])) for share in (0.5, 0.9, 0.99, 0.999)
    ]
    scores = ", ".join(
        tr("{share:g} % score below **{score:.3f}**", share=share * 100, score=value) for share, value in quantiles
    )
    st.markdown(
        tr(
            "Of pairs of plates drawn at random and compared by {network}, {scores}.",
            network=text.plain(backbone), scores=scores,
        )
    )  # fmt: skip
    st.markdown(line.meaning(collection, state.State(backbone=backbone)))


def _hubs(collection: Collection, backbone: str) -> None:
    indices, _similarities = collection.neighbour_table(backbone)
    if not indices.shape[1]:
        return
    facts = hubness(indices)
    st.markdown(f"## {EVERYWHERE.title}", help=EVERYWHERE.hint)
    st.markdown(
        trn(
            "A few plates are neighbours of many: the one listed most often is among the {k} nearest of {plates}, and "
            "{n:,} plate is among those of none.",
            "A few plates are neighbours of many: the one listed most often is among the {k} nearest of {plates}, and "
            "{n:,} plates are among those of none.",
            int(facts["never"]),
            k=facts["k"],
            plates=text.count(int(facts["largest"]), "plate", "plates"),
        )
    )
    if st.button(tr("See everybody's neighbours →"), type="tertiary"):
        shell.go("models", models="hubs")


def _skipped(collection: Collection) -> None:
    skipped = collection.skipped
    st.markdown(tr("## Skipped images"))
    if skipped.empty:
        st.markdown(tr("None: every image could be read."))
        return
    st.markdown(trn("{n:,} image could not be used:", "{n:,} images could not be used:", len(skipped)))
    st.dataframe(
        skipped.rename(columns={"file": tr("File"), "reason": tr("Reason")}),
        hide_index=True,
        height=min(38 + 35 * len(skipped), 260),
        key="skipped",
    )


def _parameters(collection: Collection) -> None:
    manifest = collection.manifest
    rows: list[tuple[str, str]] = [
        (tr("Collection"), collection.name),
        (tr("Generation"), collection.generation),
        (tr("Prepared"), str(manifest["created"])),
        (tr("Images from"), ", ".join(map(str, manifest["inputs"]["images"]))),
        (tr("Metadata from"), str(manifest["inputs"].get("metadata") or tr("none"))),
    ]
    rows += [
        (name.replace("_", " ").capitalize(), text.flat(value))
        for name, value in manifest.get("parameters", {}).items()
    ]
    for name, facts in manifest["backbones"].items():
        rows.append(
            (
                tr("Network {name}", name=name),
                text.flat({key: value for key, value in facts.items() if key != "projections"}),
            )
        )
    rows += [(tr("Matching: {key}", key=key), text.flat(value)) for key, value in manifest.get("matching", {}).items()]
    for group, said in _GROUPS.items():
        rows += [(tr(said, key=key), text.flat(value)) for key, value in manifest.get(group, {}).items()]
    with st.expander(tr("Parameters and versions"), key="parameters", on_change="rerun") as box:
        if box.open:
            frame = pd.DataFrame(rows, columns=[tr("What"), tr("Value")])
            st.dataframe(frame, hide_index=True, height=min(38 + 35 * len(frame), 420), key="parameter_table")


def _cite(collection: Collection, now: state.State) -> None:
    st.markdown(tr("## How to cite"), help=NETWORK.hint)
    st.markdown(tr("Name the collection and the network with every score, for both change what it means:"))
    st.code(f"{scores_citation(collection, now.backbone)}.", language=None, wrap_lines=True)
    st.markdown(
        tr(
            "Under each plate, family and book stands its own citation. Whoever has such a line pastes it into the "
            "search box of Browse and finds the picture again."
        )
    )


if __name__ == "__main__":
    shell.draw(name)
