"""Which of ImageNet's classes a folder's name means: never guessed, in both languages alike."""

import pytest

from course.learner import train
from course.learner.classifier import names, zero_shot
from course_utils import backbones

ENGLISH = backbones.imagenet_classes()


@pytest.mark.parametrize(
    ("name", "n_classes"),
    [("cat", 5), ("Cats", 5), ("猫", 5), ("狗", 118), ("DOGS", 118), ("puppies", 118)]
    + [(name, 5) for name in ("小猫", "猫咪", "kitten", "Kittens", "kitty", "kitties")]
    + [(name, 118) for name in ("小狗", "狗狗", "doggy", "Doggies", "puppy", "犬")]
    + [("bird", 59), ("Birds", 59), ("鸟", 59), ("fish", 16), ("鱼", 16), ("fishes", 16)]
    + [("goldfish", 1), ("金鱼", 1), ("Tiger_Shark", 1), ("bears", 4), ("熊", 4)]
    + [("butterflies", 6), ("蝴蝶", 6), ("wolves", 3), ("snakes", 17), ("蛇", 17)]
    + [("pig", 1), ("猪", 1), ("guinea pig", 1), ("computer mouse", 0), ("big dogs", 0)]
    + [("", 0), ("s", 0), ("训练集", 0)],
)
def test_names(name, n_classes):
    assert len(names.classes_of(name)) == n_classes


@pytest.mark.parametrize(
    "name",
    [
        "chicken",
        "apple",
        "phone",
        "phones",
        "bus",
        "ship",
        "owl",
        "rabbit",
        "duck",
        "piano",
        "bell",
        "two",
        "tissue",
        "boat",
    ],
)
def test_a_last_word_of_one_class_alone_is_no_match(name):
    assert names.classes_of(name) == () and not names.is_ambiguous(name)


def test_pig_is_the_hog():
    (place,) = names.classes_of("pig")
    assert ENGLISH[place] == "hog" and names.classes_of("猪") == (place,)


@pytest.mark.parametrize(
    "name",
    [
        "mouse",
        "Mice",
        "crane",
        "nail",
        "kite",
        "boxer",
        "drake",
        "cardigan",
        "maillot",
        "plane",
        "Planes",
        "hip",
        "ears",
        "ram",
        "notebook",
        "pot",
        "bag",
        "car",
        "cap",
        "screen",
        "tank",
        "file",
        "organ",
        "iron",
        "足球",
        "猩猩",
        "箱子",
        "walking_stick",
    ],
)
def test_words_of_several_meanings_are_refused(name):
    assert names.classes_of(name) == () and names.is_ambiguous(name)


def test_each_refused_word_would_have_matched():
    """Nothing in the list is a typing mistake."""
    known = {*names._by_name(), *names._by_last_word()}
    assert sorted(names.AMBIGUOUS - known) == []
    assert not names.AMBIGUOUS & {*names.GROUPS, *names.SYNONYMS}


def test_synonyms_lead_somewhere_and_groups_are_of_one_kind():
    for word in names.SYNONYMS.values():
        assert names.classes_of(word) or names.is_ambiguous(word), word
    ends = {"shark": "shark", "snake": "snake", "crab": "crab"}
    for word, end in ends.items():
        all_so_called = {i for i, name in enumerate(ENGLISH) if name.split()[-1] == end}
        assert all_so_called <= set(names.classes_of(word)) | {ENGLISH.index("horned viper")}
    birds = [ENGLISH[i] for i in names.classes_of("bird")]
    assert (birds[0], birds[17], birds[18], birds[38], birds[39], birds[-1]) == (
        "cock", "great grey owl", "black grouse", "black swan", "white stork", "albatross"
    )  # fmt: skip
    fish = [ENGLISH[i] for i in names.classes_of("fish")]
    assert (fish[0], fish[6], fish[7], fish[-1]) == ("tench", "stingray", "barracouta", "puffer")


def test_names_agree_with_imagenets():
    assert [ENGLISH[i] for i in names.classes_of("bear")] == [
        name for name in ENGLISH if name.endswith("bear") and "koala" not in name
    ]
    assert [ENGLISH[i].split()[0] for i in names.CATS] == [
        "tabby",
        "tiger",
        "Persian",
        "Siamese",
        "Egyptian",
    ]


def test_each_class_has_a_chinese_name_in_its_place():
    chinese = names.chinese_names()
    assert len(chinese) == 1000 and "".join(chinese).isprintable()
    assert [name for name in chinese if name.isascii()] == ["iPod"]
    places = {"tench": "丁鲷", "goldfish": "金鱼", "Siamese cat": "暹罗猫", "zebra": "斑马"}
    places |= {"piggy bank": "存钱罐", "toilet tissue": "卫生纸", "llama": "大羊驼"}
    places |= {"torch": "火炬", "chime": "钟铃"}
    assert {name: chinese[ENGLISH.index(name)] for name in places} == places


def test_why_imagenet_cannot_help_is_said():
    zh, en = zero_shot.why_not(("cat", "my sofa", "mouse", "猫"), zero_shot.BACKBONE)
    assert "没有这样的类别：my sofa；" in zh and "不去猜：mouse；" in zh and "重叠：cat、猫" in zh
    assert "of that name: my sofa;" in en and "not guessed: mouse;" in en
    assert en.endswith("overlap in ImageNet: cat, 猫")
    assert "vgg16" in zero_shot.why_not(("cat", "dog"), "vgg16")[1]


def test_train_says_what_a_folder_was_taken_for():
    text = train.matches(("猫", "goldfish"))
    assert "  猫 = ImageNet 的 5 类：虎斑猫、虎皮猫、波斯猫……" in text
    assert "  goldfish = ImageNet 的 1 类：金鱼\n" in text
    assert "  猫 = 5 classes of ImageNet: tabby, tiger cat, Persian cat, …" in text
    assert text.endswith("  goldfish = 1 class of ImageNet: goldfish")
