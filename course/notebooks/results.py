"""Which outputs of a lesson are results, so that a learner's copy starts without them.

Predict, then run, then see: what an experiment gives is not on the page before it was run. Opening
pictures, explorables, explorers with their sliders as they start, quizzes and the like are no
results and stay.
"""

import re
from collections.abc import Iterable
from typing import Any

KEEP = "keep-output"  # the tag of a cell whose output gives no answer away
EXPLORABLE = "application/vnd.course.explorable+json"  # course_utils.explorables needs NumPy
QUIZ = re.compile(r"^quiz\(", re.MULTILINE)


def without_results(notebook: dict[str, Any], quizzes: bool = True) -> dict[str, Any]:
    """The notebook itself, results and cell numbers dropped in place.

    Without ``quizzes`` their static forms, which hold the answers, are dropped too.
    """
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = list(_kept(cell, quizzes))
            cell["execution_count"] = None
            for output in cell["outputs"]:
                if "execution_count" in output:
                    output["execution_count"] = None
    return notebook


def _kept(cell: dict[str, Any], quizzes: bool) -> Iterable[dict[str, Any]]:
    tags = cell["metadata"].get("tags", [])
    if KEEP in tags or (quizzes and "quiz" in tags and QUIZ.search("".join(cell["source"]))):
        return cell["outputs"]
    return (output for output in cell["outputs"] if _is_for_trying(output.get("data", {})))


def _is_for_trying(data: dict[str, Any]) -> bool:
    """Whether readers move it themselves: what they find depends on what they do."""
    return EXPLORABLE in data or "".join(data.get("text/plain", "")).startswith("Explorer(")
