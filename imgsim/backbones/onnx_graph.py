"""A residual network as an ONNX file, the form that the CPU engine reads."""

from collections.abc import Mapping

import numpy as np

from imgsim.backbones.resnet import LEAST, Convolution, blocks, folded, stem
from imgsim.base.onnx_file import Graph

INPUT, OUTPUT = "images", "features"


def onnx_file(
    architecture: str, channels: int, size: int, dimension: int, state: Mapping[str, np.ndarray], power: float = 1.0
) -> bytes:
    """Return the ONNX file of a network.

    Its input is float32 (n, channels, size, size), normalised; its output float32 (n, dimension), pooled by the
    generalised mean of this power.
    Batch normalisations are folded into the convolutions.
    """
    graph = Graph()

    def convolution(conv: Convolution, start: str) -> str:
        weight, bias = (np.asarray(values, np.float32) for values in folded(conv, state))
        return graph.node(
            "Conv",
            [start, graph.constant(f"{conv.name}.weight", weight), graph.constant(f"{conv.name}.bias", bias)],
            kernel_shape=[conv.kernel] * 2,
            strides=[conv.stride] * 2,
            pads=[conv.padding] * 4,
            dilations=[1, 1],
            group=1,
        )

    now = convolution(stem(channels), INPUT)
    now = graph.node("Relu", [now])
    now = graph.node("MaxPool", [now], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    for block in blocks(architecture):
        start = now
        for conv in block.convolutions[:-1]:
            now = graph.node("Relu", [convolution(conv, now)])
        now = convolution(block.convolutions[-1], now)
        shortcut = convolution(block.shortcut, start) if block.shortcut else start
        now = graph.node("Relu", [graph.node("Add", [now, shortcut])])
    if power == 1:
        now = graph.node("GlobalAveragePool", [now])
    else:
        least, up, down = (np.array(value, np.float32) for value in (LEAST, power, 1 / power))
        now = graph.node("Max", [now, graph.constant("least", least)])
        now = graph.node("GlobalAveragePool", [graph.node("Pow", [now, graph.constant("power", up)])])
        now = graph.node("Pow", [now, graph.constant("root", down)])
    graph.node("Flatten", [now], output=OUTPUT, axis=1)
    return graph.file({INPUT: (np.float32, ["n", channels, size, size])}, {OUTPUT: ["n", dimension]})
