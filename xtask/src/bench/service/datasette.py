"""Fills a SQLite database with the first rows of a CSV of observations and prints the questions to ask.

Called with the CSV, the database and how many rows. A question is an indicator and an area, of those indicators of
which every row fitted in.
"""

import csv
import json
import sqlite3
import sys

source, target, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(source, newline="", encoding="utf-8-sig") as file:
    reader = csv.DictReader(file)
    names = reader.fieldnames
    rows = list(reader)
held, cut = rows[:most], {row["indicator"] for row in rows[most:]}
if len(held) < most:
    sys.exit(f"{len(held)} rows; expected at least {most}")
database = sqlite3.connect(target)
kinds = ", ".join(f'"{name}" {"REAL" if name == "value" else "TEXT"}' for name in names)
database.execute(f"CREATE TABLE observations ({kinds})")
places = ", ".join("?" for _ in names)
number = lambda name, text: (float(text) if text else None) if name == "value" else text
database.executemany(
    f"INSERT INTO observations VALUES ({places})", ([number(name, row[name]) for name in names] for row in held)
)
database.execute("CREATE INDEX by_question ON observations (indicator, area)")
database.execute("ANALYZE")
database.commit()
questions = sorted({(row["indicator"], row["area"]) for row in held if row["indicator"] not in cut})
print(json.dumps(questions))
