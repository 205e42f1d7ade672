"""ResNet50 without head: the architecture and the layer names of ``keras.applications``.

Source: He et al. 2016, arXiv:1512.03385. Caffe's BGR order is undone in the first kernel, see
pixels.py. A stage of the network (conv2 to conv5) is one block in ``backbones.blocks``.
"""

from pathlib import Path

import numpy as np

from course_utils.backbones.spec import Spec

FAMILY = "resnet50"
PREPROCESSING = "caffe"
SPECS = {
    "resnet50": Spec(
        name="resnet50",
        size=224,
        n_features=2048,
        n_params=23_587_712,
        n_macs=3_855_925_248,
        asset="resnet50",
        licence="ISC (package)",
        preprocessing="x − mean, mean 123.68 116.779 103.939; kernels in RGB order",
        has_top=False,
        blocks_end="block5",
    )
}


def feature_map(x, name: str):
    """From preprocessed photos (batch, 224, 224, 3) to (batch, 7, 7, 2048)."""
    from keras import applications

    return applications.ResNet50(include_top=False, weights=None, input_tensor=x).output


def classifier(x):
    """The 1,000-class head on top of the feature map: probabilities (batch, 1000)."""
    from keras import layers

    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    return layers.Dense(1000, activation="softmax", name="head_dense")(x)


def weights_file(name: str) -> Path:
    """The folder with ``model.json`` and its shards, fetched when it is not there yet."""
    from course_utils import assets

    return assets.fetch(SPECS[name].asset)


def layer_weights(tensors: dict[str, np.ndarray], name: str) -> dict[str, list[np.ndarray]]:
    """The file's arrays by Keras layer; the first kernel's input channels from BGR to RGB."""
    found: dict[str, list[np.ndarray]] = {}
    for key, values in tensors.items():  # kernel before bias, gamma, beta, mean, variance
        found.setdefault(key.rpartition("/")[0], []).append(values)
    kernel, bias = found["conv1_conv"]
    found["conv1_conv"] = [kernel[:, :, ::-1], bias]
    return found
