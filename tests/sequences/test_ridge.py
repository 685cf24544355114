import numpy as np
import pytest
from sklearn.linear_model import RidgeClassifierCV
from sklearn.preprocessing import StandardScaler

from sklearn_rnn.sequences._ridge import LOGITS, PENALTIES, fit_ridge


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_scikit_learn(n_classes, weighted):
    rng = np.random.default_rng(0)
    X = rng.normal(3, 5, size=(60, 8)).astype(np.float32)
    X[:, 3] = 1  # without spread
    codes = np.arange(60) % n_classes
    X[:, 0] += 3 * codes
    sample_weight = rng.uniform(1, 3, size=60) if weighted else None

    weight, intercept = fit_ridge(X, codes, sample_weight)
    assert np.abs(weight[:, 3]).max() < 1e-9

    X = np.delete(X, 3, axis=1)
    weight = np.delete(weight, 3, axis=1)
    scaled = StandardScaler().fit(X.astype(float), sample_weight=sample_weight).transform(X)
    ridge = RidgeClassifierCV(alphas=PENALTIES).fit(scaled, codes, sample_weight=sample_weight)
    scores = ridge.decision_function(scaled)
    wanted = np.column_stack([-scores, scores]) if n_classes == 2 else scores
    assert weight.shape == (n_classes, 7)
    np.testing.assert_allclose(X @ weight.T + intercept, LOGITS * wanted, rtol=1e-4, atol=1e-4)


def test_repeated_rows_are_weighted_rows():
    rng = np.random.default_rng(0)
    X, codes = rng.normal(size=(20, 3)), np.arange(20) % 2
    counts = rng.integers(1, 4, size=20)

    repeated = fit_ridge(np.repeat(X, counts, axis=0), np.repeat(codes, counts), None)

    # The penalty is chosen by leaving out one row, which repeated rows have again.
    weighted = fit_ridge(X, codes, counts.astype(float))
    assert np.sign(repeated[0]).tolist() == np.sign(weighted[0]).tolist()
