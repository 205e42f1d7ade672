"""Reading weights without the framework that wrote them, and nothing but weights.

A pickle is a small program: loading one from a stranger can run anything. PyTorch's ``.pth`` files
and NumPy pickles are therefore read in two steps. First the opcodes are looked through and
anything that plain tensors do not need is refused, then an unpickler follows whose only callables
are placeholders of this file: no name inside a checkpoint is ever imported.

Sources: https://docs.python.org/3/library/pickle.html#restricting-globals and, for the two PyTorch
formats, ``torch/serialization.py``.
"""

import io
import math
import pickle
import pickletools
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.messages import CourseError

MAX_BYTES = 2**31  # no checkpoint of the course is larger than 2 GiB
MAX_OPCODES = 2_000_000
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
PICKLE_MARK = b"\x80"

STORAGE_TYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}

# What OrderedDict, tuples, numbers, text and bytes need. INST, OBJ, NEWOBJ, EXT, PERSID and the
# out-of-band buffers are not among them.
ALLOWED_OPCODES = frozenset(
    """PROTO FRAME STOP MARK POP POP_MARK DUP
    NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 FLOAT BINFLOAT
    UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 STRING BINSTRING SHORT_BINSTRING
    BINBYTES SHORT_BINBYTES BINBYTES8
    EMPTY_LIST APPEND APPENDS LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3
    EMPTY_DICT DICT SETITEM SETITEMS
    GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT MEMOIZE
    GLOBAL STACK_GLOBAL REDUCE BUILD BINPERSID""".split()  # noqa: SIM905 – longer as a list
)


def read(path: str | Path) -> dict[str, np.ndarray]:
    """All tensors of a checkpoint by name; the format is recognised by the file's content.

    Formats: PyTorch legacy and zip, a NumPy-only pickle, and Keras ``.h5``. Names of nested mappings are joined by ``/``. Arrays keep the layout of
    their framework (PyTorch: OIHW). Raises CourseError when the file is damaged or holds anything
    but tensors.
    """
    path = Path(path)
    try:
        return _read_any(path)
    except CourseError:
        raise
    except FileNotFoundError as error:
        raise CourseError(
            f"找不到权重文件 {path}。请运行 `course fetch` 重新下载。",
            f"The weights {path} are missing. Run `course fetch` to get them again.",
        ) from error
    except Exception as error:  # a damaged pickle can raise nearly anything
        raise _refusal(path, str(error)) from error


def _read_any(path: Path) -> dict[str, np.ndarray]:
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("larger than any checkpoint of the course")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"\x89HDF"):
        return read_h5(path)
    if start.startswith(b"PK\x03\x04"):
        return _read_torch_zip(path)
    return _read_pickles(path.read_bytes())


def _refusal(path: Path, reason: str) -> CourseError:
    return CourseError(
        f"拒绝读取权重文件 {path}：文件损坏，或者其中有张量以外的内容（{reason}）。"
        "请删除它，再运行 `course fetch` 重新下载；不要使用来源不明的权重。",
        f"Refused to read the weights {path}: damaged, or holding more than tensors ({reason}). "
        "Delete the file and run `course fetch`; do not use weights of unknown origin.",
    )


# --- the restricted unpickler -------------------------------------------------------------------


def _checked_pickle(stream: io.BytesIO) -> bytes:
    """The next pickle of ``stream`` as bytes, once its opcodes have been looked through.

    Also refuses memo indices that are larger than the program itself: CPython would allocate a
    table of that size.
    """
    start = stream.tell()
    for count, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
        if opcode.name not in ALLOWED_OPCODES:
            raise ValueError(f"opcode {opcode.name}")
        if opcode.name.endswith(("PUT", "GET")) and int(argument or 0) > count:
            raise ValueError("memo index out of range")
        if count > MAX_OPCODES:
            raise ValueError("too many opcodes")
    end = stream.tell()
    return stream.getbuffer()[start:end].tobytes()


class _Only:
    """A callable that a pickle may name. Has no attributes that BUILD could change."""

    __slots__ = ("function",)

    def __init__(self, function) -> None:
        object.__setattr__(self, "function", function)

    def __call__(self, *arguments):
        return self.function(*arguments)

    def __setattr__(self, name: str, value: object) -> None:
        raise ValueError("a checkpoint may not change code")


def _empty_mapping(*items) -> OrderedDict:
    return OrderedDict(*items)


class _TensorUnpickler(pickle.Unpickler):
    """Knows OrderedDict, the storage types and _rebuild_tensor_v2, and for NumPy its array parts."""

    def find_class(self, module: str, name: str) -> object:
        if (module, name) == ("collections", "OrderedDict"):
            return _Only(_empty_mapping)
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Only(_Tensor)
        if module == "torch" and name in STORAGE_TYPES:
            return np.dtype(STORAGE_TYPES[name])
        if module == "numpy" and name == "ndarray":
            return "ndarray"
        if module == "numpy" and name == "dtype":
            return _Only(_DType)
        if name == "_reconstruct" and module in (
            "numpy.core.multiarray",
            "numpy._core.multiarray",
        ):
            return _Only(_Array)
        raise ValueError(f"the name {module}.{name}")

    def persistent_load(self, reference: tuple) -> "_Storage":
        return _Storage(*reference)


class _Storage:
    """A reference to raw numbers that follow the pickle (legacy) or lie in another zip member."""

    __slots__ = ("dtype", "key", "n_values")

    def __init__(self, kind, dtype, key, _location, n_values, view=None) -> None:
        if kind != "storage" or not isinstance(dtype, np.dtype) or view is not None:
            raise ValueError("an unknown kind of storage")
        if not isinstance(key, str) or type(n_values) is not int or n_values < 0:
            raise ValueError("a malformed storage")
        if n_values * dtype.itemsize > MAX_BYTES:
            raise ValueError("a storage of impossible size")
        self.dtype, self.key, self.n_values = dtype, key, n_values

    def __setstate__(self, state) -> None:
        raise ValueError("a storage with state")


class _Tensor:
    """A strided view of a storage: ``torch._utils._rebuild_tensor_v2`` without torch."""

    __slots__ = ("offset", "shape", "storage", "stride")

    def __init__(self, storage, offset, shape, stride, *_grad_and_hooks) -> None:
        self.storage, self.offset = storage, offset
        self.shape, self.stride = tuple(shape), tuple(stride)
        numbers = (offset, *self.shape, *self.stride)
        if not isinstance(storage, _Storage) or not all(
            type(number) is int and 0 <= number <= MAX_BYTES for number in numbers
        ):
            raise ValueError("a malformed tensor")
        if len(self.shape) != len(self.stride) or len(self.shape) > 8:
            raise ValueError("a tensor whose shape and stride disagree")
        steps = zip(self.shape, self.stride, strict=True)
        last = offset + sum((length - 1) * step for length, step in steps)
        if math.prod(self.shape) and last >= storage.n_values:
            raise ValueError("a tensor larger than its storage")
        if math.prod(self.shape) > storage.n_values:
            raise ValueError("a tensor that repeats its storage")

    def __setstate__(self, state) -> None:
        raise ValueError("a tensor with state")

    def array(self, storages: dict[str, np.ndarray]) -> np.ndarray:
        """The numbers in the order of the shape, whatever order they were stored in."""
        values = storages[self.storage.key]
        if values.dtype != self.storage.dtype or values.size != self.storage.n_values:
            raise ValueError("one storage with two descriptions")
        if not math.prod(self.shape):
            return np.empty(self.shape, values.dtype)
        strides = [step * values.itemsize for step in self.stride]
        view = np.lib.stride_tricks.as_strided(values[self.offset :], self.shape, strides)
        return np.ascontiguousarray(view).reshape(self.shape)


class _DType:
    """``numpy.dtype`` of plain numbers; objects, records and dates are refused."""

    __slots__ = ("dtype",)

    def __init__(self, text: str, *_flags) -> None:
        if not isinstance(text, str) or len(text) > 3 or np.dtype(text).kind not in "fiub":
            raise ValueError(f"the array type {text!r}")
        self.dtype = np.dtype(text)

    def __setstate__(self, state: tuple) -> None:
        if tuple(state[2:5]) != (None, None, None):
            raise ValueError("an array type with fields")
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """``numpy.ndarray`` as NumPy pickles it: an empty array first, its content as state."""

    __slots__ = ("values",)

    def __init__(self, *_kind) -> None:
        self.values: np.ndarray | None = None

    def __setstate__(self, state: tuple) -> None:
        _version, shape, dtype, in_fortran_order, raw = state
        if not isinstance(dtype, _DType) or not isinstance(raw, bytes | str):
            raise TypeError("an array of something else than numbers")
        raw = raw if isinstance(raw, bytes) else raw.encode("latin1")
        values = np.frombuffer(raw, dtype.dtype)
        self.values = values.reshape(shape, order="F" if in_fortran_order else "C")


def _unpickle(stream: io.BytesIO) -> Any:
    return _TensorUnpickler(io.BytesIO(_checked_pickle(stream)), encoding="latin1").load()


def _flatten(tree: object, storages: dict[str, np.ndarray], prefix: str = "") -> dict:
    """Nested mappings and lists of tensors as one mapping ``name → array``."""
    if isinstance(tree, _Tensor):
        return {prefix: tree.array(storages)}
    if isinstance(tree, _Array) and tree.values is not None:
        return {prefix: tree.values}
    if isinstance(tree, list | tuple):
        tree = dict(enumerate(tree))
    if not isinstance(tree, dict):
        raise TypeError(f"a value of type {type(tree).__name__}")
    flat: dict[str, np.ndarray] = {}
    for key, value in tree.items():
        flat |= _flatten(value, storages, f"{prefix}/{key}" if prefix else str(key))
    return flat


def _read_pickles(data: bytes) -> dict[str, np.ndarray]:
    """A NumPy-only pickle, or PyTorch's legacy format: five pickles, then the raw storages."""
    stream = io.BytesIO(data)
    first = _unpickle(stream)
    if first != LEGACY_MAGIC:
        return _flatten(first, {})
    _protocol, system, tree, keys = (_unpickle(stream) for _ in range(4))
    if system.get("little_endian") is not True:
        raise ValueError("written on a big-endian machine")
    return _flatten(tree, _legacy_storages(stream, keys, _storages_of(tree)))


def _storages_of(tree: object) -> dict[str, _Storage]:
    if isinstance(tree, _Tensor):
        return {tree.storage.key: tree.storage}
    found: dict[str, _Storage] = {}
    for value in tree.values() if isinstance(tree, dict) else ():
        found |= _storages_of(value)
    return found


def _legacy_storages(stream: io.BytesIO, keys: list, known: dict[str, _Storage]) -> dict:
    """Each storage: its length as a 64-bit integer, then the values, in the order of ``keys``."""
    storages = {}
    for key in keys:
        (n_values,) = struct.unpack("<q", stream.read(8))
        storage = known[key]
        if n_values != storage.n_values:
            raise ValueError("one storage with two lengths")
        raw = stream.read(n_values * storage.dtype.itemsize)
        storages[key] = np.frombuffer(raw, storage.dtype)
    return storages


def _read_torch_zip(path: Path) -> dict[str, np.ndarray]:
    """PyTorch's zip format: ``NAME/data.pkl`` beside one uncompressed ``NAME/data/KEY`` each."""
    with zipfile.ZipFile(path) as archive:
        (pickled,) = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        folder = pickled.removesuffix("data.pkl")
        tree = _unpickle(io.BytesIO(_stored(archive, pickled)))
        storages = {
            key: np.frombuffer(_stored(archive, f"{folder}data/{key}"), storage.dtype)
            for key, storage in _storages_of(tree).items()
        }
    return _flatten(tree, storages)


def _stored(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.compress_type != zipfile.ZIP_STORED or info.file_size > MAX_BYTES:
        raise ValueError("a compressed member")  # PyTorch never compresses; a bomb would
    return archive.read(info)


# --- formats that hold data only ----------------------------------------------------------------


def read_h5(path: Path) -> dict[str, np.ndarray]:
    """The datasets of a Keras ``.h5`` file; links that lead out of the file are refused."""
    import h5py

    def walk(group, prefix: str) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise TypeError("a link out of the file")
            item = group[name]
            if isinstance(item, h5py.Group):
                found |= walk(item, f"{prefix}{name}/")
            elif item.external or item.is_virtual or item.dtype.kind not in "fiub":
                raise ValueError(f"the dataset {name} is not plain numbers")
            elif item.nbytes > MAX_BYTES:
                raise ValueError(f"the dataset {name} is too large")
            else:
                found[prefix + name] = item[()]
        return found

    with h5py.File(path, "r") as file:
        return walk(file, "")
