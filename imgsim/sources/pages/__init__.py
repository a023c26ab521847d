"""Pages to plates: which pictures are on the scan of a page, and where (imgsim/weights/pages.md)."""

from imgsim.sources.pages.detector import PageDetector, detector_key, load_detector
from imgsim.sources.pages.regions import PageLayout, Region

__all__ = ["PageDetector", "PageLayout", "Region", "detector_key", "load_detector"]
