"""Asks DuckDB the questions of `load bench lake` over the same files, and prints how long each took, as JSON.

Usage: duckdb_lake.py OBJECTS < REQUEST, where REQUEST is {"threads", "runs", "questions": [{"name", "sql"}]}.

The files are those of the newest version of each Delta table, read from its log without any extension, so that nothing is
downloaded. Before the first run of each question the files are dropped from the page cache, as on our side. DuckDB comes
from PyPI (`duckdb`), with `pyarrow` to take its answers.
"""

import json
import os
import pathlib
import sys
import time

import duckdb

TABLES = ("observations", "rollup_5m", "rollup_1h", "series")


def active_files(table: pathlib.Path, connection) -> list[str]:
    """Replays the table's log: the newest checkpoint, then the commits after it."""
    log = table / "_delta_log"
    active: set[str] = set()
    version = -1
    checkpoints = sorted(log.glob("*.checkpoint*.parquet"))
    if checkpoints:
        newest = checkpoints[-1].name.split(".")[0]
        version = int(newest)
        parts = [str(path) for path in checkpoints if path.name.startswith(newest)]
        rows = connection.execute(
            "select add.path from read_parquet(?) where add is not null", [parts]
        ).fetchall()
        active.update(path for (path,) in rows)
    for commit in sorted(log.glob("*.json")):
        if int(commit.name.split(".")[0]) <= version:
            continue
        for line in commit.read_text().splitlines():
            action = json.loads(line)
            if "add" in action:
                active.add(action["add"]["path"])
            elif "remove" in action:
                active.discard(action["remove"]["path"])
    return [str(table / path) for path in sorted(active)]


def evict(files: list[str]) -> None:
    """Asks the kernel to forget the pages of these files."""
    for path in files:
        file = os.open(path, os.O_RDONLY)
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(file)


def read_bytes() -> int:
    """Bytes that this process has asked the kernel for so far."""
    for line in pathlib.Path("/proc/self/io").read_text().splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    return 0


def main() -> None:
    lake = pathlib.Path(sys.argv[1]) / "lake"
    request = json.load(sys.stdin)
    connection = duckdb.connect()
    connection.execute(f"set threads = {int(request['threads'])}")
    connection.execute("set timezone = 'UTC'")
    every = []
    for table in TABLES:
        files = active_files(lake / table, connection)
        every.extend(files)
        if not files:
            continue
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
        connection.execute(
            f"create view {table} as select * from read_parquet([{listed}], hive_partitioning = true, filename = true)"
        )
    answers = {"version": duckdb.__version__}
    for question in request["questions"]:
        times, answer, read = [], None, 0
        for run in range(int(request["runs"])):
            if run == 0:
                evict(every)
            before = read_bytes()
            began = time.perf_counter()
            # as columns, which costs less than objects of Python
            answer = connection.sql(question["sql"]).to_arrow_table()
            times.append(time.perf_counter() - began)
            if run == 0:
                read = read_bytes() - before
        # rows and the sum of the last column, so that both sides are seen to have answered the same
        last = answer.column(answer.num_columns - 1).to_pylist()
        check = sum(float(value or 0) for value in last)
        answers[question["name"]] = {"seconds": times, "rows": answer.num_rows, "check": check, "read": read}
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
