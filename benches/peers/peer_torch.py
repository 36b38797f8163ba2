"""PyTorch, double precision, batched tensors with the gradient written out; in the plain way, vmap of PyTorch's own
gradient of one run.

`eager` calls one operation at a time; `compiled` puts a few steps at a time through torch.compile.
"""

import os
import sys

import torch

import peer

formula = peer.formula()
COMPILED = os.environ.get("PEERS_TORCH", "eager") == "compiled"
UNROLL = 4
WINDOW = 64

starts, threads = peer.arguments()
torch.set_num_threads(threads)
initial = formula.start(starts)
tensors = torch.tensor(initial) if peer.PLAIN else tuple(map(torch.tensor, initial))

if peer.PLAIN:
    x, y = torch.tensor(formula.X), torch.tensor(formula.Y)
    both = torch.func.vmap(torch.func.grad_and_value(lambda theta: formula.error(theta, x, y, torch.exp)))

    def step(theta, alpha):
        """theta of all runs after one update, and the error before it."""
        gradient, before = both(theta)
        return theta - alpha * gradient, before

    def error_of(before):
        return before

    def final(theta):
        return both(theta)[1]

    quiet = torch.no_grad  # inference_mode has no gradients at all
else:
    if peer.WORK is peer.DEFAULT:
        def step(theta, alpha):
            """theta of all runs after one update, and the residuals before it."""
            return formula.step(theta, alpha, torch.exp)

        error_of = formula.mean_square
    else:
        def step(kept, alpha):
            return formula.step(kept, alpha, torch.exp), None

    def final(kept):
        return formula.error(kept, torch.exp)

    quiet = torch.inference_mode


def several(theta, alpha):
    for _ in range(UNROLL):
        theta, _ = step(theta, alpha)
    return theta


def several_watched(theta, alpha, tolerance, first, now):
    for _ in range(UNROLL):
        theta, before = step(theta, alpha)
        first = torch.where((first < 0) & (error_of(before) <= tolerance), now, first)
        now = now + 1
    return theta, first, now


if COMPILED:
    several = torch.compile(several, dynamic=False)
    several_watched = torch.compile(several_watched, dynamic=True)


@quiet()
def full(steps, alpha):
    theta = tensors
    for _ in range(steps // UNROLL):
        theta = several(theta, alpha)
    for _ in range(steps % UNROLL):
        theta, _ = step(theta, alpha)
    return final(theta).numpy()


@quiet()
def stop(steps, alpha, tolerance):
    """Takes the finished runs out every WINDOW steps."""
    theta = tensors
    first = torch.full(starts.shape[1:], -1)
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
            theta = formula.keep(theta, keep)
    return first.numpy()


peer.serve(f"PyTorch {torch.__version__}", full, stop)
