"""Captioner: images in, sentences out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from sklearn.base import _fit_context, clone
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch import nn

from sklearn_rnn.base import DTYPES, BaseRecurrentEstimator, documented
from sklearn_rnn.nn import CaptionNetwork
from sklearn_rnn.sequences import check_outputs, split_rows, standard_scale, value_range
from sklearn_rnn.training import Recipe, resolve_device

from ._bleu import corpus_bleu
from ._caption_net import CaptionData, CaptionNet
from ._captions import check_captions
from ._feature_extractor import FeatureExtractor
from ._images import validate_images
from ._scaling import pixel_scale
from ._tokens import TOKENIZERS, build_tokenizer
from ._vocabulary import Vocabulary

# Images have up to four channels; what has more are features of a network that has seen them.
MAX_IMAGE_CHANNELS = 4
# The more words there are, the more there is to learn: so many batches for each doubling of them.
MIN_EPOCHS, STEPS_PER_DOUBLING = 10, 1200
BATCH_SIZE = 16


@documented(
    cell='"gru"',
    hidden_size="128",
    dropout="0.1",
    optimizer='"adamw"',
    recipe="4e-3 for Adam and AdamW, a `weight_decay` of 0.05, a `max_grad_norm` of 5, a "
    "`label_smoothing`\n    of 0.1",
    auto_epochs='"auto" is 10, or as many as make 1,200 batches for each doubling of the number of '
    "words\n    that are known.",
    batch_size='"auto"',
    auto_batch_size='"auto" is 16.',
    held_out="a random part of the images",
)
class RNNImageCaptioner(BaseRecurrentEstimator):
    """Say in words what is in an image, with a network that sees and one that speaks.

    A convolutional network sees each image as a grid of cells. A recurrent network says the
    caption word by word: it reads the words so far, looks at some of the cells [3]_, and scores
    each word that may come next. In training it is given the words before; in `predict` it searches
    for the most probable caption.

    Parameters
    ----------
    encoder : str, torch.nn.Module, FeatureExtractor or None, default=None
        What sees the images: a network of torchvision or timm by its name, with the weights that it
        was trained to, or a module, as :class:`FeatureExtractor` takes them; or a transformer of
        this kind, with its other parameters. None is a small convolutional network that learns
        along. If X has more than four channels, None reads them as features of a network that has
        seen the images.

    fine_tune : bool, default=False
        Whether a given encoder goes on learning. Otherwise it stays as it is, and sees each image
        once, before the training.

    attention : bool, default=True
        Whether each word looks at cells of its own, instead of at an overview of all cells alone.

    tokenizer : {"words", "characters"} or callable, default="words"
        What a caption is said in: words and punctuation, characters, or what a function returns for
        a sentence, as a list of strings that are joined by spaces.

    min_df : int, default=1
        Number of captions that a word must be in to be known. A word that is not known is read as
        such in training, and never said.

    beam_size : int, default=3
        Number of sentences that are followed at the same time in search of the most probable one.
        1 is greedy: the most probable word each time.

    max_length : int, default=None
        Largest number of words of a caption. None is that of the longest caption seen in fit.

    embedding_size : int, default=64
        Number of features by which the recurrent network knows a word.

    word_dropout : float, default=0.3
        Probability that a word before is not read during training [4]_, so that the next one is
        told by the image rather than by the words before.

    max_shift : int, default=2
        Largest number of pixels by which each training image is shifted at random in each
        direction, anew in each epoch, its edges repeated. Features, and what an encoder that stays
        as it is sees, are not shifted.

    image_shape : tuple of (height, width) or (height, width, channels), default=None
        Shape of each image, in pixels. By default it is that of the array, and flat images are
        square if their width is a square number; others are read as a column of pixels.

    cell : {%(cells)s}, default="gru"
        Recurrent cell of the network that speaks.

    %(encoder_parameters)s

    label_smoothing : float or "auto", default="auto"
        Share of each target that is spread evenly over all words. "auto" goes with `lr`.

    %(training_parameters)s

    Attributes
    ----------
    encoder_ : FeatureExtractor or None
        What sees the images before the network does; None with `fine_tune` or without `encoder`.

    vocabulary_ : ndarray of shape (n_words,)
        Words that are known; those of "words" hold the space before them.

    max_length_ : int
        Number of words of the longest caption seen in fit.

    grid_ : tuple of (n_rows, n_columns) or None
        Number of cells of an image that words look at; None without `attention`.

    auto_params_ : dict
        What each parameter that may be "auto" was in fit, by its name.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    %(history_attribute)s

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean training loss of a caption in each epoch.

    n_iter_ : int
        Number of epochs run.

    image_shape_ : tuple of (height, width, channels)
        Shape of the images seen in fit.

    n_features_in_ : int
        Number of values of an image: height * width * channels.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit; of a list of DataFrames those of one image. Defined only if X
        has names that are all strings.

    See Also
    --------
    FeatureExtractor : What sees the images, as a transformer.
    RNNImageClassifier : Says one of a few classes.

    References
    ----------
    %(training_references)s
    .. [3] Xu, K. et al. (2015). Show, attend and tell: neural image caption generation with visual
       attention. ICML.
    .. [4] Bowman, S. R. et al. (2016). Generating sentences from a continuous space. CoNLL.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import RNNImageCaptioner
    >>> X = np.zeros((40, 8, 8, 3))
    >>> X[:20, :4, :, 0] = X[20:, 4:, :, 2] = 1.0
    >>> y = ["red above"] * 20 + ["blue below"] * 20
    >>> captioner = RNNImageCaptioner(max_epochs=30, random_state=0).fit(X, y)
    >>> captioner.predict(X[[0, 39]]).tolist()
    ['red above', 'blue below']
    """

    _parameter_constraints: dict = {
        **BaseRecurrentEstimator._parameter_constraints,
        "encoder": [str, nn.Module, FeatureExtractor, None],
        "fine_tune": ["boolean"],
        "attention": ["boolean"],
        "tokenizer": [StrOptions(set(TOKENIZERS)), callable],
        "min_df": [Interval(Integral, 1, None, closed="left")],
        "beam_size": [Interval(Integral, 1, None, closed="left")],
        "max_length": [Interval(Integral, 1, None, closed="left"), None],
        "embedding_size": [Interval(Integral, 1, None, closed="left")],
        "word_dropout": [Interval(Real, 0, 1, closed="left")],
        "max_shift": [Interval(Integral, 0, None, closed="left")],
        "image_shape": [tuple, list, None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto"})],
    }

    _net_class = CaptionNet
    _recipe = Recipe(
        lr=4e-3,
        lr_schedule="one_cycle",
        weight_decay=0.05,
        max_grad_norm=5.0,
        label_smoothing=0.1,
    )

    net_: CaptionNet
    _words: Vocabulary
    encoder_: FeatureExtractor | None

    def __init__(
        self,
        *,
        encoder: str | nn.Module | FeatureExtractor | None = None,
        fine_tune: bool = False,
        attention: bool = True,
        tokenizer: str | Callable[[str], Sequence[str]] = "words",
        min_df: int = 1,
        beam_size: int = 3,
        max_length: int | None = None,
        embedding_size: int = 64,
        word_dropout: float = 0.3,
        max_shift: int = 2,
        image_shape: tuple[int, ...] | None = None,
        cell: str = "gru",
        hidden_size: int = 128,
        num_layers: int = 1,
        dropout: float = 0.1,
        label_smoothing: float | str = "auto",
        optimizer: str | type[torch.optim.Optimizer] = "adamw",
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
    ) -> None:
        self.encoder = encoder
        self.fine_tune = fine_tune
        self.attention = attention
        self.tokenizer = tokenizer
        self.min_df = min_df
        self.beam_size = beam_size
        self.max_length = max_length
        self.embedding_size = embedding_size
        self.word_dropout = word_dropout
        self.max_shift = max_shift
        self.image_shape = image_shape
        self.cell = cell
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.label_smoothing = label_smoothing
        self.optimizer = optimizer
        self.lr = lr
        self.lr_schedule = lr_schedule
        self.weight_decay = weight_decay
        self.max_grad_norm = max_grad_norm
        self.ema_decay = ema_decay
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> RNNImageCaptioner:
        """Learn to caption images.

        Parameters
        ----------
        X : array-like of shape (n_samples, height, width), \
                (n_samples, height, width, channels) or (n_samples, height * width * channels)
            Images, of integers or floats. More than four channels are features of a network that
            has seen the images, with a cell for each row and column.

        y : sequence of str or of list of str, of length n_samples
            Caption of each image, or several.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each image; None gives all the same.

        Returns
        -------
        self : RNNImageCaptioner
            Fitted captioner.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, if a caption is empty, if there are
            not two different words, or if the loss and the weights do not stay finite.

        TypeError
            If captions are no strings.
        """
        with self._fitting():
            self._fit(X, y, sample_weight)
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> None:
        images = validate_images(self, X, reset=True)
        captions = check_captions(y, len(images), type(self).__name__)
        weight = self._check_weights(sample_weight, images)
        kept = np.arange(len(images)) if weight is None else np.flatnonzero(weight)
        seed = self._draw_seed()
        train, valid = kept, None
        if self.early_stopping:
            parts = split_rows(
                len(kept), self.validation_fraction, None, None, seed.of("split").number
            )
            train, valid = (np.sort(kept[part]) for part in parts)
        self._learn_words([caption for row in train for caption in captions[row]])
        extractor = self._fit_extractor(images)
        self.encoder_ = None if self.fine_tune else extractor
        if self.encoder_ is not None:
            self._tell(f"Seeing {len(images):,} images with the given encoder.")
            images = self.encoder_.transform(images)
        self._seen = value_range(images.reshape(len(images), -1, images.shape[3]), None)
        options = {
            "image_shape": images.shape[1:],
            "n_words": len(self._words),
            "n_steps": self.max_length_ + 1,
            **self._choose_eye(images, train, weight, extractor),
        }
        data = self._caption_data(images, train, captions, weight)
        net = self._build_net(len(data), seed, CaptionNetwork, options)
        held_out = None if valid is None else self._caption_data(images, valid, captions, weight)
        self._train(net, data, held_out)
        self.grid_ = net.module_.grid if self.attention else None

    def _validate_X(self, X: Any) -> np.ndarray:
        """Check images, and see them where the network does not do so itself."""
        images = validate_images(self, X, reset=False)
        return images if self.encoder_ is None else self.encoder_.transform(images)

    def _fit_extractor(self, images: np.ndarray) -> FeatureExtractor | None:
        if self.encoder is None:
            if self.fine_tune:
                raise ValueError("fine_tune=True needs an encoder. Got encoder=None.")
            return None
        if isinstance(self.encoder, FeatureExtractor):
            return clone(self.encoder).fit(images)
        return FeatureExtractor(self.encoder, device=self.device).fit(images)

    def _learn_words(self, captions: list[str]) -> None:
        """Learn the words of the captions to train on."""
        tokenizer = build_tokenizer(self.tokenizer)
        learnt = Vocabulary.learn(tokenizer, captions, self.min_df)
        if self._is_warm() and learnt.tokens != self._words.tokens:
            raise ValueError(
                "warm_start can only be used where `y` has the same words as in the previous call "
                f"to fit: {len(self._words.tokens)} then, {len(learnt.tokens)} now, "
                f"{len(set(learnt.tokens) & set(self._words.tokens))} in both."
            )
        self._words = learnt
        self.vocabulary_ = np.array(learnt.tokens)
        self.max_length_ = max(len(tokenizer.split(each)) for each in captions)

    def _choose_eye(
        self,
        images: np.ndarray,
        rows: np.ndarray,
        weight: np.ndarray | None,
        extractor: FeatureExtractor | None,
    ) -> dict[str, Any]:
        """Choose what the network sees images or features with, and how they are scaled."""
        n_channels = images.shape[3]
        cells = images.reshape(len(images), -1, n_channels)
        eye: dict[str, Any] = {"sees": extractor is None and n_channels <= MAX_IMAGE_CHANNELS}
        if extractor is not None and self.fine_tune:
            eye["feature_map"] = extractor.feature_map_
            scale = extractor.shift_, extractor.scale_
        elif eye["sees"]:
            scale = pixel_scale(cells, rows)
        else:
            scale = standard_scale(cells, None, weight, rows)
        eye["shift"], eye["scale"] = map(torch.as_tensor, scale)
        return eye

    def _caption_data(
        self,
        images: np.ndarray,
        rows: np.ndarray,
        captions: list[list[str]],
        weight: np.ndarray | None = None,
    ) -> CaptionData:
        """Put a row for each caption of some images where a net is to be trained."""
        counts = [len(captions[row]) for row in rows]
        sentences = [sentence for row in rows for sentence in captions[row]]
        before, after = self._words.encode(sentences)
        rows = np.repeat(rows, counts)
        sample_weight = None if weight is None else weight[rows] / weight[rows].mean()
        return CaptionData(
            images,
            before,
            after,
            rows=rows,
            sample_weight=sample_weight,
            dtype=DTYPES[self.dtype],
            device=resolve_device(self.device),
        )

    def predict(
        self, X: Any, *, return_log_proba: bool = False
    ) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
        """Caption images.

        Parameters
        ----------
        X : array-like
            Images in any of the forms that :meth:`fit` takes.

        return_log_proba : bool, default=False
            Whether to return the logarithms of the probabilities, too.

        Returns
        -------
        captions : ndarray of str of shape (n_samples,)
            The best caption of each image that the search has found; none is empty.

        log_proba : ndarray of shape (n_samples,)
            Logarithm of the probability of each caption. Only if `return_log_proba` is True.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        captions, log_proba = self._search(X)
        return (captions, log_proba) if return_log_proba else captions

    def _search(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Find a caption of each image, and the logarithm of its probability."""
        check_is_fitted(self)
        images = self._validate_X(X)
        codes, log_proba = self.net_.captions(
            CaptionData(images, device=self.net_.device),
            beam_size=self.beam_size,
            max_length=self.max_length or self.max_length_,
        )
        flat = images.reshape(len(images), -1, images.shape[3])
        check_outputs(log_proba[:, None], flat, None, self._seen)
        return np.array([self._words.decode(each) for each in codes]), log_proba.astype(np.float64)

    def attend(self, X: Any, captions: Any = None) -> tuple[list[list[str]], list[np.ndarray]]:
        """Tell where each word of a caption looked.

        Parameters
        ----------
        X : array-like
            Images in any of the forms that :meth:`fit` takes.

        captions : sequence of str of length n_samples, default=None
            Caption of each image; None for those of :meth:`predict`.

        Returns
        -------
        words : list of list of str
            Words of each caption.

        weights : list of ndarray of shape (n_words, n_rows, n_columns)
            For each word of a caption, the weights of all cells of the image, which add up to 1.

        Raises
        ------
        ValueError
            If X or the captions are not as described, or if there is no `attention`.
        """
        check_is_fitted(self)
        if self.grid_ is None:
            raise ValueError(
                "This captioner was fitted with attention=False: its words look nowhere."
            )
        images = self._validate_X(X)
        sentences = self._search(X)[0] if captions is None else captions
        checked = check_captions(sentences, len(images), type(self).__name__)
        split = self._words.tokenizer.split
        words = [[word.strip() for word in split(each)] for (each,) in checked]
        before, after = self._words.encode([each for (each,) in checked])
        data = CaptionData(images, before, after, device=self.net_.device)
        weights = self.net_.attention(data)
        return words, [each[: len(own)] for each, own in zip(weights, words, strict=True)]

    def score(self, X: Any, y: Any) -> float:
        """Compute the BLEU of the captions of images.

        Parameters
        ----------
        X : array-like
            Images in any of the forms that :meth:`fit` takes.

        y : sequence of str or of list of str, of length n_samples
            True caption of each image, or several.

        Returns
        -------
        bleu : float
            Corpus BLEU, between 0 and 1: see :func:`sklearn_rnn.metrics.corpus_bleu`.
        """
        captions, _ = self._search(X)
        references = check_captions(y, len(captions), type(self).__name__)
        return corpus_bleu(references, captions.tolist())

    def _auto_batch_size(self, n_samples: int) -> int:
        return BATCH_SIZE

    def _auto_epochs(self, n_batches: int) -> int:
        n_steps = STEPS_PER_DOUBLING * math.log2(len(self._words))
        return max(MIN_EPOCHS, math.ceil(n_steps / n_batches))

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        return {"criterion__label_smoothing": recipe.label_smoothing}

    def _network_options(self) -> dict[str, Any]:
        return {
            **super()._network_options(),
            "attention": self.attention,
            "embedding_size": self.embedding_size,
            "word_dropout": self.word_dropout,
            "max_shift": self.max_shift,
        }

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
