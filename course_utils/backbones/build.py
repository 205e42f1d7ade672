"""From a name to a ready ``keras.Model``."""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from course_utils.backbones import pixels
from course_utils.backbones.spec import Spec
from course_utils.messages import CourseError

if TYPE_CHECKING:
    import keras

POOLINGS = (None, "avg", "max")


def build(
    family: ModuleType,
    name: str,
    *,
    include_top: bool,
    pooling: str | None,
    weights: str | Path | None,
    preprocessing: bool,
    size: int | tuple[int | None, int | None] | None,
) -> "keras.Model":
    """The functional model of ``name``; what the arguments mean stands at ``backbones.load``."""
    import keras

    spec: Spec = family.SPECS[name]
    _check_arguments(spec, include_top, pooling, weights)
    image = keras.Input((*_sides(size or spec.size), 3), name="image")
    x = image
    for layer in pixels.layers(family.PREPROCESSING) if preprocessing else []:
        x = layer(x)
    x = family.feature_map(x, name)
    if include_top:
        x = family.classifier(x)
    elif pooling == "avg":
        x = keras.layers.GlobalAveragePooling2D(name="head_pool")(x)
    elif pooling == "max":
        x = keras.layers.GlobalMaxPooling2D(name="head_pool")(x)
    model = keras.Model(image, x, name=name)
    if weights is not None:
        _fill(model, family, name)
    return model


def _sides(size: int | tuple[int | None, int | None]) -> tuple[int | None, int | None]:
    return (size, size) if isinstance(size, int) else size


def _check_arguments(spec: Spec, include_top: bool, pooling: str | None, weights: object) -> None:
    if pooling not in POOLINGS:
        raise CourseError(
            f"没有 pooling={pooling!r}；可以用 None、'avg' 或 'max'。",
            f"There is no pooling={pooling!r}; use None, 'avg' or 'max'.",
        )
    if weights not in (None, "imagenet"):
        raise CourseError(
            f"{spec.name} 没有 weights={weights!r}；可以用 'imagenet' 或 None（随机权重）。",
            f"{spec.name} has no weights={weights!r}; use 'imagenet' or None (random weights).",
        )
    if include_top and weights is not None and not spec.has_top:
        raise CourseError(
            f"课程里 {spec.name} 的权重不含 1,000 类分类头；请用 include_top=False，"
            "或者选 efficientnet_lite0、mobilenet_v2、squeezenet。",
            f"The course's weights of {spec.name} come without the 1,000-class head; use "
            "include_top=False, or choose efficientnet_lite0, mobilenet_v2 or squeezenet.",
        )


def _fill(model: "keras.Model", family: ModuleType, name: str) -> None:
    """Put the checkpoint's tensors into the layers of the same name; every layer must get some."""
    from course_utils import assets
    from course_utils.backbones import checkpoint

    tensors = checkpoint.read(assets.fetch(family.SPECS[name].asset))
    try:
        found = family.layer_weights(tensors, name)
        for layer in model.layers:
            if layer.weights and layer.name != "preprocessing":
                layer.set_weights(found[layer.name])
    except (KeyError, ValueError) as error:
        raise CourseError(
            f"{name} 的权重文件与网络不符：{error}。请运行 `course fetch` 重新下载。",
            f"The weights of {name} do not fit the network: {error}. Run `course fetch` again.",
        ) from error
