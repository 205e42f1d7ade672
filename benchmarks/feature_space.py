"""Photos in a frozen feature space, for the map in lesson 07: ``python benchmarks/feature_space.py``.

Writes data/results/feature_space.json. Features of EfficientNet-Lite0 (average pooling), divided by
the table's standard deviation, centred, turned onto their first 12 principal components and rounded
to whole numbers of 1/127 of the largest: all 316 photos of cats and dogs, and 40 pictures of each of
the ten kinds of clothes of Fashion-MNIST, dark on white at 224 pixels. ``share``: of the variance,
what 2 and 12 components hold.
"""

import gzip
import json

import numpy as np
from PIL import Image

from course.notebooks import machine
from course_utils import assets, backbones, features, files, photos
from course_utils.paths import DATA

RESULTS = DATA / "results" / "feature_space.json"
BACKBONE = "efficientnet_lite0"
COMPONENTS, EACH = 12, 40
# Fashion-MNIST's classes, the easiest to tell apart first.
ORDER = [1, 8, 7, 3, 0, 9, 5, 2, 4, 6]


def clothes() -> tuple[np.ndarray, np.ndarray]:
    """Features (400, 1280) and classes by ORDER of the first 40 pictures of each class."""
    folder = assets.fetch("fashion_mnist")

    def content(name: str, header: int) -> np.ndarray:
        with gzip.open(next(folder.rglob(name))) as file:
            return np.frombuffer(file.read(), np.uint8, offset=header)

    labels = content("train-labels-idx1-ubyte.gz", 8)
    pictures = content("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28)
    chosen = np.concatenate([np.flatnonzero(labels == kind)[:EACH] for kind in ORDER])
    side = backbones.SPECS[BACKBONE].size
    large = [
        np.asarray(
            Image.fromarray(255 - pictures[i]).resize((side, side), Image.Resampling.BICUBIC)
        )
        for i in chosen
    ]
    images = np.repeat(np.stack(large)[..., None], 3, axis=-1)
    predict = backbones.predictor(backbones.load(BACKBONE, pooling="avg"))
    found = [predict(images[at : at + 8]) for at in range(0, len(images), 8)]
    return np.concatenate(found), np.repeat(np.arange(len(ORDER)), EACH)


def turned(x: np.ndarray, labels: np.ndarray) -> dict:
    """The table (n, d) as rows of 12 whole numbers from -127 to 127, with its labels."""
    centred = x / x.std() - (x / x.std()).mean(axis=0)
    _, sizes, directions = np.linalg.svd(centred.astype(float), full_matrices=False)
    largest = np.abs(directions).argmax(axis=1)[:, None]
    directions = directions * np.sign(np.take_along_axis(directions, largest, axis=1))  # one sign
    values = centred @ directions[:COMPONENTS].T
    whole = np.round(values / np.abs(values).max() * 127).astype(int)
    variance = sizes**2 / np.sum(sizes**2)
    return {
        "labels": "".join(map(str, labels)),
        "share": [round(float(variance[:k].sum()), 3) for k in (2, COMPONENTS)],
        "values": [" ".join(map(str, row)) for row in whole],
    }


def main() -> None:
    """Measure and write."""
    everybody = photos.default("all")
    found = {
        "cats and dogs": turned(features.extract(everybody, BACKBONE), everybody.labels),
        "clothes": turned(*clothes()),
        "machine": machine.describe() | machine.versions("keras", "numpy"),
    }
    files.write_atomically(RESULTS, json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    print({name: found[name]["share"] for name in ("cats and dogs", "clothes")})


if __name__ == "__main__":
    main()
