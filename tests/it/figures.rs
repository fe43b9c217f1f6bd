//! What can be taken along from a page: drawings, pictures, embedded figures, and what searching finds.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use tests::browser::{Browser, Scripts};
use tests::shared;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

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
