"""VGG16's convolutional base, the network of many transfer-learning articles.

The layers' names are those of ``keras.applications.VGG16``; the weights are torchvision's, so the
preprocessing is torchvision's too. Source: Simonyan and Zisserman 2015, arXiv:1409.1556.
"""

import numpy as np

from course_utils.backbones.spec import Spec

FAMILY = "vgg16"
PREPROCESSING = "torch"
SPECS = {
    "vgg16": Spec(
        name="vgg16",
        size=224,
        n_features=512,
        n_params=14_714_688,
        n_macs=15_346_630_656,
        asset="vgg16",
        licence="BSD (classifier of the package)",
        preprocessing="(x − mean) / std, mean 123.675 116.28 103.53, std 58.395 57.12 57.375",
        has_top=False,
        blocks_end="block5",
    )
}
# channels of the convolutions in each block; a max pooling follows each block
BLOCKS = [(64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512)]


def conv_names() -> list[str]:
    """The 13 convolutions' layer names in order."""
    return [
        f"block{block}_conv{conv}"
        for block, channels in enumerate(BLOCKS, start=1)
        for conv in range(1, len(channels) + 1)
    ]


def feature_map(x, name: str):
    """From preprocessed photos (batch, 224, 224, 3) to (batch, 7, 7, 512)."""
    from keras import layers

    for block, widths in enumerate(BLOCKS, start=1):
        for conv, channels in enumerate(widths, start=1):
            layer = f"block{block}_conv{conv}"
            x = layers.Conv2D(channels, 3, padding="same", activation="relu", name=layer)(x)
        x = layers.MaxPooling2D(2, name=f"block{block}_pool")(x)
    return x


def classifier(x):
    """VGG16's three dense layers (123 million numbers): probabilities (batch, 1000)."""
    from keras import layers

    x = layers.Flatten(name="head_flatten")(x)
    x = layers.Dense(4096, activation="relu", name="head_dense1")(x)
    x = layers.Dense(4096, activation="relu", name="head_dense2")(x)
    return layers.Dense(1000, activation="softmax", name="head_dense3")(x)


def layer_weights(tensors: dict[str, np.ndarray], name: str) -> dict[str, list[np.ndarray]]:
    """The file's arrays by Keras layer; kernels are HWIO already."""
    return {
        layer: [tensors[f"VGG16_0/Conv_{index}/{part}"] for part in ("kernel", "bias")]
        for index, layer in enumerate(conv_names())
    }
