"""The same as `app.py` of a checkout, for where the package is installed: start it with `imgsim`.

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
