//! The excerpt of the Speedtest Global Index, and what bad input does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use indicators::observation::TimePeriod;
use jiff::civil::date;

use crate::sources::catalogue::LicenceClass;
use crate::sources::error::SourceError;
use crate::sources::tests::{dataflow, parse_text, recorded_text};
use crate::sources::{ProviderArea, ProviderObservation, SourceQuery, requests};

#[test]
fn the_excerpt_holds_compared_countries_only_and_is_restricted() {
    let text = recorded_text("ookla/2026-11-22/speedtest_mobile_2024-08.csv");
    let parsed = parse_text("OOKLA_SGI_MOBILE", "speedtest_mobile_2024-08.csv", &text).unwrap();
    assert_eq!((parsed.rows_read, parsed.observations.len()), (14, 28));
    assert_eq!(dataflow("OOKLA_SGI_MOBILE").licence_class, LicenceClass::Restricted);
    assert!(!dataflow("OOKLA_SGI_FIXED").raw_is_open());
}

#[test]
fn bad_rows_are_refused() {
    let text = recorded_text("ookla/2026-11-22/speedtest_mobile_2024-08.csv");
    let error = |from: &str, to: &str| {
        parse_text("OOKLA_SGI_MOBILE", "a.csv", &text.replacen(from, to, 1)).unwrap_err().to_finding()
    };
    let found = error(",51.25,", ",fast,");
    assert_eq!((found.place.row, found.place.column.as_deref(), found.found.as_str()), (Some(8), Some("mbps"), "fast"));
    assert_eq!(error("2024-08,53", "August,53").place.column.as_deref(), Some("month"));
    assert_eq!(error("mbps", "Mbit/s").place.column.as_deref(), Some("mbps"));
    let cut = parse_text("OOKLA_SGI_MOBILE", "a.csv", text.trim_end()).unwrap_err();
    assert!(matches!(cut, SourceError::Truncated { .. }), "{cut}");
}

/// A page made up in the provider's shape.
fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/synthetic/ookla/global_index_page.html");
    fs::read_to_string(path).unwrap()
}

#[test]
fn only_the_pages_of_the_countries_compared_are_asked_for() {
    for id in ["OOKLA_SGI_MOBILE", "OOKLA_SGI_FIXED"] {
        let asked = requests(&dataflow(id), &SourceQuery { today: date(2026, 11, 22) }).unwrap();
        assert_eq!(asked.len(), dataflow(id).pages.len());
        let own = asked.iter().find(|request| request.part == "kazakhstan.html").unwrap();
        assert_eq!(own.url.as_str(), "https://www.speedtest.net/global-index/kazakhstan");
        assert!(asked.iter().any(|request| request.url.path() == "/global-index/united-states"));
    }
}

#[test]
fn the_medians_of_a_page_are_read_month_by_month() {
    let rows = |id: &str| {
        let parsed = parse_text(id, "kazakhstan.html", &page()).unwrap();
        let row = |row: &ProviderObservation| {
            assert_eq!(row.area, ProviderArea::Own("KAZ".parse().unwrap()));
            (row.indicator.to_string(), row.period, row.value)
        };
        parsed.observations.iter().map(row).collect::<Vec<_>>()
    };
    let month = |month| TimePeriod::Month(2024, month);
    let named = |name: &str, month, value| (name.to_owned(), month, value);
    assert_eq!(
        rows("OOKLA_SGI_MOBILE"),
        [
            named("speedtest_mobile_median", month(9), Some(11.11)),
            named("speedtest_mobile_median", month(10), None),
            named("speedtest_mobile_rank", month(9), Some(7.0)),
            named("speedtest_mobile_rank", month(10), None),
        ]
    );
    assert_eq!(rows("OOKLA_SGI_FIXED")[0], named("speedtest_fixed_median", month(9), Some(22.22)));
}

#[test]
fn other_pages_are_told_from_the_one_asked_for() {
    let page = page();
    let read = |part: &str, text: &str| parse_text("OOKLA_SGI_MOBILE", part, text);
    let error = |from: &str, to: &str| {
        assert!(page.contains(from), "{from}");
        read("kazakhstan.html", &page.replacen(from, to, 1)).unwrap_err()
    };
    let told = |from: &str, to: &str| {
        let finding = error(from, to).to_finding();
        (finding.place.column.unwrap_or_default(), finding.found)
    };
    let missing = error("var data = ", "var other = ");
    assert!(matches!(&missing, SourceError::HtmlPage { title, .. } if title.contains("Kazakhstan")), "{missing}");
    assert!(matches!(error("\"mobileMedian\"", "\"mobileMode\""), SourceError::MissingLabel { .. }));
    let cut = page.find("2024-10-01").unwrap();
    assert!(matches!(read("kazakhstan.html", page.get(..cut).unwrap()), Err(SourceError::Truncated { .. })));
    assert!(matches!(read("atlantis.html", &page), Err(SourceError::MissingLabel { .. })));
    // The table of all countries, to which an unknown address may lead.
    let several = page.replacen("\"country_id\":398", "\"country_id\":208", 1);
    assert_eq!(read("kazakhstan.html", &several).unwrap_err().to_finding().place.column.as_deref(), Some("country_id"));
    assert_eq!(told("\"11.11\"", "\"fast\""), ("download_mbps".to_owned(), "fast".to_owned()));
    assert_eq!(told("2024-09-01", "September"), ("global_index_date".to_owned(), "September".to_owned()));
    assert!(matches!(error("\"download_mbps\":\"11.11\",", ""), SourceError::MissingColumn { .. }));
}
