"""Preprocessing as ordinary Keras layers: it travels inside the model and cannot be forgotten.

Every backbone takes raw RGB values 0–255. Where the authors trained on BGR, the first kernel's input
channels are put into RGB order when the weights are read, so no model of the course flips channels.
"""

import numpy as np

from course_utils.messages import CourseError

# Which of these a network was trained with decides what it sees: the wrong one costs accuracy
# silently. Means and deviations are in 0–255 units, in the order R, G, B.
TORCH_MEAN = [123.675, 116.28, 103.53]
TORCH_STD = [58.395, 57.12, 57.375]
CAFFE_MEAN = [123.68, 116.779, 103.939]

TEXTS = {
    "lite": "(x − 127) / 128",
    "tf": "x / 127.5 − 1",
    "torch": "(x − mean) / std, mean 123.675 116.28 103.53, std 58.395 57.12 57.375",
    "caffe": "x − mean, mean 123.68 116.779 103.939; kernels in RGB order",
}


def layers(kind: str | None) -> list:
    """The preprocessing ``kind`` (a key of TEXTS; None: none) as at most one Keras layer."""
    from keras import layers as keras_layers

    name = "preprocessing"
    if kind == "lite":
        return [keras_layers.Rescaling(1 / 128, offset=-127 / 128, name=name)]
    if kind == "tf":
        return [keras_layers.Rescaling(1 / 127.5, offset=-1.0, name=name)]
    if kind == "torch":
        variance = [value**2 for value in TORCH_STD]
        return [keras_layers.Normalization(mean=TORCH_MEAN, variance=variance, name=name)]
    if kind == "caffe":
        return [keras_layers.Normalization(mean=CAFFE_MEAN, variance=[1.0] * 3, name=name)]
    return []


def check_raw(images: np.ndarray) -> None:
    """Raise CourseError when ``images`` are not raw 0–255 RGB: the mark of preprocessing twice.

    Shape (..., height, width, 3), any numeric type. A photo whose brightest value is at most 1.5, or
    with clearly negative values, has been divided or normalised before.
    """
    images = np.asarray(images)
    if images.ndim < 3 or images.shape[-1] != 3:
        raise CourseError(
            f"形状 {images.shape} 不是 RGB 照片。请给出 (数量, 高, 宽, 3)。",
            f"The shape {images.shape} is no RGB photo. Give (count, height, width, 3).",
        )
    if images.size and (images.min() < -1 or 0 < images.max() <= 1.5 or images.max() > 256):
        raise CourseError(
            f"像素值在 {images.min():.2f} 到 {images.max():.2f} 之间，看来已经预处理过。"
            "模型内部已含预处理：请直接给出 0–255 的原始 RGB。",
            f"The pixel values run from {images.min():.2f} to {images.max():.2f}: they seem to be "
            "preprocessed already. Preprocessing is inside the model: give raw 0–255 RGB.",
        )
