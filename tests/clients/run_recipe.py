"""The Python recipe of docs/API.md, run as it stands there."""

import json
import pathlib
import re
import sys

written = (pathlib.Path(__file__).parents[2] / "docs" / "API.md").read_text(encoding="utf-8")
recipes = re.findall(r"^```python\n(.*?)^```", written, re.MULTILINE | re.DOTALL)
assert len(recipes) == 1, recipes
before, after = recipes[0].replace("http://127.0.0.1:8080", sys.argv[1]).split("\n\n", 1)
known: dict = {}
exec(before, known)
by_csv = known["users"]
exec(after, known)
by_sdmx = known["users"]
mine = by_csv[(by_csv["area"] == "KZ-61") & (by_csv["urbanisation"] == "_T") & (by_csv["sex"] == "_T") & (by_csv["age"] == "_T")]
mine = mine[mine["value"].notna()]
assert len(by_sdmx) > 20, by_sdmx
print(json.dumps(dict(zip(mine["period"], mine["value"]))))
