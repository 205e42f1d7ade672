"""``course site OUT``: the course as static pages, to read, search and touch anywhere, nothing installed.

Every lesson in 中文, English and both, made from the built notebooks by the code of ``course
export``; glossary, references, museum of corrections, questions; search that needs no server.
"""

import argparse
import html
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from course.author import export
from course.author.website import explorers, frame, front, links, search, tables
from course.author.website.frame import Page, Site
from course.author.website.lesson import LessonPage
from course.author.website.pictures import Store
from course.author.website.words import LANGUAGES, Text, plain, words
from course.notebooks.lessons import select
from course_utils import files
from course_utils.learning import curriculum
from course_utils.messages import CourseError, both

STATIC = export.TEMPLATES / "site"
ADDRESS = re.compile(
    r'<a href="(?P<to>[^"#:]+?)(?P<place>#[^"]*)?"(?P<more>[^>]*)>(?P<words>.*?)</a>', re.DOTALL
)
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" '
    'fill="#0072b2"/><path d="M7 22L14 9l4 8 3-5 4 10z" fill="white"/></svg>'
)
MARKER = ".course-site"  # says that a folder is a site of ours, which may be written anew


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``course site``."""
    parser.add_argument("folder", type=Path, metavar="OUT", help="放到哪里 · where to put it")
    parser.add_argument("lessons", nargs="*", metavar="NN", help="只要这些课 · only these lessons")
    parser.add_argument(
        "--base",
        default="",
        metavar="URL",
        help="网站的地址，写进 hreflang 和 sitemap.xml · the site's address, for hreflang and sitemap.xml",
    )
    parser.add_argument(
        "--repository",
        default="",
        metavar="URL",
        help="课程仓库的地址，写进“两条命令” · the repository's address, for the two commands",
    )
    parser.add_argument(
        "--frames",
        action="store_true",
        help="先把滑块的图画好，存到 data/frames · first draw the sliders' pictures into data/frames",
    )


def run(args: argparse.Namespace) -> int:
    """Build the site and say what it holds; 1 where a link inside it is dead."""
    if args.frames:
        for lesson in select(args.lessons):
            explorers.draw(lesson)
    began = time.monotonic()
    n_pages = build(args.folder, args.base, args.repository, args.lessons)
    seconds = time.monotonic() - began
    size = sum(file.stat().st_size for file in args.folder.rglob("*") if file.is_file())
    zh = f"{n_pages} 个网页，{size / 1e6:.1f} MB，用了 {seconds:.0f} 秒：{args.folder / 'index.html'}"
    en = f"{n_pages} pages, {size / 1e6:.1f} MB, in {seconds:.0f} s: {args.folder / 'index.html'}"
    print(both(zh, en))
    found = list(links.dead(args.folder))
    for page, link in found:
        print(both(f"{page}：链接 {link} 没有去处", f"{page}: the link {link} leads nowhere"))
    return 1 if found else 0


def build(folder: Path, base: str = "", repository: str = "", lessons: Sequence[str] = ()) -> int:
    """Write the whole site into the folder; how many pages it has.

    base: the address it will have, for search engines; everything works without it, in any folder.
    lessons: numbers of those that are wanted; none = all that are built.
    Raises CourseError where the folder holds something else.
    """
    _prepare(folder)
    store = Store(folder)
    pages = _lessons(store, lessons)
    _Builder(folder, store, pages, base and base.rstrip("/") + "/", repository).write()
    return len(list(folder.rglob("*.html")))


def _prepare(folder: Path) -> None:
    """An empty folder, or a site of ours, whose pages go; nobody else's files."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARKER).exists():
        raise CourseError(
            f"{folder} 里有别的文件。请给一个新的或空的文件夹。",
            f"{folder} holds other files. Give a new or an empty folder.",
        )
    for ending in ("*.html", "assets/*", "pictures/*"):
        for file in folder.rglob(ending):
            file.unlink()
    (folder / MARKER).write_text("", encoding="utf-8")
    (folder / ".nojekyll").write_text("", encoding="utf-8")  # GitHub Pages: the files as they are


def _lessons(store: Store, numbers: Sequence[str]) -> list[LessonPage]:
    entries = {entry.number: entry for entry in curriculum.read()}
    built = [lesson for lesson in select(list(numbers)) if lesson.number in entries]
    here = {lesson.number for lesson in built}
    pages = []
    for lesson in built:
        entry = entries[lesson.number]
        entry = replace(entry, needs=tuple(n for n in entry.needs if n in here))
        pages.append(LessonPage(lesson, entry, store))
    return pages


class _Builder:
    """Everything that the pages of one site are made from."""

    def __init__(
        self, folder: Path, store: Store, lessons: list[LessonPage], base: str, repository: str
    ) -> None:
        self.folder, self.store, self.lessons = folder, store, lessons
        self.base, self.repository = base, repository
        self.entries = [page.entry for page in lessons]
        self.stems = {page.lesson.number: page.lesson.stem for page in lessons}
        self.anchors = {page.lesson.number: page.anchors() for page in lessons}
        self.questions = tables.questions()
        self.site = Site(self._menu(), base)
        self.rows = {one: self._search_rows(one) for one in ("zh", "en")}

    def _menu(self) -> list[tuple[str, Text]]:
        names = dict(tables.TITLES)
        if not self.questions:
            names.pop(tables.QUESTIONS)
        return [("index.html", ("课程", "Lessons")), *names.items()]

    def write(self) -> None:
        """All files."""
        titles: dict[str, dict[str, str]] = {}
        for language in LANGUAGES:
            pages = [self._front(language), *self._lesson_pages(language), *self._tables(language)]
            titles[language] = {page.file: plain(language, *page.title) for page in pages}
            for page in pages:
                text = self._linked(frame.filled(page, self.site, language))
                self._put(f"{language}/{page.file}", text)
        for one in ("zh", "en"):
            self._put(f"assets/search.{one}.js", search.script(self.rows[one], titles[one], one))
        self._assets()
        about = front_description("both", len(self.entries))
        self._put("index.html", frame.entry(self.site, about))
        if self.base:
            self._put("sitemap.xml", frame.sitemap(list(titles["zh"]), self.base))

    def _put(self, name: str, text: str) -> None:
        target = self.folder / name
        target.parent.mkdir(exist_ok=True)
        files.write_atomically(target, text)

    def _assets(self) -> None:
        style = (export.TEMPLATES / "export.css").read_text(encoding="utf-8")
        own = (STATIC / "site.css").read_text(encoding="utf-8")
        self._put("assets/style.css", style + export.code_styles() + own)
        for name in frame.SCRIPTS:
            self._put(f"assets/{name}", (STATIC / name).read_text(encoding="utf-8"))
        self._put("assets/icon.svg", ICON)

    # --- pages ----------------------------------------------------------------------------------

    def _front(self, language: str) -> Page:
        about = {page.entry.number: page.description(language) for page in self.lessons}
        run_it = self.run_it("", language)
        body = front.body(self.entries, about, self.store, language, run_it)
        said = front_description(language, len(self.entries))
        return Page("index.html", self.site.name, said, body)

    def _lesson_pages(self, language: str) -> Iterable[Page]:
        turns = [
            (f"{e.stem}.html", (f"{e.number} {e.zh}", f"{e.number} {e.en}")) for e in self.entries
        ]
        for i, page in enumerate(self.lessons):
            number = page.entry.number
            contents = [
                (h.id, h.level, words(language, search.plain_text(h.zh), search.plain_text(h.en)))
                for h in page.headings
                if h.level in (2, 3)
            ]
            yield Page(
                turns[i][0],
                turns[i][1],
                page.description(language),
                self._about(page, language) + page.body(language, self.run_it(number, language)),
                contents,
                turns[i - 1] if i else None,
                turns[i + 1] if i + 1 < len(turns) else None,
            )

    def _about(self, page: LessonPage, language: str) -> str:
        """Minutes and prerequisites, above the lesson's title."""
        minutes = words(language, f"{page.entry.minutes} 分钟", f"{page.entry.minutes} minutes")
        needs = front.needed(page.entry, self.entries, language)
        return f'<p class="meta about">{minutes} · {needs}</p>\n'

    def _tables(self, language: str) -> Iterable[Page]:
        yield tables.glossary_page(language, self._introduced("en" if language == "en" else "zh"))
        yield tables.museum_page(language, self.stems, self.anchors)
        if self.questions:
            yield tables.questions_page(self.questions, language, self.stems, self.anchors)
        yield tables.references_page(language)

    def _introduced(self, language: str) -> dict[str, tuple[str, str]]:
        """English term -> the first section that prints it in bold, and its lesson."""
        found: dict[str, tuple[str, str]] = {}
        numbers = {f"{stem}.html": number for number, stem in self.stems.items()}
        for row in self.rows[language]:
            for term in row.terms:
                found.setdefault(
                    term.casefold(), (f"{row.file}#{row.id}", numbers.get(row.file, ""))
                )
        names = {en: (zh if language == "zh" else en) for zh, en, *_ in tables.terms()}
        return {en: found[n.casefold()] for en, n in names.items() if n.casefold() in found}

    def run_it(self, number: str, language: str) -> str:
        """The two commands that bring the course to a computer and open the lesson."""
        address = self.repository or "ADDRESS"
        start = f" start {number}" if number else ""
        where = words(
            language,
            "需要 Python 3.11 到 3.13，不用 GPU，不用注册账号。"
            + ("" if self.repository else "ADDRESS 是课程仓库的地址。"),
            "It takes Python 3.11 to 3.13; no GPU, no account. "
            + ("" if self.repository else "ADDRESS is that of the course's repository."),
        )
        code = f"git clone {address} course\npython course/start.py{start}"
        return f'<div class="highlight"><pre>{code}</pre></div><p>{where}</p>'

    # --- search and links -----------------------------------------------------------------------

    def _search_rows(self, language: str) -> list[search.Row]:
        rows = [row for page in self.lessons for row in search.of_lesson(page, language)]
        rows += tables.glossary_rows(language)
        rows += tables.museum_rows(language)
        rows += tables.questions_rows(self.questions, language)
        return rows + tables.references_rows()

    def _linked(self, text: str) -> str:
        """Links of notebooks lead to pages of the site; to what is no page, to the repository or nowhere."""

        def link(found: re.Match[str]) -> str:
            to, place = found["to"], found["place"] or ""
            name = to.rpartition("/")[2]
            page = {"glossary.md": tables.GLOSSARY, "references.md": tables.REFERENCES}.get(name)
            if name.endswith(".ipynb") and name[:-6] in self.stems.values():
                page = f"{name[:-6]}.html"
                place = self._place(name[:2], place)
            if page:
                return f'<a href="{page}{place}"{found["more"]}>{found["words"]}</a>'
            if to.endswith((".ipynb", ".md", ".py", ".toml", ".json", ".csv")):
                if not self.repository:
                    return found["words"]
                path = to.replace("../", "") if to.startswith("../") else f"notebooks/{to}"
                return f'<a href="{self.repository}/blob/HEAD/{path}">{found["words"]}</a>'
            return found[0]

        return ADDRESS.sub(link, text)

    def _place(self, number: str, place: str) -> str:
        """Of a heading as a notebook's link names it: that in our page."""
        found = self.anchors.get(number, {}).get(html.unescape(place.removeprefix("#")))
        return f"#{found}" if found else place


def front_description(language: str, n_lessons: int) -> str:
    """What the site is, in a sentence."""
    return plain(
        language,
        f"用 TensorFlow 和 Keras 3 讲迁移学习的双语课程：{n_lessons} 课，两个 CPU 核，每个说法都测过。",
        f"A bilingual course on transfer learning with TensorFlow and Keras 3: {n_lessons} lessons, two CPU cores, every claim measured.",
    )
