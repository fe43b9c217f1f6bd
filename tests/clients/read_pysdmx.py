"""pysdmx: discovery and data by version 3.0; every message against the XML and JSON schemas of the standard."""

import json
import sys

import httpx
from pysdmx.api.dc.rest import SdmxConnector
from pysdmx.errors import NotFound
from pysdmx.io import read_sdmx

base = sys.argv[1] + "/sdmx"
connector = SdmxConnector(base + "/3.0", timeout=60)
flow = next(flow for flow in connector.dataflows() if flow.id == "BNS_SDG_17_8_1")
described = connector.dataflow(flow)
assert described.obs_count > 200, described.obs_count

rows = connector.data(flow, "REF_AREA = 'KZ-61' AND SEX = '_T' AND URBANISATION = '_T' AND TIME_PERIOD >= '2000'")
figures = {row["TIME_PERIOD"]: float(row["OBS_VALUE"]) for row in rows if row["OBS_VALUE"]}
try:
    list(connector.data(flow, "REF_AREA = 'NOWHERE'"))
except NotFound:
    pass
else:
    raise AssertionError("an empty result is not found")

SPECIFIC = "application/vnd.sdmx.structurespecificdata+xml;version=2.1"
for path, accept in [
    ("/2.1/structure/all/all/latest", "*/*"),
    ("/2.1/dataflow/SANDYQ/INDEX_REGIONS/latest?references=all", "*/*"),
    ("/2.1/availableconstraint/BNS_SDG_17_8_1", "*/*"),
    ("/2.1/data/BNS_SDG_17_8_1?startPeriod=2022", "*/*"),
    ("/2.1/data/BNS_SDG_17_8_1?startPeriod=2022", SPECIFIC),
    ("/2.1/data/INDEX_REGIONS/.index?dimensionAtObservation=AllDimensions", "*/*"),
    ("/3.0/structure/*", "*/*"),
    ("/3.0/structure/codelist/SANDYQ/CL_AREA/", "*/*"),
    ("/3.0/schema/dataflow/SANDYQ/INDEX_REGIONS/1.0.0/", "*/*"),
    ("/3.0/availability/dataflow/SANDYQ/BNS_SDG_17_8_1/1.0.0?references=all", "*/*"),
    ("/3.0/data/dataflow/SANDYQ/INDEX_REGIONS/1.0.0?c[REF_AREA]=KZ-61", "*/*"),
]:
    answer = httpx.get(base + path, headers={"accept": accept}, timeout=60)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    read_sdmx(answer.text, validate=True)
print(json.dumps(figures))
