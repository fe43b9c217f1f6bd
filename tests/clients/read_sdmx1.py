"""sdmx1: structures with everything they refer to, generic and structure-specific data, codes with dates."""

import json
import sys

import sdmx

sdmx.add_source({"id": "SANDYQ", "url": sys.argv[1] + "/sdmx/2.1", "name": "Sandyq"})
client = sdmx.Client("SANDYQ")

flows = client.dataflow()
assert {"BNS_SDG_17_8_1", "INDEX_REGIONS"} <= set(flows.dataflow), sorted(flows.dataflow)

message = client.dataflow("BNS_SDG_17_8_1", params={"references": "all"})
structure = message.structure["OBSERVATIONS"]
areas = message.codelist["CL_AREA"]
dated = [note.title for note in areas["KZ-10"].annotations if note.type == "FR_VALIDITY_PERIOD"]
assert dated == ["2022-06-08T00:00:00+0000/"], dated
assert areas["KZ-10"].name["kk"] == "Абай облысы", areas["KZ-10"].name

key = {"FREQ": "A", "URBANISATION": "_T", "SEX": "_T", "AGE": "_T", "REF_AREA": "KZ-61"}
generic = sdmx.to_pandas(client.data("BNS_SDG_17_8_1", key=key))
specific = sdmx.to_pandas(client.data("BNS_SDG_17_8_1", key=key, dsd=structure))
figures = {}
for series in (generic, specific):
    read = {str(period): value for period, value in zip(series.index.get_level_values("TIME_PERIOD"), series)}
    assert not figures or read == figures, (read, figures)
    figures = read
print(json.dumps({period: value for period, value in figures.items() if value == value}))
