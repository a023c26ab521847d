"""The screen: with app.py the only code that imports streamlit.

`state` is what a link holds, `data` opens collections once for everybody, `server` sends images and map points,
`shell` draws what surrounds every page; then one module for each page. Pages read the state, call the core, draw.
"""
