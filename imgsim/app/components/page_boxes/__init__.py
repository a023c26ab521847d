"""One page of a book, large, with boxes that are drawn, moved, split, joined, removed and named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imgsim.app.components import keyboard
from imgsim.app.components.mounting import mount, own_url, positive
from imgsim.base.translation import tr
from imgsim.catalogue.book_pages import Cut, checked_cuts
from imgsim.errors import ImgsimError

MOST = 500  # boxes of a page that somebody may save


@dataclass(frozen=True)
class Saved:
    """What somebody wants to be kept.

    Attributes
    ----------
    page : the `page` that was shown.
    after : the `after` that was shown with it.
    cuts : all boxes of the page.
    at : when it was asked for; the browser wants it back in `answered`.
    """

    page: str
    after: int
    cuts: tuple[Cut, ...]
    at: int


def page_boxes(
    *,
    key: str,
    page: str,
    name: str,
    src: str,
    preview: str,
    alt: str,
    size: tuple[int, int],
    cuts: Sequence[Cut],
    following: int,
    after: int,
    gutter: tuple[str, int] | None = None,
    blocked: str = "",
    answered: int = 0,
    failed: str = "",
    height: int = 1200,
    on_save: Callable[[], None] | None = None,
) -> None:
    """Show a page with its boxes. What is not saved stays in the browser until it is, also while other pages are shown.

    Parameters
    ----------
    key : the component's own key.
    page : stands for this scan in this collection, whatever generation is shown.
    name : what readers call the page.
    src, preview : addresses of the scan and of a small version of it, in this app ("/...").
    alt : read aloud for the image.
    size : width and height of the page in pixels.
    cuts : the boxes as they are kept.
    following : the first number that no box of the page ever had.
    after : number of the last correction, 0 for none.
    gutter : "x" or "y" and where the fold of a double page is; None where there is none.
    blocked : why nothing can be saved now, in a sentence; "" where it can.
    answered, failed : `at` of what was last to be saved, and why it could not be ("" if it was).
    height : of the stage in CSS pixels, at most: it fits into the window.
    on_save : called without arguments before the page reruns; see :func:`saved_of`.

    Raises
    ------
    ImgsimError
        An address is not one of this app, or a box is none.
    """
    kept = checked_cuts([[cut.number, list(cut.box), cut.kind, cut.score] for cut in cuts], *size)
    data: dict[str, Any] = {
        "page": str(page),
        "name": str(name),
        "src": own_url(src, "src"),
        "preview": own_url(preview, "preview"),
        "alt": str(alt),
        "label": f"{alt}. {keyboard.spoken(keyboard.PAGE_BOXES)}",
        "keys": keyboard.sent(keyboard.PAGE_BOXES),
        "size": [positive(side, "size", 10**6) for side in size],
        "cuts": [[cut.number, list(cut.box), cut.kind, round(cut.score, 4)] for cut in kept],
        "next": int(following),
        "after": int(after),
        "gutter": None if gutter is None else {gutter[0]: int(gutter[1])},
        "blocked": str(blocked),
        "answered": int(answered),
        "failed": str(failed),
        "height": positive(height, "height"),
    }
    mount("page_boxes", key=key, data=data, events={"saved": on_save})


def saved_of(state: object, page: str, size: tuple[int, int]) -> Saved | None:
    """What a component's state (``st.session_state[key]``) asks to be kept of a page of that size; None for nothing.

    Raises
    ------
    ImgsimError
        It is something, but none of its boxes could be kept so: what the browser says is asked, not believed.
    """
    value = state.get("saved") if hasattr(state, "get") else None
    if not isinstance(value, Mapping) or value.get("page") != page:
        return None
    after, at, cuts = value.get("after"), value.get("at"), value.get("cuts")
    if not all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in (after, at)):
        raise ImgsimError(tr("The browser did not say what the boxes come after. Reload the page."))
    if isinstance(cuts, list) and len(cuts) > MOST:
        raise ImgsimError(
            tr("{number:,} boxes are more than the {most} that a page can have.", number=len(cuts), most=MOST)
        )
    assert isinstance(after, int) and isinstance(at, int)
    return Saved(page, after, checked_cuts(cuts, *size), at)
