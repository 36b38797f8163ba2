"""What became of a run: the row of its table, from what its steps show.

The rules are those of src/kernel/outcome.rs, looked at step by step, without windows.
"""

from math import frexp, inf, isfinite, isnan, ldexp, nan, sqrt

from arithmetic import fma
from kernels import outputs, steps

EPSILON = 2.0**-52


def largest(values):
    """The largest number; what is none is passed over."""
    most = 0.0
    for value in values:
        if value > most:
            most = value
    return most


def is_huge(set_up, theta):
    """Whether rounding alone may move the output unit's sum by a quarter of the distance of the targets."""
    size = abs(theta[set_up.output_bias])
    total = 0.0
    for weights, bias, out in set_up.units:
        most = 1.0
        if set_up.hidden in ("relu", "leaky-relu"):
            sums = []
            for inputs, _ in set_up.samples:
                z = 0.0
                for weight, x in zip(weights, inputs):
                    z += x * theta[weight]
                sums.append(abs(z + theta[bias]))
            most = largest(sums)
        total += abs(theta[out]) * most
    return set_up.low < set_up.high and (size + total) * EPSILON >= 0.25 * (set_up.high - set_up.low)


def is_rounding(set_up, theta):
    return set_up.output == "linear" and is_huge(set_up, theta)


def plateau_of(targets, values):
    """The plateau's name, from targets and outputs."""
    low, high = min(targets), max(targets)
    near = 0.1 * (high - low)

    def mean(numbers):
        total = 0.0
        for number in numbers:
            total += number
        return total / len(numbers) if numbers else nan

    def are_near(numbers, value):
        return all(abs(number - value) <= near for number in numbers)

    if low < high and are_near(values, mean(targets)):
        return "constant"
    if set(targets) > {low, high}:
        return ""
    pairs = list(zip(targets, values))
    right = [abs(value - target) <= near for target, value in pairs]
    opposite = sum(abs(value - (low + high - target)) <= near for target, value in pairs)
    if opposite > 0 and opposite + sum(right) == len(pairs):
        return f"wrong-{opposite}"
    # The other two are known for XOR and XNOR only.
    if len(targets) != 4 or targets[0] != targets[3] or targets[1] != targets[2]:
        return ""
    rest = [pair for pair, is_right in zip(pairs, right) if not is_right]
    is_level = are_near([value for _, value in rest], mean([target for target, _ in rest]))
    if sum(right) == 1 and is_level:
        return "one-unit"
    if sum(right) == 2 and is_level and sum(target == high for target, _ in rest) == 1:
        return "saturated"
    return ""


# What a hidden unit computes, by its values for the samples 00, 10, 01, 11 (bit 0 is 00), in the order of naming.
LOGIC = (
    "never nor x1-not-x2 not-x2 x2-not-x1 not-x1 xor nand and xnor x1 x1-or-not-x2 x2 x2-or-not-x1 or always"
).split()
FIRST_TO_LAST = (
    "x1 x2 x1-not-x2 or x2-not-x1 always and nand not-x1 not-x2 x1-or-not-x2 x2-or-not-x1 xor xnor nor never"
).split()


def solution_of(set_up, theta):
    """What both hidden units compute, each taken with a positive output weight."""
    words = []
    for (along_x, along_y), bias, out in set_up.units:
        bits = 0
        for k, ((x, y), _) in enumerate(set_up.samples):
            z = fma(y, theta[along_y], fma(x, theta[along_x], theta[bias]))
            bits |= (z > 0.0) << k
        words.append(LOGIC[15 - bits if theta[out] < 0.0 else bits])
    return "+".join(sorted(words, key=FIRST_TO_LAST.index))


def asymmetry(set_up, theta):
    """The distance to the nearest point with two equal hidden units; none for one unit."""
    least = None
    for one in range(len(set_up.units)):
        for two in range(one):
            places = zip(*([*weights, bias, out] for weights, bias, out in (set_up.units[two], set_up.units[one])))
            far = distance([(theta[i], theta[j]) for i, j in places])
            if least is None or isnan(far) or far < least:
                least = far
    return least


def distance(pairs):
    """The length of the differences, divided by the root of 2; scaled by a power of two, so that no square overflows."""
    part, differences = 1.0, [a - b for a, b in pairs]
    if any(abs(x) == inf for x in differences):
        part, differences = 0.5, [0.5 * a - 0.5 * b for a, b in pairs]
    most = largest(abs(x) for x in differences)
    # The power of two below the largest, but a normal number.
    scale = 1.0 if most == inf else max(ldexp(1.0, frexp(most)[1] - 1), 2.0**-1022)
    total = 0.0
    for x in differences:
        total += (x / scale) * (x / scale)
    return scale * (sqrt(total / 2.0) / part)


def run(set_up, budget, start, alpha, momentum, seed):
    """The row of a run, without the words of its axes."""
    samples = set_up.samples
    count = len(samples)
    half = set_up.high / 2.0 - set_up.low / 2.0
    targets = [target for _, target in samples]
    sides = [1.0 if target == set_up.high else -1.0 for target in targets]
    mean = 0.0
    for target in targets:
        mean += target
    mean /= count
    constant = 0.0
    for target in targets:
        constant += (target - mean) * (target - mean)
    constant /= count
    one_unit = 4.0 * half * half / 6.0 if set_up.is_xor and set_up.hidden_units == 2 else None
    is_batch = set_up.update == "batch"
    rise, change = (1e-9, 0.01) if is_batch else (0.1, 0.05)
    tenth = budget["steps"] // 10
    length, before = min(tenth, 64), budget["steps"] - tenth

    escaped_at = solved_at = None
    stretch, rose, level_before, level_after = 0, False, 0.0, 0.0
    outcome = None
    for step, seen in enumerate(steps(set_up, start, alpha, momentum, seed)):
        error = seen.error
        if step == 0:
            error_first, loss_first, error_peak, peak_at = error, seen.loss, error, 0
        is_solved = (
            set_up.has_two_targets
            and not isnan(error)
            and all(residual * side < half for residual, side in zip(seen.residuals, sides))
        )
        scale = set_up.loss_scale()
        measured = {
            "error": error,
            "loss": seen.loss if scale is None else error * scale,
            "residual": inf if isnan(error) else largest(abs(residual) for residual in seen.residuals),
        }
        is_met = is_solved if budget["criterion"] == "solved" else measured[budget["criterion"]] <= budget["tolerance"]
        stretch = stretch + 1 if is_met else 0
        if stretch == budget["hold"]:
            outcome = "converged"
        elif not (error <= budget["blow_up"] and isfinite(error)):
            outcome = "diverged"
        elif step == budget["steps"]:
            outcome = "budget"
        if error > error_peak:
            error_peak, peak_at = error, step
        if escaped_at is None and one_unit is not None and error < one_unit:
            escaped_at = step
        if solved_at is None and is_solved:
            solved_at = step
        if step > 0 and step + 64 > budget["steps"] and error > previous * (1.0 + rise):
            rose = True
        previous = error
        if before - length < step <= before:
            level_before += error
        if step + length > budget["steps"]:
            level_after += error
        if outcome:
            break

    plateau = ""
    if outcome == "budget":
        is_late = peak_at > 0 and budget["steps"] - peak_at <= tenth
        is_level = length > 0 and abs(level_after - level_before) <= change * level_before
        if error > constant and is_late and set_up.output == "linear":
            outcome = "diverged"
        elif rose:
            outcome = "oscillating"
        elif is_level:
            outcome = "plateau"
            if not is_huge(set_up, seen.theta):
                plateau = plateau_of(targets, outputs(set_up, seen.theta))
        else:
            outcome = "unfinished"
    elif outcome == "converged" and is_rounding(set_up, seen.theta):
        outcome = "diverged"
    if is_rounding(set_up, start):
        escaped_at = solved_at = None
    has_loss = set_up.loss == "cross-entropy"
    row = {
        "outcome": outcome,
        "plateau": plateau,
        "escaped_at": escaped_at,
        "solved_at": solved_at,
        "converged_at": step + 1 - stretch if outcome == "converged" else None,
        "steps": step,
        "error_first": error_first,
        "error_last": error,
        "error_peak": error_peak,
        "peak_at": peak_at,
        "asymmetry": asymmetry(set_up, start),
    }
    row |= {f"start_{name}": value for name, value in zip(set_up.names(), start)}
    row |= {f"end_{name}": value for name, value in zip(set_up.names(), seen.theta)}
    is_solution = outcome == "converged" and set_up.is_square and set_up.hidden_units == 2
    row["solution"] = solution_of(set_up, seen.theta) if is_solution else None
    if has_loss:
        row |= {"loss_first": loss_first, "loss_last": seen.loss}
    return row
