"""What a score is worth here: precision and recall of every score, by the decisions of this collection's reviewers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from imgsim.app.services import caches, state, text
from imgsim.base.terms import AGREEING, CHANCE, REACHED, RIGHT
from imgsim.base.translation import tr, trn
from imgsim.charts import review_figures
from imgsim.collection import Collection
from imgsim.collection.score_worth import Suggestion, Worth, labels, shown, suggest, worth
from imgsim.retrieval.neighbours import pair_similarities

_SIMILARITY = "similarity ("  # how the name of a network's score begins, whatever the reader's language
_FEW = 2  # fewer judgements make no curve


def show(collection: Collection, precision: float) -> None:
    """Draw the section, with the threshold that keeps this precision."""
    found = scores(collection)
    confirmed, rejected = found[0].confirmed, found[0].rejected
    if confirmed + rejected < _FEW:
        with st.container(border=True):
            st.markdown(tr("**Nobody has judged enough pairs to say what a score is worth.**"))
            st.markdown(
                trn(
                    "{n:,} judgement so far. A few dozen give a first idea, a few hundred a line that can be "
                    "relied on; unsure and disputed pairs do not count.",
                    "{n:,} judgements so far. A few dozen give a first idea, a few hundred a line that can be "
                    "relied on; unsure and disputed pairs do not count.",
                    confirmed + rejected,
                )
            )
            st.button(tr("Judge pairs"), type="primary", on_click=_judge)
        return
    st.markdown(
        trn(
            "By {n:,} judged pair: {confirmed:,} confirmed (same plate, copies, shared motifs) and {rejected:,} "
            "unrelated. Unsure and disputed pairs are left out.",
            "By {n:,} judged pairs: {confirmed:,} confirmed (same plate, copies, shared motifs) and {rejected:,} "
            "unrelated. Unsure and disputed pairs are left out.",
            confirmed + rejected, confirmed=confirmed, rejected=rejected,
        )
    )  # fmt: skip
    st.slider(
        tr("How many of the pairs that reach the line must be re-uses?"),
        0.5,
        0.99,
        step=0.01,
        format="percent",
        width=420,
        help=tr("The app suggests the lowest line that keeps this with 95 % confidence."),
        **state.bind("precision", read=lambda value: round(float(value), 2)),
    )
    suggestions = [suggest(one, precision) for one in found]
    _table(found, suggestions)
    for one, suggestion in zip(found, suggestions, strict=True):
        name = _called(one)
        st.markdown(f"#### {text.plain(name[0].upper() + name[1:])}")
        st.markdown(text.plain(suggestion.words))
        if one.judged >= _FEW:
            st.plotly_chart(
                review_figures.worth_figure(one, suggestion, precision=precision),
                key=f"worth_{one.name}",
                config={"displayModeBar": False},
            )
    st.caption(
        tr(
            "Blue: of the judged pairs that reach a line, the share that was confirmed. Orange: of the confirmed "
            "ones, the share that reaches it. Shaded: where the true share lies with 95 % confidence."
        ),
        help=f"{RIGHT.hint} {REACHED.hint} {CHANCE.hint}",
    )
    st.caption(
        tr(
            "What this cannot say: the judged pairs are no random sample. The queue asks for doubtful pairs first, so "
            "clear ones are better than these curves; the orange one is of judged pairs alone and knows nothing of a "
            "re-use that nobody has looked at. The suggested line was chosen by the same judgements: judge more "
            "above it."
        )
    )


def scores(collection: Collection) -> list[Worth]:
    """Every score against the decisions: each backbone's similarity, then the inliers."""
    return caches.answer(collection, "worth of scores", _scores, keep=6)


def _scores(collection: Collection) -> list[Worth]:
    catalogue, matches = collection.catalogue, collection.matches
    judged = labels(collection.standing)
    pairs = zip(judged["plate_a"].tolist(), judged["plate_b"].tolist(), strict=True)
    known = [catalogue.has(one) and catalogue.has(two) for one, two in pairs]
    judged = judged[np.array(known, dtype=bool)]
    a, b = (
        np.array([catalogue.row(plate) for plate in judged[name]], dtype=np.int64)
        for name in ("plate_a", "plate_b")
    )
    truth = judged["confirmed"].to_numpy(bool)
    found = [
        worth(f"{_SIMILARITY}{backbone})", pair_similarities(collection.embeddings(backbone), a, b).tolist(), truth)
        for backbone in collection.backbones
    ]
    if matches is not None:
        compared = [matches.between(x, y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
        inliers = np.array(
            [np.nan if match is None else match.inliers for match in compared], dtype=np.float64
        )
        found.append(worth(AGREEING.word, inliers, truth))
    return found


def _called(one: Worth) -> str:
    if one.name.startswith(_SIMILARITY):
        return tr("similarity ({network})", network=one.name.removeprefix(_SIMILARITY)[:-1])
    return tr(one.name)


def _table(found: list[Worth], suggestions: list[Suggestion]) -> None:
    rows = []
    for one, suggestion in zip(found, suggestions, strict=True):
        recall = f"{100 * one.recall[suggestion.at]:.0f} %" if suggestion.at >= 0 else ""
        threshold = "" if suggestion.threshold is None else shown(suggestion.threshold)
        estimate = "" if suggestion.estimate is None else shown(suggestion.estimate)
        rows.append((_called(one), one.judged, one.confirmed, threshold or tr("not yet"), recall, estimate))
    bare = tr("Without {chance}", chance=tr(CHANCE.word))
    names = [tr("Score"), tr("Judged"), tr("Confirmed"), tr("Suggested line"), REACHED.title, bare]
    st.dataframe(
        pd.DataFrame(rows, columns=pd.Index(names)),
        hide_index=True,
        key="worth_table",
        column_config={
            REACHED.title: st.column_config.TextColumn(help=REACHED.hint),
            bare: st.column_config.TextColumn(
                help=f"{tr('Where the bare share of re-uses reaches what you wish.')} {CHANCE.hint}"
            ),
        },
    )


def _judge() -> None:
    state.update(desk="queue")
