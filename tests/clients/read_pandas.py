"""pandas: CSV and XLSX, as an analyst reads them."""

import io
import json
import sys
import urllib.request

import pandas

QUESTION = "indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T&lang=en"
base = sys.argv[1] + "/api/v1/observations"
from_csv = pandas.read_csv(f"{base}.csv?{QUESTION}", dtype={"period": str})
with urllib.request.urlopen(f"{base}.xlsx?{QUESTION}") as answer:
    workbook = io.BytesIO(answer.read())
from_workbook = pandas.read_excel(workbook, sheet_name="Data", dtype={"period": str}, keep_default_na=False, na_values=[""])
pandas.testing.assert_frame_equal(from_csv, from_workbook, check_dtype=False)
about = pandas.read_excel(workbook, sheet_name="About", header=None)
assert about[1].str.contains("Bureau of National Statistics").any()
values = from_csv[from_csv["value"].notna()]
print(json.dumps(dict(zip(values["period"], values["value"]))))
