"""Numba as its users write it: one network trained by a compiled function with the textbook's loops over samples and
units, called once a start."""

from math import exp, sqrt

import numba
import numpy as np

import peer
from peer import WORK
from textbook import corners

SAMPLE = 256
INPUTS, UNITS = WORK.inputs, WORK.units
RELU, CROSS_ENTROPY = WORK.hidden == "relu", WORK.loss == "cross-entropy"
ADAM, IN_ORDER = WORK.optimizer == "adam", WORK.update == "in-order"
SAMPLES = 2**INPUTS
SCALE = (2.0 if WORK.loss == "mse" else 1.0) / (1 if IN_ORDER else SAMPLES)

starts, _ = peer.arguments()
x, y = corners(INPUTS)


@numba.njit
def forward(w, b, v, c, inputs, hidden):
    z = c[0]
    for j in range(UNITS):
        a = b[j]
        for i in range(INPUTS):
            a += inputs[i] * w[i, j]
        hidden[j] = max(a, 0.0) if RELU else 1 / (1 + exp(-a))
        z += hidden[j] * v[j]
    return 1 / (1 + exp(-z))


@numba.njit
def move(place, slope, mean, square, t, alpha):
    """One update of an array of parameters; leaves a gradient of 0 behind."""
    for k in range(place.size):
        g, slope.flat[k] = slope.flat[k], 0.0
        if ADAM:
            mean.flat[k] = 0.9 * mean.flat[k] + 0.1 * g
            square.flat[k] = 0.999 * square.flat[k] + 0.001 * g * g
            place.flat[k] -= alpha * (mean.flat[k] / (1 - 0.9**t)) / (sqrt(square.flat[k] / (1 - 0.999**t)) + 1e-8)
        else:
            place.flat[k] -= alpha * g


@numba.njit
def train(w, b, v, c, x, y, steps, alpha):
    hidden = np.empty(UNITS)
    dw, db, dv, dc = np.zeros_like(w), np.zeros_like(b), np.zeros_like(v), np.zeros_like(c)
    mw, mb, mv, mc = np.zeros_like(w), np.zeros_like(b), np.zeros_like(v), np.zeros_like(c)
    sw, sb, sv, sc = np.zeros_like(w), np.zeros_like(b), np.zeros_like(v), np.zeros_like(c)
    for t in range(1, steps + 1):
        for k in range(SAMPLES):
            output = forward(w, b, v, c, x[k], hidden)
            delta = SCALE * (output - y[k])
            if not CROSS_ENTROPY:
                delta *= output * (1 - output)
            dc[0] += delta
            for j in range(UNITS):
                dv[j] += delta * hidden[j]
                below = delta * v[j]
                below *= (hidden[j] > 0) if RELU else hidden[j] * (1 - hidden[j])
                db[j] += below
                for i in range(INPUTS):
                    dw[i, j] += below * x[k, i]
            if IN_ORDER or k == SAMPLES - 1:
                move(w, dw, mw, sw, t, alpha)
                move(b, db, mb, sb, t, alpha)
                move(v, dv, mv, sv, t, alpha)
                move(c, dc, mc, sc, t, alpha)
    error = 0.0
    for k in range(SAMPLES):
        error += (forward(w, b, v, c, x[k], hidden) - y[k]) ** 2
    return error / SAMPLES


def full(steps, alpha):
    return [train(*(part.copy() for part in peer.layers(start)), x, y, steps, alpha) for start in starts.T[:SAMPLE]]


peer.serve(f"Numba {numba.__version__}", full)
