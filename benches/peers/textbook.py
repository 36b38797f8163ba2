"""The formula as a textbook has it, in matrices over samples and units: for the plain peers."""

import numpy as np


def corners(inputs):
    """All samples of inputs 0 and 1, the first input changing fastest, and whether an odd number of them is 1."""
    x = np.array([[sample >> place & 1 for place in range(inputs)] for sample in range(2**inputs)], dtype=float)
    return x, x.sum(axis=1) % 2


X, Y = corners(2)


def error(theta, x, y, exp):
    """E of one run, theta in the order w1 w2 w3 w4 w5 w6 b1 b2 b3: for libraries that differentiate it themselves."""
    hidden = 1 / (1 + exp(-(x @ theta[:4].reshape(2, 2) + theta[6:8])))
    return ((y - (hidden @ theta[4:6] + theta[8])) ** 2).mean()


def start(starts):
    """theta of all runs, a row a run."""
    return np.ascontiguousarray(starts.T)


def keep(theta, wanted):
    return theta[wanted]


def step(theta, alpha, exp):
    """For NumPy: theta of all runs after one update, and the residuals before it."""
    w, v, b, c = theta[:, :4].reshape(-1, 2, 2), theta[:, None, 4:6], theta[:, None, 6:8], theta[:, 8:]
    hidden = 1 / (1 + exp(-(X @ w + b)))
    residual = Y - ((hidden * v).sum(axis=2) + c)
    delta = residual[:, :, None] * v * hidden * (1 - hidden)
    gradient = -0.5 * np.concatenate(
        [
            (X.T @ delta).reshape(-1, 4),
            (residual[:, :, None] * hidden).sum(axis=1),
            delta.sum(axis=1),
            residual.sum(axis=1, keepdims=True),
        ],
        axis=1,
    )
    return theta - alpha * gradient, residual


def mean_square(residual):
    return (residual**2).mean(axis=1)
