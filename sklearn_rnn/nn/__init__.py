"""Torch modules: recurrent encoders and the networks around them."""

from ._attribution import integrate_gradients
from ._beam_search import END, N_SPECIAL, START, UNKNOWN, beam_search
from ._caption_network import CaptionNetwork
from ._cells import CELLS
from ._continued import ContinuedReading, ContinuedSteps
from ._encoder import RecurrentEncoder
from ._ensemble import SequenceEnsemble
from ._feature_map import FeatureMap
from ._front_end import FrontEnd
from ._image_front_end import ImageFrontEnd
from ._initialization import build_empty, initialize_linear
from ._linear import LinearFunction
from ._network import SequenceNetwork
from ._pooling import POOLINGS
from ._random_convolutions import RandomConvolutions
from ._seed import Seed
from ._step_network import StepFrontEnd, StepNetwork
from ._stepped_layer import SteppedLayer
from ._threads import reproducible, share
from ._token_counts import TokenCounts
from ._values import Values

__all__ = [
    "CELLS",
    "END",
    "N_SPECIAL",
    "POOLINGS",
    "START",
    "UNKNOWN",
    "CaptionNetwork",
    "ContinuedReading",
    "ContinuedSteps",
    "FeatureMap",
    "FrontEnd",
    "ImageFrontEnd",
    "LinearFunction",
    "RandomConvolutions",
    "RecurrentEncoder",
    "Seed",
    "SequenceEnsemble",
    "SequenceNetwork",
    "StepFrontEnd",
    "StepNetwork",
    "SteppedLayer",
    "TokenCounts",
    "Values",
    "beam_search",
    "build_empty",
    "initialize_linear",
    "integrate_gradients",
    "reproducible",
    "share",
]
