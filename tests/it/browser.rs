//! The dashboard in a real browser: read, changed, followed; with scripts and without.

use anyhow::Result;
use serde_json::Value;
use tests::browser::{Browser, Scripts};
use tests::shared;

use crate::every_page::READY;

const CRITERION: &str = "select[name=criterion]";
const MAP_TITLE: &str = "#figure-map figcaption, #figure-map h2";

/// Chooses an option the way a reader does, so that the events a script listens to are real.
async fn choose(browser: &Browser, criterion: &str) -> Result<()> {
    let option = format!("{CRITERION} option[value={criterion}]");
    browser.click(&option).await
}

#[tokio::test]
async fn a_criterion_is_chosen_on_the_map_without_a_reload() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    browser.evaluate("window.notReloaded = true;").await.unwrap();
    let before = browser.text(MAP_TITLE).await.unwrap();

    choose(&browser, "internet_access").await.unwrap();
    let changed =
        format!("return document.querySelector('{MAP_TITLE}').innerText !== {};", Value::from(before.clone()));
    browser.wait_until(&changed).await.unwrap();
    assert_eq!(
        browser.evaluate("return window.notReloaded === true;").await.unwrap(),
        true,
        "the page was loaded again"
    );
    let address = browser.address().await.unwrap();
    assert!(address.query().unwrap_or_default().contains("criterion=internet_access"), "{address}");

    // The link says the whole state: whoever opens it sees the same.
    let after = browser.text(MAP_TITLE).await.unwrap();
    browser.open(address.as_str()).await.unwrap();
    assert_eq!(browser.text(MAP_TITLE).await.unwrap(), after);
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}

/// Chooses as soon as the page is read. No island lives then: their loader is deferred, so it begins after this.
const CHOOSE_EARLY: &str = "document.addEventListener('readystatechange', () => { \
     if (document.readyState !== 'interactive') return; \
     window.wasAlive = 'islands' in document.documentElement.dataset; \
     const [criterion, year, slider] = ['select[name=criterion]', 'input[name=year]', '#w_digital_divide'] \
         .map(css => document.querySelector(css)); \
     if (criterion) { criterion.value = 'internet_access'; year.checked = true; } \
     if (slider) slider.value = '20'; });";

#[tokio::test]
async fn what_was_chosen_before_the_islands_lived_counts() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.before_each_page(CHOOSE_EARLY).await.unwrap();
    for (path, query) in [("/en/", "?year=2016&criterion=internet_access"), ("/en/weights", "?w_digital_divide=20")] {
        browser.open(&service.url(path)).await.unwrap();
        browser.wait_until(&format!("return location.search === '{query}';")).await.unwrap();
        assert_eq!(browser.evaluate("return window.wasAlive;").await.unwrap(), false, "{path}");
    }
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn the_reader_changes_the_language_and_stays_where_she_is() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/kk/regions/KZ-61?year=2022")).await.unwrap();
    for language in ["ru", "en", "kk"] {
        browser.follow(&format!("nav.languages a[hreflang={language}]")).await.unwrap();
        browser.find(&format!("html[lang={language}]")).await.unwrap();
        let address = browser.address().await.unwrap();
        assert_eq!(address.path(), format!("/{language}/regions/KZ-61"));
        assert_eq!(address.query(), Some("year=2022"));
    }
    browser.close().await.unwrap();
}

#[tokio::test]
async fn a_region_is_reached_from_the_overview() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    browser.click_shown("#figure-ranking a[href*='/regions/KZ-71'] text").await.unwrap();
    browser.wait_until("return location.pathname === '/en/regions/KZ-71';").await.unwrap();
    assert!(browser.text("h1").await.unwrap().contains("Astana"));
    browser.close().await.unwrap();
}

#[tokio::test]
async fn everything_can_be_read_with_scripts_off() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::Off).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    assert!(browser.find_all("html[data-islands]").await.unwrap().is_empty(), "no script ran");
    assert!(browser.find_all("#figure-map svg path").await.unwrap().len() >= 20, "the map is there");
    assert!(browser.find_all("#figure-ranking a[href*='/regions/KZ-']").await.unwrap().len() >= 20, "the ranking too");
    let before = browser.text(MAP_TITLE).await.unwrap();

    // The same choice, as a plain form.
    choose(&browser, "internet_access").await.unwrap();
    browser.follow("form.chooser button[type=submit]").await.unwrap();
    let address = browser.address().await.unwrap();
    assert!(address.query().unwrap_or_default().contains("criterion=internet_access"), "{address}");
    assert_ne!(browser.text(MAP_TITLE).await.unwrap(), before);
    browser.close().await.unwrap();
}
