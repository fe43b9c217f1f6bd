//! What holds of every page: it loads without an error, nothing jumps, nothing needs sideways scrolling; it says
//! the same without scripts; what it shows is what the API gives.

use std::collections::BTreeMap;

use anyhow::Result;
use fantoccini::Locator;
use serde_json::Value;
use tests::browser::{Browser, Medium, Scripts};
use tests::shared;

/// Every kind of page, in every state it may be in.
pub(crate) const PAGES: [&str; 21] = [
    "",
    "?criterion=internet_access&year=2021",
    "?as_of=2025-06-30",
    "regions/KZ-61",
    "regions/KZ-33?year=2018",
    "criteria/digital_content",
    "criteria/internet_access",
    "indicators/regions/internet_users",
    "indicators/regions/fixed_broadband_over_10mbps?year=2023",
    "indicators/regions/platforms_available",
    "indicators/countries/wb_internet_users",
    "compare?area=KZ-71&area=KZ-61&area=KZ-62",
    "weights",
    "weights?w_investment=20&aggregate=geometric",
    "countries",
    "sources",
    "method",
    "about",
    "releases",
    "downloads",
    "search?q=almaty",
];

pub(crate) const READY: &str = "return document.documentElement.dataset.islands === 'ready';";

/// How far content may jump while a page loads: nothing a reader would see.
const JUMP: f64 = 0.01;

/// How far content jumped so far, and by how many pixels the page is wider than the screen.
const STEADINESS: &str = "const seen = new PerformanceObserver(() => {}); \
     seen.observe({ type: 'layout-shift', buffered: true }); \
     const jumps = seen.takeRecords().reduce((sum, jump) => sum + jump.value, 0); \
     return [jumps, document.documentElement.scrollWidth - window.innerWidth];";

/// What a page that just opened does wrong.
pub(crate) async fn unsteadiness(browser: &Browser, path: &str) -> Vec<String> {
    browser.wait_until(READY).await.unwrap();
    let mut found = browser.evaluate(STEADINESS).await.unwrap();
    if found[0].as_f64().is_none_or(|jumps| jumps >= JUMP) {
        // The typeface may come in the very moment of the first paint. It is at hand now: what still jumps is the page.
        browser.open(browser.address().await.unwrap().as_str()).await.unwrap();
        browser.wait_until(READY).await.unwrap();
        found = browser.evaluate(STEADINESS).await.unwrap();
    }
    let mut faults = browser.console_errors().await.unwrap();
    if found[0].as_f64().is_none_or(|jumps| jumps >= JUMP) {
        faults.push(format!("jumps by {}", found[0]));
    }
    if found[1].as_i64().is_none_or(|pixels| pixels > 0) {
        faults.push(format!("is {} px too wide", found[1]));
    }
    faults.into_iter().map(|fault| format!("{path}: {fault}")).collect()
}

#[tokio::test]
async fn on_a_telephone_every_page_is_steady_and_narrow_enough() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    let mut faults = Vec::new();
    // The narrowest screen in the language with the longest words.
    for (width, languages) in [(360, ["kk", "ru", "en"].as_slice()), (320, ["kk"].as_slice())] {
        browser.be_as_wide_as(width, 740).await.unwrap();
        for language in languages {
            for page in PAGES {
                let path = format!("/{language}/{page}");
                browser.open(&service.url(&path)).await.unwrap();
                faults.extend(unsteadiness(&browser, &format!("{path} at {width}")).await);
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    browser.close().await.unwrap();
}

/// The headings of a page, how many drawings it has, and everything it says: texts, tables, names of marks.
async fn said(browser: &Browser) -> Result<(Vec<String>, usize, Value)> {
    const WORDS: &str = "return document.querySelector('main').textContent.replace(/\\s+/g, ' ').trim();";
    let mut headings = Vec::new();
    for heading in browser.find_all("main h1, main h2").await? {
        headings.push(heading.text().await?);
    }
    let drawings = browser.find_all("main svg.chart").await?.len();
    Ok((headings, drawings, browser.evaluate(WORDS).await?))
}

#[tokio::test]
async fn every_page_says_the_same_without_scripts() {
    let service = shared::service().await.unwrap();
    let (plain, scripted) = (Browser::start(Scripts::Off).await.unwrap(), Browser::start(Scripts::On).await.unwrap());
    for page in PAGES {
        let url = service.url(&format!("/ru/{page}"));
        plain.open(&url).await.unwrap();
        scripted.open(&url).await.unwrap();
        scripted.wait_until(READY).await.unwrap();
        let expected = said(&scripted).await.unwrap();
        assert!(!expected.0.is_empty() && expected.2.as_str().is_some_and(|words| words.len() > 100), "{page}");
        assert_eq!(said(&plain).await.unwrap(), expected, "{page}");
    }
    plain.close().await.unwrap();
    scripted.close().await.unwrap();
}

#[tokio::test]
async fn on_paper_a_page_keeps_its_charts_and_loses_its_controls() {
    const SHOWN: &str = "const shown = css => [...document.querySelectorAll(css)].some(one => one.checkVisibility()); \
         return [shown('main svg.chart'), shown('h1'), shown('nav'), shown('.search'), shown('.chooser'), \
         shown('.figure-tools')];";
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.show_on(Medium::Paper).await.unwrap();
    for path in ["/en/", "/kk/regions/KZ-61", "/ru/compare?area=KZ-71&area=KZ-61"] {
        browser.open(&service.url(path)).await.unwrap();
        let shown = browser.evaluate(SHOWN).await.unwrap();
        assert_eq!(shown, serde_json::json!([true, true, false, false, false, false]), "{path}");
        let sheets = browser.sheets_of_paper().await.unwrap();
        assert!((1..=12).contains(&sheets), "{path} takes {sheets} sheets");
    }
    browser.close().await.unwrap();
}

#[tokio::test]
async fn the_ranking_on_the_page_its_file_and_the_api_agree() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let script = "return [[...document.querySelectorAll('#figure-ranking .twin tbody tr')]
        .filter(row => row.querySelector('a'))
        .map(row => [row.querySelector('a').pathname.split('/').pop(),
            row.children[1].textContent.trim(), row.children[2].textContent.trim()]),
        document.querySelector('#figure-ranking a[data-period]').href];";
    let found = browser.evaluate(script).await.unwrap();
    browser.close().await.unwrap();
    let mut page: Vec<[String; 3]> = serde_json::from_value(found[0].clone()).unwrap();
    page.sort();
    assert_eq!(page.len(), 20);

    let answer = service.get("/api/v1/index").await.unwrap().json().unwrap();
    let mut api: Vec<[String; 3]> = answer["index"].as_array().unwrap().iter().map(told).collect();
    api.sort();
    assert_eq!(page, api);

    // The file holds the scores in full: rounded as the page rounds them they are the same.
    let text = reqwest::get(found[1].as_str().unwrap()).await.unwrap().text().await.unwrap();
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let column = |name: &str| head.iter().position(|heading| *heading == name).unwrap();
    let (area, criterion, score) = (column("area"), column("criterion"), column("score"));
    let mut file: BTreeMap<String, String> = BTreeMap::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        if cells[criterion].is_empty() || cells[criterion] == "index" {
            file.insert(cells[area].to_owned(), format!("{:.1}", cells[score].parse::<f64>().unwrap()));
        }
    }
    for [area, _, score] in &page {
        assert_eq!(file.get(area), Some(score), "{area}: {text}");
    }
}

/// Area, rank and score to the tenth, as the API says them.
fn told(entry: &Value) -> [String; 3] {
    let score = entry["score"].as_f64().unwrap();
    [entry["area"].as_str().unwrap().to_owned(), entry["rank"].to_string(), format!("{score:.1}")]
}

#[tokio::test]
async fn the_causes_on_the_page_of_releases_are_those_of_the_api() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::Off).await.unwrap();
    browser.open(&service.url("/en/releases?year=2022")).await.unwrap();
    let mut page: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in browser.find_all("table.moves tbody tr:has(td)").await.unwrap() {
        let href = row.find(Locator::Css("th a")).await.unwrap().attr("href").await.unwrap().unwrap();
        let area = href.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
        let mut cells = Vec::new();
        for cell in row.find_all(Locator::Css("td.number")).await.unwrap().into_iter().skip(2) {
            cells.push(cell.text().await.unwrap());
        }
        page.insert(area, cells);
    }
    browser.close().await.unwrap();

    let releases = service.get("/api/v1/releases").await.unwrap().json().unwrap();
    let id = |year: i64| {
        let all = releases["releases"].as_array().unwrap();
        let found = all.iter().find(|one| one["panel"] == "regions" && one["reference_year"] == year);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let path = format!("/api/v1/releases/{}/diff/{}", id(2021), id(2022));
    let changes = service.get(&path).await.unwrap().json().unwrap();
    let mut compared = 0;
    for change in changes["changes"].as_array().unwrap().iter().filter(|change| change["node"] == "index") {
        let number = |name: &str| change[name].as_f64().unwrap();
        let parts = ["new_data", "revised_data", "method", "peers"].map(number);
        let whole = number("after") - number("before");
        assert!((parts.iter().sum::<f64>() - whole).abs() < 1e-9, "{change}");
        let expected: Vec<String> = [whole].into_iter().chain(parts).map(signed).collect();
        assert_eq!(page[change["area"].as_str().unwrap()], expected, "{change}");
        compared += 1;
    }
    assert_eq!(compared, 17, "the regions there were in both years");
}

/// Points with their sign, to the tenth.
fn signed(points: f64) -> String {
    if points.abs() < 0.05 {
        "0.0".to_owned()
    } else {
        format!("{}{:.1}", if points > 0.0 { '+' } else { '\u{2212}' }, points.abs())
    }
}

/// What a reader on a slow line waits for before anything is seen: the page and its style, as they are sent.
#[tokio::test]
async fn the_first_page_fits_a_slow_line() {
    const BUDGET: usize = 60_000;
    let service = shared::service().await.unwrap();
    for language in ["kk", "ru", "en"] {
        let compressed = [("accept-encoding", "br")];
        let page = service.get_with(&format!("/{language}/"), &compressed).await.unwrap();
        assert_eq!(page.header("content-encoding"), "br");
        let html = service.get(&format!("/{language}/")).await.unwrap().text();
        let link = html.split("<link ").find(|tag| tag.contains("rel=\"stylesheet\"")).unwrap();
        let style = link.split_once("href=\"").unwrap().1.split('"').next().unwrap();
        let style = service.get_with(style, &compressed).await.unwrap();
        assert_eq!(style.header("content-encoding"), "br");
        let together = page.body.len() + style.body.len();
        assert!(together <= BUDGET, "{language}: {} and {} bytes", page.body.len(), style.body.len());
    }
}
