//! The bureau's workbooks, and what bad input does.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::observation::TimePeriod;

use crate::sources::error::SourceError;
use crate::sources::finding::Place;
use crate::sources::tests::{dataflow, recorded};
use crate::sources::{Parsed, Payload, parse};

const FINANCE: &str = "kz_bns/2026-11-22/education_finance_2022.xls";
const INNOVATION: &str = "kz_bns/2026-11-22/innovation_2022.xls";

fn read(id: &str, bytes: &[u8]) -> Result<Parsed, SourceError> {
    parse(&dataflow(id), &Payload::new("a.xls", bytes))
}

#[test]
fn tables_are_found_by_sheet_title_and_headings() {
    let finance = read("BNS_EDU_FINANCE", recorded(FINANCE)).unwrap();
    assert_eq!((finance.layout, finance.rows_read, finance.observations.len()), ("bns_education_finance", 21, 105));
    assert!(finance.observations.iter().all(|row| row.period == TimePeriod::Year(2022)));
    let abai = finance.observations.iter().find(|row| row.raw == "135552521").unwrap();
    let place = Place { sheet: Some("1.1".to_owned()), ..Place::cell("a.xls", 6, "Ағымдағы шығыстар") };
    assert_eq!((&abai.place, abai.value), (&place, Some(135_552_521.0)));
    let innovation = read("BNS_INNOVATION", recorded(INNOVATION)).unwrap();
    assert_eq!((innovation.rows_read, innovation.observations.len()), (21, 21));
}

#[test]
fn another_workbook_another_type_and_a_cut_are_refused() {
    let swapped = read("BNS_EDU_FINANCE", recorded(INNOVATION)).unwrap_err();
    assert!(matches!(&swapped, SourceError::MissingLabel { what: "sheet", .. }), "{swapped}");
    let swapped = read("BNS_INNOVATION", recorded(FINANCE)).unwrap_err();
    assert!(matches!(&swapped, SourceError::MissingLabel { what: "sheet", .. }), "{swapped}");
    let zip = read("BNS_INNOVATION", b"PK\x03\x04 something zipped").unwrap_err();
    assert!(matches!(&zip, SourceError::Structure { .. }), "{zip}");
    let page = read("BNS_INNOVATION", b"<html><title>403 Forbidden</title></html>").unwrap_err();
    assert!(matches!(page, SourceError::HtmlPage { .. }));
    let whole = recorded(FINANCE);
    for length in [0, 8, 512, 5_000, whole.len() / 2, whole.len() - 20_000] {
        assert!(read("BNS_EDU_FINANCE", whole.get(..length).unwrap()).is_err(), "{length} bytes");
    }
}
