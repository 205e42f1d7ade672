"""Fields of a protobuf message, without its schema: enough for ONNX weights and SentencePiece models.

Source: https://protobuf.dev/programming-guides/encoding/.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from course_utils.messages import CourseError

Field = int | memoryview  # a number, or bytes: text, a float's 4 bytes, a message inside


def fields(message: bytes | memoryview) -> dict[int, list[Field]]:
    """Field number → its values in order. Raises CourseError where the message is cut off."""
    found: dict[int, list[Field]] = defaultdict(list)
    try:
        for number, value in _fields(memoryview(message)):
            found[number].append(value)
    except (IndexError, KeyError):
        raise CourseError(
            "文件不完整，请删除它，再运行 course fetch。",
            "The file is incomplete: delete it and run course fetch again.",
        ) from None
    return found


def _fields(data: memoryview) -> Iterator[tuple[int, Field]]:
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        size, at = _varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        if at + size > len(data):
            raise IndexError
        yield tag >> 3, data[at : at + size]
        at += size


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, the lowest first, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def onnx_weights(content: bytes) -> dict[str, np.ndarray]:
    """The float32 tensors of an ONNX file by name (model 7: graph, graph 5: initializers)."""
    (graph,) = fields(content)[7]
    found = {}
    for tensor in fields(graph)[5]:  # type: ignore[arg-type]
        parts = fields(tensor)  # type: ignore[arg-type]
        if parts[2] == [1] and parts[9]:  # 1: float32
            shape = _numbers(parts[1])
            found[bytes(parts[8][0]).decode()] = np.frombuffer(parts[9][0], "<f4").reshape(shape)  # type: ignore[arg-type]
    return found


def _numbers(values: list[Field]) -> list[int]:
    """Repeated integers: one field each, or packed into one."""
    found = []
    for value in values:
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = _varint(value, at)
            found.append(number)
    return found
