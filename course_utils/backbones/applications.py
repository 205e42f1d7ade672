"""Any network of ``keras.applications``, with the official download and preprocessing inside.

The official weights come from storage.googleapis.com, which not every network reaches: then a
CourseError says so. ``weights=None`` (random numbers) and a local ``.h5`` file need no network.
"""

import copy
from pathlib import Path
from typing import TYPE_CHECKING

from course_utils.backbones import pixels
from course_utils.messages import CourseError

if TYPE_CHECKING:
    import keras

# kind of preprocessing by the beginning of the lower-case name; the longest beginning decides
KINDS = {
    "vgg": "caffe",
    "resnet": "caffe",
    "resnet50v2": "tf",
    "resnet101v2": "tf",
    "resnet152v2": "tf",
    "inception": "tf",
    "xception": "tf",
    "mobilenet": "tf",
    "mobilenetv3": "inside",
    "nasnet": "tf",
    "densenet": "torch",
    "efficientnet": "inside",
    "convnext": "inside",
}
SIZES = {"inception": 299, "xception": 299, "nasnetlarge": 331}
SIZES |= {"efficientnetb1": 240, "efficientnetb2": 260, "efficientnetb3": 300}
SIZES |= {"efficientnetb4": 380, "efficientnetb5": 456, "efficientnetb6": 528}
SIZES |= {"efficientnetb7": 600, "efficientnetv2b1": 240, "efficientnetv2b2": 260}
SIZES |= {"efficientnetv2b3": 300, "efficientnetv2s": 384, "efficientnetv2m": 480}
SIZES |= {"efficientnetv2l": 480}


def _by_beginning(name: str, table: dict, otherwise):
    matching = [key for key in table if name.lower().startswith(key)]
    return table[max(matching, key=len)] if matching else otherwise


def find(name: str):
    """The function of ``keras.applications`` called ``name`` in any case, or None."""
    from keras import applications

    wanted = name.lower().replace("_", "")
    for known in dir(applications):
        function = getattr(applications, known)
        if callable(function) and known.lower() == wanted and kind(known) is not None:
            return function
    return None


def kind(name: str) -> str | None:
    """How ``name`` wants its pixels: a key of ``pixels.TEXTS``."""
    return _by_beginning(name.replace("_", ""), KINDS, None)


def build(
    name: str,
    *,
    include_top: bool,
    pooling: str | None,
    weights: str | Path | None,
    preprocessing: bool,
    size: int | tuple[int | None, int | None] | None,
) -> "keras.Model":
    """The network with raw 0–255 RGB as input; the arguments are those of ``backbones.load``."""
    import keras

    function = find(name)
    name = function.__name__
    size = size or _by_beginning(name, SIZES, 224)
    sides = (size, size) if isinstance(size, int) else tuple(size)
    image = x = keras.Input((*sides, 3), name="image")
    for layer in pixels.layers(kind(name)) if preprocessing else []:
        x = layer(x)
    options = {"include_top": include_top, "pooling": pooling, "input_tensor": x}
    if sides != (None, None) and include_top:
        options["input_shape"] = (*sides, 3)
    network = _call(function, weights, options)
    if kind(name) == "caffe" and weights is not None:
        _kernel_to_rgb(network)
    return keras.Model(image, network.output, name=name.lower())


def _call(function, weights: str | Path | None, options: dict) -> "keras.Model":
    """Call it, and turn a failed download into a message that says what to do."""
    weights = str(weights) if weights is not None else None
    options = copy.copy(options)
    try:
        return function(weights=weights, **options)
    except Exception as error:
        if weights != "imagenet" or "URL fetch failure" not in str(error):
            raise
        name = function.__name__
        raise CourseError(
            f"下载不到 {name} 的官方权重（storage.googleapis.com 连不上）。请改用课程自带的骨干网络，"
            "例如 efficientnet_lite0；或者在别处下载权重文件，用 weights=文件路径 载入。",
            f"The official weights of {name} cannot be downloaded (storage.googleapis.com does not "
            "answer). Use a backbone that the course brings, such as efficientnet_lite0, or get the "
            "weights file elsewhere and give its path as weights=.",
        ) from error


def _kernel_to_rgb(network: "keras.Model") -> None:
    """Turn the first kernel's input channels from BGR to RGB, in place."""
    import keras

    first = next(layer for layer in network.layers if isinstance(layer, keras.layers.Conv2D))
    kernel, *rest = first.get_weights()
    first.set_weights([kernel[:, :, ::-1], *rest])
