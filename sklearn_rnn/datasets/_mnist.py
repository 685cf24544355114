"""The MNIST images of handwritten digits, and the Fashion-MNIST images of clothes."""

from __future__ import annotations

import gzip
import math
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import fetch_openml
from sklearn.utils import Bunch
from sklearn.utils._param_validation import StrOptions, validate_params

N_TRAIN, N_TEST = 60_000, 10_000
CLOTHES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]

PARAMETERS = {
    "subset": [StrOptions({"train", "test", "all"})],
    "data_home": [str, os.PathLike, None],
    "return_X_y": ["boolean"],
    "as_frame": ["boolean"],
}


@validate_params(PARAMETERS, prefer_skip_nested_validation=True)
def fetch_mnist(
    *,
    subset: str = "train",
    data_home: str | os.PathLike | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load the MNIST images of handwritten digits, 60,000 to train and 10,000 to test.

    The four gzipped idx files are read from `data_home`, or from the folder named by the
    environment variable ``SKLEARN_RNN_DATA``, or from a folder "mnist" in either. Where they
    are not there, the images are downloaded by :func:`sklearn.datasets.fetch_openml`.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Which images to load; "all" puts the test images after the training images.

    data_home : str or path-like, default=None
        Folder of the files; also where a download is kept.

    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    as_frame : bool, default=False
        Whether `data` is a DataFrame of flat images with the columns "pixel1" to "pixel784",
        and `target` a Series.

    Returns
    -------
    data : Bunch
        With the attributes `data`, uint8 array of shape (n_samples, 28, 28), `target`, int64
        array of shape (n_samples,), and `target_names`.

    (data, target) : tuple if `return_X_y`
        The images and their digits.

    Raises
    ------
    ValueError
        If a file is damaged, or does not hold what it should, which names the file.

    References
    ----------
    .. [1] LeCun, Y., Bottou, L., Bengio, Y. and Haffner, P. (1998). Gradient-based learning
       applied to document recognition. Proceedings of the IEEE 86(11).

    Examples
    --------
    >>> from sklearn_rnn.datasets import fetch_mnist
    >>> X, y = fetch_mnist(subset="test", return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (10000, 28, 28)
    """
    folder = find_folder(data_home, "mnist", "")
    images, digits = load_all(folder, "mnist_784", data_home)
    return select(images, digits, list(range(10)), subset, return_X_y, as_frame)


@validate_params(PARAMETERS, prefer_skip_nested_validation=True)
def fetch_fashion_mnist(
    *,
    subset: str = "train",
    data_home: str | os.PathLike | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load the Fashion-MNIST images of clothes, 60,000 to train and 10,000 to test.

    The four gzipped idx files are read from a folder "fashion-mnist" in `data_home`, or in the
    folder named by the environment variable ``SKLEARN_RNN_DATA``. Where they are not there, the
    images are downloaded by :func:`sklearn.datasets.fetch_openml`.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        Which images to load; "all" puts the test images after the training images.

    data_home : str or path-like, default=None
        Folder that holds the folder of the files; also where a download is kept.

    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    as_frame : bool, default=False
        Whether `data` is a DataFrame of flat images with the columns "pixel1" to "pixel784",
        and `target` a Series.

    Returns
    -------
    data : Bunch
        With the attributes `data`, uint8 array of shape (n_samples, 28, 28), `target`, int64
        array of shape (n_samples,), and `target_names`, what each number stands for.

    (data, target) : tuple if `return_X_y`
        The images and their classes, 0 to 9.

    Raises
    ------
    ValueError
        If a file is damaged, or does not hold what it should, which names the file.

    References
    ----------
    .. [1] Xiao, H., Rasul, K. and Vollgraf, R. (2017). Fashion-MNIST: a novel image dataset for
       benchmarking machine learning algorithms. arXiv:1708.07747.

    Examples
    --------
    >>> from sklearn_rnn.datasets import fetch_fashion_mnist
    >>> clothes = fetch_fashion_mnist(subset="test")  # doctest: +SKIP
    >>> clothes.target_names[9]  # doctest: +SKIP
    'Ankle boot'
    """
    folder = find_folder(data_home, "fashion-mnist")
    images, classes = load_all(folder, "Fashion-MNIST", data_home)
    return select(images, classes, list(CLOTHES), subset, return_X_y, as_frame)


def find_folder(data_home: str | os.PathLike | None, *names: str) -> Path | None:
    """Find the folder of the idx files, in a folder of one of these names."""
    for home in (data_home, os.environ.get("SKLEARN_RNN_DATA")):
        if home is None:
            continue
        for name in names:
            folder = Path(home) / name
            if (folder / "train-images-idx3-ubyte.gz").exists():
                return folder
    return None


def load_all(
    folder: Path | None, openml_name: str, data_home: str | os.PathLike | None
) -> tuple[np.ndarray, np.ndarray]:
    """Read all images and their classes from a folder, or download them if there is none."""
    if folder is None:
        bunch = fetch_openml(openml_name, version=1, as_frame=False, data_home=data_home)
        return bunch.data.reshape(-1, 28, 28).astype(np.uint8), bunch.target.astype(np.int64)
    parts = {"train": N_TRAIN, "t10k": N_TEST}
    images = [
        read_idx(folder / f"{part}-images-idx3-ubyte.gz", (n, 28, 28)) for part, n in parts.items()
    ]
    classes = [
        read_classes(folder / f"{part}-labels-idx1-ubyte.gz", n) for part, n in parts.items()
    ]
    return np.concatenate(images), np.concatenate(classes).astype(np.int64)


def select(
    images: np.ndarray,
    classes: np.ndarray,
    target_names: list,
    subset: str,
    return_X_y: bool,
    as_frame: bool,
) -> Any:
    """Take a subset, in the form that was asked for."""
    rows = {"train": slice(N_TRAIN), "test": slice(N_TRAIN, None), "all": slice(None)}[subset]
    data, target = images[rows], classes[rows]
    if as_frame:
        names = [f"pixel{number}" for number in range(1, 785)]
        data = pd.DataFrame(data.reshape(len(data), -1), columns=names)
        target = pd.Series(target, name="class")
    if return_X_y:
        return data, target
    return Bunch(data=data, target=target, target_names=target_names)


def read_idx(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read a gzipped idx file of bytes.

    The format: two zero bytes, the type (8 for unsigned bytes), the number of dimensions, each
    dimension as a big-endian 32-bit integer, and the values.

    Raises
    ------
    ValueError
        If the file is damaged, of another format, or does not hold values of the given shape.
    """
    n_header, n_values = 4 + 4 * len(shape), math.prod(shape)
    try:
        with gzip.open(path) as file:
            header = file.read(n_header)
            if header[:3] != b"\x00\x00\x08":
                raise ValueError(f"{path} is not an idx file of unsigned bytes.")
            whole = header[4 : len(header) // 4 * 4]
            found = tuple(np.frombuffer(whole, dtype=">u4").tolist())
            n_dimensions = header[3] if len(header) > 3 else 0
            if n_dimensions != len(shape) or found != shape:
                raise ValueError(
                    f"{path} must hold {shape[0]:,} values of shape {shape[1:]}, but its header "
                    f"tells of {n_dimensions} dimensions, of {found}."
                )
            # One more than there should be, and no more, whatever a file unpacks to.
            content = file.read(n_values + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError(f"{path} is no gzipped file, or a damaged one: {error}") from error
    if len(content) != n_values:
        kind = "more" if len(content) > n_values else f"only {len(content):,}"
        raise ValueError(f"{path} must hold {n_values:,} bytes after its header, but holds {kind}.")
    return np.frombuffer(content, dtype=np.uint8).reshape(shape).copy()


def read_classes(path: Path, n_images: int) -> np.ndarray:
    """Read the classes of so many images, from 0 to 9.

    Raises
    ------
    ValueError
        If there is another one, or as for :func:`read_idx`.
    """
    classes = read_idx(path, (n_images,))
    if classes.max() > 9:
        row = int(np.argmax(classes > 9))
        raise ValueError(f"{path} holds the label {classes[row]} for image {row}, not 0 to 9.")
    return classes
