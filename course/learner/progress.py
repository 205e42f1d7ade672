"""``course progress``: show what is done, or write it to a CSV file for a teacher."""

import argparse
import csv
import io
from pathlib import Path

from course_utils import files
from course_utils.learning import predictions, progress_map, records
from course_utils.messages import both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course progress``."""
    parser.add_argument(
        "--export",
        metavar="CSV",
        type=Path,
        help="写成 CSV 文件，可以交给老师 · write a CSV file that you may hand to a teacher",
    )


def run(args: argparse.Namespace) -> int:
    """Print the map, or export it."""
    record = records.read()
    table = progress_map.rows(record)
    if args.export:
        export(args.export, table, record)
        print(both(f"已写入 {args.export}。", f"Written to {args.export}."))
    else:
        print(progress_map.as_text(table))
        print(both("■ 练习  ● 测验，实心为已完成。", "■ exercises  ● quizzes, filled when done."))
        predictions.show_all(records.predictions())
    return 0


def export(file: Path, table: list[progress_map.Row], record: records.Record) -> None:
    """One line for each exercise and quiz, done or not; a BOM lets Excel read the Chinese."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["lesson", "kind", "id", "done", "since", "tries", "hints", "solution_seen"])
    for row in table:
        for kind, names in (("exercise", row.exercises), ("quiz", row.quizzes)):
            entries = record["exercises" if kind == "exercise" else "quizzes"]
            for name, done in names.items():
                writer.writerow([row.number, kind, name, *_columns(done, entries.get(name, {}))])
    files.write_atomically(file, text.getvalue().encode("utf-8-sig"))


def _columns(done: bool, entry: dict) -> list:
    counts = [entry.get("tries", 0), entry.get("hints", 0)]
    return [int(done), entry.get("since", ""), *counts, int(bool(entry.get("solution")))]
