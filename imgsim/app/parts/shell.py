"""What surrounds every page: the page's configuration, the collection, the sidebar."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from imgsim.app.components import narrow_screen, thumbnail_grid
from imgsim.app.parts import cards, exporting, languages, mending, notices, preparing, safekeeping, tour, tray
from imgsim.app.services import background_check, caches, page_registry, remedies, state, text
from imgsim.base.places import data_dir
from imgsim.base.terms import NETWORK
from imgsim.base.translation import tr, trn
from imgsim.collection import Collection
from imgsim.collection.addresses import gone_sentence, plate_address
from imgsim.errors import CollectionError, ImgsimError

_APP = Path(__file__).parent.parent
GONE = "_imgsim_gone"  # (collection, id) of the plate that an address asked for and that is gone
_LINKS = "_imgsim_links"  # the page that drew the sidebar last, and its container of links
_LINKED = "_imgsim_linked"  # whether they are in it


def page_file(name: str) -> str:
    """The file of a page, as st.switch_page and st.page_link want it."""
    return str(page_registry.file_of(page_registry.registered()[name]))


def title_of(name: str) -> str:
    """What readers call a page."""
    return tr(page_registry.registered()[name].title)


def go(name: str, **changes: object) -> None:
    """Leave for another page, with a change of state; the address says it, and the back button comes back."""
    st.switch_page(page_file(name), query_params=state.link(**changes))


def address_of(name: str) -> str:
    """The address of a page, as this browser reaches it, without parameters."""
    here = str(st.context.url or "").rstrip("/")
    return f"{here.removesuffix('/' + st.session_state[_LINKS][0])}/{name}"


def remember(plate_id: str) -> None:
    """Make a plate the query, wherever one is."""
    if plate_id:
        state.update(plate=plate_id)


def begin() -> StreamlitPage:
    """Configure the page and return the one that the address asks for."""
    st.set_page_config(page_title="imgsim", page_icon="🌿", layout="wide", initial_sidebar_state="expanded")
    st.html(_APP / "style.css")
    pages: list[StreamlitPage] = []
    for name, page in page_registry.registered().items():
        first = not pages
        pages.append(
            st.Page(page_file(name), title=tr(page.title), url_path=None if first else name, default=first)
        )
    # Our own links carry the state; Streamlit's would drop it.
    return st.navigation(pages, position="hidden")


def choose_collection() -> Collection | None:
    """The collection that the address names, else the first; None where there is none that can be opened."""
    mending.going_on()
    infos = caches.infos()
    usable = [info.name for info in infos if not info.error]
    for info in infos:
        if info.error and not usable:
            mending.show(info.error, info.name)
    if not usable:
        return None
    wanted = state.current()
    name = wanted.collection or usable[0]
    try:
        if name not in usable:
            raise next(
                (info.error for info in infos if info.name == name and info.error),
                CollectionError(
                    tr("There is no collection “{name}” here, so “{other}” is open.", name=name, other=usable[0])
                ),
            )
        collection = caches.opened(name)
    except CollectionError as error:
        notices.add(error.what, broken=name if any(info.name == name for info in infos) else "")
        collection = caches.opened(usable[0])
    background_check.begin(collection)
    corrected(collection)
    return collection


def corrected(collection: Collection) -> state.State:
    """Make the address say what is shown: this collection, and a backbone, plate and map that it has."""
    now = state.current()
    changes: dict[str, object] = {}
    if now.collection != collection.name:
        changes["collection"] = collection.name
    if now.backbone not in collection.backbones:
        changes["backbone"] = collection.backbones[0]
        if now.backbone and now.collection == collection.name:
            notices.add(
                tr(
                    "“{collection}” was not prepared with {asked}, so {network} compares. Its scores are others.",
                    collection=collection.name,
                    asked=now.backbone,
                    network=collection.backbones[0],
                ),
                within=collection.name,
            )
    if now.plate and not collection.catalogue.has(now.plate):
        notices.add(_gone(collection, now.plate), within=collection.name)
        changes["plate"] = ""
    asked = now.tray if now.collection in ("", collection.name) else ()
    gathered = tray.settled(collection.name, asked)
    if gathered != now.tray:
        changes["tray"] = gathered
    if changes:
        now = state.update(**changes)
    return now


def _gone(collection: Collection, plate_id: str) -> str:
    """Say what became of a plate that is not here; if it is gone, the page Plate shows its last picture."""
    st.session_state.pop(GONE, None)
    try:
        entry = plate_address(collection, plate_id)
    except ImgsimError as error:
        none = tr("There is no plate {plate} in this collection.", plate=plate_id)
        return f"{none} {remedies.told(error)}"
    if entry is None:
        return tr("There is no plate {plate} in this collection, and there never was.", plate=plate_id)
    st.session_state[GONE] = (collection.name, plate_id)
    return gone_sentence(entry)


def collection() -> Collection:
    """The collection that is open, for the pages."""
    return caches.opened(state.current().collection)


def links(page: str) -> None:
    """Draw the links to the pages, with the state as it is now; a page whose body is a fragment draws them in it.

    Streamlit lets a fragment write into the sidebar only where it did so when the whole page was drawn, too. It may be
    run once more when the reader is on another page already: the links are that page's then.
    """
    drawn_by, place = st.session_state[_LINKS]
    if drawn_by != page:
        return
    query = state.link()
    st.session_state[_LINKED] = True
    with place:
        for group, pages in page_registry.groups(collection()).items():
            st.caption(tr(group))
            for one in pages:
                # Of Re-use the whole list: a family is opened from there, or by a link of its own.
                own = state.link(family="") if one.name == "reuse" else query
                st.page_link(page_file(one.name), label=tr(one.title), query_params=own, width="stretch")


def links_after_all() -> None:
    """The links of a page that failed before it drew them: there is always a way to another page."""
    if not st.session_state[_LINKED]:
        links(st.session_state[_LINKS][0])


def sidebar(collection: Collection, page: StreamlitPage) -> None:
    """Where one is, what one looks at, and where one can go; above the page, a hint for whoever is new."""
    now = state.current()
    known = page_registry.registered()
    name = page.url_path or next(iter(known))  # the first page has no name in its address
    with st.sidebar:
        with st.container(key="brand", gap=None):
            st.markdown("**imgsim**")
            st.caption(tr("Finds plates that were used again."))
        st.session_state[_LINKS], st.session_state[_LINKED] = (name, st.container(key="pages", gap=None)), False
        if not page_registry.has_fragment(name):
            links(name)
        infos = caches.infos()
        names = [info.name for info in infos if not info.error]
        st.selectbox(tr("Collection"), names, format_func=caches.title_of, **state.bind("collection"))
        if len(collection.backbones) > 1:
            st.selectbox(
                tr("Network"),
                list(collection.backbones),
                help=NETWORK.hint,
                **state.bind("backbone"),
            )
        shown = len(caches.filtered_rows(collection, now))
        every = len(collection.catalogue)
        if now.filtered:
            passing = trn(
                "{shown:,} of {n:,} plate pass the filters.", "{shown:,} of {n:,} plates pass the filters.",
                every, shown=shown,
            )  # fmt: skip
            st.caption(f"{passing} {tr('Compared by {network}.', network=now.backbone)}")
        else:
            counted = text.count(every, "plate", "plates")
            st.caption(tr("{plates}, compared by {network}.", plates=counted, network=now.backbone))
        exporting.button(known[name].title)
        background_check.notice(collection)
        preparing.notice(data_dir(), collection, besides=mending.begun())
        for info in infos:
            if info.error:
                why = remedies.told(info.error)
                st.caption(text.plain(tr("{collection} cannot be opened: {why}", collection=info.name, why=why)))
        languages.draw()
        narrow_screen(key="narrow_screen", page=name)
    notices.show(collection.name)
    safekeeping.show(collection)
    tour.show(name)


def draw(name: str) -> None:
    """Draw a page in its frame: what its file does when Streamlit runs it."""
    page_registry.draw(page_registry.registered()[name], collection())


def looking_at(collection: Collection) -> None:
    """The plate that the reader came from, in the sidebar, as a way back to it."""
    now = state.current()
    if not now.plate:
        return
    row = collection.catalogue.row(now.plate)
    with st.sidebar:
        st.caption(tr("You are looking at"))
        event = thumbnail_grid(
            key="looking_at",
            items=[cards.card(collection, row, mark="query")],
            height=110,
            label=tr("Your plate"),
        )
    if event.clicked:
        go("plate", plate=event.clicked)


def ways_to_a_plate() -> None:
    """The buttons that lead to where a plate is chosen."""
    if st.button(tr("Browse the plates"), type="primary"):
        go("browse")
    if st.button(tr("Open the map")):
        go("map")


def lead(title: str, sentence: str) -> None:
    """A page's heading and the one line that says what it is for."""
    with st.container(key="lead", gap=None):
        st.title(title, anchor=False)
        st.caption(sentence)
