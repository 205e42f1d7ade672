"""Linear probe, then fine-tune: the head is trained first, then the last blocks at a low rate.

Source: A. Kumar et al., Fine-Tuning can Distort Pretrained Features and Underperform
Out-of-Distribution, ICLR 2022.
"""

from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from sklearn.model_selection import train_test_split

from bootstrap.computer import processors
from course.learner.classifier import combine, head, model_file
from course_utils import backbones, features, photos

RATE, EPOCHS, BATCH, BLOCKS = 1e-5, 4, 16, 3


def improve(photo_set: photos.PhotoSet, choice: head.Choice) -> tuple[keras.Model, float, float]:
    """The better of frozen and fine-tuned, decided on a fifth of the training photos.

    Returns the model, trained on all photos, and the held-out log loss frozen and fine-tuned.
    """
    places = np.arange(len(photo_set))
    kept, held = train_test_split(places, test_size=0.2, stratify=photo_set.labels, random_state=0)
    held_out = _Stream(photo_set.subset(held), choice.backbone)
    trial = unfrozen(frozen_model(photo_set.subset(kept), choice))
    frozen, tuned = trial.evaluate(held_out, verbose=0), []
    for epoch in range(EPOCHS):
        trial.fit(_Stream(photo_set.subset(kept), choice.backbone, epoch), verbose=0)
        tuned.append(trial.evaluate(held_out, verbose=0))
    model = frozen_model(photo_set, choice)
    if min(tuned) < frozen:
        inner = unfrozen(model)
        for epoch in range(int(np.argmin(tuned)) + 1):
            inner.fit(_Stream(photo_set, choice.backbone, epoch), verbose=0)
    model.layers[2].trainable = False
    return model, frozen, min(tuned)


def frozen_model(photo_set: photos.PhotoSet, choice: head.Choice) -> keras.Model:
    """Backbone as it was pretrained, head fitted on these photos."""
    network = backbones.load(choice.backbone, pooling="avg")
    return model_file.fuse(network, *combine.fit(photo_set, choice))


def unfrozen(model: keras.Model) -> keras.Model:
    """The part of ``model`` behind the resizing, sharing its weights, compiled for fine-tuning.

    Only the last blocks learn, and no batch normalisation: few photos would spoil its statistics.
    """
    network = model.layers[2]
    head_layer = model.get_layer("head")
    parts = backbones.blocks(network)
    learning = {layer.name for name in list(parts)[-BLOCKS:] for layer in parts[name]}
    network.trainable = True
    for layer in network.layers:
        norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = layer.name in learning and not norm
    image = keras.Input(network.input_shape[1:])
    behind = keras.Model(head_layer.input, model.output)
    inner = keras.Model(image, behind(network(image, training=False)))
    # After a change of ``trainable`` a model must be compiled again.
    inner.compile(keras.optimizers.Adam(RATE), loss="sparse_categorical_crossentropy")
    return inner


class _Stream(keras.utils.PyDataset):
    """Batches of photos from disk; with a seed shuffled, half of them mirrored."""

    def __init__(self, photo_set: photos.PhotoSet, backbone: str, seed: int | None = None) -> None:
        super().__init__()
        self.photo_set, self.size = photo_set, features.input_size(backbone)
        self.random = None if seed is None else np.random.default_rng(seed)
        order = np.arange(len(photo_set))
        self.order = order if self.random is None else self.random.permutation(order)

    def __len__(self) -> int:
        return (len(self.order) + BATCH - 1) // BATCH

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        places = self.order[index * BATCH : (index + 1) * BATCH]
        with ThreadPoolExecutor(processors()) as pool:
            images = np.stack(list(pool.map(self._image, places)))
        if self.random is not None:
            mirrored = self.random.random(len(images)) < 0.5
            images[mirrored] = images[mirrored, :, ::-1]
        return images, self.photo_set.labels[places]

    def _image(self, place: int) -> np.ndarray:
        return photos.read(self.photo_set.paths[place], self.size).astype(np.float32)
