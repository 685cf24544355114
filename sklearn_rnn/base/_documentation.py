"""Parameter descriptions that several estimators share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeVar

from sklearn_rnn.nn import CELLS
from sklearn_rnn.training import OPTIMIZERS

Class = TypeVar("Class", bound=type)

READING_PARAMETERS = """
series_id : str, default=None
    Column, or level of the index, of a long DataFrame that names the sequence of each row. All
    columns but this one and `time` are features then.

time : str, default=None
    Column, or level of the index, of a long DataFrame that the rows of each sequence are put in
    order by. None takes them as they come.

missing : {"error", "mask"}, default="error"
    Whether NaN within a sequence is an error, or a gap that is filled with the value before it, at
    the start with the mean. Steps at the end that are NaN in all features are padding.

embedding_dim : int, "auto" or None, default="auto"
    Size of the vectors that stand for tokens: steps that are strings, or whole numbers that are
    names of something rather than sizes. None reads numbers as they are. "auto" has 32 for strings,
    and None for numbers.
"""

NETWORK_PARAMETERS = """
front_end : bool or "auto", default=%(front_end)s
    %(front_end_words)s

cell : {%(cells)s} or class, default=%(cell)s
    Recurrent cell: %(kinds_of_cells)s. Or one of your own, a subclass of
    :class:`sklearn_rnn.nn.SteppedLayer`, which torch reads step by step.

nonlinearity : {"tanh", "relu"}, default="tanh"
    Activation of the "rnn" cell; the others do not use it.

bidirectional : bool, default=%(bidirectional)s
    Whether each layer also reads the sequence from its end.

pooling : {%(pooling_words)s"last", "mean", "max"} or list of them, default=%(pooling)s
    How the outputs of all steps become one vector: that of the last step (of each
    direction), their mean or their maximum; several side by side. Mean and maximum are taken of
    the outputs of a front end, too.%(auto_pooling)s

batch_norm : bool or "auto", default=%(batch_norm)s
    Whether that vector is batch-normalised before the output layer. "auto" does so after a
    front end, which is batch-normalised itself.

residual : bool, default=False
    Whether each layer above the first adds its outputs to the layer-normalised [4]_ ones below
    it [5]_. It lets four and more LSTM or GRU layers train; the simple cell does better without.
"""

ENSEMBLE_PARAMETERS = """
n_estimators : int or "auto", default=%(n_estimators)s
    Number of networks, of which each learns for itself, from the same batches; their outputs are
    averaged [6]_. "auto" takes two with a front end, and one without.

random_convolutions : bool or "auto", default=%(random_convolutions)s
    Whether a ridge %(kind)s stands beside the networks once they are trained, with %(share)s
    of the say. Its features are the shares of the steps at which fixed filters see their pattern
    [7]_, in the sequence and in its changes from step to step [8]_. "auto" has it with a front
    end, up to 10,000 samples, not in `partial_fit`.%(condition)s
"""

CLASS_PARAMETERS = """
class_weight : dict or "balanced", default=None
    Weights of the classes, by label. "balanced" weighs them inversely to their frequency.

label_smoothing : float or "auto", default="auto"
    Share of each target that is spread evenly over all classes [9]_. "auto" goes with `lr`.
"""

CRITERION_PARAMETER = """
criterion : class, default=None
    Subclass of :class:`torch.nn.Module`, a loss of outputs before the softmax and class codes that
    takes ``reduction="none"``, such as :class:`torch.nn.MultiMarginLoss`. None is the
    cross-entropy, of several labels at once that of each label. Its own parameters are set as
    ``criterion__margin=0.5``.
"""

ENCODER_PARAMETERS = """
hidden_size : int, default=%(hidden_size)s
    Number of units of each layer and direction.

num_layers : int, default=1
    Number of recurrent layers, each reading the outputs of the one below.

dropout : float, default=%(dropout)s
    Probability that an output of a recurrent layer is set to zero during training, between
    layers and before the output layer.
"""

TRAINING_PARAMETERS = """
optimizer : {%(optimizers)s} or class, default=%(optimizer)s
    Name of the optimizer, or a subclass of :class:`torch.optim.Optimizer`. Its own parameters are
    set as ``optimizer__momentum=0.9``.

lr : float or "auto", default="auto"
    Learning rate; with a schedule, the highest one. A rate that is given stays as it is. "auto"
    is a rate that goes up and down in one cycle, and what was laid out for it:
    %(recipe)s. The other parameters that are "auto" follow from it.

lr_schedule : {"auto", "one_cycle", "cosine"} or None, default="auto"
    How the learning rate changes from batch to batch: up and down in one cycle [1]_, or down
    along half a cosine. None keeps it as it is. "auto" is one cycle where `lr` is "auto", and
    None where it is given, or where `callbacks` hold a skorch ``LRScheduler``.

weight_decay : float or "auto", default="auto"
    Strength of the L2 penalty on the weights, as the optimizer defines it. "auto" goes with `lr`,
    and is 0 where that is given.

max_grad_norm : float, "auto" or None, default="auto"
    Largest norm of the gradient of all weights together; longer ones are scaled down to it.
    None leaves them as they are. "auto" goes with `lr`, and is 5 where that is given.

ema_decay : float, "auto" or None, default="auto"
    Decay of an exponential moving average of the weights over the steps [2]_: the network is
    validated and ends with the average. None takes the last weights. "auto" is 0.99 where the
    learning rate stays the same, and None where a schedule ends at zero.

%(epochs)s

batch_size : int or "auto", default=%(batch_size)s
    Number of samples in a batch. %(auto_batch_size)s

early_stopping : bool, default=False
    Whether to hold out validation data, to stop when their loss no longer improves, and to
    restore the weights that did best on them.

validation_fraction : float, default=0.1
    Share of the training data held out: %(held_out)s. Used with `early_stopping` only.

n_iter_no_change : int, default=5
    Number of epochs without improvement after which the training stops. Used with
    `early_stopping` only.

tol : float, default=1e-4
    Smallest decrease of the validation loss that counts as an improvement. Used with
    `early_stopping` only.

warm_start : bool, default=False
    Whether to start from the weights of the previous fit.

callbacks : list of skorch.callbacks.Callback, default=None
    Further skorch callbacks, as instances or (name, instance) pairs. Their parameters are set as
    ``callbacks__name__parameter``, without a name as ``callbacks__ClassName__parameter``.

device : str or torch.device, default="auto"
    Where to train and predict: "cpu", "cuda", or another name that torch knows. "auto" takes
    the GPU if there is one.

dtype : {"float32", "float64"}, default="float32"
    Floating point type of the network.

random_state : int, RandomState instance or None, default=None
    Seed of initial weights, order of batches, dropout and validation split. Pass an int for
    the same result in each fit; the global generators of NumPy and torch are not used then.

verbose : int, default=0
    0 prints nothing, 1 a line an epoch and what takes time before and after, 2 shows a progress bar
    as well. What is learnt does not depend on it.
"""

HISTORY_ATTRIBUTE = """
history_ : DataFrame of shape (`n_iter_`, n_columns)
    What was recorded of each epoch, which the index counts from 1: "train_loss", "valid_loss" where
    some data are held out, "train_acc" and "valid_acc" of classes, what callbacks recorded, and
    "dur", the seconds that it took. Of several networks that learn together, "train_loss_0",
    "train_loss_1" and so on are the losses of each.
"""

# What estimators of version 0.1 have.
RENAMED_PARAMETERS = """
gradient_clip_value : float or None, default="deprecated"
    The former name of `max_grad_norm`.

    .. deprecated:: 0.2
        Use `max_grad_norm`. It will be removed in 0.4.
"""

TRAINING_REFERENCES = """
.. [1] Smith, L. N. and Topin, N. (2019). Super-convergence: very fast training of neural networks
   using large learning rates. SPIE.
.. [2] Polyak, B. T. and Juditsky, A. B. (1992). Acceleration of stochastic approximation by
   averaging. SIAM Journal on Control and Optimization 30(4).
"""

EPOCHS = """
max_epochs : int or "auto", default="auto"
    Number of passes over the training data. %(auto_epochs)s
"""

NETWORK_REFERENCES = """
.. [3] %(front_end_reference)s
.. [4] Ba, J. L., Kiros, J. R. and Hinton, G. E. (2016). Layer normalization. arXiv:1607.06450.
.. [5] He, K. et al. (2016). Deep residual learning for image recognition. CVPR.
.. [6] Lakshminarayanan, B., Pritzel, A. and Blundell, C. (2017). Simple and scalable predictive
   uncertainty estimation using deep ensembles. NeurIPS.
.. [7] Dempster, A., Schmidt, D. F. and Webb, G. I. (2021). MiniRocket: a very fast (almost)
   deterministic transform for time series classification. KDD.
.. [8] Tan, C. W., Dempster, A., Bergmeir, C. and Webb, G. I. (2022). MultiRocket: multiple pooling
   operators and transformations for fast and effective time series classification. Data Mining
   and Knowledge Discovery 36.
"""

CLASS_REFERENCES = """
.. [9] Szegedy, C. et al. (2016). Rethinking the Inception architecture for computer vision. CVPR.
"""

# What is said of sequences of any kind, and of classes.
SEQUENCE_WORDS = {
    "front_end": '"auto"',
    "front_end_words": "Whether three convolutions over the steps [3]_ come before the recurrent "
    'layers, which then\n    read a quarter of the steps. "auto" has them from 12 steps on.',
    "front_end_reference": "Karim, F., Majumdar, S., Darabi, H. and Chen, S. (2018). LSTM fully "
    "convolutional networks\n   for time series classification. IEEE Access 6.",
    "cell": '"gru"',
    "bidirectional": "True",
    "pooling_words": "",
    "auto_pooling": "",
    "batch_norm": '"auto"',
    "hidden_size": "64",
    "n_estimators": '"auto"',
    "random_convolutions": '"auto"',
    "optimizer": '"adamw"',
    "auto_epochs": '"auto" is 100 or, where that is less or more, as many as make 600 to 1,500 '
    "batches, at least 10.",
    "batch_size": '"auto"',
    "auto_batch_size": '"auto" takes a quarter of the samples, at most 16, or about a hundredth, '
    "rounded down to a power of two, at most 128.",
}
CLASS_WORDS = {
    "kind": "classifier",
    "share": "half",
    "condition": "",
    "held_out": "a stratified random part",
}


def describe_parameters(**defaults: str) -> dict[str, str]:
    """Fill the defaults of an estimator into the shared descriptions."""
    defaults["optimizers"] = ", ".join(f'"{name}"' for name in OPTIMIZERS)
    defaults["cells"] = ", ".join(f'"{name}"' for name in CELLS)
    defaults["kinds_of_cells"] = ", ".join(f'"{name}" is {what}' for name, what in CELLS.items())
    defaults["epochs"] = EPOCHS.strip() % defaults
    described = {
        "cells": defaults["cells"],
        "encoder_parameters": ENCODER_PARAMETERS.strip() % defaults,
        "training_parameters": TRAINING_PARAMETERS.strip() % defaults,
        "renamed_parameters": RENAMED_PARAMETERS.strip(),
        "history_attribute": HISTORY_ATTRIBUTE.strip(),
        "training_references": TRAINING_REFERENCES.strip(),
    }
    if "front_end" in defaults:
        described["reading_parameters"] = READING_PARAMETERS.strip()
        described["network_parameters"] = NETWORK_PARAMETERS.strip() % defaults
        described["ensemble_parameters"] = ENSEMBLE_PARAMETERS.strip() % defaults
        described["class_parameters"] = CLASS_PARAMETERS.strip()
        described["criterion_parameter"] = CRITERION_PARAMETER.strip()
        described["network_references"] = NETWORK_REFERENCES.strip() % defaults
        described["class_references"] = CLASS_REFERENCES.strip()
    return described


def documented(**defaults: str) -> Callable[[Class], Class]:
    """Decorate a class whose docstring refers to the shared descriptions."""

    def fill(cls: Class) -> Class:
        cls.__doc__ = inspect.cleandoc(cls.__doc__ or "") % describe_parameters(**defaults)
        return cls

    return fill
