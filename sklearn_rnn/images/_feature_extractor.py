"""Transformer from images to the features that a network sees in them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.base import TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from skorch.utils import get_map_location
from torch import nn

from sklearn_rnn._documentation_link import DocumentationLinkMixin
from sklearn_rnn._saved_version import SavedVersionMixin
from sklearn_rnn.nn import FeatureMap, reproducible
from sklearn_rnn.training import as_tensor, resolve_device

from ._images import validate_images
from ._pretrained import IMAGENET_MEAN, IMAGENET_STD, Pretrained, load_pretrained
from ._scaling import pixel_scale

# As many units as are computed by all threads of torch: such networks are large.
MANY_UNITS = 2**20


class FeatureExtractor(DocumentationLinkMixin, TransformerMixin, SavedVersionMixin):
    """Turn images into the last map of features of a convolutional network.

    Pixels are brought to [0, 1], those of integers of 8 bits by dividing by 255, others by their
    smallest and largest value in the training data, and then to what the network was trained on.
    It stays as it is.

    Parameters
    ----------
    encoder : str or torch.nn.Module
        Network: the name of one of torchvision or timm, with the weights that it was trained to, or
        a module that takes images of shape (n_samples, n_channels, height, width). The last map of
        features before its pooling is what it sees, or the tokens of a transformer that stand for
        parts of the image.

    size : tuple of (height, width), default=None
        Pixels that images are brought to before. None leaves them as they are.

    mean, std : sequence of float of length n_channels, default=None
        What pixels in [0, 1] are shifted and divided by. None is what the named network was trained
        on, or that of ImageNet for a module.

    image_shape : tuple of (height, width) or (height, width, channels), default=None
        Shape of each image, in pixels. By default it is that of the array, and flat images are
        square if their width is a square number; others are read as a column of pixels.

    batch_size : int, default=32
        Number of images that are seen at the same time.

    device : str or torch.device, default="auto"
        Where to compute: "cpu", "cuda", or another name that torch knows. "auto" takes the GPU if
        there is one.

    Attributes
    ----------
    feature_map_ : torch.nn.Module
        What sees the images: a copy of `encoder`.

    shift_, scale_ : ndarray of shape (n_channels,)
        What pixels are shifted and divided by.

    image_shape_ : tuple of (height, width, channels)
        Shape of the images seen in fit.

    n_features_in_ : int
        Number of values of an image: height * width * channels.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit; of a list of DataFrames those of one image. Defined only if X
        has names that are all strings.

    See Also
    --------
    RNNImageCaptioner : Says in words what is in images, or in their features.
    RNNImageClassifier : Classifies images, or their features.

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> from sklearn_rnn import FeatureExtractor
    >>> encoder = nn.Conv2d(3, 16, 3, stride=2)
    >>> extractor = FeatureExtractor(encoder)
    >>> extractor.fit_transform(np.zeros((5, 32, 32, 3), dtype=np.uint8)).shape
    (5, 15, 15, 16)
    """

    _parameter_constraints: dict = {
        "encoder": [str, nn.Module],
        "size": [tuple, list, None],
        "mean": ["array-like", None],
        "std": ["array-like", None],
        "image_shape": [tuple, list, None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "device": [str, torch.device],
    }

    def __init__(
        self,
        encoder: str | nn.Module,
        *,
        size: tuple[int, int] | None = None,
        mean: Sequence[float] | None = None,
        std: Sequence[float] | None = None,
        image_shape: tuple[int, ...] | None = None,
        batch_size: int = 32,
        device: str | torch.device = "auto",
    ) -> None:
        self.encoder = encoder
        self.size = size
        self.mean = mean
        self.std = std
        self.image_shape = image_shape
        self.batch_size = batch_size
        self.device = device

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if "feature_map_" in state:
            # Weights on a GPU cannot be unpickled where there is none.
            state["feature_map_"] = copy.deepcopy(self.feature_map_).cpu()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "feature_map_"):
            is_auto = self.device == "auto"
            device = resolve_device("auto") if is_auto else get_map_location(self.device)
            self.feature_map_.to(device)

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> FeatureExtractor:
        """Load the network, and learn the range of pixels.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
                (n_samples, height, width, channels) or (n_samples, height * width * channels)
            Images, of integers or floats.

        y : None
            Ignored.

        Returns
        -------
        self : FeatureExtractor
            Fitted transformer.

        Raises
        ------
        ValueError
            If a parameter or the images are not as described, or if the network takes another
            number of channels.

        ImportError
            If the named network is of a library that is not installed.

        OSError
            If its weights cannot be downloaded.
        """
        before = self.__dict__.copy()
        try:
            self._fit(validate_images(self, X, reset=True))
        except BaseException:
            self.__dict__ = before
            raise
        return self

    def _fit(self, images: np.ndarray) -> None:
        model, mean, std = self._load()
        low, high = 0.0, 255.0
        if images.dtype != np.uint8:
            (low,), (spread,) = pixel_scale(images.reshape(len(images), -1, 1))
            high = low + spread
        n_channels = self.image_shape_[2]
        if len(mean) != len(std) or n_channels not in (1, len(mean)):
            raise ValueError(
                f"The encoder takes images of {len(mean)} channels, by its mean and std. Got "
                f"images of {n_channels} channels."
            )
        self.shift_ = (low + np.array(mean) * (high - low)).astype(np.float32)
        self.scale_ = (np.array(std) * (high - low)).astype(np.float32)
        size = None if self.size is None else (int(self.size[0]), int(self.size[1]))
        self.feature_map_ = FeatureMap(model, size).to(resolve_device(self.device))

    def _load(self) -> Pretrained:
        """Load the network, or copy it."""
        if isinstance(self.encoder, str):
            loaded = load_pretrained(self.encoder)
        else:
            loaded = Pretrained(copy.deepcopy(self.encoder), IMAGENET_MEAN, IMAGENET_STD)
        mean = loaded.mean if self.mean is None else tuple(self.mean)
        std = loaded.std if self.std is None else tuple(self.std)
        return Pretrained(loaded.model.float(), mean, std)

    def transform(self, X: Any) -> np.ndarray:
        """See images.

        Parameters
        ----------
        X : array-like
            Images in any of the forms that :meth:`fit` takes, of the shape seen in it.

        Returns
        -------
        features : ndarray of shape (n_samples, n_rows, n_columns, n_features), dtype float32
            A cell for each part of an image, from its upper left corner on.

        Raises
        ------
        ValueError
            If the images are not as described, or if the network has no map of features.
        """
        check_is_fitted(self)
        images = as_tensor(validate_images(self, X, reset=False))
        device = next(iter(self.feature_map_.parameters()), torch.empty(0)).device
        shift, scale = (torch.as_tensor(each, device=device) for each in (self.shift_, self.scale_))
        self.feature_map_.eval()
        features = []
        with torch.inference_mode(), reproducible(MANY_UNITS, device):
            for batch in images.split(self.batch_size):
                pixels = (batch.to(device, torch.float32) - shift) / scale
                seen = self.feature_map_(pixels.permute(0, 3, 1, 2))
                features.append(seen.permute(0, 2, 3, 1).cpu().numpy())
        return np.concatenate(features)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = []
        return tags
