"""NumPy, vectorised over all the runs; with two threads each has half of them (NumPy lets go of the lock)."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

import peer

formula = peer.formula()
WINDOW = 64

starts, threads = peer.arguments()
pool = ThreadPoolExecutor(threads)


def chunks():
    return np.array_split(starts, threads, axis=1)


def full(steps, alpha):
    def work(theta):
        for _ in range(steps):
            theta, _ = formula.step(theta, alpha, np.exp)
        return formula.mean_square(formula.step(theta, alpha, np.exp)[1])

    return np.concatenate(list(pool.map(lambda chunk: work(formula.start(chunk)), chunks())))


def stop(steps, alpha, tolerance):
    """Takes the finished runs out every WINDOW steps."""

    def work(theta, runs):
        first = np.full(runs, -1)
        open_runs = np.arange(runs)
        taken = np.full(runs, -1)
        for now in range(steps + 1):
            after, r = formula.step(theta, alpha, np.exp)
            hit = formula.mean_square(r) <= tolerance
            if hit.any():
                taken[hit & (taken < 0)] = now
            theta = after
            if now % WINDOW == WINDOW - 1 or now == steps:
                first[open_runs] = taken
                keep = taken < 0
                if not keep.any():
                    break
                open_runs, taken = open_runs[keep], taken[keep]
                theta = formula.keep(theta, keep)
        return first

    return np.concatenate(list(pool.map(lambda chunk: work(formula.start(chunk), chunk.shape[1]), chunks())))


peer.serve(f"NumPy {np.__version__}", full, stop)
