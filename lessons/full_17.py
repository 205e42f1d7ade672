"""Long measurements of lesson 17: ``course build --full 17`` writes them to data/results/17.json.

They need PyTorch, which the course does not install: the lesson says how. What its cells measure with
PyTorch stands in the lesson and is run from its source; learners without PyTorch see what is stored here.
"""

import ast
import importlib
from pathlib import Path

import course_utils  # (first, so that TensorFlow starts without its messages)
from course_utils.evaluation import t_interval

LESSON = Path(__file__).with_name("17_pytorch_museum_and_faq.py")
SEEDS, N_TRAIN, EPOCHS, BATCH = 20, 200, 10, 32
OWN = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])  # mean and standard deviation of these weights
HALF = ([0.5] * 3, [0.5] * 3)  # as in the listing
# Of the lesson's assignments those that its measurements need.
WANTED = {
    "TORCH", "torch", "nn", "bare", "two", "batch", "theirs", "rng", "w_flat", "pooled", "classes",
    "w0", "b0", "w", "b", "z", "loss", "of_keras", "chosen", "x", "y", "batches", "start", "head",
    "trained", "tape",
}  # fmt: skip


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows as stored. ModuleNotFoundError without PyTorch."""
    importlib.import_module("torch")
    return {"cells": keep("cells", cells), "draws": keep("draws", draws)}


def cells() -> dict:
    """name -> what the lesson's cell of that name measures with PyTorch, rounded."""
    namespace: dict = {}
    course_utils.reproducible(17)
    body = [node for node in ast.parse(LESSON.read_text(encoding="utf-8")).body if _needed(node)]
    names = [n.name for n in body if isinstance(n, ast.FunctionDef) and n.decorator_list]
    exec(compile(ast.Module(body, []), str(LESSON), "exec"), namespace)  # noqa: S102 (our own)
    return {name: rounded(namespace[name]) for name in names}


def _needed(node: ast.stmt) -> bool:
    """Imports, functions, and what computes one of the WANTED names."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef):
        return True
    stored = {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    if isinstance(node, ast.Assign | ast.With):
        return bool(stored & WANTED)
    code = ast.unparse(node)
    if isinstance(node, ast.If):
        return code.startswith("if TORCH")
    return code.startswith(("head.", "for part in batches"))


def rounded(value):
    """The value with two significant digits in its floats: what the lesson compares with a margin."""
    if isinstance(value, float):
        return float(f"{value:.4g}" if value > 0.01 else f"{value:.1e}")
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    return [rounded(each) for each in value] if isinstance(value, list) else value


# --- what the mistakes of the listing cost ---


def draws() -> dict[str, list[float]]:
    """Accuracies of 20 draws: repaired, tested without eval(), and with 0.5 in Normalize."""
    import numpy as np

    from course_utils import photos

    everything = photos.default("all")
    pixels, y = everything.images(224), everything.labels.astype("int64")
    own, half = (vgg16_features(pixels, *numbers) for numbers in (OWN, HALF))
    found: dict[str, list[float]] = {"right": [], "no eval": [], "half": []}
    for seed in range(SEEDS):
        order = np.random.default_rng(seed).permutation(len(y))
        parts = order[:N_TRAIN], order[N_TRAIN:]
        head = train(own, y, parts[0], seed)
        found["right"].append(accuracy(head.eval(), own, y, parts[1]))
        found["no eval"].append(accuracy(head.train(), own, y, parts[1]))
        head = train(half, y, parts[0], seed)
        found["half"].append(accuracy(head.eval(), half, y, parts[1]))
    return found


def vgg16_features(pixels, mean: list[float], std: list[float]):
    """(n, 512) means of VGG16's last feature map; pixels: uint8 (n, 224, 224, 3)."""
    import numpy as np

    from course_utils import backbones

    run = backbones.predictor(backbones.load("vgg16", pooling="avg", preprocessing=False))
    steps = range(0, len(pixels), 20)
    return np.concatenate(
        [run(((pixels[i : i + 20] / 255 - mean) / std).astype("float32")) for i in steps]
    )


def train(x, y, part, seed: int):
    """S5's training of a head with Dropout: SGD, rate 0.001, momentum 0.9, 10 epochs of 32."""
    import numpy as np

    torch = importlib.import_module("torch")
    torch.manual_seed(seed)
    head = torch.nn.Sequential(torch.nn.Dropout(0.5), torch.nn.Linear(x.shape[1], 2))
    optimizer = torch.optim.SGD(head.parameters(), lr=0.001, momentum=0.9)
    rng = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = rng.permutation(part)
        for i in range(0, len(order), BATCH):
            few = order[i : i + BATCH]
            optimizer.zero_grad()
            loss = torch.nn.CrossEntropyLoss()(head(torch.tensor(x[few])), torch.tensor(y[few]))
            loss.backward()
            optimizer.step()
    return head


def accuracy(head, x, y, part) -> float:
    """The share that is right, in the mode that the head is in."""
    torch = importlib.import_module("torch")
    with torch.no_grad():
        answers = head(torch.tensor(x[part])).argmax(1).numpy()
    return round(float((answers == y[part]).mean()), 4)


def _minus(one: str, other: str):
    """A claim: in every draw one accuracy minus another."""
    return lambda results: t_interval(
        [a - b for a, b in zip(results["draws"][one], results["draws"][other], strict=True)]
    )


# What the lesson says about its stored draws, for course build --full --check 17.
CLAIMS = [
    (
        "测试时忘了 eval()，准确率变低",
        "forgetting eval() when testing costs accuracy",
        _minus("right", "no eval"),
    ),
]
