"""Runs the XOR programs of this folder and xorsweep from the same starts, and prints how far they are apart.

    cargo build --release
    python3 -m venv target/venv
    target/venv/bin/pip install numpy torch keras tensorflow-cpu
    target/venv/bin/python tests/oracle/programs/agree.py target/release/xorsweep

src/your_program.md quotes what it finds. Each difference is the largest over all steps, of an error or a parameter;
in double precision it has to be below LIMIT.
"""

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
XORSWEEP = str(Path(sys.argv[1]).resolve())
LIMIT = 1e-9

# Program, its arguments, the start it leaves, and the same set-up in xorsweep.
RUNS = [
    ("from_numpy.py", ["sum"], "numpy-start.npy", ["--alpha", "0.3"]),
    ("from_numpy.py", ["half-sum"], "numpy-start.npy", ["--alpha", "0.3"]),
    ("from_numpy.py", ["mean"], "numpy-start.npy", ["--alpha", "0.3"]),
    ("from_numpy.py", ["half-mean"], "numpy-start.npy", ["--alpha", "0.3"]),
    ("from_keras.py", [], "keras-start.json", ["--alpha", "0.125", "--momentum", "0.875"]),
    ("from_pytorch.py", [], "pytorch-start.json", ["--alpha", "0.05", "--momentum", "0.9"]),
]
# What stops the NumPy program: its loss at 1e-4 or below, as a mean of squares.
TOLERANCES = {"sum": "0.25e-4", "half-sum": "0.5e-4", "mean": "1e-4", "half-mean": "2e-4"}


def run(folder, command):
    environment = {"KERAS_BACKEND": "tensorflow", **os.environ}
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)


def rows(text):
    return [[float(cell) for cell in row] for row in list(csv.reader(text.splitlines()))[1:]]


failed = False
for program, arguments, start, flags in RUNS:
    for precision in ([], ["float32"]):
        with tempfile.TemporaryDirectory() as folder:
            ran = run(folder, [sys.executable, str(HERE / program), *arguments, *precision])
            theirs = rows(ran.stdout)
            steps = str(int(theirs[-1][0]))
            traced = run(folder, [XORSWEEP, "trace", "--starts", start, *flags, "--steps", steps])
            ours = rows(traced.stdout)
            assert len(ours) == len(theirs) > 100
            pairs = [(a, b) for mine, their in zip(ours, theirs) for a, b in zip(mine, their)]
            difference = max(abs(a - b) for a, b in pairs)
            failed |= not precision and difference > LIMIT
            words = " ".join([program, *arguments, *precision])
            print(f"{words}: {steps} steps, error {theirs[0][1]:.3g} to {theirs[-1][1]:.3g}, apart {difference:.1e}")
            if arguments and not precision:
                stop = ["--tolerance", TOLERANCES[arguments[0]], "--hold", "1", "--steps", steps]
                run(folder, [XORSWEEP, "--starts", start, *flags, *stop, "--out", "out", "--no-pictures"])
                table = list(csv.DictReader(open(Path(folder) / "out" / "convergence.csv")))
                stopped = ran.stderr.split()[-1]
                failed |= table[0]["converged_at"] != stopped
                print(f"  {ran.stderr.strip()}, xorsweep: converged_at {table[0]['converged_at']}")
sys.exit(failed)
