"""Classifier of images, read as sequences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
import torch
from sklearn.utils._param_validation import StrOptions

from sklearn_rnn._constraints import Interval
from sklearn_rnn.base import CLASS_WORDS, documented
from sklearn_rnn.nn import POOLINGS, ImageFrontEnd, SteppedLayer
from sklearn_rnn.sequences import READING_CONSTRAINTS, RNNClassifier
from sklearn_rnn.training import Recipe

from ._images import validate_images
from ._scaling import pixel_scale
from ._scan import LINES, SCANS, read_images, scan_order, shifted_orders, write_images

# An epoch of few images is few steps.
MIN_EPOCHS, MIN_STEPS = 10, 600
# Of smaller images, a front end would leave hardly any lines.
MIN_FRONT_END_SIDE = 16


@documented(
    front_end='"auto"',
    front_end_words="Whether three convolutions over height and width [3]_ come before the "
    "recurrent layers, which\n    then read a quarter of the rows or columns, of a quarter of the "
    'pixels. "auto" has them for\n    these two scans, where images are at least 16 pixels high '
    "and wide; other scans have none.",
    front_end_reference="Shi, B., Bai, X. and Yao, C. (2017). An end-to-end trainable neural "
    "network for image-based\n   sequence recognition and its application to scene text "
    "recognition. IEEE TPAMI 39.",
    cell='"lstm"',
    bidirectional="False",
    pooling='"auto"',
    pooling_words='"auto", ',
    auto_pooling=' "auto" is "max" for the simple cell, which forgets, and "last" for others.',
    batch_norm="True",
    hidden_size="128",
    dropout="0.0",
    n_estimators="1",
    random_convolutions="False",
    optimizer='"adam"',
    recipe="5e-3 for Adam and AdamW, a `max_grad_norm` of 1",
    auto_epochs='"auto" is 10, or as many as make 600 batches.',
    batch_size='"auto"',
    auto_batch_size='"auto" takes about a fiftieth of the samples, rounded down to a power of two '
    "between 8 and 128.",
    **CLASS_WORDS,
)
class RNNImageClassifier(RNNClassifier):
    """Classify images with a recurrent neural network that reads them as sequences.

    Pixels are brought to [0, 1] by their smallest and largest value in the training data. Each
    image is read in the order of `scan`, and classified as by :class:`RNNClassifier`, with
    convolutions over the whole image before the recurrence where it is read line by line.

    Parameters
    ----------
    scan : {"rows", "columns", "patches", "pixels", "snake", "spiral", "hilbert", "permuted"}, \
            default="rows"
        What one step of the sequence reads: a row from the top down, a column from the left to
        the right, a square patch row by row, or a pixel. Pixels are read row by row, along the
        rows in turns ("snake"), clockwise to the centre ("spiral"), along a Hilbert curve, or in
        a random order that is always the same ("permuted").

    patch_size : int, default=4
        Height and width of a patch, in pixels. Used by "patches" only.

    image_shape : tuple of (height, width) or (height, width, channels), default=None
        Shape of each image, in pixels. By default it is that of the array, and flat images are
        square if their width is a square number. Others of 48 values and more, such as those of
        colour, need it; of fewer they are read as a column of pixels.

    max_shift : int, default=0
        Largest number of pixels by which each training image is shifted at random in each
        direction, anew in each epoch. What comes in at the edge has the smallest pixel value.

    %(network_parameters)s

    %(encoder_parameters)s

    %(ensemble_parameters)s

    %(class_parameters)s

    %(criterion_parameter)s

    %(training_parameters)s

    %(renamed_parameters)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels; numbers of the columns of `y` if there are several labels at once.

    auto_params_ : dict
        What each parameter that may be "auto" was in fit, by its name.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    %(history_attribute)s

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean training loss of each epoch.

    n_iter_ : int
        Number of epochs run.

    image_shape_ : tuple of (height, width, channels)
        Shape of the images seen in fit.

    order_ : ndarray of shape (n_steps, n_features_of_step)
        Position, in the flattened image, of each value of a step; -1 where a patch reaches over the
        edge.

    n_features_in_ : int
        Number of values of an image: height * width * channels.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit; of a list of DataFrames those of one image. Defined only if X
        has names that are all strings.

    See Also
    --------
    ImageToSequence : The reading alone, as a transformer.
    RNNClassifier : Classifies sequences.

    References
    ----------
    %(training_references)s
    %(network_references)s
    %(class_references)s

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import train_test_split
    >>> from sklearn_rnn import RNNImageClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    >>> clf = RNNImageClassifier(random_state=0).fit(X_train, y_train)
    >>> clf.score(X_test, y_test) > 0.9
    True
    """

    _parameter_constraints: dict = {
        **{
            name: each
            for name, each in RNNClassifier._parameter_constraints.items()
            if name not in READING_CONSTRAINTS
        },
        "pooling": [StrOptions({"auto", *POOLINGS}), list, tuple],
        "scan": [StrOptions(set(SCANS))],
        "patch_size": [Interval(Integral, 1, None, closed="left")],
        "image_shape": [tuple, list, None],
        "max_shift": [Interval(Integral, 0, None, closed="left")],
    }

    _recipe = Recipe(lr=5e-3, lr_schedule="one_cycle", max_grad_norm=1.0)

    def __init__(
        self,
        *,
        scan: str = "rows",
        patch_size: int = 4,
        image_shape: tuple[int, ...] | None = None,
        max_shift: int = 0,
        front_end: bool | str = "auto",
        cell: str | type[SteppedLayer] = "lstm",
        nonlinearity: str = "tanh",
        bidirectional: bool = False,
        pooling: str | Sequence[str] = "auto",
        batch_norm: bool | str = True,
        residual: bool = False,
        hidden_size: int = 128,
        num_layers: int = 1,
        dropout: float = 0.0,
        n_estimators: int | str = 1,
        random_convolutions: bool | str = False,
        class_weight: Mapping | str | None = None,
        label_smoothing: float | str = "auto",
        criterion: type[torch.nn.Module] | None = None,
        optimizer: str | type[torch.optim.Optimizer] = "adam",
        lr: float | str = "auto",
        lr_schedule: str | None = "auto",
        weight_decay: float | str = "auto",
        max_grad_norm: float | str | None = "auto",
        ema_decay: float | str | None = "auto",
        max_epochs: int | str = "auto",
        batch_size: int | str = "auto",
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        tol: float = 1e-4,
        warm_start: bool = False,
        callbacks: list | None = None,
        device: str | torch.device = "auto",
        dtype: str = "float32",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
        gradient_clip_value: float | str | None = "deprecated",
    ) -> None:
        super().__init__(
            front_end=front_end,
            cell=cell,
            nonlinearity=nonlinearity,
            bidirectional=bidirectional,
            pooling=pooling,
            batch_norm=batch_norm,
            hidden_size=hidden_size,
            num_layers=num_layers,
            residual=residual,
            dropout=dropout,
            n_estimators=n_estimators,
            random_convolutions=random_convolutions,
            class_weight=class_weight,
            label_smoothing=label_smoothing,
            criterion=criterion,
            optimizer=optimizer,
            lr=lr,
            lr_schedule=lr_schedule,
            weight_decay=weight_decay,
            max_grad_norm=max_grad_norm,
            ema_decay=ema_decay,
            max_epochs=max_epochs,
            batch_size=batch_size,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            tol=tol,
            warm_start=warm_start,
            callbacks=callbacks,
            device=device,
            dtype=dtype,
            random_state=random_state,
            verbose=verbose,
            gradient_clip_value=gradient_clip_value,
        )
        # No image comes in a long frame, or in tokens.
        for name in READING_CONSTRAINTS:
            delattr(self, name)
        self.scan = scan
        self.patch_size = patch_size
        self.image_shape = image_shape
        self.max_shift = max_shift

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> RNNImageClassifier:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
                (n_samples, height, width, channels) or (n_samples, height * width * channels)
            Images, of integers or floats; or a list of images of the same shape, such as arrays,
            tensors or PIL images.

        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or rows of zeros and ones where each image has any number of labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each image; None gives all the same.

        groups : array-like of shape (n_samples,), default=None
            Samples of the same group stay together where `early_stopping` holds out validation
            data.

        X_val, y_val : array-like, default=None
            Validation data of your own, in any of the forms of `X` and `y`: their loss stands in
            ``net_.history``, and `early_stopping` goes by them instead of a part of `X`.

        sample_weight_val : array-like of shape (n_val_samples,), default=None
            Weight of each of these samples; None gives all the same.

        Returns
        -------
        self : RNNImageClassifier
            Fitted classifier.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, if the images are not of the given
            `image_shape`, if `front_end` is True where `scan` is neither "rows" nor "columns", if
            there is only one class, or if the loss and the weights do not stay finite.
        """
        super().fit(
            X,
            y,
            sample_weight,
            groups=groups,
            X_val=X_val,
            y_val=y_val,
            sample_weight_val=sample_weight_val,
        )
        return self

    def staged_predict_proba(self, X: Any) -> Iterator[np.ndarray]:
        """Predict the probability of each class after each step that the network has read.

        Each answer is the one for an image that ends there, so the last one is that of
        :meth:`predict_proba`. With `bidirectional` or a `front_end` the image is read anew for
        each.

        Parameters
        ----------
        X : array-like
            Images in any of the forms that :meth:`fit` takes.

        Returns
        -------
        stages : generator of ndarray of shape (n_samples, n_classes)
            Probabilities after each step, in the order of `classes_`.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return super().staged_predict_proba(X)

    def _validate_X(self, X: Any, *, reset: bool) -> tuple[np.ndarray, None]:
        images = validate_images(self, X, reset=reset)
        if reset:
            self.order_ = scan_order(self.scan, self.image_shape_, int(self.patch_size))
        return read_images(images, self.order_), None

    def _to_images(self, sequences: np.ndarray) -> np.ndarray:
        """Put what belongs to the values of sequences in its place of the images."""
        return write_images(sequences, self.order_, self.image_shape_)

    def _learn_scale(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        return pixel_scale(X, rows)

    def _scales_differ(self, *_: Any) -> bool:
        return False  # dark images are not to look like bright ones

    def _choose_front_end(self) -> bool:
        if self.front_end == "auto":
            is_large = min(self.image_shape_[:2]) >= MIN_FRONT_END_SIDE
            return self.scan in LINES and is_large
        if self.front_end and self.scan not in LINES:
            raise ValueError(
                "front_end=True needs images that are read line by line, by scan='rows' or "
                f"scan='columns'. Got scan={self.scan!r}."
            )
        return bool(self.front_end)

    def _front_end_builder(self) -> Callable[..., torch.nn.Module]:
        return partial(ImageFrontEnd, n_channels=self.image_shape_[2])

    def _poolings(self) -> tuple[str, ...]:
        if isinstance(self.pooling, str) and self.pooling == "auto":
            return ("max",) if str(self.cell).lower() == "rnn" else ("last",)
        return super()._poolings()

    def _auto_batch_size(self, n_samples: int) -> int:
        # Few rows need small batches to make enough steps in an epoch, many rows need speed.
        return int(np.clip(2 ** int(np.log2(max(n_samples / 50, 1))), 8, 128))

    def _auto_epochs(self, n_batches: int) -> int:
        return max(MIN_EPOCHS, math.ceil(MIN_STEPS / n_batches))

    def _network_options(self) -> dict[str, Any]:
        options = super()._network_options()
        if self.max_shift:
            shifted = shifted_orders(self.order_, self.image_shape_, int(self.max_shift))
            options["orders"] = torch.as_tensor(shifted)
        return options
