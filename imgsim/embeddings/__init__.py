"""Images to embeddings: one image at a time for a search, a whole folder in parallel for precompute."""

from imgsim.embeddings.embedder import Embedder
from imgsim.embeddings.plates import PlateFailure, PlateFile, PlateResult
from imgsim.embeddings.pool import process_files, process_plates

__all__ = ["Embedder", "PlateFailure", "PlateFile", "PlateResult", "process_files", "process_plates"]
