"""What networks have in common: named blocks, a count of their work, a head that two of them share."""

import math
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager

# In the order of trial: the part that a layer's name begins. Other layers belong to the part that
# the layer before them belongs to.
PARTS = [
    (re.compile(r"^(stem|conv1_|Conv1|pool1_)"), "stem"),
    (re.compile(r"^conv(\d+)_block\d+"), "block{}"),  # ResNet, DenseNet: a stage is a block
    (re.compile(r"^(?:.*_)?block_?(\d+)"), "block{}"),
    (re.compile(r"^mixed(\d+)"), "block{}"),
    (re.compile(r"^(head|predictions|top_|fc\d|avg_pool|Conv_1)"), "head"),
]


def blocks(model) -> dict[str, list]:
    """The layers of ``model`` by part, in order: "stem", "block0", "block1", …, "head".

    Input and preprocessing are in no part: freezing or unfreezing them means nothing. Works on a
    model that was saved and loaded again, because it looks at names only.
    """
    found: dict[str, list] = {}
    part = "stem"
    for layer in model.layers:
        if type(layer).__name__ == "InputLayer" or layer.name == "preprocessing":
            continue
        part = _part_of(layer.name) or part
        found.setdefault(part, []).append(layer)
    return found


def _part_of(layer_name: str) -> str | None:
    for pattern, part in PARTS:
        if match := pattern.match(layer_name):
            return part.format(*match.groups()[-1:])
    return None


@contextmanager
def random_state_kept() -> Iterator[None]:
    """Building a network inside leaves the seeds of what comes after as they were.

    Keras draws an initial value's seed from Python's ``random`` even where a checkpoint replaces the
    value; without this, a training would depend on whether features came from the cache.
    """
    state = random.getstate()
    try:
        yield
    finally:
        random.setstate(state)


def count_macs(model) -> int:
    """Multiply-accumulate operations of ``model`` for one photo of its input size.

    Counts convolutions and dense layers, as the literature does; additions, pooling and
    normalisation are left out.
    """
    total = 0
    for layer in model.layers:
        kernel = getattr(layer, "kernel", None)
        if kernel is None:
            continue
        positions = math.prod(layer.output.shape[1:-1])
        total += positions * math.prod(kernel.shape)
    return total


def pooled_classifier(x):
    """The 1,000-class head of EfficientNet-Lite and MobileNetV2: probabilities (batch, 1000)."""
    from keras import layers

    x = layers.GlobalAveragePooling2D(name="head_pool")(x)
    x = layers.Dropout(0.2, name="head_dropout")(x)
    return layers.Dense(1000, activation="softmax", name="head_dense")(x)
