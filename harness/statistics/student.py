"""The quantile of Student's t, without scipy: importing that costs a quarter of a second of CPU, and every run needs this one figure.

Newton's steps from the normal quantile on the distribution function, which is a regularised incomplete beta function by its continued
fraction (Abramowitz and Stegun 1964, 26.5.8 and 26.7.1; modified Lentz's method). Tests hold it to scipy's to 1e-12.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

TINY = 1e-300


@lru_cache(maxsize=4096)
def quantile(p: float, df: int) -> float:
    """What t with df degrees of freedom stays below with probability p, above .5 and below 1."""
    if not (0.5 < p < 1 and df >= 1):
        raise ValueError(f"p is {p} and df is {df}; expected above .5 and below 1, and 1 or more")
    if df == 1:
        return 1 / math.tan(math.pi * (1 - p))
    if df == 2:
        return (2 * p - 1) / math.sqrt(2 * p * (1 - p))
    log_scale = _half_step(df / 2) - 0.5 * math.log(df * math.pi)
    t = NormalDist().inv_cdf(
        p
    )  # below the quantile, where the tail is convex: the steps rise towards it and never beyond
    for _ in range(100):
        density = math.exp(log_scale - (df + 1) / 2 * math.log1p(t * t / df))
        step = (tail(t, df) - (1 - p)) / density
        t += step
        if abs(step) <= 1e-14 * t:
            break
    return t


def tail(t: float, df: int) -> float:
    """How probable a value above t is; t is 0 or more."""
    a, x = df / 2, df / (df + t * t)
    if x > (a + 1) / (a + 2.5):  # near the middle the other end's fraction is the one that converges
        return 0.5 - 0.5 * _beta(0.5, a, t * t / (df + t * t))
    return 0.5 * _beta(a, 0.5, x)


def _half_step(a: float) -> float:
    """The logarithm of gamma(a + 1/2) over gamma(a); by its series where the two logarithms would take digits from each other."""
    if a < 50:
        return math.lgamma(a + 0.5) - math.lgamma(a)
    return 0.5 * math.log(a) - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5) + 17 / (14336 * a**7)


def _beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, where one of a and b is 1/2."""
    if x <= 0:
        return 0.0
    front = math.exp(_half_step(max(a, b)) - 0.5 * math.log(math.pi) + a * math.log(x) + b * math.log1p(-x))
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or TINY)
    found = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d or TINY)
            c = 1 + term / c or TINY
            found *= c * d
        if abs(c * d - 1) < 1e-16:
            break
    return front * found / a
