"""Parameter descriptions that several estimators share."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeVar

from sklearn_rnn.nn import CELLS

Class = TypeVar("Class", bound=type)

CLASSIFIER_PARAMETERS = """
cell : {%(cells)s}, default="lstm"
    Recurrent cell [3]_ [4]_ [5]_: %(kinds_of_cells)s.

nonlinearity : {"tanh", "relu"}, default="tanh"
    Activation of the "rnn" cell; the others do not use it.

bidirectional : bool, default=False
    Whether each layer also reads the sequence from its end.

pooling : {"last", "mean", "max"}, default="last"
    How the outputs of all steps become one vector: that of the last step (of each
    direction), their mean or their maximum.

batch_norm : bool, default=False
    Whether that vector is batch-normalised before the output layer.

residual : bool, default=False
    Whether each layer above the first adds its outputs to the layer-normalised [7]_ ones below
    it [8]_. It lets four and more LSTM or GRU layers train; the simple cell does better without.

truncated_bptt_steps : int, default=None
    Number of steps through which gradients go back during training, where the network reads in
    one direction [6]_. None lets them go back to the first step.
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
optimizer : {"adam", "adamw", "rmsprop", "sgd"} or class, default=%(optimizer)s
    Name of the optimizer, or a subclass of :class:`torch.optim.Optimizer`.

lr : float, default=%(lr)s
    Learning rate; with a schedule, the highest one.

lr_schedule : {"one_cycle", "cosine"} or None, default=%(lr_schedule)s
    How the learning rate changes from batch to batch: up and down in one cycle [1]_, or down
    along half a cosine. None keeps it as it is.

weight_decay : float, default=%(weight_decay)s
    Strength of the L2 penalty on the weights, as the optimizer defines it. The default is left
    out for optimizers that know none.

gradient_clip_value : float or None, default=%(gradient_clip_value)s
    Largest norm of the gradient of all weights together; longer ones are scaled down to it.
    None leaves them as they are.

ema_decay : float, default=None
    Decay of an exponential moving average of the weights over the steps [2]_: the network is
    validated and ends with the average. 0.99 suits a learning rate that stays the same; with a
    schedule that ends at zero there is nothing to average. None takes the last weights.

%(epochs)s

batch_size : int or "auto", default=%(batch_size)s
    Number of samples in a batch. "auto" takes about a fiftieth of the samples, rounded down to
    a power of two between 8 and 128.

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
    Further skorch callbacks, as instances or (name, instance) pairs.

device : str or torch.device, default="auto"
    Where to train and predict: "cpu", "cuda", or another name that torch knows. "auto" takes
    the GPU if there is one.

dtype : {"float32", "float64"}, default="float32"
    Floating point type of the network.

random_state : int, RandomState instance or None, default=None
    Seed of initial weights, order of batches, dropout and validation split. Pass an int for
    the same result in each fit; the global generators of NumPy and torch are not used then.

verbose : int, default=0
    0 prints nothing, 1 a line an epoch, 2 a progress bar as well.
"""

TRAINING_REFERENCES = """
.. [1] Smith, L. N. and Topin, N. (2019). Super-convergence: very fast training of neural networks
   using large learning rates. SPIE.
.. [2] Polyak, B. T. and Juditsky, A. B. (1992). Acceleration of stochastic approximation by
   averaging. SIAM Journal on Control and Optimization 30(4).
"""

EPOCHS = """
max_epochs : int, default=10
    Number of passes over the training data.
"""

AUTO_EPOCHS = """
max_epochs : int or "auto", default="auto"
    Number of passes over the training windows; where they make more than 100 batches, a pass is
    over 100 batches drawn at random. "auto" stands for 8, or as many as make 200 batches.
"""

CLASSIFIER_REFERENCES = """
.. [3] Elman, J. L. (1990). Finding structure in time. Cognitive Science 14(2).
.. [4] Hochreiter, S. and Schmidhuber, J. (1997). Long short-term memory. Neural
   Computation 9(8).
.. [5] Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for
   statistical machine translation. EMNLP.
.. [6] Williams, R. J. and Peng, J. (1990). An efficient gradient-based algorithm for on-line
   training of recurrent network trajectories. Neural Computation 2(4).
.. [7] Ba, J. L., Kiros, J. R. and Hinton, G. E. (2016). Layer normalization. arXiv:1607.06450.
.. [8] He, K. et al. (2016). Deep residual learning for image recognition. CVPR.
"""


def describe_parameters(**defaults: str) -> dict[str, str]:
    """Fill the defaults of an estimator into the shared descriptions."""
    epochs = AUTO_EPOCHS if defaults["max_epochs"] == '"auto"' else EPOCHS
    defaults["epochs"] = epochs.strip()
    defaults["cells"] = ", ".join(f'"{name}"' for name in CELLS)
    defaults["kinds_of_cells"] = ", ".join(f'"{name}" is {what}' for name, what in CELLS.items())
    return {
        "cells": defaults["cells"],
        "classifier_parameters": CLASSIFIER_PARAMETERS.strip() % defaults,
        "classifier_references": CLASSIFIER_REFERENCES.strip(),
        "encoder_parameters": ENCODER_PARAMETERS.strip() % defaults,
        "training_parameters": TRAINING_PARAMETERS.strip() % defaults,
        "training_references": TRAINING_REFERENCES.strip(),
    }


def documented(**defaults: str) -> Callable[[Class], Class]:
    """Decorate a class whose docstring refers to the shared descriptions."""

    def fill(cls: Class) -> Class:
        cls.__doc__ = inspect.cleandoc(cls.__doc__ or "") % describe_parameters(**defaults)
        return cls

    return fill
