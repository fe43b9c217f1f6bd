"""pyjstat: a JSON-stat dataset as a data frame."""

import json
import sys

from pyjstat import pyjstat

QUESTION = "indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T&lang=en"
dataset = pyjstat.Dataset.read(f"{sys.argv[1]}/api/v1/observations.jsonstat?{QUESTION}")
frame = dataset.write("dataframe")
frame = frame[frame["value"].notna()]
assert set(frame["Area"]) == {"Turkistan Region"}, set(frame["Area"])
codes = dataset.write("dataframe", naming="id")
assert set(codes["area"]) == {"KZ-61"}, set(codes["area"])
print(json.dumps(dict(zip(frame["Period"], frame["value"]))))
