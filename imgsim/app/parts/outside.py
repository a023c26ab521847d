"""An image from outside, and what its lines say of the plates: looked for once, after the list by likeness is there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.services import caches, remedies
from imgsim.app.services.parameters import Box
from imgsim.base.translation import trn
from imgsim.collection import Collection
from imgsim.collection.evidence import Evidence
from imgsim.errors import ImgsimError
from imgsim.images.isolated import Isolated

if TYPE_CHECKING:
    from PIL import Image

    from imgsim.images.decoding import OpenedImage

# Called with what copies the file's image, it gives the copy and the size of the original.
Opener = Callable[[Callable[[bytes], "OpenedImage"]], "tuple[Image.Image, tuple[int, int]]"]
# Here, because Streamlit runs a page's own module anew each time it draws the page.
OPENER = Isolated()
_DONE = "_imgsim_lines"  # for what this session has the lines, or knows why there are none


@dataclass(frozen=True)
class Asked:
    """What is looked for: the image by its digest, the box on it, and the plates that a network finds alike."""

    digest: str
    box: Box | None
    near: tuple[int, ...]


def prepared(collection: Collection) -> bool:
    """Whether there is anything to compare lines with."""
    return collection.features is not None and collection.feature_index is not None


def known(collection: Collection, asked: Asked, opener: Opener) -> tuple[Evidence | None, str]:
    """What the lines say, and why nothing; neither where they were not looked at yet (see :func:`look`)."""
    if not prepared(collection) or st.session_state.get(_DONE) != (collection.generation, asked):
        return None, ""
    try:
        return _evidence(collection, asked, opener), ""
    except ImgsimError as error:
        return None, remedies.told(error)


def look(collection: Collection, asked: Asked, opener: Opener, place: DeltaGenerator) -> None:
    """Compare the lines if that was not done, saying so in `place`; then the page is drawn again with them."""
    done = (collection.generation, asked)
    if not prepared(collection) or st.session_state.get(_DONE) == done:
        return
    words = trn(
        "Now comparing its lines with those of {n:,} plate …", "Now comparing its lines with those of {n:,} plates …",
        len(collection.catalogue),
    )  # fmt: skip
    with place, st.status(words), suppress(ImgsimError):  # an error is said when the page is drawn again
        _evidence(collection, asked, opener)
    st.session_state[_DONE] = done
    st.rerun()


def _evidence(collection: Collection, asked: Asked, opener: Opener) -> Evidence:
    from imgsim.features.working_copy import copy_to_cut, copy_to_describe
    from imgsim.verification.unknown_image import OUTSIDE, compare_outside

    store, index = collection.features, collection.feature_index
    assert store is not None and index is not None  # the caller has asked

    def make() -> Evidence:
        with OPENER.alone():
            image, size = opener(copy_to_describe if asked.box is None else copy_to_cut)
            found = compare_outside(image, size, asked.box, store, index, asked.near, verifier=collection.verifier)
        return Evidence(OUTSIDE, {match.b: match for match in found})

    return caches.fact(collection, "lines of an image from outside", make, asked, keep=128)
