"""``course classify``: labels and probabilities of photos and folders of photos."""

import argparse
import contextlib
import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from course.learner import untrained
from course.learner.classifier import imagenet, model_file
from course.learner.classifier.labelling import label_all, report_skipped
from course_utils import photos
from course_utils.files import write_atomically
from course_utils.messages import CourseError, both, printable

OPTIONS_BETWEEN_PATHS = True  # read by course.cli
REPLACEABLE = {".csv", ".json", ".txt"}  # endings of older answers; never a model, photo or device


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """[MODEL] PATH…, --format, --output."""
    parser.usage = (
        "course classify [-h] [--format {table,csv,json}] [-o FILE] [MODEL.keras] PATH [PATH ...]"
    )
    parser.add_argument(
        "paths",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="course train 保存的模型（可以不给：那就回答是猫还是狗，不需要训练），然后是照片或文件夹；名字以 - 开头时在前面写 --"
        " · a model that course train saved (or none: then cat or dog, nothing to train), then photos or folders; write -- before a name that begins with -",
    )
    parser.add_argument(
        "--format",
        choices=("table", "csv", "json"),
        help="不给时看 --output 的文件名，否则是 table"
        " · when not given, what the name of --output says, else table",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help="写入文件而不是屏幕；CSV 文件 Excel 可以直接打开"
        " · write a file instead of the screen; Excel opens such a CSV file as it is",
    )


def run(args: argparse.Namespace) -> int:
    """Print one line per photo, in the order given, or write them to a file."""
    model, paths = _split(args.paths)
    form = _form(args.format, args.output)
    files = list(_files(paths))
    classifier = model_file.Classifier(model) if model else imagenet.Classifier()
    table, bad = label_all(classifier, files)
    report_skipped(list(bad.items()))
    good = [i for i, path in enumerate(files) if path not in bad]
    if not good:
        raise CourseError(
            "没有可以分类的照片。请检查路径。", "There is no photo to label. Check the paths."
        )
    names = [str(files[i]) for i in good]
    with _written_to(args.output, form):
        if isinstance(classifier, imagenet.Classifier):
            untrained.write(form, names, imagenet.answers(table[good]))
        else:
            write = {"table": _table, "csv": _csv, "json": _json}[form]
            write(names, table[good], classifier.class_names)
    return 0


def _form(asked: str | None, output: Path | None) -> str:
    """table, csv or json; raises CourseError, before the work, where the file cannot be written."""
    if output is None:
        return asked or "table"
    model_file.check_place(output, "--output", "labels.csv")
    if output.exists() and output.suffix.lower() not in REPLACEABLE:
        raise CourseError(
            f"--output {output} 已经存在，不会覆盖。请换一个文件名，例如 labels.csv",
            f"--output {output} exists already and is not overwritten. Give another name, for "
            "example labels.csv",
        )
    ending = output.suffix.lower().removeprefix(".")
    return asked or (ending if ending in ("csv", "json") else "table")


@contextlib.contextmanager
def _written_to(output: Path | None, form: str) -> Iterator[None]:
    """What is printed inside goes to the file, whole or not at all.

    A CSV file begins with a byte-order mark: without it Excel takes UTF-8 for the system's own
    encoding, and Chinese names become nonsense. Pipes get none: programs would read it as text.
    """
    if output is None:
        yield
        return
    with contextlib.redirect_stdout(io.StringIO()) as text:
        yield
    encoding = "utf-8-sig" if form == "csv" else "utf-8"
    write_atomically(output, text.getvalue().encode(encoding))
    print(both(f"已写入：{output}", f"Written: {output}"), file=sys.stderr)


def _split(paths: list[Path]) -> tuple[Path | None, list[Path]]:
    """(model, photos and folders): the first is a model when its name ends in .keras."""
    if paths[0].suffix != ".keras":
        if model_file.looks_like_one(paths[0]):
            better = paths[0].with_name(paths[0].stem.removesuffix(".keras") + ".keras")
            raise CourseError(
                f"{paths[0]} 是模型，但文件名不以 .keras 结尾。请改名为 {better}",
                f"{paths[0]} is a model, but its name does not end in .keras. Rename it to {better}",
            )
        return None, paths
    if len(paths) == 1:
        raise CourseError(
            f"请在模型 {paths[0]} 后面写上照片或文件夹。",
            f"Write photos or folders after the model {paths[0]}.",
        )
    return paths[0], paths[1:]


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from photos.photo_files(path)
        else:
            yield path


def _table(files: list[str], table: np.ndarray, names: tuple[str, ...]) -> None:
    import pandas as pd

    shown = [printable(name) for name in names]
    frame = pd.DataFrame(table, columns=[f"p({name})" for name in shown])
    frame.insert(0, "类别 · label", [shown[k] for k in table.argmax(1)])
    frame.insert(0, "照片 · photo", [printable(file) for file in files])
    with pd.option_context("display.unicode.east_asian_width", True, "display.max_colwidth", None):
        print(frame.to_string(index=False, float_format="{:.4f}".format))


def _csv(files: list[str], table: np.ndarray, names: tuple[str, ...]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    shown = [printable(name) for name in names]
    writer.writerow(["photo", "label", "probability", *(f"p({name})" for name in shown)])
    for file, row in zip(files, table, strict=True):
        best = int(row.argmax())
        numbers = (f"{p:.6f}" for p in (row[best], *row))
        writer.writerow([printable(file), shown[best], *numbers])


def _json(files: list[str], table: np.ndarray, names: tuple[str, ...]) -> None:
    rows = [
        {
            "photo": file,
            "label": names[int(row.argmax())],
            "probability": round(float(row.max()), 6),
            "probabilities": {n: round(float(p), 6) for n, p in zip(names, row, strict=True)},
        }
        for file, row in zip(files, table, strict=True)
    ]
    # What steers a terminal is written as \\u001b: JSON's readers get the name as it is.
    hidden = any(text != printable(text) for text in (*files, *names))
    json.dump(rows, sys.stdout, ensure_ascii=hidden, indent=1)
    print()
