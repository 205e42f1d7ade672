"""How sure a measured accuracy is."""

from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from course_utils.messages import CourseError


def t_interval(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Student's t interval of a mean, (low, high) in the units of `values`.

    values: 1-d, one number for each seed or draw, such as the differences of two methods that
    met the same draws. Numbers that are all the same, a single one included, leave no width.
    Source: Student, The probable error of a mean, Biometrika 6 (1908) 1–25.
    """
    from scipy import stats

    values = np.asarray(values, dtype=float)
    middle = float(values.mean())
    if len(values) < 2 or not values.std():
        return middle, middle
    factor = stats.t.ppf((1 + confidence) / 2, len(values) - 1)
    half = float(factor * values.std(ddof=1) / np.sqrt(len(values)))
    return middle - half, middle + half


def wilson_interval(n_right: int, n_total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share, (low, high) in 0–1.

    Honest for few photos and for shares near 0 or 1, where share ± 2 standard errors is not.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927) 209–212. Raises CourseError for impossible counts.
    """
    if not (0 <= n_right <= n_total and n_total > 0 and 0 < confidence < 1):
        raise CourseError(
            f"无法计算区间：{n_right} / {n_total}，置信水平 {confidence}。"
            "请检查：0 ≤ 答对数 ≤ 总数，总数 > 0，置信水平在 0 和 1 之间。",
            f"No interval for {n_right} of {n_total} at confidence {confidence}: check that "
            "0 ≤ right ≤ total, total > 0 and confidence between 0 and 1.",
        )
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = n_right / n_total, z**2 / n_total
    centre = (share + weight / 2) / (1 + weight)
    half = sqrt(share * (1 - share) * weight + weight**2 / 4) / (1 + weight)
    return max(0.0, centre - half), min(1.0, centre + half)
