import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from sklearn_rnn.datasets import load_captioned_images

TABS = "dog.png#0\tA dog runs , fast .\ndog.png#1\tA brown dog .\ncat.png#0\tA cat .\n"
COMMAS = 'image,caption\ndog.png,"A dog runs , fast ."\ndog.png,A brown dog .\ncat.png,A cat .\n'
UNQUOTED = "image,caption\ndog.png,A dog runs , fast .\ndog.png,A brown dog .\ncat.png,A cat .\n"
UNNAMED = UNQUOTED.removeprefix("image,caption\n")
CAPTIONS = [["A dog runs , fast .", "A brown dog ."], ["A cat ."]]


@pytest.fixture
def folder(tmp_path):
    Image.new("RGB", (8, 6), (255, 0, 10)).save(tmp_path / "dog.png")
    Image.new("L", (5, 5), 77).save(tmp_path / "cat.png")
    return tmp_path


def load(folder, text=TABS, **options):
    (folder / "captions.txt").write_text(text, encoding="utf-8")
    return load_captioned_images(folder, folder / "captions.txt", **options)


@pytest.mark.parametrize(
    "text", [TABS, COMMAS, UNQUOTED, UNNAMED], ids=["tabs", "commas", "unquoted", "unnamed"]
)
def test_forms_of_the_file(folder, text):
    data = load(folder, text, size=(3, 4))

    assert data.captions == CAPTIONS
    assert data.names == ["dog.png", "cat.png"]
    assert (data.images.shape, data.images.dtype) == ((2, 3, 4, 3), np.uint8)
    assert_array_equal(data.images[0], np.full((3, 4, 3), [255, 0, 10]))
    assert_array_equal(data.images[1], np.full((3, 4, 3), 77))


def test_lines_of_windows_and_empty_ones(folder):
    assert load(folder, TABS.replace("\n", "\r\n") + "\r\n").captions == CAPTIONS


def test_some_names(folder):
    data = load(folder, names=["cat.png"])

    assert data.captions == CAPTIONS[1:]
    assert data.images.shape == (1, 224, 224, 3)


def test_missing_pictures(folder):
    text = TABS + "".join(f"bird{number}.png#0\tA bird .\n" for number in range(5))

    with pytest.raises(
        FileNotFoundError, match=r"lacks 5 of 7 .*'bird0.png', .*'bird2.png', \.\.\."
    ):
        load(folder, text)


def test_broken_picture(folder):
    (folder / "cat.png").write_bytes(b"no picture")

    with pytest.raises(ValueError, match=r"picture .*cat\.png cannot be read"):
        load(folder)


def test_picture_that_is_cut_off(folder):
    noise = np.random.default_rng(0).integers(256, size=(50, 50, 3)).astype(np.uint8)
    Image.fromarray(noise).save(folder / "cat.png")
    (folder / "cat.png").write_bytes((folder / "cat.png").read_bytes()[:3000])

    with pytest.raises(ValueError, match=r"picture .*cat\.png cannot be read"):
        load(folder)


@pytest.mark.parametrize("line", ["cat.png#1\t", "cat.png#1", "\tA cat ."])
def test_lines_without_a_caption(folder, line):
    with pytest.raises(ValueError, match=r"Line 4 of .* is not the name of a picture"):
        load(folder, TABS + line)


def test_a_line_of_words_alone(folder):
    with pytest.raises(ValueError, match=r"Line 1 of .* 'cat\.png A cat'\. Separate them by a tab"):
        load(folder, "cat.png A cat\ndog.png A dog\n")


def test_unknown_names(folder):
    with pytest.raises(ValueError, match=r"has no caption of 'cow\.png'"):
        load(folder, names=["cow.png"])


def test_empty_file(folder):
    with pytest.raises(ValueError, match="holds no captions"):
        load(folder, "")


def test_missing_file(folder):
    with pytest.raises(FileNotFoundError):
        load_captioned_images(folder, folder / "nothing.txt")


def test_without_pillow(folder, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)

    with pytest.raises(ImportError, match="pip install pillow"):
        load(folder)
