//! Pages for everybody: rules of access, checked in a real browser by a checker nobody here wrote;
//! the keyboard; nothing that jumps while it loads.

use serde_json::Value;
use tests::browser::{Browser, Medium, Scripts};
use tests::{clients, shared};

/// Every kind of page.
const PAGES: [&str; 13] = [
    "",
    "?criterion=internet_access&year=2021",
    "regions/KZ-61",
    "regions/KZ-33?year=2018",
    "criteria/digital_content",
    "indicators/regions/internet_users",
    "countries",
    "sources",
    "method",
    "about",
    "releases",
    "downloads",
    "search?q=almaty",
];

const CHECK: &str = "const done = arguments[arguments.length - 1]; \
     axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations.map(fault => \
     `${fault.id}: ${fault.nodes[0].html.slice(0, 200)}`)), fault => done([String(fault)]));";

/// How far content may jump while a page loads: nothing a reader would see.
const JUMP: f64 = 0.01;

/// What the checker objects to on a page.
async fn faults(browser: &Browser, checker: &str, url: &str) -> Vec<Value> {
    browser.open(url).await.unwrap();
    browser.evaluate(checker).await.unwrap();
    browser.evaluate_later(CHECK).await.unwrap().as_array().unwrap().clone()
}

#[tokio::test]
async fn no_page_breaks_a_rule_of_access() {
    let service = shared::service().await.unwrap();
    let checker = clients::module("axe-core/axe.min.js").await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    let mut found = Vec::new();
    for language in ["kk", "ru", "en"] {
        for page in PAGES {
            let path = format!("/{language}/{page}");
            for fault in faults(&browser, &checker, &service.url(&path)).await {
                found.push(format!("{path} {fault}"));
            }
            let errors = browser.console_errors().await.unwrap();
            found.extend(errors.into_iter().map(|error| format!("{path} {error}")));
        }
    }
    assert_eq!(found, Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn dark_and_narrow_pages_break_no_rule_of_access() {
    let service = shared::service().await.unwrap();
    let checker = clients::module("axe-core/axe.min.js").await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.be_as_wide_as(360, 740).await.unwrap();
    let mut found = Vec::new();
    for medium in [Medium::LightScreen, Medium::DarkScreen] {
        browser.show_on(medium).await.unwrap();
        for page in PAGES {
            let path = format!("/kk/{page}");
            for fault in faults(&browser, &checker, &service.url(&path)).await {
                found.push(format!("{medium:?} {path} {fault}"));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn the_keyboard_reaches_the_chart_and_shows_where_it_is() {
    const FOCUSED: &str = "const one = document.activeElement; const style = getComputedStyle(one); \
         return [one.getAttribute('href') ?? one.name ?? one.type, style.outlineStyle, style.outlineWidth];";
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    let seen = browser.tab_through(40, FOCUSED).await.unwrap();
    assert_eq!(seen[0][0], "#content", "the first stop leads past the navigation");
    assert!(seen.iter().any(|stop| stop[0].as_str().is_some_and(|href| href.contains("/regions/KZ-"))), "{seen:?}");
    // The marks of years are drawn by their labels; everything else shows its own outline.
    let hidden: Vec<&Value> = seen.iter().filter(|stop| stop[1] == "none" && stop[0] != "year").collect();
    assert!(hidden.is_empty(), "{hidden:?}");
    browser.close().await.unwrap();
}

#[tokio::test]
async fn nothing_jumps_while_a_page_loads() {
    const JUMPS: &str = "const done = arguments[arguments.length - 1]; \
         new PerformanceObserver(list => done(list.getEntries().reduce((sum, jump) => sum + jump.value, 0))) \
         .observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(0), 500);";
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    for (width, height) in [(360, 740), (1280, 900)] {
        browser.be_as_wide_as(width, height).await.unwrap();
        for page in ["/kk/", "/ru/regions/KZ-61", "/en/countries"] {
            browser.open(&service.url(page)).await.unwrap();
            browser.wait_until("return document.documentElement.dataset.islands === 'ready';").await.unwrap();
            let jumps = browser.evaluate_later(JUMPS).await.unwrap();
            assert!(jumps.as_f64().is_some_and(|jumps| jumps < JUMP), "{page} at {width}: {jumps}");
        }
    }
    browser.close().await.unwrap();
}

#[tokio::test]
async fn on_paper_a_page_keeps_its_charts_and_loses_its_controls() {
    const SHOWN: &str = "const shown = css => [...document.querySelectorAll(css)].some(one => one.checkVisibility()); \
         return [shown('#figure-map svg'), shown('#figure-ranking svg'), shown('h1'), \
         shown('nav'), shown('.search'), shown('.chooser'), shown('.figure-tools')];";
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.show_on(Medium::Paper).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    let shown = browser.evaluate(SHOWN).await.unwrap();
    assert_eq!(shown, serde_json::json!([true, true, true, false, false, false, false]));
    browser.close().await.unwrap();
}
