"""MobileNetV2 as in torchvision, with its 1,000-class head.

torchvision pads symmetrically, TensorFlow's "same" padding does not where the stride is 2: so each
such convolution has its own ZeroPadding2D. Source: Sandler et al. 2018, arXiv:1801.04381, and
``torchvision/models/mobilenetv2.py``.
"""

import numpy as np

from course_utils.backbones.parts import pooled_classifier
from course_utils.backbones.spec import Spec

FAMILY = "mobilenet_v2"
PREPROCESSING = "torch"
SPECS = {
    "mobilenet_v2": Spec(
        name="mobilenet_v2",
        size=224,
        n_features=1280,
        n_params=2_257_984,
        n_macs=299_494_272,
        asset="mobilenet_v2",
        licence="MIT (package); torchvision: BSD-3-Clause",
        preprocessing="(x − mean) / std, mean 123.675 116.28 103.53, std 58.395 57.12 57.375",
        has_top=True,
        blocks_end="block17",
    )
}
# expansion, channels, repeats, stride of the first
STAGES = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


def block_settings() -> list[tuple[int, int, int]]:
    """(expansion, channels, stride) of each of the 17 inverted residual blocks."""
    return [
        (expansion, channels, stride if repeat == 0 else 1)
        for expansion, channels, repeats, stride in STAGES
        for repeat in range(repeats)
    ]


def _norm(x, name: str):
    from keras import layers

    return layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=name)(x)


def _norm_relu(x, name: str):
    from keras import layers

    return layers.ReLU(max_value=6.0, name=f"{name}_relu")(_norm(x, f"{name}_bn"))


def _block(x, setting: tuple[int, int, int], name: str):
    """Inverted residual: expand 1×1, depthwise 3×3, project 1×1, add where shapes agree."""
    from keras import layers

    expansion, channels, stride = setting
    before = x
    if expansion != 1:
        wide = before.shape[-1] * expansion
        x = layers.Conv2D(wide, 1, use_bias=False, name=f"{name}_expand_conv")(x)
        x = _norm_relu(x, f"{name}_expand")
    x = layers.ZeroPadding2D(1, name=f"{name}_depthwise_pad")(x)
    depthwise = f"{name}_depthwise_conv"
    x = layers.DepthwiseConv2D(3, stride, use_bias=False, name=depthwise)(x)
    x = _norm_relu(x, f"{name}_depthwise")
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = _norm(x, f"{name}_project_bn")
    if stride == 1 and before.shape[-1] == channels:
        x = layers.Add(name=f"{name}_add")([x, before])
    return x


def feature_map(x, name: str):
    """From preprocessed photos (batch, size, size, 3) to (batch, size/32, size/32, 1280)."""
    from keras import layers

    x = layers.ZeroPadding2D(1, name="stem_pad")(x)
    x = layers.Conv2D(32, 3, 2, use_bias=False, name="stem_conv")(x)
    x = _norm_relu(x, "stem")
    for index, setting in enumerate(block_settings(), start=1):
        x = _block(x, setting, f"block{index}")
    x = layers.Conv2D(1280, 1, use_bias=False, name="head_conv")(x)
    return _norm_relu(x, "head")


classifier = pooled_classifier


def layer_weights(tensors: dict[str, np.ndarray], name: str) -> dict[str, list[np.ndarray]]:
    """The checkpoint's tensors by Keras layer; kernels from OIHW to HWIO."""
    found: dict[str, list[np.ndarray]] = {}

    def conv_norm(layer: str, conv: str, norm: str, axes=(2, 3, 1, 0)) -> None:
        found[f"{layer}_conv"] = [tensors[f"{conv}.weight"].transpose(axes)]
        parts = ("weight", "bias", "running_mean", "running_var")
        found[f"{layer}_bn"] = [tensors[f"{norm}.{part}"] for part in parts]

    conv_norm("stem", "features.0.0", "features.0.1")
    conv_norm("head", "features.18.0", "features.18.1")
    found["head_dense"] = [tensors["classifier.1.weight"].T, tensors["classifier.1.bias"]]
    for index, (expansion, _, _) in enumerate(block_settings(), start=1):
        layer, source = f"block{index}", f"features.{index}.conv"
        if expansion != 1:
            conv_norm(f"{layer}_expand", f"{source}.0.0", f"{source}.0.1")
        at = 0 if expansion == 1 else 1
        depthwise = f"{source}.{at}"
        # depthwise kernels: (C,1,k,k) → (k,k,C,1)
        conv_norm(f"{layer}_depthwise", f"{depthwise}.0", f"{depthwise}.1", (2, 3, 0, 1))
        conv_norm(f"{layer}_project", f"{source}.{at + 1}", f"{source}.{at + 2}")
    return found
