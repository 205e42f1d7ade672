"""Which of ImageNet's 1,000 classes a folder's name means, in English or Chinese.

A name is never guessed: it is the name of one class, a word that names a group of animals, or the
last word of two or more classes ("bear"). A last word of one class alone says little: the only "pig"
is the guinea pig. Words whose everyday meaning is another than ImageNet's are refused (AMBIGUOUS).
"""

from collections.abc import Sequence
from functools import lru_cache

from course_utils import backbones, paths

CATS, DOGS = tuple(backbones.CATS), tuple(backbones.DOGS)
# All of ImageNet's classes of a kind, where their own names do not say it.
GROUPS = {
    "cat": CATS,
    "dog": DOGS,
    "bird": (*range(7, 25), *range(80, 101), *range(127, 147)),
    "fish": (*range(7), *range(389, 398)),
    "shark": (2, 3, 4),
    "frog": (30, 31, 32),
    "turtle": tuple(range(33, 38)),
    "lizard": tuple(range(38, 49)),
    "snake": tuple(range(52, 69)),
    "spider": tuple(range(72, 78)),
    "lobster": (122, 123),
    "butterfly": tuple(range(321, 327)),
    "monkey": tuple(range(370, 383)),
    "pig": (341,),
    # One thing under two names:
    "bathtub": (435, 876),
    "laptop": (620, 681),
    "sunglasses": (836, 837),
    "corn": (987, 998),
}
SYNONYMS = {
    **dict.fromkeys(("kitten", "kitty", "小猫", "猫咪", "猫猫", "家猫", "猫"), "cat"),
    **dict.fromkeys(("puppy", "pup", "doggy", "doggie", "小狗", "狗狗", "小犬", "犬", "狗"), "dog"),
    "wolves": "wolf",
    "geese": "goose",
    "oxen": "ox",
    "mice": "mouse",
    "sunglass": "sunglasses",
    "鸟": "bird",
    "小鸟": "bird",
    "鸟类": "bird",
    "鱼": "fish",
    "鱼类": "fish",
    "鲨鱼": "shark",
    "青蛙": "frog",
    "乌龟": "turtle",
    "蜥蜴": "lizard",
    "蛇": "snake",
    "蜘蛛": "spider",
    "龙虾": "lobster",
    "螃蟹": "crab",
    "蝴蝶": "butterfly",
    "猴子": "monkey",
    "熊": "bear",
    "狼": "wolf",
    "狐狸": "fox",
    "大象": "elephant",
    "浴缸": "bathtub",
    "笔记本电脑": "laptop",
    "太阳镜": "sunglasses",
    "墨镜": "sunglasses",
    "玉米": "corn",
}
# All 1,000 names and all last words of two or more were read for this: what may well be meant by the
# word is another thing than the photos of that class show, or only a small part of it.
_SEVERAL_MEANINGS = (
    # animals of ImageNet, and something else
    (
        "admiral, angora, boxer, cairn, cardigan, chiton, chow, cock, crane, cricket, drake, impala, "
        "jaguar, kite, lhasa, mink, monarch, newfoundland, pembroke, puffer, ram, redbone, ringlet, "
        "robin, slug, sorrel, tick, titi, walking stick"
    ),
    # things of ImageNet, and other things, animals, people, places or parts of the body
    (
        "amphibian, balloon, bar, baseball, basketball, beacon, bearskin, bonnet, bow, brass, binder, "
        "chest, coil, convertible, cornet, dock, drumstick, file, flute, gondola, groom, hip, hook, "
        "iron, jersey, keyboard, liner, mask, maillot, menu, monitor, mortar, mouse, "
        "muzzle, nail, nipple, notebook, organ, packet, pick, pirate, pitcher, plane, plate, pole, "
        "pot, racer, radiator, reel, rule, scale, screen, shield, slot, stage, stole, suit, swab, "
        "switch, tank, torch, trifle, upright, vacuum, vault, volleyball, washer, wing, wreck"
    ),
    # fruits and fungi
    "buckeye, ear, fig",
    # last words of two or more classes that have little in common, or leave out the usual one
    "bag, cap, car, cart, curtain, dish, loaf, machine, opener, player, squash, wheel",
    # 中文：同一个词还指运动、别的东西，或者更大的一类
    (
        "足球, 篮球, 排球, 棒球, 网球, 乒乓球, 橄榄球, 冰球, 高尔夫球, 沙袋, 箱子, 拖车, 猩猩, 弓, 面具, "
        "屏幕, 开关, 杆子, 钩子, 盘子, 小包, 舞台, 盾牌, 西装, 菜单, 码头, 豹, 狼蛛, 鬣蜥"
    ),
)
AMBIGUOUS = frozenset(word.strip() for text in _SEVERAL_MEANINGS for word in text.split(","))


def classes_of(name: str) -> tuple[int, ...]:
    """ImageNet's classes that a folder's name means; () where it has none, or the name is ambiguous.

    Singular and plural, case, _ and - make no difference.
    """
    forms = _forms(name)
    if is_ambiguous(name):
        return ()
    for form in forms:
        if found := GROUPS.get(form) or _by_name().get(form) or _by_last_word().get(form):
            return found
    return ()


def is_ambiguous(name: str) -> bool:
    """Whether the name is a word of ImageNet's that usually means something else, too."""
    return any(form in AMBIGUOUS for form in _forms(name))


def overlapping(names: Sequence[str]) -> list[str]:
    """The names, in their order, that share a class of ImageNet's with another one."""
    found = [set(classes_of(name)) for name in names]
    return [
        name
        for i, name in enumerate(names)
        if any(found[i] & other for j, other in enumerate(found) if j != i)
    ]


def _forms(name: str) -> list[str]:
    """The name as ImageNet may write it: as it stands, and without its plural ending."""
    plain = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    forms = [plain, plain.removesuffix("s"), plain.removesuffix("es")]
    if plain.endswith("ies"):
        forms.append(plain.removesuffix("ies") + "y")
    return [SYNONYMS.get(form, form) for form in forms]


@lru_cache(maxsize=1)
def chinese_names() -> list[str]:
    """The 1,000 Chinese names, in the order of ``backbones.imagenet_classes()``."""
    text = (paths.DATA / "imagenet_classes_zh.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, tuple[int, ...]]:
    places: dict[str, tuple[int, ...]] = {}
    for names in (backbones.imagenet_classes(), chinese_names()):
        for place, name in enumerate(names):
            plain = name.casefold().replace("-", " ")
            places[plain] = tuple(dict.fromkeys((*places.get(plain, ()), place)))
    return places


@lru_cache(maxsize=1)
def _by_last_word() -> dict[str, tuple[int, ...]]:
    """Only words that two or more classes end in."""
    places: dict[str, tuple[int, ...]] = {}
    for name, group in _by_name().items():
        last = name.split()[-1]
        places[last] = tuple(dict.fromkeys((*places.get(last, ()), *group)))
    return {word: group for word, group in places.items() if len(group) > 1}
