"""Encoders against independent programs: ONNX Runtime, and what the encoder's own package said."""

import json
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from scipy.io import wavfile

from course_utils import assets, features, paths
from course_utils.encoders import minilm, protobuf, sentences, speech
from course_utils.messages import CourseError

EXPECTED = json.loads(Path(__file__).with_name("expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """A features cache of its own; assets come from where they are."""
    monkeypatch.setenv("COURSE_ASSETS", str(assets.fetch("sentence_encoder").parents[1]))
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path / "cache"))


def session(file):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


def sound(seed=0, n=24_000):
    rng = np.random.default_rng(seed)
    t = np.arange(n) / speech.RATE
    return (3000 * np.sin(2 * np.pi * 300 * t * (1 + t)) + 300 * rng.normal(size=n)).astype(
        "float32"
    )


@pytest.mark.parametrize("name", ["melspectrogram.onnx", "embedding_model.onnx"])
def test_onnx_weights_are_those_of_the_onnx_package(name):
    file = assets.fetch("speech_embedding") / name
    found = protobuf.onnx_weights(file.read_bytes())
    theirs = {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(file).graph.initializer}
    assert found.keys() == {n for n, t in theirs.items() if t.dtype == np.float32}
    assert all(np.array_equal(found[name], theirs[name]) for name in found)


def test_a_file_that_is_cut_off_is_refused():
    content = (assets.fetch("speech_embedding") / "embedding_model.onnx").read_bytes()
    with pytest.raises(CourseError, match="course fetch"):
        protobuf.fields(content[: len(content) // 2])


def test_speech_features_are_those_of_onnx_runtime():
    folder = assets.fetch("speech_embedding")
    x = sound()
    spectrogram = session(folder / "melspectrogram.onnx").run(None, {"input": x[None]})[0]
    expected = spectrogram.reshape(-1, 32) / 10 + 2
    assert np.allclose(speech.mel(x), expected, atol=1e-3)
    windows = np.stack([expected[i : i + 76] for i in range(0, len(expected) - 75, 8)])[..., None]
    expected = session(folder / "embedding_model.onnx").run(None, {"input_1": windows})[0]
    found = speech.embed(x)
    assert found.shape == (speech.n_windows(len(x)), 96)
    assert np.allclose(found, expected.reshape(-1, 96), atol=5e-3)


def test_sounds_are_read_at_16000_and_padded_in_front(tmp_path):
    wavfile.write(tmp_path / "a.wav", 48_000, np.int16(1000 * np.ones(24_000)))
    found = speech.load(tmp_path / "a.wav", seconds=1.0)
    assert found.shape == (16_000,) and found[:7_000].max() == 0 and abs(found[12_000] - 1000) < 5
    wavfile.write(tmp_path / "b.wav", 44_100, np.zeros(100, np.int16))
    with pytest.raises(CourseError, match="b.wav"):
        speech.load(tmp_path / "b.wav")
    with pytest.raises(CourseError, match="0.79"):
        speech.embed(np.zeros(8_000, "float32"))


def test_pieces_and_sentences_are_those_of_the_encoders_own_package():
    found = [sentences.pieces().ids(text) for text in EXPECTED["texts"]]
    assert found == EXPECTED["ids"]
    rows = sentences.embed(EXPECTED["texts"])
    assert np.allclose(rows[:, :8], EXPECTED["first_8"], atol=2e-4)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_safetensors():
    numbers = np.arange(6, dtype="<f4").reshape(2, 3)
    entry = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}
    header = json.dumps({"__metadata__": {"a": "b"}, "w": entry}).encode()
    content = struct.pack("<Q", len(header)) + header + numbers.tobytes()
    found = minilm.safetensors(content)
    assert found.keys() == {"w"} and np.array_equal(found["w"], numbers)
    for broken in (content[:-1], content[:20], b"", content.replace(b"F32", b"F99")):
        with pytest.raises(CourseError, match="safetensors"):
            minilm.safetensors(broken)


@pytest.mark.slow
def test_the_lessons_bert_is_the_independent_export():
    """The network that lesson 13 builds in Keras, and ONNX Runtime with 8-bit integers."""
    sys.path.insert(0, str(paths.LESSONS))
    try:
        import full_13
    finally:
        sys.path.pop(0)
    found = full_13.export(full_13.from_lesson(full_13.LESSON, full_13.WANTED))
    assert min(found["cosine"]) > 1 - 1e-3


def test_texts_and_sounds_come_from_the_cache_the_second_time(own_cache, monkeypatch):
    texts, sounds = ["你好", "hello", "你好"], np.stack([sound(1), sound(2)])
    first = features.of_texts(texts), features.of_sounds(sounds)
    assert np.array_equal(first[0][0], first[0][2])

    def fail(*_):
        raise AssertionError("computed although it is cached")

    monkeypatch.setattr(sentences, "_embed", fail)
    monkeypatch.setattr(speech, "mel", fail)
    assert np.array_equal(features.of_texts(texts[::-1]), first[0][::-1])
    assert np.array_equal(features.of_sounds(sounds[::-1]), first[1][::-1])
    with pytest.raises(AssertionError, match="computed"):
        features.of_texts(["something new"])
