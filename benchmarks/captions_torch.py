"""A captioner by hand in torch: the network of ours, with torch's own layers, loss and schedule."""

from __future__ import annotations

import math
import re

import numpy as np
import torch
from torch import Tensor, nn

WORD = re.compile(r" ?\w+(?:[-'’]\w+)*| ?[^\w ]")  # noqa: RUF001 (apostrophes as people write them)
START, END, PADDING = 0, 1, -100
HIDDEN_SIZE, EMBEDDING_SIZE, N_HEADS = 128, 64, 4
LR, BATCH_SIZE, WEIGHT_DECAY = 4e-3, 16, 0.05
DROPOUT, WORD_DROPOUT, LABEL_SMOOTHING, MAX_SHIFT = 0.1, 0.3, 0.1, 2


class Block(nn.Module):
    def __init__(self, n_channels: int, n_filters: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for size in (n_channels, n_filters):
            layers += [nn.Conv2d(size, n_filters, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(n_filters), nn.ReLU()]
        self.layers = nn.Sequential(*layers)
        self.around = nn.Conv2d(n_channels, n_filters, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.around(x) + self.layers(x)


class Network(nn.Module):
    """Convolutions, a GRU over the words so far, and attention by its state."""

    def __init__(self, n_words: int, side: int) -> None:
        super().__init__()
        is_large = side >= 48
        width, stride = (5, 2) if is_large else (3, 1)
        first = nn.Conv2d(3, 32, width, stride=stride, padding=width // 2, bias=False)
        layers = [first, nn.BatchNorm2d(32), nn.ReLU()]
        layers += [] if is_large else [nn.MaxPool2d(2)]
        layers += [Block(32, 32), nn.MaxPool2d(2), Block(32, 64)]
        size = 64
        if is_large:
            layers, size = [*layers, nn.MaxPool2d(2), Block(64, 128)], 128
        self.eye = nn.Sequential(*layers)
        n_cells = (side // 8 if is_large else side // 4) ** 2
        self.places = nn.Parameter(0.02 * torch.randn(n_cells, size))
        self.embedding = nn.Embedding(n_words, EMBEDDING_SIZE)
        self.gru = nn.GRU(EMBEDDING_SIZE + 2 * size, HIDDEN_SIZE, batch_first=True)
        self.query = nn.Linear(HIDDEN_SIZE, size)
        self.key, self.value = nn.Linear(size, size), nn.Linear(size, size)
        self.hidden = nn.Linear(HIDDEN_SIZE + 3 * size, 2 * HIDDEN_SIZE)
        self.output = nn.Linear(2 * HIDDEN_SIZE, n_words)
        self.dropout = nn.Dropout(DROPOUT)

    def see(self, x: Tensor) -> Tensor:
        return self.eye(x).flatten(2).transpose(1, 2)

    def forward(self, cells: Tensor, words: Tensor) -> Tensor:
        overview = self.dropout(torch.cat([cells.mean(dim=1), cells.amax(dim=1)], dim=1))
        overview = overview[:, None].expand(-1, words.shape[1], -1)
        read = self.embedding(words)
        if self.training:
            read = read * (torch.rand(*words.shape, 1) >= WORD_DROPOUT)
        states = self.dropout(self.gru(torch.cat([read, overview], dim=2))[0])
        cells = cells + self.places
        query, key, value = (
            layer(x).unflatten(2, (N_HEADS, -1)).transpose(1, 2)
            for layer, x in ((self.query, states), (self.key, cells), (self.value, cells))
        )
        weights = (query @ key.transpose(2, 3) / math.sqrt(query.shape[-1])).softmax(dim=-1)
        seen = self.dropout((weights @ value).transpose(1, 2).flatten(2))
        hidden = self.hidden(torch.cat([states, overview, seen], dim=2)).relu()
        return self.output(self.dropout(hidden))


class TorchCaptioner:
    """Train it for as many steps as ours takes, and caption word by word."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def fit(self, X: np.ndarray, y: np.ndarray) -> TorchCaptioner:
        torch.manual_seed(self.seed)
        split = [WORD.findall(" " + caption) for caption in y]
        self.words = ["", "", *sorted({word for words in split for word in words})]
        codes = {word: code for code, word in enumerate(self.words)}
        self.max_length = max(map(len, split))
        after = torch.full((len(y), self.max_length + 1), PADDING)
        for row, words in enumerate(split):
            after[row, : len(words) + 1] = torch.tensor([*(codes[word] for word in words), END])
        images = self._prepare(X)
        self.network = Network(len(self.words), images.shape[2])
        n_batches = -(-len(images) // BATCH_SIZE)
        n_epochs = math.ceil(1200 * math.log2(len(self.words) + 1) / n_batches)
        optimizer = torch.optim.AdamW(
            self.network.parameters(), LR, weight_decay=WEIGHT_DECAY, fused=True
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, LR, total_steps=n_batches * n_epochs
        )
        for _ in range(n_epochs):
            for rows in torch.randperm(len(images)).split(BATCH_SIZE):
                self._step(images[rows], after[rows], optimizer)
                schedule.step()
        return self

    def _step(self, images: Tensor, after: Tensor, optimizer: torch.optim.Optimizer) -> None:
        after = after[:, : int((after != PADDING).sum(dim=1).max())]
        before = torch.cat([torch.full((len(after), 1), START), after[:, :-1].clamp(min=END)], 1)
        scores = self.network(self.network.see(shift(images)), before)
        loss = nn.functional.cross_entropy(
            scores.flatten(0, 1),
            after.flatten(),
            ignore_index=PADDING,
            label_smoothing=LABEL_SMOOTHING,
            reduction="sum",
        )
        optimizer.zero_grad()
        (loss / len(images)).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        optimizer.step()

    @torch.inference_mode()
    def predict(self, X: np.ndarray) -> list[str]:
        self.network.eval()
        captions = []
        for images in self._prepare(X).split(64):
            cells = self.network.see(images)
            words = torch.full((len(images), 1), START)
            for _ in range(self.max_length):
                scores = self.network(cells, words)[:, -1]
                scores[:, START] = -torch.inf
                words = torch.cat([words, scores.argmax(dim=1, keepdim=True)], dim=1)
            for row in words[:, 1:].tolist():
                said = row[: row.index(END)] if END in row else row
                captions.append("".join(self.words[code] for code in said).strip())
        return captions

    @staticmethod
    def _prepare(X: np.ndarray) -> Tensor:
        return torch.as_tensor(X / 255, dtype=torch.float32).permute(0, 3, 1, 2).contiguous()


def shift(images: Tensor) -> Tensor:
    """Shift each image by some pixels, repeating its edges."""
    padded = nn.functional.pad(images, (MAX_SHIFT,) * 4, mode="replicate")
    height, width = images.shape[2:]
    tops, lefts = torch.randint(2 * MAX_SHIFT + 1, (2, len(images))).tolist()
    return torch.stack(
        [
            image[:, top : top + height, left : left + width]
            for image, top, left in zip(padded, tops, lefts, strict=True)
        ]
    )
