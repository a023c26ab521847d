"""Search by image: a scan or a photo from outside, and the plates that look like it or share its lines.

The only page that needs torch, and only once an image is there: the first search of a process loads it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from imgsim.app.components import plate_viewer
from imgsim.app.parts import neighbour_controls, neighbourhood, outside, shell
from imgsim.app.services import intake, remedies, state, text
from imgsim.app.services.parameters import Box
from imgsim.backbones import backbone_names, get_backbone
from imgsim.backbones.known import READ_SIDE
from imgsim.base.translation import marked, tr
from imgsim.collection import Collection
from imgsim.collection.parts_seen import near_image
from imgsim.collection.query import Query
from imgsim.errors import ImageError, ImgsimError, PrepareAgain, WeightsError
from imgsim.images.formats import UPLOADS
from imgsim.retrieval.neighbours import ranked, similarities

if TYPE_CHECKING:
    from PIL import Image

    from imgsim.backbones.embedder import Embedder
    from imgsim.images.decoding import OpenedImage

name, title, group = "search", marked("Search by image"), marked("Plates")
loads = ("FileUploader",)
State = state.State
_COMPARED = 20  # nearest plates whose lines are compared in any case, as `--verify-top` has it
_SHOWN = 1200  # pixels; as large as a screen shows it, small enough for a session to keep
_IN_A_BOX = 900  # pixels; the image is opened so large that a box on it has some left for the network
_ADDRESS = "data:image/webp;base64,"
_UPLOADER = "upload"
_IMAGE = "_imgsim_upload"  # the latest Upload
_VECTORS = "_imgsim_vectors"  # (what they were made of, embeddings)


@dataclass(frozen=True)
class Upload:
    """The reader's image. It outlasts a look at another page: what the viewer shows is kept, and the file's ticket."""

    name: str
    digest: str  # SHA-256 of the file
    src: str  # address for the viewer, '' if the image cannot be opened
    reason: str  # why it cannot
    ticket: bytes  # what Streamlit handed over; see imgsim.app.services.intake


def draw(collection: Collection, now: State) -> None:
    """Draw the page."""
    shell.lead(
        tr(title),
        tr("Bring a scan or a photograph: which plates of this collection look like it, and which have its lines?"),
    )
    shell.looking_at(collection)
    left, right = st.columns([5, 8], gap="medium")
    with left:
        file = st.file_uploader(
            tr("Your image"),
            type=list(UPLOADS),
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
            told = tr(
                "{file} cannot be searched: {why}", file=text.plain(upload.name), why=text.plain(upload.reason)
            )
            st.error(told)
            return
        box = plate_viewer(key="upload_viewer", src=upload.src, alt=tr("Your image"), height=520, crop=True).box
        if box is None:
            st.caption(
                tr("The whole image is searched. Draw a box round one figure to search for that part alone.")
            )
        else:
            st.caption(tr("The part inside the box is searched. Clear the box to search the whole image."))
    with right:
        vectors = _embedded(collection, now.backbone, upload, content, box)
        if vectors is not None:
            _list(collection, now, upload, content, box, vectors)


def _list(
    collection: Collection,
    now: state.State,
    upload: Upload,
    content: bytes | None,
    box: Box | None,
    vectors: np.ndarray,
) -> None:
    """What looks alike at once; and, once the lines are compared, with what they prove before it."""
    scores = similarities(collection.embeddings(now.backbone), vectors[0])
    by_part = near_image(collection, now.backbone, scores, vectors[0], vectors[1:])
    nearest, _ = ranked(scores if by_part is None else np.maximum(scores, by_part), k=_COMPARED)
    asked = outside.Asked(upload.digest, box, tuple(nearest.tolist()))

    def opener(copy: Callable[[bytes], OpenedImage]) -> tuple[Image.Image, tuple[int, int]]:
        product = outside.OPENER.copied(_file(upload, content), copy)
        return product.image(), product.size

    known, reason = outside.known(collection, asked, opener)
    prepared = outside.prepared(collection)
    head = neighbour_controls.controls(collection, of_plate=False, verified=prepared)
    place = st.empty()
    neighbourhood.results(collection, Query(upload.name, scores, evidence=known, by_part=by_part), head)
    if reason:
        st.caption(tr("By its lines nothing can be looked for: {why}", why=text.plain(reason)))
    elif not prepared:
        neighbourhood.unverified(collection)
    outside.look(collection, asked, opener, place)


def _file(upload: Upload, content: bytes | None) -> bytes | BinaryIO:
    """The image's file; where it was given up meanwhile, what the viewer shows is left of it."""
    given = intake.sent(content or upload.ticket)
    return given or base64.b64decode(upload.src.removeprefix(_ADDRESS))


def _forget() -> None:
    # Called when an image was brought or taken away, not when the reader merely looks at another page.
    upload: Upload | None = st.session_state.pop(_IMAGE, None)
    if upload is not None:
        intake.give_up(upload.ticket)


def _kept(content: bytes | None, name: str) -> Upload | None:
    """The image just brought, else the one brought before."""
    upload: Upload | None = st.session_state.get(_IMAGE)
    if content is None or (upload is not None and upload.ticket == content):
        return upload
    given = intake.sent(content)
    try:
        if given is None:
            raise ImageError(tr("so many images were brought meanwhile that it was given up. Bring it again."))
        ahead = outside.OPENER.waiting
        told = tr("Opening it, after {n} of other people …", n=ahead) if ahead else tr("Opening it …")
        with st.spinner(told):
            shown = outside.OPENER.webp(given, _SHOWN)
        src = _ADDRESS + base64.b64encode(shown.body).decode("ascii")
        upload = Upload(name, shown.sha256, src, "", content)
    except ImageError as error:
        upload = Upload(name, "", "", remedies.told(error), content)
    st.session_state[_IMAGE] = upload
    return upload


def _nothing(left: DeltaGenerator, right: DeltaGenerator) -> None:
    with left:
        st.caption(
            tr(
                "The image goes no further than the computer that runs imgsim. It lies there in a temporary file "
                "without a name, which is gone when the image is taken away or imgsim ends."
            )
        )
    with right, st.container(border=True):
        st.markdown(tr("**No image yet.** Drop one on the left; its neighbours will stand here."))
        st.markdown(
            tr(
                "- A photograph taken straight from above, with the plate filling it, works best.\n"
                "- When the picture has several figures, draw a box round one of them.\n"
                "- A scan of the collection itself finds its own plate first: a way to try the page."
            )
        )


def _embedded(
    collection: Collection, backbone: str, upload: Upload, content: bytes | None, box: Box | None
) -> np.ndarray | None:
    """The embeddings of the image and, where plates have theirs, of its parts, float32 (1 or 1 + p, dim).

    None after saying why there are none.
    """
    facts = collection.manifest["backbones"][backbone]
    parted = collection.part_embeddings(backbone) is not None
    made_of = (upload.digest, box, facts["key"], parted)
    kept = st.session_state.get(_VECTORS)
    if kept and kept[0] == made_of:
        return kept[1]
    try:
        weights = str(facts.get("weights") or "")
        _check_weights(str(collection.path), backbone, weights, facts["key"])
        with st.spinner(tr("Loading the network: a few seconds, once after each start …")):
            embedder = _embedder(backbone, weights, facts["key"])
        network = embedder.backbone
        product = outside.OPENER.shaped(
            _file(upload, content),
            READ_SIDE if box is None else _IN_A_BOX,
            network.shaping,
            network.input_size,
            box,
            parts=parted,
        )
        shaped = product.array() if parted else product.array()[None]
        with outside.OPENER.alone():
            # One by one, for in a company a vector may differ in its last bits.
            vectors = np.concatenate([embedder.embed_arrays(network.arranged(array)[None]) for array in shaped])
    except ImgsimError as error:
        st.error(text.plain(error))
        return None
    st.session_state[_VECTORS] = (made_of, vectors)
    return vectors


def _check_weights(folder: str, backbone: str, weights: str, key: str) -> None:
    """Refuse to compare an image with plates that another network has described."""
    if backbone not in backbone_names():
        raise WeightsError(
            tr("This imgsim has no network {network!r}. Choose another one in the sidebar.", network=backbone)
        )
    if get_backbone(backbone).key(Path(weights) if weights else None) != key:
        raise WeightsError(
            tr(
                "This collection was made with other weights of {network} than those installed, so scores would mean "
                "nothing.",
                network=backbone,
            ),
            PrepareAgain(folder),
        )


# Networks, whatever collection is open.
@st.cache_resource(max_entries=3, show_spinner=False)
def _embedder(backbone: str, weights: str, key: str) -> Embedder:
    from imgsim.backbones.embedder import Embedder

    return Embedder(backbone, Path(weights) if weights else None)


if __name__ == "__main__":
    shell.draw(name)
