//! Pages for everybody: rules of access, checked in a real browser by a checker nobody here wrote;
//! the keyboard.

use serde_json::Value;
use tests::browser::{Browser, Medium, Scripts};
use tests::{clients, shared};

use crate::every_page::{PAGES, unsteadiness};

const CHECK: &str = "const done = arguments[arguments.length - 1]; \
     axe.run(document, { resultTypes: ['violations'] }).then(found => done(found.violations.map(fault => \
     `${fault.id}: ${fault.nodes[0].html.slice(0, 200)}`)), fault => done([String(fault)]));";

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
            found.extend(unsteadiness(&browser, &path).await);
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
