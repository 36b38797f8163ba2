"""What the Python peers share: reading the starts, and doing tasks asked for on standard input, one a line:

    full STEPS ALPHA 0          every step of every run; answers with the mean of the final errors
    stop STEPS ALPHA TOLERANCE  each run until its error is at or below the tolerance; answers with how many got
                                there and the mean steps (a run that does not get there counts with the budget)

An answer is one line of JSON with the seconds the work took. Reading and printing are not timed.
"""

import json
import os
import sys
import time

import numpy as np

# The plain way of a peer, instead of the tuned one.
PLAIN = os.environ.get("PEERS_FORMULA") == "plain"


def arguments():
    """The starts, one row a parameter, and the number of threads."""
    path, runs, threads = sys.argv[1:]
    starts = np.fromfile(path, dtype="<f8").reshape(-1, 9)[: int(runs)]
    return np.ascontiguousarray(starts.T), int(threads)


def serve(version, full, stop):
    """`full(steps, alpha)` gives the final errors; `stop(steps, alpha, tolerance)` the steps taken, -1 if never there."""
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
        else:
            there = result >= 0
            answer["converged"] = int(there.sum())
            answer["mean_steps"] = float(np.where(there, result, steps).mean())
        print(json.dumps(answer), flush=True)
