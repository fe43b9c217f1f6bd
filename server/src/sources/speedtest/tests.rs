//! The excerpt of the Speedtest Global Index, and what bad input does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use crate::sources::catalogue::LicenceClass;
use crate::sources::error::SourceError;
use crate::sources::tests::{dataflow, parse_text, recorded_text};

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
