"""Pretrained networks as plain Keras models that take raw 0–255 RGB.

>>> model = load("efficientnet_lite0", pooling="avg")    # doctest: +SKIP
>>> model.predict(photos)                                # doctest: +SKIP

The preprocessing is the model's first layer, so it is saved with the model and can be neither
forgotten nor applied a second time; ``check_raw`` says so when photos were preprocessed before.
``load(..., preprocessing=False)`` gives the bare network for experiments, and
``preprocessing(name)`` the layer that was left out. A saved model needs nothing of this package.
"""

from contextlib import nullcontext
from types import ModuleType

from course_utils.backbones import efficientnet_lite, mobilenet_v2, squeezenet, vgg16
from course_utils.backbones.fold import fold_batch_norm, predictor
from course_utils.backbones.parts import blocks, count_macs, random_state_kept
from course_utils.backbones.pixels import check_raw
from course_utils.backbones.spec import Spec
from course_utils.messages import CourseError

__all__ = [
    "CATS",
    "DOGS",
    "SPECS",
    "Spec",
    "blocks",
    "check_raw",
    "count_macs",
    "fold_batch_norm",
    "imagenet_classes",
    "load",
    "predictor",
    "preprocessing",
]

FAMILIES: list[ModuleType] = [efficientnet_lite, mobilenet_v2, squeezenet, vgg16]
SPECS: dict[str, Spec] = {name: spec for family in FAMILIES for name, spec in family.SPECS.items()}

# Places of the house cats and the dog breeds among the 1,000 classes.
CATS = range(281, 286)
DOGS = range(151, 269)


def load(
    name: str,
    include_top: bool = False,
    pooling: str | None = None,
    weights: str | None = "imagenet",
    *,
    preprocessing: bool = True,
    size: int | tuple[int | None, int | None] | None = None,
):
    """A pretrained network as a functional ``keras.Model``.

    Input: raw RGB 0–255, float32, (batch, size, size, 3). Output: the feature map
    (batch, h, w, channels); with ``pooling="avg"`` or ``"max"`` (batch, channels); with
    ``include_top=True`` the probabilities of the 1,000 classes (batch, 1000).

    weights: "imagenet", or None for random numbers (the control experiment). preprocessing=False
    leaves the first layer out, for experiments. size: another input side, or (None, None) for any.
    Names: those of SPECS. Raises CourseError for an unknown name and where weights cannot be had.
    """
    from course_utils.backbones import build

    family = _family(name)
    with nullcontext() if weights is None else random_state_kept():
        return build.build(
            family,
            name,
            include_top=include_top,
            pooling=pooling,
            weights=weights,
            preprocessing=preprocessing,
            size=size,
        )


def preprocessing(name: str) -> list:
    """The Keras layers that turn raw 0–255 RGB into what the bare network ``name`` expects.

    New layers each time.
    """
    from course_utils.backbones import pixels

    return pixels.layers(_family(name).PREPROCESSING)


def spec(name: str) -> Spec:
    """What the backbone ``name`` is. CourseError for one that the course does not have."""
    return _family(name).SPECS[name]


def _family(name: str) -> ModuleType:
    for family in FAMILIES:
        if name in family.SPECS:
            return family
    raise CourseError(
        f"没有名为 {name!r} 的骨干网络。课程有：{'、'.join(SPECS)}。",
        f"There is no backbone {name!r}. The course has: {', '.join(SPECS)}.",
    )


def imagenet_classes() -> list[str]:
    """The 1,000 English class names of ImageNet; the place in the list is the class number."""
    from course_utils.paths import DATA

    lines = (DATA / "imagenet_classes.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
