"""Explorers without a kernel: pictures drawn beforehand, from which their sliders choose.

``draw`` runs a lesson and stores them in data/frames/NN.json (``course site --frames NN``); the site
shows those whose cell is still the same. A picture is a list of pieces of SVG, and pieces that
pictures share are stored once; one with photos in it is a WebP.
"""

import base64
import contextlib
import html
import io
import itertools
import json
import linecache
import multiprocessing
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from course.author import one_language
from course.author.website.learning import data
from course.author.website.pictures import in_the_pages_ink, own_names
from course.author.website.words import plain
from course.notebooks.lessons import Lesson, python_only, read_notebook
from course_utils import bilingual, files
from course_utils.messages import CourseError, both

FOLDER = "frames"
MOST_BYTES = 150_000  # of one explorer in the page: more is not worth it
TOGETHER = 60  # up to so many pictures all controls move together, else one at a time
POSITIONS = (101, 61, 41, 31, 21, 15, 11, 7)  # of a control; the first that fits is taken
PIECE = re.compile(r"(?<=>)(?=<)")
ONE_AT_A_TIME = (
    "这里一次只能动一个滑块，其余的会回到起点；在笔记本里可以一起动。",
    "Here one slider moves at a time and the others go back; in the notebook they move together.",
)
Place = tuple[int, ...]


# --- in the page --------------------------------------------------------------------------------


def stored(lesson: Lesson) -> dict[str, dict]:
    """Cell id -> the pictures of its explorer; empty where none are stored."""
    file = _file(lesson)
    return json.loads(file.read_text(encoding="utf-8"))["cells"] if file.exists() else {}


def _file(lesson: Lesson) -> Path:
    return lesson.root / "data" / FOLDER / f"{lesson.number}.json"


def as_html(frames: dict, language: str, alt: str, number: int) -> str:
    """Sliders and the first picture; the page's script does the rest."""
    controls, rows = [], []
    for i, control in enumerate(frames["controls"]):
        label = _half(control["label"], language)
        texts = [_half(text, language) for text in control["texts"]]
        controls.append({"label": label, "texts": texts, "start": control["start"]})
        rows.append(_slider(f"explorer-{number}-{i}", label, texts, control["start"]))
    lines, pictures = _in_language(frames, language, alt, number)
    start = ",".join(str(control["start"]) for control in controls)
    first = "".join(lines[n] for n in pictures[start])
    values = {
        "controls": controls,
        "together": frames["together"],
        "lines": lines,
        "pictures": pictures,
    }
    note = "" if frames["together"] else f"<p>{html.escape(plain(language, *ONE_AT_A_TIME))}</p>"
    return (
        f'<figure class="explorer"><div class="sliders" hidden>{"".join(rows)}</div>{note}'
        f'<div class="picture figure">{first}</div>{data(values)}</figure>'
    )


def _slider(name: str, label: str, texts: Sequence[str], start: int) -> str:
    text = html.escape(texts[start])
    return (
        f'<label for="{name}">{html.escape(label)}</label>'
        f'<input type="range" id="{name}" min="0" max="{len(texts) - 1}" step="1" '
        f'value="{start}" aria-valuetext="{text}" autocomplete="off">'
        f'<output for="{name}">{text}</output>'
    )


def _half(text: str, language: str) -> str:
    return text if language == "both" else bilingual.halves(text)[language == "en"]


def _in_language(
    frames: dict, language: str, alt: str, number: int
) -> tuple[list[str], dict[str, list[int]]]:
    """The pieces and the pictures, with the texts of one language, in the page's ink."""
    pieces: dict[str, int] = {}
    pictures = {}
    for place, picture in frames["pictures"].items():
        content = "".join(frames["lines"][n] for n in picture)
        if content.startswith("<svg"):
            content = one_language.layer(content, language, alt)
            content = own_names(in_the_pages_ink(content), number)
        else:
            content = content.replace("<img ", f'<img alt="{html.escape(alt)}" ', 1)
        pictures[place] = [pieces.setdefault(piece, len(pieces)) for piece in PIECE.split(content)]
    return list(pieces), pictures


# --- drawing them -------------------------------------------------------------------------------


def draw(lesson: Lesson) -> None:
    """Run the lesson up to its last explorer and store the pictures of all of them.

    Raises CourseError where a cell fails. A lesson without explorers has no file.
    """
    notebook = read_notebook(lesson.notebook)
    cells = [(c.id, c.source) for c in notebook.cells if c.cell_type == "code"]
    last = max((i for i, (_, code) in enumerate(cells) if "Explorer(" in code), default=-1)
    if last < 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "frames.json"
        process = multiprocessing.get_context("spawn").Process(
            target=_main, args=(cells[: last + 1], str(lesson.notebook.parent), str(target))
        )
        process.start()
        process.join()
        found = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    if process.exitcode or "cells" not in found:
        why = found.get("error", f"exit code {process.exitcode}")
        raise CourseError(
            f"第 {lesson.number} 课的滑块图没有画成：{why}",
            f"The frames of lesson {lesson.number} failed: {why}",
        )
    file = _file(lesson)
    if found["cells"]:
        file.parent.mkdir(exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, indent=0) + "\n"
        files.write_atomically(file, text)
    else:
        file.unlink(missing_ok=True)
    for name, frames in found["cells"].items():
        n, size = len(frames["pictures"]), size_of(frames)
        print(
            both(
                f"第 {lesson.number} 课 {name}：{n} 幅，{size:,} 字节",
                f"lesson {lesson.number} {name}: {n} pictures, {size:,} bytes",
            )
        )
    for name in found["left_out"]:
        print(
            both(
                f"第 {lesson.number} 课 {name}：太大，不存",
                f"lesson {lesson.number} {name}: too large, left out",
            )
        )


def size_of(frames: dict) -> int:
    """Bytes of the pictures in the page."""
    return len(json.dumps([frames["lines"], frames["pictures"]], ensure_ascii=False).encode())


def _main(cells: list[tuple[str, str]], folder: str, target: str) -> None:
    """In a process of its own: run the cells, draw, write what was found."""
    os.environ |= {"COURSE_PROGRESS": "0", "MPLBACKEND": "Agg"}
    os.chdir(folder)
    from course.author.faults.process import without_pictures

    without_pictures()
    from course_utils import widgets

    seen: list[Any] = []
    widgets.Explorer = lambda draw, **options: seen.append((draw, options))  # type: ignore[assignment, misc]
    names: dict[str, Any] = {"__name__": "__main__"}
    kept, left_out = {}, []
    for name, source in cells:
        code, place = python_only(source), f"<cell {name}>"
        # AutoGraph reads the source of what it compiles
        linecache.cache[place] = (len(code), None, code.splitlines(keepends=True), place)
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(code, place, "exec"), names)  # noqa: S102
        except AssertionError:
            pass  # claims about what is trained here; the build looks at those
        except Exception as error:  # noqa: BLE001 (a cell that fails on purpose, or at all)
            if "raises" not in source and "Explorer(" in source:
                Path(target).write_text(json.dumps({"error": repr(error)}), encoding="utf-8")
                return
        for drawing, options in seen:
            frames = _frames(drawing, options)
            if frames:
                kept[name] = frames
            else:
                left_out.append(name)
        seen.clear()
    found = {"cells": kept, "left_out": left_out}
    Path(target).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _frames(drawing: Any, options: dict[str, Any]) -> dict | None:
    """The pictures of one explorer, as many as MOST_BYTES hold; None where none would be worth it."""
    controls = {k: v for k, v in options.items() if k not in ("alt_zh", "alt_en")}
    is_photo = "<image" in _svg(drawing(**{k: c.value for k, c in controls.items()}))
    drawn: dict[tuple, str] = {}
    for most in POSITIONS:
        chosen = {name: _thinned(control, most) for name, control in controls.items()}
        frames = _with_positions(drawing, controls, chosen, drawn, is_photo)
        if frames is not None:
            return frames
    return None


def _with_positions(
    drawing: Any, controls: dict, chosen: dict, drawn: dict[tuple, str], is_photo: bool
) -> dict | None:
    starts = tuple(values.index(controls[name].value) for name, (values, _) in chosen.items())
    lengths = [len(values) for values, _ in chosen.values()]
    places, together = _places(lengths, starts)
    pieces: dict[str, int] = {}
    pictures, size = {}, 0
    for place in places:
        values = {n: v[k] for (n, (v, _)), k in zip(chosen.items(), place, strict=True)}
        key = tuple(values.values())
        if key not in drawn:
            fig = drawing(**values)
            drawn[key] = _webp(fig) if is_photo else _svg(fig)
        before = len(pieces)
        split = [pieces.setdefault(piece, len(pieces)) for piece in PIECE.split(drawn[key])]
        size += sum(len(piece) for piece in itertools.islice(pieces, before, None)) + 4 * len(split)
        if size > MOST_BYTES:
            return None
        pictures[",".join(map(str, place))] = split
    about = [
        {"label": controls[name].description or name, "texts": texts, "start": start}
        for (name, (_, texts)), start in zip(chosen.items(), starts, strict=True)
    ]
    return {"controls": about, "together": together, "lines": list(pieces), "pictures": pictures}


def _places(lengths: Sequence[int], starts: Place) -> tuple[list[Place], bool]:
    """Every combination of positions, or (too many) one control at a time; which of the two it is."""
    n = 1
    for length in lengths:
        n *= length
    if n <= TOGETHER or len(lengths) == 1:
        return list(itertools.product(*map(range, lengths))), True
    return list(dict.fromkeys(_one_at_a_time(lengths, starts))), False


def _one_at_a_time(lengths: Sequence[int], starts: Place) -> Iterator[Place]:
    for i, length in enumerate(lengths):
        for k in range(length):
            yield (*starts[:i], k, *starts[i + 1 :])


def _thinned(control: Any, most: int) -> tuple[list[Any], list[str]]:
    """(values, their texts) of at most so many positions: the first, the last, the start, and between."""
    values, texts = _options(control)
    at = values.index(control.value)
    if len(values) <= most:
        return values, texts
    kept = sorted({at, *(round(i * (len(values) - 1) / (most - 1)) for i in range(most))})
    return [values[i] for i in kept], [texts[i] for i in kept]


def _options(control: Any) -> tuple[list[Any], list[str]]:
    if hasattr(control, "_options_full"):  # drop-down lists and selection sliders
        return [v for _, v in control._options_full], [str(t) for t, _ in control._options_full]
    if isinstance(control.value, bool):
        return [False, True], ["✗", "✓"]
    count = round((control.max - control.min) / control.step) + 1
    values = [control.min + i * control.step for i in range(count)]
    nearest = min(range(count), key=lambda i: abs(values[i] - control.value))
    values[nearest] = control.value
    show = str if isinstance(control.value, int) else "{:.4g}".format
    return values, [show(value) for value in values]


def _svg(fig: Any) -> str:
    import matplotlib.pyplot as plt

    from course_utils import layers

    content = layers.live_svg(fig)
    plt.close(fig)
    return content


def _webp(fig: Any) -> str:
    """A figure as WebP in an <img>."""
    import matplotlib.pyplot as plt
    from PIL import Image

    png, small = io.BytesIO(), io.BytesIO()
    fig.savefig(png, format="png")
    plt.close(fig)
    image = Image.open(png).convert("RGB")
    image.save(small, "WEBP", quality=60, method=6)
    address = f"data:image/webp;base64,{base64.b64encode(small.getvalue()).decode()}"
    return f'<img width="{image.width}" height="{image.height}" src="{address}">'
