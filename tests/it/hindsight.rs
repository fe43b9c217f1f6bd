//! The pages as they were on a day in the past: the same figures the API gives for that day, told apart from those of today.

use tests::shared;

/// After most recordings, before those of the United Nations, the World Bank and Ookla.
const DAY: &str = "2025-01-15";

#[tokio::test]
async fn a_page_shows_what_was_known_on_a_day_and_says_so() {
    let service = shared::service().await.unwrap();
    let page = async |path: &str| service.get(path).await.unwrap();
    let index = async |query: &str| service.json(&format!("/api/v1/index{query}")).await.unwrap();

    let known = index(&format!("?as_of={DAY}")).await;
    // What opens 2024 came in later; who names the year gets it all the same.
    assert_eq!(known["release"]["reference_year"], 2023);
    let named = index(&format!("?period=2024&as_of={DAY}")).await;
    assert_eq!(named["release"]["reference_year"], 2024);
    let then = known["national"]["score"].as_f64().unwrap();
    let now = index("").await["national"]["score"].as_f64().unwrap();
    assert!((then - now).abs() > 0.1, "the day is chosen so that it differs: {then} {now}");

    let past = page(&format!("/en/?as_of={DAY}")).await;
    assert_eq!(past.status, 200);
    let text = past.text();
    let headline = text.split_once("<h1").unwrap().1.split_once("</h1>").unwrap().0;
    assert!(headline.contains(&format!("{then:.1}")), "{headline} {then}");
    assert!(text.contains("as they were known on 15 January 2025"), "{text}");
    assert!(text.contains("content=\"noindex\""));
    // What the page leads to is of the same day: regions, figures, tables of the API; and there is a way back.
    for link in [
        "/en/regions/KZ-61?as_of=2025-01-15",
        "/en/figures/map.svg?as_of=2025-01-15",
        "/api/v1/index.csv?panel=regions&amp;period=2023&amp;as_of=2025-01-15",
        "href=\"/en/\"",
        "href=\"/en/sources\"",
    ] {
        assert!(text.contains(link), "{link}");
    }

    let region = page(&format!("/kk/regions/KZ-61?as_of={DAY}")).await.text();
    assert!(region.contains("15 қаңтар"), "{region}");
    let drawing = page(&format!("/ru/figures/map.svg?as_of={DAY}")).await.text();
    assert!(drawing.contains("15 января 2025"), "{drawing}");
}

#[tokio::test]
async fn a_day_on_which_nothing_or_everything_was_known_is_left_out() {
    let service = shared::service().await.unwrap();
    let now = service.get("/en/").await.unwrap().text();
    for day in ["1999-12-31", "2099-01-01", "2025-02-30", "tomorrow"] {
        let text = service.get(&format!("/en/?as_of={day}")).await.unwrap().text();
        assert_eq!(text, now, "{day}");
    }
    // Pages about the service know no other day.
    for page in ["sources", "weights", "method"] {
        let text = service.get(&format!("/en/{page}?as_of={DAY}")).await.unwrap().text();
        assert!(!text.contains("as they were known on"), "{page}");
    }
}

#[tokio::test]
async fn the_page_of_releases_lists_the_days_on_which_figures_came_in() {
    let service = shared::service().await.unwrap();
    let text = service.get("/en/releases").await.unwrap().text();
    let days: Vec<&str> =
        text.split("href=\"/en/?as_of=").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
    assert!(days.len() >= 3, "{days:?}");
    assert!(days.windows(2).all(|pair| pair[0] > pair[1]), "the newest first: {days:?}");
    for day in days {
        let page = service.get(&format!("/en/?as_of={day}")).await.unwrap();
        assert_eq!(page.status, 200, "{day}");
        assert!(page.text().contains("as they were known on"), "{day}");
    }
}
