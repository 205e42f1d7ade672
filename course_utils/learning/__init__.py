"""Exercises, hints, quizzes and progress: what lessons import.

``from course_utils.learning import check, hint, solution, quiz, finish, progress, reset``
"""

from course_utils.learning.checking import assess, check, hint, reset, solution
from course_utils.learning.ending import finish
from course_utils.learning.progress_map import progress
from course_utils.learning.quizzes import quiz

__all__ = ["assess", "check", "finish", "hint", "progress", "quiz", "reset", "solution"]
