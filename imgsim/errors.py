"""Errors whose messages are shown to users as they stand.

Every message says what was wrong, names the value, and says what to do next. The command line prints it in
one line; the app shows it in place. Anything that is not an ImgsimError is a bug in imgsim.
"""


class ImgsimError(Exception):
    """The base of all errors that imgsim raises on purpose."""


class ImageError(ImgsimError):
    """An image that cannot be used; its message is the reason listed in skipped.csv."""


class MetadataError(ImgsimError):
    """A metadata file that cannot be read or joined."""


class CollectionError(ImgsimError):
    """A collection that is missing, damaged, foreign or out of date."""


class DamagedError(CollectionError):
    """A file of decisions or ids that is not what was written; it is left as it is. ``why`` in a few words."""

    def __init__(self, message: str, why: str = "") -> None:
        super().__init__(message)
        self.why = why or message


class WeightsError(ImgsimError):
    """Weights that are missing, damaged or made for another network."""


class DownloadError(ImgsimError):
    """A file that could not be fetched, or is not the one that was promised."""


class BusyError(ImgsimError):
    """Another run is writing to the same collection."""


class ManifestError(ImgsimError):
    """A IIIF manifest that cannot be read, or that names nothing to fetch."""
