"""A folder of pictures with a file of their captions."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.utils import Bunch

N_NAMED = 3


def load_captioned_images(
    images: str | os.PathLike,
    captions: str | os.PathLike,
    *,
    size: tuple[int, int] = (224, 224),
    names: Sequence[str] | None = None,
) -> Bunch:
    """Load pictures and their captions.

    Files are as those of Flickr8k [1]_.

    Parameters
    ----------
    images : str or path
        Folder of the pictures.

    captions : str or path
        Text file with a line for each caption, in UTF-8: the name of the picture, with or without
        a number (``dog.jpg#0``), a tab and the caption; or both separated by a comma, with or
        without a line of column names above, such as ``image,caption``.

    size : tuple of (height, width), default=(224, 224)
        Pixels that each picture is brought to, whatever its proportions.

    names : sequence of str, default=None
        Names of the pictures to load, in this order; None for all that have a caption, in the order
        of the file.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        Dictionary-like object, with the following attributes.

        images : ndarray of shape (n_images, height, width, 3), dtype uint8
            Pictures, in colour.
        captions : list of list of str
            Captions of each picture.
        names : list of str
            Names of the pictures.

    Raises
    ------
    ValueError
        If a line holds no caption, if a name has none, or if a picture cannot be read.

    FileNotFoundError
        If a file is missing.

    ImportError
        If Pillow, which reads pictures, is not installed.

    References
    ----------
    .. [1] Hodosh, M., Young, P. and Hockenmaier, J. (2013). Framing image description as a ranking
       task: data, models and evaluation metrics. Journal of Artificial Intelligence Research 47.
    """
    by_name = _read_captions(Path(captions))
    names = list(by_name) if names is None else list(names)
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(f"{captions} has no caption of {_name_some(unknown)}.")
    paths = [Path(images) / name for name in names]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise FileNotFoundError(
            f"{images} lacks {len(missing)} of {len(paths)} pictures that {captions} names: "
            f"{_name_some(missing)}."
        )
    pictures = np.empty((len(paths), *size, 3), dtype=np.uint8)
    for row, path in enumerate(paths):
        pictures[row] = _read_picture(path, size)
    return Bunch(images=pictures, captions=[by_name[name] for name in names], names=names)


def _read_captions(path: Path) -> dict[str, list[str]]:
    """Read the captions of each picture."""
    by_name: dict[str, list[str]] = {}
    lines = path.read_text(encoding="utf-8").splitlines()
    is_table = bool(lines) and "\t" not in lines[0]
    rows = csv.reader(lines) if is_table else (line.split("\t") for line in lines)
    for number, fields in enumerate(rows, start=1):
        is_header = is_table and number == 1 and not Path(fields[0]).suffix
        if is_header or not any(map(str.strip, fields)):
            continue
        name, *rest = fields
        # Captions may hold commas that nobody quoted.
        caption = ",".join(rest).strip()
        if not caption or not name.strip():
            raise ValueError(
                f"Line {number} of {path} is not the name of a picture and its caption: "
                f"{','.join(fields)!r}. Separate them by a tab or a comma."
            )
        by_name.setdefault(name.partition("#")[0].strip(), []).append(caption)
    if not by_name:
        raise ValueError(f"{path} holds no captions.")
    return by_name


def _read_picture(path: Path, size: tuple[int, int]) -> np.ndarray:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("To read pictures, install Pillow: pip install pillow.") from error
    try:
        with Image.open(path) as picture:
            resized = picture.convert("RGB").resize((size[1], size[0]), Image.Resampling.BILINEAR)
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"The picture {path} cannot be read: {error}") from error
    return np.asarray(resized)


def _name_some(names: list[str]) -> str:
    return ", ".join(map(repr, names[:N_NAMED])) + ", ..." * (len(names) > N_NAMED)
