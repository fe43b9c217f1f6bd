"""frictionless: the data package is valid, and its rows have the types it says."""

import json
import sys
import tempfile
import urllib.request

from frictionless import Package, validate

QUESTION = "indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T"
with tempfile.NamedTemporaryFile(suffix=".zip") as file:
    with urllib.request.urlopen(f"{sys.argv[1]}/api/v1/observations.zip?{QUESTION}") as answer:
        file.write(answer.read())
    file.flush()
    report = validate(file.name)
    assert report.valid, report.flatten(["title", "message"])
    package = Package(file.name)
    assert package.licenses, "a package says under which terms"
    rows = package.get_resource("data").read_rows()
print(json.dumps({row["period"]: float(row["value"]) for row in rows if row["value"] is not None}))
