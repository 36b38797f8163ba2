"""Tasks, and `xorsweep trace` on a set-up: what the comparisons of whole set-ups with other programs share."""

import csv
import io
import subprocess

XOR = [([0.0, 0.0], 0.0), ([1.0, 0.0], 1.0), ([0.0, 1.0], 1.0), ([1.0, 1.0], 0.0)]
SIGNS = [([2 * x - 1 for x in inputs], 2 * y - 1) for inputs, y in XOR]
PARITY = [([float(k >> i & 1) for i in range(3)], float(k.bit_count() % 2)) for k in range(8)]
AND = [(inputs, float(inputs == [1.0, 1.0])) for inputs, _ in XOR]


def by_xorsweep(program, keys, steps):
    """The start and the parameters after all steps."""
    flags = [f"--{key.replace('_', '-')}={value}" for key, value in keys.items()]
    command = [program, "trace", "--seed=5", f"--steps={steps}", f"--every={steps}", *flags]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    names = [name for name in rows[0] if name[0] in "wb" and name[1:].isdigit()]
    return [[float(row[name]) for name in names] for row in (rows[0], rows[-1])]


def apart(ours, theirs):
    """The largest difference of two points, relative where parameters are large."""
    return max(abs(a - b) / (1 + abs(b)) for a, b in zip(ours, theirs, strict=True))
