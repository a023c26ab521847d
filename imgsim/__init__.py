"""imgsim: find the pictures that were re-used, in a collection of historical plates.

The modules follow the flow:

    images + metadata -> catalogue -> thumbnails
                                   -> embeddings -> neighbours -> matches -> families
                                                 -> projections
    all of it, one generation on disk -> collection -> views, exports, IIIF
    what people decide, beside it     -> reviews -> families corrected

``precompute.py`` runs the flow (:mod:`imgsim.pipeline`); ``app.py`` reads collections (:mod:`imgsim.views`).
The core knows nothing of Streamlit, and importing this package has no side effects.
"""

__version__ = "0.1.0"
