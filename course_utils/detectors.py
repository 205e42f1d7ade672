"""Detectors of mistakes that raise no error: a line each, for any Keras model.

>>> before = snapshot(model)                     # doctest: +SKIP
>>> history = model.fit(train, epochs=3)         # doctest: +SKIP
>>> frozen_kept(model, before)                   # doctest: +SKIP
>>> unfrozen_moved(model, before)                # doctest: +SKIP

Each returns None and prints nothing when all is right, and raises SilentMistake, which says in both
languages what happened and what to do, when it is not.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.messages import CourseError

if TYPE_CHECKING:
    import keras

RAW = (0.0, 255.0)
# A batch of photos holds dark and bright pixels: its values reach into the outer quarters of their
# range, and beyond it only by rounding and interpolation.
REACH, BEYOND = 0.25, 0.05


class SilentMistake(CourseError):
    """A mistake that trains, predicts and reports without an error."""


# ------------------------------------------------------------- what training did to the weights


@dataclass(frozen=True)
class Snapshot:
    """Weights as they were: their variables, values, and which of them a frozen layer held."""

    variables: tuple[Any, ...]
    values: tuple[np.ndarray, ...]
    frozen: frozenset[int]

    def changed(self) -> set[int]:
        """``id`` of each variable that no longer has its value."""
        pairs = zip(self.variables, self.values, strict=True)
        return {id(v) for v, value in pairs if not np.array_equal(np.asarray(v), value)}


def snapshot(model: "keras.Model") -> Snapshot:
    """Copies of all weights of a built model, and which layers are frozen now."""
    frozen = {
        id(weight) for layer in _leaves(model) if not layer.trainable for weight in layer.weights
    }
    weights = tuple(model.weights)
    return Snapshot(weights, tuple(np.asarray(w).copy() for w in weights), frozenset(frozen))


def frozen_kept(model: "keras.Model", before: Snapshot) -> None:
    """Raise SilentMistake when a layer that was frozen at ``before`` has other weights now."""
    _same_model(model, before)
    moved = before.changed() & before.frozen
    if names := [layer.name for layer in _leaves(model) if _holds(layer, moved)]:
        raise SilentMistake(
            f"本应冻结的权重变了：{_some(names)}。设置 trainable = False 之后要重新 model.compile()，"
            "再从原来的权重开始训练。",
            f"Weights that were frozen have changed: {_some(names)}. Call model.compile() again "
            "after setting trainable = False, and start from the original weights.",
        )


def unfrozen_moved(model: "keras.Model", before: Snapshot) -> None:
    """Raise SilentMistake when a layer that is trainable now still has all its old weights."""
    _same_model(model, before)
    changed = before.changed()
    still = [
        layer.name
        for layer in _leaves(model)
        if layer.trainable_weights and not _holds(layer, changed, trainable=True)
    ]
    if still:
        raise SilentMistake(
            f"可训练的层没有动：{_some(still)}。解冻之后要重新 model.compile()；"
            "如果已经编译过，请检查学习率和梯度是否为 0。",
            f"Trainable layers have not moved: {_some(still)}. Call model.compile() again after "
            "unfreezing; if you did, see whether the learning rate or the gradient is zero.",
        )


def batch_norm_kept(model: "keras.Model", before: Snapshot) -> None:
    """Raise SilentMistake when moving statistics of a BatchNormalization layer have changed.

    In Keras 3 only ``layer.trainable = False`` holds them during ``fit``.
    """
    import keras

    _same_model(model, before)
    changed = before.changed()
    moved = [
        layer.name
        for layer in _leaves(model)
        if isinstance(layer, keras.layers.BatchNormalization)
        and {id(layer.moving_mean), id(layer.moving_variance)} & changed
    ]
    if moved:
        raise SilentMistake(
            f"BatchNorm 的滑动统计量变了：{_some(moved)}。请对这些层设置 trainable = False，"
            "再 model.compile()，并从原来的权重开始。",
            f"Moving statistics of BatchNorm have changed: {_some(moved)}. Set trainable = False "
            "on these layers, call model.compile() and start from the original weights.",
        )


def recompiled(model: "keras.Model") -> None:
    """Raise SilentMistake when ``trainable`` was changed and ``compile`` not called since.

    The training step is made at the first ``fit`` and keeps the variables that were trainable then.
    """
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None or not optimizer.built:
        return  # the step is yet to be made: it will see what is trainable by then
    known = {id(variable) for variable in _private(optimizer, "_trainable_variables")}
    now = {id(variable) for variable in model.trainable_variables}
    if known != now:
        raise SilentMistake(
            f"优化器更新 {len(known)} 个变量，模型现在有 {len(now)} 个可训练变量：改过 trainable 之后"
            "没有重新编译。请先 model.compile() 再 fit。",
            f"The optimizer updates {len(known)} variables, the model has {len(now)} trainable ones "
            "now: trainable was changed without compiling. Call model.compile() before fit.",
        )


def _private(thing: Any, name: str) -> Any:
    """An attribute for which Keras has no public name; CourseError where this Keras has none."""
    try:
        return getattr(thing, name)
    except AttributeError:
        version = metadata.version("keras")
        raise CourseError(
            f"这个检查用到 Keras 内部的 {name}，而 Keras {version} 里没有它。请用 requirements.lock 里的版本。",
            f"This detector needs {name} inside Keras, which Keras {version} does not have. Use the "
            "version in requirements.lock.",
        ) from None


def _leaves(model: "keras.Model") -> list:
    """The layers that hold weights themselves, however deeply models are nested; in their order."""
    place = {id(weight): k for k, weight in enumerate(model.weights)}
    layers = _private(model, "_flatten_layers")(include_self=False)
    found = [layer for layer in layers if layer.weights and not getattr(layer, "layers", None)]
    return sorted(found, key=lambda layer: place[id(layer.weights[0])])


def _holds(layer: Any, ids: set[int], trainable: bool = False) -> bool:
    weights = layer.trainable_weights if trainable else layer.weights
    return any(id(weight) in ids for weight in weights)


def _same_model(model: "keras.Model", before: Snapshot) -> None:
    if {id(v) for v in model.weights} != {id(v) for v in before.variables}:
        raise CourseError(
            "这份快照属于另一个模型，或者模型之后换了层。请在训练前对同一个模型调用 snapshot(model)。",
            "This snapshot is of another model, or layers were exchanged since. Call "
            "snapshot(model) on this very model before training.",
        )


def _some(names: Sequence[str], most: int = 3) -> str:
    """The first names, and how many there are."""
    return ", ".join(names[:most]) + (f", … ({len(names)})" if len(names) > most else "")


# ------------------------------------------------------------------------- what the model is shown


def input_range(
    model: "keras.Model", images: np.ndarray, expected: tuple[float, float] | None = None
) -> None:
    """Raise SilentMistake when the values of ``images`` do not fit what the network was trained on.

    images: a batch of photos (n, height, width, 3), better 8 or more than one. expected: lowest and
    highest value the network takes, needed only for a bare network that the course does not know.
    """
    values = np.asarray(images, np.float32)
    values, expected = (values, expected) if expected else _at_network(model, values)
    low, high = expected
    room = high - low
    least, most = float(values.min()), float(values.max())
    fits = low - BEYOND * room <= least <= low + REACH * room
    if not (fits and high - REACH * room <= most <= high + BEYOND * room):
        raise SilentMistake(
            f"网络看到的像素值在 {least:.4g} 到 {most:.4g} 之间，它训练时用的是 {low:.4g} 到 {high:.4g}："
            "预处理少了、多了或者不是它的。请只用一次这个网络自己的预处理。",
            f"The network is shown values from {least:.4g} to {most:.4g}; it was trained on "
            f"{low:.4g} to {high:.4g}: preprocessing is missing, doubled or another network's. Apply "
            "this network's own, once.",
        )


def _at_network(model: "keras.Model", values: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """The values that reach the pretrained network in ``model``, and the range it expects."""
    import keras

    scaled, first = False, values
    if expected := _known_range(model):
        return values, expected
    for layer in model.layers:
        if isinstance(layer, keras.Model) and (expected := _known_range(layer)):
            return values, expected
        if isinstance(layer, keras.Model) and any(map(_scales, layer.layers)):
            return values, RAW
        if layer.weights and not isinstance(layer, keras.layers.Normalization):
            break
        scaled |= _scales(layer)
        if not isinstance(layer, keras.layers.InputLayer):
            values = np.asarray(layer(values, training=False))
    if scaled:  # it prepares its photos itself
        return first, RAW
    raise CourseError(
        f"不知道 {model.name} 训练时的像素范围。请写 expected=(最小值, 最大值)，例如 expected=(-1, 1)。",
        f"The range that {model.name} was trained on is not known. Give expected=(lowest, highest), "
        "for example expected=(-1, 1).",
    )


def _known_range(network: "keras.Model") -> tuple[float, float] | None:
    """Lowest and highest value that a pretrained network takes, None for another network."""
    from course_utils import backbones

    try:
        layers = backbones.preprocessing(network.name)
    except CourseError:
        return None
    if any(map(_scales, network.layers)):
        return RAW
    ends = np.array(RAW, np.float32).reshape(2, 1, 1, 1) * np.ones(3, np.float32)
    for layer in layers:
        ends = np.asarray(layer(ends))
    return float(ends.min()), float(ends.max())


def _scales(layer: Any) -> bool:
    import keras

    return isinstance(layer, keras.layers.Rescaling | keras.layers.Normalization)


def augmentation_varies(dataset: Iterable) -> None:
    """Raise SilentMistake when two passes over the training batches give the very same images.

    dataset: batches of images or of (images, labels, …) that can be gone through twice.
    """
    if _share_again(dataset) == 1:
        raise SilentMistake(
            "两轮得到的图片完全一样：没有增强，或者 cache() 放在了增强后面。请先 cache() 再增强。",
            "Two epochs give the very same images: there is no augmentation, or cache() stands "
            "behind it. Call cache() first, then augment.",
        )


def augmentation_off(dataset: Iterable) -> None:
    """Raise SilentMistake when two passes over validation or test batches give other images."""
    share = _share_again(dataset)
    if share < 1:
        raise SilentMistake(
            f"验证数据两轮不一样：{1 - share:.0%} 的图片变了。验证和测试时不要增强。",
            f"The validation data differ between two passes: {1 - share:.0%} of the images changed. "
            "Do not augment when validating or testing.",
        )


def _share_again(dataset: Iterable) -> float:
    """The share of the second pass's images that the first pass had, too, in whatever order."""
    if iter(dataset) is dataset:
        raise CourseError(
            "这是只能走一遍的生成器。请给出可以重复遍历的数据集，例如 tf.data.Dataset。",
            "This is a generator, good for one pass. Give a dataset that can be gone through again, "
            "such as a tf.data.Dataset.",
        )
    first, second = (list(_digests(dataset)) for _ in range(2))
    if not second:
        raise CourseError("数据集里没有图片。请检查路径。", "The dataset is empty. Check its path.")
    seen = set(first)
    return sum(digest in seen for digest in second) / len(second)


def _digests(dataset: Iterable) -> Iterator[bytes]:
    for batch in dataset:
        images = batch[0] if isinstance(batch, tuple | list) else batch
        for image in np.asarray(images):
            yield hashlib.sha256(np.ascontiguousarray(image).data).digest()


# ----------------------------------------------------------------------------- splits and labels


def no_shared_photos(train: Sequence[str | Path], test: Sequence[str | Path]) -> None:
    """Raise SilentMistake when a photo of ``train`` is in ``test``, too, exactly or nearly.

    train, test: files, or PhotoSets. Near: another size, compression or brightness of the same
    picture (photos.near_duplicates). Raises BadPhoto for a file that cannot be read.
    """
    from course_utils import photos

    ours, theirs = (_files(split) for split in (train, test))
    shared = set(ours) & set(theirs)
    groups = [[path, path] for path in sorted(shared)]
    for group in photos.near_duplicates([*ours, *(path for path in theirs if path not in shared)]):
        left, right = (next((p for p in group if p in side), None) for side in (ours, theirs))
        if left and right and left != right:
            groups.append([left, right])
    if groups:
        left, right = groups[0]
        raise SilentMistake(
            f"有 {len(groups)} 张照片同时在训练集和测试集里，例如 {left} 和 {right}。请把它们放到同一边。",
            f"{len(groups)} photos are in training and test, for example {left} and {right}. Keep "
            "them on one side.",
        )


def _files(split: Any) -> list[Path]:
    return [Path(path) for path in getattr(split, "paths", split)]


def class_order(
    paths: Sequence[str | Path], labels: Sequence[int], class_names: Sequence[str]
) -> None:
    """Raise SilentMistake when a photo's folder and the name of its label differ.

    labels: whole numbers (n,); class_names: the name of label 0, 1, … A folder "cats" belongs to
    the class "cat", too.
    """
    files = _files(paths)
    classes = {name: _class_of(name, class_names) for name in {f.parent.name for f in files}}
    if len(files) != len(labels) or None in classes.values():
        raise CourseError(
            f"无法核对：{len(files)} 个文件，{len(labels)} 个标签，文件夹 {sorted(classes)}，"
            f"类别 {list(class_names)}。文件和标签要一一对应，类别名要与文件夹名相符。",
            f"Nothing to compare: {len(files)} files, {len(labels)} labels, folders "
            f"{sorted(classes)}, classes {list(class_names)}. Give one label for each file, and "
            "class names that are the folders'.",
        )
    for path, label in zip(files, map(int, labels), strict=True):
        if classes[path.parent.name] != label:
            named = class_names[label] if 0 <= label < len(class_names) else "?"
            raise SilentMistake(
                f"{path.name} 在文件夹 {path.parent.name} 里，标签 {label} 却叫 {named}。"
                "请按排序后的文件夹名编号，并且处处用同一份 class_names。",
                f"{path.name} lies in the folder {path.parent.name}, yet its label {label} is "
                f"called {named}. Number the classes by their sorted folder names and keep one "
                "class_names everywhere.",
            )


def _class_of(folder: str, class_names: Sequence[str]) -> int | None:
    """The class of that name, otherwise the one class whose plural it looks like."""
    names = list(class_names)
    if folder in names:
        return names.index(folder)
    alike = [
        k for k, name in enumerate(names) if folder.casefold() in (name.casefold(), f"{name}s")
    ]
    return alike[0] if len(alike) == 1 else None


# ---------------------------------------------------------------------------- samples of a source


def no_negative_transfer(
    model: Any,
    target: tuple[np.ndarray, np.ndarray],
    source: tuple[np.ndarray, np.ndarray],
    folds: int = 5,
) -> None:
    """Raise SilentMistake when training on a source as well makes a model worse on the target.

    model: a scikit-learn classifier, fitted on copies; target, source: (x, y). Each sample of the
    target is judged twice by models that have not seen it: trained on the other folds of the target,
    and on these with the whole source. Raised when the source spoils more answers than it mends and
    an exact sign test puts that down to chance with p < 0.05. Silence is no proof: with few labels
    only strong harm is seen.
    """
    from scipy.stats import binomtest

    alone = _right_out_of_fold(model, target, None, folds)
    pooled = _right_out_of_fold(model, target, source, folds)
    spoiled, mended = int((alone & ~pooled).sum()), int((pooled & ~alone).sum())
    if not spoiled or binomtest(spoiled, spoiled + mended, alternative="greater").pvalue >= 0.05:
        return
    raise SilentMistake(
        f"加上源的样本，{spoiled} 个目标样本由对变错，{mended} 个由错变对（{folds} 折交叉验证）：负迁移。"
        "请不用这个源，或者先查它的标签是不是同一个意思。",
        f"With the source's samples {spoiled} answers on the target turn wrong and {mended} turn "
        f"right ({folds}-fold cross-validation): negative transfer. Leave this source out, or first "
        "see whether its labels mean the same.",
    )


def _right_out_of_fold(model: Any, target: tuple, source: tuple | None, folds: int) -> np.ndarray:
    """Whether each target sample is answered rightly by a model trained without it."""
    from sklearn.base import clone
    from sklearn.model_selection import StratifiedKFold

    x, y = (np.asarray(part) for part in target)
    right = np.zeros(len(y), bool)
    for learn, held_out in StratifiedKFold(folds, shuffle=True, random_state=0).split(x, y):
        pool = [(x[learn], y[learn])] + ([source] if source else [])
        fitted = clone(model).fit(*(np.concatenate(parts) for parts in zip(*pool, strict=True)))
        right[held_out] = fitted.predict(x[held_out]) == y[held_out]
    return right
