"""csvw: the CSV file with the metadata its header leads to."""

import json
import sys

from csvw import CSVW

QUESTION = "indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T"
table = CSVW(f"{sys.argv[1]}/api/v1/observations.csv?{QUESTION}", validate=True)
assert table.is_valid
rows = [row["describes"][0] for row in table.to_json()["tables"][0]["row"]]
assert all(isinstance(row["value"], float) for row in rows if "value" in row), "the metadata say that values are numbers"
print(json.dumps({row["period"]: row["value"] for row in rows if "value" in row}))
