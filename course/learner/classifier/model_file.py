"""The trained classifier as one ``.keras`` file.

The model is image → resize → backbone (preprocessing inside) → head → probabilities, all of them
layers of Keras itself, so ``keras.models.load_model("model.keras")`` needs nothing of this course.
It takes raw 0–255 RGB of any size, (batch, height, width, 3).

A ``.keras`` file is a zip archive; the class names are its member ``class_names.json``, and what is
known about the training is ``training.json``:

    json.loads(zipfile.ZipFile("model.keras").read("class_names.json"))
"""

import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import files
from course_utils.messages import CourseError

if TYPE_CHECKING:
    import keras

NAMES, TRAINING = "class_names.json", "training.json"


def fuse(backbone: "keras.Model", kernel: np.ndarray, bias: np.ndarray) -> "keras.Model":
    """image of any size → resize → backbone → head → probabilities (batch, classes)."""
    import keras

    backbone.trainable = False  # keeps batch normalisation fixed, whatever is done with the model
    height, width = backbone.input_shape[1:3]
    image = keras.Input((None, None, 3), name="image")
    # Keras's image layers take training=True unless told otherwise and hand it on to the layers
    # behind them: in a plain ``model(photos)`` batch normalisation would then learn (Keras 3.15).
    x = keras.layers.Resizing(height, width, antialias=True, name="resize")(image, training=False)
    x = backbone(x, training=False)
    x = keras.layers.Dense(len(bias), name="head")(x)
    x = keras.layers.Softmax(name="probabilities")(x)
    model = keras.Model(image, x, name="classifier")
    model.get_layer("head").set_weights([kernel, bias])
    return model


def check_out(out: Path) -> None:
    """Raise CourseError where the model could not be written: asked before the work begins."""
    if out.suffix != ".keras" or out.is_dir():
        raise CourseError(
            f"--out {out} 应该是以 .keras 结尾的文件名。",
            f"--out {out} should be a file name that ends in .keras.",
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out.parent):
            pass
    except OSError as error:
        raise CourseError(
            f"无法写入文件夹 {out.parent}（{error}）。请换一个位置。",
            f"The folder {out.parent} cannot be written to ({error}). Choose another place.",
        ) from error


def save(
    model: "keras.Model", class_names: tuple[str, ...], training: dict[str, Any], out: Path
) -> None:
    """Write the file in one step: an interrupted save leaves the older file as it was."""
    with files.replacing(out, suffix=".keras") as file:
        model.save(file)
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(NAMES, json.dumps(class_names, ensure_ascii=False))
            archive.writestr(TRAINING, json.dumps(training, ensure_ascii=False, indent=1))


def class_names(file: Path) -> tuple[str, ...]:
    """The class names inside. Raises CourseError for a file that ``course train`` did not write."""
    try:
        with zipfile.ZipFile(file) as archive:
            return tuple(json.loads(archive.read(NAMES)))
    except FileNotFoundError as error:
        raise CourseError(
            f"找不到模型文件 {file}。请先运行 `course train --out {file}`。",
            f"There is no model file {file}. Run `course train --out {file}` first.",
        ) from error
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise CourseError(
            f"{file} 不是 `course train` 保存的模型，或者文件已损坏。请重新训练。",
            f"{file} is no model saved by `course train`, or it is damaged. Train it again.",
        ) from error


class Classifier:
    """A saved model ready for many photos: the same numbers as the model itself, faster."""

    def __init__(self, file: Path) -> None:
        self.class_names = class_names(file)
        import keras

        from course_utils import backbones

        try:
            model = keras.models.load_model(file, compile=False)
            resize, network, head = model.layers[1:4]
            self.size: tuple[int, int] = (resize.height, resize.width)
            self.kernel, self.bias = head.get_weights()
        except (ValueError, OSError, AttributeError, KeyError) as error:
            raise CourseError(
                f"无法载入模型 {file}（{error}）。请重新训练。",
                f"The model {file} cannot be loaded ({error}). Train it again.",
            ) from error
        self.features = backbones.predictor(network)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) for photos that ``photos.reading.resized`` brought to ``size``."""
        logits = self.features(images) @ self.kernel + self.bias
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)
