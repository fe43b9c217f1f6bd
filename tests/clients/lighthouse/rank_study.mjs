// How long the study of a thousand replicates takes in the browser: moves a slider of the page of one's
// own weights again and again, and writes what the page itself measured, in milliseconds, as JSON.
// Usage: node rank_study.mjs ADDRESS TIMES

import { execFileSync } from "node:child_process";

import puppeteer from "puppeteer-core";

const [address, times] = process.argv.slice(2);
const browser = await puppeteer.launch({
  executablePath: execFileSync("which", ["chromium"], { encoding: "utf8" }).trim(),
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--no-proxy-server"],
});
try {
  const page = await browser.newPage();
  await page.goto(address);
  await page.waitForFunction(() => document.documentElement.dataset.islands === "ready");
  const durations = [];
  for (let time = 0; time < Number(times); time += 1) {
    await page.evaluate((points) => {
      performance.clearMeasures("rank-stability");
      const slider = document.querySelector("form.scenario input[type=range]");
      slider.value = points;
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    }, 11 + (time % 9));
    await page.waitForFunction(() => performance.getEntriesByName("rank-stability", "measure").length > 0);
    durations.push(
      await page.evaluate(() => performance.getEntriesByName("rank-stability", "measure")[0].duration),
    );
  }
  console.log(JSON.stringify(durations));
} finally {
  await browser.close();
}
