"""The pages of the app: what one is, and which there are. Navigation, addresses, links and Help are built from it.

A new page is one file in ``pages/`` and one line in ``pages/__init__.py``; see docs/pages.md.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Protocol

from imgsim.app.services import state
from imgsim.base.translation import tr
from imgsim.collection import Collection
from imgsim.errors import ImgsimError

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Page(Protocol):
    """A page, as its module is one: these are names in it.

    The first line of the module's docstring says what the page is for: "Title: all plates as ...". Help shows it.
    A page that is for some collections only has ``belongs(collection) -> bool``: the sidebar of others leaves it out.
    A page whose body is a fragment, which runs without the sidebar, also says ``fragment = True``, and draws the
    sidebar's links itself with `imgsim.app.parts.shell.links`: they carry the state.
    A page says with ``loads = ("plate_map", "Slider")`` what the browser needs for it beside what every page has:
    see `imgsim.app.services.preloads.addresses`.
    """

    @property
    def name(self) -> str:
        """The last part of its address, and the name of its file."""

    @property
    def title(self) -> str:
        """What readers call it: marked for translation, as is `group`."""

    @property
    def group(self) -> str:
        """The heading of the sidebar under which its link stands; "" for a page that others lead to."""

    @property
    def State(self) -> type[state.State]:
        """What it heeds of the address: `state.State`, or a dataclass that adds the page's own fields to that."""

    @property
    def draw(self) -> Any:
        """``draw(collection: Collection, now: State) -> None`` draws it."""


_pages: dict[str, Page] = {}


def register(page: Page) -> None:
    """Make a page known. The first one is what the app opens with.

    Raises
    ------
    ImgsimError
        A name that another page has or that is none for an address, or a field that another page has.
    """
    if not _NAME.fullmatch(page.name):
        raise ImgsimError(f"{page.name!r} is no name for a page: lower-case letters, digits and _ only")
    if page.name in _pages:
        raise ImgsimError(f"there is a page {page.name!r} already: give the new one a name of its own")
    state.hold(page.State)
    _pages[page.name] = page


def registered() -> dict[str, Page]:
    """All pages by name, in the order in which they are shown."""
    return dict(_pages)


def groups(collection: Collection) -> dict[str, list[Page]]:
    """The pages that the sidebar of a collection leads to, by heading (in English)."""
    found: dict[str, list[Page]] = {}
    for page in _pages.values():
        if page.group and getattr(page, "belongs", lambda _: True)(collection):
            found.setdefault(page.group, []).append(page)
    return found


def has_fragment(name: str) -> bool:
    """Whether the body of a page is a fragment, which draws the sidebar's links itself."""
    return bool(getattr(_pages[name], "fragment", False))


def loads(name: str) -> tuple[str, ...]:
    """What the browser needs for a page beside what every page has."""
    return tuple(getattr(_pages[name], "loads", ()))


def purpose(page: Page) -> str:
    """What a page is for, in a sentence that begins with a small letter: the first line of its docstring.

    Catalogues have that line as it is given here, without the title and on one line.
    """
    first = (page.__doc__ or "").partition("\n\n")[0]
    return tr(" ".join(first.partition(": ")[2].split()))


def draw(page: Page, collection: Collection) -> None:
    """Draw a page with what the address says."""
    page.draw(collection, state.current(page.State))


def file_of(page: Page) -> Path:
    """The file of a page, by which Streamlit knows it."""
    return Path(str(page.__file__))  # type: ignore[attr-defined]
