"""EfficientNet-Lite of this course as an ONNX graph, for comparing speeds with ONNX Runtime.

Batch normalisation is folded before, so the graph is what a good exporter would write:
convolutions with bias, Clip for ReLU6, Add, and global average pooling, in NCHW.
"""

from pathlib import Path

import keras
import numpy as np
import onnx
from onnx import helper, numpy_helper

from course_utils import backbones


def write(model: keras.Model, file: Path) -> None:
    """``model`` (raw 0–255 RGB → pooled features) as an ONNX file with input (n, h, w, 3)."""
    model = backbones.fold_batch_norm(model)
    names: dict[int, str] = {}
    nodes, values = [], []
    for layer in model.layers:
        inputs = layer.input if isinstance(layer.input, list) else [layer.input]
        read = [names.get(id(tensor), "image") for tensor in inputs]
        add = ADD[type(layer)]
        added, constants = add(layer, read)
        nodes, values = nodes + added, values + constants
        names[id(layer.output)] = added[-1].output[0] if added else "image"
    height, width = model.input_shape[1:3]
    shapes = ["n", height, width, 3], ["n", model.output_shape[-1]]
    ends = zip(("image", names[id(model.output)]), shapes, strict=True)
    first, last = (helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, s) for n, s in ends)
    graph = helper.make_graph(nodes, model.name, [first], [last], values)
    found = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(found)
    onnx.save(found, file)


def _constant(name: str, value) -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(value, np.float32), name)


def _image(layer, read):
    return [], []


def _rescaling(layer, read):
    own = layer.name
    nodes = [
        helper.make_node("Mul", [read[0], f"{own}_scale"], [f"{own}_scaled"]),
        helper.make_node("Add", [f"{own}_scaled", f"{own}_offset"], [f"{own}_nhwc"]),
        helper.make_node("Transpose", [f"{own}_nhwc"], [own], perm=[0, 3, 1, 2]),
    ]
    numbers = {"scale": layer.scale, "offset": layer.offset}
    return nodes, [_constant(f"{own}_{key}", value) for key, value in numbers.items()]


def _convolution(layer, read):
    """Keras kernels are (h, w, in, out), depthwise (h, w, channels, 1); ONNX wants (out, in, h, w)."""
    own, (kernel, bias) = layer.name, layer.get_weights()
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    kernel = kernel.transpose((2, 3, 0, 1) if depthwise else (3, 2, 0, 1))
    padding = "SAME_UPPER" if layer.padding == "same" else "VALID"
    node = helper.make_node(
        "Conv",
        [read[0], f"{own}_kernel", f"{own}_bias"],
        [own],
        strides=list(layer.strides),
        auto_pad=padding,
        group=len(kernel) if depthwise else 1,
    )
    return [node], [_constant(f"{own}_kernel", kernel), _constant(f"{own}_bias", bias)]


def _relu(layer, read):
    limits = [f"{layer.name}_min", f"{layer.name}_max"]
    values = [_constant(limits[0], 0.0), _constant(limits[1], layer.max_value)]
    return [helper.make_node("Clip", [read[0], *limits], [layer.name])], values


def _add(layer, read):
    return [helper.make_node("Add", read, [layer.name])], []


def _pool(layer, read):
    nodes = [
        helper.make_node("GlobalAveragePool", read, [f"{layer.name}_4d"]),
        helper.make_node("Flatten", [f"{layer.name}_4d"], [layer.name]),
    ]
    return nodes, []


ADD = {
    keras.layers.InputLayer: _image,
    keras.layers.Rescaling: _rescaling,
    keras.layers.Conv2D: _convolution,
    keras.layers.DepthwiseConv2D: _convolution,
    keras.layers.ReLU: _relu,
    keras.layers.Add: _add,
    keras.layers.GlobalAveragePooling2D: _pool,
}
