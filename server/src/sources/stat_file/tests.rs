//! One table in the four kinds of file the address gives, and what bad ones do. Figures and files are made up.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use cfb::{CompoundFile, Version};
use indicators::observation::ObsStatus;
use rust_xlsxwriter::Workbook;

use super::*;
use crate::sources::catalogue::TableLabel;
use crate::sources::tests::{dataflow, recorded};
use crate::sources::{self, ProviderArea, ProviderObservation};

const POPULATION: &str = "BNS_POPULATION";

/// Population, with the words by which made-up tables call it.
fn definition() -> DataflowDefinition {
    let mut definition = dataflow(POPULATION);
    definition.indicators[0].series = vec!["Барлық халық".to_owned(), "Халық саны, Барлығы".to_owned()];
    definition
}

fn read(bytes: &[u8]) -> Result<Parsed, SourceError> {
    parse(&definition(), &Payload::new("population", bytes))
}

/// Area, year, value and status of each row.
fn rows(bytes: &[u8]) -> Vec<(String, i16, Option<f64>, ObsStatus)> {
    let parsed = read(bytes).unwrap();
    let row = |row: &ProviderObservation| {
        let ProviderArea::Code { scheme, code } = &row.area else { unreachable!("{row:?}") };
        (format!("{scheme}:{code}"), row.period.year(), row.value, row.status)
    };
    parsed.observations.iter().map(row).collect()
}

fn row(area: &str, year: i16, value: f64) -> (String, i16, Option<f64>, ObsStatus) {
    (area.to_owned(), year, Some(value), ObsStatus::Normal)
}

fn tabbed() -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/synthetic/kz_bns/population_tabbed.csv");
    fs::read(path).unwrap()
}

/// Sheets of text, as a new workbook. A cell that reads as a number is one.
fn xlsx(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, lines) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).unwrap();
        for (line, row) in lines.iter().zip(0u32..) {
            for (cell, column) in line.iter().zip(0u16..).filter(|(cell, _)| !cell.is_empty()) {
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(row, column, number).unwrap(),
                    Err(_) => sheet.write_string(row, column, *cell).unwrap(),
                };
            }
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// One sheet of text, as an old workbook: a compound file with a stream of records.
fn xls(name: &str, lines: &[&[&str]]) -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes()[..], data].concat()
    };
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let begin = |kind: u8| record(0x0809, &[0, 6, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0]);
    let end = record(0x000a, &[]);
    let sheet_at = |offset: u32| {
        let letters = u8::try_from(name.encode_utf16().count()).unwrap();
        record(0x0085, &[&offset.to_le_bytes()[..], &[0, 0, letters, 1], &wide(name)].concat())
    };
    let offset = begin(5).len() + sheet_at(0).len() + end.len();
    let mut stream = [begin(5), sheet_at(u32::try_from(offset).unwrap()), end.clone(), begin(0x10)].concat();
    for (line, row) in lines.iter().zip(0u16..) {
        for (cell, column) in line.iter().zip(0u16..).filter(|(cell, _)| !cell.is_empty()) {
            let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
            stream.extend(if let Ok(number) = cell.parse::<f64>() {
                record(0x0203, &[&place[..], &number.to_le_bytes()].concat())
            } else {
                let letters = u16::try_from(cell.encode_utf16().count()).unwrap().to_le_bytes();
                record(0x0204, &[&place[..], &letters, &[1], &wide(cell)].concat())
            });
        }
    }
    stream.extend(end);
    // A stream shorter than this lies among the small ones, which the reader of workbooks takes to be elsewhere.
    stream.resize(stream.len().max(4096), 0);
    let mut file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

/// Areas by name, years across, footnotes glued to them.
const ACROSS: &[&[&str]] = &[
    &["Жыл басындағы халық саны"],
    &["", "2024 жыл", " 2025 жыл7)8)"],
    &["Қазақстан Республикасы", "3000", "3300.5"],
    &["Абай  облысы1)", "1000", "1100,5"],
    &["Алматы қаласы", "2 000", "…"],
    &["1) Шекарасы өзгерді."],
    &["* Алдын ала."],
];

#[test]
fn names_down_and_years_across_are_read_alike_from_both_kinds_of_workbook() {
    let expected = [
        row("bns_name:Қазақстан Республикасы", 2024, 3000.0),
        row("bns_name:Қазақстан Республикасы", 2025, 3300.5),
        row("bns_name:Абай облысы", 2024, 1000.0),
        row("bns_name:Абай облысы", 2025, 1100.5),
        row("bns_name:Алматы қаласы", 2024, 2000.0),
        ("bns_name:Алматы қаласы".to_owned(), 2025, None, ObsStatus::Missing),
    ];
    // The table is not on the first sheet.
    assert_eq!(rows(&xlsx(&[("Мұқаба", &[&["Демография"]]), ("1", ACROSS)])), expected);
    assert_eq!(rows(&xls("1", ACROSS)), expected);
    let comma = read(&xls("1", ACROSS)).unwrap().findings;
    assert_eq!(comma.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [FindingKind::DecimalComma]);
    assert_eq!((comma[0].place.row, comma[0].place.sheet.as_deref()), (Some(4), Some("1")));
}

/// How a sheet is laid out, the rows it holds and what is told of what was passed over.
type Layout<'a> = (&'a [&'a [&'a str]], Vec<(String, i16, Option<f64>, ObsStatus)>, &'a [&'a str]);

#[test]
fn each_layout_of_a_sheet_gives_the_declared_rows_of_regions() {
    let of_abai = || vec![row("kato:100000000", 2024, 1000.0), row("kato:100000000", 2025, 1100.0)];
    let confidential = ("kato:750000000".to_owned(), 2025, None, ObsStatus::Confidential);
    let layouts: [Layout<'_>; 2] = [
        // Several blocks, of which one is declared.
        (
            &[
                &["КАТО", "", "2024", "2025.0"],
                &["", "«Барлық халық»"],
                &["100000000", "Абай облысы", "1000", "1100"],
                &["101000000", "Семей қ.ә.", "400", "410"],
                &["", "Қала халқы"],
                &["100000000", "Абай облысы", "600", "610"],
            ],
            of_abai(),
            &["Қала халқы", "1 rows of districts, 101000000 the first"],
        ),
        // Years below the code of each region.
        (
            &[
                &["Халық саны"],
                &["100000000", "Абай облысы"],
                &["", "2024 год", "1000"],
                &["", "2025 год*", "1100"],
                &["101000000", "Семей қ.ә."],
                &["", "2025 год", "400"],
                &["750000000", "Алматы қаласы"],
                &["", "2025 год", "x"],
            ],
            of_abai().into_iter().chain([confidential]).collect(),
            &["1 rows of districts, 101000000 the first"],
        ),
    ];
    for (lines, expected, told) in layouts {
        let bytes = xlsx(&[("1", lines)]);
        assert_eq!(rows(&bytes), expected);
        let found: Vec<String> = read(&bytes).unwrap().findings.into_iter().map(|finding| finding.found).collect();
        assert_eq!(found, told);
    }
}

#[test]
fn columns_separated_by_tabs_are_read_by_their_names() {
    let parsed = read(&tabbed()).unwrap();
    assert_eq!((parsed.layout, parsed.rows_read), ("bns_tabbed", 10));
    assert_eq!(
        rows(&tabbed()),
        [
            row("bns_name:Қазақстан Республикасы", 2024, 3000.0),
            row("kato:100000000", 2024, 1000.0),
            row("kato:750000000", 2024, 2000.0),
            row("bns_name:Қазақстан Республикасы", 2025, 3300.5),
            row("kato:100000000", 2025, 1100.5),
            ("kato:750000000".to_owned(), 2025, None, ObsStatus::Missing),
        ]
    );
    let kinds: Vec<FindingKind> = parsed.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::DecimalComma, FindingKind::DecimalComma, FindingKind::OutsideArea]);
    // With a single series in it, a table need not be declared by its words.
    let text = String::from_utf8(tabbed()).unwrap();
    let single: String = text.split_inclusive('\n').filter(|line| !line.contains("Ерлер")).collect();
    let parsed = parse(&dataflow(POPULATION), &Payload::new("population", single.as_bytes())).unwrap();
    assert_eq!(parsed.observations.len(), 6);
    let several = parse(&dataflow(POPULATION), &Payload::new("population", text.as_bytes())).unwrap_err();
    assert!(matches!(&several, SourceError::MissingLabel { found, .. } if found.len() == 2), "{several}");
}

#[test]
fn slices_come_under_the_same_address() {
    let parsed = read(recorded("kz_bns/2026-07-10/population_6645.json")).unwrap();
    assert_eq!((parsed.layout, parsed.observations.len()), ("bns_slices", 32));
    let marked = [b"\xef\xbb\xbf \n".as_slice(), recorded("kz_bns/2026-07-10/population_6645.json")].concat();
    assert_eq!(read(&marked).unwrap().observations.len(), 32);
}

#[test]
fn every_kind_of_bad_file_is_told_with_its_place() {
    let page = b"\n<!DOCTYPE html><title>404</title>";
    assert!(matches!(read(page), Err(SourceError::HtmlPage { title, .. }) if title == "404"));
    assert!(matches!(read(b""), Err(SourceError::Empty { .. })));
    assert!(matches!(read(&[0x1f, 0x8b, 8, 0]), Err(SourceError::FileType { found, .. }) if found == "1f 8b 08 00"));

    let text = String::from_utf8(tabbed()).unwrap();
    let spoiled = |from: &str, to: &str| read(text.replacen(from, to, 1).as_bytes()).unwrap_err();
    let place = |error: &SourceError| {
        let finding = error.to_finding();
        (finding.place.row, finding.place.column.unwrap_or_default(), finding.found)
    };
    assert!(matches!(spoiled("\tVAL", "\tMÄN"), SourceError::MissingColumn { column, .. } if column == "VAL"));
    assert_eq!(place(&spoiled("202412", "202413")), (Some(2), "PERIOD".to_owned(), "202413".to_owned()));
    assert_eq!(place(&spoiled("\t1000\n", "\tв 4 раза\n")), (Some(3), "VAL".to_owned(), "в 4 раза".to_owned()));
    let cut = text.trim_end().rsplit_once('\t').unwrap().0;
    assert!(matches!(read(cut.as_bytes()), Err(SourceError::Truncated { .. })));
    assert!(matches!(spoiled("\t1000\n", "\t1000\t1\n"), SourceError::RowLength { row: 3, expected: 8, found: 9, .. }));

    let whole = xlsx(&[("1", ACROSS)]);
    assert!(matches!(read(&whole[..whole.len() / 2]), Err(SourceError::Structure { .. })));
    let old = xls("1", ACROSS);
    assert!(matches!(read(&old[..old.len() / 2]), Err(SourceError::Structure { .. })));
    let sheet = |lines: &[&[&str]]| read(&xlsx(&[("1", lines)])).unwrap_err();
    let no_years = sheet(&[&["Халық"], &["Абай облысы", "1000"], &["1 квартал 2025 года", "5"]]);
    assert!(matches!(&no_years, SourceError::MissingLabel { found, .. } if found == &["1"]), "{no_years}");
    assert_eq!(place(&sheet(&[&["", "2025", "2025 жыл"], &["Абай облысы", "1", "2"]])).2, "2025 жыл");
    let parts = sheet(&[&["", "2025", ""], &["", "барлығы", "ерлер"], &["Абай облысы", "2", "1"]]);
    assert_eq!(place(&parts), (Some(2), "2025".to_owned(), "барлығы".to_owned()));
    let words = sheet(&[&["", "2025"], &["Абай облысы", "в 4 раза"]]);
    assert_eq!(place(&words), (Some(2), "2025".to_owned(), "в 4 раза".to_owned()));
    let other = sheet(&[&["", "2025"], &["Қала халқы"], &["Абай облысы", "600"]]);
    assert!(matches!(&other, SourceError::MissingLabel { found, .. } if found == &["Қала халқы"]), "{other}");
}

#[test]
fn the_bureaus_own_old_workbooks_are_opened_and_hold_no_row_of_years() {
    let error = read(recorded("kz_bns/2026-11-22/innovation_2022.xls")).unwrap_err();
    assert!(matches!(&error, SourceError::MissingLabel { found, .. } if found.len() > 3), "{error}");
}

/// The table of innovation as a workbook of two sheets, made up in the recorded layout.
const COVER: &[&[&str]] = &[&["Инновациялық белсенділік"], &["2023 жыл¹"]];
const INNOVATION: &[&[&str]] = &[
    &["1. Кәсіпорындардың инновациялық  белсенділігінің негізгі көрсеткіштері"],
    &["", "Барлық кәсіпорындар", "Инновация саласындағы белсенділік деңгейі, %-бен1)"],
    &["Қазақстан Республикасы", "100", "11.5"],
    &["Абай*", "40", "10,5"],
    &["Алматы қаласы", "60", "x"],
    &["1) Алдын ала."],
];

fn innovation(bytes: &[u8]) -> Result<Parsed, SourceError> {
    sources::parse(&dataflow("BNS_INNOVATION"), &Payload::new("innovation", bytes))
}

#[test]
fn every_table_of_the_bureau_is_read_from_whatever_kind_of_file_comes() {
    let values = |bytes: &[u8]| -> Vec<(ProviderArea, i16, Option<f64>)> {
        let parsed = innovation(bytes).unwrap();
        parsed.observations.into_iter().map(|one| (one.area, one.period.year(), one.value)).collect()
    };
    let area = |scheme, code: &str| ProviderArea::Code { scheme, code: code.to_owned() };
    let expected = [
        (area("bns_short_kk", "Қазақстан Республикасы"), 2023, Some(11.5)),
        (area("bns_short_kk", "Абай"), 2023, Some(10.5)),
        (area("bns_short_kk", "Алматы қаласы"), 2023, None),
    ];
    assert_eq!(values(&xlsx(&[("Мұқаба", COVER), (" 1", INNOVATION)])), expected);
    // Columns separated by tabs, and slices.
    let tabbed = String::from_utf8(tabbed()).unwrap();
    let single: String = tabbed.split_inclusive('\n').filter(|line| !line.contains("Ерлер")).collect();
    assert_eq!(values(single.as_bytes()).len(), 6);
    let slices =
        "[{\"terms\":[741880],\"termNames\":[\"ҚР\"],\"periods\":[{\"date\":\"31.12.2023\",\"value\":\"11.5\"}]}]";
    assert_eq!(values(slices.as_bytes()), [(area("taldau", "741880"), 2023, Some(11.5))]);
    // Slices do not say which of five columns they are.
    let finance = sources::parse(&dataflow("BNS_EDU_FINANCE"), &Payload::new("finance", slices.as_bytes()));
    assert!(finance.unwrap_err().to_string().contains("which of 5 indicators"));
    assert!(matches!(innovation(&[0x1f, 0x8b, 8, 0]), Err(SourceError::FileType { .. })));
}

#[test]
fn what_a_table_lacks_is_told_with_sheet_row_column_expected_and_found() {
    let told = |lines: &[&[&str]]| innovation(&xlsx(&[("Мұқаба", COVER), ("1", lines)])).unwrap_err();
    let other_title: Vec<&[&str]> =
        [&["2. Басқа кесте"] as &[&str]].into_iter().chain(INNOVATION[1..].iter().copied()).collect();
    let error = told(&other_title);
    assert!(matches!(&error, SourceError::MissingLabel { what: "title", .. }), "{error}");
    assert!(error.to_string().starts_with("innovation, sheet 1: no title"), "{error}");
    assert!(error.to_string().contains("2. Басқа кесте"), "{error}");
    let mut lines = INNOVATION.to_vec();
    lines[1] = &["", "Барлық кәсіпорындар", "Үлес"];
    let error = told(&lines);
    assert!(matches!(&error, SourceError::MissingLabel { what: "heading", .. }), "{error}");
    lines = INNOVATION.to_vec();
    lines[3] = &["Абай", "40", "в 4 раза"];
    assert_eq!(
        told(&lines).to_string(),
        "innovation, sheet 1, row 4, column Инновация саласындағы белсенділік деңгейі, %-бен: \
         expected a number or one of - x ..., found \"в 4 раза\""
    );
    let twice: &[&[&str]] = &[&["2023 жыл"], &["2022 жыл"]];
    let error = innovation(&xlsx(&[("Мұқаба", twice), ("1", INNOVATION)])).unwrap_err();
    assert!(matches!(&error, SourceError::MissingLabel { what: "year on the cover", .. }), "{error}");
}

#[test]
fn a_declared_table_is_looked_for_on_its_sheet_and_nowhere_else() {
    let mut definition = definition();
    let table = |sheet: &str, title: &str| TableLabel { sheet: sheet.to_owned(), title: title.to_owned(), unit: None };
    let book = xlsx(&[("Мұқаба", &[&["", "2001"], &["Абай облысы", "1"]]), ("1", ACROSS)]);
    definition.table = Some(table("1", "Жыл басындағы халық саны"));
    let parsed = parse(&definition, &Payload::new("population", &book)).unwrap();
    assert_eq!(parsed.observations.len(), 6);
    assert!(parsed.observations.iter().all(|one| one.place.sheet.as_deref() == Some("1")));
    definition.table = Some(table("1", "Көші-қон"));
    let error = parse(&definition, &Payload::new("population", &book)).unwrap_err().to_string();
    assert!(error.contains("1 Көші-қон") && error.contains("Мұқаба"), "{error}");
}
