"""schemathesis: whatever is asked, the answer is one that the description knows.

Called with the address of the service, the number of examples of each operation and a key to show with them.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

base, examples, key = sys.argv[1], int(sys.argv[2]), sys.argv[3]
here = Path(__file__).parent
command = [sys.executable, "-m", "schemathesis.cli", "--no-color", "--config-file", here / "schemathesis.toml"]
command += ["run", base + "/api/v1/openapi.json", "--checks", "all", "--max-examples", str(examples)]
# What the description shows and a little more is for every change; the walk along links, and every corner of every
# parameter, are for the proof.
command += ["--phases", "examples,coverage,fuzzing,stateful" if examples >= 50 else "examples,fuzzing"]
command += ["--header", "Authorization: Bearer " + key]
command += ["--workers", "2", "--request-timeout", "60", "--generation-deterministic", "--continue-on-failure"]
environment = os.environ | {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(here), "PYTHONDONTWRITEBYTECODE": "1"}
done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
found = re.search(r"(\d[\d,]*) generated", done.stdout)
if done.returncode != 0 or found is None:
    sys.exit(done.stdout)
print(json.dumps({"examples": int(found.group(1).replace(",", ""))}))
