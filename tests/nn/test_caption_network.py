import pytest
import torch
from torch.testing import assert_close

from sklearn_rnn.nn import CaptionNetwork, Seed
from sklearn_rnn.nn._attention import CellAttention
from sklearn_rnn.nn._decoder import WordDropout
from sklearn_rnn.nn._image_encoder import ImageEncoder
from sklearn_rnn.nn._random_shift import RandomShift

OPTIONS = {
    "hidden_size": 8,
    "seed": Seed(0),
    "embedding_size": 4,
    "dropout": 0.0,
    "word_dropout": 0.0,
    "max_shift": 0,
    "n_steps": 5,
    "attention": True,
    "cell": "gru",
    "num_layers": 1,
}
generator = torch.Generator().manual_seed(0)
IMAGES = torch.rand(3, 16, 12, 3, generator=generator)
WORDS = torch.randint(3, 10, (3, 5), generator=generator)


def build(image_shape=(16, 12, 3), sees=True, **options):
    return CaptionNetwork(
        torch.zeros(image_shape[2]),
        torch.ones(image_shape[2]),
        image_shape,
        n_words=10,
        sees=sees,
        **{**OPTIONS, **options},
    ).eval()


@pytest.mark.parametrize("attention", [True, False])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("sees", [True, False])
def test_shapes(attention, cell, sees):
    network = build(attention=attention, cell=cell, sees=sees, num_layers=2)

    assert network(IMAGES, WORDS).shape == (3, 5, 10)
    scores, weights = network.decoder(network.see(IMAGES), WORDS, 2)
    assert scores.shape == (3, 2, 10)
    n_cells = network.grid[0] * network.grid[1]
    assert weights is None if not attention else weights.shape == (3, 2, n_cells)


def test_words_that_come_do_not_matter():
    network = build()
    changed = WORDS.clone()
    changed[:, 3:] = 9

    before, after = network(IMAGES, WORDS), network(IMAGES, changed)

    assert_close(before[:, :3], after[:, :3])
    assert not torch.allclose(before[:, 3:], after[:, 3:])


def test_words_before_matter():
    network = build()
    changed = WORDS.clone()
    changed[:, 0] = (changed[:, 0] + 1) % 10

    assert not torch.allclose(network(IMAGES, WORDS)[:, 4], network(IMAGES, changed)[:, 4])


def test_last_steps_alone_are_the_same():
    network = build()
    cells = network.see(IMAGES)

    for number in (0, 1):
        assert_close(
            network.decoder(cells, WORDS, 1)[number], network.decoder(cells, WORDS)[number][:, -1:]
        )


def test_attention_is_a_weighted_mean_of_cells():
    attention = CellAttention(6, 8, 4, Seed(0), torch.float32)
    states, cells = torch.rand(2, 3, 6), torch.rand(2, 1, 8).expand(-1, 9, -1)

    seen, weights = attention(states, cells)

    assert_close(weights, torch.full((2, 3, 9), 1 / 9))
    assert_close(seen, attention.value(cells)[:, :3])


@pytest.mark.parametrize(
    ("shape", "grid"),
    [((48, 48), (6, 6)), ((32, 20), (8, 5)), ((7, 3), (7, 3)), ((90, 200), (3, 7))],
)
def test_cells_of_images(shape, grid):
    encoder = ImageEncoder((*shape, 2), Seed(0), torch.float32)

    features = encoder(torch.rand(2, 2, *shape))

    assert encoder.grid == grid
    assert features.shape == (2, encoder.output_size, *grid)


def test_shift_moves_whole_images():
    shift = RandomShift(2, Seed(0))
    images = torch.arange(30.0).view(1, 6, 5, 1).expand(50, -1, -1, 1)

    moved = shift(images)

    inside = moved[:, 2:4, 2]
    steps = inside - images[:, 2:4, 2]
    assert_close(steps[:, 0], steps[:, 1])
    assert set((steps[:, 0, 0]).tolist()) <= {
        5.0 * down + right for down in range(-2, 3) for right in range(-2, 3)
    }
    assert len(set(steps[:, 0, 0].tolist())) > 10
    assert torch.isin(moved, images).all()
    assert shift.eval()(images) is images


def test_dropped_words():
    dropout = WordDropout(0.4, Seed(0))
    x = torch.ones(40, 50, 3)

    dropped = dropout(x)

    assert set(dropped.unique().tolist()) == {0.0, 1.0}
    assert (dropped == dropped[:, :, :1]).all()
    assert dropped.mean().item() == pytest.approx(0.6, abs=0.05)
    assert dropout.eval()(x) is x
