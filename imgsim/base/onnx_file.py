"""ONNX files of our own, written by onnx.helper, and read into ONNX Runtime: the form that the CPU engine reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

# IR version 8 with operator set 13: old enough for any reader.
_IR_VERSION, _OPERATORS = 8, 13
# Operators that ONNX Runtime adds to the standard's.
RUNTIME = "com.microsoft"
Sides = Sequence[int | str]  # a name where any number will do


class Graph:
    """A graph under construction: named arrays, and operators that make new ones of them."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._tensors: list[Any] = []

    def node(self, operator: str, inputs: Sequence[str], output: str = "", domain: str = "", **attributes: Any) -> str:
        """Add an operator; return the name of its output."""
        from onnx import helper

        name = output or f"{operator}{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], name, domain=domain or None, **attributes))
        return name

    def constant(self, name: str, values: np.ndarray) -> str:
        """Add an array; return its name."""
        from onnx import numpy_helper

        self._tensors.append(numpy_helper.from_array(values, name))
        return name

    def file(self, inputs: Mapping[str, tuple[type[np.generic], Sides]], outputs: Mapping[str, Sides]) -> bytes:
        """The file: each input's kind and sides, and the sides of each output, all of them float32."""
        from onnx import helper

        def value(name: str, kind: type[np.generic], shape: Sides) -> Any:
            return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(np.dtype(kind)), shape)

        graph = helper.make_graph(
            self._nodes,
            "imgsim",
            [value(name, kind, shape) for name, (kind, shape) in inputs.items()],
            [value(name, np.float32, shape) for name, shape in outputs.items()],
            self._tensors,
        )
        sets = [helper.make_opsetid("", _OPERATORS), helper.make_opsetid(RUNTIME, 1)]
        model = helper.make_model(graph, opset_imports=sets, ir_version=_IR_VERSION)
        return bytes(model.SerializeToString(deterministic=True))


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
