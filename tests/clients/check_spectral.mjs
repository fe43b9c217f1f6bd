// Spectral: the description keeps its rules and ours. Called with the address of the service and the module's folder.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [base, module] = process.argv.slice(2);
const answer = await fetch(`${base}/api/v1/openapi.json`);
const text = await answer.text();
const folder = mkdtempSync(join(tmpdir(), "spectral-"));
const file = join(folder, "openapi.json");
writeFileSync(file, text);
const rules = fileURLToPath(new URL("spectral.yaml", import.meta.url));
let found;
try {
  const lint = ["lint", file, "--ruleset", rules, "--format", "json", "--quiet", "--fail-severity", "hint"];
  found = execFileSync(process.execPath, [join(module, "dist/index.js"), ...lint], { encoding: "utf8" });
} catch (failure) {
  found = failure.stdout || String(failure);
} finally {
  rmSync(folder, { recursive: true });
}
const start = found.indexOf("[");
const faults = start < 0 ? [{ code: "no answer", message: found, path: [] }] : JSON.parse(found.slice(start, found.lastIndexOf("]") + 1));
const told = faults.map(({ code, message, path }) => `${code} at ${path.join("/")}: ${message}`);
const operations = Object.values(JSON.parse(text).paths).flatMap(Object.keys).length;
console.log(JSON.stringify({ operations, faults: told }));
