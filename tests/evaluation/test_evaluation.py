"""Intervals against SciPy's."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

from course_utils.evaluation import t_interval, wilson_interval
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


@pytest.mark.parametrize("n", [2, 9, 20])
@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_t_interval_equals_scipy(n, confidence):
    values = np.random.default_rng(n).normal(0.3, 2, n)
    expected = ttest_1samp(values, 0).confidence_interval(confidence)
    assert t_interval(values, confidence) == pytest.approx(tuple(expected), rel=1e-12)


def test_numbers_without_spread_have_no_width():
    assert t_interval([0.25]) == t_interval([0.25] * 9) == (0.25, 0.25)
