# %% tags=["setup"]
import json
import re
import unicodedata

import keras
import numpy as np
from keras import layers, ops
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from course_utils import assets, features
from course_utils.encoders import minilm, speech


def texts_of(name):
    """texts and labels (1: positive) of a source, without duplicates"""
    if name == "chinese":
        folder = assets.fetch("chinese_reviews")
        lines = [(folder / f"{c}.txt").read_text("utf-8").splitlines() for c in ("neg", "pos")]
        found = [[line.strip() for line in part] for part in lines]
        both = set(found[0]) & set(found[1])
        texts, labels = [], []
        for label, part in enumerate(found):
            kept = [t for t in dict.fromkeys(part) if t not in both and 8 <= len(t) <= 60]
            chosen = np.random.default_rng(label).permutation(len(kept))[:2000]
            texts += [kept[i] for i in chosen]
            labels += [label] * len(chosen)
        return texts, np.array(labels)
    file = assets.fetch("english_opinions") / f"{SOURCES[name]}_GroundTruth.txt"
    rows = [line.split("\t", 2) for line in file.read_text("latin-1").splitlines()]
    rated = {text: float(rating) for _, rating, text in rows if abs(float(rating)) >= 1}
    texts = list(rated)
    if name == "movies":
        texts = [texts[i] for i in np.random.default_rng(5).permutation(len(texts))[:2400]]
    return texts, np.array([int(rated[t] > 0) for t in texts])


SOURCES = {
    "chinese": "",
    "amazon": "amazonReviewSnippets",
    "tweets": "tweets",
    "movies": "movieReviewSnippets",
}


def embedded(name):
    return features.of_texts(texts_of(name)[0])


def new_head():
    return LogisticRegression(C=10, max_iter=1000, class_weight="balanced")


def bag_of_words():
    return make_pipeline(TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 3), max_features=20000), new_head())


def balanced(answers, y):
    """mean of the two classes' accuracies"""
    return np.mean([(answers[y == c] == c).mean() for c in (0, 1)])


# %%
WEIGHTS, VOCABULARY = minilm.load()
LENGTH = 32


def word_pieces(word):
    """the longest known piece first; ## marks one that continues a word"""
    found, i = [], 0
    while i < len(word):
        ends = range(len(word), i, -1)
        known = [j for j in ends if "##" * (i > 0) + word[i:j] in VOCABULARY]
        if not known:
            return ["[UNK]"]
        found.append("##" * (i > 0) + word[i : known[0]])
        i = known[0]
    return found


def tokens(text):
    """the pieces of a text, between [CLS] and [SEP]; at most 32"""
    plain = unicodedata.normalize("NFD", text.lower().replace("_", " _ "))
    plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
    words = re.findall(r"\w+|[^\w\s]", plain)
    return ["[CLS]", *sum(map(word_pieces, words), [])[: LENGTH - 2], "[SEP]"]


def token_ids(texts):
    """(n, 32) numbers of pieces, then zeros"""
    ids = np.zeros((len(texts), LENGTH), "int32")
    for row, text in zip(ids, texts):
        found = tokens(text)
        row[: len(found)] = [VOCABULARY[piece] for piece in found]
    return ids


# %%
def filled(layer, x, name):
    """apply a new layer and give it the file's numbers"""
    y, w = layer(x), WEIGHTS[f"{name}.weight"]
    layer.set_weights([w.T, WEIGHTS[f"{name}.bias"]])
    return y


def dense(x, name, activation=None):
    n = len(WEIGHTS[f"{name}.bias"])
    return filled(layers.Dense(n, activation, name=name.replace(".", "_")), x, name)


def norm(x, name):
    return filled(layers.LayerNormalization(epsilon=1e-12), x, name)


def exact_gelu(x):
    return keras.activations.gelu(x, approximate=False)


def split_heads(x):  # (n, 32, 384) -> (n, 12, 32, 32): 12 heads of 32 numbers
    return ops.transpose(ops.reshape(x, (-1, LENGTH, 12, 32)), (0, 2, 1, 3))


def attention(h, mask, name):
    q, k, v = (split_heads(dense(h, f"{name}.self.{s}")) for s in ("query", "key", "value"))
    scores = q @ ops.transpose(k, (0, 1, 3, 2)) / 32**0.5
    weights = ops.softmax(scores + (mask[:, None, None, :] - 1) * 1e9)  # nobody looks at padding
    joined = ops.reshape(ops.transpose(weights @ v, (0, 2, 1, 3)), (-1, LENGTH, 384))
    return dense(joined, f"{name}.output.dense")


def block(h, mask, name):
    h = norm(h + attention(h, mask, f"{name}.attention"), f"{name}.attention.output.LayerNorm")
    wide = dense(h, f"{name}.intermediate.dense", exact_gelu)
    return norm(h + dense(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")


def minilm_encoder():
    """(n, 32) numbers of pieces -> (n, 384): a vector of length 1 for each text"""
    ids = keras.Input((LENGTH,), dtype="int32")
    mask = ops.cast(ids != 0, "float32")
    table = layers.Embedding(30522, 384, name="pieces", trainable=False)
    h = table(ids)
    table.set_weights([WEIGHTS["embeddings.word_embeddings.weight"]])
    places = WEIGHTS["embeddings.position_embeddings.weight"][:LENGTH]
    h = norm(h + places + WEIGHTS["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(6):
        h = block(h, mask, f"encoder.layer.{i}")
    mean = ops.sum(h * mask[..., None], 1) / ops.sum(mask, 1, keepdims=True)
    return keras.Model(ids, layers.UnitNormalization()(mean))


def five_sentences():
    return [
        "The battery lasts all day and the screen is bright.",
        "Terrible quality, it broke after two days.",
        "A cat sleeps on the sofa.",
        "A kitten is napping on the couch.",
        "Stock prices fell sharply.",
    ]


# %%
def with_head(encoder):
    return keras.Model(encoder.input, layers.Dense(1, name="head")(encoder.output))


def set_head(model, probe):
    model.get_layer("head").set_weights([probe.coef_.T, probe.intercept_])


def add_lora(model, rank):
    """freeze all but the head; A and B for the queries and values"""
    for layer in model.layers:
        if layer.name.endswith(("self_query", "self_value")):
            layer.enable_lora(rank)
            layer.bias.trainable = False
        else:
            layer.trainable = layer.name == "head"


# %%
RATE = speech.RATE


def mel_features(sound):
    """(384,): mean of the mel spectrogram in 12 stretches of time"""
    return np.concatenate([part.mean(axis=0) for part in np.array_split(speech.mel(sound), 12)])


def flat(x):
    return x.reshape(len(x), -1)


def add_noise(sound, snr, rng):
    """white noise, so that signal power / noise power is `snr` decibels"""
    noise = rng.normal(size=len(sound))
    wanted = np.mean(sound**2) / 10 ** (snr / 10)
    return (sound + noise * np.sqrt(wanted / np.mean(noise**2))).astype("float32")


def by_speaker(speaker):
    return [(np.flatnonzero(speaker != s), np.flatnonzero(speaker == s)) for s in np.unique(speaker)]


def by_word(word):
    return by_speaker(word)


def mixed_folds(word, rng):
    """4 folds, each with one recording of every word, whoever speaks"""
    fold = np.empty(len(word), int)
    for w in np.unique(word):
        fold[word == w] = rng.permutation((word == w).sum())
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(4)]


def shuffled_folds(n, rng):
    fold = rng.permutation(n) % 4
    return [(np.flatnonzero(fold != k), np.flatnonzero(fold == k)) for k in range(4)]


def word_score(x, word, folds, x_test=None):
    """accuracy over the folds; x may hold several rows for each of x_test's"""
    x_test, n = (x, len(x)) if x_test is None else (x_test, len(x_test))
    right = 0
    for learn, judge in folds:
        copies = np.concatenate([learn + n * k for k in range(len(x) // n)])
        head = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300))
        head.fit(x[copies], np.tile(word, len(x) // n)[copies])
        right += (head.predict(x_test[judge]) == word[judge]).sum()
    return round(float(right / len(x_test)), 4)
