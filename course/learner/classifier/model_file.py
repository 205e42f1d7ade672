"""The trained classifier as one ``.keras`` file.

The model is image → resize → backbone (preprocessing inside) → head → probabilities, all of them
layers of Keras itself, so ``keras.models.load_model("model.keras")`` needs nothing of this course.
It takes raw 0–255 RGB of any size, (batch, height, width, 3).

A ``.keras`` file is a zip archive; the class names are its member ``class_names.json``, and what is
known about the training is ``training.json``:

    json.loads(zipfile.ZipFile("model.keras").read("class_names.json"))

Keras 3.9 is the oldest that loads it: before that, resizing knew no antialiasing.
"""

import json
import struct
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course.learner.classifier import zero_shot
from course_utils import files
from course_utils.messages import CourseError

if TYPE_CHECKING:
    import keras

IMAGENET, MEMBERS = "imagenet", "members"  # layers of a model that knows its classes already
NAMES, TRAINING, CONFIG = "class_names.json", "training.json", "config.json"
OLDEST_KERAS = "3.9"
# Settings that newer versions of Keras write down and older ones do not know, with their values
# when nobody set them: left out of the file, they mean the same to the newer and nothing to the older.
NEWER_KEYS = {
    "input_axes": None,
    "output_axes": None,
    "quantization_config": None,
    "renorm": False,
    "renorm_clipping": None,
    "renorm_momentum": 0.99,
}
# Zip bombs: a sound model is stored as it is, 14 to 25 MB.
MAX_UNPACKED, MAX_RATIO = 1_000_000_000, 20  # bytes; times the file's size


def fuse(
    backbone: "keras.Model",
    kernel: np.ndarray,
    bias: np.ndarray,
    known: zero_shot.Known | None = None,
) -> "keras.Model":
    """image of any size → resize → backbone → head → probabilities (batch, classes).

    known: what ImageNet's own head says of the classes is added to the head's logits.
    """
    import keras

    backbone.trainable = False  # keeps batch normalisation fixed, whatever is done with the model
    height, width = backbone.input_shape[1:3]
    image = keras.Input((None, None, 3), name="image")
    # Keras's image layers take training=True unless told otherwise and hand it on to the layers
    # behind them: in a plain ``model(photos)`` batch normalisation would then learn (Keras 3.15).
    x = keras.layers.Resizing(height, width, antialias=True, name="resize")(image, training=False)
    x = backbone(x, training=False)
    logits = keras.layers.Dense(len(bias), name="head")(x)
    if known is not None:
        logits = keras.layers.Add(name="together")([logits, _known_logits(x, known)])
    model = keras.Model(
        image, keras.layers.Softmax(name="probabilities")(logits), name="classifier"
    )
    model.get_layer("head").set_weights([kernel, bias])
    if known is not None:
        model.get_layer(IMAGENET).set_weights([known.kernel, known.bias])
        model.get_layer(MEMBERS).set_weights([known.members])
    return model


def _known_logits(x, known: zero_shot.Known):
    """``Known.logits`` as layers that are never trained."""
    import keras

    m, n_groups = known.members.shape
    fixed = {"trainable": False}
    shares = keras.layers.Dense(m, activation="softmax", name=IMAGENET, **fixed)(x)
    shares = keras.layers.Dense(n_groups, use_bias=False, name=MEMBERS, **fixed)(shares)
    return keras.ops.log(shares + zero_shot.TINY)


def check_out(out: Path) -> None:
    """Raise CourseError where the model could not be written: asked before the work begins."""
    if not out.is_dir() and out.suffix != ".keras":
        raise CourseError(
            f"--out {out} 应该是以 .keras 结尾的文件名。",
            f"--out {out} should be a file name that ends in .keras.",
        )
    check_place(out, "--out", "model.keras")


def check_place(out: Path, option: str, example: str) -> None:
    """Raise CourseError where no file ``out`` could be written."""
    if out.is_dir():
        raise CourseError(
            f"{option} {out} 是一个文件夹。请给出文件名，例如 {out / example}",
            f"{option} {out} is a folder. Give a file name, for example {out / example}",
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
    try:
        with files.replacing(out, suffix=".keras") as file:
            _write(model, class_names, training, file)
    except (OSError, RuntimeError) as error:  # h5py says RuntimeError when the disk is full
        raise CourseError(
            f"写不了模型 {out}（{error}）。磁盘可能满了；以前的文件（如果有）没有变。请换一个位置再训练，"
            "特征已在缓存里，不用重新提取。",
            f"The model {out} cannot be written ({error}). The disk may be full; an older file is "
            "as it was. Train again to another place: the features are kept, that is fast.",
        ) from error


def _write(
    model: "keras.Model", class_names: tuple[str, ...], training: dict[str, Any], file: Path
) -> None:
    """What Keras saves, without the keys that older versions trip over, and what is ours."""
    import keras

    model.save(file)
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[CONFIG] = json.dumps(json.loads(members[CONFIG], object_hook=_for_older)).encode()
    versions = {"keras": {"saved_with": keras.__version__, "oldest": OLDEST_KERAS}}
    members[NAMES] = json.dumps(class_names, ensure_ascii=False).encode()
    members[TRAINING] = json.dumps(training | versions, ensure_ascii=False, indent=1).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _for_older(config: dict[str, Any]) -> dict[str, Any]:
    missing = object()
    return {k: v for k, v in config.items() if NEWER_KEYS.get(k, missing) != v}


def class_names(file: Path) -> tuple[str, ...]:
    """The class names inside. Raises CourseError for a file that ``course train`` did not write."""
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive, file)
            if (damaged := archive.testzip()) is not None:
                raise ValueError(damaged)
            return _names(json.loads(archive.read(NAMES)))
    except CourseError:
        raise
    except FileNotFoundError as error:
        raise CourseError(
            f"找不到模型文件 {file}。请先运行 `course train --out {file}`。",
            f"There is no model file {file}. Run `course train --out {file}` first.",
        ) from error
    except Exception as error:  # one flipped bit makes zipfile raise any of six kinds
        raise CourseError(
            f"{file} 不是 `course train` 保存的模型，或者文件已损坏。请重新训练。",
            f"{file} is no model saved by `course train`, or it is damaged. Train it again.",
        ) from error


def looks_like_one(file: Path) -> bool:
    """Whether it is an archive with class names inside, whatever the file is called.

    False where there is no file, or it is no archive, or a damaged one.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return NAMES in archive.namelist()
    except (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, struct.error):
        return False


def _names(found: object) -> tuple[str, ...]:
    """Two or more different texts; anything else raises."""
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise TypeError(NAMES)
    if len(set(found)) != len(found) or len(found) < 2:
        raise ValueError(NAMES)
    return tuple(found)


def _check_size(archive: zipfile.ZipFile, file: Path) -> None:
    """Raise CourseError for a zip bomb, by what the file says of itself: nothing is unpacked."""
    size = sum(member.file_size for member in archive.infolist())
    if size > min(MAX_UNPACKED, MAX_RATIO * file.stat().st_size):
        raise CourseError(
            f"{file} 解压后有 {size / 1e6:,.0f} MB，可能是解压炸弹，没有打开。请向来源核实。",
            f"{file} would unpack to {size / 1e6:,.0f} MB: perhaps a decompression bomb, so it was "
            "not opened. Ask where it came from.",
        )


class Classifier:
    """A saved model ready for many photos: the same numbers as the model itself, faster."""

    def __init__(self, file: Path) -> None:
        self.class_names = class_names(file)
        import keras

        from course_utils import backbones

        try:
            model = keras.models.load_model(file, compile=False)
            resize, network = model.layers[1:3]
            self.size: tuple[int, int] = (resize.height, resize.width)
            self.kernel, self.bias = model.get_layer("head").get_weights()
            self.known = _known(model)
            if self.bias.shape != (len(self.class_names),):
                raise ValueError(f"{self.bias.shape} outputs, {len(self.class_names)} class names")
            self.features = backbones.predictor(network)
        except Exception as error:  # Keras raises any kind for a file that somebody has changed
            raise _unloadable(file, error) from error

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) for photos that ``photos.reading.resized`` brought to ``size``."""
        logits = self.logits(self.features(images))
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def logits(self, table: np.ndarray) -> np.ndarray:
        """(n, classes) for features (n, d) of the model's backbone."""
        own = table @ self.kernel + self.bias
        return own if self.known is None else own + self.known.logits(table)


def _known(model: "keras.Model") -> zero_shot.Known | None:
    if not any(layer.name == IMAGENET for layer in model.layers):
        return None
    kernel, bias = model.get_layer(IMAGENET).get_weights()
    return zero_shot.Known(kernel, bias, *model.get_layer(MEMBERS).get_weights())


def _unloadable(file: Path, error: Exception) -> CourseError:
    """Why Keras did not load the model, without Keras's advice to let it run the code inside."""
    import keras

    if "safe_mode" in str(error):
        return CourseError(
            f"模型 {file} 里带有程序代码，`course train` 不会写这样的文件；没有载入。请重新训练。",
            f"The model {file} carries code, which `course train` never writes; it was not loaded. "
            "Train it again.",
        )
    with zipfile.ZipFile(file) as archive:
        try:
            saved = str(json.loads(archive.read("metadata.json"))["keras_version"])
        except (KeyError, ValueError, TypeError):
            saved = "?"
    reason = f"{type(error).__name__}: {' '.join(str(error).split())[-200:]}"
    return CourseError(
        f"无法载入模型 {file}（{reason}）。它由 Keras {saved} 保存，至少需要 {OLDEST_KERAS}；"
        f"这里是 {keras.__version__}。请重新训练。",
        f"The model {file} cannot be loaded ({reason}). Keras {saved} saved it, {OLDEST_KERAS} is "
        f"the oldest that will do; this is {keras.__version__}. Train it again.",
    )
