"""``course fetch``: get assets into the cache, or write a class pack."""

import argparse
from pathlib import Path

from course_utils import files
from course_utils.assets import manifest as every_asset
from course_utils.assets import store
from course_utils.assets.catalogue import Asset
from course_utils.messages import CourseError, both


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """NAME… or --all; --to makes a class pack."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="资源名称 · names of assets")
    parser.add_argument("--all", action="store_true", help="全部资源 · every asset")
    help_to = "写成离线课程包（U 盘、共享文件夹） · write a class pack (USB stick, share)"
    parser.add_argument("--to", type=Path, metavar="DIR", help=help_to)


def run(args: argparse.Namespace) -> int:
    """Without names, list what there is; otherwise fetch, and go on past an asset that fails."""
    known = every_asset()
    if not (args.names or args.all):
        print(table(store.status()))
        return 0
    assets = list(known.values()) if args.all else [store.named(name) for name in args.names]
    failed = [asset for asset in assets if not _get(asset, args.to)]
    if args.to:
        write_readme(args.to.expanduser(), [a for a in assets if a not in failed])
        print(pack_notice(assets))
    if failed:
        names = ", ".join(asset.name for asset in failed)
        print(both(f"没有取得：{names}", f"Not fetched: {names}"))
    return 1 if failed else 0


def _get(asset: Asset, pack: Path | None) -> bool:
    """Fetch one asset and say where it is; False when that failed, with the reason printed."""
    try:
        if pack is None or asset.kind == "installed":
            path = store.fetch(asset.name)
        else:
            path = store.store(asset, pack.expanduser())
    except CourseError as error:
        print(f"✗ {asset.name}\n{error}", flush=True)
        return False
    print(f"✓ {asset.name:<22}{_megabytes(asset.content_size):>9}  {path}", flush=True)
    return True


def table(rows: list[store.Status]) -> str:
    """One line per asset: here or not, megabytes, lessons, title in both languages."""
    lines = [
        f"{'✓' if row.present else '–'} {row.asset.name:<22}{_megabytes(row.asset.content_size):>9}  "
        f"{row.asset.title_zh} · {row.asset.title_en} ({', '.join(row.asset.lessons)})"
        for row in rows
    ]
    zh, en = "✓ 已在本机，– 还没有：", "✓ is here, – is not yet:"
    return "\n".join([both(zh, en), *lines])


def pack_notice(assets: list[Asset]) -> str:
    """What a class pack's maker must know: whose licence is not stated, and what pip brings."""
    open_questions = ", ".join(a.name for a in assets if not a.licence_stated) or "–"
    installed = ", ".join(a.name for a in assets if a.kind == "installed") or "–"
    return both(
        f"没有写明许可证、不要再分发给班级以外的人：{open_questions}\n随软件包安装、不在课程包里：{installed}",
        f"No licence stated, do not pass on beyond your class: {open_questions}\n"
        f"Installed with their packages, not in the pack: {installed}",
    )


def write_readme(pack: Path, assets: list[Asset]) -> None:
    """README.txt of a class pack: how to use it, and each asset's licence and origin."""
    use = both(
        "使用：把环境变量 COURSE_ASSETS 设为这个文件夹。不需要网络。",
        "Use: set the environment variable COURSE_ASSETS to this folder. No network is needed.",
    )
    packed = [a for a in assets if a.kind != "installed"]
    lines = [f"{a.key}: {a.licence}. {a.upstream}. {a.carrier} {a.version}" for a in packed]
    text = "\n\n".join([use, pack_notice(assets), "\n".join(lines)])
    files.write_atomically(pack / "README.txt", text + "\n")


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
