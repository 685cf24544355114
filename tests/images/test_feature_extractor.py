import copy
import pickle
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from skorch.exceptions import DeviceWarning
from torch import nn

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner, RNNImageClassifier

rng = np.random.default_rng(0)
X = rng.integers(256, size=(10, 12, 16, 3)).astype(np.uint8)
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def build_convolution(**options):
    return nn.Conv2d(3, 6, 4, stride=4, **options)


def test_features_are_those_of_the_encoder():
    encoder = build_convolution()

    features = FeatureExtractor(encoder, batch_size=3).fit_transform(X)

    pixels = torch.as_tensor((X / 255 - MEAN) / STD, dtype=torch.float32).permute(0, 3, 1, 2)
    expected = encoder(pixels).permute(0, 2, 3, 1).detach().numpy()
    assert features.shape == (10, 3, 4, 6)
    assert features.dtype == np.float32
    assert_allclose(features, expected, rtol=1e-4, atol=1e-5)


def test_floats_by_their_range():
    encoder = build_convolution()
    X[0, 0, 0], X[0, 0, 1] = 0, 255
    expected = FeatureExtractor(encoder).fit_transform(X)

    assert_allclose(FeatureExtractor(encoder).fit_transform(X / 255), expected, atol=1e-5)
    assert_allclose(FeatureExtractor(encoder).fit_transform(X.astype(float)), expected, atol=1e-5)


def test_grey_images_in_each_channel():
    encoder = build_convolution()
    grey = X[:, :, :, 0]

    expected = FeatureExtractor(encoder).fit_transform(np.repeat(grey[:, :, :, None], 3, axis=3))

    assert_allclose(FeatureExtractor(encoder).fit_transform(grey), expected, atol=1e-5)


def test_own_mean_and_deviation():
    encoder = nn.Conv2d(1, 2, 1)

    features = FeatureExtractor(encoder, mean=[0.0], std=[1.0]).fit_transform(X[:, :, :, 0])

    weight, bias = encoder.weight.detach().numpy().ravel(), encoder.bias.detach().numpy()
    assert_allclose(features, X[:, :, :, :1] / 255 * weight + bias, atol=1e-5)


def test_size():
    assert FeatureExtractor(build_convolution(), size=(24, 40)).fit_transform(X).shape == (
        10,
        6,
        10,
        6,
    )


def test_last_map_before_pooling():
    encoder = nn.Sequential(
        build_convolution(), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 10)
    )

    features = FeatureExtractor(encoder).fit_transform(X)

    assert_array_equal(features, FeatureExtractor(encoder[:2]).fit_transform(X))


class Patches(nn.Module):
    """Cells of an image as a transformer has them, after tokens that stand for other things."""

    def __init__(self, n_others):
        super().__init__()
        self.cut, self.norm = build_convolution(), nn.LayerNorm(6)
        self.others = nn.Parameter(torch.rand(1, n_others, 6))

    def forward(self, x):
        cells = self.cut(x).flatten(2).transpose(1, 2)
        tokens = self.norm(torch.cat([self.others.expand(len(x), -1, -1), cells], dim=1))
        return tokens[:, 0]


@pytest.mark.parametrize("n_others", [1, 5])
def test_tokens_of_a_transformer(n_others):
    encoder = Patches(n_others)

    features = FeatureExtractor(encoder).fit_transform(X)

    cells = FeatureExtractor(encoder.cut).fit_transform(X)
    expected = encoder.norm(torch.as_tensor(cells)).detach().numpy()
    assert_allclose(features, expected, rtol=1e-4, atol=1e-5)


class FeaturesLast(nn.Module):
    def __init__(self):
        super().__init__()
        self.cut = nn.Conv2d(3, 32, 4, stride=4)

    def forward(self, x):
        return self.cut(x).permute(0, 2, 3, 1)


def test_map_with_features_last():
    encoder = FeaturesLast()

    features = FeatureExtractor(encoder).fit_transform(X)

    assert_array_equal(features, FeatureExtractor(encoder.cut).fit_transform(X))


def test_no_map():
    with pytest.raises(ValueError, match="Sequential has no map of features"):
        FeatureExtractor(nn.Sequential(nn.Flatten(), nn.LazyLinear(3))).fit(X).transform(X)


def test_other_number_of_channels():
    with pytest.raises(ValueError, match=r"images of 3 channels.* images of 4 channels"):
        FeatureExtractor(build_convolution()).fit(np.zeros((2, 8, 8, 4)))


def test_encoder_of_the_user_stays_as_it_is():
    encoder = nn.Sequential(build_convolution(), nn.BatchNorm2d(6)).train()
    before = copy.deepcopy(encoder.state_dict())

    FeatureExtractor(encoder).fit_transform(X)

    assert encoder.training
    assert all(torch.equal(before[name], each) for name, each in encoder.state_dict().items())


def test_pickle_and_clone():
    extractor = FeatureExtractor(build_convolution()).fit(X)

    again = pickle.loads(pickle.dumps(extractor))

    assert_array_equal(again.transform(X), extractor.transform(X))
    assert_array_equal(clone(extractor).fit_transform(X), extractor.transform(X))


def test_load_where_its_device_is_not(monkeypatch):
    extractor = FeatureExtractor(build_convolution(), device="cpu").fit(X)
    saved = pickle.dumps(extractor.set_params(device="cuda"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    with pytest.warns(DeviceWarning, match='Loading on device "cpu" instead'):
        again = pickle.loads(saved)

    assert_array_equal(again.transform(X), extractor.transform(X))


@pytest.mark.parametrize("options", [{}, {"scan": "columns", "front_end": False}])
def test_classifier_of_features(options):
    y = np.arange(10) % 2
    images = X // 4 + 180 * y[:, None, None, None].astype(np.uint8)
    classifier = RNNImageClassifier(hidden_size=8, max_epochs=30, random_state=0, **options)

    pipeline = make_pipeline(FeatureExtractor(build_convolution()), classifier).fit(images, y)

    assert pipeline.score(images, y) == 1


# Names


@pytest.fixture
def libraries(monkeypatch):
    """Stand in for torchvision and timm, which are not installed everywhere."""
    weights = SimpleNamespace(transforms=lambda: SimpleNamespace(mean=[0.0] * 3, std=[1.0] * 3))
    models = ModuleType("torchvision.models")
    models.list_models = lambda: ["resnet18", "resnet34"]
    models.get_model_weights = lambda name: SimpleNamespace(DEFAULT=weights)
    models.get_model = lambda name, weights: build_convolution()
    timm = ModuleType("timm")
    timm.list_models = lambda pretrained: ["mobilenetv3.one", "mobilenetv3.two"]

    def create_model(name, **options):
        assert options == {"pretrained": True}
        model = build_convolution()
        model.pretrained_cfg = {"mean": (0.5, 0.5, 0.5), "std": (0.5, 0.5, 0.5)}
        return model

    timm.create_model = create_model
    installed = {"torchvision": ModuleType("torchvision"), "torchvision.models": models}
    installed["timm"] = timm
    for name, module in installed.items():
        monkeypatch.setitem(sys.modules, name, module)
    found = set(installed)
    monkeypatch.setattr("sklearn_rnn.images._pretrained.find_spec", lambda name: name in found)
    return SimpleNamespace(found=found, models=models)


@pytest.mark.parametrize(("name", "shift"), [("resnet18", 0.0), ("mobilenetv3", 127.5)])
def test_named_encoder(libraries, name, shift):
    extractor = FeatureExtractor(name).fit(X)

    assert extractor.transform(X).shape == (10, 3, 4, 6)
    assert_allclose(extractor.shift_, shift)
    captioner = RNNImageCaptioner(encoder=name, hidden_size=4, max_epochs=1)
    assert len(captioner.fit(X, ["a", "b"] * 5).predict(X)) == 10


def test_unknown_name(libraries):
    with pytest.raises(ValueError, match=r"no network of torchvision or timm. The nearest: 'resn"):
        FeatureExtractor("resnet19").fit(X)
    with pytest.raises(ValueError, match="no network of torchvision or timm"):
        RNNImageCaptioner(encoder="resnet19").fit(X, ["a", "b"] * 5)


def test_nothing_installed(libraries):
    libraries.found.clear()

    with pytest.raises(ImportError, match="pip install torchvision"):
        FeatureExtractor("resnet18").fit(X)


def test_no_network_connection(libraries):
    def fail(name, weights):
        raise OSError("Name or service not known")

    libraries.models.get_model = fail

    with pytest.raises(
        OSError, match=r"weights of encoder='resnet18' are not there yet.*not known"
    ):
        FeatureExtractor("resnet18").fit(X)


def test_failed_fit_changes_nothing():
    extractor = FeatureExtractor(build_convolution()).fit(X)
    expected = extractor.transform(X)

    with pytest.raises(ValueError, match="channels"):
        extractor.fit(np.zeros((2, 8, 8, 2)))

    assert_array_equal(extractor.transform(X), expected)
