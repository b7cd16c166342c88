"""Friedman's test against scipy and Demsar's own table."""

import numpy as np
import pytest
from scipy import stats

from harness.errors import InputError
from harness.statistics.friedman import friedman


@pytest.mark.parametrize("seed", range(5))
def test_statistic_is_that_of_scipy(seed):
    values = np.random.default_rng(seed).integers(0, 6, (8, 4)).astype(float)  # with ties
    found, expected = friedman(values), stats.friedmanchisquare(*values.T)
    assert (found.statistic, found.p) == (pytest.approx(expected.statistic), pytest.approx(expected.pvalue))


def test_demsars_example():
    # Demsar (2006), table 6 and section 3.2.2: 14 datasets, C4.5 and its parameters; mean ranks 3.143, 2.000, 2.893, 1.964.
    table = """.763 .768 .771 .798|.599 .591 .590 .569|.954 .971 .968 .967|.628 .661 .654 .657|.882 .888 .886 .898|.936 .931 .916 .931|
    .661 .668 .609 .685|.583 .583 .563 .625|.775 .838 .866 .875|1.0 1.0 1.0 1.0|.940 .962 .965 .962|.619 .666 .614 .669|.972 .981 .9751 .975|.957 .978 .946 .970"""
    found = friedman(np.array([[float(v) for v in row.split()] for row in table.split("|")]))
    assert found.mean_ranks == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=5e-4)
    assert found.critical_difference == pytest.approx(1.25, abs=0.005)  # q = 2.569, section 3.2.2


def test_datasets_that_all_agree_leave_no_doubt():
    assert friedman(np.array([[3.0, 2, 1]] * 6)).p_iman_davenport == 0


@pytest.mark.parametrize(
    ("values", "said"), [(np.ones((1, 3)), "3 systems on 1 datasets"), (np.array([[1, 2, np.nan]] * 2), "no value")]
)
def test_too_little_is_told(values, said):
    with pytest.raises(InputError, match=said):
        friedman(values)
