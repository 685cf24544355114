"""Transformer from images to sequences."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_array, check_is_fitted

from sklearn_rnn._constraints import Interval, NearestNameMixin
from sklearn_rnn._documentation_link import DocumentationLinkMixin
from sklearn_rnn._saved_version import SavedVersionMixin

from ._images import validate_images
from ._scan import SCANS, read_images, scan_order, write_images


class ImageToSequence(
    DocumentationLinkMixin, TransformerMixin, SavedVersionMixin, NearestNameMixin
):
    """Read images as sequences.

    Parameters
    ----------
    scan : {"rows", "columns", "patches", "pixels", "snake", "spiral", "hilbert", "permuted"}, \
            default="rows"
        What one step of the sequence reads: a row from the top down, a column from the left to
        the right, a square patch row by row, or a pixel. Pixels are read row by row, along the
        rows in turns ("snake"), clockwise to the centre ("spiral"), along a Hilbert curve, or in
        a random order that is always the same ("permuted").

    patch_size : int, default=4
        Height and width of a patch, in pixels. Patches that reach over the right or lower edge
        are filled with zeros. Used by "patches" only.

    image_shape : tuple of (height, width) or (height, width, channels), default=None
        Shape of each image, in pixels. By default it is that of the array, and flat images are
        square if their width is a square number. Others of 48 values and more, such as those of
        colour, need it; of fewer they are read as a column of pixels.

    Attributes
    ----------
    image_shape_ : tuple of (height, width, channels)
        Shape of the images seen in fit.

    order_ : ndarray of shape (n_steps, n_features)
        Position, in the flattened image, of each value of a sequence; -1 where a patch reaches
        over the edge.

    n_features_in_ : int
        Number of values of an image: height * width * channels.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit; of a list of DataFrames those of one image. Defined only if X
        has names that are all strings.

    See Also
    --------
    RNNClassifier : Classifies the sequences.
    RNNImageClassifier : Both in one.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_rnn import ImageToSequence
    >>> X, y = load_digits(return_X_y=True)
    >>> X.shape
    (1797, 64)
    >>> ImageToSequence(scan="patches", patch_size=4).fit_transform(X).shape
    (1797, 4, 16)
    """

    _parameter_constraints: dict = {
        "scan": [StrOptions(set(SCANS))],
        "patch_size": [Interval(Integral, 1, None, closed="left")],
        "image_shape": [tuple, list, None],
    }

    def __init__(
        self,
        *,
        scan: str = "rows",
        patch_size: int = 4,
        image_shape: tuple[int, ...] | None = None,
    ) -> None:
        self.scan = scan
        self.patch_size = patch_size
        self.image_shape = image_shape

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any = None) -> ImageToSequence:
        """Learn the shape of the images.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
                (n_samples, height, width, channels) or (n_samples, height * width * channels)
            Images; or a list of images of the same shape, such as arrays, tensors or PIL images.

        y : None
            Ignored.

        Returns
        -------
        self : ImageToSequence
            Fitted transformer.

        Raises
        ------
        ValueError
            If the images are not of the given `image_shape`.
        """
        validate_images(self, X, reset=True)
        self.order_ = scan_order(self.scan, self.image_shape_, int(self.patch_size))
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Read each image as a sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
                (n_samples, height, width, channels) or (n_samples, height * width * channels)
            Images of the shape seen in fit.

        Returns
        -------
        X_seq : ndarray of shape (n_samples, n_steps, n_features)
            Sequences, in the dtype of the images.

        Raises
        ------
        ValueError
            If the images are not of the shape seen in fit.
        """
        check_is_fitted(self)
        sequences = read_images(validate_images(self, X, reset=False), self.order_)
        # Where nothing is reordered, the sequences are a view of the caller's images.
        return sequences if sequences.base is None else sequences.copy()

    def inverse_transform(self, X: Any) -> np.ndarray:
        """Put sequences back into images.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, n_features)
            Sequences, as :meth:`transform` returns them.

        Returns
        -------
        images : ndarray of shape (n_samples, height, width, channels)
            Images.

        Raises
        ------
        ValueError
            If the sequences are not of the shape that :meth:`transform` returns.
        """
        check_is_fitted(self)
        X = check_array(X, allow_nd=True, input_name="X")
        if X.shape[1:] != self.order_.shape:
            raise ValueError(
                f"X has sequences of shape {X.shape[1:]}, but ImageToSequence is expecting "
                f"sequences of shape {self.order_.shape} (n_steps, n_features) as input."
            )
        return write_images(X, self.order_, self.image_shape_)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32", "uint8"]
        return tags
