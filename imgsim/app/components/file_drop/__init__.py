"""A place to drop files and folders on, or to choose them; the browser streams each to an address of this app."""

from __future__ import annotations

from collections.abc import Callable

from imgsim.app.components.mounting import mount, own_url


def file_drop(*, key: str, url: str, hint: str, on_arrived: Callable[[], None] | None = None) -> bool:
    """Show the place; whether something arrived since the last run.

    Parameters
    ----------
    key : the component's own key.
    url : an address of this app that ends in "/". A file is sent by PUT to it and the file's path below what was
        dropped; the answer is JSON, with ``said``, a sentence, where it was not taken.
    hint : what may be dropped.
    on_arrived : called without arguments before the page is drawn again.

    Raises
    ------
    ImgsimError
        The address is none of this app.
    """
    data = {"url": own_url(url, "where files are sent"), "hint": str(hint)}
    result = mount("file_drop", key=key, data=data, events={"arrived": on_arrived})
    return result is not None and bool(result.get("arrived"))
