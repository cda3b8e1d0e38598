"""Asks DuckDB the questions of `load bench lake` over the same files, and prints how long each took, as JSON.

Usage: duckdb_lake.py OBJECTS THREADS RUNS SERIES MONTH_FROM MONTH_TO DAY_FROM DAY_TO (instants in microseconds)

The files are those of the newest version of the Delta table, read from its log without any extension, so that nothing is
downloaded. DuckDB comes from PyPI (`duckdb`).
"""

import json
import pathlib
import sys
import time

import duckdb


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


def main() -> None:
    objects, threads, runs, series, month_from, month_to, day_from, day_to = sys.argv[1:]
    lake = pathlib.Path(objects) / "lake"
    connection = duckdb.connect()
    connection.execute(f"set threads = {int(threads)}")
    connection.execute("set timezone = 'UTC'")
    for table in ("observations", "rollup_5m", "rollup_1h"):
        files = active_files(lake / table, connection)
        if not files:
            continue
        listed = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
        connection.execute(
            f"create view {table} as select * from read_parquet([{listed}], hive_partitioning = true)"
        )

    def between(column: str, begin: str, end: str) -> str:
        return f"{column} >= make_timestamptz({int(begin)}) and {column} < make_timestamptz({int(end)})"

    day = between("time", day_from, day_to)
    # files are partitioned by day: a person who knows them says so, as the views of the house do by themselves
    days = f"day >= make_timestamptz({int(day_from)})::date and day < make_timestamptz({int(day_to)})::date"
    months = f"day >= make_timestamptz({int(month_from)})::date and day <= make_timestamptz({int(month_to)})::date"
    questions = {
        "count": "select count(*) from observations",
        "latest": "select series, max(time), arg_max(number, time) from observations group by series",
        "month": "select time_bucket(interval '1 hour', time) as bucket, avg(number) from observations "
        f"where series = {int(series)} and {months} and {between('time', month_from, month_to)} group by 1 order by 1",
        "city_day": f"select time_bucket(interval '5 minutes', time) as bucket, avg(number) from observations where {days} and {day} "
        "group by 1 order by 1",
    }
    if connection.execute("select count(*) from duckdb_views() where view_name = 'rollup_1h'").fetchone()[0]:
        questions["month_rolled"] = (
            f"select bucket, sum / count from rollup_1h where series = {int(series)} and "
            f"{between('bucket', month_from, month_to)} order by 1"
        )
    if connection.execute("select count(*) from duckdb_views() where view_name = 'rollup_5m'").fetchone()[0]:
        questions["city_day_rolled"] = (
            f"select bucket, sum(sum) / sum(count) from rollup_5m where {days} and {between('bucket', day_from, day_to)} "
            "group by 1 order by 1"
        )
    answers = {"version": duckdb.__version__}
    for name, question in questions.items():
        times, rows = [], []
        for _ in range(int(runs)):
            began = time.perf_counter()
            rows = connection.execute(question).fetchall()
            times.append(time.perf_counter() - began)
        # rows and the sum of the last column, so that both sides are seen to have answered the same
        check = rows[0][0] if name == "count" else sum(float(row[-1] or 0) for row in rows)
        answers[name] = {"seconds": times, "rows": len(rows), "check": check}
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
