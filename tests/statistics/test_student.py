"""The quantile of Student's t beside scipy's."""

import subprocess
import sys

import pytest
from scipy import stats

from harness.statistics.student import quantile, tail


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 7, 10, 19, 30, 46, 100, 999, 10_000, 100_000])
@pytest.mark.parametrize("p", [0.55, 0.8, 0.95, 0.975, 0.995, 0.999, 1 - 0.025 / 190, 1 - 1e-6])
def test_quantile_is_scipys(p, df):
    assert quantile(p, df) == pytest.approx(stats.t.isf(1 - p, df), rel=1e-11)


@pytest.mark.parametrize("df", [3, 10, 46, 1000])
@pytest.mark.parametrize("t", [0, 1e-6, 0.1, 0.7, 1.5, 3, 12])
def test_tail_is_scipys(t, df):
    assert tail(t, df) == pytest.approx(stats.t.sf(t, df), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize(("p", "df"), [(0.5, 3), (1, 3), (0.4, 3), (0.9, 0)])
def test_what_has_no_quantile_here_is_refused(p, df):
    with pytest.raises(ValueError, match="expected above"):
        quantile(p, df)


def test_an_evaluation_imports_no_scipy():
    code = "import sys; import harness.evaluate; from harness.statistics.jackknife import reach; reach(46); sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
