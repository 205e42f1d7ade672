"""Frozen features of short sounds: what Google's speech embedding hears in them.

>>> mel(sound)                # doctest: +SKIP
array of shape (frames, 32): a frame every 10 ms, the energy in 32 bands
>>> embed(sound)              # doctest: +SKIP
array of shape (windows, 96): a window of 76 frames every 8 frames

The network was trained on speech and knows no words; its weights come with openWakeWord as ONNX
files, of which only the tensors are read. Sources: asset ``speech_embedding``;
https://github.com/dscripka/openWakeWord.
"""

from functools import cache
from pathlib import Path

import numpy as np
from scipy.io import wavfile
from scipy.signal import resample_poly

from course_utils import assets
from course_utils.encoders import protobuf
from course_utils.messages import CourseError

RATE = 16_000  # samples a second
WINDOW, STEP, BANDS, WIDTH = 76, 8, 32, 96
POOLED = {2: (2, 2), 6: (1, 2), 10: (2, 2), 14: (1, 2), 18: (2, 2)}  # after these convolutions


def load(file: str | Path, seconds: float = 1.5) -> np.ndarray:
    """The last ``seconds`` of a WAV file as (samples,) float32 in the range of 16-bit integers.

    At 16,000 samples a second; a shorter sound gets silence in front. Raises CourseError for files
    that are not mono with 16 bits and a multiple of 16,000 samples a second.
    """
    rate, sound = wavfile.read(file)
    if sound.ndim != 1 or sound.dtype != np.int16 or rate % RATE:
        raise CourseError(
            f"{file} 不是 16 位单声道、采样率为 16000 的倍数的 WAV。",
            f"{file} is no WAV of one channel with 16 bits and a multiple of 16000 samples a second.",
        )
    sound = resample_poly(sound.astype("float32"), 1, rate // RATE)
    n = round(seconds * RATE)
    return np.pad(sound[-n:], (max(n - len(sound), 0), 0)).astype("float32")


def mel(sound: np.ndarray) -> np.ndarray:
    """(samples,) in the range of 16-bit integers -> (frames, 32): decibels / 10 + 2, at most 80 dB deep."""
    weights = _weights("melspectrogram.onnx")
    frames = np.lib.stride_tricks.sliding_window_view(np.float32(sound), 512)[::160]
    real, imaginary = (
        frames @ weights[f"0.stft.conv_{part}.weight"][:, 0].T for part in ("real", "imag")
    )
    energy = np.maximum((real**2 + imaginary**2) @ weights["1.melW"], 1e-10)
    decibels = 10 * np.log10(energy)
    return np.maximum(decibels, decibels.max() - 80) / 10 + 2


def n_windows(n_samples: int) -> int:
    """How many windows ``embed`` gives for so many samples."""
    frames = (n_samples - 512) // 160 + 1
    return (frames - WINDOW) // STEP + 1


def embed(sound: np.ndarray) -> np.ndarray:
    """(samples,) in the range of 16-bit integers -> (windows, 96) float32.

    Raises CourseError for a sound that is shorter than one window, 0.79 seconds.
    """
    frames = mel(sound)
    if len(frames) < WINDOW:
        raise CourseError(
            "声音短于 0.79 秒，取不到一个窗口。",
            "The sound is shorter than a window, 0.79 seconds.",
        )
    windows = np.lib.stride_tricks.sliding_window_view(frames, WINDOW, axis=0)[::STEP]
    return _network()(windows.transpose(0, 2, 1)[..., None].astype("float32"))


@cache
def _weights(name: str) -> dict[str, np.ndarray]:
    return protobuf.onnx_weights((assets.fetch("speech_embedding") / name).read_bytes())


@cache
def _network():
    """20 convolutions over time and bands, with pooling between them; (n, 76, 32, 1) -> (n, 96)."""
    import tensorflow as tf

    named = _weights("embedding_model.onnx")
    layers = []
    for i in range(20):
        layer = f"model/conv2d{f'_{i}' * (i > 0)}/Conv2D"
        fused = f"{layer}_weights_fused_bn" in named  # all but the last
        kernel = named[f"{layer}_weights_fused_bn" if fused else f"{layer}/ReadVariableOp:0"]
        bias = named[f"{layer}_bias_fused_bn"] if fused else None
        layers.append((tf.constant(kernel.transpose(2, 3, 1, 0)), bias))
    floor = named["const_fold_opt__287"].item()

    @tf.function(input_signature=[tf.TensorSpec((None, WINDOW, BANDS, 1))])
    def run(x):
        for i, (kernel, bias) in enumerate(layers):
            side = kernel.shape[1] // 2  # zeros beside the bands, none before and after in time
            x = tf.nn.conv2d(x, kernel, 1, [[0, 0], [0, 0], [side, side], [0, 0]])
            if bias is not None:
                x = tf.maximum(tf.nn.leaky_relu(x + bias, 0.2), floor)
            if i in POOLED:
                x = tf.nn.max_pool2d(x, POOLED[i], POOLED[i], "VALID")
        return tf.reshape(x, (-1, WIDTH))

    return lambda windows: run(windows).numpy()
