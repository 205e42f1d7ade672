"""How well each backbone's weights were read: ``python benchmarks/backbones_accuracy.py [NAME…]``.

Writes data/results/backbones.json. ImageNet top-1 and top-5 on the 1,000 local photos (one per
class), resized in two ways: "squash", the whole photo to the input size, bicubic; "crop", the middle
size/(size+32) of the shorter side, then bicubic. On the default photos: a linear probe (200 training
photos, 80 test photos) and, for networks with a head, cat or dog by the summed probabilities of
ImageNet's cat and dog classes, without any training. A network named on the command line replaces
its row and leaves the others.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils import assets, backbones
from course_utils.paths import DATA, ROOT

PHOTOS = Path(os.environ.get("COURSE_TEST_PHOTOS") or ROOT.parent / "shared" / "photos")
RESULTS = DATA / "results" / "backbones.json"


def read(path: Path, size: int, way: str) -> np.ndarray:
    """One photo as uint8 (size, size, 3)."""
    with Image.open(path) as image:
        width, height = image.size
        kept = size / (size + 32) * min(width, height)
        left, top = (width - kept) / 2, (height - kept) / 2
        box = None if way == "squash" else (left, top, left + kept, top + kept)
        photo = image.convert("RGB").resize((size, size), Image.Resampling.BICUBIC, box=box)
    return np.asarray(photo)


def outputs(predict, paths: list[Path], size: int, way: str = "squash") -> np.ndarray:
    """The model's output for each photo, in batches of 8."""
    batches = [paths[at : at + 8] for at in range(0, len(paths), 8)]
    return np.concatenate(
        [predict(np.stack([read(path, size, way) for path in batch])) for batch in batches]
    )


def imagenet(name: str) -> dict[str, float]:
    """Top-1 and top-5 for both ways of resizing; empty for a network without a head."""
    spec, found = backbones.SPECS[name], {}
    if not spec.has_top:
        return found
    predict = backbones.predictor(backbones.load(name, include_top=True))
    paths = [PHOTOS / "imagenet_1000" / f"{number:03}.jpg" for number in range(1000)]
    for way in ("squash", "crop"):
        ranked = np.argsort(-outputs(predict, paths, spec.size, way))[:, :5]
        hits = ranked == np.arange(1000)[:, None]
        found |= {f"top1_{way}": hits[:, 0].mean(), f"top5_{way}": hits.any(1).mean()}
    return found


def default_photos(parts: tuple[str, ...]) -> tuple[list[Path], np.ndarray]:
    """Paths and labels (True: dog) of folders of the default photos."""
    folder = assets.fetch("default_photos")
    paths = sorted(path for part in parts for path in (folder / part).rglob("*.jp*g"))
    return paths, np.array(["dog" in str(path.relative_to(folder)).lower() for path in paths])


def cats_and_dogs(name: str) -> dict[str, float]:
    """Accuracy of the linear probe and, with a head, without training, on 80 photos."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    spec = backbones.SPECS[name]
    (paths, labels), (test, answers) = map(default_photos, [("training",), ("testing", "train")])
    predict = backbones.predictor(backbones.load(name, pooling="avg"))
    head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    head.fit(outputs(predict, paths, spec.size), labels)
    found = {"probe": head.score(outputs(predict, test, spec.size), answers)}
    if spec.has_top:
        predict = backbones.predictor(backbones.load(name, include_top=True))
        scores = outputs(predict, test, spec.size)
        dogs = scores[:, list(backbones.DOGS)].sum(1) > scores[:, list(backbones.CATS)].sum(1)
        found["zero_shot"] = (dogs == answers).mean()
    return found


def main() -> None:
    """Measure the networks named on the command line, or all."""
    rows = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    for name in sys.argv[1:] or backbones.SPECS:
        measured = imagenet(name) | cats_and_dogs(name)
        rows[name] = {key: round(float(value), 4) for key, value in measured.items()}
        print(name, rows[name], flush=True)
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
