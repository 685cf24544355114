"""Parameters that are set after `fit` count from the next `fit` on."""

import copy

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_array_equal
from skorch.callbacks import EpochTimer

from sklearn_rnn import (
    FeatureExtractor,
    ImageToSequence,
    LookBackWindow,
    LSTMForecaster,
    RNNClassifier,
    RNNImageCaptioner,
    RNNImageClassifier,
    RNNRegressor,
    RNNTagger,
)

rng = np.random.default_rng(0)
SMALL = {"hidden_size": 4, "max_epochs": 1, "random_state": 0}
TRAINING = {
    "cell": "rnn",
    "hidden_size": 300,
    "num_layers": 2,
    "dropout": 0.9,
    "optimizer": torch.optim.SGD,
    "lr": 1.0,
    "lr_schedule": None,
    "weight_decay": 0.5,
    "max_grad_norm": None,
    "gradient_clip_value": 0.5,
    "ema_decay": 0.5,
    "max_epochs": 3,
    "batch_size": 2,
    "early_stopping": True,
    "validation_fraction": 0.5,
    "n_iter_no_change": 1,
    "tol": 1.0,
    "warm_start": True,
    "callbacks": [EpochTimer()],
    "device": torch.device("cpu"),
    "dtype": "float64",
    "random_state": 1,
    "verbose": 1,
}
NETWORK = {
    **TRAINING,
    "front_end": True,
    "nonlinearity": "relu",
    "bidirectional": True,
    "pooling": ["last", "max"],
    "batch_norm": True,
    "residual": True,
    "n_estimators": 3,
    "random_convolutions": False,
}
READING = {"series_id": "other", "time": "other", "missing": "mask", "embedding_dim": 3}
CLASSIFIER = {
    **NETWORK,
    "class_weight": "balanced",
    "label_smoothing": 0.5,
    "criterion": torch.nn.MultiMarginLoss,
}
REGRESSOR = {**NETWORK, **READING, "loss": "poisson", "quantile": 0.9, "linear": False}
TAGGER = {
    **{
        name: value
        for name, value in CLASSIFIER.items()
        if name not in ("pooling", "random_convolutions", "criterion")
    },
    **READING,
}
CAPTIONER = {
    **TRAINING,
    "encoder": torch.nn.Identity(),
    "fine_tune": True,
    "attention": False,
    "tokenizer": "characters",
    "min_df": 3,
    "embedding_size": 5,
    "word_dropout": 0.9,
    "max_shift": 1,
    "image_shape": (2, 8),
    "label_smoothing": 0.5,
    # These two are of the search, and so of what comes after fit.
    "beam_size": 2,
    "max_length": None,
}
del CAPTIONER["gradient_clip_value"]
EXTRACTOR = {
    "encoder": torch.nn.Conv2d(1, 5, 2),
    "size": (9, 9),
    "mean": [3.0],
    "std": [3.0],
    "image_shape": (2, 8),
    "batch_size": 2,
    "device": torch.device("cpu"),
}
READER = {"scan": "patches", "patch_size": 3, "image_shape": (2, 8)}
FORECASTER = {
    **TRAINING,
    "look_back": 2,
    "horizon": 5,
    "season_length": 7,
    "series_id": "other",
    "time": "other",
    "target": "other",
    "future": ["other"],
    "missing": "error",
    "calibration_fraction": None,
    "quantiles": [0.3],
    "lower_bound": 1e6,
}
WINDOW = {"look_back": 5, "flatten": False}

SEQUENCES = rng.normal(size=(30, 4, 4))
Y = np.arange(30) % 2
TAGS = (SEQUENCES[:, :, 0] > 0).astype(int)
NUMBERS = SEQUENCES[:, 0, :2] ** 2
CAPTIONS = ["an even one", "odd"] * 15
LONG = pd.DataFrame(
    {
        "store": np.repeat(["x", "y"], 40),
        "day": np.tile(pd.date_range("2024-01-01", periods=40), 2),
        "sales": rng.normal(size=80).cumsum(),
        "open": rng.integers(2, size=80).astype(float),
    }
)
LONG.loc[[7, 39], "sales"] = np.nan
NAMES = {"series_id": "store", "time": "day", "target": "sales", "future": ["open"]}
AHEAD = LONG.assign(day=LONG["day"] + pd.Timedelta(days=40)).drop(columns="sales")


def classify(clf):
    return {
        "predict": clf.predict(SEQUENCES),
        "predict_proba": clf.predict_proba(SEQUENCES),
        "predict_log_proba": clf.predict_log_proba(SEQUENCES),
        "staged_predict_proba": np.array(list(clf.staged_predict_proba(SEQUENCES))),
        "score": clf.score(SEQUENCES, Y),
    }


def regress(reg):
    return {
        "predict": reg.predict(SEQUENCES),
        "staged_predict": np.array(list(reg.staged_predict(SEQUENCES))),
        "score": reg.score(SEQUENCES, NUMBERS),
    }


def tag(tagger):
    return {
        "predict": tagger.predict(SEQUENCES),
        "predict_proba": tagger.predict_proba(SEQUENCES),
        "predict_log_proba": tagger.predict_log_proba(SEQUENCES),
        "score": tagger.score(SEQUENCES, TAGS),
    }


def caption(captioner):
    captions, log_proba = captioner.predict(SEQUENCES, return_log_proba=True)
    return {
        "predict": captions,
        "log_proba": log_proba,
        "attend": np.concatenate(captioner.attend(SEQUENCES)[1]),
        "score": captioner.score(SEQUENCES, CAPTIONS),
    }


def extract(extractor):
    return {"transform": extractor.transform(SEQUENCES)}


def forecast_series(forecaster):
    with_intervals = forecaster.forecast(4, future=AHEAD, coverage=0.5)
    return {
        "forecast": with_intervals.drop(columns=["store", "day"]).to_numpy(),
        "other series": forecaster.forecast(4, series=LONG, future=AHEAD)["q_0.2"].to_numpy(),
        "predict": forecaster.predict(LONG)["sales"].to_numpy(),
        "score": forecaster.score(LONG),
    }


def forecast_windows(forecaster):
    X = SEQUENCES[:, :, 0]
    return {
        "predict": forecaster.predict(X),
        "predict_quantiles": forecaster.predict_quantiles(X),
        "score": forecaster.score(X, SEQUENCES[:, :2, 1]),
    }


def transform_images(reader):
    sequences = reader.transform(SEQUENCES)
    return {"transform": sequences, "inverse_transform": reader.inverse_transform(sequences)}


def transform_rows(window):
    frame = window.set_output(transform="pandas").transform(LONG[["sales", "open"]].fillna(0.0))
    return {"transform": frame.to_numpy(), "names": window.get_feature_names_out()}


QUANTILES = {"quantiles": [0.2, 0.8], "calibration_fraction": 0.3}
CASES = {
    "sequences": (
        lambda: RNNClassifier(**SMALL, bidirectional=False).fit(SEQUENCES, Y),
        classify,
        {**CLASSIFIER, **READING},
    ),
    "sequences after a front end": (
        lambda: RNNClassifier(**SMALL, front_end=True, n_estimators=2).fit(SEQUENCES, Y),
        classify,
        {**CLASSIFIER, **READING, "front_end": False, "bidirectional": False, "n_estimators": 1},
    ),
    "numbers": (
        lambda: RNNRegressor(**SMALL, bidirectional=False).fit(SEQUENCES, NUMBERS),
        regress,
        REGRESSOR,
    ),
    "steps": (
        lambda: RNNTagger(**SMALL, bidirectional=False).fit(SEQUENCES, TAGS),
        tag,
        TAGGER,
    ),
    "images": (
        lambda: RNNImageClassifier(**SMALL, scan="patches", patch_size=2).fit(SEQUENCES, Y),
        classify,
        {**CLASSIFIER, **READER, "max_shift": 1},
    ),
    "captions": (
        lambda: RNNImageCaptioner(**SMALL, beam_size=2).fit(SEQUENCES, CAPTIONS),
        caption,
        CAPTIONER,
    ),
    "features": (
        lambda: FeatureExtractor(torch.nn.Conv2d(1, 3, 2), mean=[0.5], std=[1.0]).fit(SEQUENCES),
        extract,
        EXTRACTOR,
    ),
    "series": (
        lambda: LSTMForecaster(
            **SMALL, **NAMES, **QUANTILES, missing="mask", look_back=4, horizon=2
        ).fit(LONG),
        forecast_series,
        FORECASTER,
    ),
    "windows": (
        lambda: LSTMForecaster(**SMALL, **QUANTILES).fit(SEQUENCES[:, :, 0], SEQUENCES[:, :2, 1]),
        forecast_windows,
        FORECASTER,
    ),
    "reader": (
        lambda: ImageToSequence(scan="patches", patch_size=2).fit(SEQUENCES),
        transform_images,
        READER,
    ),
    "rows": (
        lambda: LookBackWindow(2, flatten=True).fit(LONG[["sales", "open"]].fillna(0.0)),
        transform_rows,
        WINDOW,
    ),
}


@pytest.fixture(scope="module", params=CASES)
def fitted(request):
    make, answer, others = CASES[request.param]
    estimator = make()
    return estimator, answer, answer(estimator), others


def test_predictions_stay_the_same(fitted):
    estimator, answer, expected, others = fitted
    assert set(others) == set(estimator.get_params())

    for parameter, value in [*others.items(), (None, None)]:
        # At last all at once.
        changes = others if parameter is None else {parameter: value}
        found = answer(copy.deepcopy(estimator).set_params(**changes))
        for method, wanted in expected.items():
            assert_array_equal(found[method], wanted, err_msg=f"{method} after {changes}")


def test_partial_fit_goes_on_in_the_dtype_of_the_net():
    stays, changes = (
        RNNClassifier(**SMALL).partial_fit(SEQUENCES, Y, classes=[0, 1]) for _ in range(2)
    )
    changes.set_params(dtype="float64")
    weight = rng.random(30)

    for clf in (stays, changes):
        clf.partial_fit(SEQUENCES, Y, sample_weight=weight)

    assert_array_equal(changes.predict_proba(SEQUENCES), stays.predict_proba(SEQUENCES))
    assert changes.loss_curve_ == stays.loss_curve_
