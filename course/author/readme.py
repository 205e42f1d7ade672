"""The parts of README.md that are made from the lessons and the result files.

``python -m course.author.readme`` writes them between their markers, ``--check`` says whether they are
what they would be; a test asks the same. So the map and the figures in README cannot go stale.
"""

import ast
import json
import re
import sys
from pathlib import Path

from course.notebooks.lessons import all_lessons
from course_utils import evaluation, paths
from course_utils.learning import curriculum, definitions
from course_utils.messages import both

README = paths.ROOT / "README.md"
MARKED = re.compile(
    r"(<!-- (?P<name>[a-z-]+): begin[^>]*-->\n).*?(<!-- (?P=name): end -->)", re.DOTALL
)
# Recipes of tutorials as they are printed; README shows those that have been measured.
PRINTED = ("s1_printed", "s3_printed", "s4_printed", "tf_tutorial", "keras_guide_30", "s2_scratch")
# Recipes of articles with their mistakes mended.
REPAIRED = ("s1_repaired", "s3_repaired")
HEADS = {"en": "| | measured |\n|---|---|", "zh": "| | 实测 |\n|---|---|"}


def blocks() -> dict[str, str]:
    """name of each marked part -> what belongs between its markers."""
    return {
        "about-en": about()[1],
        "about-zh": about()[0],
        "lessons": course(),
        "measured-en": measured("en"),
        "measured-zh": measured("zh"),
    }


def course() -> str:
    """The map as a flow chart and as a table with links."""
    entries = curriculum.read()
    return f"```mermaid\n{curriculum.mermaid(entries)}\n```\n\n" + curriculum.table(
        entries, "notebooks/"
    )


def about() -> tuple[str, str]:
    """For whom the course is and how long it takes, (中文, English)."""
    entries = curriculum.read()
    n, hours = len(entries), f"{sum(entry.minutes for entry in entries) / 60:.0f}"
    zh = (
        f"**{n} 课，大约 {hours} 小时。** 适合会一点 Python 的人；从第 01 课起还要用到中学的导数。"
        "不需要学过神经网络。"
    )
    en = (
        f"**{n} lessons, about {hours} hours.** For people who know a little Python and, from lesson "
        "01 on, derivatives from school. No knowledge of neural networks is needed."
    )
    return zh, en


def measured(language: str) -> str:
    """The table of what was measured, in one language."""
    recipes, speed = _results("recipes")["recipes"], _results("speed")
    rows = [
        _accuracy(recipes["ours_lite2"]),
        _zero_shot(recipes["zero_shot"]),
        _printed([recipes[name] for name in PRINTED if name in recipes]),
        _repaired([recipes[name] for name in REPAIRED if name in recipes]),
        _recipe(speed["recipe"]),
        _train(speed["train"]),
        _stream(speed["stream"]),
        *([_newcomer(speed["newcomer"])] if "newcomer" in speed else []),
        _checked(),
    ]
    pick = 0 if language == "zh" else 1
    table = "\n".join([HEADS[language], *(row[pick] for row in rows)])
    return f"{table}\n\n{_machine(speed['machine'])[pick]}"


def _results(name: str) -> dict:
    return json.loads((paths.DATA / "results" / f"{name}.json").read_text(encoding="utf-8"))


Pair = tuple[str, str]


def _row(zh: str, en: str) -> Pair:
    return f"| {zh} |", f"| {en} |"


def _accuracy(row: dict) -> Pair:
    right, n, photos = row["local_right"], row["local_n"], row["photos"]
    low, high = evaluation.wilson_interval(right, n)
    share, interval = f"{right / n:.1%}", f"{100 * low:.1f}–{high:.1%}"
    return _row(
        f"{photos} 张有标签的照片，冻结的网络加一个线性分类头，所有选择都只用这 {photos} 张做交叉验证 "
        f"| 另外 {n:,} 张猫狗照片认对 {share}（95% 区间 {interval}）",
        f"{photos} labelled photos, a frozen network and a linear head, all choices made by "
        f"cross-validation on these {photos} | {share} of {n:,} other cats and dogs right "
        f"(95% interval {interval})",
    )


def _zero_shot(row: dict) -> Pair:
    n, share = row["local_n"], f"{row['local_right'] / row['local_n']:.1%}"
    return _row(
        f"一张训练照片也不用：问预训练网络它本来就认识的猫和狗的品种（第 00 课） | 同样的 {n:,} 张，"
        f"认对 {share}",
        "No training photo at all: asking a pretrained network about the breeds it knows already "
        f"(lesson 00) | {share} of the same {n:,} right",
    )


def _printed(rows: list[dict]) -> Pair:
    """Who and how many of the 1,000 photos are right, for each; best first."""
    zh, en = _shares(rows)
    return _row(
        f"文章和流行教程的做法，照原文（只做必要的改动），用同样的 200 张照片训练，看同样的 1,000 张 | {zh}",
        "The recipes of the articles and of popular tutorials, as printed but for what had to be "
        f"changed, from the same 200 photos, on the same 1,000 | {en}",
    )


def _repaired(rows: list[dict]) -> Pair:
    zh, en = _shares(rows)
    return _row(
        f"文章的做法，改正其中的错误之后，照片相同 | {zh}",
        f"The articles' recipes with their mistakes mended, same photos | {en}",
    )


def _shares(rows: list[dict]) -> Pair:
    rows = sorted(rows, key=lambda row: row["local_right"], reverse=True)
    zh, en = (
        [(row[f"who_{language}"], f"{row['local_right'] / row['local_n']:.1%}") for row in rows]
        for language in ("zh", "en")
    )
    return (
        "；".join(f"{_who(who, '，')} {share}" for who, share in zh),
        "; ".join(f"{_who(who, ', ')} {share}" for who, share in en),
    )


def _who(label: str, comma: str) -> str:
    """The label without "as printed" or "repaired": the row says that."""
    who, _, how = label.partition(comma)
    return who if how in ("as printed", "照原文", "repaired", "改正后") else label


def _recipe(row: dict) -> Pair:
    ours, theirs = row["course"], row["articles"]
    right = [round(80 * a) for a in (ours["accuracy"], max(theirs["accuracy_by_epoch"]))]
    mine, other = f"{ours['seconds']:.1f}", f"{theirs['seconds_to_the_best_of_these']:.0f}"
    return _row(
        f"从照片到训练好的模型，设置事先选好，只训练分类头 | {mine} 秒，80 张测试照片对 {right[0]} 张；"
        f"一篇文章的 VGG16 做法要 {other} 秒，对 {right[1]} 张",
        f"From photos to a trained model, settings chosen beforehand, only the head trained | {mine} s, "
        f"{right[0]} of 80 test photos right; an article's VGG16 recipe needs {other} s for {right[1]}",
    )


def _train(row: dict) -> Pair:
    cached, new = (f"{row[k]['seconds']:.0f}" for k in ("features_cached", "features_to_extract"))
    return _row(
        f"`course train`，它还要自己选骨干网络和分类头 | {new} 秒；特征有缓存时 {cached} 秒",
        f"`course train`, which also chooses backbone and head itself | {new} s; {cached} s with "
        "cached features",
    )


def _stream(row: dict) -> Pair:
    last, growth = row["runs"][-1], row["memory_growth_gb_without_the_table"]
    n, seconds = f"{last['photos']:,}", f"{last['seconds']:.0f}"
    return _row(
        f"{n} 张照片提取特征 | {seconds} 秒；内存只多 {growth:.2f} GB",
        f"Features of {n} photos | {seconds} s; memory grows by {growth:.2f} GB",
    )


def _newcomer(row: dict) -> Pair:
    seconds, megabytes = f"{row['seconds_in_all']:.0f}", row["megabytes_received"]
    return _row(
        f"从 `git clone` 到认出第一张自己的照片，缓存全空 | {seconds} 秒，下载 {megabytes} MB",
        f"From `git clone` to your first classified photo, caches empty | {seconds} s, "
        f"{megabytes} MB downloaded",
    )


def _checked() -> Pair:
    """Rounded down to hundreds, so that README does not change with every lesson's every edit."""
    lessons = all_lessons()
    asserts = sum(
        isinstance(node, ast.Assert)
        for lesson in lessons
        for node in ast.walk(ast.parse(lesson.source.read_text(encoding="utf-8")))
    )
    exercises = [e for number in definitions.definition_files() for e in _exercises(number)]
    wrong = sum(len(exercise.wrong) for exercise in exercises)
    claims, mistakes = f"{asserts // 100 * 100}", f"{wrong // 100 * 100}"
    return _row(
        f"课文里的话，每次运行都重新检查 | {claims} 多条断言；练习认得 {mistakes} 多种典型的"
        "错误答案，并说出错在哪里",
        f"What the text says is checked in every run | more than {claims} assertions; exercises "
        f"know more than {mistakes} typical wrong answers and say what is wrong",
    )


def _machine(row: dict) -> Pair:
    name, cores, memory = row["processor"], row["cores"], f"{row['memory_gb']:.0f}"
    return (
        f"时间在这台机器上测得：{name}，{cores} 个核，{memory} GB 内存，{row['system']}，没有 GPU。",
        f"Seconds were measured on: {name}, {cores} cores, {memory} GB, {row['system']}, no GPU.",
    )


def _exercises(number: str) -> list[definitions.Exercise]:
    return list(definitions.exercises(number).values())


def renewed(text: str) -> str:
    """README with each marked part as it should be."""
    parts = blocks()
    return MARKED.sub(lambda found: f"{found[1]}{parts[found['name']]}\n{found[3]}", text)


def main(arguments: list[str], file: Path = README) -> int:
    """Write the parts, or with ``--check`` say whether they are current; 1 where they are not."""
    text = file.read_text(encoding="utf-8")
    new = renewed(text)
    if "--check" not in arguments:
        file.write_text(new, encoding="utf-8", newline="\n")
    elif new != text:
        print(
            both("请运行 python -m course.author.readme。", "Run python -m course.author.readme.")
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
