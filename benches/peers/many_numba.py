"""Numba, tuned, for the set-ups: prange over runs, without fastmath; `runs` is a loop over one run's steps, `blocks` has
a loop over a block's runs inside it. The formula is that of the other tuned peers, compiled by Numba."""

import os
import sys

os.environ["NUMBA_NUM_THREADS"] = sys.argv[3]

import math  # noqa: E402

import numba  # noqa: E402
import numpy as np  # noqa: E402
from numba.np.unsafe.ndarray import to_fixed_tuple  # noqa: E402

import peer  # noqa: E402

formula = peer.formula()
# Every function of the formula is compiled, and so calls the others as compiled ones.
for name, part in list(vars(formula).items()):
    if callable(part):
        setattr(formula, name, numba.njit(inline="never")(part))
start, step, error, PARAMETERS, KEPT = formula.start, formula.step, formula.error, formula.PARAMETERS, formula.KEPT
BLOCK = 16
BLOCKS = os.environ.get("PEERS_NUMBA", "runs") == "blocks"

starts, threads = peer.arguments()
starts = np.ascontiguousarray(starts.T)


@numba.njit
def exp(z):
    return math.exp(z)


@numba.njit(parallel=True)
def full_runs(starts, steps, alpha):
    errors = np.empty(len(starts))
    for run in numba.prange(len(starts)):
        kept = start(to_fixed_tuple(starts[run], PARAMETERS))
        for _ in range(steps):
            kept = step(kept, alpha, exp)
        errors[run] = error(kept, exp)
    return errors


@numba.njit
def advance(block, alpha):
    for i in range(BLOCK):
        kept = step(to_fixed_tuple(block[:, i], KEPT), alpha, exp)
        for k in range(KEPT):
            block[k, i] = kept[k]


@numba.njit(parallel=True)
def full_blocks(starts, steps, alpha):
    runs = len(starts)
    errors = np.empty(runs)
    for number in numba.prange((runs + BLOCK - 1) // BLOCK):
        block = np.empty((KEPT, BLOCK))
        for i in range(BLOCK):
            kept = start(to_fixed_tuple(starts[min(number * BLOCK + i, runs - 1)], PARAMETERS))
            for k in range(KEPT):
                block[k, i] = kept[k]
        for _ in range(steps):
            advance(block, alpha)
        for i in range(min(BLOCK, runs - number * BLOCK)):
            errors[number * BLOCK + i] = error(to_fixed_tuple(block[:, i], KEPT), exp)
    return errors


def full(steps, alpha):
    return (full_blocks if BLOCKS else full_runs)(starts, steps, alpha)


svml = " with SVML" if numba.config.USING_SVML else ""
peer.serve(f"Numba {numba.__version__}{svml}", full)
