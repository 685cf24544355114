"""
====================================
A digit, read row by row
====================================

An image is a sequence to a recurrent network: of its rows, its columns, its pixels or square
patches. Which order and which cell read best is a question for a plain grid search.
"""

# %%
# What the network sees
# ---------------------
# :class:`~sklearn_rnn.ImageToSequence` shows what each step of a scan reads.

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import GridSearchCV, train_test_split

from sklearn_rnn import ImageToSequence, RNNImageClassifier
from sklearn_rnn.plotting import LearningCurveDisplay, StagedProbabilityDisplay

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

figure, axes = plt.subplots(1, 4, figsize=(10, 3), layout="constrained")
for ax, scan in zip(axes, ["rows", "columns", "patches", "pixels"], strict=True):
    sequence = ImageToSequence(scan=scan, patch_size=2).fit_transform(X[:1])[0]
    ax.imshow(sequence, cmap="gray_r", aspect="auto", interpolation="none")
    ax.set(title=f"{scan}: {sequence.shape}", xlabel="feature", ylabel="step")
    ax.set_xticks(range(sequence.shape[1]))

# %%
# Train and test
# --------------
# The defaults need no tuning for a good result.

classifier = RNNImageClassifier(max_epochs=20, random_state=0)
classifier.fit(X_train, y_train)
print(f"test accuracy: {classifier.score(X_test, y_test):.3f}")

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
LearningCurveDisplay.from_estimator(classifier, metrics="loss", ax=left)
ConfusionMatrixDisplay.from_estimator(classifier, X_test, y_test, ax=right, colorbar=False)
plt.show()

# %%
# When does it make up its mind?
# ------------------------------
# The probabilities after each row that it has read, for the image that it is least certain of.

least_certain = classifier.predict_proba(X_test).max(axis=1).argmin()
StagedProbabilityDisplay.from_estimator(classifier, X_test[[least_certain]])
plt.show()

# %%
# Which cell, which order?
# ------------------------
# All parameters can be searched. Here each candidate is trained twice, on half of the images.

search = GridSearchCV(
    RNNImageClassifier(random_state=0, hidden_size=64),
    {"cell": ["rnn", "lstm", "gru"], "scan": ["rows", "columns"]},
    cv=2,
).fit(X_train, y_train)
results = pd.DataFrame(search.cv_results_)
table = results.pivot_table("mean_test_score", "param_cell", "param_scan")
print(f"test accuracy of the best: {search.score(X_test, y_test):.3f}")
table.round(3)
