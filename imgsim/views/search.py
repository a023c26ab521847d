"""Search by image: a scan or a photo from outside, and the plates that look like it or share its lines.

The only page that needs torch, and only once an image is there: the first search of a process loads it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.backbones import BACKBONES
from imgsim.collection import Collection
from imgsim.errors import ImageError, ImgsimError, WeightsError
from imgsim.images.opening import open_image
from imgsim.images.thumbnails import encode_display
from imgsim.neighbours import ranked, similarities
from imgsim.views import neighbour_controls, neighbourhood, outside, shell, state, text
from imgsim.views.components import plate_viewer
from imgsim.views.neighbour_query import Query
from imgsim.views.state import Box

if TYPE_CHECKING:
    from PIL import Image

    from imgsim.embeddings import Embedder
    from imgsim.images.opening import OpenedImage

_COMPARED = 20  # nearest plates whose lines are compared in any case, as `--verify-top` has it
_SHOWN = 1200  # pixels; as large as a screen shows it, small enough for a session to keep
_ADDRESS = "data:image/webp;base64,"
_UPLOADER = "upload"
_IMAGE = "_imgsim_upload"  # the latest Upload
_VECTOR = "_imgsim_vector"  # (what it was made of, embedding)


@dataclass(frozen=True)
class Upload:
    """The reader's image. It outlasts a look at another page, so only what the viewer shows is kept of it."""

    name: str
    digest: str  # SHA-256 of the file
    src: str  # address for the viewer, '' if the image cannot be opened
    reason: str  # why it cannot


def show() -> None:
    """Draw the page."""
    collection = shell.collection()
    now = state.current()
    shell.lead(
        "Search by image",
        "Bring a scan or a photograph: which plates of this collection look like it, and which have its lines?",
    )
    shell.looking_at(collection)
    left, right = st.columns([5, 8], gap="medium")
    with left:
        file = st.file_uploader(
            "Your image",
            type=["png", "jpg", "jpeg", "tif", "tiff", "webp", "bmp", "jp2"],
            key=_UPLOADER,
            on_change=_forget,
        )
        content = None if file is None else file.getvalue()
        upload = _kept(content, "" if file is None else file.name)
    if upload is None:
        _nothing(left, right)
        return
    with left:
        if not upload.src:
            st.error(f"{text.plain(upload.name)} cannot be searched: {text.plain(upload.reason)}")
            return
        box = plate_viewer(key="upload_viewer", src=upload.src, alt="Your image", height=520, crop=True).box
        if box is None:
            st.caption(
                "The whole image is searched. Draw a box round one figure to search for that part alone."
            )
        else:
            st.caption("The part inside the box is searched. Clear the box to search the whole image.")
    with right:
        vector = _embedded(collection, now.backbone, upload, content, box)
        if vector is not None:
            _list(collection, now, upload, content, box, vector)


def _list(
    collection: Collection,
    now: state.State,
    upload: Upload,
    content: bytes | None,
    box: Box | None,
    vector: np.ndarray,
) -> None:
    """What looks alike at once; and, once the lines are compared, with what they prove before it."""
    scores = similarities(collection.embeddings(now.backbone), vector)
    nearest, _ = ranked(scores, k=_COMPARED)
    asked = outside.Asked(upload.digest, box, tuple(nearest.tolist()))

    def opener(reduce_to: int) -> OpenedImage:
        return open_image(_bytes(upload, content), reduce_to=reduce_to)

    known, reason = outside.known(collection, asked, opener)
    prepared = outside.prepared(collection)
    head = neighbour_controls.controls(collection, of_plate=False, verified=prepared)
    place = st.empty()
    neighbourhood.results(collection, Query(upload.name, scores, evidence=known), head)
    if reason:
        st.caption(f"By its lines nothing can be looked for: {text.plain(reason)}")
    elif not prepared:
        neighbourhood.unverified(collection)
    outside.look(collection, asked, opener, place)


def _bytes(upload: Upload, content: bytes | None) -> bytes:
    """The image's file; after a look at another page only what the viewer shows is left of it."""
    return content or base64.b64decode(upload.src.removeprefix(_ADDRESS))


def _forget() -> None:
    # Called when an image was brought or taken away, not when the reader merely looks at another page.
    st.session_state.pop(_IMAGE, None)


def _kept(content: bytes | None, name: str) -> Upload | None:
    """The image just brought, else the one brought before."""
    upload: Upload | None = st.session_state.get(_IMAGE)
    if content is None:
        return upload
    digest = hashlib.sha256(content).hexdigest()
    if upload is None or upload.digest != digest:
        try:
            webp = encode_display(open_image(content, reduce_to=_SHOWN).image, _SHOWN)
            upload = Upload(name, digest, _ADDRESS + base64.b64encode(webp).decode("ascii"), "")
        except ImageError as error:
            upload = Upload(name, digest, "", str(error))
        st.session_state[_IMAGE] = upload
    return upload


def _nothing(left: DeltaGenerator, right: DeltaGenerator) -> None:
    with left:
        st.caption(
            "The image goes no further than the computer that runs imgsim, and is never written to its disk."
        )
    with right, st.container(border=True):
        st.markdown("**No image yet.** Drop one on the left; its neighbours will stand here.")
        st.markdown(
            "- A photograph taken straight from above, with the plate filling it, works best.\n"
            "- When the picture has several figures, draw a box round one of them.\n"
            "- A scan of the collection itself finds its own plate first: a way to try the page."
        )


def cropped(image: Image.Image, box: Box) -> Image.Image:
    """The part of an image inside a box of fractions (x0, y0, x1, y1), at least one pixel each way."""
    width, height = image.size
    x0, y0 = min(int(box[0] * width), width - 1), min(int(box[1] * height), height - 1)
    x1, y1 = max(round(box[2] * width), x0 + 1), max(round(box[3] * height), y0 + 1)
    return image.crop((x0, y0, min(x1, width), min(y1, height)))


def _embedded(
    collection: Collection, backbone: str, upload: Upload, content: bytes | None, box: Box | None
) -> np.ndarray | None:
    """The image's embedding, float32 (dim,); None after saying why there is none."""
    facts = collection.manifest["backbones"][backbone]
    made_of = (upload.digest, box, facts["key"])
    kept = st.session_state.get(_VECTOR)
    if kept and kept[0] == made_of:
        return kept[1]
    try:
        image = open_image(_bytes(upload, content)).image
        if box is not None:
            image = cropped(image, box)
        weights = str(facts.get("weights") or "")
        _check_weights(collection.name, backbone, weights, facts["key"])
        if (backbone, weights, facts["key"]) in _ready:
            embedder = _embedder(backbone, weights, facts["key"])
        else:
            place = st.empty()
            with place, st.status(f"Loading {backbone}: a few seconds, once after each start …"):
                embedder = _embedder(backbone, weights, facts["key"])
            place.empty()
        vector = np.asarray(embedder.embed([image])[0], dtype=np.float32)
    except ImgsimError as error:
        st.error(text.plain(error))
        return None
    st.session_state[_VECTOR] = (made_of, vector)
    return vector


def _check_weights(collection: str, backbone: str, weights: str, key: str) -> None:
    """Refuse to compare an image with plates that another network has described."""
    if backbone not in BACKBONES:
        raise WeightsError(f"This imgsim has no backbone {backbone!r}. Choose another one in the sidebar.")
    if BACKBONES[backbone].key(Path(weights) if weights else None) != key:
        raise WeightsError(
            f"This collection was made with other weights of {backbone} than those installed, so scores would "
            f"mean nothing. Prepare it again: python precompute.py --name {collection}"
        )


_ready: set[tuple[str, str, str]] = set()  # what has been loaded, so that the page need not say that it loads


@st.cache_resource(max_entries=3, show_spinner=False)
def _embedder(backbone: str, weights: str, key: str) -> Embedder:
    from imgsim.embeddings import Embedder

    embedder = Embedder(backbone, Path(weights) if weights else None)
    _ready.add((backbone, weights, key))
    return embedder


if __name__ == "__main__":
    show()
