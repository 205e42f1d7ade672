"""The extension as JupyterLab serves it: which copy, which version, each feature without a kernel."""

import json
import shutil
import sys
import tomllib
from importlib import util
from pathlib import Path

import pytest
from lab_page import ROOT, TOKEN, VIEW
from playwright.sync_api import expect

pytestmark = pytest.mark.browser
LABEXTENSION = ROOT / "labextension"
SHARE = "share/jupyter/labextensions"


def load_stamp():
    """labextension/stamp.py, which is a script and no package's module."""
    spec = util.spec_from_file_location("stamp", LABEXTENSION / "stamp.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shared_data(root: Path) -> dict[str, str]:
    """What pyproject.toml installs beside the packages: source → target."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]


def files_below(folder: Path) -> dict[str, bytes]:
    every = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def lay_out(root: Path, folder: Path) -> None:
    """Install the extension of a tree into a folder of extensions, as its pyproject.toml says."""
    shutil.rmtree(folder / "course-language", ignore_errors=True)
    for source, target in shared_data(root).items():
        to = folder / Path(target).relative_to(SHARE)
        to.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (root / source).is_dir() else shutil.copy
        copy(root / source, to)


def test_installed_copy_is_this_one(tmp_path):
    """The editable install copies the extension: JupyterLab must have the tree's, and no other."""
    lay_out(ROOT, tmp_path)
    installed = Path(sys.prefix, SHARE, "course-language")
    assert files_below(installed) == files_below(tmp_path / "course-language"), (
        "install the project again"
    )


def copy_of_the_tree(folder: Path) -> Path:
    shutil.copytree(LABEXTENSION, folder / "labextension")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_names_carry_the_digest_of_what_is_served(tmp_path):
    """After an edit of any file below static/ both names change; labextension/stamp.py does it."""
    stamp = load_stamp()
    package = json.loads((LABEXTENSION / "package.json").read_text(encoding="utf-8"))
    digest = stamp.digest(ROOT)
    why = "edited? run: python labextension/stamp.py"
    assert package["jupyterlab"]["_build"]["load"] == f"static/{digest}/remoteEntry.js", why
    assert shared_data(ROOT)["labextension/static"].endswith(f"/static/{digest}"), why

    tree = copy_of_the_tree(tmp_path)
    (tree / "labextension" / "static" / "style.css").write_text("", encoding="utf-8")
    stamp.stamp(tree)
    new = stamp.digest(tree)
    assert new != digest
    for name in stamp.NAMED_IN:
        ours = (ROOT / name).read_text(encoding="utf-8")
        assert (tree / name).read_text(encoding="utf-8") == ours.replace(digest, new)


@pytest.mark.slow
def test_an_update_reaches_a_browser_that_has_the_old_version(open_lab, extensions, tmp_path):
    """JupyterLab lets browsers keep the files for a year: without a new digest the old one stays."""
    tree = copy_of_the_tree(tmp_path)
    module = tree / "labextension" / "static" / "switch.js"
    lab = open_lab(kernel=True)  # with the browser's cache: forbidding kernels switches it off

    def label() -> str:
        lay_out(tree, extensions)
        lab.page.goto(f"{lab.address}/lab?reset&token={TOKEN}")
        lab.page.wait_for_function("window.jupyterapp?.commands.hasCommand('course-language:en')")
        return lab.page.evaluate("jupyterapp.commands.label('course-language:en')")

    try:
        assert label().endswith("English · 英文")
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace("English · 英文", "English · 英语"), encoding="utf-8")
        assert label().endswith("English · 英文"), "not cached: then this test shows nothing"
        load_stamp().stamp(tree)
        assert label().endswith("English · 英语")
    finally:
        lay_out(ROOT, extensions)  # the server remembers where it found a file


def test_the_handshake_is_short_and_every_module_is_checked():
    entry = (LABEXTENSION / "static" / "remoteEntry.js").read_text(encoding="utf-8")
    assert len(entry.splitlines()) <= 30
    for path in sorted((LABEXTENSION / "static").rglob("*.js")):
        assert path.read_text(encoding="utf-8").startswith("// @ts-check\n"), path.name


def module_url(lab: str, name: str) -> str:
    digest = load_stamp().digest(ROOT)
    return f"{lab}/lab/extensions/course-language/static/{digest}/{name}.js"


def shown(page, lab: str) -> str:
    """What language.js makes of this visit."""
    return page.evaluate(
        "url => import(url).then(module => module.current())", module_url(lab, "language")
    )


@pytest.mark.parametrize(
    ("locale", "query", "mode"),
    [
        ("zh-TW", "", "zh"),
        ("en-GB", "", "en"),
        ("fr-FR", "", "en"),  # neither Chinese nor English is known
        ("fr-FR", "lang=zh", "zh"),
        ("zh-CN", "lang=both", "both"),
        ("zh-CN", "lang=nonsense", "zh"),
    ],
)
def test_first_visit(page, lab, locale, query, mode):
    assert shown(page(locale, query), lab) == mode


@pytest.mark.parametrize("storage", ["allowed", "forbidden"])
def test_choice_is_remembered(page, lab, storage):
    """A cookie: cookies do not know ports and outlive the browser; localStorage knows the port."""
    first = page("zh-TW")
    if storage == "forbidden":
        first.evaluate("Storage.prototype.setItem = () => { throw Error('forbidden'); }; null")
    choose = "url => import(url).then(module => { module.choose('both'); })"
    first.evaluate(choose, module_url(lab, "language"))
    cookies = [c for c in first.context.cookies() if c["name"] == "course-language"]
    assert cookies[0]["expires"] > 0, "the cookie ends with the browser's session"
    assert shown(page("en-US", "", cookies), lab) == "both"
    assert shown(page("en-US", "lang=zh", cookies), lab) == "zh", "the address comes first"


def test_what_another_jupyterlab_lacks_takes_one_feature_away(page, lab):
    """No image renderer, no such notebook: the buttons are made, a notebook is still attached to."""
    report = page("en-US").evaluate(
        """async url => {
            const made = [];
            const plugin = await (await import(url)).makePlugin(async () => ({}));
            let extension;
            const app = {
                commands: { addCommand: (id) => made.push(id) },
                docRegistry: { addWidgetExtension: (_, given) => { extension = given; } },
            };
            const missing = () => { throw new Error("not in this version"); };
            const toolbars = { addFactory: (_, name) => made.push(name) };
            plugin.activate(app, { getFactory: missing }, toolbars);
            const heard = [];
            const node = { addEventListener: (event) => heard.push(event) };
            extension.createNew({ content: { node } });
            return { made, heard };
        }""",
        module_url(lab, "plugin"),
    )
    commands = [f"course-language:{mode}" for mode in ("zh", "en", "both")]
    assert report == {"made": ["courseLanguage", *commands], "heard": ["dblclick"]}


def test_saved_pictures_and_their_alt_texts(lesson):
    """Without a kernel: pictures in the place of widgets, described in the language that is shown."""
    lesson.open_beside("saved.ipynb")
    try:
        pictures = lesson.panel().locator(".jp-OutputArea img")
        expect(pictures).to_have_count(4)  # no "Error displaying widget" in the last one's place
        expect(lesson.panel().locator(".jp-OutputArea")).to_contain_text("quiz")
        for mode, figure, explorer in (
            ("zh", "两条曲线", "可调的曲线"),
            ("en", "two curves", "curves to play with"),
            ("both", "两条曲线\ntwo curves", "可调的曲线\ncurves to play with"),
        ):
            lesson.button(mode).click()
            alts = [img.get_attribute("alt") or "" for img in pictures.all()]
            assert alts == [figure, "one dot", "", explorer]
        hints = lesson.panel().locator(".course-hint")
        expect(hints).to_have_count(2)  # below the explorer and the quiz, which do not react here
        for mode, name in (
            ("zh", "运行到这里"),
            ("en", "Run up to here"),
            ("both", "运行到这里 · Run up to here"),
        ):
            lesson.button(mode).click()
            expect(hints.get_by_role("button", name=name, exact=True)).to_have_count(2)
        kept = "notebook.widgets[1].model.outputs.get(3).toJSON().data"
        assert VIEW in lesson.do(kept), "looking at it has changed what is stored"
    finally:
        lesson.close()


def test_a_wide_formula_scrolls_by_itself(lesson):
    """It neither widens the page nor is cut off."""
    wide = "$$" + "+".join(f"x_{{{i}}}" for i in range(200)) + "$$"
    cell = "notebook.widgets[0]"
    before = lesson.do(f"{cell}.model.sharedModel.source")
    try:
        lesson.do(f"{cell}.model.sharedModel.setSource({json.dumps(wide)})")
        formula = lesson.panel().locator("mjx-container[display=true]").first
        expect(formula).to_be_visible()
        assert formula.evaluate("node => node.scrollWidth > node.clientWidth")
        page = lesson.panel().locator(".jp-RenderedMarkdown").first
        assert page.evaluate("node => node.scrollWidth <= node.clientWidth + 1")
    finally:
        lesson.do(f"{cell}.model.sharedModel.setSource({json.dumps(before)})")
