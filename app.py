"""The app's file, a door to `imgsim.app.main`; nothing else. Start it with `python3 -m imgsim`.

Streamlit reads this file twice. It imports it once and serves the `app` that it finds, with the routes beside the
pages; and for every rerun it executes it as a script, whose name is then __main__.
"""

import streamlit as st
from starlette.types import ASGIApp

from imgsim.app import main

if __name__ == "__main__":
    main.draw()
else:
    # Streamlit looks for a line of this form in the text of this file.
    app: ASGIApp = st.App(__file__, **main.settings())
    app = main.guarded(app)
