"""
====================================
Say what is in an image
====================================

A network that sees and one that speaks make captions. What usually goes wrong in such a program,
the words' shapes, types and the shift by one, happens inside of
:class:`~sklearn_rnn.RNNImageCaptioner`.
"""

# %%
# Images and sentences
# --------------------
# Handwritten digits beside or above each other, and what one would say of them. The test holds
# sentences that training has never seen: combinations of words that it knows.

import matplotlib.pyplot as plt
from sklearn.model_selection import GroupShuffleSplit

from sklearn_rnn import RNNImageCaptioner
from sklearn_rnn.datasets import make_digit_scenes
from sklearn_rnn.plotting import CaptionDisplay

images, captions = make_digit_scenes(2500, colors=False, random_state=0)
split = GroupShuffleSplit(1, test_size=0.2, random_state=0).split(images, groups=captions)
train, test = next(split)
print(f"{len(train)} images to train on, such as: {captions[train[0]]}")

# %%
# Train
# -----
# ``fit`` takes strings. It learns the words, puts a start and an end around them, and teaches the
# network to say the next word, given those before.

captioner = RNNImageCaptioner(max_epochs=14, random_state=0)
captioner.fit(images[train], captions[train])
print(captioner.vocabulary_)

plt.figure(figsize=(6, 3), layout="constrained")
plt.plot(range(1, captioner.n_iter_ + 1), captioner.loss_curve_)
plt.xlabel("epoch")
plt.ylabel("loss of a caption")

# %%
# Sentences for new images
# ------------------------
# The score is the corpus BLEU. A beam of one sentence is greedy.

said = captioner.predict(images[test])
print(f"BLEU: {captioner.score(images[test], captions[test]):.3f}")
print(f"every word right: {(said == captions[test]).mean():.3f}")
for own, true in zip(said[:5], captions[test[:5]], strict=True):
    print(f"{own:40} {true}")

# %%
# Where did it look?
# ------------------

CaptionDisplay.from_estimator(captioner, images[test[:1]])
