"""The thousand runs: 884 set-ups, one for each activation, output, loss, update and optimizer that go together, 28 of
the question's own network with four runs each, and one more of four. All else is drawn, the same each time, so that every
pair of values that is allowed occurs.
"""

from itertools import combinations, product
from math import inf
from random import Random

from setups import SetUp, is_of_points, samples_of

HIDDEN = ["sigmoid", "tanh", "relu", "leaky-relu"]
OUTPUT = ["linear", "sigmoid", "tanh"]
LOSS = ["mse", "half-mse", "sse", "half-sse", "cross-entropy"]
UPDATE = ["batch", "in-order", "shuffled", "random"]
OPTIMIZER = ["gradient-descent", "nesterov", "rmsprop", "adam", "rprop"]

CHOICES = {
    "task": ["xor", "and", "or", "nand", "nor", "xnor", "0010", "01", "00010111", "parity-3", "parity-4"]
    + ["points-1x1.csv", "points-5x2.csv", "points-7x1.csv", "points-13x8.csv", "points-64x3.csv"],
    "coding": ["zero-one", "plus-minus"],
    "targets": [None, (0.1, 0.9), (0.25, 0.75), (0.6, 0.9), (-0.8, 0.7), (-3.0, 2.0)],
    "hidden_units": list(range(1, 17)),
    "bias": [True, False],
    "frozen": ["none", "first weight", "output weight", "output bias", "several"],
    "constants": [(0.9, 0.999, 0.99, 1e-8), (0.5, 0.9, 0.8, 1e-3), (0.0, 0.0, 0.0, 1e-7)],
    "momentum": [0.0, 0.5, 0.9, 1.5],
    "alpha": [0.01, 0.1, 0.3, 0.9, 2.5, 1e300],
    "start": ["normal", "uniform", "near XOR", "near zero", "equal", "zero", "minus zero", "subnormal", "huge", "large"]
    + ["border", "odd"],
    "criterion": ["error", "loss", "residual", "solved"],
    "tolerance": [0.0, 1e-6, 0.05, 0.3, 0.6],
    "hold": [1, 3, 20, 64],
    "blow_up": [1e12, 10.0, inf],
    "steps": [20, 33, 64, 100, 127, 150, 200],
}
# Most runs should go on for a while: these are drawn so many times as often as others.
OFTEN = {"normal": 12, "uniform": 6, "near XOR": 6, 0.01: 4, 0.1: 6, 0.3: 4, 1e12: 4, 1e-6: 4, 64: 2, 150: 2, 200: 4, "none": 2, "points-64x3.csv": 4}
# One row is chosen from so many.
CANDIDATES = 60
# So many samples times hidden units times steps are enough for a run.
MOST_WORK = 25_000


def is_allowed(row):
    """What the program refuses or what cannot be told apart is left out."""
    task, output, optimizer = row["task"], row["output"], row["optimizer"]
    if row["loss"] == "cross-entropy" and output != "sigmoid":
        return False
    if optimizer == "rprop" and row["update"] != "batch":
        return False
    if row["momentum"] > 0.0 and optimizer in ("adam", "rprop"):
        return False
    if is_of_points(task) and (row["targets"] or row["coding"] != "zero-one"):
        return False
    if row["constants"] != CHOICES["constants"][0] and optimizer not in ("adam", "rmsprop"):
        return False
    samples = samples_of(task, row["coding"], row["targets"])
    targets = [target for _, target in samples]
    least, most = {"linear": (-inf, inf), "sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0)}[output]
    if min(targets) < least or max(targets) > most:
        return False
    return len(samples) * row["hidden_units"] * row["steps"] <= MOST_WORK


class Source:
    """Draws that are the same in every version of Python."""

    def __init__(self, seed):
        self.random = Random(seed).random

    def choose(self, values):
        return values[int(self.random() * len(values))]

    def within(self, size):
        return size * (2.0 * self.random() - 1.0)


def pairs_of(row):
    return set(combinations(row.items(), 2))


WEIGHTED = {
    key: [value for value in values for _ in range(OFTEN.get(value, 1))] for key, values in CHOICES.items()
}


def drawn(source, fixed):
    """A row with these values, and others that go with them."""
    while True:
        row = fixed | {key: source.choose(values) for key, values in WEIGHTED.items()}
        if is_allowed(row):
            return row


def kinds():
    """Every activation, output, loss, update and optimizer that go together."""
    names = ["hidden", "output", "loss", "update", "optimizer"]
    for words in product(HIDDEN, OUTPUT, LOSS, UPDATE, OPTIMIZER):
        row = dict(zip(names, words))
        if not (row["loss"] == "cross-entropy" and row["output"] != "sigmoid") and not (
            row["optimizer"] == "rprop" and row["update"] != "batch"
        ):
            yield row


def rows(source):
    """Rows that hold every pair of values, chosen one after the other from some that are drawn."""
    seen, tried, chosen = set(), set(), []
    all_kinds = list(kinds())
    # In an order of its own, so that no kind has only what is left.
    all_kinds.sort(key=lambda _: source.random())
    for kind in all_kinds:
        candidates = [drawn(source, kind) for _ in range(CANDIDATES)]
        best = max(candidates, key=lambda row: len(pairs_of(row) - seen))
        seen |= pairs_of(best)
        tried = tried.union(*map(pairs_of, candidates))
        chosen.append(best)
    missing = tried - seen
    assert not missing, f"{len(missing)} of {len(tried)} pairs do not occur: {missing}"
    return chosen, len(seen)


ODD = [1e300, -1e300, 5e-324, -0.0, 1e-310, 800.0, -800.0, 200.0, -180.0, 70.0, 1e-9, -1e16]


def start_of(kind, count, source):
    """A start, of doubles with few digits where that does not matter."""

    def rounded(value, digits):
        return float(f"{value:.{digits}g}") + 0.0

    ordinary = [rounded(source.within(2.0), 3) for _ in range(count)]
    if kind == "normal":
        return [rounded(sum(source.within(1.0) for _ in range(3)), 17) for _ in range(count)]
    if kind == "near XOR":
        # Two units or more: one is OR, one is AND, for inputs 0 and 1 and a sigmoid.
        if count % 4 == 1 and count > 8:
            units = (count - 1) // 4
            for unit, bias, weight in ((0, -3.0, 1.0), (1, -9.0, -1.0)):
                ordinary[unit] = ordinary[units + unit] = 6.0
                ordinary[2 * units + unit], ordinary[3 * units + unit] = weight, bias
            ordinary = [rounded(value + source.within(0.3), 3) for value in ordinary]
        return ordinary
    if kind == "uniform":
        return [rounded(source.random(), 3) for _ in range(count)]
    if kind == "near zero":
        return [rounded(source.within(1e-3), 3) for _ in range(count)]
    if kind == "equal":
        return [0.1] * count
    if kind == "zero":
        return [0.0] * count
    if kind == "minus zero":
        return [source.choose([-0.0, 0.0]) for _ in range(count)]
    if kind == "subnormal":
        return [source.choose([5e-324, -5e-324, 1e-310, -2e-308]) for _ in range(count)]
    if kind == "huge":
        return [source.choose([1.0, -1.0, 0.5]) * source.choose([1e300, 1e150, 1e17, 1e8]) for _ in range(count)]
    if kind == "large":
        return [rounded(source.within(200.0), 3) for _ in range(count)]
    if kind == "border":
        # At the edges between the kernels' ways to compute a sigmoid.
        return [source.choose([69.9, -70.1, 172.0, -700.0, 709.5, -745.0, 350.0, 0.5, -1.0]) for _ in range(count)]
    for _ in range(1 + count // 8):
        ordinary[int(source.random() * count)] = source.choose(ODD)
    return ordinary


def frozen_of(kind, set_up):
    last = set_up.names()[-1]
    out = set_up.names()[set_up.units[0][2]]
    return {
        "none": [],
        "first weight": ["w1"],
        "output weight": [out],
        "output bias": [last],
        "several": ["w1", out, "b1", last] if set_up.hidden_units > 1 else ["w1", last],
    }[kind]


def finished(row, source, starts, alphas, momenta):
    """A sweep of a set-up: its keys, budget and runs."""
    keys = {key: row[key] for key in ("task", "coding", "targets", "hidden_units", "hidden", "output", "bias", "loss")}
    keys |= {"update": row["update"], "optimizer": row["optimizer"], "frozen": []}
    keys |= dict(zip(("beta1", "beta2", "rho", "epsilon"), row["constants"]))
    keys["frozen"] = frozen_of(row["frozen"], SetUp(keys))
    set_up = SetUp(keys)
    budget = {key: row[key] for key in ("criterion", "tolerance", "hold", "blow_up", "steps")}
    points = []
    for kind in starts:
        start = start_of(kind, set_up.parameters, source)
        if not set_up.bias:
            for place in set_up.fixed:
                if place >= set_up.parameters - set_up.hidden_units - 1:
                    start[place] = 0.0
        points.append(start)
    # A start of a file has its row as its seed.
    from_file = any(str(value) == "-0.0" for start in points for value in start) or len(points) > 1
    seeds = [0] if from_file else [int(source.random() * 2**53)]
    seeds = list(range(len(points))) if from_file else seeds
    runs = [
        (start, alpha, momentum, seed)
        for momentum in momenta
        for alpha in alphas
        for start, seed in zip(points, seeds)
    ]
    return {"keys": keys, "set_up": set_up, "budget": budget, "starts": points, "seeds": seeds, "from_file": from_file,
            "alphas": alphas, "momenta": momenta, "runs": runs}


def all_sweeps():
    source = Source(2026)
    sweeps = []
    chosen, pairs = rows(source)
    for row in chosen:
        sweeps.append(finished(row, source, [row["start"]], [row["alpha"]], [row["momentum"]]))
    question = {"task": "xor", "coding": "zero-one", "targets": None, "hidden_units": 2, "hidden": "sigmoid"}
    question |= {"output": "linear", "bias": True, "frozen": "none", "update": "batch", "optimizer": "gradient-descent"}
    question |= {"constants": CHOICES["constants"][0]}
    budgets = ("criterion", "tolerance", "hold", "blow_up", "steps")
    for number in range(28):
        row = question | {"loss": LOSS[number % 4]} | {key: source.choose(WEIGHTED[key]) for key in budgets}
        starts = [CHOICES["start"][number % len(CHOICES["start"])], source.choose(["normal", "near XOR", "large"])]
        momenta = [0.0] if number % 3 == 0 else [0.0, source.choose([0.5, 0.9, 1.5])]
        alphas = [source.choose([0.1, 0.3, 0.7]), source.choose([0.9, 1.2, 30.0])]
        sweeps.append(finished(row, source, starts, alphas if len(momenta) == 1 else alphas[number % 2 :][:1], momenta))
    # Weights become infinite, so that some outputs are no numbers beside others that are right.
    infinite = question | {"hidden": "leaky-relu", "output": "sigmoid", "loss": "cross-entropy", "criterion": "residual"}
    infinite |= {"tolerance": 0.5, "hold": 1, "blow_up": inf, "steps": 40}
    sweeps.append(finished(infinite, source, ["normal", "normal"], [1e300, 1.7e308], [0.0]))
    return sweeps, pairs
