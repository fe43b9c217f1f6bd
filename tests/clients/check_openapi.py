"""openapi-spec-validator: the description is valid OpenAPI 3.1."""

import json
import sys
import urllib.request

from openapi_spec_validator import validate

with urllib.request.urlopen(sys.argv[1] + "/api/v1/openapi.json") as answer:
    document = json.load(answer)
assert document["openapi"].startswith("3.1")
validate(document)
print(json.dumps({"paths": len(document["paths"])}))
