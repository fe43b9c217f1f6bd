//! What can be taken along from a page: drawings, pictures, embedded figures, and what searching finds.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};

use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::browser::{Browser, Scripts};
use tests::service::{Service, Settings};
use tests::{data, shared};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::every_page::{PAGES, READY};

/// Width and height of a PNG, from its header.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[tokio::test]
async fn a_figure_is_had_as_drawing_picture_and_card() {
    let service = shared::service().await.unwrap();
    let get = async |path: &str| reqwest::get(service.url(path)).await.unwrap();

    let drawing = get("/ru/figures/regions/KZ-61/criteria.svg?year=2022").await;
    assert_eq!(drawing.headers()["content-type"], "image/svg+xml");
    let text = drawing.text().await.unwrap();
    assert!(
        text.starts_with("<svg xmlns=") && text.contains("2022") && text.contains("Туркестанская область"),
        "{text}"
    );
    assert!(!text.contains("var(--") && !text.contains("href="), "it stands alone");

    let picture = get("/kk/figures/regions/KZ-61/criteria.png?year=2022").await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    let tag = picture.headers()["etag"].clone();
    assert_eq!(size(&picture.bytes().await.unwrap()).0, 1536);
    let again = reqwest::Client::new()
        .get(service.url("/kk/figures/regions/KZ-61/criteria.png?year=2022"))
        .header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);

    let card = get("/en/figures/countries/egdi.card.png").await.bytes().await.unwrap();
    assert_eq!(size(&card), (1200, 630));

    for path in ["/en/figures/nothing.svg", "/en/figures/heat.png", "/en/figures/regions/KZ-99/criteria.svg"] {
        assert_eq!(get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn an_embedded_figure_may_be_framed_and_runs_nothing() {
    let service = shared::service().await.unwrap();
    let answer = reqwest::get(service.url("/en/embed/ranking?criterion=internet_access")).await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("frame-ancestors *") && !policy.contains("script-src"), "{policy}");
    let page = answer.text().await.unwrap();
    assert!(page.contains("figure-ranking") && !page.contains("<script") && !page.contains("<nav"), "{page}");
    // Whole pages are not to be framed by others.
    let page = reqwest::get(service.url("/en/")).await.unwrap();
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("frame-ancestors 'self'"));
}

/// A page of somebody else, at an address of its own, that frames a figure of ours.
async fn framing(source: &str) -> SocketAddr {
    let page = format!(
        "<!doctype html><title>Elsewhere</title><iframe src=\"{source}\" width=\"800\" height=\"600\"></iframe>"
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let mut request = [0; 4096];
            if caller.read(&mut request).await.is_ok() {
                let _ = caller.write_all(answer.as_bytes()).await;
            }
        }
    });
    address
}

#[tokio::test]
async fn another_site_shows_the_figure_and_not_the_page() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    for (path, is_shown) in [("/kk/embed/ranking?year=2022", true), ("/kk/", false)] {
        let elsewhere = framing(&service.url(path)).await;
        browser.open(&format!("http://{elsewhere}/")).await.unwrap();
        browser.enter_frame("iframe").await.unwrap();
        let found = browser.find_all("#figure-ranking svg").await.unwrap();
        assert_eq!(!found.is_empty(), is_shown, "{path}");
        if is_shown {
            assert!(browser.text("#figure-ranking .subtitle").await.unwrap().contains("2022"));
        }
    }
    browser.close().await.unwrap();
}

#[tokio::test]
async fn what_a_figure_offers_follows_the_choice_on_the_map() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.open(&service.url("/en/")).await.unwrap();
    browser.wait_until("return document.documentElement.dataset.islands === 'ready';").await.unwrap();
    browser.click("select[name=criterion] option[value=investment]").await.unwrap();
    browser.wait_until("return location.search.includes('criterion=investment');").await.unwrap();
    let code = "document.querySelector('#figure-map .embedding summary').click(); \
         document.querySelector('#figure-map .permalink').dispatchEvent(new Event('focusin', { bubbles: true })); \
         return [document.querySelector('#figure-map textarea').value, \
         document.querySelector('#figure-map a[href*=\".png\"]').href];";
    let offered = browser.evaluate(code).await.unwrap();
    let text = offered.to_string();
    assert_eq!(text.matches("criterion=investment").count(), 2, "{text}");
    assert!(text.contains("<iframe src=") && text.contains("http://127.0.0.1"), "{text}");
    browser.close().await.unwrap();
}

#[tokio::test]
async fn regions_and_platforms_are_found_however_they_are_written() {
    let service = shared::service().await.unwrap();
    for (words, page) in [
        ("Жамбыл", "regions/KZ-31"),
        ("zhambyl", "regions/KZ-31"),
        ("Jambyl", "regions/KZ-31"),
        ("Астнаа", "regions/KZ-71"),
        ("fcnfyf", "regions/KZ-71"),
        ("qyzylorda", "regions/KZ-43"),
        ("кызылординская", "regions/KZ-43"),
        ("Ulitau", "regions/KZ-62"),
        ("маңғыстау", "regions/KZ-47"),
        ("bilimland", "indicators/regions/platforms_available"),
        ("күнделік", "indicators/regions/platforms_available"),
        ("онлайнмектеп", "indicators/regions/platforms_available"),
    ] {
        let mut url = url::Url::parse(&service.url("/en/search")).unwrap();
        url.query_pairs_mut().append_pair("q", words);
        let found = reqwest::get(url).await.unwrap().text().await.unwrap();
        let results = found.split_once("class=\"results\"").unwrap().1;
        let first = results.split_once("href=\"").unwrap().1.split('"').next().unwrap();
        assert_eq!(first, format!("/en/{page}"), "{words}");
    }
    let nothing = reqwest::get(service.url("/en/search?q=%3Cscript%3Ealert(1)")).await.unwrap().text().await.unwrap();
    assert!(!nothing.contains("<script>alert"), "words are text");
}

#[tokio::test]
async fn every_download_that_is_offered_is_there() {
    let service = shared::service().await.unwrap();
    let page = reqwest::get(service.url("/en/downloads")).await.unwrap().text().await.unwrap();
    let mut links: Vec<String> = page
        .split("href=\"/api/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|rest| format!("/api/{}", rest.replace("&amp;", "&")))
        .collect();
    links.dedup();
    assert!(links.len() > 100, "{}", links.len());
    // One dataset of each resource and format is enough: the others differ by a year or a code.
    let mut one_of_each: BTreeMap<&str, &String> = BTreeMap::new();
    for link in &links {
        one_of_each.entry(link.split('?').next().unwrap_or(link)).or_insert(link);
    }
    for link in one_of_each.into_values() {
        let answer = reqwest::get(service.url(link)).await.unwrap();
        assert_eq!(answer.status(), 200, "{link}");
    }
}

/// The addresses that the figures of a page offer as files.
fn taken_along(html: &str) -> Vec<String> {
    let offered = html.split("class=\"takeaway\"").skip(1).filter_map(|rest| rest.split("</p>").next());
    let links = offered.flat_map(|part| part.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()));
    links.map(|link| link.replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn every_figure_offers_its_facts_and_they_are_there() {
    let service = shared::service().await.unwrap();
    let mut count = 0;
    for page in PAGES {
        let html = reqwest::get(service.url(&format!("/kk/{page}"))).await.unwrap().text().await.unwrap();
        let figures = html.matches("class=\"figure-tools\"").count();
        let links = taken_along(&html);
        let tables: Vec<&String> = links.iter().filter(|link| link.contains(".csv")).collect();
        assert_eq!(tables.len(), figures, "{page}: {links:?}");
        // Pixels are made from the drawing, and are looked at by themselves.
        for link in links.iter().filter(|link| !link.contains(".png")) {
            let answer = reqwest::get(service.url(link)).await.unwrap();
            assert_eq!(answer.status(), 200, "{page}: {link}");
            let rows = answer.text().await.unwrap().lines().count();
            assert!(!link.contains(".csv") || rows > 1, "{page}: {link} has {rows} rows");
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

#[tokio::test]
async fn the_table_of_a_figure_says_what_the_api_says() {
    let service = shared::service().await.unwrap();
    let answer = reqwest::get(service.url("/kk/figures/regions/KZ-61/strip.csv?year=2023")).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8; header=present");
    let table = answer.text().await.unwrap();
    let mut written: Vec<f64> =
        table.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    let index = service.json("/api/v1/index?panel=regions&period=2023").await.unwrap();
    let mut scores: Vec<f64> =
        index["index"].as_array().unwrap().iter().filter_map(|entry| entry["score"].as_f64()).collect();
    for numbers in [&mut written, &mut scores] {
        numbers.sort_by(f64::total_cmp);
    }
    assert!(scores.len() > 15, "{index}");
    assert_eq!(written.len(), scores.len(), "{table}");
    for (written, score) in written.iter().zip(&scores) {
        assert!((written - score).abs() <= 0.05 + 1e-9, "{written} for {score}: {table}");
    }
}

/// What every region would have in common says nothing about one of them.
#[tokio::test]
async fn the_ends_of_a_region_are_its_own() {
    let service = shared::service().await.unwrap();
    let criteria = service.json("/api/v1/criteria").await.unwrap();
    let name_of = |code: &Value| {
        let all = criteria["criteria"].as_array().unwrap();
        all.iter().find(|criterion| criterion["code"] == *code).unwrap()["name"]["en"].as_str().unwrap().to_owned()
    };
    let mut borrowed = 0;
    for region in ["KZ-61", "KZ-75", "KZ-71", "KZ-62"] {
        let profile = service.json(&format!("/api/v1/index/{region}")).await.unwrap();
        let page = reqwest::get(service.url(&format!("/en/regions/{region}"))).await.unwrap().text().await.unwrap();
        let title =
            page.split_once("id=\"figure-criteria-title\">").unwrap().1.split('<').next().unwrap().to_lowercase();
        for criterion in profile["profile"]["criteria"].as_array().unwrap() {
            let share = |of: &str| criterion["coverage"][of].as_f64().unwrap();
            if criterion["score"].is_number() && share("observed") + share("carried_forward") < 0.5 {
                borrowed += 1;
                let name = name_of(&criterion["criterion"]).to_lowercase();
                assert!(!title.contains(&name), "{region}: {title} names {name}");
            }
        }
    }
    assert!(borrowed > 0, "no region borrows a score");
}

#[tokio::test]
async fn the_map_names_its_sources_and_every_region_whatever_is_chosen() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    let shown = "const lines = [...document.querySelectorAll('#figure-map .source')].filter(one => one.checkVisibility()); \
         return [lines.map(one => one.textContent.trim()), \
         document.querySelectorAll('#figure-map .twin tbody tr').length];";
    browser.open(&service.url("/en/?criterion=investment&year=2018")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let expected = browser.evaluate(shown).await.unwrap();
    browser.open(&service.url("/en/?criterion=internet_access")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    assert_ne!(browser.evaluate(shown).await.unwrap()[0], expected[0], "other sources");
    browser.click("select[name=criterion] option[value=investment]").await.unwrap();
    browser.click("input[name=year][value='2018']").await.unwrap();
    browser
        .wait_until("return location.search.includes('criterion=investment') && location.search.includes('2018');")
        .await
        .unwrap();
    assert_eq!(browser.evaluate(shown).await.unwrap(), expected);
    browser.close().await.unwrap();
}

#[tokio::test]
async fn every_page_has_a_picture_for_previews() {
    let data = data::filled().await.unwrap();
    let settings = Settings::default().with("PUBLIC_URL", "https://sandyq.example");
    let service = Service::start_with(data.path(), &settings).await.unwrap();
    for page in PAGES {
        let html = service.get(&format!("/ru/{page}")).await.unwrap().text();
        let tag = html.split("<meta ").find(|tag| tag.contains("property=\"og:image\"")).unwrap();
        let (_, rest) = tag.split_once("content=\"https://sandyq.example").unwrap();
        let image = rest.split('"').next().unwrap().replace("&amp;", "&");
        let picture = service.get(&image).await.unwrap();
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/png"), "{page}: {image}");
        assert!(html.contains("hreflang=\"x-default\" href=\"https://sandyq.example/kk/"), "{page}");
    }
    service.stop().await.unwrap();
}

/// From a value on a page to the file it was read from.
#[tokio::test]
async fn a_value_leads_down_to_the_file_that_was_received() {
    let service = shared::service().await.unwrap();
    let page = service.get("/kk/regions/KZ-61").await.unwrap().text();
    let links = page.split("href=\"/api/v1/snapshots/").skip(1).filter_map(|rest| rest.split('"').next());
    let files: BTreeSet<&str> = links.collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let received = service.get(&format!("/api/v1/snapshots/{file}")).await.unwrap();
        assert_eq!(received.status, 200, "{file}");
        assert_eq!(hex::encode(Sha256::digest(&received.body)), file);
    }
}

#[tokio::test]
async fn what_was_known_before_a_revision_is_drawn_beside_what_is_known() {
    let service = shared::service().await.unwrap();
    let figure = "figures/indicators/countries/education_spending_gdp/line";
    let table = service.get(&format!("/en/{figure}.csv")).await.unwrap().text();
    let row = |name: &str| -> Vec<String> {
        let line = table.lines().find(|line| line.starts_with(name)).expect(name);
        line.trim_start_matches(name).split(',').map(str::to_owned).collect()
    };
    let (earlier, now) = (row("\"Kazakhstan, earlier\","), row("Kazakhstan,"));
    let known = earlier.iter().zip(&now).filter(|(earlier, _)| !earlier.is_empty());
    let (same, revised): (Vec<_>, Vec<_>) = known.partition(|(earlier, now)| earlier == now);
    assert!(!revised.is_empty(), "{table}");
    assert!(!same.is_empty(), "it leaves the line and comes back to it: {table}");
    let drawing = service.get(&format!("/en/{figure}.svg")).await.unwrap().text();
    assert!(drawing.contains("Kazakhstan, earlier") && drawing.contains("before they were revised"), "{drawing}");
}
