"""Exercises, hints, quizzes, predictions and progress: what lessons import.

``from course_utils.learning import check, hint, solution, quiz, finish, progress, reset``
``from course_utils.learning import predict, outcome, guesses``
"""

from course_utils.learning.checking import assess, check, hint, reset, solution
from course_utils.learning.ending import finish
from course_utils.learning.predictions import guesses, outcome, predict
from course_utils.learning.progress_map import progress
from course_utils.learning.quizzes import quiz

__all__ = [
    "assess", "check", "finish", "guesses", "hint", "outcome", "predict", "progress", "quiz",
    "reset", "solution",
]  # fmt: skip
