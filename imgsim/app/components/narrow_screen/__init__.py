"""The sidebar on a tablet: it lies over the page there, closed until it is asked for."""

from __future__ import annotations

from imgsim.app.components.mounting import mount


def narrow_screen(*, key: str, page: str) -> None:
    """Close the sidebar of a narrow window, at first and whenever another page is opened. Nothing is shown.

    Parameters
    ----------
    key : the component's own key.
    page : the name of the page that is open.
    """
    mount("narrow_screen", key=key, data={"page": str(page)}, events={})
