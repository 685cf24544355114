"""
===========================================
Beside the other parts of scikit-learn
===========================================

A recurrent network as a step among others: what it has learnt as features for another classifier,
as one voice of a stack, and as what a grid search tunes within a pipeline.
"""

# %%
# States as features
# ------------------
# ``RNNClassifier`` is a transformer too: ``transform`` gives what its output layer sees of each
# sequence. In a pipeline, that is what the next step learns from. Here the sequences are digits,
# read column by column.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, StackingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_rnn import ImageToSequence, RNNClassifier, RNNImageClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, stratify=y, train_size=600, random_state=0
)

pipeline = make_pipeline(
    ImageToSequence(scan="columns"),
    RNNClassifier(batch_size=32, max_epochs=12, random_state=0),
    StandardScaler(),
    KNeighborsClassifier(),
)
pipeline.fit(X_train, y_train)

# %%
# Each "?" of the diagram leads to the documentation of the step.

print(f"test accuracy: {pipeline.score(X_test, y_test):.3f}")

# %%
# What the network makes of the digits
# ------------------------------------
# Two directions hold what differs most: of pixels, and of what the network makes of them. The
# network has not seen these digits before.

views = {"pixels": X_test, "states of the network": pipeline[:2].transform(X_test)}
figure, axes = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
for ax, (name, features) in zip(axes, views.items(), strict=True):
    flat = PCA(n_components=2, random_state=0).fit_transform(features)
    for digit in range(10):
        ax.plot(*flat[y_test == digit].T, ".", color=f"C{digit}", markersize=3, alpha=0.4)
        middle = np.median(flat[y_test == digit], axis=0)
        circle = {"boxstyle": "circle", "facecolor": "white", "edgecolor": f"C{digit}"}
        ax.text(*middle, digit, ha="center", va="center", bbox=circle)
    ax.set(title=name, xlabel="first component", ylabel="second component")

# %%
# One voice of a stack
# --------------------
# Networks err otherwise than forests do. A stack learns, on digits that neither has been trained
# on, whom to believe.

voices = [
    ("network", RNNImageClassifier(max_epochs=8, random_state=0)),
    ("forest", RandomForestClassifier(random_state=0)),
]
stack = StackingClassifier(voices, LogisticRegression(max_iter=1000), cv=3)
stack.fit(X_train, y_train)

# %%
# The stack is ahead of both of its voices. On so few and so small images, nearest neighbors are
# ahead of the stack, and those who look at what a network has learnt are ahead of all.

alone = {name: voice.score(X_test, y_test) for name, voice in stack.named_estimators_.items()}
neighbors = KNeighborsClassifier().fit(X_train, y_train)
alone["neighbors, by pixels"] = neighbors.score(X_test, y_test)
alone["neighbors, by states of a network"] = pipeline.score(X_test, y_test)
alone["stack"] = stack.score(X_test, y_test)
pd.Series(alone, name="test accuracy").round(3).to_frame()

# %%
# Tuned in its place
# ------------------
# Parameters of any step have the name of the step before theirs.

search = GridSearchCV(
    pipeline,
    {"imagetosequence__scan": ["rows", "columns"], "kneighborsclassifier__n_neighbors": [1, 5]},
    cv=2,
).fit(X_train, y_train)
print(search.best_params_)
print(f"test accuracy: {search.score(X_test, y_test):.3f}")
plt.show()
