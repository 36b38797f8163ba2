"""PyTorch, double precision, batched tensors with the gradient written out.

`eager` calls one operation at a time; `compiled` puts a few steps at a time through torch.compile.
"""

import os
import sys

import torch

import formula
import peer

COMPILED = os.environ.get("PEERS_TORCH", "eager") == "compiled"
UNROLL = 4
WINDOW = 64

starts, threads = peer.arguments()
torch.set_num_threads(threads)
tensors = tuple(torch.tensor(row) for row in starts)


def several(theta, alpha):
    for _ in range(UNROLL):
        theta, _ = formula.step(theta, alpha, torch.exp)
    return theta


def several_watched(theta, alpha, tolerance, first, now):
    for _ in range(UNROLL):
        theta, r = formula.step(theta, alpha, torch.exp)
        first = torch.where((first < 0) & (formula.mean_square(r) <= tolerance), now, first)
        now = now + 1
    return theta, first, now


if COMPILED:
    several = torch.compile(several, dynamic=False)
    several_watched = torch.compile(several_watched, dynamic=True)


@torch.inference_mode()
def full(steps, alpha):
    theta = tensors
    for _ in range(steps // UNROLL):
        theta = several(theta, alpha)
    for _ in range(steps % UNROLL):
        theta, _ = formula.step(theta, alpha, torch.exp)
    return formula.error(theta, torch.exp).numpy()


@torch.inference_mode()
def stop(steps, alpha, tolerance):
    """Takes the finished runs out every WINDOW steps."""
    theta = tensors
    first = torch.full(theta[0].shape, -1)
    open_runs = torch.arange(first.numel())
    taken, now = first.clone(), torch.tensor(0)
    for done in range(0, steps + 1, UNROLL):
        theta, taken, now = several_watched(theta, alpha, tolerance, taken, now)
        taken[taken > steps] = -1
        if done % WINDOW == WINDOW - UNROLL or done + UNROLL > steps:
            first[open_runs] = taken
            keep = taken < 0
            if not keep.any():
                break
            open_runs, taken = open_runs[keep], taken[keep]
            theta = tuple(part[keep] for part in theta)
    return first.numpy()


peer.serve(f"PyTorch {torch.__version__}", full, stop)
