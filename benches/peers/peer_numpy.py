"""NumPy, vectorised over all the runs; with two threads each has half of them (NumPy lets go of the lock)."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

import formula
import peer

WINDOW = 64

starts, threads = peer.arguments()
pool = ThreadPoolExecutor(threads)


def chunks():
    return np.array_split(starts, threads, axis=1)


def full(steps, alpha):
    def work(theta):
        for _ in range(steps):
            theta, _ = formula.step(theta, alpha, np.exp)
        return formula.error(theta, np.exp)

    return np.concatenate(list(pool.map(lambda chunk: work(tuple(chunk)), chunks())))


def stop(steps, alpha, tolerance):
    """Takes the finished runs out every WINDOW steps."""

    def work(theta):
        first = np.full(theta[0].size, -1)
        open_runs = np.arange(theta[0].size)
        taken = np.full(open_runs.size, -1)
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
                theta = tuple(part[keep] for part in theta)
        return first

    return np.concatenate(list(pool.map(lambda chunk: work(tuple(chunk)), chunks())))


peer.serve(f"NumPy {np.__version__}", full, stop)
