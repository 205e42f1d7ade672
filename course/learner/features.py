"""``course features DIR``: features of very many photos as Parquet, a row a photo."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from course.learner.classifier import head
from course.learner.scale import places
from course_utils import backbones
from course_utils.messages import CourseError, both

SINGLE = ".parquet"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """DIR, --out, --backbone, --part, --ray."""
    parser.add_argument(
        "source",
        metavar="DIR",
        help="每个类别一个子文件夹；也可以是 pyarrow 认识的地址（s3://…、gs://…）"
        " · one subfolder per class; also an address that pyarrow knows (s3://…, gs://…)",
    )
    parser.add_argument(
        "--out",
        required=True,
        metavar="FOLDER|FILE.parquet",
        help="文件夹：每约 256 张照片一个文件，中断后接着做；.parquet：最后合成一个文件"
        " · a folder: a file for about 256 photos each, and a run that was cut off goes on; .parquet: one file in the end",
    )
    parser.add_argument(
        "--backbone",
        default=head.CANDIDATES[0],
        metavar="NAME",
        help=f"骨干网络（不给时 {head.CANDIDATES[0]}） · the backbone (when not given: {head.CANDIDATES[0]})",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--part",
        type=part,
        default=(1, 1),
        metavar="K/N",
        help="只做 N 份里的第 K 份：几个终端或几台机器各做一份"
        " · only the K-th of N shares: several shells or machines take one each",
    )
    how.add_argument(
        "--ray",
        metavar="auto|ADDRESS",
        help="用 Ray 集群；auto：RAY_ADDRESS 的集群，没有就用这台电脑"
        " · with a Ray cluster; auto: that of RAY_ADDRESS, or else this computer",
    )


def part(text: str) -> tuple[int, int]:
    """``"2/8"`` → (2, 8)."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise argparse.ArgumentTypeError(
            f"{text} 不行：要写成 K/N，例如 2/8\n{text} will not do: write K/N, for example 2/8"
        )
    return int(found[1]), int(found[2])


def run(args: argparse.Namespace) -> int:
    """Make the parts that are missing, and say how many photos there are and which are bad."""
    places.check_installed("pyarrow", *(["ray"] if args.ray else []))
    from course.learner.scale import parts, single

    backbones.spec(args.backbone)  # an unknown name ends it here
    source_address, out_address, file = _addresses(args)
    source, out = places.opened(source_address), places.opened(out_address)
    found = source.photos()
    if not found:
        raise CourseError(
            f"{args.source} 里没有照片。请检查路径。", f"There is no photo in {args.source}."
        )
    planned = parts.plan(found, args.backbone)
    if file and single.is_made_of(file, planned):
        return _report(len(found), 0, args.out, 0)
    here = parts.clear(out, planned, found, args.backbone)
    first, every = args.part
    mine = planned[first - 1 :: every]
    missing = [each for each in mine if each.file not in here]
    if args.ray and missing:
        from course.learner.scale import cluster

        made = cluster.made(missing, source_address, out_address, args.backbone, args.ray)
        n_bad = _counted(missing, made, lambda row: (row["photos"], row["bad"]))
    else:
        rows = parts.made(missing, source, args.backbone)
        n_bad = _counted(
            missing, rows, lambda m: (len(m[1]), parts.write(out, m[0], m[1], args.backbone))
        )
    if file:
        single.join(file, planned, args.backbone)
    n_new = sum(len(each.photos) for each in missing)
    return _report(sum(len(each.photos) for each in mine), n_new, args.out, n_bad)


def _counted(missing: Sequence, made, one: Callable) -> int:
    """Go through what is made, under a bar where stderr is a terminal; gives the number of bad photos."""
    from tqdm import tqdm

    bad = 0
    total = sum(len(each.photos) for each in missing)
    with tqdm(total=total, unit="photo", disable=None, leave=False) as bar:
        for each in made:
            n, n_bad = one(each)
            bad += n_bad
            bar.update(n)
    return bad


def _addresses(args: argparse.Namespace) -> tuple[str, str, Path | None]:
    """Where the photos are, where the parts go, and the one file, if one is wanted."""
    from course.learner.scale import single

    source, out = args.source, args.out
    if not places.is_address(source):
        folder = Path(source).resolve()
        if not folder.is_dir():
            raise CourseError(f"找不到文件夹 {source}。", f"There is no folder {source}.")
        source = str(folder)
    if places.is_address(out):
        return source, out, None
    target = Path(out).resolve()
    if not places.is_address(source) and target.is_relative_to(source):
        raise CourseError(
            f"--out {out} 在照片文件夹里面。请换一个位置。",
            f"--out {out} lies in the folder of photos. Choose another place.",
        )
    if target.suffix.lower() != SINGLE or target.is_dir():
        return source, str(target), None
    if args.part != (1, 1):
        raise CourseError(
            "--part 的各份要写进同一个文件夹：--out 请给文件夹，不要给 .parquet 文件。",
            "The shares of --part go into one folder: give --out a folder, not a .parquet file.",
        )
    return source, str(single.parts_folder(target)), target


def _report(n: int, n_new: int, out: str, n_bad: int) -> int:
    print(
        both(f"{n} 张照片，其中新算的 {n_new} 张：{out}", f"{n} photos, {n_new} of them new: {out}")
    )
    if n_bad:
        zh, en = f"{n_bad} 张不能用，", f"{n_bad} cannot be used;"
        print(
            both(f"{zh}原因在坏照片的表里。", f"{en} the table of bad photos says why."),
            file=sys.stderr,
        )
    return 0
