import numpy as np
import pytest
from sklearn.linear_model import Ridge, RidgeClassifierCV, RidgeCV
from sklearn.preprocessing import StandardScaler

from sklearn_rnn.sequences._ridge import fit_ridge

PENALTIES = np.logspace(-3, 3, 10)


def make_features(n_features=8):
    rng = np.random.default_rng(0)
    X = rng.normal(3, 5, size=(60, n_features)).astype(np.float32)
    X[:, 3] = 1  # without spread
    return X, rng


def standardise(X, sample_weight=None):
    X = np.delete(X.astype(float), 3, axis=1)
    return StandardScaler().fit(X, sample_weight=sample_weight).transform(X)


@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_those_of_a_ridge_classifier(n_classes, weighted):
    X, rng = make_features()
    codes = np.arange(60) % n_classes
    X[:, 0] += 3 * codes
    sample_weight = rng.uniform(1, 3, size=60) if weighted else None
    targets = np.where(codes[:, None] == np.arange(n_classes), 1.0, -1.0)

    fit = fit_ridge(X, targets, sample_weight, penalties=PENALTIES, common=True)
    assert np.abs(fit.weight[:, 3]).max() < 1e-9

    scaled = standardise(X, sample_weight)
    ridge = RidgeClassifierCV(alphas=PENALTIES).fit(scaled, codes, sample_weight=sample_weight)
    scores = ridge.decision_function(scaled)
    wanted = np.column_stack([-scores, scores]) if n_classes == 2 else scores
    np.testing.assert_allclose(X @ fit.weight.T + fit.intercept, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("n_features", [8, 200])
def test_each_target_has_its_own_penalty(n_features):
    X, rng = make_features(n_features)
    y = np.column_stack([X[:, 0] - X[:, 1], rng.normal(size=60)])

    fit = fit_ridge(X, y, None, penalties=PENALTIES, common=False)

    scaled = standardise(X)
    ridge = RidgeCV(alphas=PENALTIES, alpha_per_target=True).fit(scaled, y)
    assert ridge.alpha_[0] < ridge.alpha_[1]
    np.testing.assert_allclose(
        X @ fit.weight.T + fit.intercept, ridge.predict(scaled), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("n_features", [8, 200])
@pytest.mark.parametrize("weighted", [False, True])
def test_predictions_of_samples_that_are_left_out(n_features, weighted):
    X, rng = make_features(n_features)
    y = X[:, :2].astype(float) + rng.normal(size=(60, 2))
    weight = rng.uniform(1, 3, size=60) if weighted else np.ones(60)

    fit = fit_ridge(X, y, weight, penalties=np.array([10.0]), common=False)

    scaled = standardise(X, weight)
    for row in range(5):
        others = np.delete(np.arange(60), row)
        ridge = Ridge(alpha=10.0).fit(scaled[others], y[others], sample_weight=weight[others])
        np.testing.assert_allclose(fit.left_out[row], ridge.predict(scaled[[row]])[0], rtol=1e-6)
