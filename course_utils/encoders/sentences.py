"""A frozen sentence encoder for 16 languages: Universal Sentence Encoder, multilingual, version 3.

>>> embed(["快递很快", "fast delivery"])     # doctest: +SKIP
array of shape (2, 512), each row of length 1

In NumPy: pieces → rows of a table → three convolutions over 2, 3 and 5 pieces → mean → two dense
blocks. One thread of BLAS: more only wait for each other here. Sources: Yang et al., *Multilingual
Universal Sentence Encoder for Semantic Retrieval*, arXiv:1907.04307; asset ``sentence_encoder``.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from course_utils import assets
from course_utils.encoders.pieces import Pieces

WIDTH, BLOCKS = 512, 17  # numbers of a sentence; blocks of the table, each with a scale of its own
ORDERS = {2: 0, 3: 1, 5: 2}  # pieces that a convolution sees, and how many of them lie to the left


@cache
def pieces() -> Pieces:
    """The encoder's tokenizer."""
    return Pieces(assets.fetch("sentence_encoder") / "sp.model")


@cache
def _weights() -> dict[str, np.ndarray]:
    with np.load(assets.fetch("sentence_encoder") / "weights.npz", allow_pickle=False) as file:
        named = dict(file)
    table = np.empty((BLOCKS * len(named["q1"]), WIDTH), np.uint8)
    for i in range(BLOCKS):
        table[i::BLOCKS] = named.pop(f"q{i + 1}")
    return named | {"table": table}


def embed(texts: Sequence[str]) -> np.ndarray:
    """Rows (n, 512) float32 of length 1, one for each text."""
    with threadpool_limits(1):
        return np.array([_embed(text) for text in texts], np.float32).reshape(-1, WIDTH)


def _embed(text: str) -> np.ndarray:
    w, ids = _weights(), np.array(pieces().ids(text))
    block = ids % BLOCKS
    rows = w["table"][ids] * w["scale"][block, None] + w["lo"][block, None]
    joined = np.concatenate([rows @ w[f"proj{n}"] + w[f"proj_b{n}"] for n in ORDERS], axis=1)
    scale, shift = (np.concatenate([w[f"ln_{a}{n}"] for n in ORDERS]) for a in "gb")
    parts = [rows]
    for x, (n, left) in zip(
        np.split(_norm(joined, scale, shift), 3, axis=1), ORDERS.items(), strict=True
    ):
        for step in (1, 2):
            padded = np.pad(x, ((left, n - 1 - left), (0, 0)))
            seen = np.concatenate([padded[k : k + len(x)] for k in range(n)], axis=1)
            x = x + np.maximum(seen @ w[f"w{step}_{n}"] + w[f"b{step}_{n}"], 0)
        parts.append(x)
    found = _norm(np.concatenate(parts, axis=1), w["ln_g"], w["ln_b"])
    mean = (found.sum(axis=0) @ w["cnn_W"] + len(ids) * w["cnn_b"]) / np.sqrt(len(ids))
    y = np.maximum(mean @ w["p1"] + np.maximum(mean @ w["d0"], 0) @ w["d1"], 0)
    z = np.tanh(y @ w["p3"] + np.maximum(y @ w["d2"], 0) @ w["d3"])
    return z / np.linalg.norm(z)


def _norm(x: np.ndarray, scale: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Layer normalisation of each row."""
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True) + _weights()["eps"]) * scale + shift
