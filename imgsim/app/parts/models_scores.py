"""What a network's scores mean: where those of random, listed and verified pairs lie, and a ladder of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from imgsim import export
from imgsim.app.components import pair_list
from imgsim.app.parts import downloads, models_found, neighbour_query, tied_pairs
from imgsim.app.parts.models_verified import follow
from imgsim.app.services import state, text, verdict_labels
from imgsim.base.terms import HALF, SIMILARITY
from imgsim.base.translation import number, tr
from imgsim.base.verdict_words import NOT_CHECKED
from imgsim.collection import Collection
from imgsim.collection.score_ladder import RUNGS, TOLERANCE, Example
from imgsim.retrieval.neighbours import pair_similarities, share_below

_DRAWS = 9_999


def show(collection: Collection, names: Sequence[str], k: int, draw: int) -> None:
    """Draw the part, with the examples of that draw."""
    st.markdown(tr("## Where the scores lie"), help=f"{SIMILARITY.hint} {HALF.hint}")
    # The reader's line is one for the network that is looked at; the other one has its own.
    lines = [(name, collection.calibration(name).threshold) for name in names]
    lines[0] = (names[0], neighbour_query.line(collection, state.current()))
    figure = models_found.hills(collection, tuple(names), k, tuple(lines))
    st.plotly_chart(figure, key="score_distributions", config={"displayModeBar": False})
    hills = [
        tr("Each hill shows where the scores of one kind of pairs lie; half of them lie to either side of its stroke")
    ]
    for name, at in lines:
        if at is not None:
            hills.append(tr("dotted the line of {network} ({at:g})", network=text.plain(name), at=at))
    apart = tr(
        "Where the hills of verified pairs and of look-alikes overlap, a score alone cannot tell them apart. The "
        "scores of two networks cannot be set against each other: only how well each keeps the hills apart."
    )
    st.caption(f"{', '.join(hills)}. {apart}")
    _ladder(collection, names, draw)


def _ladder(collection: Collection, names: Sequence[str], draw: int) -> None:
    backbone = names[0]
    rungs = models_found.examples(collection, backbone, draw)
    known = [rung for rung in rungs if rung is not None]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.markdown(
            tr("## What {network} calls alike, step by step", network=text.plain(backbone)), width="content"
        )
        with st.container(horizontal=True, width="content"):
            if known:
                st.button(tr("Other examples"), on_click=_redraw, args=(draw,))
            _download(collection, names, known)
    missing = [number(rung, "g") for rung, example in zip(RUNGS, rungs, strict=True) if example is None]
    if missing:
        st.caption(
            tr(
                "No pair of plates that was looked at scores near {steps}: half of all random pairs score above "
                "{median:.3f}.",
                steps=", ".join(missing), median=_median(collection, backbone),
            )
        )  # fmt: skip
    if not known:
        return
    st.caption(
        tr(
            "One pair of plates for each score: nearest to it, or drawn anew from those within {tolerance} of it.",
            tolerance=number(TOLERANCE, "g"),
        )
    )
    event = pair_list(
        key="ladder",
        items=[_item(collection, names, example) for example in known],
        label=tr("Pairs of plates, by rising similarity"),
    )
    follow(
        collection, event.clicked, None if not event.compare else event.compare.partition(":")[2], backbone
    )


def _median(collection: Collection, backbone: str) -> float:
    background = collection.background(backbone)
    return float(background[len(background) // 2])


def _redraw(draw: int) -> None:
    state.update(draw=draw % _DRAWS + 1)


def _by_others(
    collection: Collection, names: Sequence[str], examples: Sequence[Example]
) -> dict[str, list[float]]:
    left, right = (
        np.array([getattr(e, side) for e in examples], dtype=np.int64) for side in ("left", "right")
    )
    return {
        name: pair_similarities(collection.embeddings(name), left, right).astype(float).tolist()
        for name in names[1:]
    }


def _item(collection: Collection, names: Sequence[str], example: Example) -> dict[str, Any]:
    match = None if collection.matches is None else collection.matches.between(example.left, example.right)
    regions = ((), ()) if match is None else (match.region_a, match.region_b)
    words = [{"text": number(example.rung, ".2f"), "kind": "first", "title": tr("the step of the ladder")}]
    if match is not None:
        words.append(tied_pairs.word(match.verdict))
    elif collection.matches is not None:
        words.append({"text": tr(NOT_CHECKED), "title": verdict_labels.sentence(None)})
    above = text.percent(float(share_below(collection.background(names[0]), example.similarity)))
    lines = [
        tr(
            "{network}: {similarity:.4f}, above {above} of random pairs",
            network=names[0], similarity=example.similarity, above=above,
        )
    ]  # fmt: skip
    for name, values in _by_others(collection, names, [example]).items():
        above = text.percent(float(share_below(collection.background(name), values[0])))
        lines.append(
            tr("{network}: {similarity:.4f}, above {above}", network=name, similarity=values[0], above=above)
        )
    return {
        "id": f"{example.rung:g}:{example.left}-{example.right}",
        "left": tied_pairs.side(collection, example.left, regions[0]),
        "right": tied_pairs.side(collection, example.right, regions[1]),
        "words": words,
        "lines": lines,
    }


def _download(collection: Collection, names: Sequence[str], examples: Sequence[Example]) -> None:
    def make(**of: str) -> bytes:
        matches = collection.matches
        said = [None if matches is None else matches.between(e.left, e.right) for e in examples]
        extra: dict[str, Sequence] = {
            "step": [example.rung for example in examples],
            f"{names[0]}_similarity": [round(example.similarity, 6) for example in examples],
            **{
                f"{name}_similarity": [round(value, 6) for value in values]
                for name, values in _by_others(collection, names, examples).items()
            },
            "verdict": [NOT_CHECKED if match is None else match.verdict for match in said],
        }
        return export.pairs_csv(
            collection.catalogue,
            [example.left for example in examples],
            [example.right for example in examples],
            extra=extra,
            **of,
        )

    downloads.csv(
        collection,
        f"ladder_{collection.name}_{names[0]}",
        make,
        disabled=not examples,
        help=tr("The pairs shown, with their scores and verdicts."),
        key="download_ladder",
    )
