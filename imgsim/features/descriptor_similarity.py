"""How alike the descriptors of two plates are: the cosine of each with each, a million for a pair of plates.

This is most of the work of comparing two plates. Descriptors are whole numbers of a byte, which many processors
multiply nearly three times as fast as floats: :func:`multiply_bytes` lets worker processes do so, by ONNX Runtime.
The sums are exact, so the cosines differ in the last bits at most.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from imgsim.base.onnx_file import RUNTIME, Graph, open_session
from imgsim.features.extraction import DIMENSIONS, Features

# uint8 (n, 128), uint8 (128, m), and a share for each of the m: float32 (n, m), products times shares.
Multiply = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def descriptor_similarity(a: Features, b: Features) -> np.ndarray:
    """The cosine of each descriptor of one plate with each of another: float32 (len(a), len(b))."""
    products = _multiply(a.descriptors, b.columns, 1 / b.lengths)
    products *= (1 / a.lengths)[:, None]
    return products


def multiply_floats(a: np.ndarray, b: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The products in floating point."""
    return a.astype(np.float32) @ (b.astype(np.float32) * shares)


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

    def multiply(a: np.ndarray, b: np.ndarray, shares: np.ndarray) -> np.ndarray:
        # The engine is fast where one side has a sign: 128 less, which it adds again.
        found: np.ndarray = session.run(None, {"a": a, "b": (b ^ 128).view(np.int8), "shares": shares})[0]
        return found

    # Processors without instructions of their own for this cut sums off that exceed 16 bits.
    largest = np.full((2, DIMENSIONS), 255, np.uint8)
    one = np.ones(2, np.float32)
    exact = np.array_equal(multiply(largest, largest.T, one), multiply_floats(largest, largest.T, one))
    return multiply if exact else None


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
