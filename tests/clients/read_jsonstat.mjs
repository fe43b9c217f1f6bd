// jsonstat-toolkit: a JSON-stat dataset as rows. The module is named by its place, because it is installed elsewhere.
const [base, toolkit] = process.argv.slice(2);
const { default: JSONstat } = await import(toolkit);
const question = "indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T&lang=en";
const answer = await fetch(`${base}/api/v1/observations.jsonstat?${question}`);
const dataset = JSONstat(await answer.json());
if (dataset.class !== "dataset") throw new Error(`not a dataset: ${dataset.class}`);
const rows = dataset.toTable({ type: "arrobj", content: "id" });
const figures = rows.filter((row) => row.value !== null).map((row) => [row.period, row.value]);
console.log(JSON.stringify(Object.fromEntries(figures)));
