//! The reader asks her own question: other weights, other regions, another year, another order. With the
//! keyboard, and without scripts where the server answers the same.

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::Value;
use tests::browser::{Browser, Scripts};
use tests::shared;

use crate::every_page::READY;

/// The rows of a figure's table, also while it is folded away: name, then the other cells.
async fn rows(browser: &Browser, figure: &str) -> Result<Vec<Vec<String>>> {
    let script = format!(
        "return [...document.querySelectorAll('#{figure} .twin tbody tr')]
             .map(row => [...row.children].map(cell => cell.textContent.trim()));"
    );
    Ok(serde_json::from_value(browser.evaluate(&script).await?)?)
}

/// The ranks of the scenario on the page were studied.
const STUDIED: &str = "return performance.getEntriesByName('rank-stability', 'measure').length > 0;";

async fn content(browser: &Browser, css: &str) -> Result<String> {
    let found = browser.evaluate(&format!("return document.querySelector('{css}').textContent;")).await?;
    Ok(found.as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn weights_move_ranks_and_the_address_restores_them_without_scripts_too() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/weights")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let official = rows(&browser, "figure-moves").await.unwrap();
    assert!(official.len() >= 20, "{official:?}");
    assert!(official.iter().all(|row| row[1] == row[2]), "nothing is changed yet: {official:?}");

    // Nothing changed gives what is published, rank intervals too.
    let unchanged = rows(&browser, "figure-standing").await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    let published: Vec<Vec<String>> = rows(&browser, "figure-ranking").await.unwrap();
    let published = published.into_iter().filter(|row| !row[1].is_empty()).map(|row| row[..4].to_vec());
    assert_eq!(unchanged, published.collect::<Vec<_>>());
    browser.open(&service.url("/en/weights")).await.unwrap();
    browser.wait_until(READY).await.unwrap();

    // A slider is moved with the keyboard, and a method chosen.
    let before = content(&browser, "#figure-moves-title").await.unwrap();
    let slider = browser.find("#w_digital_divide").await.unwrap();
    slider.send_keys(&String::from(char::from(Key::End))).await.unwrap();
    browser.wait_until(STUDIED).await.unwrap();
    browser.evaluate("performance.clearMeasures(); return true;").await.unwrap();
    browser.click("select[name=aggregate] option[value=geometric]").await.unwrap();
    browser.wait_until(STUDIED).await.unwrap();
    let after = content(&browser, "#figure-moves-title").await.unwrap();
    assert_ne!(after, before);
    let address = browser.address().await.unwrap();
    assert_eq!(address.query(), Some("w_digital_divide=20&aggregate=geometric"));
    let moved = rows(&browser, "figure-moves").await.unwrap();
    assert!(moved.iter().any(|row| row[1] != row[2]), "no rank moved: {moved:?}");
    let standing = rows(&browser, "figure-standing").await.unwrap();
    assert!(standing.iter().all(|row| row.len() == 4 && !row[3].is_empty()), "rank intervals: {standing:?}");
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();

    // The server computes the same from the same address, to the last digit shown.
    let plain = Browser::start(Scripts::Off).await.unwrap();
    plain.open(address.as_str()).await.unwrap();
    assert_eq!(plain.text("#figure-moves-title").await.unwrap(), after);
    let table = |figure: &str| format!("#{figure} details summary");
    for (figure, expected) in [("figure-moves", moved), ("figure-standing", standing)] {
        plain.click(&table(figure)).await.unwrap();
        let mut found = Vec::new();
        for row in plain.find_all(&format!("#{figure} .twin tbody tr")).await.unwrap() {
            found.push(row.text().await.unwrap());
        }
        let expected: Vec<String> = expected.iter().map(|row| row.join(" ")).collect();
        assert_eq!(found, expected);
    }
    // The form holds what was chosen, and gives it back.
    plain.follow("form.scenario button[type=submit]").await.unwrap();
    let query = plain.address().await.unwrap().query().unwrap_or_default().to_owned();
    assert!(query.contains("w_digital_divide=20") && query.contains("aggregate=geometric"), "{query}");
    assert_eq!(plain.text("#figure-moves-title").await.unwrap(), after);
    plain.close().await.unwrap();
}

#[tokio::test]
async fn without_any_weight_the_page_says_so() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    let criteria = [
        "internet_access",
        "digital_devices",
        "digital_content",
        "human_resources",
        "edtech_market",
        "investment",
        "digital_divide",
        "digital_management",
    ];
    let all = criteria.map(|code| format!("w_{code}=0")).join("&");
    browser.open(&service.url(&format!("/en/weights?{all}"))).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    assert!(browser.text("form.scenario .notice").await.unwrap().contains("at least one"));
    assert!(!browser.find("#scenario-figures").await.unwrap().is_displayed().await.unwrap());
    let slider = browser.find("#w_investment").await.unwrap();
    slider.send_keys(&String::from(char::from(Key::Right))).await.unwrap();
    browser.wait_until("return !document.querySelector('#scenario-figures').hidden;").await.unwrap();
    assert!(!rows(&browser, "figure-moves").await.unwrap().is_empty());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn regions_are_compared_without_scripts() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::Off).await.unwrap();
    browser.open(&service.url("/en/compare?area=KZ-71&year=2023")).await.unwrap();
    browser.click("form.chooser select[name=area] option[value=KZ-61]").await.unwrap();
    browser.follow("form.chooser button[type=submit]").await.unwrap();
    let address = browser.address().await.unwrap();
    let query = address.query().unwrap_or_default().to_owned();
    assert!(query.contains("area=KZ-71") && query.contains("area=KZ-61") && query.contains("year=2023"), "{query}");
    assert_eq!(browser.find_all(".compared-areas li").await.unwrap().len(), 2);
    for figure in ["figure-gaps", "figure-profiles", "figure-ranks", "figure-trend"] {
        assert!(!browser.find_all(&format!("#{figure} svg")).await.unwrap().is_empty(), "{figure}");
    }
    assert!(browser.text("#figure-gaps h2").await.unwrap().contains("points"));
    browser.follow(".compared-areas .remove").await.unwrap();
    let address = browser.address().await.unwrap();
    assert_eq!(address.query(), Some("year=2023&area=KZ-61"));
    browser.close().await.unwrap();
}

#[tokio::test]
async fn marks_speak_and_tables_sort_with_the_keyboard_alone() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let press = async |key: Key| {
        let focused = browser.find(":focus").await.unwrap();
        focused.send_keys(&String::from(char::from(key))).await.unwrap();
    };

    // From the last control of the form the next stop is the map.
    let last = "form.chooser button[type=submit]";
    browser.evaluate(&format!("document.querySelector('{last}').focus();")).await.unwrap();
    press(Key::Tab).await;
    let said = browser.text(".tip").await.unwrap();
    let name = content(&browser, ":focus title").await.unwrap();
    assert!(!said.is_empty() && said == name, "{said:?} {name:?}");
    press(Key::Escape).await;
    assert!(!browser.find(".tip").await.unwrap().is_displayed().await.unwrap());

    // A line is walked point by point.
    browser.evaluate("document.querySelector('#figure-trend svg.wide a').focus();").await.unwrap();
    press(Key::Tab).await;
    let newest = browser.text(".tip").await.unwrap();
    press(Key::Left).await;
    let earlier = browser.text(".tip").await.unwrap();
    assert!(newest != earlier && !earlier.is_empty(), "{newest:?} {earlier:?}");

    // The heat table is sorted by its third column, the highest first, then the lowest.
    let column = "return [...document.querySelectorAll('#figure-heat tbody tr')]
        .map(row => parseFloat(row.children[2].textContent));";
    let sort = "#figure-heat thead th:nth-child(3) .sort";
    browser.evaluate(&format!("document.querySelector('{sort}').focus();")).await.unwrap();
    for (pressed, ascending) in [(Key::Enter, false), (Key::Enter, true)] {
        press(pressed).await;
        let found: Vec<Option<f64>> = serde_json::from_value(browser.evaluate(column).await.unwrap()).unwrap();
        let found: Vec<f64> = found.into_iter().flatten().collect();
        assert!(found.len() >= 20 && found.is_sorted_by(|a, b| if ascending { a <= b } else { a >= b }), "{found:?}");
    }
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn the_years_play_and_the_whole_page_follows() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/?year=2022")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let years: Value = browser
        .evaluate("return [...document.querySelectorAll('input[name=year]')].map(input => input.value);")
        .await
        .unwrap();
    let newest = years.as_array().unwrap().last().unwrap().as_str().unwrap().to_owned();
    browser.click("form.chooser button.plain").await.unwrap();
    browser.wait_until(&format!("return location.search.includes('year={newest}');")).await.unwrap();
    // The sentence to be read out comes when all figures have followed.
    let told = format!("return document.querySelector('.chooser [role=status]').textContent.includes('{newest}');");
    browser.wait_until(&told).await.unwrap();

    // What the page says after playing is what the server says of that year.
    let parts = ["#headline", "#standing-line", "#figure-map-title", "#figure-heat > .subtitle", "#figure-heat tbody"];
    let mut played = Vec::new();
    for part in parts {
        played.push(content(&browser, part).await.unwrap());
    }
    let ranking = rows(&browser, "figure-ranking").await.unwrap();
    let trend = rows(&browser, "figure-trend").await.unwrap();
    browser.open(&service.url(&format!("/en/?year={newest}"))).await.unwrap();
    for (part, played) in parts.iter().zip(played) {
        assert_eq!(played, content(&browser, part).await.unwrap(), "{part}");
    }
    assert_eq!(ranking, rows(&browser, "figure-ranking").await.unwrap());
    assert_eq!(trend, rows(&browser, "figure-trend").await.unwrap());
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn with_the_keyboard_alone_a_region_is_found_read_and_compared() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let press = async |keys: &str| browser.find(":focus").await.unwrap().send_keys(keys).await.unwrap();
    let key = |key: Key| String::from(char::from(key));
    // The first stop of every page leads past the navigation.
    browser.tab_through(1, "return document.activeElement.className;").await.unwrap();
    press(&key(Key::Enter)).await;
    browser.wait_until("return document.activeElement.id === 'content';").await.unwrap();

    // From the search box to the first of what was found. A word typed in the wrong layout is found too.
    browser.evaluate("document.querySelector('.search input').focus();").await.unwrap();
    press("turkestan").await;
    press(&key(Key::Enter)).await;
    browser.wait_until("return location.pathname === '/en/search';").await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let mut stops = Vec::new();
    while stops.last().is_none_or(|stop| stop != "/en/regions/KZ-61") {
        stops.extend(browser.tab_through(1, "return document.activeElement.pathname ?? '';").await.unwrap());
        assert!(stops.len() < 30, "{stops:?}");
    }
    press(&key(Key::Enter)).await;
    browser.wait_until("return location.pathname === '/en/regions/KZ-61';").await.unwrap();

    // From the region to its comparison, where another joins by its first letters.
    browser.wait_until(READY).await.unwrap();
    browser.evaluate("document.querySelector('.lead a[href*=\"/compare\"]').focus();").await.unwrap();
    press(&key(Key::Enter)).await;
    browser.wait_until("return location.pathname === '/en/compare';").await.unwrap();
    browser.wait_until(READY).await.unwrap();
    browser.evaluate("document.querySelector('.chooser select').focus();").await.unwrap();
    press("Ulytau").await;
    press(&key(Key::Tab)).await;
    press(&key(Key::Enter)).await;
    browser.wait_until("return location.search.includes('area=KZ-62');").await.unwrap();
    let address = browser.address().await.unwrap();
    assert!(address.query().unwrap_or_default().contains("area=KZ-61"), "{address}");
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}
