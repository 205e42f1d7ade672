"""``course train``: a classifier from folders of photos, as one ``.keras`` file."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from course.learner.classifier import combine, folders, head, model_file, names, stored, zero_shot
from course.learner.classifier.labelling import label_all, report_skipped
from course_utils import __version__, backbones, features, photos
from course_utils.evaluation import wilson_interval
from course_utils.messages import CourseError, both

TEST_SETS = {  # split: 中文, English
    "test": ("同一来源", "same source"),
    "web": ("网上照片", "photos from the web"),
    "pets": ("牛津宠物照片", "Oxford pets"),
}
SHOWN = 3  # classes of ImageNet that a line names
METHOD = {  # how the classifier answers: 中文, English
    "features": (
        "方法：冻结的特征和这些标签",
        "Method: frozen features and these labels",
    ),
    "zero-shot": (
        "方法：零样本，ImageNet 认识这些类别；这些标签没有用来训练，只用来核对",
        "Method: zero-shot, ImageNet knows these classes; the labels are only checked against",
    ),
    "both": (
        "方法：零样本，ImageNet 认识这些类别；这些标签只教要改动的部分",
        "Method: zero-shot, ImageNet knows these classes; the labels teach what to change of it",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--data, --features, --backbone, --method, --finetune, --out."""
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="每个类别一个子文件夹；不给则用课程的 200 张猫狗照片"
        " · one subfolder per class; without it the course's 200 photos of cats and dogs",
    )
    given.add_argument(
        "--features",
        metavar="FOLDER|FILE.parquet",
        help="course features 存下的特征；不需要照片 · what `course features` stored; no photos needed",
    )
    parser.add_argument(
        "--backbone",
        metavar="NAME",
        help=f"不给时：ImageNet 认识所有类别就用 {zero_shot.BACKBONE}，否则由交叉验证选择"
        f" · when not given: {zero_shot.BACKBONE} where ImageNet knows every class, else chosen by cross-validation: "
        + ", ".join(head.CANDIDATES),
    )
    parser.add_argument(
        "--method",
        choices=combine.METHODS,
        default="auto",
        help="auto：ImageNet 按名字认识所有类别（例如 cat、猫、金鱼）时从零样本出发，标签要改动多少由交叉验证决定，否则同 features；features：只用特征和标签；zero-shot：只用 ImageNet 已知的类别，不用标签"
        " · auto: where ImageNet knows every class by name (cat, 猫, goldfish …) zero-shot, and cross-validation decides what labels change of it, else like features; features: features and labels alone; zero-shot: only what ImageNet knows of the classes, no labels",
    )
    parser.add_argument(
        "--finetune",
        action="store_true",
        help="再微调最后几个块；没有更好就不采用 · also fine-tune the last blocks; kept only when better",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="MODEL.keras", help="模型文件 · the model's file"
    )


def run(args: argparse.Namespace) -> int:
    """Choose by cross-validation, fit on all training photos, save, report."""
    model_file.check_out(args.out)
    photo_set = _stored(args) if args.features else load(args.data)
    show = sys.stderr.isatty()
    backbone = photo_set.backbone if isinstance(photo_set, stored.StoredPhotos) else args.backbone
    choice = combine.choose(photo_set, backbone, args.method, progress=show)
    stored.features_of(photo_set, choice.backbone, progress=show)
    model, tuned, said = _fit(photo_set, choice, args.finetune)
    facts = {"photos": len(photo_set), "finetuned": tuned, "course": __version__}
    model_file.save(model, photo_set.class_names, asdict(choice) | facts, args.out)
    # Only now is anything printed: whatever happens to the output, the model is there.
    _report_choice(photo_set, choice, said)
    print(both(f"模型已保存：{args.out}", f"The model is saved: {args.out}"))
    if args.data is None and args.features is None:
        _report_tests(None if tuned else choice, args.out)
    return 0


def _stored(args: argparse.Namespace) -> stored.StoredPhotos:
    """What --features names; CourseError where the other options ask for more than it holds."""
    found = stored.load(args.features)
    if args.finetune:
        raise CourseError(
            "微调要看照片本身：--finetune 请和 --data 一起用。",
            "Fine-tuning needs the photos themselves: give --finetune together with --data.",
        )
    if args.backbone not in (None, found.backbone):
        raise CourseError(
            f"这些特征来自 {found.backbone}，不是 {args.backbone}。请去掉 --backbone，或重新运行 course features。",
            f"These features come from {found.backbone}, not {args.backbone}. Leave --backbone out, "
            "or run `course features` again.",
        )
    return found


def load(folder: Path | None) -> photos.PhotoSet:
    """The training photos; files that are no photos are listed and left out."""
    if folder is None:
        return photos.default("train")
    photo_set = folders.load(folder)
    report_skipped(photo_set.skipped)
    return photo_set


def _fit(photo_set: photos.PhotoSet, choice: head.Choice, finetune: bool) -> tuple:
    """The model trained on all photos, whether fine-tuning was kept, and what to say about it."""
    from course.learner.classifier import finetune as tuning

    if not finetune:
        return tuning.frozen_model(photo_set, choice), False, None
    model, frozen, tuned = tuning.improve(photo_set, choice)
    numbers = f"{frozen:.4f} → {tuned:.4f}"
    zh, en = ("采用", "kept") if tuned < frozen else ("不采用", "not kept")
    said = both(
        f"微调：留出照片的对数损失 {numbers}，{zh}", f"Fine-tuning: held-out loss {numbers}, {en}"
    )
    return model, tuned < frozen, said


def _report_choice(photo_set: photos.PhotoSet, choice: head.Choice, tuning: str | None) -> None:
    n, classes = len(photo_set), ", ".join(photo_set.class_names)
    print(both(f"{n} 张照片，类别：{classes}", f"{n} photos, classes: {classes}"))
    print(both(f"骨干网络：{choice.backbone}", f"Backbone: {choice.backbone}"))
    print(both(*METHOD[choice.method]))
    if choice.method != "features":
        print(matches(photo_set.class_names))
    if choice.why:
        print(_because(choice))
    share = _share(choice.n_right, choice.n_total)
    if choice.method == "zero-shot":
        print(both(f"在这些照片上的准确率：{share}", f"Accuracy on these photos: {share}"))
    else:
        print(both(f"交叉验证准确率：{share}", f"Cross-validated accuracy: {share}"))
    if tuning:
        print(tuning)


def matches(class_names: Sequence[str]) -> str:
    """Which of ImageNet's classes each name was taken for: how many, and the first of them."""
    english, chinese = backbones.imagenet_classes(), names.chinese_names()
    zh, en = [], []
    for name in class_names:
        found = names.classes_of(name)
        more = len(found) > SHOWN
        listed = "、".join(chinese[i] for i in found[:SHOWN]) + "……" * more
        zh.append(f"  {name} = ImageNet 的 {len(found)} 类：{listed}")
        listed = ", ".join(english[i] for i in found[:SHOWN]) + ", …" * more
        kinds = "class" if len(found) == 1 else "classes"
        en.append(f"  {name} = {len(found)} {kinds} of ImageNet: {listed}")
    return both("\n".join(zh), "\n".join(en))


def _because(choice: head.Choice) -> str:
    """Why not zero-shot, or what to look at where the labels contradict it."""
    assert choice.why is not None
    zh, en = choice.why
    if not choice.contradicted:
        return both(f"为什么不从零样本出发：{zh}。", f"Why not from zero-shot: {en}.")
    if choice.method == "features":
        zh, en = f"{zh}；所以只用特征和标签", f"{en}; so features and labels alone answer"
    return both(
        f"注意：{zh}。文件夹是不是放反了？文件夹名是不是另有所指？",
        f"Note: {en}. Are folders swapped, or does a name mean something else?",
    )


def _share(n_right: int, n_total: int) -> str:
    low, high = wilson_interval(n_right, n_total)
    return f"{n_right / n_total:.2%} ({n_right}/{n_total}, 95%: {low:.2%} – {high:.2%})"


def _report_tests(choice: head.Choice | None, out: Path) -> None:
    """The three test sets of the default photos, apart by source; nothing was chosen with them.

    choice: the backbone whose cached features serve; None for a fine-tuned one.
    """
    classifier = model_file.Classifier(out)
    for split, (zh, en) in TEST_SETS.items():
        photo_set = photos.default(split)
        if choice is None:
            table, _ = label_all(classifier, photo_set.paths)
        else:
            table = classifier.logits(features.extract(photo_set, choice.backbone))
        share = _share(int((table.argmax(1) == photo_set.labels).sum()), len(photo_set))
        print(both(f"测试（{zh}）：{share}", f"Test ({en}): {share}"))
