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

from works import DEFAULT, WORKS

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-6
PEERS = "r r-quiet numpy-plain jax-plain torch-plain numba-plain c-plain numpy jax torch numba c-fresh c".split()
# Those that take part in the set-ups other than the default.
IN_SET_UPS = "torch-plain jax-plain numba-plain torch jax numba".split()
# These do one run at a time, on one processor; in the set-ups all the plain ones do.
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

    def __init__(self, options, work, threads):
        self.label, self.program, self.out = "", options.built / "xorsweep", options.folder / "sweep"
        self.work, self.spec, self.runs, self.threads = work, spec_of(work, options), options.runs, threads
        self.version = subprocess.check_output([self.program, "--version"], text=True).strip()

    def command(self, task):
        stop = ["--tolerance", str(TOLERANCE), "--hold", "1"]
        every = ["--tolerance", "0", "--hold", "1000000"]
        return [
            self.program, "sweep", self.spec, "--init", self.work.init, "--seeds", f"0..{self.runs}",
            "--alpha", str(self.work.alpha), "--steps", str(task.steps), *(stop if task.name == "stop" else every),
            "--threads", str(self.threads), "--no-pictures",
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
            [self.program, "trace", "--init", self.work.init, "--seed", "0", "--alpha", str(self.work.alpha),
             "--steps", str(steps)],
            text=True,
        )
        errors = [float(row["error"]) for row in csv.DictReader(text.splitlines())]
        return sum(errors) / len(errors)

    def close(self):
        pass


class Task:
    """What all do: `starts` is a file, and `sample` tells from an answer of some of the runs what it must come to."""

    def __init__(self, work, name, steps, starts, sample):
        self.work, self.name, self.steps, self.starts, self.sample = work, name, steps, starts, sample

    def line(self):
        return f"{self.name} {self.steps} {self.work.alpha} {TOLERANCE if self.name == 'stop' else 0}"

    def __str__(self):
        return self.name if self.work is DEFAULT else self.work.name


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


def one_at_a_time(name, work):
    return name in ONE_AT_A_TIME or (work is not DEFAULT and name.endswith(PLAIN))


def spec_of(work, options):
    """The file that says what xorsweep is to train, and how."""
    file = options.folder / f"{work.name}.toml"
    file.write_text(work.spec())
    return file


def candidates(name, work, options):
    """The ways a peer has of doing the work; the fastest takes part."""
    python = [sys.executable, "-B"]
    if work is not DEFAULT and name in IN_SET_UPS and one_at_a_time(name, work):
        return [("", [*python, f"one_{name.removesuffix(PLAIN)}.py"], {})]
    if name.endswith(PLAIN) and name not in VARIANTS:
        plain = {"PEERS_FORMULA": "plain"}
        return [(label, command, {**more, **plain})
                for label, command, more in candidates(name.removesuffix(PLAIN), work, options)]
    if name == "xorsweep":
        return [("", [options.built / "examples" / "peer"], {})]
    if name in ONE_AT_A_TIME:
        return [("", ["Rscript", "--vanilla", "question.R"], {"PEERS_R": name.partition("-")[2]})]
    if name == "numba":
        file = "peer_numba.py" if work is DEFAULT else "many_numba.py"
        return [(way, [*python, file], {"PEERS_NUMBA": way}) for way in ("runs", "blocks")]
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
    for label, command, environment in candidates(name, task.work, options):
        wanted = [*command, task.starts, options.runs, threads]
        if name == "xorsweep":
            wanted.append(spec_of(task.work, options))
        try:
            process = Process(label, wanted, {**environment, "PEERS_WORK": task.work.name}, options.patience)
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
        command = Command(options, task.work, threads)
        entries.append(Entry("xorsweep, whole command", threads, command, command.do(task)["seconds"]))
        peers = [name for name in options.peers if task.work is DEFAULT or name in IN_SET_UPS]
        for name in ["xorsweep", *peers]:
            reason = options.cache / "skip" / name.partition("-")[0]
            alone = one_at_a_time(name, task.work)
            if alone and threads != options.threads[0]:
                continue
            print(f"  {task}: getting {name} ready, {threads} threads", file=sys.stderr)
            try:
                if reason.exists():
                    raise Unable(reason.read_text().strip())
                entry, failures = fastest(name, 1 if alone else threads, task, options)
            except Unable as unable:
                skipped.setdefault(f"{name} ({task}, {threads} threads)", str(unable))
                continue
            entries.append(entry)
            for failure in failures:
                skipped.setdefault(f"{name}, one way of it ({task}, {threads} threads)", failure)
    return entries


def check(task, entries):
    """Ends the program if a peer has done other work than xorsweep."""
    truth = entries[0].answer
    wrong = []
    for entry in entries:
        mine, theirs = dict(truth), entry.answer
        if "runs" in theirs:
            mine = task.sample(theirs)
        if task.name == "full":
            off = abs(theirs["mean_error"] / mine["mean_error"] - 1)
            if not off <= 1e-9:
                wrong.append(f"{task}: mean error {theirs['mean_error']!r}, xorsweep {mine['mean_error']!r}: {entry.name}")
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
        for entry in (e for e in entries if e.threads == threads or one_at_a_time(e.name, task.work)):
            sample = entry.answer.get("runs")
            scale = 1.0
            if sample:
                scale = total / (sample * (entry.answer["mean_steps"] if task.name == "stop" else task.steps))
            scaled = f"(scaled from {sample} of the runs)" if sample else ""
            version = " ".join(filter(None, [entry.process.version, entry.process.label, scaled]))
            median, best = statistics.median(entry.times) * scale, min(entry.times) * scale
            rows.append({
                **({} if task.work is DEFAULT else {"set_up": task.work.name}),
                "task": task.name, "peer": entry.name, "version": version, "threads": entry.threads,
                "runs": options.runs, "steps": task.steps, "seconds_median": median, "seconds_best": best,
                "run_steps_per_second_median": total / median, "run_steps_per_second_best": total / best,
                "runs_per_second_median": options.runs / median, "xorsweep_is_times_as_fast": median / base,
                "first_call_seconds": entry.first, "repetitions": len(entry.times), "scaled_from_runs": sample or "",
                **{key: entry.answer.get(key, "") for key in ("mean_error", "converged", "mean_steps")},
            })
    return rows


def show(task, rows):
    if task.name == "full":
        title = "Every step" if task.work is DEFAULT else f"{task.work.name}, {task.work.title}"
        print(f"\n{title}: {rows[0]['runs']} starts {task.work.init}, alpha {task.work.alpha}, {task.steps} steps, no stop.")
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
    parser.add_argument("--record", action="store_true", help="also write results/speed/peers.csv and peers-set-ups.csv")
    parser.add_argument("--work", dest="works", type=lambda text: text.split(","), default=list(WORKS),
                        help=f"which set-ups, by comma ({','.join(WORKS)})")
    parser.add_argument("--repetitions", type=int, default=None, help="how often each is timed (5; smoke: 2)")
    parser.add_argument("--least", type=float, default=None, help="seconds of work a repetition has at least (0.3; smoke: 0)")
    parser.add_argument("--runs", type=int, default=None, help="starts (4096; smoke: 256)")
    parser.add_argument("--steps", type=int, default=None, help="steps when none stops (2000, in the set-ups 1000; smoke: 200)")
    parser.add_argument("--budget", type=int, default=None, help="most steps of a run that stops (10000; smoke: 2000)")
    parser.add_argument("--patience", type=int, default=300, help="seconds a peer may take for one piece of work (300)")
    parser.add_argument("--threads", type=lambda text: [int(part) for part in text.split(",")], default=None,
                        help="thread counts, by comma (1 and all; smoke: all)")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=PEERS,
                        help=f"which, by comma ({','.join(PEERS)})")
    for name in ("--cache", "--built", "--root"):
        parser.add_argument(name, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    defaults = {"repetitions": (5, 2), "least": (0.3, 0.0), "runs": (4096, 256), "steps": (None, 200), "budget": (10000, 2000)}
    for name, (usual, smoke) in defaults.items():
        if getattr(options, name) is None:
            setattr(options, name, smoke if options.smoke else usual)
    for what, given, known in (("peer", options.peers, PEERS), ("work", options.works, WORKS)):
        if unknown := [name for name in given if name not in known]:
            parser.error(f"no such {what}: {', '.join(unknown)}; there are {', '.join(known)}")
    options.works = [WORKS[name] for name in options.works]
    if options.smoke and options.record:
        parser.error("a smoke run is not worth recording")
    if options.threads is None:
        every = len(os.sched_getaffinity(0))
        options.threads = [every] if options.smoke else sorted({1, every})
    if options.smoke:
        os.environ["OMP_WAIT_POLICY"] = "passive"  # so that it ends soon on a busy machine, too
    return options


def prepare(work, options):
    """The tasks of a work, with its starts from xorsweep's own table."""
    steps = work.steps if options.steps is None else options.steps
    reference = Command(options, work, options.threads[-1])
    starts = options.folder / f"{work.name}.f64"
    tasks = [Task(work, "full", steps, starts, None)]
    if work is DEFAULT:
        tasks.append(Task(work, "stop", options.budget, starts, None))
    reference.do(tasks[-1])
    rows = reference.rows()
    values = array.array("d", (float(row[f"start_{name}"]) for row in rows for name in work.parameters))
    if sys.byteorder == "big":
        values.byteswap()
    starts.write_bytes(values.tobytes())

    def stopped(answer):
        part = rows[: answer["runs"]]
        return {
            "converged": sum(row["outcome"] == "converged" for row in part),
            "mean_steps": sum(int(row["steps"]) for row in part) / len(part),
        }

    def ended(answer):
        return {"mean_error": statistics.fmean(float(row["error_last"]) for row in rows[: answer["runs"]])}

    if work is DEFAULT:
        trace = reference.trace(steps)
        tasks[0].sample, tasks[1].sample = lambda _: {"mean_error": trace}, stopped
    else:
        tasks[0].sample = ended
    return tasks


def record(rows, options):
    """What was measured now, with what is needed to tell where and how. Rows of other set-ups stay as they are."""
    commit = subprocess.run(["git", "-C", options.root, "describe", "--always", "--dirty", "--abbrev=12"],
                            capture_output=True, text=True).stdout.strip()
    common = {
        "date": datetime.date.today().isoformat(), "cpu": processor(), "processors": os.cpu_count(),
        "load_before": options.load, "commit": commit, "command": os.environ.get("PEERS_COMMAND", "").strip(),
    }
    now = [{**row, **common} for row in rows]
    replace("peers.csv", [row for row in now if "set_up" not in row], options)
    order = list(WORKS)
    of_set_ups = [row for row in now if "set_up" in row]
    measured = {row["set_up"] for row in of_set_ups}
    path = options.root / "results" / "speed" / "peers-set-ups.csv"
    if measured and path.exists():
        with open(path, newline="") as file:
            of_set_ups += [row for row in csv.DictReader(file) if row["set_up"] not in measured]
    replace("peers-set-ups.csv", sorted(of_set_ups, key=lambda row: order.index(row["set_up"])), options)


def replace(name, rows, options):
    """Writes a table, all or nothing; without rows it stays as it is."""
    if not rows:
        return
    folder = options.root / "results" / "speed"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{name}.partial"
    with open(partial, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(folder / name)
    print(f"\nRecorded in results/speed/{name}.")


def compare(task, options, skipped):
    """The rows of a task, if all agree."""
    entries = gather(task, options, skipped)
    for repetition in range(options.repetitions):
        print(f"  {task}: repetition {repetition + 1} of {options.repetitions}", file=sys.stderr)
        for entry in entries:
            try:
                entry.repeat(task, options.least)
            except Unable as unable:
                sys.exit(f"{entry.name} failed in the middle: {unable}")
    for entry in entries:
        entry.process.close()
    check(task, entries)
    return rows_of(task, entries, options)


def main():
    options = arguments()
    options.load = round(os.getloadavg()[0], 2)
    skipped, rows = {}, []
    with tempfile.TemporaryDirectory() as folder:
        options.folder = Path(folder)
        for work in options.works:
            for task in prepare(work, options):
                rows.append((task, compare(task, options, skipped)))
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
