"""What data of this size can show: the smallest difference a paired test finds with 80 % power, and the clusters one would need.

By the noncentral t distribution, as statsmodels' `TTestPower`: a difference d between systems whose clusters give a standard error se
has noncentrality d / se; with more clusters of the same kind se falls with the square root of their number.
"""

from __future__ import annotations

import math
from functools import lru_cache

ALPHA = 0.05
POWER = 0.8
# Beyond it "how many more" is no plan.
MAX_CLUSTERS = 10_000_000


def power(effect: float, g: int, alpha: float = ALPHA) -> float:
    """Of a two-sided test over g clusters for a true difference of `effect` standard errors."""
    from scipy.special import nctdtr, ndtr, stdtrit

    df = g - 1
    bar = float(stdtrit(df, 1 - alpha / 2))
    if df > 10_000:  # the noncentral t loses precision there and is normal to 4 digits
        return float(ndtr(effect - bar) + ndtr(-bar - effect))
    # The library's far tail is sometimes nan beyond 4 standard errors, where it is below 1e-6.
    far = float(nctdtr(df, effect, -bar))
    return 1 - float(nctdtr(df, effect, bar)) + (0.0 if math.isnan(far) else far)


@lru_cache(maxsize=4096)
def effect_shown(g: int, alpha: float = ALPHA, wanted: float = POWER) -> float:
    """The true difference, in standard errors, that a test over g clusters shows with that power; nan for fewer than 2."""
    from scipy.optimize import brentq

    if g < 2:
        return math.nan
    top = 4.0
    while power(top, g, alpha) < wanted:
        top *= 2
    return float(brentq(lambda effect: power(effect, g, alpha) - wanted, 0.0, top, xtol=1e-10))


def detectable(se: float, g: int, alpha: float = ALPHA) -> float:
    """The smallest true difference that such data show with 80 % power; `alpha` is divided by the number of tests for Holm's first."""
    return effect_shown(g, alpha) * se


def clusters_needed(value: float, se: float, g: int, alpha: float = ALPHA) -> float:
    """How many clusters like these show a true difference as large as `value` with 80 % power; nan for no difference."""
    if not abs(value) > 0 or not se > 0:
        return math.nan
    one = abs(value) / (se * math.sqrt(g))  # the difference in standard deviations of a cluster
    low, high = 1, 2
    while power(one * math.sqrt(high), high, alpha) < POWER:
        low, high = high, high * 2
        if high > MAX_CLUSTERS:
            return math.inf
    while high - low > 1:
        middle = (low + high) // 2
        if power(one * math.sqrt(middle), middle, alpha) < POWER:
            low = middle
        else:
            high = middle
    return float(high)
