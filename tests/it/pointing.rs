//! What answers the hand of a reader, by the pointer and by the keyboard alike: tooltips, tables that sort.

use serde_json::{Value, json};
use tests::browser::{Browser, Key, Scripts};
use tests::shared;

use crate::every_page::READY;

/// What the tooltip says; nothing while there is none.
const TOLD: &str = "const tip = document.querySelector('.tip'); return tip.hidden ? '' : tip.textContent;";

#[tokio::test]
async fn the_pointer_is_told_what_the_keyboard_is_told() {
    const STOP: &str = "const one = document.activeElement; const tip = document.querySelector('.tip'); \
         return [one.closest('.figure')?.id, one.getAttribute('href'), tip.hidden ? '' : tip.textContent];";
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let stops = browser.tab_through(80, STOP).await.unwrap();
    let ranked: Vec<&Value> = stops.iter().filter(|stop| stop[0] == "figure-ranking" && stop[2] != "").collect();
    assert_eq!(ranked.len(), 20, "every region of the ranking is told: {stops:?}");
    browser.press(Key::Escape).await.unwrap();
    assert_eq!(browser.evaluate(TOLD).await.unwrap(), "", "Escape takes the tooltip away");
    for stop in [ranked[0], ranked[9], ranked[19]] {
        let link = format!("#figure-ranking a[href={}]", stop[1]);
        browser.point_at(&link).await.unwrap();
        assert_eq!(browser.evaluate(TOLD).await.unwrap(), stop[2], "{link}");
    }
    browser.close().await.unwrap();
}

#[tokio::test]
async fn cells_of_a_shaded_table_are_told_too() {
    const STOP: &str = "const one = document.activeElement; const tip = document.querySelector('.tip'); \
         return [one.tagName, one.closest('tr')?.rowIndex, one.cellIndex, one.title, tip.hidden ? '' : tip.textContent];";
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    browser.evaluate("document.querySelector('#figure-heat .heat-scroll').focus();").await.unwrap();
    let stops = browser.tab_through(24, STOP).await.unwrap();
    let cells: Vec<&Value> = stops.iter().filter(|stop| stop[0] == "TD").collect();
    assert_eq!(cells.len(), 1, "the table is one stop: {stops:?}");
    let cell = cells[0];
    assert_eq!((cell[1].clone(), cell[2].clone()), (json!(1), json!(1)), "the first cell comes first");
    assert_eq!(cell[3], cell[4]);
    assert_ne!(cell[4], "");

    browser.evaluate("document.querySelector('#figure-heat td[tabindex]').focus();").await.unwrap();
    for (key, row, column) in [(Key::ArrowRight, 1, 2), (Key::ArrowDown, 2, 2)] {
        browser.press(key).await.unwrap();
        let there = format!(
            "const one = document.activeElement; \
             return one.closest('tr')?.rowIndex === {row} && one.cellIndex === {column};"
        );
        browser.wait_until(&there).await.unwrap();
    }
    let reached = browser.evaluate(STOP).await.unwrap();
    assert_eq!((reached[1].clone(), reached[2].clone()), (json!(2), json!(2)));
    assert_eq!(reached[3], reached[4]);
    browser.evaluate("document.activeElement.blur();").await.unwrap();

    let one = "#figure-heat tbody tr:nth-child(2) td:nth-child(3)";
    browser.point_at(one).await.unwrap();
    assert_eq!(browser.evaluate(TOLD).await.unwrap(), reached[4]);
    browser.point_at("h1").await.unwrap();
    let words = format!("return document.querySelector('{one}').title;");
    assert_eq!(browser.evaluate(&words).await.unwrap(), reached[4], "the words are where they were");
    assert_eq!(browser.console_errors().await.unwrap(), Vec::<String>::new());
    browser.close().await.unwrap();
}

#[tokio::test]
async fn tables_of_days_and_of_groups_are_sorted_by_their_headings() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/sources")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let days = "return [...document.querySelectorAll('table.freshness time')].map(day => day.dateTime);";
    let button = "table.freshness th:nth-child(4) button.sort";
    for (way, is_descending) in [("descending", true), ("ascending", false)] {
        browser.click(button).await.unwrap();
        let found = browser.evaluate(days).await.unwrap();
        let mut expected: Vec<Value> = found.as_array().unwrap().clone();
        expected.sort_by_key(|day| day.as_str().unwrap().to_owned());
        if is_descending {
            expected.reverse();
        }
        assert!(expected.len() > 3 && expected.first() != expected.last(), "{expected:?}");
        assert_eq!(found, Value::from(expected));
        let said = browser.evaluate("return document.querySelector('#sorted').textContent;").await.unwrap();
        assert!(said.as_str().is_some_and(|said| said.ends_with(way)), "{said}");
        browser.find(&format!("table.freshness th:nth-child(4)[aria-sort={way}]")).await.unwrap();
    }

    // Rows keep to their group, whose heading stays over them.
    browser.open(&service.url("/en/regions/KZ-61")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let groups = "return [...document.querySelectorAll('table.indicators tbody')].map(group => \
         [group.rows[0].className, [...group.rows].map(row => row.textContent).sort().join()]);";
    let before = browser.evaluate(groups).await.unwrap();
    browser.click("table.indicators th:nth-child(2) button.sort").await.unwrap();
    assert_eq!(browser.evaluate(groups).await.unwrap(), before);
    browser.close().await.unwrap();
}
