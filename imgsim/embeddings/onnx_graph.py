"""A residual network as an ONNX file, written by hand: the form that the CPU engine reads.

Only the handful of protobuf fields that such a network uses; writing them takes less than any exporter would, which
needs torch, onnx and more. Numbers in the calls below are field numbers of the ONNX schema (onnx.proto).
"""

from collections.abc import Mapping

import numpy as np

from imgsim.backbones.resnet import Convolution, blocks, folded, stem

INPUT, OUTPUT = "images", "features"
# IR version 8 with operator set 13: old enough for any reader.
_IR_VERSION, _OPERATORS = 8, 13
_FLOAT = 1


def onnx_file(
    architecture: str, channels: int, size: int, dimension: int, state: Mapping[str, np.ndarray]
) -> bytes:
    """Return the ONNX file of a network.

    Its input is float32 (n, channels, size, size), normalised; its output float32 (n, dimension), average-pooled.
    Batch normalisations are folded into the convolutions.
    """
    graph = _Graph(state)
    now = graph.convolution(stem(channels), INPUT)
    now = graph.node("Relu", [now])
    now = graph.node("MaxPool", [now], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for block in blocks(architecture):
        start = now
        for conv in block.convolutions[:-1]:
            now = graph.node("Relu", [graph.convolution(conv, now)])
        now = graph.convolution(block.convolutions[-1], now)
        shortcut = graph.convolution(block.shortcut, start) if block.shortcut else start
        now = graph.node("Relu", [graph.node("Add", [now, shortcut])])
    now = graph.node("GlobalAveragePool", [now])
    graph.node("Flatten", [now], output=OUTPUT, axis=1)
    parts = [
        *(_bytes(1, node) for node in graph.nodes),
        _bytes(2, b"imgsim"),
        *(_bytes(5, tensor) for tensor in graph.tensors),
        _bytes(11, _value(INPUT, ["n", channels, size, size])),
        _bytes(12, _value(OUTPUT, ["n", dimension])),
    ]
    return _int(1, _IR_VERSION) + _bytes(7, b"".join(parts)) + _bytes(8, _bytes(1, b"") + _int(2, _OPERATORS))


class _Graph:
    def __init__(self, state: Mapping[str, np.ndarray]):
        self._state = state
        self.nodes: list[bytes] = []
        self.tensors: list[bytes] = []

    def node(self, operator: str, inputs: list[str], output: str = "", **attributes: int | list[int]) -> str:
        """Add an operator; return the name of its output."""
        name = output or f"{operator}{len(self.nodes)}"
        self.nodes.append(
            b"".join(_bytes(1, value.encode()) for value in inputs)
            + _bytes(2, name.encode())
            + _bytes(3, name.encode())
            + _bytes(4, operator.encode())
            + b"".join(_bytes(5, _attribute(key, value)) for key, value in attributes.items())
        )
        return name

    def convolution(self, conv: Convolution, start: str) -> str:
        weight, bias = folded(conv, self._state)
        names = [f"{conv.name}.weight", f"{conv.name}.bias"]
        self.tensors += [_tensor(name, values) for name, values in zip(names, (weight, bias), strict=True)]
        return self.node(
            "Conv",
            [start, *names],
            kernel_shape=[conv.kernel] * 2,
            strides=[conv.stride] * 2,
            pads=[conv.padding] * 4,
            dilations=[1, 1],
            group=1,
        )


def _attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return _bytes(1, name.encode()) + _int(3, value) + _int(20, 2)
    return _bytes(1, name.encode()) + b"".join(_int(8, number) for number in value) + _int(20, 7)


def _tensor(name: str, values: np.ndarray) -> bytes:
    sides = b"".join(_int(1, side) for side in values.shape)
    return sides + _int(2, _FLOAT) + _bytes(8, name.encode()) + _bytes(9, values.astype("<f4").tobytes())


def _value(name: str, sides: list[int | str]) -> bytes:
    shape = b"".join(
        _bytes(1, _int(1, side) if isinstance(side, int) else _bytes(2, side.encode())) for side in sides
    )
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _int(1, _FLOAT) + _bytes(2, shape)))


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
