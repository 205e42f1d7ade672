"""Long measurements of lesson 13: ``course build --full 13`` writes them to data/results/13.json.

The functions that are measured stand in the lesson and are taken from its source.
"""

from pathlib import Path

import course_utils  # (first, so that TensorFlow starts without its messages)
from course_utils.evaluation import t_interval
from course_utils.long_runs import from_lesson

LESSON = Path(__file__).with_name("13_language_and_speech.py")
SEEDS = 9
N_TRAIN, N_TEST, EPOCHS, BATCH = 400, 500, 2, 16  # of the film snippets
RATES = {"LP-FT": 5e-5, "LoRA": 1e-3}
RANK = 4
LABELS = [20, 50, 100, 200, 500]
SNRS = [20, 10, 5, 0, -5]
WANTED = {"WEIGHTS", "VOCABULARY", "LENGTH", "SOURCES", "RATE", "part", "first"}


def measure(keep=lambda name, compute: compute()) -> dict:
    """Everything that the lesson shows as stored."""
    course_utils.reproducible(13)
    lesson = from_lesson(LESSON, WANTED)
    return {
        "zero": keep("zero", lambda: zero_labels(lesson)),
        "labels": keep("labels", lambda: english_labels(lesson)),
        "export": keep("export", lambda: export(lesson)),
        "words": keep("words", lambda: words(lesson)),
        "tuned": keep("tuned", lambda: tuned(lesson)),
        "attention": keep("attention", lambda: attention_head(lesson)),
    }


# --- texts: one head, two languages ---


def zero_labels(lesson: dict) -> list[dict]:
    """Draw by draw: balanced accuracy of heads trained on one language, on every source."""
    import numpy as np

    sets = {
        name: (*lesson["texts_of"](name), lesson["embedded"](name)) for name in lesson["SOURCES"]
    }
    rows = []
    for seed in range(SEEDS):
        parts = {}
        for name, (_, y, _) in sets.items():
            order = np.random.default_rng(seed).permutation(len(y))
            parts[name] = order[: len(y) // 2], order[len(y) // 2 :]
        row: dict = {"seed": seed, "sentences": {}, "bag": {}}
        for learn in sets:
            texts, y, x = sets[learn]
            a = parts[learn][0]
            head = lesson["new_head"]().fit(x[a], y[a])
            bag = lesson["bag_of_words"]().fit([texts[i] for i in a], y[a])
            for kind, model in (("sentences", head), ("bag", bag)):
                row[kind][learn] = {}
                for judge, (t, labels, v) in sets.items():
                    b = parts[judge][1]
                    inputs = v[b] if kind == "sentences" else [t[i] for i in b]
                    score = lesson["balanced"](model.predict(inputs), labels[b])
                    row[kind][learn][judge] = round(float(score), 4)
        print(seed, row["sentences"]["chinese"], flush=True)
        rows.append(row)
    return rows


def english_labels(lesson: dict, draws: int = 30) -> dict:
    """Heads from a few labelled Amazon snippets, and the Chinese head on the same other snippets."""
    import numpy as np

    x, y = lesson["embedded"]("amazon"), lesson["texts_of"]("amazon")[1]
    chinese = lesson["new_head"]().fit(
        lesson["embedded"]("chinese"), lesson["texts_of"]("chinese")[1]
    )
    guess = chinese.predict(x)
    found: dict = {}
    for n in LABELS:
        found[n] = []
        for seed in range(draws):
            rng = np.random.default_rng(seed)
            mine = np.concatenate(
                [rng.permutation(np.flatnonzero(y == c))[: n // 2] for c in (0, 1)]
            )
            rest = np.setdiff1d(np.arange(len(y)), mine)
            answers = lesson["new_head"]().fit(x[mine], y[mine]).predict(x[rest])
            scores = [lesson["balanced"](a, y[rest]) for a in (answers, guess[rest])]
            found[n].append(np.round(scores, 4).tolist())
        print(n, np.mean(found[n], axis=0), flush=True)
    return found


# --- the small BERT ---


def export(lesson: dict) -> dict:
    """What the independent ONNX export (8-bit integers) says about the lesson's sentences."""
    import numpy as np
    import onnxruntime

    from course_utils import assets

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(assets.fetch("minilm_int8")), options, providers=["CPUExecutionProvider"]
    )
    ids = lesson["token_ids"](lesson["five_sentences"]()).astype("int64")
    mask = (ids > 0).astype("int64")
    feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": 0 * ids}
    out = session.run(None, {i.name: feed[i.name] for i in session.get_inputs()})[0]
    z = (out * mask[..., None]).sum(1) / mask.sum(1, keepdims=True) if out.ndim == 3 else out
    z = z / np.linalg.norm(z, axis=1, keepdims=True)
    mine = lesson["minilm_encoder"]().predict(ids.astype("int32"), verbose=0)
    return {
        "cosine": np.round((z * mine).sum(axis=1), 5).tolist(),
        "similarity": np.round(z @ z.T, 4).tolist(),
    }


def tuned(lesson: dict, path: Path | None = None) -> list[dict]:
    """Film snippets, seed by seed: linear probe, LP-FT, LoRA; accuracies on the same others."""
    import json

    import keras
    import numpy as np

    kept = path or Path(course_utils.paths.cache_dir()) / "remeasured" / "13-tuned.json"
    rows = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else []
    texts, y = lesson["texts_of"]("movies")
    frozen = lesson["minilm_encoder"]()
    models = {}
    for way, rate in RATES.items():
        models[way] = lesson["with_head"](lesson["minilm_encoder"]())
        if way == "LoRA":
            lesson["add_lora"](models[way], RANK)
        loss = keras.losses.BinaryCrossentropy(from_logits=True)
        models[way].compile(keras.optimizers.Adam(rate), loss)
        models[way].optimizer.build(models[way].trainable_variables)
    start = {way: [v.numpy() for v in m.weights] for way, m in models.items()}
    zero = {way: [v.numpy() for v in m.optimizer.variables] for way, m in models.items()}
    for seed in range(len({row["seed"] for row in rows}), SEEDS):
        order = np.random.default_rng(seed).permutation(len(y))[: N_TRAIN + N_TEST]
        ids = lesson["token_ids"]([texts[i] for i in order])
        learn, judge, t = ids[:N_TRAIN], ids[N_TRAIN:], y[order]
        z = frozen.predict(ids, batch_size=50, verbose=0)
        head = lesson["new_head"]().fit(z[:N_TRAIN], t[:N_TRAIN])
        found = [{"way": "LP", "seed": seed, "accuracy": head.score(z[N_TRAIN:], t[N_TRAIN:])}]
        for way, model in models.items():
            for variable, value in zip(model.weights, start[way], strict=True):
                variable.assign(value)
            for variable, value in zip(model.optimizer.variables, zero[way], strict=True):
                variable.assign(value)
            lesson["set_head"](model, head)
            keras.utils.set_random_seed(seed)
            model.fit(learn, t[:N_TRAIN], batch_size=BATCH, epochs=EPOCHS, verbose=0)
            logits = model.predict(judge, batch_size=50, verbose=0)[:, 0]
            accuracy = float(((logits > 0) == t[N_TRAIN:]).mean())
            found.append({"way": way, "seed": seed, "accuracy": accuracy})
        rows += [row | {"accuracy": round(float(row["accuracy"]), 4)} for row in found]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(rows), encoding="utf-8")
        print(rows[-3:], flush=True)
    kept.unlink(missing_ok=True)
    return rows


# --- a head of its first layer, for the explorable ---

HEAD, PLACE, STEP = 2, 6, 5 / 128  # a number is (byte − 128) · STEP: from −5 to 4.96
KNOWN = """
i you he she it we they me him her us them my your his its our their this that these those who
what which where when why how a an the and or but not no yes so because if then than as very too
also only never always often again still just is am are was were be been have has had do does did
will would can could should may must in on at by for from with without about into over under after
before between of to up down out off near through good bad great terrible nice awful happy sad
angry big small large little long short high low hot cold warm cool new old young fast slow easy
hard cheap expensive clean dirty beautiful ugly rich poor strong weak right wrong true false early
late best worst better worse full empty dark bright loud quiet dry wet sick healthy dead alive
safe dangerous boring interesting funny red green blue black white yellow brown one two three four
five ten many few more less all some every first last man woman men women boy girl child children
baby mother father parents son daughter brother sister friend family husband wife king queen
doctor nurse teacher student police soldier driver cook writer actor singer artist cat cats dog
dogs horse bird birds fish cow sheep mouse lion bear wolf eat eats ate drink drinks sleep sleeps
slept sit sits sat stand run runs ran walk walked go goes went come came see saw look looked hear
heard say said tell told speak ask think thought know knew like likes love loves hate hates want
wants need give gave take took make made buy bought sell sold read write wrote play played work
works live lives lived die died born open close broke broken fell lost found won help call called
arrived left bring learn teach watch wait house home room door window kitchen table chair bed sofa
street road city town village country school university hospital church bank shop store market
restaurant hotel airport station park garden farm river sea lake mountain forest island beach car
bus train plane ship boat bike food bread butter meat rice soup salt sugar fruit apple apples cake
coffee tea milk water wine beer breakfast lunch dinner book books film movie music song picture
photo story newspaper letter game match ball team phone computer screen battery camera internet
television radio key money price service quality product delivery head hand hands eye eyes face
heart hair foot sun moon star sky rain snow wind storm weather fire ice day night morning evening
week month year time today tomorrow yesterday spring summer autumn winter monday sunday china
france germany england america london paris berlin rome beijing chinese english french german war
peace law president government company job office business science language word name idea problem
answer question
""".split()
RELATED = """
doctor–nurse king–queen mother–father brother–sister cat–dog red–green car–road train–station
winter–summer food–restaurant film–movie happy–sad good–bad book–read sun–moon table–chair
phone–battery school–teacher hot–cold black–white bread–butter city–town sea–ship bird–tree
hotel–room boy–girl big–small day–night
""".split()


def attention_head(lesson: dict) -> dict:
    """Bytes of queries and keys of layer 1, head 2, all words at one place; why this head."""
    import base64

    import numpy as np

    rows = np.hstack(lesson["queries_and_keys"](lesson["layer_input"](KNOWN, PLACE), HEAD))
    codes = np.round(rows / STEP) + 128
    if codes.min() < 0 or codes.max() > 255:
        raise ValueError("STEP is too small")
    return {
        "words": " ".join(KNOWN),
        "codes": base64.b64encode(codes.astype("uint8").tobytes()).decode(),
        "step": STEP,
        "partner": [partner_share(lesson, head) for head in range(1, 13)],
    }


def partner_share(lesson: dict, head: int) -> float:
    """What a word gives to the other word of its pair, among the words of all pairs; the mean."""
    import numpy as np

    words = [word for pair in RELATED for word in pair.split("–")]
    weights = lesson["weights_of"](
        *lesson["queries_and_keys"](lesson["layer_input"](words, PLACE), head)
    )
    at = np.arange(len(words))
    return round(float(weights[at, at ^ 1].mean()), 4)


# --- spoken words ---


def words(lesson: dict, n_words: int = 20) -> list[dict]:
    """Draw by draw 20 of the 300 words, 4 speakers: accuracies, each speaker left out once.

    clean: embedding and raw mel; mixed: folds that ignore the speaker; copies: noisy copies of each
    recording in shuffled folds; snr: tested in noise, trained on clean sounds or on noisy ones, too.
    """
    import numpy as np

    from course_utils import assets, features
    from course_utils.encoders import speech

    files = sorted(assets.fetch("spoken_words").glob("*.wav"))
    speaker = np.array([file.name[:2] for file in files])
    word = np.array([file.name[3:].removesuffix("_orig.wav") for file in files])
    clean = np.stack([speech.load(file) for file in files])
    mels = np.stack([lesson["mel_features"](sound) for sound in clean])
    noisy = {}
    x = {None: lesson["flat"](features.of_sounds(clean))}
    for snr in SNRS:
        rng = np.random.default_rng(100 + snr)
        noisy[snr] = np.stack([lesson["add_noise"](s, snr, rng) for s in clean])
        x[snr] = lesson["flat"](features.of_sounds(noisy[snr]))
    mel_noisy = {s: np.stack([lesson["mel_features"](v) for v in noisy[s]]) for s in SNRS}
    rows = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        some = rng.permutation(np.unique(word))[:n_words]
        at = np.flatnonzero(np.isin(word, some))
        w, s = word[at], speaker[at]
        by = lesson["by_speaker"](s)
        mixed = lesson["mixed_folds"](w, rng)
        score = lesson["word_score"]
        row = {"seed": seed, "embedding": score(x[None][at], w, by), "mel": score(mels[at], w, by)}
        row["mixed"] = score(x[None][at], w, mixed)
        row["who"] = score(x[None][at], s, lesson["by_word"](w))
        stack = np.concatenate([x[k][at] for k in (None, 20, 10)])
        w3, s3 = np.tile(w, 3), np.tile(s, 3)
        row["copies shuffled"] = score(stack, w3, lesson["shuffled_folds"](len(w3), rng))
        row["copies by speaker"] = score(stack, w3, lesson["by_speaker"](s3))
        row["snr"] = {}
        for snr in SNRS:
            row["snr"][snr] = [
                score(x[None][at], w, by, x[snr][at]),
                score(np.concatenate([x[k][at] for k in (None, 20, 10, 0)]), w, by, x[snr][at]),
                score(mels[at], w, by, mel_noisy[snr][at]),
            ]
        print(row, flush=True)
        rows.append(row)
    return rows


# --- what the lesson says about its stored table, for course build --full --check 13 ---


def scores(results: dict, kind: str, learn: str, judge: str):
    """Draw by draw: balanced accuracy of heads trained on one source, on another."""
    import numpy as np

    return np.array([row[kind][learn][judge] for row in results["zero"]])


def gain(results: dict, way: str):
    """Seed by seed: accuracy of a way of fine-tuning over that of the linear probe."""
    found = {r["seed"]: r["accuracy"] for r in results["tuned"] if r["way"] == way}
    probe = {r["seed"]: r["accuracy"] for r in results["tuned"] if r["way"] == "LP"}
    return [found[seed] - probe[seed] for seed in sorted(found)]


def of_words(results: dict, key: str):
    import numpy as np

    return np.array([row[key] for row in results["words"]])


def in_noise(results: dict, snr: int, way: int):
    """Draw by draw; JSON has made texts of the decibels."""
    import numpy as np

    return np.array(
        [{int(k): v for k, v in row["snr"].items()}[snr][way] for row in results["words"]]
    )


CLAIMS = [
    (
        "中文的标签：亚马逊短评上比词袋好",
        "labels in Chinese: better than a bag of words on Amazon snippets",
        lambda results: t_interval(
            scores(results, "sentences", "chinese", "amazon")
            - scores(results, "bag", "chinese", "amazon")
        ),
    ),
    (
        "在中文上，词袋比冻结的句子特征好",
        "on Chinese a bag of words is better than frozen sentence features",
        lambda results: t_interval(
            scores(results, "bag", "chinese", "chinese")
            - scores(results, "sentences", "chinese", "chinese")
        ),
    ),
    (
        "LP-FT 比线性探测好",
        "LP-FT is better than linear probing",
        lambda r: t_interval(gain(r, "LP-FT")),
    ),
    (
        "LoRA 比线性探测好",
        "LoRA is better than linear probing",
        lambda r: t_interval(gain(r, "LoRA")),
    ),
    (
        "认词：冻结的特征比梅尔谱图好",
        "words: frozen features are better than the mel spectrogram",
        lambda r: t_interval(of_words(r, "embedding") - of_words(r, "mel")),
    ),
    (
        "打乱的副本好看得过头",
        "shuffled copies look too good",
        lambda r: t_interval(of_words(r, "copies shuffled") - of_words(r, "copies by speaker")),
    ),
    (
        "0 分贝：噪声中也训练，更好",
        "0 decibels: training in noise, too, is better",
        lambda r: t_interval(in_noise(r, 0, 1) - in_noise(r, 0, 0)),
    ),
]
