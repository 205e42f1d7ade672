"""What bringing lessons to ``my_course/`` did, told to the learner."""

from course.learner.workspace.copies import Brought, Outcome, Workspace
from course_utils.messages import both

TEXTS = {
    Outcome.COPIED: ("已复制：{}", "copied: {}"),
    Outcome.REFRESHED: ("已换成新版（你没有改过它）：{}", "new version (you had not changed it): {}"),
    Outcome.WAITING: (
        "{} 有新版，你的那份没有动。运行 course update，新版会放到它旁边。",
        "{} has a new version; yours is untouched. `course update` puts the new one beside it.",
    ),
    Outcome.BESIDE: (
        "你改过 {}，它没有动；新版在它旁边：{}",
        "you changed {}; it is untouched, the new version lies beside it: {}",
    ),
}  # fmt: skip


def tell(brought: list[Brought]) -> None:
    """Print a line in both languages for each lesson with which something happened."""
    for lesson in brought:
        if lesson.outcome in TEXTS:
            zh, en = TEXTS[lesson.outcome]
            names = lesson.name, lesson.file.name
            print(both(zh.format(*names), en.format(*names)))
        for heading in lesson.changes:
            print(f"    · {heading}")


def tell_changed_by_hand(workspace: Workspace) -> None:
    """Say which notebooks of the course itself were changed, and what to do about each."""
    for name in workspace.changed_by_hand():
        yours = name.replace(".ipynb", ".mine.ipynb")
        print(
            both(
                f"! notebooks/{name} 被直接改过；这个文件夹由课程管理，下次更新会被它挡住。\n"
                f"    想留下你的改动：先把它复制成 my_course/{yours}\n"
                f"    然后恢复原样：git restore -- notebooks/{name}",
                f"! notebooks/{name} was changed in place; that folder is the course's, and the next update "
                "would stumble over it.\n"
                f"    To keep your changes: first copy it to my_course/{yours}\n"
                f"    Then restore it: git restore -- notebooks/{name}",
            )
        )
