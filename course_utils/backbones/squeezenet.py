"""SqueezeNet 1.1: 1.2 million numbers, with its 1,000-class head, which has no dense layer.

Source: Iandola et al. 2016, arXiv:1602.07360; the weights are the Caffe model's, converted to Keras.
Caffe's BGR order is undone in the first kernel, see pixels.py.
"""

import numpy as np

from course_utils.backbones.spec import Spec

FAMILY = "squeezenet"
PREPROCESSING = "caffe"
SPECS = {
    "squeezenet": Spec(
        name="squeezenet",
        size=227,
        n_features=512,
        n_params=722_496,
        n_macs=266_012_352,
        asset="squeezenet",
        licence="BSD (package)",
        preprocessing="x − mean, mean 123.68 116.779 103.939; kernels in RGB order",
        has_top=True,
        blocks_end="block9",
    )
}
# (squeezed channels, channels of each of the two expansions) of fire 2 to 9
FIRES = {
    2: (16, 64),
    3: (16, 64),
    4: (32, 128),
    5: (32, 128),
    6: (48, 192),
    7: (48, 192),
    8: (64, 256),
    9: (64, 256),
}


def _fire(x, number: int):
    """Squeeze by 1×1, then expand by 1×1 and 3×3 side by side."""
    from keras import layers

    squeezed, expanded = FIRES[number]
    name = f"block{number}"
    x = layers.Conv2D(squeezed, 1, activation="relu", name=f"{name}_squeeze_conv")(x)
    left = layers.Conv2D(expanded, 1, activation="relu", name=f"{name}_expand1_conv")(x)
    right = f"{name}_expand3_conv"
    right = layers.Conv2D(expanded, 3, padding="same", activation="relu", name=right)(x)
    return layers.Concatenate(name=f"{name}_concat")([left, right])


def feature_map(x, name: str):
    """From preprocessed photos (batch, 227, 227, 3) to (batch, 13, 13, 512)."""
    from keras import layers

    x = layers.Conv2D(64, 3, 2, activation="relu", name="stem_conv")(x)
    x = layers.MaxPooling2D(3, 2, name="stem_pool")(x)
    for number in FIRES:
        x = _fire(x, number)
        if number in (3, 5):
            x = layers.MaxPooling2D(3, 2, name=f"block{number}_pool")(x)
    return x


def classifier(x):
    """The 1,000-class head on top of the feature map: probabilities (batch, 1000)."""
    from keras import layers

    x = layers.Dropout(0.5, name="head_dropout")(x)
    x = layers.Conv2D(1000, 1, activation="relu", name="head_conv")(x)
    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    return layers.Softmax(name="head_softmax")(x)


def layer_weights(tensors: dict[str, np.ndarray], name: str) -> dict[str, list[np.ndarray]]:
    """The file's arrays by Keras layer; the first kernel's input channels from BGR to RGB."""

    def pair(source: str) -> list[np.ndarray]:
        kernel, bias = sorted(
            (key for key in tensors if f"/{key}".endswith((f"/{source}_W:0", f"/{source}_b:0"))),
        )
        return [tensors[kernel], tensors[bias]]

    stem_kernel, stem_bias = pair("conv1")
    found = {"stem_conv": [stem_kernel[:, :, ::-1], stem_bias], "head_conv": pair("conv10")}
    for number in FIRES:
        found[f"block{number}_squeeze_conv"] = pair(f"fire{number}/squeeze1x1")
        found[f"block{number}_expand1_conv"] = pair(f"fire{number}/expand1x1")
        found[f"block{number}_expand3_conv"] = pair(f"fire{number}/expand3x3")
    return found
