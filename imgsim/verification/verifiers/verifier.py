"""What describes plates and compares them two by two."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from imgsim.base.verdict_words import PRINTINGS, VERDICTS
from imgsim.errors import ImgsimError
from imgsim.features.extraction import DIMENSIONS, Features
from imgsim.features.working_copy import open_to_describe
from imgsim.verification.match import Match
from imgsim.verification.match_row import MODELS


class Verifier(Protocol):
    """Describes a plate and compares two; see docs/verifiers.md. Worker processes get it by its name."""

    @property
    def name(self) -> str:
        """What it is called in the command line and in manifests."""
        ...

    @property
    def version(self) -> int:
        """Raised when it finds something else than before."""
        ...

    def describe(self, image: Image.Image, size: tuple[int, int]) -> Features:
        """The local features of a plate.

        Parameters
        ----------
        image : upright, mode "L" or "RGB"; may be reduced already, but not below
            :func:`~imgsim.features.working_copy.working_size`. :func:`~imgsim.features.working_copy.working_copy` makes
            all of one size.
        size : width and height of the original, in whose pixels the features are given.

        Returns
        -------
        Features
            None at all for a plate on which there is nothing. What is alike has descriptors with a high cosine: the
            index of local features and the search for details rely on that.
        """
        ...

    def compare(self, a: Features, b: Features) -> Match:
        """What two plates have to do with each other: of B and A the same as of A and B, seen from the other side."""
        ...


def describe_file(data: bytes | Path, verifier: Verifier) -> Features:
    """Open an image file and describe it.

    Raises
    ------
    ImageError
        It cannot be opened.
    """
    opened = open_to_describe(data)
    return checked_features(verifier.describe(opened.image, opened.size), verifier, opened.size)


def checked_features(found: object, verifier: Verifier, size: tuple[int, int]) -> Features:
    """What a verifier says of a plate of that size, if it can be kept. Raises ImgsimError that says what is wrong."""
    wrong = ""
    if not isinstance(found, Features):
        wrong = f"Features are wanted, not {type(found).__name__}"
    else:
        count = len(found.points)
        parts = (("points", np.float32, (4,)), ("descriptors", np.uint8, (DIMENSIONS,)), ("vouch", np.bool_, ()))
        for name, dtype, tail in parts:
            array = getattr(found, name)
            if array.dtype != dtype or array.shape != (count, *tail):
                shape = ", ".join(map(str, (count, *tail)))
                wrong = f"{name} are {np.dtype(dtype)} ({shape}), not {array.dtype} {array.shape}"
                break
        else:
            if tuple(found.size) != tuple(size):
                wrong = f"the size is that of the original, {tuple(size)}, not {tuple(found.size)}"
            elif count and not (np.isfinite(found.points).all() and (found.points[:, 2] > 0).all()):
                wrong = "points are finite numbers, and their diameters above 0"
    if wrong:
        raise _wrong(verifier, "describe", wrong)
    assert isinstance(found, Features)
    return found


def checked_match(found: object, verifier: Verifier) -> Match:
    """What a verifier says of two plates, if it is a finding. Raises ImgsimError that says what is wrong."""
    wrong = ""
    if not isinstance(found, Match):
        wrong = f"a Match is wanted, not {type(found).__name__}"
    elif found.verdict not in getattr(verifier, "verdicts", VERDICTS):
        wrong = f"the verdict is one of {', '.join(VERDICTS)}, not {found.verdict!r}"
    elif found.model not in MODELS:
        wrong = f"the model is one of {', '.join(filter(None, MODELS))}, or nothing, not {found.model!r}"
    elif found.printing not in PRINTINGS:
        wrong = f"the printing is one of {', '.join(filter(None, PRINTINGS))}, or nothing, not {found.printing!r}"
    elif np.shape(found.transform) != (3, 3):
        wrong = f"the transform has the shape (3, 3), not {np.shape(found.transform)}"
    elif not _counts(found.inliers):
        wrong = f"the inliers are a whole number from 0, not {str(found.inliers)[:40]}"
    elif not _number(found.residual) or np.isinf(found.residual):
        wrong = f"the residual is a number from 0, or NaN, not {found.residual!r}"
    elif not all(_number(share) for share in (found.coverage_a, found.coverage_b)):
        wrong = f"coverages are numbers from 0 to 1, not {found.coverage_a!r} and {found.coverage_b!r}"
    if wrong:
        raise _wrong(verifier, "compare", wrong)
    assert isinstance(found, Match)
    return found


def _counts(value: object) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and 0 <= int(value) < 2**31


def _number(value: object) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def try_out(verifier: Verifier) -> None:
    """Let a verifier describe and compare a picture before a whole collection is given to it.

    Raises
    ------
    ImgsimError
        It fails, or returns something else than it must.
    """
    pixels = np.random.default_rng(18).integers(0, 2, (40, 30)).repeat(16, 0).repeat(16, 1)
    image = Image.fromarray((pixels * 255).astype(np.uint8))
    for method, call in (
        ("describe", lambda: checked_features(verifier.describe(image, image.size), verifier, image.size)),
        ("compare", lambda: checked_match(verifier.compare(*[verifier.describe(image, image.size)] * 2), verifier)),
    ):
        try:
            call()
        except ImgsimError:
            raise
        except Exception as error:
            raise _wrong(verifier, method, f"{type(error).__name__}: {error}") from error


def _wrong(verifier: Verifier, method: str, what: str) -> ImgsimError:
    return ImgsimError(f"The verifier {verifier.name!r} fails in {method}: {what}. Correct it, or take it out.")
