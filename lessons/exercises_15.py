"""Exercises, quizzes and predictions of lesson 15: Compression and privacy. How to: docs/exercises.md."""

from course_utils.learning import judges
from course_utils.learning.answers import Number
from course_utils.learning.definitions import Exercise, Option, Prediction, Quiz

EXERCISES = [
    Exercise(
        id="15-1",
        title=("求和", "A sum"),
        judge=judges.values(3.0, mistakes=[(2.0, ("要相加，不是相乘。", "Add, do not multiply."))]),
        hints=[
            ("先写出两个数。", "Write down the two numbers first."),
            ("把 1 和 2 相加。", "Add 1 and 2."),
        ],
        reference=3.0,
        solution=("$1 + 2 = 3$", "$1 + 2 = 3$"),
        why=("两个数合起来，所以相加。", "Two numbers are put together, so they are added."),
        wrong=[(2.0, "Add"), (30.0, "too large"), (0.3, "too small")],
    ),
]

QUIZZES = [
    Quiz(
        id="15-q1",
        question=("下面哪个对？", "Which is right?"),
        options=[
            Option(("第一个", "the first"), ("对，因为……", "Yes, because …"), right=True),
            Option(("第二个", "the second"), ("不对，因为……", "No, because …")),
        ],
    ),
]

PREDICTIONS = [
    Prediction(
        "15-p1",
        ("这些数加起来是多少？", "What do the numbers add up to?"),
        Number(-5, 5, close=0.5),
    ),
]
