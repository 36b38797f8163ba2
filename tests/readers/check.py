"""Reads tables as people do, with no options, and compares every cell with a parse of its own.

    check.py FOLDER...      folders of results, each with tables as CSV or Parquet, or a workbook

A table as CSV is first parsed by Python's csv module, and every cell turned into what its column holds; that is what is
expected of each reader: the same values, the same kinds of columns, the same empty cells. Where a reader cannot do
that, what it does instead stands in LIMITS, and nothing else passes. Prints a line for each reader and table, and at the
end how many passed.
"""

import csv
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import duckdb
import openpyxl
import pandas
import polars
import pyarrow
import pyarrow.csv
import pyarrow.parquet

HERE = Path(__file__).parent
WORDS = {"init", "outcome", "plateau", "solution", "name"}
COUNTS = {"run", "escaped_at", "solved_at", "converged_at", "steps", "peak_at", "flat_directions", "step", "runs",
          "converged", "plateau_constant", "plateau_one_unit", "plateau_saturated", "plateau_wrong", "plateau_other",
          "oscillating", "diverged", "unfinished", "escaped", "solved"}
EXACT = 2**53  # up to here a double holds every integer
OLDER = duckdb.__version__ < "2"

# What readers do that is not what stands in the table: for each of them words that a remark may begin with.
LIMITS = {
    "pandas.read_csv": ["doubles for integers", "rounded seeds", "text for seeds", "a column of nothing",
                        "off by a rounding"],
    "pandas.read_parquet": ["doubles for integers", "rounded seeds", "a column of nothing"],
    "polars.read_csv": ["text since the first"],
    "DuckDB on CSV": ["text since the first 20,480", *(["doubles for integers", "rounded seeds"] if OLDER else [])],
    "pyarrow.csv": ["an empty word for an empty cell", "an empty cell for NaN", "doubles for integers", "rounded seeds",
                    "a column of nothing"],
    "R read.csv": ["an empty word for an empty cell", "doubles for integers", "rounded seeds", "off by a rounding",
                   "a column of nothing"],
    "LibreOffice": ["rounded seeds", "doubles for integers", "15 digits", "a word for inf or NaN", "a column of nothing",
                    "letters beyond ASCII"],
}


def kind_of(name):
    return "word" if name in WORDS else "seed" if name == "seed" else "count" if name in COUNTS else "number"


def expected(path):
    """The columns of a table as CSV: name to cells, None for an empty one."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert len(set(header)) == len(header) and all(len(row) == len(header) for row in rows), path
    turn = {"word": str, "seed": int, "count": int, "number": float}
    return {
        name: [None if cell == "" else turn[kind_of(name)](cell) for cell in cells]
        for name, cells in zip(header, zip(*rows) if rows else [[]] * len(header))
    }


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


def same(one, other):
    """The same double, bit for bit but for NaN, or the same word or integer."""
    if is_nan(one) or is_nan(other):
        return is_nan(one) and is_nan(other)
    return one == other and (one != 0 or math.copysign(1, one) == math.copysign(1, other))


def compare(name, cells, kind, found, digits=17):
    """Fails with what is wrong about a column that was read as `kind`; yields remarks on what is only different."""
    assert len(found) == len(cells), f"{name}: {len(found)} rows of {len(cells)}"
    wanted = kind_of(name)
    is_empty = all(cell is None for cell in cells)
    if is_empty and all(cell is None or cell == "" or is_nan(cell) for cell in found):
        if kind not in ("text", {"word": "text", "number": "double"}.get(wanted, "integer")):
            yield "a column of nothing"
        return
    for place, (cell, got) in enumerate(zip(cells, found)):
        remark = None
        if cell is None:
            if got == "" and wanted == "word":
                remark = "an empty word for an empty cell"
            elif got is not None and not (is_nan(got) and kind == "double"):
                raise AssertionError(f"{name}, row {place}: an empty cell became {got!r}")
        elif wanted == "word":
            if digits < 17 and got != cell and got == cell.encode().decode("cp1252"):
                remark = "letters beyond ASCII"  # without its dialog it takes a file for one of Windows-1252
            elif got != cell:
                raise AssertionError(f"{name}, row {place}: {cell!r} became {got!r}")
        elif kind == "text" or isinstance(got, str):
            if wanted == "number" and isinstance(got, str) and got in ("inf", "-inf", "NaN") and kind == "mixed":
                remark = "a word for inf or NaN"
                cell, got = str(float(cell)), str(float(got))
            elif got is None or str(got) == "" or float(got) != cell and int(got) != cell:
                raise AssertionError(f"{name}, row {place}: {cell!r} became {got!r}")
            elif wanted == "seed" and max(filter(None, cells)) > EXACT:
                remark = "text for seeds"
            else:
                first = next(place for place, cell in enumerate(cells) if cell is not None)
                most = 20_480 if first >= 20_480 else 100
                remark = f"text since the first {most:,} cells are empty" if first >= most else "text for numbers"
        elif wanted == "number":
            if got is None and is_nan(cell):
                remark = "an empty cell for NaN"
            elif not same(float(got), cell) and not (got == 0 == cell and digits < 17):
                off = abs(got - cell) / abs(cell) if math.isfinite(got) and cell else math.inf
                remark = "15 digits" if digits < 17 else "off by a rounding"
                if off > (1e-15 if digits == 17 else 10.0 ** (1 - digits)):
                    raise AssertionError(f"{name}, row {place}: {cell!r} became {got!r}")
            if kind == "integer":
                raise AssertionError(f"{name}: a column of numbers became one of integers")
        else:
            if got is None or is_nan(got) or int(got) != cell:
                if got is None or float(got) != float(cell) and digits == 17 or cell <= EXACT:
                    raise AssertionError(f"{name}, row {place}: {cell!r} became {got!r}")
                remark = "rounded seeds"
            elif kind != "integer" and not is_empty:
                remark = "doubles for integers"
        if remark:
            yield remark


def by_pandas(frame):
    for name in frame.columns:
        column = frame[name]
        kind = str(column.dtype).lower()
        kind = ("integer" if "int" in kind else "double" if kind.startswith(("float", "double")) else
                "text" if kind in ("str", "object", "string") else kind)
        if kind == "text":
            yield name, kind, [None if not isinstance(cell, str) else cell for cell in column]
        else:
            yield name, kind, [None if cell is pandas.NA else cell for cell in column.tolist()]


def pandas_csv(path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it reads in pieces, and tells when a column of words is empty in one
        return by_pandas(pandas.read_csv(path))


def pandas_csv_typed(path):
    return by_pandas(pandas.read_csv(path, dtype={"seed": "UInt64"}, low_memory=False))


def pandas_parquet(path):
    return by_pandas(pandas.read_parquet(path))


def pandas_parquet_typed(path):
    for name, kind, cells in by_pandas(pandas.read_parquet(path, dtype_backend="pyarrow")):
        kind = {"int64[pyarrow]": "integer", "uint64[pyarrow]": "integer", "double[pyarrow]": "double",
                "string[pyarrow]": "text"}.get(kind, kind)
        yield name, kind, [None if cell is pandas.NA else cell for cell in cells]


def by_polars(frame):
    for column in frame.iter_columns():
        kind = ("integer" if column.dtype.is_integer() else "double" if column.dtype.is_float() else
                "text" if column.dtype == polars.String else str(column.dtype))
        yield column.name, kind, column.to_list()


def by_duckdb(path):
    relation = duckdb.sql(f"SELECT * FROM '{path}'")
    kinds = {"VARCHAR": "text", "DOUBLE": "double"}
    kinds = [kinds.get(str(kind), "integer" if str(kind).endswith("INT") else str(kind)) for kind in relation.types]
    rows = relation.fetchall()
    for place, (name, kind) in enumerate(zip(relation.columns, kinds)):
        yield name, kind, [row[place] for row in rows]


def by_pyarrow(table):
    for name in table.column_names:
        kind = str(table.schema.field(name).type)
        kind = {"string": "text", "int64": "integer", "uint64": "integer"}.get(kind, kind)
        yield name, kind, table.column(name).to_pylist()


def by_r(path):
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        subprocess.run(["Rscript", "--vanilla", HERE / "read.R", path, out], check=True, stdout=subprocess.DEVNULL)
        lines = out.read_text(encoding="utf-8").split("\n")[:-1]
    with open(path, newline="", encoding="utf-8") as file:
        names = next(csv.reader(file))
    rows = len(lines) // len(names)
    for place, name in enumerate(names):
        head, *cells = lines[place * rows:(place + 1) * rows]
        assert head.startswith(f"{name} "), head
        kind = {"integer": "integer", "numeric": "double", "character": "text"}.get(head.split()[1], head)
        turn = {"integer": int, "double": float, "text": lambda cell: cell[1:]}.get(kind, str)
        yield name, kind, [None if cell == "NA" else turn(cell) for cell in cells]


def by_sheet(path, sheet=0):
    """A workbook's sheet; a column is of text if all its cells are, and of several kinds if some are."""
    rows = openpyxl.load_workbook(path, read_only=True).worksheets[sheet].iter_rows(values_only=True)
    header, *rows = rows
    for place, name in enumerate(header):
        cells = [row[place] if place < len(row) else None for row in rows]
        kinds = {type(cell) for cell in cells if cell is not None}
        kind = {frozenset(): "text", frozenset({str}): "text", frozenset({int}): "integer"}.get(frozenset(kinds))
        kind = kind or ("double" if kinds <= {int, float} else "mixed")
        if kind == "text" and kind_of(name) == "number":
            kind = "mixed"
        yield name, "double" if kind == "integer" and kind_of(name) == "number" else kind, cells


def by_libreoffice(path):
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "xlsx",
                   "--outdir", folder, str(path)]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        yield from by_sheet(Path(folder) / f"{Path(path).stem}.xlsx")


def version(*command):
    if shutil.which(command[0]) is None:
        return None
    text = subprocess.run(command, capture_output=True, text=True, check=True)
    return re.search(r"\d+(\.\d+)+", text.stdout + text.stderr)[0]


LIBREOFFICE, R = version("soffice", "--version"), version("Rscript", "--version")

# Reader, version, how it reads, and how many digits it shows.
CSV = [
    ("pandas.read_csv", pandas.__version__, pandas_csv, 17),
    ("pandas.read_csv, seed as UInt64", pandas.__version__, pandas_csv_typed, 17),
    ("polars.read_csv", polars.__version__, lambda path: by_polars(polars.read_csv(path)), 17),
    ("polars.read_csv, all rows for the types", polars.__version__,
     lambda path: by_polars(polars.read_csv(path, infer_schema_length=None)), 17),
    ("DuckDB on CSV", duckdb.__version__, by_duckdb, 17),
    ("pyarrow.csv", pyarrow.__version__, lambda path: by_pyarrow(pyarrow.csv.read_csv(path)), 17),
    ("R read.csv", R, by_r, 17),
    ("LibreOffice", LIBREOFFICE, by_libreoffice, 15),
]
PARQUET = [
    ("pandas.read_parquet", pandas.__version__, pandas_parquet, 17),
    ("pandas.read_parquet, pyarrow's types", pandas.__version__, pandas_parquet_typed, 17),
    ("polars.read_parquet", polars.__version__, lambda path: by_polars(polars.read_parquet(path)), 17),
    ("DuckDB on Parquet", duckdb.__version__, by_duckdb, 17),
    ("pyarrow.parquet", pyarrow.__version__, lambda path: by_pyarrow(pyarrow.parquet.read_table(path)), 17),
]
LIMITS["pandas.read_csv, seed as UInt64"] = ["doubles for integers", "a column of nothing", "off by a rounding"]


def check(reader, digits, columns, read):
    """The remarks on a table that was read; fails where it is not what stands there."""
    remarks = {}
    names = []
    for name, kind, found in read:
        names.append(name)
        wanted = {"word": "text", "number": "double"}.get(kind_of(name), "integer")
        for remark in compare(name, columns[name], kind, found, digits):
            remarks.setdefault(remark, set()).add(name)
        if not any(remarks_of and name in remarks_of for remarks_of in remarks.values()) and kind != wanted:
            assert all(cell is None for cell in columns[name]), f"{name}: {kind}, not {wanted}"
    assert names == list(columns), names
    for remark in remarks:
        assert remark.startswith(tuple(LIMITS.get(reader, []))), f"{remark}: {', '.join(sorted(remarks[remark]))}"
    return "; ".join(f"{remark} ({len(names)} columns)" for remark, names in sorted(remarks.items()))


def unmarked(columns):
    """As it is where a word needs no mark against being taken for something else."""
    strip = lambda cell: cell.removeprefix("'") if isinstance(cell, str) else cell
    return {name: [strip(cell) for cell in cells] for name, cells in columns.items()}


def parquet_is_typed(path, spec):
    file = pyarrow.parquet.ParquetFile(path)
    for field in file.schema_arrow:
        wanted = {"word": "string", "seed": "uint64", "count": "int64", "number": "double"}[kind_of(field.name)]
        assert str(field.type) == wanted, f"{field.name} is {field.type}, not {wanted}"
    assert file.schema_arrow.metadata[b"xorsweep.spec"].decode() == spec.read_text()
    frame = polars.read_parquet(path)
    if {"steps", "peak_at"} <= set(frame.columns):
        # Without a sign the differences would wrap.
        difference = frame.select((polars.col("peak_at") - polars.col("steps")).mean()).item()
        assert difference <= 0, f"mean of peak_at - steps: {difference}"


def workbook_is_one(path):
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["summary", "charts", "columns"], book.sheetnames
    assert book["summary"].freeze_panes == "A2"
    assert book.properties.created.year == 2000
    charts = book["charts"]._charts
    return f"{len(charts)} charts of {sum(len(chart.series) for chart in charts)} series"


def main():
    passed = failed = 0
    missing = [name for name, version in (("LibreOffice", LIBREOFFICE), ("R", R)) if version is None]

    def attempt(reader, version, table, work):
        nonlocal passed, failed
        try:
            told = work()
            passed += 1
        except Exception as error:
            told = f"FAILED: {type(error).__name__}: {str(error)[:500]}"
            failed += 1
        print(f"{reader} {version} | {table} | {told or 'as it stands there'}", flush=True)

    for folder in map(Path, sys.argv[1:]):
        # The starts that are kept are for the program itself.
        tables = [path for path in sorted(folder.glob("*.csv")) if not path.name.startswith("starts-")]
        columns = {path.stem: expected(path) for path in tables}
        for path in tables:
            for reader, number, read, digits in CSV:
                if number is not None:
                    attempt(reader, number, f"{folder.name}/{path.name}",
                            lambda: check(reader, digits, columns[path.stem], read(path)))
        for path in sorted(folder.glob("*.parquet")):
            wanted = unmarked(columns[path.stem])
            name = f"{folder.name}/{path.name}"
            attempt("types and spec", "", name, lambda: parquet_is_typed(path, folder / "sweep.toml"))
            for reader, number, read, digits in PARQUET:
                attempt(reader, number, name, lambda: check(reader, digits, wanted, read(path)))
        for path in sorted(folder.glob("*.xlsx")):
            wanted = unmarked(columns[path.stem])
            name = f"{folder.name}/{path.name}"
            LIMITS["openpyxl"] = ["a word for inf or NaN", "a column of nothing"]
            attempt("openpyxl", openpyxl.__version__, name, lambda: check("openpyxl", 17, wanted, by_sheet(path)))
            attempt("openpyxl", openpyxl.__version__, f"{name}, charts", lambda: workbook_is_one(path))
            if LIBREOFFICE is not None:
                attempt("LibreOffice", LIBREOFFICE, name,
                        lambda: check("LibreOffice", 15, wanted, by_libreoffice(path)))
    for name in missing:
        print(f"NOT TRIED: {name}, which is not installed")
    print(f"{passed} passed, {failed} failed, {len(missing)} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
