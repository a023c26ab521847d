"""One file a page. Streamlit runs it as a script when the page is opened; no page imports another.

What a page is says :class:`imgsim.app.services.page_registry.Page`: its module has those names.
"""

from imgsim.app.pages import (
    about,
    add,
    book,
    books,
    browse,
    compare,
    help,
    light_table,
    manage,
    map,
    models,
    overview,
    pages,
    plate,
    reuse,
    review,
    search,
)
from imgsim.app.services import page_registry

# All pages in the order of the sidebar; the app opens with the first.
PAGES: tuple[page_registry.Page, ...] = (
    browse, map, search, plate, compare, pages,
    reuse, books, review,
    add, manage,
    overview, models, help, about,
    book, light_table,
)  # fmt: skip

for _page in PAGES:
    page_registry.register(_page)
