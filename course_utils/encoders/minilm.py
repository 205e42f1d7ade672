"""The file of a small BERT, all-MiniLM-L6-v2: its tensors and its vocabulary, read without its framework.

Safetensors: 8 bytes with the length of a JSON header, the header with names, types, shapes and
places, then the numbers themselves; nothing in it can run. Sources:
https://github.com/huggingface/safetensors; asset ``minilm``; Reimers and Gurevych, *Sentence-BERT*,
EMNLP 2019; Wang et al., *MiniLM*, NeurIPS 2020.
"""

import json
import zipfile
from functools import cache

import numpy as np

from course_utils import assets
from course_utils.messages import CourseError

TYPES = {"F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}


@cache
def load() -> tuple[dict[str, np.ndarray], dict[str, int]]:
    """(tensors by name, piece → number): 22.7 million parameters, 30,522 pieces of words."""
    with zipfile.ZipFile(assets.fetch("minilm")) as archive:
        tensors = safetensors(archive.read("model.safetensors"))
        tokenizer = json.loads(archive.read("tokenizer.json"))
    return tensors, tokenizer["model"]["vocab"]


def safetensors(content: bytes) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file by name, without copying them.

    Raises CourseError when the file is cut off or holds a type that the course does not read.
    """
    try:
        start = 8 + int.from_bytes(content[:8], "little")
        header = json.loads(content[8:start])
        header.pop("__metadata__", None)
        return {name: _tensor(content, start, entry) for name, entry in header.items()}
    except (ValueError, KeyError) as error:
        raise CourseError(
            f"safetensors 文件读不了：{error}。请删除它，再运行 course fetch。",
            f"The safetensors file cannot be read: {error}. Delete it and run course fetch again.",
        ) from error


def _tensor(content: bytes, start: int, entry: dict) -> np.ndarray:
    first, last = entry["data_offsets"]
    numbers = np.frombuffer(
        memoryview(content)[start + first : start + last], TYPES[entry["dtype"]]
    )
    return numbers.reshape(entry["shape"])
