//! Which quarters are asked for, and what totals come to. Files of tiles are read in the package `tiles`.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Write;

use jiff::civil::date;
use tiles::Weighted;

use super::*;
use crate::sources::tests::dataflow;

fn totals(code: &str, tests: u64, download_kbps: u64) -> AreaTotals {
    let weighted = |mean: u64| Weighted { tests, sum: tests * mean };
    AreaTotals {
        code: code.to_owned(),
        tiles: 1,
        tests,
        devices: 1,
        download_kbps: weighted(download_kbps),
        upload_kbps: weighted(1000),
        latency_ms: Weighted::default(),
    }
}

fn payload(areas: Vec<AreaTotals>) -> Vec<u8> {
    let quarter = "2026-Q3".to_owned();
    let file_sha256 = ContentHash::of(b"a file");
    serde_json::to_vec(&QuarterTotals { quarter, file_sha256, totals: Totals { tiles_read: 9, areas } }).unwrap()
}

#[test]
fn the_last_two_quarters_are_asked_for_and_only_the_last_may_be_lacking() {
    let definition = dataflow("OOKLA_TILES_FIXED");
    let asked = requests(&definition, SourceQuery { today: date(2026, 11, 22) }).unwrap();
    let asked: Vec<(&str, bool)> = asked.iter().map(|one| (one.url.as_str(), one.optional)).collect();
    let base = "https://ookla-open-data.s3.us-west-2.amazonaws.com/parquet/performance/type=fixed";
    let file =
        |quarter: u8, day: &str| format!("{base}/year=2026/quarter={quarter}/{day}_performance_fixed_tiles.parquet");
    assert_eq!(asked, [(file(2, "2026-04-01").as_str(), false), (file(3, "2026-07-01").as_str(), true)]);
    let quarters = |today| [quarter_before(today, 2), quarter_before(today, 1)].map(Option::unwrap);
    assert_eq!(quarters(date(2026, 1, 1)), [(2025, 3), (2025, 4)]);
    assert_eq!(quarters(date(2026, 3, 31)), [(2025, 3), (2025, 4)]);
    assert_eq!(quarters(date(2026, 4, 30)), [(2025, 4), (2026, 1)]);
}

#[test]
fn quarters_that_were_never_taken_in_are_wanted_back_to_the_declared_one_the_newest_first() {
    let mut definition = dataflow("OOKLA_TILES_FIXED");
    let today = SourceQuery { today: date(2026, 11, 22) };
    let wanted = |definition: &DataflowDefinition, taken: &[&str]| -> Vec<String> {
        let taken = taken.iter().map(|part| (*part).to_owned()).collect();
        wanted_besides(definition, today, &taken).unwrap().into_iter().map(|request| request.part).collect()
    };
    let all = wanted(&definition, &[]);
    assert_eq!(all.len(), 29);
    assert_eq!((all[0].as_str(), all[28].as_str()), ("2026-Q1.json", "2019-Q1.json"));
    let history = definition.history.as_mut().unwrap();
    history.since = "2025-Q2".parse().unwrap();
    assert_eq!(wanted(&definition, &["2025-Q4.json"]), ["2026-Q1.json", "2025-Q3.json", "2025-Q2.json"]);
    definition.history = None;
    assert_eq!(wanted(&definition, &[]), [""; 0]);
}

#[test]
fn the_country_is_weighted_by_tests_and_a_region_without_tests_is_missing() {
    let definition = dataflow("OOKLA_TILES_FIXED");
    let bytes = payload(vec![totals("KZ-71", 3, 100_000), totals("KZ-75", 1, 20_000), totals("KZ-62", 0, 0)]);
    let parsed = parse(&definition, &Payload::new("2026-Q3.json", &bytes)).unwrap();
    let value = |area: Option<&str>, code: &str| {
        let area = area.map_or(ProviderArea::National, |code| ProviderArea::Own(code.parse().unwrap()));
        let is_cell = |one: &&ProviderObservation| one.area == area && one.indicator.as_str() == code;
        let found = parsed.observations.iter().find(is_cell).unwrap();
        assert_eq!(found.period, TimePeriod::Quarter(2026, 3));
        (found.value, found.status)
    };
    assert_eq!(value(Some("KZ-71"), "ookla_fixed_download"), (Some(100.0), ObsStatus::Normal));
    assert_eq!(value(None, "ookla_fixed_download"), (Some(80.0), ObsStatus::Normal));
    assert_eq!(value(Some("KZ-62"), "ookla_fixed_download"), (None, ObsStatus::Missing));
    assert_eq!(value(None, "ookla_fixed_latency"), (None, ObsStatus::Missing));
    assert_eq!(value(None, "ookla_fixed_tests"), (Some(4.0), ObsStatus::Normal));
}

#[test]
fn files_and_payloads_that_are_none_are_refused() {
    let definition = dataflow("OOKLA_TILES_MOBILE");
    let refused = |bytes: &[u8]| parse(&definition, &Payload::new("2026-Q3.json", bytes)).unwrap_err();
    assert!(matches!(refused(b"PAR1"), SourceError::Structure { .. }));
    let year = String::from_utf8(payload(Vec::new())).unwrap().replace("2026-Q3", "2026");
    assert!(matches!(refused(year.as_bytes()), SourceError::Cell { .. }));
    let mut page = tempfile::tempfile().unwrap();
    page.write_all(b"<Error><Code>NoSuchKey</Code></Error>").unwrap();
    assert!(matches!(reduce("2026-Q3.json", page, ContentHash::of(b"")), Err(TilesError::File(_))));
}
