"""Every message to a person is in both languages: Chinese first, English below it."""


class CourseError(Exception):
    """An error that says in both languages what is wrong and what to do.

    The ``course`` command prints it without a traceback and exits with 1.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(both(zh, en))
        self.zh, self.en = zh, en


def both(zh: str, en: str) -> str:
    """The two texts on lines of their own."""
    return f"{zh}\n{en}"
