"""The XOR network in NumPy, written from scratch the usual way, and its run as xorsweep writes one.

    python from_numpy.py [sum|half-sum|mean|half-mean] [float32] > mine.csv

Leaves its start in numpy-start.npy. Says on standard error at which step its own stop criterion was met.
"""

import sys

import numpy as np

LOSS = next((word for word in sys.argv[1:] if word != "float32"), "half-sum")
DTYPE = np.float32 if "float32" in sys.argv else np.float64
# How many times the sum of squares each loss is, and what its gradient is times the residual.
SCALE = {"sum": 1.0, "half-sum": 0.5, "mean": 1 / 4, "half-mean": 1 / 8}[LOSS]
ETA = 0.075 / SCALE  # alpha 0.3 in all four
STEPS = 2000
GOAL = 1e-4  # it stops once its loss is below

X = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], DTYPE)
y = np.array([[0], [1], [1], [0]], DTYPE)

rng = np.random.default_rng(2)
W1, b1 = rng.normal(size=(2, 2)).astype(DTYPE), np.zeros((1, 2), DTYPE)
W2, b2 = rng.normal(size=(2, 1)).astype(DTYPE), np.zeros((1, 1), DTYPE)


def theta():
    """w1, w2, w3, w4 by rows of W1 (inputs by units), w5, w6, b1, b2, b3."""
    return np.concatenate([W1.ravel(), W2.ravel(), b1.ravel(), b2.ravel()])


np.save("numpy-start.npy", theta())

print("step,error,w1,w2,w3,w4,w5,w6,b1,b2,b3")
stopped = None
for step in range(STEPS + 1):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    out = h @ W2 + b2
    loss = SCALE * np.sum((out - y) ** 2)
    print(step, np.mean((out - y) ** 2), *theta(), sep=",")
    if stopped is None and loss <= GOAL:
        stopped = step
    delta = 2 * SCALE * (out - y)
    back = delta @ W2.T * h * (1 - h)
    W2 -= ETA * h.T @ delta
    b2 -= ETA * delta.sum(axis=0, keepdims=True)
    W1 -= ETA * X.T @ back
    b1 -= ETA * back.sum(axis=0, keepdims=True)
print("stopped at", stopped, file=sys.stderr)
