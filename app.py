"""The app: page configuration, the collection, navigation; nothing else. Start it with `python3 -m imgsim`.

Streamlit reads this file twice. It imports it once and serves the `app` that it finds, with the routes beside the
pages; and for every rerun it executes it as a script, whose name is then __main__.
"""

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp

from imgsim.views import guard, iiif, intake, memory, patience, server, shell

if __name__ == "__main__":
    page = shell.begin()
    collection = shell.choose_collection()
    if collection is not None:
        shell.sidebar(collection, page)
        page.run()
else:
    memory.give_back_memory()
    # Streamlit looks for a line of this form in the text of this file.
    app: ASGIApp = st.App(
        __file__,
        routes=[*server.routes(), *iiif.routes()],
        middleware=[Middleware(intake.Intake, most=int(st.get_option("server.maxUploadSize")) << 20)],
        lifespan=server.lifespan,
        on_script_error=server.on_script_error,
    )
    app = guard.guarded(app, iiif.opened)
    patience.install()
