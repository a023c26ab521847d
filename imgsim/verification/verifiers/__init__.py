"""What describes plates and compares two of them: imgsim's own, SIFT and geometry, and those that users bring
(docs/verifiers.md)."""

from imgsim.base.extensions import Registry
from imgsim.base.hashing import key_of
from imgsim.features.working_copy import WORKING_SIDE
from imgsim.verification.verifiers.learned import Copies
from imgsim.verification.verifiers.sift import Sift
from imgsim.verification.verifiers.verifier import Verifier, describe_file, try_out

SIFT, COPIES = Sift(), Copies()
VERIFIERS: Registry[Verifier] = Registry("verifier", ["describe", "compare"], [SIFT])
register = VERIFIERS.register


def verifier_named(name: str) -> Verifier:
    """The verifier of a name: one of :data:`VERIFIERS`, or that of copies, which no collection goes by alone. Raises
    ImgsimError."""
    return COPIES if name == COPIES.name else VERIFIERS.get(name)


def features_key(verifier: Verifier) -> str:
    """The key of a plate's local features."""
    if verifier is SIFT:
        # As it was before verifiers had names: collections of that time need not be described again.
        return key_of(what="features", version=SIFT.features_version, side=WORKING_SIDE)
    return key_of(what="features", verifier=VERIFIERS.identity(verifier), side=WORKING_SIDE)


def brought_verifier(verifier: Verifier) -> dict[str, object]:
    """What a manifest says of a verifier that is not imgsim's own."""
    return {} if verifier is SIFT else {"verifier": VERIFIERS.identity(verifier)}


def pairs_key(verifier: Verifier) -> str:
    """The key of what is found of a pair of plates."""
    return key_of(what="pair", version=verifier.version, features=features_key(verifier))


__all__ = [
    "COPIES", "SIFT", "VERIFIERS", "Verifier", "brought_verifier", "describe_file", "features_key", "pairs_key",
    "register", "try_out", "verifier_named",
]  # fmt: skip
