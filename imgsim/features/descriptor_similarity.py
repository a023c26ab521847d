"""How alike the descriptors of two plates are: the cosine of each with each, a million for a pair of plates.

This is most of the work of comparing two plates. Descriptors are whole numbers of a byte, which many processors
multiply nearly three times as fast as floats: :func:`multiply_bytes` lets worker processes do so, by ONNX Runtime.
The sums are exact, so the cosines differ in the last bits at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from imgsim.base.onnx_file import RUNTIME, Graph, open_session
from imgsim.features.extraction import DIMENSIONS, Features

# Of the plate whose features are the columns: what takes rows, uint8 (n, 128), to their products with each of its
# descriptors divided by that one's length, float32 (n, m).
Multiply = Callable[[Features], Callable[[np.ndarray], np.ndarray]]
# So many rows are made and looked at together: they stay in a core's own cache meanwhile.
ROWS = 256


def descriptor_similarity(a: Features, b: Features) -> np.ndarray:
    """The cosine of each descriptor of one plate with each of another: float32 (len(a), len(b))."""
    products = _multiply(b)(a.descriptors)
    products *= (1 / a.lengths)[:, None]
    return products


def similar_rows(a: Features, b: Features) -> Iterator[np.ndarray]:
    """The rows of :func:`descriptor_similarity` in their order, some of them at a time, each time an array to keep.

    For whoever goes through them once: the whole, of four megabytes, would come from the memory and not from the cache.
    """
    if _multiply is multiply_floats:  # it is quicker with all of them, and its last bits may follow their number
        whole = descriptor_similarity(a, b)
        yield from (whole[start : start + ROWS] for start in range(0, len(a), ROWS))
        return
    products_of, shares = _multiply(b), (1 / a.lengths)[:, None]
    for start in range(0, len(a), ROWS):
        products = products_of(a.descriptors[start : start + ROWS])
        products *= shares[start : start + ROWS]
        yield products


def multiply_floats(b: Features) -> Callable[[np.ndarray], np.ndarray]:
    """The products in floating point."""
    columns = b.columns.astype(np.float32) * (1 / b.lengths)
    return lambda rows: rows.astype(np.float32) @ columns


_multiply: Multiply = multiply_floats


def multiply_bytes() -> bool:
    """From now on multiply bytes in this process, if it can do so faster and exactly; returns whether it does."""
    global _multiply
    if _multiply is multiply_floats:
        _multiply = _bytes_engine() or multiply_floats
    return _multiply is not multiply_floats


def _bytes_engine() -> Multiply | None:
    try:
        session = open_session(_graph(), 1)
    except ImportError:
        return None

    def multiply(b: Features) -> Callable[[np.ndarray], np.ndarray]:
        # The engine is fast where one side has a sign: 128 less, which it adds again.
        signed, shares = (b.columns ^ 128).view(np.int8), 1 / b.lengths

        def products_of(rows: np.ndarray) -> np.ndarray:
            found: np.ndarray = session.run(None, {"a": rows, "b": signed, "shares": shares})[0]
            return found

        return products_of

    # Processors without instructions of their own for this cut sums off that exceed 16 bits.
    largest = Features((1, 1), np.zeros((2, 4)), np.full((2, DIMENSIONS), 255, np.uint8), np.ones(2, bool))
    found, true = (by(largest)(largest.descriptors) for by in (multiply, multiply_floats))
    return multiply if np.allclose(found, true, rtol=1e-5) else None


def _graph() -> bytes:
    graph = Graph()
    inputs = [
        "a",
        "b",
        graph.constant("share_a", np.ones(1, np.float32)),
        "shares",
        graph.constant("zero_a", np.zeros(1, np.uint8)),
        graph.constant("zero_b", np.full(1, -128, np.int8)),
    ]
    graph.node("MatMulIntegerToFloat", inputs, output="products", domain=RUNTIME)
    sides: dict[str, tuple[type[np.generic], list[int | str]]] = {
        "a": (np.uint8, ["n", DIMENSIONS]),
        "b": (np.int8, [DIMENSIONS, "m"]),
        "shares": (np.float32, ["m"]),
    }
    return graph.file(sides, {"products": ["n", "m"]})
