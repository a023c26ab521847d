"""The page network as an ONNX file, the form that ONNX Runtime reads; batch norms are folded into convolutions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from imgsim.base.onnx_file import Graph
from imgsim.sources.pages.page_maps import LEAST_HEED

INPUT, OUTPUTS = "page", ("marks", "votes", "whole")
_EPSILON = 1e-5  # of torch's batch norms

State = Mapping[str, np.ndarray]


class _Builder:
    def __init__(self, state: State) -> None:
        self.state, self.graph = state, Graph()

    def array(self, name: str) -> np.ndarray:
        return np.asarray(self.state[name], np.float32)

    def conv(self, name: str, start: str, stride: int = 1, relu: bool = True, output: str = "") -> str:
        """A convolution with its batch norm (`name.0`, `name.1`), or one with a bias (`name`)."""
        if f"{name}.0.weight" in self.state:
            weight, norm = self.array(f"{name}.0.weight"), f"{name}.1"
            factor = self.array(f"{norm}.weight") / np.sqrt(self.array(f"{norm}.running_var") + _EPSILON)
            bias = self.array(f"{norm}.bias") - self.array(f"{norm}.running_mean") * factor
            weight = weight * factor[:, None, None, None]
        else:
            weight, bias, relu = self.array(f"{name}.weight"), self.array(f"{name}.bias"), False
        kernel = weight.shape[2]
        made = self.graph.node(
            "Conv",
            [start, self.graph.constant(f"{name}.w", weight), self.graph.constant(f"{name}.b", bias)],
            output,
            kernel_shape=[kernel] * 2,
            strides=[stride] * 2,
            pads=[kernel // 2] * 4,
        )
        return self.graph.node("Relu", [made]) if relu else made

    def blocks(self, name: str, now: str) -> str:
        """The residual blocks of a stage."""
        number = 0
        while f"{name}.{number}.first.0.weight" in self.state:
            first = self.conv(f"{name}.{number}.first", now)
            second = self.conv(f"{name}.{number}.second", first, relu=False)
            now = self.graph.node("Relu", [self.graph.node("Add", [now, second])])
            number += 1
        return now

    def linear(self, name: str, start: str, output: str = "") -> str:
        weight, bias = (
            self.graph.constant(f"{name}.{part}", self.array(f"{name}.{part}")) for part in ("weight", "bias")
        )
        return self.graph.node("Gemm", [start, weight, bias], output, transB=1)


def page_graph(state: State) -> bytes:
    """The ONNX file of a page network with these weights (the names are PageNetwork's).

    Its input is float32 (n, 1, h, w); its outputs are those of PageNetwork. Raises KeyError where a weight is missing.
    """
    build = _Builder(state)
    graph = build.graph
    now = build.conv("stem", INPUT, stride=2)
    kept = []
    stages = len({name.split(".")[1] for name in state if name.startswith("down.")})
    for stage in range(stages):
        now = build.blocks(f"stages.{stage}", build.conv(f"down.{stage}", now, stride=2))
        kept.append(now)
    mean = graph.node("Flatten", [graph.node("GlobalAveragePool", [now])], axis=1)
    letters = build.conv("letters", kept[1])
    heed = graph.node("Sigmoid", [build.conv("heed", letters)])
    said = graph.node("GlobalAveragePool", [graph.node("Mul", [build.conv("turn", letters), heed])])
    least = graph.constant("least", np.array([LEAST_HEED], np.float32))
    heeded = graph.node("Add", [graph.node("GlobalAveragePool", [heed]), least])
    turn = graph.node("Flatten", [graph.node("Div", [said, heeded])], axis=1)
    graph.node("Concat", [turn, build.linear("page", mean)], OUTPUTS[2], axis=1)
    axes = graph.constant("axes", np.array([2, 3], np.int64))
    whole = graph.node("Unsqueeze", [build.linear("whole", mean), axes])
    now = graph.node("Relu", [graph.node("Add", [now, whole])])
    scales = graph.constant("twice", np.array([1, 1, 2, 2], np.float32))
    for i in range(stages - 1):
        lifted = graph.node(
            "Resize", [build.conv(f"lift.{i}", now), "", scales], mode="nearest",
            coordinate_transformation_mode="asymmetric", nearest_mode="floor",
        )  # fmt: skip
        now = build.conv(f"join.{i}", graph.node("Add", [lifted, build.conv(f"side.{i}", kept[-2 - i])]))
        if i == 1:
            build.conv("votes.1", build.conv("votes.0", now), output=OUTPUTS[1])
    build.conv("marks.1", build.conv("marks.0", now), output=OUTPUTS[0])
    marks, votes, turns = (np.asarray(state[f"{name}.bias"]).size for name in ("marks.1", "votes.1", "turn"))
    return graph.file(
        {INPUT: (np.float32, ["n", 1, "h", "w"])},
        {
            OUTPUTS[0]: ["n", marks, "h4", "w4"],
            OUTPUTS[1]: ["n", votes, "h8", "w8"],
            OUTPUTS[2]: ["n", turns + 1],
        },
    )
