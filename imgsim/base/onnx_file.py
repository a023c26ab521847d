"""ONNX files written by hand: the form that the CPU engine reads.

Only the handful of protobuf fields that our graphs use; writing them takes less than any exporter would, which needs
torch, onnx and more. Numbers in the calls below are field numbers of the ONNX schema (onnx.proto).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# IR version 8 with operator set 13: old enough for any reader.
_IR_VERSION, _OPERATORS = 8, 13
_KINDS = {np.dtype(np.float32): 1, np.dtype(np.uint8): 2, np.dtype(np.int8): 3}
# Operators that ONNX Runtime adds to the standard's.
RUNTIME = "com.microsoft"


class Graph:
    """A graph under construction: named arrays, and operators that make new ones of them."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []

    def node(
        self, operator: str, inputs: list[str], output: str = "", domain: str = "", **attributes: int | list[int]
    ) -> str:  # fmt: skip
        """Add an operator; return the name of its output."""
        name = output or f"{operator}{len(self._nodes)}"
        self._nodes.append(
            b"".join(_bytes(1, value.encode()) for value in inputs)
            + _bytes(2, name.encode())
            + _bytes(3, name.encode())
            + _bytes(4, operator.encode())
            + b"".join(_bytes(5, _attribute(key, value)) for key, value in attributes.items())
            + (_bytes(7, domain.encode()) if domain else b"")
        )
        return name

    def constant(self, name: str, values: np.ndarray) -> str:
        """Add an array of float32, uint8 or int8; return its name."""
        sides = b"".join(_int(1, side) for side in values.shape)
        kind = _KINDS[values.dtype]
        raw = values.astype(values.dtype.newbyteorder("<")).tobytes()
        self._tensors.append(sides + _int(2, kind) + _bytes(8, name.encode()) + _bytes(9, raw))
        return name

    def file(
        self, inputs: dict[str, tuple[type[np.generic], list[int | str]]], output: str, sides: list[int | str]
    ) -> bytes:
        """The file: each input's kind and sides (a name where any number will do), and the float32 output's sides."""
        parts = [
            *(_bytes(1, node) for node in self._nodes),
            _bytes(2, b"imgsim"),
            *(_bytes(5, tensor) for tensor in self._tensors),
            *(_bytes(11, _value(name, kind, shape)) for name, (kind, shape) in inputs.items()),
            _bytes(12, _value(output, np.float32, sides)),
        ]
        operators = [_bytes(1, b"") + _int(2, _OPERATORS), _bytes(1, RUNTIME.encode()) + _int(2, 1)]
        return (
            _int(1, _IR_VERSION)
            + _bytes(7, b"".join(parts))
            + b"".join(_bytes(8, operator_set) for operator_set in operators)
        )


def open_session(model: bytes | Path, threads: int) -> InferenceSession:
    """Load a file into ONNX Runtime, for so many threads on the CPU."""
    import onnxruntime

    # Only Microsoft's Windows builds would report anything; nothing you look at leaves the machine.
    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Waiting threads sleep: several workers share the cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    given = model if isinstance(model, bytes) else str(model)
    return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])


def _attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name.encode()) + _int(3, value) + _int(20, 2)
    return _bytes(1, name.encode()) + b"".join(_int(8, number) for number in value) + _int(20, 7)


def _value(name: str, kind: type[np.generic], sides: list[int | str]) -> bytes:
    shape = b"".join(
        _bytes(1, _int(1, side) if isinstance(side, int) else _bytes(2, side.encode())) for side in sides
    )
    tensor = _int(1, _KINDS[np.dtype(kind)]) + _bytes(2, shape)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, tensor))


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
