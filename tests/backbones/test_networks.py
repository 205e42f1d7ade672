"""The backbones against independent references: photos, NumPy, keras.applications, a plain Keras."""

import os
from pathlib import Path

import numpy as np
import processes
import pytest
from PIL import Image

from course_utils import assets, backbones
from course_utils.messages import CourseError
from course_utils.paths import ROOT

PHOTOS = Path(os.environ.get("COURSE_TEST_PHOTOS") or ROOT.parent / "shared" / "photos")
EVERY_FIFTH = range(0, 1000, 5)


def _resized(path: Path, size: int) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC))


def _imagenet_photos(size: int) -> np.ndarray:
    folder = PHOTOS / "imagenet_1000"
    if not folder.is_dir():
        pytest.skip(f"no local ImageNet photos in {folder} (COURSE_TEST_PHOTOS)")
    return np.stack([_resized(folder / f"{number:03}.jpg", size) for number in EVERY_FIFTH])


def _fetched(name: str) -> Path:
    try:
        return assets.fetch(name)
    except CourseError as error:
        pytest.skip(f"{name} cannot be fetched here: {error.en}")


def _predict(model, images: np.ndarray) -> np.ndarray:
    predict = backbones.predictor(model)
    return np.concatenate([predict(images[at : at + 20]) for at in range(0, len(images), 20)])


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # top-1 on the 1,000 local photos, squashed to the input size; here on every fifth of them,
        # whose sampling error is 2.5 points: the full run is in benchmarks/
        ("efficientnet_lite0", 0.850),
        pytest.param("mobilenet_v2", 0.820, marks=pytest.mark.index),
    ],
)
def test_top1_on_imagenet_photos(name, published):
    if name == "mobilenet_v2":
        _fetched(name)
    images = _imagenet_photos(backbones.SPECS[name].size)
    right = _predict(backbones.load(name, include_top=True), images).argmax(1) == EVERY_FIFTH
    assert abs(right.mean() - published) < 0.05


@pytest.mark.slow
def test_wrong_preprocessing_costs_accuracy():
    """x/255 instead of (x − 127)/128: the detour by preprocessing=False shows it, and only there."""
    import keras

    images = _imagenet_photos(224)
    bare = backbones.load("efficientnet_lite0", include_top=True, preprocessing=False)
    good = keras.Sequential([*backbones.preprocessing("efficientnet_lite0"), bare])
    model = backbones.load("efficientnet_lite0", include_top=True)
    few = images[:8].astype("float32")
    np.testing.assert_allclose(good(few), model(few), atol=1e-5)
    top1 = {
        divisor: (_predict(bare, images.astype("float32") / divisor).argmax(1) == EVERY_FIFTH)
        for divisor in (255, 1)
    }
    assert top1[1].mean() < 0.15 < top1[255].mean() < 0.82


@pytest.mark.parametrize("name", list(backbones.SPECS))
def test_specs_are_what_the_networks_are(name):
    spec = backbones.SPECS[name]
    model = backbones.load(name, weights=None)
    assert model.input_shape == (None, spec.size, spec.size, 3)
    assert model.output_shape[-1] == spec.n_features
    bare = backbones.load(name, weights=None, preprocessing=False)
    assert bare.count_params() == spec.n_params
    assert backbones.count_macs(bare) == spec.n_macs
    parts = backbones.blocks(model)
    assert spec.blocks_end in parts
    named = [layer for layers in parts.values() for layer in layers]
    assert [layer.name for layer in named] == [
        layer.name for layer in model.layers if layer.name not in ("image", "preprocessing")
    ]


@pytest.mark.parametrize("lite", ["efficientnet_lite1", "efficientnet_lite2"])
def test_larger_lites_recognise_photos(lite):
    images = _imagenet_photos(backbones.SPECS[lite].size)[::4]
    right = _predict(backbones.load(lite, include_top=True), images).argmax(1) == EVERY_FIFTH[::4]
    assert right.mean() > 0.7  # 50 photos: a transposed kernel gives 0


@pytest.mark.slow
def test_saved_model_needs_no_course(tmp_path):
    """Raw photos in, the same features out, in a Python that does not see course_utils."""
    model = backbones.load("efficientnet_lite0", pooling="avg")
    images = np.random.default_rng(7).uniform(0, 255, (2, 224, 224, 3)).astype("float32")
    np.save(tmp_path / "images.npy", images)
    np.save(tmp_path / "features.npy", model(images))
    model.save(tmp_path / "model.keras")
    program = (
        "import sys; sys.modules['course_utils'] = None\n"
        "import numpy as np, keras\n"
        "model = keras.models.load_model('model.keras')\n"
        "found = model(np.load('images.npy'))\n"
        "np.testing.assert_allclose(found, np.load('features.npy'), rtol=1e-4, atol=1e-4)\n"
    )
    processes.python(program, cwd=tmp_path, check=True)


@pytest.mark.parametrize("name", ["efficientnet_lite0", "mobilenet_v2"])
def test_folding_keeps_the_predictions(name):
    """With random batch-norm statistics, where a forgotten term would show."""
    model = backbones.load(name, weights=None, pooling="avg", size=64)
    rng = np.random.default_rng(7)
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    images = rng.uniform(0, 255, (3, 64, 64, 3)).astype("float32")
    expected = np.asarray(model(images, training=False))
    scale = np.abs(expected).max()
    folded = backbones.fold_batch_norm(model)
    assert not any(type(layer).__name__ == "BatchNormalization" for layer in folded.layers)
    for found in (folded(images), backbones.predictor(model)(images)):
        assert np.abs(found - expected).max() < 1e-4 * scale


def test_only_a_convolution_that_nothing_else_reads_is_folded():
    import keras

    def conv(name):
        return keras.layers.Conv2D(3, 1, name=name)

    def norm(name):
        return keras.layers.BatchNormalization(name=name)

    image = keras.Input((8, 8, 3))
    alone = norm("after_alone")(conv("alone")(image))
    read_twice = conv("read_twice")(alone)
    added = keras.layers.Add()([norm("after_read_twice")(read_twice), read_twice])
    shared, shared_norm = conv("shared"), norm("shared_norm")
    both = keras.layers.Add()([shared_norm(shared(added)), shared_norm(shared(image))])
    output = conv("output")(both)
    model = keras.Model(image, {"a": output, "b": norm("after_output")(output)})
    rng = np.random.default_rng(7)
    for layer in model.layers:
        layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    folded = backbones.fold_batch_norm(model)
    left = {x.name for x in folded.layers if isinstance(x, keras.layers.BatchNormalization)}
    assert left == {"after_read_twice", "shared_norm", "after_output"}
    images = rng.uniform(0, 1, (2, 8, 8, 3)).astype("float32")
    for key, found in folded(images).items():
        np.testing.assert_allclose(found, model(images)[key], rtol=1e-4)


def _conv3(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (0, 1))
    return np.maximum(np.einsum("hwcij,ijco->hwo", windows, kernel, optimize=True) + bias, 0)


@pytest.mark.index
def test_vgg16_blocks_equal_numpy():
    import keras

    from course_utils.backbones import checkpoint

    tensors = checkpoint.read(_fetched("vgg16"))
    crop = np.random.default_rng(7).integers(0, 256, (32, 32, 3)).astype("float32")
    model = backbones.load("vgg16", size=32)
    parts = backbones.blocks(model)
    ends = keras.Model(model.input, [layers[-1].output for layers in parts.values()])
    x = (crop / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    conv = 0
    for n_convs, found in zip((2, 2, 3, 3, 3), ends(crop[None]), strict=True):
        for _ in range(n_convs):
            source = f"VGG16_0/Conv_{conv}"
            x = _conv3(x, tensors[f"{source}/kernel"], tensors[f"{source}/bias"])
            conv += 1
        x = x.reshape(len(x) // 2, 2, len(x) // 2, 2, -1).max((1, 3))
        np.testing.assert_allclose(found[0], x, atol=1e-4 * x.max())


@pytest.mark.index
def test_vgg16_is_keras_applications_vgg16():
    import keras

    _fetched("vgg16")
    bare = backbones.load("vgg16", preprocessing=False, size=64)
    reference = keras.applications.VGG16(include_top=False, weights=None, input_shape=(64, 64, 3))
    reference.set_weights(bare.get_weights())
    images = np.random.default_rng(7).normal(size=(2, 64, 64, 3)).astype("float32")
    np.testing.assert_allclose(bare(images), reference(images), atol=1e-4)


def _split(folder: Path, parts: tuple[str, ...]) -> tuple[list[Path], np.ndarray]:
    # the carrier names its class folders in different ways: cats, cat, dogs, dog
    paths = sorted(path for part in parts for path in (folder / part).rglob("*.jp*g"))
    return paths, np.array(["dog" in str(path.relative_to(folder)).lower() for path in paths])


@pytest.mark.index
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "size", "probe"),
    # VGG16 at half the side takes a quarter of the time; at 224 pixels lesson 07 asserts its score
    [("vgg16", 112, 0.9125), ("mobilenet_v2", 224, 0.9875), ("squeezenet", 227, 0.9375)],
)
def test_linear_probe_on_default_photos(name, size, probe):
    """200 training photos, 80 test photos: within two photos of what was measured before."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    folder, _ = _fetched("default_photos"), _fetched(name)
    model = backbones.load(name, pooling="avg", size=size)
    data = []
    for parts, count in ((("training",), 200), (("testing", "train"), 80)):
        paths, labels = _split(folder, parts)
        assert len(paths) == count and labels.mean() == 0.5
        data.append((_predict(model, np.stack([_resized(p, size) for p in paths])), labels))
    head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(*data[0])
    assert abs(head.score(*data[1]) - probe) < 2.5 / 80


def test_check_raw_notices_preprocessed_photos():
    raw = np.random.default_rng(7).integers(0, 256, (2, 8, 8, 3))
    backbones.check_raw(raw)
    backbones.check_raw(np.zeros((1, 8, 8, 3)))
    for images in (raw / 255, raw / 127.5 - 1, raw - 117, raw[..., 0], raw * 255):
        with pytest.raises(CourseError):
            backbones.check_raw(images)


def test_imagenet_classes():
    names = backbones.imagenet_classes()
    assert len(names) == 1000
    assert (names[0], names[281], names[285]) == ("tench", "tabby", "Egyptian cat")
    assert (names[151], names[268]) == ("Chihuahua", "Mexican hairless")
    assert (list(backbones.CATS), len(backbones.DOGS)) == ([281, 282, 283, 284, 285], 118)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"name": "resnet51"}, "efficientnet_lite0"),
        ({"name": "vgg16", "include_top": True}, "include_top=False"),
        ({"name": "vgg16", "pooling": "mean"}, "avg"),
        ({"name": "vgg16", "weights": "imagnet"}, "imagenet"),
    ],
)
def test_wrong_arguments_say_what_to_do(arguments, says):
    with pytest.raises(CourseError) as caught:
        backbones.load(**arguments)
    assert says in caught.value.zh and says in caught.value.en


def test_loading_weights_leaves_the_seeds_alone():
    """Otherwise a training would depend on whether features came from the cache."""
    import keras

    def head_after(work) -> np.ndarray:
        keras.utils.set_random_seed(7)
        work()
        head = keras.Sequential(
            [keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dropout(0.5)]
        )
        return np.concatenate(
            [head.get_weights()[0], np.asarray(head(np.ones((3, 4)), training=True))]
        )

    plain = head_after(lambda: None)
    loaded = head_after(lambda: backbones.predictor(backbones.load("squeezenet", pooling="avg")))
    np.testing.assert_array_equal(plain, loaded)
    drawn = head_after(lambda: backbones.load("squeezenet", pooling="avg", weights=None, size=64))
    assert not np.array_equal(plain, drawn)  # random weights are drawn, so they do count
