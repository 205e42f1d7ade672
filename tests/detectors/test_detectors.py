"""Each detector fires on its planted mistake and is silent when all is right."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from sklearn.linear_model import LogisticRegression

from course_utils import backbones, detectors, photos
from course_utils.detectors import SilentMistake
from course_utils.messages import CourseError

IMAGES = np.random.default_rng(0).integers(0, 256, (16, 8, 8, 3)).astype(np.float32)
LABELS = np.arange(16) % 2


def network(frozen: bool = True) -> keras.Model:
    """A base with BatchNorm, nested in a model with a head."""
    keras.utils.set_random_seed(1)
    image = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="conv")(image)
    x = keras.layers.BatchNormalization(name="norm")(x)
    base = keras.Model(image, keras.layers.GlobalAveragePooling2D()(x), name="base")
    base.trainable = not frozen
    image = keras.Input((8, 8, 3))
    x = base(keras.layers.Rescaling(1 / 255)(image))
    return keras.Model(image, keras.layers.Dense(1, activation="sigmoid", name="head")(x))


def fit(model: keras.Model, compile: bool = True, rate: float = 0.1) -> None:
    if compile:
        model.compile(keras.optimizers.SGD(rate), "binary_crossentropy")
    model.fit(IMAGES, LABELS, batch_size=8, verbose=0)


class Subclassed(keras.Model):
    """A model whose layers are attributes, two levels deep."""

    def __init__(self) -> None:
        super().__init__()
        self.base, self.flat, self.head = network().layers[2], keras.layers.Flatten(), None
        self.head = keras.layers.Dense(1, activation="sigmoid", name="head")

    def call(self, images, training=False):
        return self.head(self.flat(self.base(images, training=training)))


# ------------------------------------------------------------------------------------- weights


@pytest.mark.parametrize("make", [network, Subclassed])
def test_all_four_are_silent_after_a_right_training(make):
    model = make()
    model(IMAGES[:1])
    before = detectors.snapshot(model)
    fit(model)
    for detector in (
        detectors.frozen_kept,
        detectors.unfrozen_moved,
        detectors.batch_norm_kept,
    ):
        assert detector(model, before) is None
    assert detectors.recompiled(model) is None


def test_silent_before_any_training():
    model = network()
    detectors.recompiled(model)
    model.compile("sgd", "binary_crossentropy")
    detectors.recompiled(model)
    model.get_layer("base").trainable = True  # before the first step is made, this is in time
    detectors.recompiled(model)


def test_frozen_weights_that_changed():
    model = network(frozen=False)
    fit(model)
    model.get_layer("base").trainable = False  # without compiling: the old step goes on
    before = detectors.snapshot(model)
    fit(model, compile=False)
    with pytest.raises(SilentMistake, match=r"(?s)冻结.*have changed: conv"):
        detectors.frozen_kept(model, before)
    with pytest.raises(SilentMistake, match=r"(?s)重新编译.*updates 6 variables.*has 2"):
        detectors.recompiled(model)


def test_unfrozen_weights_that_did_not_move():
    model = network()
    fit(model)
    model.get_layer("base").trainable = True
    before = detectors.snapshot(model)
    fit(model, compile=False)
    with pytest.raises(SilentMistake, match=r"(?s)没有动.*not moved: conv, norm"):
        detectors.unfrozen_moved(model, before)
    with pytest.raises(SilentMistake, match="without compiling"):
        detectors.recompiled(model)
    model.compile("sgd", "binary_crossentropy")
    detectors.recompiled(model)


def test_unfrozen_weights_with_a_rate_of_zero():
    model = network()
    before = detectors.snapshot(model)
    fit(model, rate=0.0)
    with pytest.raises(SilentMistake, match="not moved: head"):
        detectors.unfrozen_moved(model, before)


def test_one_frozen_layer_of_many():
    model = network(frozen=False)
    model.get_layer("base").get_layer("conv").trainable = False
    before = detectors.snapshot(model)
    fit(model)
    detectors.frozen_kept(model, before)
    detectors.unfrozen_moved(model, before)


def test_batch_norm_that_learned():
    model = network(frozen=False)
    before = detectors.snapshot(model)
    fit(model)
    with pytest.raises(SilentMistake, match=r"(?s)滑动统计量.*norm\. Set trainable = False"):
        detectors.batch_norm_kept(model, before)


def test_training_false_at_construction_does_not_hold_batch_norm():
    """Keras 3: ``fit`` overrides the flag given when a functional model was built."""
    base = network(frozen=False).get_layer("base")
    image = keras.Input((8, 8, 3))
    x = keras.layers.Dense(1, activation="sigmoid")(base(image, training=False))
    model = keras.Model(image, x)
    before = detectors.snapshot(model)
    fit(model)
    with pytest.raises(SilentMistake, match="BatchNorm"):
        detectors.batch_norm_kept(model, before)


def test_a_snapshot_of_another_model_is_refused():
    before = detectors.snapshot(network())
    for detector in (detectors.frozen_kept, detectors.unfrozen_moved, detectors.batch_norm_kept):
        with pytest.raises(CourseError, match=r"(?s)另一个模型.*another model"):
            detector(network(), before)


# -------------------------------------------------------------------------------------- values

PREPARED = {
    "raw": lambda x: x,
    "x / 255": lambda x: x / 255,
    "−1 to 1": lambda x: x / 127.5 - 1,
    "mean and std": lambda x: (x / 255 - 0.45) / 0.225,
    "twice": lambda x: x / 255 / 255,
}


@pytest.mark.parametrize("name", ["efficientnet_lite0", "mobilenet_v2", "squeezenet"])
@pytest.mark.parametrize("inside", [True, False])
def test_only_the_right_range_is_accepted(name, inside):
    model = backbones.load(name, weights=None, pooling="avg", preprocessing=inside, size=64)
    own = [] if inside else backbones.preprocessing(name)
    right = IMAGES
    for layer in own:
        right = np.asarray(layer(right))
    detectors.input_range(model, right)
    for values in (prepare(IMAGES) for prepare in PREPARED.values()):
        if np.abs(np.ptp(values) / np.ptp(right) - 1) > 0.1:
            with pytest.raises(SilentMistake, match=r"(?s)像素值.*preprocessing is"):
                detectors.input_range(model, values)


def test_a_second_preprocessing_inside_the_model():
    base = backbones.load("efficientnet_lite0", weights=None, pooling="avg", size=64)
    image = keras.Input((64, 64, 3))
    twice = keras.Model(image, base(keras.layers.Rescaling(1 / 255)(image)))
    once = keras.Model(image, base(keras.layers.RandomFlip()(image)))
    images = np.repeat(np.repeat(IMAGES, 8, 1), 8, 2)
    detectors.input_range(once, images)
    with pytest.raises(SilentMistake, match="from 0 to 1;"):
        detectors.input_range(twice, images)


def test_a_network_of_the_learners_own():
    model = network()
    detectors.input_range(model, IMAGES)  # its Rescaling says that it takes 0 to 255
    with pytest.raises(SilentMistake):
        detectors.input_range(model, IMAGES / 255)
    bare = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Conv2D(2, 3)], name="mine")
    with pytest.raises(CourseError, match=r"(?s)expected=\(-1, 1\)"):
        detectors.input_range(bare, IMAGES)
    detectors.input_range(bare, IMAGES / 127.5 - 1, expected=(-1, 1))
    with pytest.raises(SilentMistake):
        detectors.input_range(bare, IMAGES / 255, expected=(-1, 1))


def test_real_photos_and_an_official_network():
    images = photos.default("pets").images(96)[:8]
    official = keras.applications.MobileNetV2(
        input_shape=(96, 96, 3), weights=None, include_top=False, name="mobilenetv2"
    )
    detectors.input_range(official, images / 127.5 - 1, expected=(-1, 1))
    with pytest.raises(SilentMistake):
        detectors.input_range(official, images, expected=(-1, 1))


# ------------------------------------------------------------------------------------- datasets


def batches(augment: bool, cache_behind: bool = False) -> tf.data.Dataset:
    data = tf.data.Dataset.from_tensor_slices((IMAGES, LABELS)).shuffle(16, seed=3).batch(8)
    if augment:
        turn = keras.layers.RandomRotation(0.4, seed=1)
        data = data.map(lambda x, y: (turn(x, training=True), y))
    return data.cache() if cache_behind else data


def test_augmentation_that_varies_and_one_that_is_frozen_by_the_cache():
    detectors.augmentation_varies(batches(augment=True))
    for data in (batches(augment=False), batches(augment=True, cache_behind=True)):
        with pytest.raises(SilentMistake, match=r"(?s)完全一样.*very same images"):
            detectors.augmentation_varies(data)


def test_validation_that_is_augmented():
    detectors.augmentation_off(batches(augment=False))
    detectors.augmentation_off([IMAGES[:8], IMAGES[8:]])
    with pytest.raises(SilentMistake, match=r"(?s)100% 的图片变了.*100% of the images changed"):
        detectors.augmentation_off(batches(augment=True))


def test_data_that_cannot_be_compared():
    with pytest.raises(CourseError, match="generator"):
        detectors.augmentation_off(batch for batch in [IMAGES])
    with pytest.raises(CourseError, match="empty"):
        detectors.augmentation_varies([])


# --------------------------------------------------------------------------- splits and classes


def test_photos_on_both_sides(tmp_path):
    pets = photos.default("pets").paths
    detectors.no_shared_photos(pets[:10], pets[10:20])
    detectors.no_shared_photos(photos.default("train"), photos.default("test"))
    with pytest.raises(SilentMistake, match=r"(?s)有 1 张.*1 photos are"):
        detectors.no_shared_photos(pets[:10], pets[9:20])
    smaller = tmp_path / "smaller.jpg"
    Image.open(pets[3]).convert("RGB").resize((200, 150)).save(smaller, quality=60)
    with pytest.raises(SilentMistake, match="smaller.jpg"):
        detectors.no_shared_photos(pets[:10], [*pets[10:20], smaller])
    detectors.no_shared_photos([pets[0], smaller], pets[10:20])  # both on one side


def test_class_order(tmp_path):
    paths = [tmp_path / name / f"{k}.jpg" for name in ("cats", "dogs") for k in range(2)]
    for names in (["cats", "dogs"], ["cat", "dog"], ["Cats", "Dogs"]):
        detectors.class_order(paths, [0, 0, 1, 1], names)
        with pytest.raises(SilentMistake, match=rf"(?s)cats 里.*called {names[1]}"):
            detectors.class_order(paths, [0, 0, 1, 1], names[::-1])
    train = photos.default("train")
    detectors.class_order(train, train.labels, train.class_names)
    with pytest.raises(CourseError, match="4 files, 3 labels"):
        detectors.class_order(paths, [0, 0, 1], ["cats", "dogs"])
    with pytest.raises(CourseError, match="Nothing to compare"):
        detectors.class_order(paths, [0, 0, 1, 1], ["猫", "狗"])


def test_a_keras_without_the_private_names_is_named():
    """They have no public name; where a new Keras drops them, the detector must not fall silent."""
    bare = SimpleNamespace(
        optimizer=SimpleNamespace(built=True), trainable_variables=[], weights=[]
    )
    for detector in (detectors.recompiled, detectors.snapshot):
        with pytest.raises(CourseError, match=f"Keras {keras.__version__}.*requirements.lock"):
            detector(bare)


# ------------------------------------------------------------------------------- negative transfer


def blobs(n: int, seed: int, flipped: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Two classes in 5 dimensions; a share of the labels is the other one."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    x = rng.normal(0, 1, (n, 5)) + 1.2 * (2 * y[:, None] - 1) * np.array([1, 1, 0, 0, 0])
    return x, np.where(np.arange(n) < flipped * n, 1 - y, y)


def test_a_source_with_other_labels_is_found():
    with pytest.raises(SilentMistake) as caught:
        detectors.no_negative_transfer(
            LogisticRegression(), blobs(60, 1), blobs(600, 2, flipped=1.0)
        )
    assert "negative transfer" in caught.value.en and "负迁移" in caught.value.zh


@pytest.mark.parametrize("seed", range(5))
def test_a_source_of_the_same_rule_is_silent(seed):
    detectors.no_negative_transfer(LogisticRegression(), blobs(60, seed), blobs(600, 100 + seed))


def test_the_model_and_its_samples_stay_as_they_were():
    model, target, source = LogisticRegression(), blobs(60, 1), blobs(60, 2)
    before = [part.copy() for part in (*target, *source)]
    detectors.no_negative_transfer(model, target, source)
    assert not hasattr(model, "coef_")
    assert all(np.array_equal(a, b) for a, b in zip(before, (*target, *source), strict=True))
