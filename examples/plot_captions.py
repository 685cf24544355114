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
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from sklearn_rnn import RNNImageCaptioner
from sklearn_rnn.datasets import make_digit_scenes
from sklearn_rnn.plotting import CaptionDisplay

images, captions = make_digit_scenes(1600, colors=False, random_state=0)
split = GroupShuffleSplit(1, test_size=0.2, random_state=0).split(images, groups=captions)
train, test = next(split)
print(f"{len(train)} images to train on, such as: {captions[train[0]]}")

# %%
# Train
# -----
# ``fit`` takes strings. It learns the words, puts a start and an end around them, and teaches the
# network to say the next word, given those before. :ref:`What that takes by hand
# <sphx_glr_auto_examples_plot_captions_tutorial.py>` has a page of its own.

captioner = RNNImageCaptioner(max_epochs=12, random_state=0)
captioner.fit(images[train], captions[train])
print(captioner.vocabulary_)

figure, ax = plt.subplots(figsize=(6, 3), layout="constrained")
ax.plot(range(1, captioner.n_iter_ + 1), captioner.loss_curve_, color="#0072B2")
ax.set(xlabel="epoch", ylabel="loss of a caption")
plt.show()

# %%
# Sentences for new images
# ------------------------
# The score is the corpus BLEU, and the captioner searches with a beam of three sentences
# (``beam_size``). With 5,000 scenes, digits in colours among them, and all the epochs that it takes
# by default, every word is right in 99 of 100: two minutes.

said = captioner.predict(images[test])
print(f"BLEU: {captioner.score(images[test], captions[test]):.3f}")
print(f"every word right: {(said == captions[test]).mean():.3f}")
pd.DataFrame({"said": said, "true": captions[test]}).head()

# %%
# Where did it look?
# ------------------
# Each word looks at some cells of the picture, here the brighter ones.

display = CaptionDisplay.from_estimator(captioner, images[test[:1]])
plt.show()
# sphinx_gallery_thumbnail_number = 2
