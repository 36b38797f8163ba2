"""Runs every peer on the same starts, checks that they agree, and only then prints how long they took.

Started by `run`, which installs what is needed. Each peer is a process that has read the starts and waits for tasks
(peer.py says how they talk); repetitions go round all of them, so that what else the machine does hits all alike.
"""

import argparse
import array
import csv
import datetime
import json
import os
import platform
import re
import select
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ALPHA = 0.3
TOLERANCE = 1e-6
NAMES = "w1 w2 w3 w4 w5 w6 b1 b2 b3".split()
PEERS = "r r-quiet numpy-plain jax-plain torch-plain numba-plain c-plain numpy jax torch numba c-fresh c".split()
# These do one run at a time, on one processor.
ONE_AT_A_TIME = ("r", "r-quiet")
# Which of the program's variants in C take part.
VARIANTS = {"c-plain": "1", "c-fresh": "123", "c": "1234"}


class Unable(Exception):
    """A peer cannot take part, and why."""


class Process:
    """A peer that waits for tasks on its standard input."""

    def __init__(self, label, command, environment, patience):
        self.label, self.patience = label, patience
        self.trouble = tempfile.TemporaryFile("w+")
        try:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.trouble,
                text=True, env={**os.environ, **environment}, cwd=HERE,
            )
        except OSError as error:
            raise Unable(str(error)) from None
        self.version = self.answer()["version"]

    def answer(self):
        # One line an answer, so nothing waits in the buffer.
        if not select.select([self.process.stdout], [], [], self.patience)[0]:
            self.process.kill()
            self.process.wait()
            raise Unable(f"{self.label}: no answer within {self.patience} s")
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            self.trouble.seek(0)
            lines = self.trouble.read().strip().splitlines() or [f"exit code {self.process.returncode}"]
            raise Unable(f"{self.label}: {lines[-1]}")
        return json.loads(line)

    def do(self, task):
        try:
            self.process.stdin.write(task.line() + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # the answer says why
        return self.answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Command:
    """The whole program, from its start to the table on the disk."""

    def __init__(self, program, work, runs, threads):
        self.label, self.program, self.out, self.runs, self.threads = "", program, work / "sweep", runs, threads
        self.version = subprocess.check_output([program, "--version"], text=True).strip()

    def command(self, task):
        stop = ["--tolerance", str(TOLERANCE), "--hold", "1"]
        every = ["--tolerance", "0", "--hold", "1000000"]
        return [
            self.program, "sweep", "--init", "uniform(0,1)", "--seeds", f"0..{self.runs}", "--alpha", str(ALPHA),
            "--steps", str(task.steps), *(stop if task.name == "stop" else every), "--threads", str(self.threads),
            "--no-pictures",
        ]

    def do(self, task):
        begin = time.perf_counter()
        self.run(task)
        answer = {"seconds": time.perf_counter() - begin}
        rows = self.rows()
        if task.name == "full":
            answer["mean_error"] = sum(float(row["error_last"]) for row in rows) / len(rows)
        else:
            answer["converged"] = sum(row["outcome"] == "converged" for row in rows)
            answer["mean_steps"] = sum(int(row["steps"]) for row in rows) / len(rows)
        return answer

    def run(self, task):
        shutil.rmtree(self.out, ignore_errors=True)
        done = subprocess.run([*self.command(task), "--out", str(self.out)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"xorsweep failed: {done.stderr.strip()}")

    def rows(self):
        with open(self.out / "convergence.csv", newline="") as file:
            return list(csv.DictReader(file))

    def trace(self, steps):
        """The mean of the errors along the first run."""
        text = subprocess.check_output(
            [self.program, "trace", "--init", "uniform(0,1)", "--seed", "0", "--alpha", str(ALPHA), "--steps", str(steps)],
            text=True,
        )
        errors = [float(row["error"]) for row in csv.DictReader(text.splitlines())]
        return sum(errors) / len(errors)

    def close(self):
        pass


class Task:
    def __init__(self, name, steps):
        self.name, self.steps = name, steps

    def line(self):
        return f"{self.name} {self.steps} {ALPHA} {TOLERANCE if self.name == 'stop' else 0}"


class Entry:
    """A peer with a number of threads, and its times."""

    def __init__(self, name, threads, process, first):
        self.name, self.threads, self.process, self.first = name, threads, process, first
        self.times, self.answer = [], None

    def repeat(self, task, least):
        """One repetition: the work as often as fits `least` seconds, at least once."""
        answers = []
        while not answers or sum(answer["seconds"] for answer in answers) < least:
            answers.append(self.process.do(task))
        self.answer = answers[-1]
        self.times.append(statistics.fmean(answer["seconds"] for answer in answers))


PLAIN = "-plain"


def candidates(name, options):
    """The ways a peer has of doing the work; the fastest takes part."""
    python = [sys.executable, "-B"]
    if name.endswith(PLAIN) and name not in VARIANTS:
        plain = {"PEERS_FORMULA": "plain"}
        return [(label, command, {**more, **plain})
                for label, command, more in candidates(name.removesuffix(PLAIN), options)]
    if name == "xorsweep":
        return [("", [options.built / "examples" / "peer"], {})]
    if name in ONE_AT_A_TIME:
        return [("", ["Rscript", "--vanilla", "question.R"], {"PEERS_R": name.partition("-")[2]})]
    if name == "numba":
        return [(way, [*python, "peer_numba.py"], {"PEERS_NUMBA": way}) for way in ("runs", "blocks")]
    if name == "torch":
        ways = ("eager",) if options.smoke else ("eager", "compiled")
        return [(way, [*python, "peer_torch.py"], {"PEERS_TORCH": way}) for way in ways]
    if name in VARIANTS:
        files = sorted((options.cache / "c").iterdir())
        if not files:
            raise Unable("not compiled")
        return [(f"variant {file.name}", [file], {}) for file in files if file.name[0] in VARIANTS[name]]
    return [("", [*python, f"peer_{name}.py"], {})]


def fastest(name, threads, task, options):
    """Starts every candidate, tries each, and keeps the fastest."""
    best, failures = None, []
    for label, command, environment in candidates(name, options):
        try:
            process = Process(label, [*command, options.starts, options.runs, threads], environment, options.patience)
            first = process.do(task)["seconds"]
            seconds = min(process.do(task)["seconds"] for _ in range(5 if name[0] == "c" else 1))
        except Unable as reason:
            failures.append(str(reason))
            continue
        if best and best[0] <= seconds:
            process.close()
            continue
        if best:
            best[1].process.close()
        best = (seconds, Entry(name, threads, process, first))
    if not best:
        raise Unable("; ".join(failures))
    return best[1], failures


def gather(task, options, skipped):
    """The entries that take part."""
    entries = []
    for threads in options.threads:
        command = Command(options.built / "xorsweep", options.work, options.runs, threads)
        entries.append(Entry("xorsweep, whole command", threads, command, command.do(task)["seconds"]))
        for name in ["xorsweep", *options.peers]:
            reason = options.cache / "skip" / name.partition("-")[0]
            if name in ONE_AT_A_TIME and threads != options.threads[0]:
                continue
            print(f"  {task.name}: getting {name} ready, {threads} threads", file=sys.stderr)
            try:
                if reason.exists():
                    raise Unable(reason.read_text().strip())
                entry, failures = fastest(name, threads, task, options)
            except Unable as unable:
                skipped.setdefault(f"{name} ({task.name}, {threads} threads)", str(unable))
                continue
            entries.append(entry)
            for failure in failures:
                skipped.setdefault(f"{name}, one way of it ({task.name}, {threads} threads)", failure)
    return entries


def check(task, entries, options):
    """Ends the program if a peer has done other work than xorsweep."""
    truth = entries[0].answer
    wrong = []
    for entry in entries:
        mine, theirs = dict(truth), entry.answer
        if entry.name in ONE_AT_A_TIME:
            mine = options.r_truth[task.name](theirs)
        if task.name == "full":
            off = abs(theirs["mean_error"] / mine["mean_error"] - 1)
            if not off <= 1e-9:
                wrong.append(f"mean error {theirs['mean_error']!r}, xorsweep {mine['mean_error']!r}: {entry.name}")
        else:
            if abs(theirs["converged"] - mine["converged"]) > 2:
                wrong.append(f"{theirs['converged']} runs converged, xorsweep {mine['converged']}: {entry.name}")
            if not abs(theirs["mean_steps"] / mine["mean_steps"] - 1) <= 1e-3:
                wrong.append(f"mean steps {theirs['mean_steps']}, xorsweep {mine['mean_steps']}: {entry.name}")
    if wrong:
        sys.exit("The peers do not agree, so their times mean nothing:\n  " + "\n  ".join(wrong))


def rows_of(task, entries, options):
    """A row a peer and thread count. R's sample is scaled up by its steps."""
    total = options.runs * (entries[0].answer["mean_steps"] if task.name == "stop" else task.steps)
    rows = []
    for threads in options.threads:
        base = statistics.median(next(e for e in entries if e.name == "xorsweep" and e.threads == threads).times)
        # What has one processor only is compared with xorsweep on all of them as well.
        for entry in (entry for entry in entries if entry.threads == threads or entry.name in ONE_AT_A_TIME):
            sample = entry.answer.get("runs")
            scale = 1.0
            if sample:
                scale = total / (sample * (entry.answer["mean_steps"] if task.name == "stop" else task.steps))
            scaled = f"(scaled from {sample} of the runs)" if sample else ""
            version = " ".join(filter(None, [entry.process.version, entry.process.label, scaled]))
            median, best = statistics.median(entry.times) * scale, min(entry.times) * scale
            rows.append({
                "task": task.name, "peer": entry.name, "version": version, "threads": 1 if sample else threads,
                "runs": options.runs, "steps": task.steps, "seconds_median": median, "seconds_best": best,
                "run_steps_per_second_median": total / median, "run_steps_per_second_best": total / best,
                "runs_per_second_median": options.runs / median, "xorsweep_is_times_as_fast": median / base,
                "first_call_seconds": entry.first, "repetitions": len(entry.times), "scaled_from_runs": sample or "",
                **{key: entry.answer.get(key, "") for key in ("mean_error", "converged", "mean_steps")},
            })
    return rows


def show(task, rows):
    if task.name == "full":
        print(f"\nEvery step: {rows[0]['runs']} starts uniform(0,1), alpha {ALPHA}, {task.steps} steps, no stop.")
        head = ("peer", "version", "threads", "million run-steps/s, median", "best", "xorsweep is", "first call s")
        cells = [(r["run_steps_per_second_median"] / 1e6, r["run_steps_per_second_best"] / 1e6) for r in rows]
    else:
        print(f"\nUntil E <= {TOLERANCE:g}: the same starts, a budget of {task.steps} steps.")
        head = ("peer", "version", "threads", "seconds, median", "runs/s", "xorsweep is", "first call s")
        cells = [(r["seconds_median"], r["runs_per_second_median"]) for r in rows]
    table = [head]
    for row, (one, two) in zip(rows, cells):
        table.append((
            row["peer"], row["version"], str(row["threads"]), f"{one:.4g}", f"{two:,.4g}" if two < 1e4 else f"{two:,.0f}",
            f"{row['xorsweep_is_times_as_fast']:,.3g} x", f"{row['first_call_seconds']:.2f}",
        ))
    widths = [max(len(line[column]) for line in table) for column in range(len(head))]
    for line in table:
        words = [word.ljust(w) if c < 2 else word.rjust(w) for c, (word, w) in enumerate(zip(line, widths))]
        print("  ".join(words).rstrip())


def processor():
    try:
        found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
        return found.group(1) if found else platform.processor()
    except OSError:
        return platform.processor()


def arguments():
    parser = argparse.ArgumentParser(prog="benches/peers/run", description="Times xorsweep and its peers side by side.")
    parser.add_argument("--smoke", action="store_true", help="a small run that shows that all works; its times say little")
    parser.add_argument("--record", action="store_true", help="also write results/speed/peers.csv")
    parser.add_argument("--repetitions", type=int, default=None, help="how often each is timed (5; smoke: 2)")
    parser.add_argument("--least", type=float, default=None, help="seconds of work a repetition has at least (0.3; smoke: 0)")
    parser.add_argument("--runs", type=int, default=None, help="starts (4096; smoke: 256)")
    parser.add_argument("--steps", type=int, default=None, help="steps when none stops (2000; smoke: 200)")
    parser.add_argument("--budget", type=int, default=None, help="most steps of a run that stops (10000; smoke: 2000)")
    parser.add_argument("--patience", type=int, default=300, help="seconds a peer may take for one piece of work (300)")
    parser.add_argument("--threads", type=lambda text: [int(part) for part in text.split(",")], default=None,
                        help="thread counts, by comma (1 and all; smoke: all)")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=PEERS,
                        help=f"which, by comma ({','.join(PEERS)})")
    for name in ("--cache", "--built", "--root"):
        parser.add_argument(name, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    defaults = {"repetitions": (5, 2), "least": (0.3, 0.0), "runs": (4096, 256), "steps": (2000, 200), "budget": (10000, 2000)}
    for name, (usual, smoke) in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, smoke if options.smoke else usual)
    if unknown := [name for name in options.peers if name not in PEERS]:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS)}")
    if options.smoke and options.record:
        parser.error("a smoke run is not worth recording")
    if options.threads is None:
        every = len(os.sched_getaffinity(0))
        options.threads = [every] if options.smoke else sorted({1, every})
    if options.smoke:
        os.environ["OMP_WAIT_POLICY"] = "passive"  # so that it ends soon on a busy machine, too
    return options


def prepare(options):
    """Writes the starts from xorsweep's own table, and what R's sample must come to."""
    reference = Command(options.built / "xorsweep", options.work, options.runs, options.threads[-1])
    stop = Task("stop", options.budget)
    reference.do(stop)
    rows = reference.rows()
    options.starts = options.work / "starts.f64"
    values = array.array("d", (float(row[f"start_{name}"]) for row in rows for name in NAMES))
    if sys.byteorder == "big":
        values.byteswap()
    options.starts.write_bytes(values.tobytes())

    def sample(answer):
        part = rows[: answer["runs"]]
        return {
            "converged": sum(row["outcome"] == "converged" for row in part),
            "mean_steps": sum(int(row["steps"]) for row in part) / len(part),
        }

    trace = reference.trace(options.steps)
    options.r_truth = {"full": lambda _: {"mean_error": trace}, "stop": sample}
    return [Task("full", options.steps), stop]


def record(rows, options):
    """All or nothing, with what is needed to tell where and how it was measured."""
    folder = options.root / "results" / "speed"
    folder.mkdir(parents=True, exist_ok=True)
    commit = subprocess.run(["git", "-C", options.root, "describe", "--always", "--dirty", "--abbrev=12"],
                            capture_output=True, text=True).stdout.strip()
    common = {
        "date": datetime.date.today().isoformat(), "cpu": processor(), "processors": os.cpu_count(),
        "load_before": options.load, "commit": commit, "command": os.environ.get("PEERS_COMMAND", "").strip(),
    }
    partial = folder / "peers.csv.partial"
    with open(partial, "w", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *common], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, **common} for row in rows)
    partial.replace(folder / "peers.csv")
    print("\nRecorded in results/speed/peers.csv.")


def main():
    options = arguments()
    options.load = round(os.getloadavg()[0], 2)
    skipped, rows = {}, []
    with tempfile.TemporaryDirectory() as work:
        options.work = Path(work)
        for task in prepare(options):
            entries = gather(task, options, skipped)
            for repetition in range(options.repetitions):
                print(f"  {task.name}: repetition {repetition + 1} of {options.repetitions}", file=sys.stderr)
                for entry in entries:
                    try:
                        entry.repeat(task, options.least)
                    except Unable as unable:
                        sys.exit(f"{entry.name} failed in the middle: {unable}")
            for entry in entries:
                entry.process.close()
            check(task, entries, options)
            rows.append((task, rows_of(task, entries, options)))
    print(f"{processor()}, {os.cpu_count()} processors; load before the start {options.load}. All peers agree.")
    if options.load > 0.3:
        print("The machine was busy with something else; do not trust these times.")
    for task, part in rows:
        show(task, part)
    for name, reason in skipped.items():
        print(f"\nskipped: {name}: {reason}")
    if options.smoke:
        print("\nA smoke run: PyTorch was not compiled, and the times say little.")
    if options.record:
        record([row for _, part in rows for row in part], options)


main()
