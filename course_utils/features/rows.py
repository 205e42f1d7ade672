"""Frozen features of texts and sounds, in the same cache on disk as those of photos."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from course_utils import assets
from course_utils.features.cache import Store

VERSION = 1  # raise it when an encoder changes: older rows are then ignored
BATCH = 200  # rows that are computed, and then kept


@dataclass(frozen=True)
class Encoder:
    """What the cache asks of an encoder: its name, its key and the numbers of a row."""

    name: str
    key: str
    n_features: int


def of_texts(texts: Sequence[str]) -> np.ndarray:
    """(n, 512) float32: each text by the multilingual sentence encoder, as a row of length 1."""

    def embed(some: list[str]) -> np.ndarray:
        from course_utils.encoders import sentences

        return sentences.embed(some)

    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return _rows(_encoder("sentence_encoder", 512), list(texts), digests, embed)


def of_sounds(sounds: np.ndarray) -> np.ndarray:
    """(n, samples) at 16,000 a second, in the range of 16-bit integers -> (n, windows, 96) float32.

    Raises CourseError for sounds that are shorter than a window, 0.79 seconds.
    """
    from course_utils.encoders import speech

    def embed(some: list[np.ndarray]) -> np.ndarray:
        return np.stack([speech.embed(sound).ravel() for sound in some])

    sounds = np.asarray(sounds, np.float32)
    n_windows = speech.n_windows(sounds.shape[1])
    digests = [hashlib.sha256(sound.tobytes()).digest() for sound in sounds]
    encoder = _encoder("speech_embedding", n_windows * speech.WIDTH)
    return _rows(encoder, list(sounds), digests, embed).reshape(
        len(sounds), n_windows, speech.WIDTH
    )


def _encoder(asset: str, n_features: int) -> Encoder:
    parts = (VERSION, asset, assets.manifest()[asset].content_sha256, n_features)
    return Encoder(asset, hashlib.sha256(repr(parts).encode()).hexdigest()[:16], n_features)


def _rows(
    encoder: Encoder, items: list, digests: list[bytes], embed: Callable[[list], np.ndarray]
) -> np.ndarray:
    """The rows of the items, in their order; what the cache does not have is computed and kept."""
    table = np.empty((len(items), encoder.n_features), np.float32)
    with Store(encoder) as store:
        missing: dict[bytes, list[int]] = {}
        for place, digest in enumerate(digests):
            row = store.get(digest)
            if row is None:
                missing.setdefault(digest, []).append(place)
            else:
                table[place] = row
        order = list(missing)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            found = embed([items[missing[digest][0]] for digest in some])
            for digest, row in zip(some, found, strict=True):
                table[missing[digest]] = row
            store.put(dict(zip(some, found, strict=True)))
    return table
