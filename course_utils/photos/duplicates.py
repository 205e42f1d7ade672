"""Photos that occur twice: byte by byte, or nearly (another size, compression or brightness)."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bootstrap.computer import processors
from course_utils.photos import reading

# Hamming distances of two 64-bit hashes (library ImageHash). Measured on the 316 default and 1,000
# other photos of cats and dogs: a photo saved at JPEG quality 40, halved, cropped by 4 % or
# brightened by 20 % stays within (10, 8); the closest different photos are (12, 18), (18, 10) and
# (24, 7). Both hashes must agree.
NEAR_PHASH, NEAR_DHASH = 10, 10


def near_duplicates(paths: Sequence[str | Path]) -> list[list[Path]]:
    """Groups of two or more photos that show the same picture, exact copies included.

    Perceptual and difference hash of each photo; pairs within both limits are joined into groups.
    Raises BadPhoto for a file that cannot be read.
    """
    from scipy.sparse.csgraph import connected_components

    files = [Path(path) for path in paths]
    if len(files) < 2:
        return []
    with ThreadPoolExecutor(processors()) as pool:
        hashes = np.array(list(pool.map(_hashes, files)))
    _, group_of = connected_components(_near_pairs(hashes), directed=False)
    groups: dict[int, list[Path]] = {}
    for path, group in zip(files, group_of, strict=True):
        groups.setdefault(int(group), []).append(path)
    return [group for group in groups.values() if len(group) > 1]


def _hashes(path: Path) -> list[int]:
    """The photo's phash and dhash as 64-bit numbers."""
    import imagehash

    image = reading.decode(reading.read_bytes(path), path)
    return [int(str(make(image)), 16) for make in (imagehash.phash, imagehash.dhash)]


def _near_pairs(hashes: np.ndarray):
    """Sparse (n, n) matrix of pairs within both limits; row blocks keep memory small."""
    from scipy.sparse import csr_array, vstack

    phash, dhash = hashes.astype(np.uint64).T
    rows = []
    for start in range(0, len(hashes), 512):
        block = slice(start, start + 512)
        near = np.bitwise_count(phash[block, None] ^ phash) <= NEAR_PHASH
        near &= np.bitwise_count(dhash[block, None] ^ dhash) <= NEAR_DHASH
        rows.append(csr_array(near))
    return vstack(rows)
