"""Reads the tables of the lake with deltalake, pyarrow and DuckDB, which know nothing of the program, and prints what they say."""

import json
import sys

import duckdb
from deltalake import DeltaTable
from pyarrow import parquet

folder = sys.argv[1]
table = DeltaTable(f"{folder}/observations")
files = table.file_uris()
rows = sum(parquet.ParquetFile(file).metadata.num_rows for file in files)
# the rule of the table: of each (series, time) the highest (position, row) counts
current = """
    select series, time, number from read_parquet($files, hive_partitioning = true)
    qualify row_number() over (partition by series, time order by position desc, row desc) = 1
"""
ask = duckdb.connect()
ask.execute("set timezone = 'UTC'")
count, total = ask.execute(f"select count(*), sum(number) from ({current})", {"files": files}).fetchone()
days = ask.execute(
    "select distinct cast(day as varchar) from read_parquet($files, hive_partitioning = true)", {"files": files}
).fetchall()
names = ask.execute(
    "select attribute, unit from read_parquet($files) order by series",
    {"files": DeltaTable(f"{folder}/series").file_uris()},
).fetchall()
print(
    json.dumps(
        {
            "version": table.version(),
            "columns": [field.name for field in table.schema().fields],
            "partitions": table.metadata().partition_columns,
            "rows": rows,
            "current": count,
            "sum": total,
            "days": sorted(day for (day,) in days),
            "series": names,
        }
    )
)
