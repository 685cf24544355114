import gzip
import struct

import numpy as np
import pandas as pd
import pytest
from sklearn.utils import Bunch

from sklearn_rnn.datasets import _mnist, fetch_fashion_mnist, fetch_mnist

N_TRAIN, N_TEST = 5, 3
IMAGES = np.random.default_rng(0).integers(0, 256, (N_TRAIN + N_TEST, 28, 28)).astype(np.uint8)
DIGITS = np.array([5, 0, 4, 1, 9, 7, 2, 1], dtype=np.uint8)


def idx(values):
    header = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
    return header + values.tobytes()


def write_idx(path, values):
    path.write_bytes(gzip.compress(idx(values)))


def write_mnist(folder, images=IMAGES):
    folder.mkdir(parents=True, exist_ok=True)
    for part, rows in {"train": slice(N_TRAIN), "t10k": slice(N_TRAIN, None)}.items():
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", images[rows])
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", DIGITS[rows])


def refuse_download(*args, **kwargs):
    raise AssertionError("nothing is to be downloaded")


@pytest.fixture(autouse=True)
def small_and_offline(monkeypatch):
    monkeypatch.setattr(_mnist, "N_TRAIN", N_TRAIN)
    monkeypatch.setattr(_mnist, "N_TEST", N_TEST)
    monkeypatch.setattr(_mnist, "fetch_openml", refuse_download)
    monkeypatch.delenv("SKLEARN_RNN_DATA", raising=False)


@pytest.mark.parametrize("folder", [".", "mnist"])
@pytest.mark.parametrize("as_path", [str, lambda path: path])
def test_files_are_read_from_data_home(tmp_path, folder, as_path):
    write_mnist(tmp_path / folder)
    mnist = fetch_mnist(data_home=as_path(tmp_path))
    np.testing.assert_array_equal(mnist.data, IMAGES[:N_TRAIN], strict=True)
    np.testing.assert_array_equal(mnist.target, DIGITS[:N_TRAIN].astype(np.int64), strict=True)
    assert mnist.target_names == list(range(10))


@pytest.mark.parametrize("folder", [".", "mnist"])
def test_files_are_read_from_the_folder_in_the_environment(tmp_path, monkeypatch, folder):
    write_mnist(tmp_path / folder)
    monkeypatch.setenv("SKLEARN_RNN_DATA", str(tmp_path))
    np.testing.assert_array_equal(fetch_mnist().data, IMAGES[:N_TRAIN])


def test_data_home_comes_before_the_environment(tmp_path, monkeypatch):
    write_mnist(tmp_path / "home")
    write_mnist(tmp_path / "environment", images=255 - IMAGES)
    monkeypatch.setenv("SKLEARN_RNN_DATA", str(tmp_path / "environment"))
    np.testing.assert_array_equal(fetch_mnist(data_home=tmp_path / "home").data, IMAGES[:N_TRAIN])


def test_environment_serves_where_data_home_has_no_files(tmp_path, monkeypatch):
    write_mnist(tmp_path / "environment")
    monkeypatch.setenv("SKLEARN_RNN_DATA", str(tmp_path / "environment"))
    mnist = fetch_mnist(data_home=tmp_path / "elsewhere")
    np.testing.assert_array_equal(mnist.data, IMAGES[:N_TRAIN])


@pytest.mark.parametrize(
    ("subset", "rows"),
    [("train", slice(N_TRAIN)), ("test", slice(N_TRAIN, None)), ("all", slice(None))],
)
def test_subset(tmp_path, subset, rows):
    write_mnist(tmp_path)
    X, y = fetch_mnist(subset=subset, data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(X, IMAGES[rows])
    np.testing.assert_array_equal(y, DIGITS[rows])


def test_frame_of_flat_images(tmp_path):
    write_mnist(tmp_path)
    mnist = fetch_mnist(data_home=tmp_path, as_frame=True)
    assert mnist.data.columns[[0, -1]].tolist() == ["pixel1", "pixel784"]
    np.testing.assert_array_equal(mnist.data, IMAGES[:N_TRAIN].reshape(N_TRAIN, 784))
    pd.testing.assert_series_equal(
        mnist.target, pd.Series(DIGITS[:N_TRAIN].astype(np.int64), name="class")
    )


def test_images_can_be_written_to(tmp_path):
    write_mnist(tmp_path)
    assert fetch_mnist(data_home=tmp_path).data.flags.writeable


@pytest.mark.parametrize("content", [b"", b"no images", b"\x00\x00\x0d\x01\x00\x00\x00\x01\x00"])
def test_file_of_another_format(tmp_path, content):
    write_mnist(tmp_path)
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match=r"t10k-images\S+ is not an idx file of unsigned bytes"):
        fetch_mnist(data_home=tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "train-images-idx3",
            idx(IMAGES),
            r"must hold 5 values of shape \(28, 28\), .*\(8, 28, 28\)",
        ),
        (
            "t10k-images-idx3",
            idx(IMAGES[:3, :20]),
            r"must hold 3 .* 3 dimensions, of \(3, 20, 28\)",
        ),
        ("t10k-images-idx3", idx(IMAGES[:3, 0]), r"must hold 3 .* of 2 dimensions"),
        ("t10k-images-idx3", idx(IMAGES[:3])[:-1], "must hold 2,352 bytes .* only 2,351"),
        ("t10k-images-idx3", idx(IMAGES[:3]) + bytes(10**7), "must hold 2,352 bytes .* holds more"),
        ("t10k-labels-idx1", idx(DIGITS[:4]), r"must hold 3 values of shape \(\), .* of \(4,\)"),
        ("t10k-labels-idx1", idx(np.uint8([1, 2, 77])), "holds the label 77 for image 2"),
        ("t10k-labels-idx1", idx(DIGITS[:3])[:6], "must hold 3 values"),
    ],
)
def test_file_of_other_contents_is_named(tmp_path, name, content, message):
    write_mnist(tmp_path)
    (tmp_path / f"{name}-ubyte.gz").write_bytes(gzip.compress(content))

    with pytest.raises(ValueError, match=rf"{name}-ubyte\.gz {message}"):
        fetch_mnist(data_home=tmp_path)


@pytest.mark.parametrize(
    "damage", [lambda content: content[:-20], lambda _: b"no gzip", lambda c: c[:3]]
)
def test_damaged_file_is_named(tmp_path, damage):
    write_mnist(tmp_path)
    path = tmp_path / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(ValueError, match=r"t10k-images-idx3-ubyte\.gz is no gzipped file, or a"):
        fetch_mnist(data_home=tmp_path)


def test_images_are_downloaded_where_there_are_no_files(tmp_path, monkeypatch):
    calls = []

    def fetch_openml(*args, **kwargs):
        calls.append((args, kwargs))
        flat = IMAGES.reshape(len(IMAGES), 784).astype(np.int64)
        return Bunch(data=flat, target=DIGITS.astype(str).astype(object))

    monkeypatch.setattr(_mnist, "fetch_openml", fetch_openml)
    X, y = fetch_mnist(subset="test", data_home=tmp_path, return_X_y=True)
    np.testing.assert_array_equal(X, IMAGES[N_TRAIN:], strict=True)
    np.testing.assert_array_equal(y, DIGITS[N_TRAIN:].astype(np.int64), strict=True)
    [((name,), options)] = calls
    assert name == "mnist_784"
    assert options["version"] == 1
    assert options["data_home"] == tmp_path


@pytest.mark.parametrize("options", [{"subset": "valid"}, {"data_home": 3}, {"as_frame": "yes"}])
def test_invalid_parameters(options):
    with pytest.raises(ValueError, match=f"'{next(iter(options))}' parameter"):
        fetch_mnist(**options)


def test_clothes_and_digits_are_not_mixed_up(tmp_path):
    write_mnist(tmp_path)
    write_mnist(tmp_path / "fashion-mnist", images=255 - IMAGES)
    clothes = fetch_fashion_mnist(data_home=tmp_path, subset="all")
    np.testing.assert_array_equal(clothes.data, 255 - IMAGES, strict=True)
    np.testing.assert_array_equal(fetch_mnist(data_home=tmp_path, subset="all").data, IMAGES)
    assert clothes.target_names[9] == "Ankle boot"


def test_clothes_are_not_read_from_the_files_of_digits(tmp_path):
    write_mnist(tmp_path)
    with pytest.raises(AssertionError, match="nothing is to be downloaded"):
        fetch_fashion_mnist(data_home=tmp_path)


def test_clothes_are_downloaded_by_their_name(tmp_path, monkeypatch):
    def download(name, **options):
        assert options == {"version": 1, "as_frame": False, "data_home": tmp_path}
        assert name == "Fashion-MNIST"
        return Bunch(data=IMAGES.reshape(-1, 784).astype(float), target=DIGITS.astype(str))

    monkeypatch.setattr(_mnist, "fetch_openml", download)
    images, classes = fetch_fashion_mnist(data_home=tmp_path, subset="test", return_X_y=True)
    np.testing.assert_array_equal(images, IMAGES[N_TRAIN:], strict=True)
    np.testing.assert_array_equal(classes, DIGITS[N_TRAIN:].astype(np.int64), strict=True)
