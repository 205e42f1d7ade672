"""The same predictions in less time: batch normalisation folded away, the graph frozen.

At prediction time batch normalisation is a fixed scale and shift per channel, so it can be
multiplied into the convolution before it. Frozen weights let TensorFlow fuse convolution, bias and
ReLU6 into one call of oneDNN.
"""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.backbones.parts import random_state_kept

if TYPE_CHECKING:
    import keras


def fold_batch_norm(model: "keras.Model") -> "keras.Model":
    """A copy of ``model`` without the batch normalisations that directly follow a convolution.

    For predicting only: equal to ``model(x, training=False)`` up to rounding (about 1e-5). The copy
    has weights of its own, and convolutions keep their names.
    """
    import keras

    pairs = _foldable(model)
    norms = {norm.name for norm in pairs.values()}

    def clone(layer):
        if layer.name in norms:
            return keras.layers.Identity(name=layer.name)
        config = layer.get_config()
        if layer.name in pairs:
            config["use_bias"] = True
        return type(layer).from_config(config)

    def call(layer, x, **arguments):
        return x if layer.name in norms else layer(x, **arguments)  # norms leave the graph

    with random_state_kept():
        folded = keras.models.clone_model(model, clone_function=clone, call_function=call)
    for layer in model.layers:
        if layer.name in pairs:
            folded.get_layer(layer.name).set_weights(_folded(layer, pairs[layer.name]))
        elif layer.weights and layer.name not in norms:
            folded.get_layer(layer.name).set_weights(layer.get_weights())
    return folded


def _foldable(model: "keras.Model") -> dict:
    """Convolution's name → the batch normalisation that is its only reader."""
    import keras

    sources = _sources(model.get_config())
    read = Counter(name for names in sources.values() for name in names)
    found = {}
    for norm in model.layers:
        if not isinstance(norm, keras.layers.BatchNormalization) or len(sources[norm.name]) != 1:
            continue
        conv = model.get_layer(sources[norm.name][0])
        plain = isinstance(conv, keras.layers.Conv2D | keras.layers.DepthwiseConv2D)
        if plain and _is_linear(conv) and read[conv.name] == 1:
            found[conv.name] = norm
    return found


def _sources(config: dict) -> dict[str, list[str]]:
    """Layer → the layers that it reads, by the model's saved form: files hold it, so it stays.

    A layer that is used twice has the sources of both; the model's outputs count as a reader, "".
    """
    from keras import tree

    found = {layer["name"]: _read_by(layer["inbound_nodes"]) for layer in config["layers"]}
    outputs = config["output_layers"]  # [name, node, tensor], or a list or dict of these
    return found | {"": [name for name in tree.flatten(outputs) if isinstance(name, str)]}


def _read_by(saved: Any) -> list[str]:
    """Names of the layers whose outputs stand somewhere in these saved arguments."""
    if isinstance(saved, dict) and saved.get("class_name") == "__keras_tensor__":
        return [saved["config"]["keras_history"][0]]
    parts = saved.values() if isinstance(saved, dict) else saved
    nested = [part for part in parts if isinstance(part, dict | list | tuple)]
    return [name for part in nested for name in _read_by(part)]


def _is_linear(conv) -> bool:
    import keras

    return conv.activation is keras.activations.linear


def _folded(conv, norm) -> list[np.ndarray]:
    """Kernel and bias of ``conv`` followed by ``norm``."""
    import keras

    kernel, *bias = conv.get_weights()
    mean, variance = np.asarray(norm.moving_mean), np.asarray(norm.moving_variance)
    scale = 1 / np.sqrt(variance + norm.epsilon)
    scale = scale * np.asarray(norm.gamma) if norm.scale else scale
    shift = np.asarray(norm.beta) if norm.center else np.zeros_like(mean)
    depthwise = isinstance(conv, keras.layers.DepthwiseConv2D)
    factors = scale.reshape(kernel.shape[2:]) if depthwise else scale
    return [kernel * factors, (bias[0] if bias else 0) * scale + shift - mean * scale]


def predictor(model: "keras.Model") -> Callable[[np.ndarray], np.ndarray]:
    """A function from photos (batch, h, w, 3), uint8 or float, to ``model``'s output as float32.

    Batch normalisation is folded and the weights are constants of the graph: later changes of
    ``model`` do not reach it. The fastest way to many features on a CPU.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    folded = fold_batch_norm(model)
    signature = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32)
    traced = tf.function(lambda x: folded(x, training=False)).get_concrete_function(signature)
    frozen = convert_variables_to_constants_v2(traced)

    def predict(images: np.ndarray) -> np.ndarray:
        (output,) = frozen(tf.cast(images, tf.float32))
        return output.numpy()

    return predict
