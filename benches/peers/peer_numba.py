"""Numba: prange over runs, fastmath; `runs` is a loop over one run's steps, `blocks` has a loop over a block's runs
inside it, which the compiler may turn into vector code."""

import os
import sys

os.environ["NUMBA_NUM_THREADS"] = sys.argv[3]

from math import exp  # noqa: E402

import numba  # noqa: E402
import numpy as np  # noqa: E402

import peer  # noqa: E402
from peer import PLAIN  # noqa: E402

BLOCK = 16
BLOCKS = os.environ.get("PEERS_NUMBA", "runs") == "blocks"
jit = numba.njit(fastmath=True)

starts, threads = peer.arguments()


@numba.njit(fastmath=True, inline="always")
def hidden(b, first, second):
    """A hidden unit's activations in the samples 00, 10, 01, 11; as in formula.py."""
    if PLAIN:
        return (1 / (1 + exp(-b)), 1 / (1 + exp(-b - first)), 1 / (1 + exp(-b - second)),
                1 / (1 + exp(-b - first - second)))
    p, p3 = exp(-b), exp(-second)
    p1 = p * exp(-first)
    return 1 / (1 + p), 1 / (1 + p1), 1 / (1 + p * p3), 1 / (1 + p1 * p3)


@numba.njit(fastmath=True, inline="always")
def step(w1, w2, w3, w4, w5, w6, b1, b2, b3, rate):
    """The error before the update, and the parameters after it."""
    g0, g1, g2, g3 = hidden(b1, w1, w3)
    h0, h1, h2, h3 = hidden(b2, w2, w4)
    r0 = -b3 - w5 * g0 - w6 * h0
    r1 = 1 - b3 - w5 * g1 - w6 * h1
    r2 = 1 - b3 - w5 * g2 - w6 * h2
    r3 = -b3 - w5 * g3 - w6 * h3
    error = 0.25 * (r0 * r0 + r1 * r1 + r2 * r2 + r3 * r3)
    u0, u1, u2, u3 = r0 * g0, r1 * g1, r2 * g2, r3 * g3
    v0, v1, v2, v3 = r0 * h0, r1 * h1, r2 * h2, r3 * h3
    s0, s1, s2, s3 = u0 - u0 * g0, u1 - u1 * g1, u2 - u2 * g2, u3 - u3 * g3
    t0, t1, t2, t3 = v0 - v0 * h0, v1 - v1 * h1, v2 - v2 * h2, v3 - v3 * h3
    below1, below2 = rate * w5, rate * w6
    return (
        error,
        w1 + below1 * (s1 + s3),
        w2 + below2 * (t1 + t3),
        w3 + below1 * (s2 + s3),
        w4 + below2 * (t2 + t3),
        w5 + rate * (u0 + u1 + u2 + u3),
        w6 + rate * (v0 + v1 + v2 + v3),
        b1 + below1 * (s0 + s1 + s2 + s3),
        b2 + below2 * (t0 + t1 + t2 + t3),
        b3 + rate * (r0 + r1 + r2 + r3),
    )


@numba.njit(fastmath=True, parallel=True)
def full_runs(starts, steps, alpha):
    runs = starts.shape[1]
    errors = np.empty(runs)
    for run in numba.prange(runs):
        w1, w2, w3, w4, w5, w6 = (starts[0, run], starts[1, run], starts[2, run], starts[3, run], starts[4, run],
                                  starts[5, run])
        b1, b2, b3 = starts[6, run], starts[7, run], starts[8, run]
        for _ in range(steps):
            _, w1, w2, w3, w4, w5, w6, b1, b2, b3 = step(w1, w2, w3, w4, w5, w6, b1, b2, b3, alpha / 2)
        errors[run] = step(w1, w2, w3, w4, w5, w6, b1, b2, b3, 0.0)[0]
    return errors


@numba.njit(fastmath=True, parallel=True)
def stop_runs(starts, steps, alpha, tolerance):
    runs = starts.shape[1]
    first = np.full(runs, -1)
    for run in numba.prange(runs):
        w1, w2, w3, w4, w5, w6 = (starts[0, run], starts[1, run], starts[2, run], starts[3, run], starts[4, run],
                                  starts[5, run])
        b1, b2, b3 = starts[6, run], starts[7, run], starts[8, run]
        for now in range(steps + 1):
            error, w1, w2, w3, w4, w5, w6, b1, b2, b3 = step(w1, w2, w3, w4, w5, w6, b1, b2, b3, alpha / 2)
            if error <= tolerance:
                first[run] = now
                break
    return first


@jit
def advance(p, error):
    for i in range(BLOCK):
        (error[i], p[0, i], p[1, i], p[2, i], p[3, i], p[4, i], p[5, i], p[6, i], p[7, i], p[8, i]) = step(
            p[0, i], p[1, i], p[2, i], p[3, i], p[4, i], p[5, i], p[6, i], p[7, i], p[8, i], error[BLOCK])


@jit
def load(starts, block):
    p = np.empty((9, BLOCK))
    for i in range(BLOCK):
        for k in range(9):
            p[k, i] = starts[k, min(block * BLOCK + i, starts.shape[1] - 1)]
    return p


@numba.njit(fastmath=True, parallel=True)
def full_blocks(starts, steps, alpha):
    runs = starts.shape[1]
    errors = np.empty(runs)
    for block in numba.prange((runs + BLOCK - 1) // BLOCK):
        p = load(starts, block)
        error = np.full(BLOCK + 1, alpha / 2)  # the last place holds the rate
        for _ in range(steps + 1):
            advance(p, error)
        for i in range(min(BLOCK, runs - block * BLOCK)):
            errors[block * BLOCK + i] = error[i]
    return errors


@numba.njit(fastmath=True, parallel=True)
def stop_blocks(starts, steps, alpha, tolerance):
    runs = starts.shape[1]
    first = np.full(runs, -1)
    for block in numba.prange((runs + BLOCK - 1) // BLOCK):
        p = load(starts, block)
        error = np.full(BLOCK + 1, alpha / 2)
        taken = np.full(BLOCK, -1)
        for now in range(steps + 1):
            advance(p, error)
            for i in range(BLOCK):
                taken[i] = now if (taken[i] < 0) & (error[i] <= tolerance) else taken[i]
            if now % 32 == 31 and taken.min() >= 0:
                break
        for i in range(min(BLOCK, runs - block * BLOCK)):
            first[block * BLOCK + i] = taken[i]
    return first


def full(steps, alpha):
    return (full_blocks if BLOCKS else full_runs)(starts, steps, alpha)


def stop(steps, alpha, tolerance):
    return (stop_blocks if BLOCKS else stop_runs)(starts, steps, alpha, tolerance)


svml = " with SVML" if numba.config.USING_SVML else ""
peer.serve(f"Numba {numba.__version__}{svml}", full, stop)
