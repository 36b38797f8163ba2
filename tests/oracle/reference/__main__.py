"""An independent oracle for all set-ups: it shares no code with the crate, and gives the same bits.

It computes a thousand short runs with plain loops over plain floats: the epochs, their events and the words for their
ends. The formulas and their order are those that src/kernel documents; this is the one place where they are written a
second time, on purpose. Needs Python 3.11 and nothing else; before 3.13 it is slow, for want of math.fma.

    python3 tests/oracle/reference PROGRAM [FLAGS]

from the root of the crate makes every run with the program too (FLAGS such as `--isa scalar` are for it), says how many
rows agree in every cell, and fails if one does not. A minute or two; and without a program

    python3 tests/oracle/reference > tests/oracle/reference.csv

writes those of at most MOST_PARAMETERS parameters, and some of the others, to which `tests/numerics/reference.rs` holds
the kernels.
"""

import csv
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from outcome import run
from runs import all_sweeps
from setups import POINTS, is_of_points

# Of the table, by the run's axes and not by its course.
AXES = ["run", "init", "seed", "alpha", "momentum"]
# The file has all runs of at most so many parameters, and one in so many of the others, so that it stays small.
MOST_PARAMETERS = 13
ONE_IN = 7

HEAD = """\
# Runs of all kinds of set-ups as an independent oracle computes them, which shares no code with the crate.
# Written by `python3 tests/oracle/reference > tests/oracle/reference.csv`; not edited by hand.
# Numbers are the shortest that read back to the same double; lists are separated by blanks.
"""
OF_SET_UP = ["task", "coding", "targets", "hidden_units", "hidden", "output", "bias", "frozen", "loss", "update"]
OF_SET_UP += ["optimizer", "beta1", "beta2", "rho", "epsilon"]
OF_BUDGET = ["criterion", "tolerance", "hold", "blow_up", "budget"]
OF_RUN = ["outcome", "plateau", "escaped_at", "solved_at", "converged_at", "steps", "error_first", "error_last", "error_peak"]
OF_RUN += ["peak_at", "asymmetry", "solution", "loss_first", "loss_last"]


def bits(value):
    return "NaN" if value != value else struct.pack(">d", value).hex()


def computed(sweep):
    """The rows of a sweep, as the oracle has them."""
    return [run(sweep["set_up"], sweep["budget"], *one) for one in sweep["runs"]]


def text(value):
    """A value of a spec."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(text, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def spec_of(sweep, folder):
    """The sweep as a spec file."""
    keys = {key: value for key, value in sweep["keys"].items() if value not in (None, [])}
    if is_of_points(keys["task"]):
        keys["task"] = str(POINTS.resolve() / keys["task"])
        del keys["coding"]
    keys |= sweep["budget"] | {"alpha": sweep["alphas"], "momentum": sweep["momenta"]}
    if sweep["from_file"]:
        rows = [",".join(sweep["set_up"].names())] + [",".join(map(repr, start)) for start in sweep["starts"]]
        (folder / "starts.csv").write_text("\n".join(rows) + "\n")
        keys["starts"] = "starts.csv"
    else:
        keys["init"] = "point(" + ",".join(map(repr, sweep["starts"][0])) + ")"
        keys["seeds"] = str(sweep["seeds"][0])
    path = folder / "sweep.toml"
    path.write_text("".join(f"{key} = {text(value)}\n" for key, value in keys.items()))
    return path


def by_program(program, flags, sweep):
    """The rows of a sweep, as the program has them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        out = folder / "out"
        command = [program, spec_of(sweep, folder), "--out", out, "--no-pictures", "--no-xlsx", *flags]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{(folder / 'sweep.toml').read_text()}\n{done.stderr}")
        with open(out / "convergence.csv", newline="") as file:
            return list(csv.DictReader(file))


def differences(ours, theirs):
    """The cells in which a row of the program differs from the oracle's; numbers by their bits."""
    extra = set(theirs) - set(ours) - set(AXES)
    wrong = {key: (None, theirs[key]) for key in extra}
    for key, value in ours.items():
        cell = theirs.get(key)
        if isinstance(value, float):
            is_same = bool(cell) and bits(float(cell)) == bits(value)
        else:
            is_same = cell == ("" if value is None else str(value))
        if not is_same:
            wrong[key] = (value, cell)
    return wrong


def compare(program, flags):
    sweeps, pairs = all_sweeps()
    agree = count = cells = 0
    for sweep in sweeps:
        ours, theirs = computed(sweep), by_program(program, flags, sweep)
        if len(ours) != len(theirs):
            raise SystemExit(f"{len(ours)} runs, but the program has {len(theirs)}: {sweep['keys']}")
        for one, (mine, row) in enumerate(zip(ours, theirs)):
            wrong = differences(mine, row)
            count, agree, cells = count + 1, agree + (not wrong), cells + len(mine)
            if wrong:
                start, alpha, momentum, seed = sweep["runs"][one]
                print(f"{sweep['keys']}, {sweep['budget']}, alpha {alpha!r}, momentum {momentum!r}, seed {seed}, {start}")
                for key, (value, cell) in wrong.items():
                    print(f"    {key}: {value!r}, the program has {cell!r}")
    print(f"{agree} of {count} runs agree in every cell ({cells} cells, {len(sweeps)} set-ups, {pairs} pairs of values)")
    return agree == count


def cell(value):
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return " ".join(map(cell, value))
    return repr(value) if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def write():
    print(HEAD, end="")
    print(*OF_SET_UP, *OF_BUDGET, "alpha", "momentum", "seed", *OF_RUN, "start", "end", sep=",")
    others = 0
    for sweep in all_sweeps()[0]:
        keys, budget = sweep["keys"], sweep["budget"] | {"budget": sweep["budget"]["steps"]}
        for one in sweep["runs"]:
            if sweep["set_up"].parameters > MOST_PARAMETERS:
                others += 1
                if others % ONE_IN:
                    continue
            row = run(sweep["set_up"], sweep["budget"], *one)
            start, alpha, momentum, seed = one
            cells = [keys[name] for name in OF_SET_UP] + [budget[name] for name in OF_BUDGET] + [alpha, momentum, seed]
            cells += [row.get(name) for name in OF_RUN] + [start, [row[f"end_{name}"] for name in sweep["set_up"].names()]]
            print(",".join(map(cell, cells)))


def main():
    if len(sys.argv) > 1:
        program = str(Path(sys.argv[1]).resolve())
        sys.exit(0 if compare(program, sys.argv[2:]) else 1)
    write()


if __name__ == "__main__":
    main()
