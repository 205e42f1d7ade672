"""Checkpoints are read exactly, and anything but tensors is refused without being run."""

import io
import json
import os
import pickle
import struct
import zipfile
from collections import OrderedDict

import h5py
import numpy as np
import pytest

from course_utils.backbones import checkpoint
from course_utils.messages import CourseError

VALUES = np.arange(24, dtype=np.float32)
STRIDED = VALUES.reshape(4, 3, 2).transpose(2, 1, 0)  # stored permuted, as PyTorch does


class _Global:
    """Pickled as a reference to a name that need not exist here."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Writer(pickle._Pickler):
    """Writes what torch.save writes, without torch: the pure-Python pickler can be extended."""

    def persistent_id(self, thing):
        return thing[1] if isinstance(thing, tuple) and thing[:1] == ("PERSISTENT",) else None

    def save(self, thing, save_persistent_id=True):
        if isinstance(thing, _Global):
            return self.write(b"c" + thing.name.replace(" ", "\n").encode() + b"\n")
        if isinstance(thing, _Call):
            self.save(thing.function)
            self.save(thing.arguments)
            return self.write(pickle.REDUCE)
        return super().save(thing, save_persistent_id)


class _Call:
    def __init__(self, function: _Global, *arguments) -> None:
        self.function, self.arguments = function, arguments


def _pickled(thing) -> bytes:
    stream = io.BytesIO()
    _Writer(stream, protocol=2).dump(thing)
    return stream.getvalue()


def _tensor(view=(), n_values=24, shape=(2, 3, 4), stride=(1, 2, 6), offset=0):
    storage = ("storage", _Global("torch FloatStorage"), "17", "cpu", n_values, *view)
    rebuild = _Global("torch._utils _rebuild_tensor_v2")
    hooks = _Call(_Global("collections OrderedDict"))
    return _Call(rebuild, ("PERSISTENT", storage), offset, shape, stride, False, hooks)


def _legacy(tree, storage=VALUES) -> bytes:
    system = {"protocol_version": 1001, "little_endian": True}
    parts = [_pickled(part) for part in (checkpoint.LEGACY_MAGIC, 1001, system, tree, ["17"])]
    return b"".join(parts) + struct.pack("<q", storage.size) + storage.tobytes()


def _zip(path, pickled: bytes, compression=zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/data/17", VALUES.tobytes())


def test_legacy_format_honours_strides(tmp_path):
    file = tmp_path / "x.pth"
    file.write_bytes(_legacy({"weight": _tensor(view=(None,))}))
    np.testing.assert_array_equal(checkpoint.read(file)["weight"], STRIDED)


def test_zip_format_honours_strides(tmp_path):
    file = tmp_path / "x.pth"
    _zip(file, _pickled({"weight": _tensor()}))
    np.testing.assert_array_equal(checkpoint.read(file)["weight"], STRIDED)


def test_truncated_zip_and_compressed_member_are_refused(tmp_path):
    file = tmp_path / "x.pth"
    _zip(file, _pickled({"weight": _tensor()}), zipfile.ZIP_DEFLATED)
    with pytest.raises(CourseError, match="compressed"):
        checkpoint.read(file)
    _zip(file, _pickled({"weight": _tensor()}))
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(CourseError):
        checkpoint.read(file)


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_numpy_pickle(tmp_path, protocol):
    tree = {"a": {"kernel": STRIDED}, "b": np.asfortranarray(STRIDED), "c": np.float32([1, 2])}
    file = tmp_path / "x.ckpt"
    file.write_bytes(pickle.dumps(tree, protocol))
    if protocol in (2, 5):  # NumPy goes through other functions there: refused, not misread
        with pytest.raises(CourseError):
            checkpoint.read(file)
        return
    found = checkpoint.read(file)
    np.testing.assert_array_equal(found["a/kernel"], STRIDED)
    np.testing.assert_array_equal(found["b"], STRIDED)
    np.testing.assert_array_equal(found["c"], [1, 2])


def test_h5_and_its_links(tmp_path):
    file = tmp_path / "x.h5"
    with h5py.File(file, "w") as written:
        written["conv/kernel:0"] = VALUES
    np.testing.assert_array_equal(checkpoint.read(file)["conv/kernel:0"], VALUES)
    with h5py.File(file, "a") as written:
        written["secret"] = h5py.ExternalLink("/etc/other.h5", "/data")
    with pytest.raises(CourseError, match="link"):
        checkpoint.read(file)


def _tfjs(folder, paths, **changes):
    weight = {"name": "conv/kernel", "shape": [2, 3, 4], "dtype": "float32"} | changes
    groups = [{"paths": paths, "weights": [weight]}]
    (folder / "model.json").write_text(json.dumps({"weightsManifest": groups}), encoding="utf-8")
    (folder / "a.bin").write_bytes(VALUES[:10].tobytes())
    (folder / "b.bin").write_bytes(VALUES[10:].tobytes())


def test_tfjs_shards(tmp_path):
    _tfjs(tmp_path, ["a.bin", "b.bin"])
    found = checkpoint.read(tmp_path)["conv/kernel"]
    np.testing.assert_array_equal(found, VALUES.reshape(2, 3, 4))
    for paths, changes in [
        (["a.bin"], {}),
        (["../a.bin", "b.bin"], {}),
        (["a.bin", "b.bin"], {"dtype": "string"}),
        (["a.bin", "b.bin"], {"shape": [2, 3, 3]}),
        (["a.bin", "b.bin"], {"shape": [10**12]}),
    ]:
        _tfjs(tmp_path, paths, **changes)
        with pytest.raises(CourseError):
            checkpoint.read(tmp_path)


# --- malicious pickles: each would create the file `ran` if any of it were executed ---------------


class _Reduce:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)


def _programs(command: str) -> dict[str, bytes]:
    text = command.encode()
    short = b"\x8c" + bytes([len(text)]) + text
    system = b"\x8c\x02os\x8c\x06system\x93"
    return {
        "reduce 0": pickle.dumps(_Reduce(command), 0),
        "reduce 2": pickle.dumps({"weight": _Reduce(command)}, 2),
        "reduce 4": pickle.dumps([_Reduce(command)], 4),
        "stack global": b"\x80\x04" + system + short + b"\x85R.",
        "inst": b"\x80\x02(S'" + text.replace(b"'", b'"') + b"'\nios\nsystem\n.",
        "obj": b"\x80\x02(cos\nsystem\n" + b"X" + struct.pack("<i", len(text)) + text + b"o.",
        "memo": b"\x80\x04" + system + b"\x94" + short + b"\x940h\x00h\x01\x85R.",
        "builtins eval": b"\x80\x02cbuiltins\neval\n" + short + b"\x85R.",
        "dotted name": b"\x80\x04\x8c\x0bcollections\x8c\x10OrderedDict.copy\x93.",
        "numpy loader": b"\x80\x02cnumpy\nload\n" + short + b"\x85R.",
        "extension code": b"\x80\x02\x82\x01.",
        "newobj": b"\x80\x02ccollections\nOrderedDict\n)\x81.",
    }


@pytest.mark.parametrize("kind", sorted(_programs("")))
@pytest.mark.parametrize("container", ["plain", "legacy", "zip"])
def test_malicious_pickle_is_refused_and_never_run(tmp_path, kind, container):
    ran, file = tmp_path / "ran", tmp_path / "x.pth"
    program = _programs(f"touch {ran}")[kind]
    if container == "zip":
        _zip(file, program)
    elif container == "legacy":
        parts = [_pickled(part) for part in (checkpoint.LEGACY_MAGIC, 1001, {})]
        file.write_bytes(b"".join(parts) + program + _pickled([]))
    else:
        file.write_bytes(program)
    with pytest.raises(CourseError) as caught:
        checkpoint.read(file)
    assert not ran.exists()
    assert str(file) in caught.value.zh and str(file) in caught.value.en


def test_the_malicious_pickles_are_real(tmp_path):
    """The control: the standard library's unpickler does run them."""
    ran = tmp_path / "ran"
    for kind in ("reduce 0", "reduce 2", "stack global", "inst", "obj", "memo"):
        pickle.loads(_programs(f"touch {ran}")[kind])
        assert ran.exists(), kind
        ran.unlink()


@pytest.mark.parametrize(
    "program",
    [
        b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"x.",  # BINBYTES8 of 4 exabytes
        b"\x80\x02X" + struct.pack("<I", 2**31) + b"x.",  # text of 2 GiB
        b"\x80\x02Nr" + struct.pack("<I", 2**31 - 1) + b".",  # memo table of 16 GiB
        b"\x80\x02(((((",  # no end
        b"\x80\x02}(K\x01" + b"]K\x02u.",  # unhashable key
        b"",
        b"not a pickle at all",
    ],
)
def test_impossible_sizes_and_broken_programs(tmp_path, program):
    file = tmp_path / "x.ckpt"
    file.write_bytes(program)
    with pytest.raises(CourseError):
        checkpoint.read(file)


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": (2, 3, 400)},
        {"stride": (1, 2, 600)},
        {"offset": 1},
        {"offset": -1},
        {"shape": (10**6, 10**6), "stride": (0, 0)},
        {"n_values": 2**40},
        {"n_values": 25},
    ],
)
def test_tensor_beyond_its_storage(tmp_path, changes):
    file = tmp_path / "x.pth"
    file.write_bytes(_legacy({"weight": _tensor(view=(None,), **changes)}))
    with pytest.raises(CourseError):
        checkpoint.read(file)


@pytest.mark.parametrize(
    "value",
    [
        np.array([{}], dtype=object),
        np.array(["text"]),
        np.zeros(1, dtype=[("a", "f4")]),
        np.array(["2026-11-21"], dtype="M8[D]"),
        "text",
        3,
        OrderedDict(a="text"),
    ],
)
def test_numpy_pickle_of_something_else(tmp_path, value):
    file = tmp_path / "x.ckpt"
    file.write_bytes(pickle.dumps({"weight": value}, 4))
    with pytest.raises(CourseError):
        checkpoint.read(file)


def test_missing_file_says_what_to_do(tmp_path):
    with pytest.raises(CourseError, match="course fetch"):
        checkpoint.read(tmp_path / "nothing.pth")
