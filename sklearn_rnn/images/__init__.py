"""Estimators of images, and the orders in which images are read."""

from ._bleu import corpus_bleu
from ._feature_extractor import FeatureExtractor
from ._image_captioner import RNNImageCaptioner
from ._image_classifier import RNNImageClassifier
from ._image_to_sequence import ImageToSequence
from ._scan import SCANS, read_images, scan_order, shifted_orders

__all__ = [
    "SCANS",
    "FeatureExtractor",
    "ImageToSequence",
    "RNNImageCaptioner",
    "RNNImageClassifier",
    "corpus_bleu",
    "read_images",
    "scan_order",
    "shifted_orders",
]
