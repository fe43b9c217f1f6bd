"""pyshacl: the catalogue, in both spellings, under the shapes of DCAT-AP 3.0."""

import json
import sys
from pathlib import Path

from pyshacl import validate
from rdflib import Graph
from rdflib.compare import to_isomorphic

base = sys.argv[1] + "/api/v1/catalogue"
turtle = Graph().parse(base + ".ttl", format="turtle")
json_ld = Graph().parse(base + ".jsonld", format="json-ld")
assert to_isomorphic(turtle) == to_isomorphic(json_ld), "both spellings say the same"

shapes = Graph().parse(Path(__file__).parents[2] / "fixtures/standards/dcat-ap-3.0.0-SHACL.ttl", format="turtle")
conforms, _, text = validate(turtle, shacl_graph=shapes, advanced=True)
assert conforms, text[:5000]
datasets = list(turtle.subjects(predicate=None, object=None, unique=True))
print(json.dumps({"subjects": len(datasets), "statements": len(turtle)}))
