"""The Wilson interval against SciPy's."""

import pytest
from scipy.stats import binomtest

from course_utils.evaluation import wilson_interval
from course_utils.messages import CourseError


@pytest.mark.parametrize(
    ("right", "total"), [(0, 1), (1, 1), (39, 40), (40, 40), (995, 1000), (3, 17)]
)
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.99])
def test_wilson_equals_scipy(right, total, confidence):
    expected = binomtest(right, total).proportion_ci(confidence, method="wilson")
    assert wilson_interval(right, total, confidence) == pytest.approx(tuple(expected), abs=1e-12)


@pytest.mark.parametrize(
    ("right", "total", "confidence"), [(1, 0, 0.9), (3, 2, 0.9), (-1, 2, 0.9), (1, 2, 1)]
)
def test_impossible_counts(right, total, confidence):
    with pytest.raises(CourseError):
        wilson_interval(right, total, confidence)
