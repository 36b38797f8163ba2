"""What the Python peers share: reading the starts, and doing tasks asked for on standard input, one a line:

    full STEPS ALPHA 0          every step of every run; answers with the mean of the final errors, and with how many of
                                the runs it did if it did the first of them only
    stop STEPS ALPHA TOLERANCE  each run until its error is at or below the tolerance; answers with how many got
                                there and the mean steps (a run that does not get there counts with the budget)

An answer is one line of JSON with the seconds the work took. Reading and printing are not timed.
"""

import importlib
import json
import os
import sys
import time

import numpy as np

from works import DEFAULT, WORKS

WORK = WORKS[os.environ.get("PEERS_WORK", DEFAULT.name)]
# The plain way of a peer, instead of the tuned one.
PLAIN = os.environ.get("PEERS_FORMULA") == "plain"


def formula():
    """The module with the formula of this work, plain or tuned."""
    tuned = "formula" if WORK is DEFAULT else "formula_" + WORK.name.replace("-", "_")
    return importlib.import_module("textbook" if PLAIN else tuned)


def arguments():
    """The starts, one row a parameter, and the number of threads."""
    path, runs, threads = sys.argv[1:]
    starts = np.fromfile(path, dtype="<f8").reshape(-1, len(WORK.parameters))[: int(runs)]
    return np.ascontiguousarray(starts.T), int(threads)


def layers(start):
    """Weights and biases of the hidden layer, and of the output unit, as the textbook has them: inputs × units."""
    weights = WORK.inputs * WORK.units
    w, v, b, c = np.split(start, [weights, weights + WORK.units, weights + 2 * WORK.units])
    return w.reshape(WORK.inputs, WORK.units), b, v, c


def serve(version, full, stop=None):
    """`full(steps, alpha)` gives the final errors, of the first runs at least; `stop(steps, alpha, tolerance)` the steps
    taken, -1 if never there."""
    runs = int(sys.argv[2])
    print(json.dumps({"ready": True, "version": version}), flush=True)
    for line in sys.stdin:
        task, steps, alpha, tolerance = line.split()
        steps, alpha, tolerance = int(steps), float(alpha), float(tolerance)
        begin = time.perf_counter()
        result = full(steps, alpha) if task == "full" else stop(steps, alpha, tolerance)
        answer = {"seconds": time.perf_counter() - begin}
        result = np.asarray(result)
        if task == "full":
            answer["mean_error"] = float(np.mean(result))
            if result.size < runs:
                answer["runs"] = result.size
        else:
            there = result >= 0
            answer["converged"] = int(there.sum())
            answer["mean_steps"] = float(np.where(there, result, steps).mean())
        print(json.dumps(answer), flush=True)
