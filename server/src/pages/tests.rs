//! The pages over HTTP: addresses, languages, headers, caching. What stands on a page is tested in
//! the frontend, and on real figures by the package `tests`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::ServiceResponse;
use actix_web::http::StatusCode;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use indicators::assembly::ObservationBook;
use indicators::definition::Panel;
use indicators::observation::{ObsStatus, TimePeriod};
use indicators::wire::ObservationEntry;
use jiff::Timestamp;
use jiff::civil::Date;

use super::*;
use crate::definitions::Definitions;
use crate::limits::PUBLISHED;
use crate::publish::{Origin, Publisher};
use crate::release::{PublishedMethod, compute_one};
use crate::release_archive::ReleaseArchive;
use crate::run_log::RunHistory;
use crate::sources::Catalogue;
use crate::store::Store;
use crate::view::{Measured, Release};

/// What is published before any figure has arrived: every page must stand up to that.
pub(super) fn nothing_measured() -> View {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let (definitions, catalogue) = (Definitions::embedded().unwrap(), Catalogue::embedded().unwrap());
    let runs = RunHistory::default();
    let archive = ReleaseArchive::open(&folder.path().join("releases")).unwrap();
    let origin =
        Origin { definitions: &definitions, catalogue: &catalogue, store: &store, archive: &archive, runs: &runs };
    Publisher::new(PublishedMethod::current()).publish(origin, None, Vec::new(), Date::constant(1970, 1, 1)).unwrap()
}

/// The same with scores made up for this test.
fn made_up() -> View {
    let mut view = nothing_measured();
    // No year opens of which nothing is known.
    let (definitions, book) = (Definitions::embedded().unwrap(), ObservationBook::default());
    for (panel, year) in Panel::ALL.into_iter().flat_map(|panel| (2017..=2024).map(move |year| (panel, year))) {
        let release = compute_one(&definitions, &book, panel, year).unwrap();
        view.releases.insert((panel, year), Arc::new(release));
    }
    for release in view.releases.values_mut() {
        let mut changed = Release::clone(release);
        for (place, entry) in changed.answer.index.iter_mut().enumerate() {
            let rank = u32::try_from(place).unwrap() + 1;
            (entry.score, entry.rank) = (Some(90.0 - 2.0 * f64::from(rank)), Some(rank));
        }
        if let Some(national) = &mut changed.answer.national {
            national.score = Some(61.25);
        }
        *release = Arc::new(changed);
    }
    view
}

async fn get(view: View, requests: Vec<TestRequest>) -> Vec<ServiceResponse> {
    let handle = web::Data::new(ViewHandle::new(view));
    let service = web::Data::new(Service::new(PUBLISHED, Timestamp::UNIX_EPOCH));
    let app = App::new().app_data(handle).app_data(service);
    let app = init_service(app.configure(|config| Dashboard::default().configure(config))).await;
    let mut answers = Vec::new();
    for request in requests {
        answers.push(call_service(&app, request.to_request()).await);
    }
    answers
}

async fn text(answer: ServiceResponse) -> String {
    let bytes = to_bytes(answer.into_body()).await.unwrap_or_else(|_| panic!("no body"));
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn header_of(answer: &ServiceResponse, name: header::HeaderName) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// Every address there is, in one language.
fn addresses(view: &View, language: Language) -> Vec<String> {
    let regions = view.areas.iter().filter(|area| area.parent.is_some()).map(|area| Page::Region(area.code.clone()));
    let criteria = view.criteria.iter().map(|criterion| Page::Criterion(criterion.code.clone()));
    let indicators = view.indicators.iter().map(|indicator| Page::Indicator(indicator.panel, indicator.code.clone()));
    let single =
        [Page::Overview, Page::Compare, Page::Weights, Page::Countries, Page::Sources, Page::Method, Page::About];
    single.into_iter().chain(regions).chain(criteria).chain(indicators).map(|page| page.path(language)).collect()
}

#[actix_web::test]
async fn every_page_stands_in_every_language_even_when_nothing_is_measured() {
    for view in [nothing_measured, made_up] {
        for language in Language::ALL {
            let view = view();
            let addresses = addresses(&view, language);
            let requests = addresses.iter().map(|uri| TestRequest::get().uri(uri)).collect();
            for (uri, answer) in addresses.iter().zip(get(view, requests).await) {
                assert_eq!(answer.status(), StatusCode::OK, "{uri}");
                assert_eq!(header_of(&answer, header::CONTENT_LANGUAGE), language.tag());
                let html = text(answer).await;
                assert!(html.contains(&format!("<html lang=\"{language}\"")), "{uri}");
                assert!(html.contains("<main id=\"content\""), "{uri}");
                // The policy allows neither; a page that needs them is broken in the browser.
                assert!(!html.contains(" style=") && !html.contains("<script>") && !html.contains("<style"), "{uri}");
                assert!(!html.contains("NaN") && !html.contains(">inf"), "{uri}");
            }
        }
    }
}

#[actix_web::test]
async fn the_root_follows_the_browser_and_falls_back_to_kazakh() {
    let cases = [
        ("", "/kk/"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "/ru/"),
        ("de,en;q=0.5", "/en/"),
        ("fr", "/kk/"),
        ("en;q=0.2,kk;q=0.9", "/kk/"),
    ];
    let requests = cases.iter().map(|(accepted, _)| {
        let request = TestRequest::get().uri("/");
        if accepted.is_empty() { request } else { request.insert_header((header::ACCEPT_LANGUAGE, *accepted)) }
    });
    let answers = get(nothing_measured(), requests.collect()).await;
    for ((accepted, expected), answer) in cases.iter().zip(answers) {
        assert_eq!(answer.status(), StatusCode::FOUND);
        assert_eq!(header_of(&answer, header::LOCATION), *expected, "{accepted:?}");
        assert_eq!(header_of(&answer, header::VARY), "Accept-Language");
    }
}

#[actix_web::test]
async fn what_leads_nowhere_says_so_in_the_language_of_the_address() {
    let cases = [
        ("/ru/regions/KZ-99", "ru"),
        ("/en/criteria/nothing", "en"),
        ("/en/indicators/regions/nothing", "en"),
        ("/kk/nowhere/at/all", "kk"),
        ("/nowhere", "kk"),
        ("/en/regions/DNK", "en"),
    ];
    let requests = cases.iter().map(|(uri, _)| TestRequest::get().uri(uri)).collect();
    for ((uri, language), answer) in cases.iter().zip(get(made_up(), requests).await) {
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{uri}");
        assert_eq!(header_of(&answer, header::CONTENT_LANGUAGE), *language, "{uri}");
        let page = text(answer).await;
        assert!(!page.contains("aria-current=\"page\""), "{uri} stands nowhere in the navigation");
    }
}

#[actix_web::test]
async fn a_known_page_is_not_sent_again() {
    let first = || TestRequest::get().uri("/en/?year=2020");
    let coded = || first().insert_header((header::ACCEPT_ENCODING, "gzip, br"));
    let mut answers = get(made_up(), vec![first(), coded()]).await;
    let coded_tag = header_of(&answers[1], header::ETAG);
    let tag = header_of(&answers[0], header::ETAG);
    assert!(tag.starts_with('"') && tag != coded_tag, "{tag} {coded_tag}");
    assert_eq!(header_of(&answers[1], header::CONTENT_ENCODING), "br");
    let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'self'";
    assert_eq!(header_of(&answers[0], header::CONTENT_SECURITY_POLICY), policy);
    let plain = text(answers.swap_remove(0)).await;
    assert!(plain.contains("2020"));
    let again = vec![
        first().insert_header((header::IF_NONE_MATCH, tag.clone())),
        coded().insert_header((header::IF_NONE_MATCH, coded_tag)),
        first().insert_header((header::IF_NONE_MATCH, "\"other\"")),
        TestRequest::get().uri("/en/?year=2019").insert_header((header::IF_NONE_MATCH, tag)),
    ];
    let statuses: Vec<u16> = get(made_up(), again).await.iter().map(|answer| answer.status().as_u16()).collect();
    assert_eq!(statuses, [304, 304, 200, 200]);
}

#[actix_web::test]
async fn assets_are_immutable_and_only_found_under_their_hash() {
    let links = assets::links();
    let requests = vec![
        TestRequest::get().uri(&links.style).insert_header((header::ACCEPT_ENCODING, "br")),
        TestRequest::get().uri(&links.icon),
        TestRequest::get().uri("/assets/0000000000000000/style.css"),
    ];
    let answers = get(nothing_measured(), requests).await;
    assert_eq!(answers[0].status(), StatusCode::OK);
    assert_eq!(header_of(&answers[0], header::CONTENT_TYPE), "text/css; charset=utf-8");
    assert_eq!(header_of(&answers[0], header::CONTENT_ENCODING), "br");
    assert!(header_of(&answers[0], header::CACHE_CONTROL).contains("immutable"));
    assert_eq!(answers[1].status(), StatusCode::OK);
    assert_eq!(answers[2].status(), StatusCode::NOT_FOUND);
}

#[test]
fn a_page_is_rendered_once_for_a_view_and_anew_for_the_next() {
    let (shelf, view) = (Shelf::default(), made_up());
    let address = Address { page: Page::Overview, language: Language::Kk, selection: Selection::default() };
    let first = shelf.page(&view, &address).unwrap();
    assert!(Arc::ptr_eq(&first, &shelf.page(&view, &address).unwrap()));
    assert!(!first.brotli.is_empty() && first.brotli.len() < first.html.len());

    let next = View { id: "another".to_owned(), ..view };
    assert!(!Arc::ptr_eq(&first, &shelf.page(&next, &address).unwrap()));
}

#[test]
fn what_was_asked_for_is_rendered_ahead_for_the_next_view() {
    let (shelf, view) = (Shelf::default(), made_up());
    let asked = Address { page: Page::Sources, language: Language::Ru, selection: Selection::default() };
    shelf.page(&view, &asked);
    let held = shelf.n_pages();
    let next = View { id: "another".to_owned(), ..view.clone() };
    shelf.prepare(Some(&view), &next);
    assert_eq!(shelf.n_pages(), held + Language::ALL.len() + 1);
    shelf.page(&next, &asked);
    assert_eq!(shelf.n_pages(), held + Language::ALL.len() + 1);

    // Read once, it is forgotten after a view that nobody asked it of.
    let third = View { id: "a third".to_owned(), ..next.clone() };
    shelf.prepare(Some(&next), &third);
    let (fourth, held) = (View { id: "a fourth".to_owned(), ..view }, shelf.n_pages());
    shelf.prepare(Some(&third), &fourth);
    assert_eq!(shelf.n_pages(), held + Language::ALL.len());
}

#[test]
fn the_front_page_is_there_before_anybody_asks() {
    let (dashboard, view) = (Dashboard::default(), made_up());
    dashboard.prepare(None, &view);
    assert_eq!(dashboard.shelf.n_pages(), Language::ALL.len());
}

/// What a vintage of a day said of education spending; the values are made up for this test.
fn spending(area: &str, value: f64, day: &str) -> ObservationEntry {
    ObservationEntry {
        dataflow: "WB_EDU_SPENDING".parse().unwrap(),
        indicator: "education_spending_gdp".parse().unwrap(),
        urbanisation: "_T".to_owned(),
        sex: "_T".to_owned(),
        age: "_T".to_owned(),
        area: area.parse().unwrap(),
        period: TimePeriod::Year(2015),
        value: Some(value),
        status: ObsStatus::Normal,
        vintage: format!("WB_EDU_SPENDING@{day}.1"),
        snapshot: None,
        submitted_by: None,
    }
}

#[actix_web::test]
async fn a_revised_value_stands_beside_the_one_it_was_on_the_page_of_its_indicator() {
    const CHANGED: Date = Date::constant(2025, 6, 30);
    let revised = || {
        let mut view = nothing_measured();
        let catalogue = Catalogue::embedded().unwrap();
        let unit = catalogue.find(&"WB_EDU_SPENDING".parse().unwrap()).unwrap().indicators[0].unit.clone();
        view.measured.push(Measured {
            dataflow: "WB_EDU_SPENDING".parse().unwrap(),
            code: "education_spending_gdp".parse().unwrap(),
            name: unit.name.clone(),
            unit,
            decimals: 2,
        });
        // Denmark is no region; Estonia's change is too small to be seen.
        for (area, before, after) in [("KAZ", 12.341, 13.579), ("DNK", 20.0, 30.0), ("EST", 15.0, 15.001)] {
            view.past.push((spending(area, before, "2024-07-31"), CHANGED));
            view.observations.push(spending(area, after, "2025-06-30"));
        }
        view
    };
    let path = "indicators/regions/education_spending_gdp";
    for (language, words) in [
        (
            "en",
            ["1 published value was later revised", "12.34", "13.58", "since 31 July 2024", "Vintage of 30 June 2025"],
        ),
        (
            "ru",
            [
                "Позже пересмотрено 1 опубликованное значение",
                "12,34",
                "13,58",
                "с 31 июля 2024",
                "Выпуск данных: 30 июня 2025",
            ],
        ),
        ("kk", ["Жарияланған 1 мән кейін қайта қаралды", "12,34", "13,58", "31 шілде", "30 маусым"]),
    ] {
        let request = TestRequest::get().uri(&format!("/{language}/{path}"));
        let html = text(get(revised(), vec![request]).await.remove(0)).await;
        for words in words {
            assert!(html.contains(words), "{language}: {words} of {html}");
        }
        assert!(html.contains("+1.24") || html.contains("+1,24"), "{language}");
        assert!(!html.contains("30.00") && !html.contains("30,00"), "{language}: Denmark is not compared here");
    }
    // Where every value still is what it was, nothing is said.
    let request = TestRequest::get().uri(&format!("/en/{path}"));
    let html = text(get(nothing_measured(), vec![request]).await.remove(0)).await;
    assert!(!html.contains("later revised"), "{html}");
    let countries = TestRequest::get().uri("/en/indicators/countries/education_spending_gdp");
    let html = text(get(revised(), vec![countries]).await.remove(0)).await;
    assert!(html.contains("2 published values were later revised"), "{html}");
    assert!(html.contains("Most of all: Denmark, 2015, from 20.00"), "{html}");
}
