//! The layouts a submission may come in, and what is told of faulty ones.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Cursor, Write};

use rust_xlsxwriter::Workbook;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::sources::tests::dataflow;

fn read_bytes(bytes: &[u8]) -> (Parsed, Vec<SourceError>) {
    read(&dataflow("EDU_DIGITAL_SCHOOLS"), &Payload::new("file", bytes))
}

/// Area, breakdown by place, period, value and status of each row.
fn rows(bytes: &[u8]) -> Vec<(String, String, String, Option<f64>, &'static str)> {
    let (parsed, faults) = read_bytes(bytes);
    assert_eq!(faults, []);
    let code = |area: &ProviderArea| match area {
        ProviderArea::Code { code, .. } => code.clone(),
        ProviderArea::Own(area) => area.to_string(),
        ProviderArea::National => String::new(),
    };
    let row = |row: &ProviderObservation| {
        (code(&row.area), row.breakdown.urbanisation.clone(), row.period.to_string(), row.value, row.status.code())
    };
    parsed.observations.iter().map(row).collect()
}

fn expected() -> Vec<(String, String, String, Option<f64>, &'static str)> {
    let text = str::to_owned;
    vec![
        (text("KZ-75"), text("_T"), text("2024"), Some(91.5), "A"),
        (text("KZ-71"), text("U"), text("2024-Q3"), Some(88.0), "P"),
        (text("KZ-61"), text("_T"), text("2024"), None, "Q"),
    ]
}

const JOURNAL: &str = "schools_with_electronic_journal";

#[test]
fn all_layouts_say_the_same() {
    let plain = format!(
        "dataflow,freq,indicator,urbanisation,sex,age,area,area_name,period,value,status,unit\n\
         EDU_DIGITAL_SCHOOLS,A,{JOURNAL},_T,_T,_T,KZ-75,Алматы,2024,91.5,,PT\n\
         EDU_DIGITAL_SCHOOLS,Q,{JOURNAL},U,_T,_T,KZ-71,Астана,2024-Q3,88,P,PT\n\
         EDU_DIGITAL_SCHOOLS,A,{JOURNAL},_T,_T,_T,KZ-61,Түркістан,2024,,Q,PT\n\
         EDU_DIGITAL_SCHOOLS,A,{JOURNAL},_T,_T,_T,KZ-62,Ұлытау,2024,,,PT\n"
    );
    assert_eq!(rows(plain.as_bytes()), expected());
    let with_mark = [b"\xef\xbb\xbf".as_slice(), plain.replace('\n', "\r\n").as_bytes()].concat();
    assert_eq!(rows(&with_mark), expected());
    // The letter as it was once written is still taken in.
    let semicolons = format!(
        "indicator;area;urbanisation;period;value;status\r\n{JOURNAL};KZ-75;;2024;91,5;\r\n\
         {JOURNAL};KZ-71;U;2024-Q3;88;P\r\n{JOURNAL};KZ-61;;2024;;C\r\n;;;;;\r\n"
    );
    assert_eq!(rows(semicolons.as_bytes()), expected());
    let sdmx = format!(
        "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,INDICATOR,URBANISATION,SEX,AGE,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n\
         dataflow,SANDYQ:EDU_DIGITAL_SCHOOLS(1.0.0),I,A,{JOURNAL},_T,_T,_T,KZ-75,2024,91.5,A\n\
         dataflow,SANDYQ:EDU_DIGITAL_SCHOOLS(1.0.0),R,Q,{JOURNAL},U,_T,_T,KZ-71,2024-Q3,88,P\n\
         dataflow,SANDYQ:EDU_DIGITAL_SCHOOLS(1.0.0),,A,{JOURNAL},_T,_T,_T,KZ-61,2024,,Q\n"
    );
    assert_eq!(rows(sdmx.as_bytes()), expected());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in ["indicator", "area", "urbanisation", "period", "value", "status"].into_iter().enumerate() {
        sheet.write_string(0, u16::try_from(column).unwrap(), name).unwrap();
    }
    for (row, (area, place, year, value, status)) in (1_u32..).zip(expected()) {
        sheet.write_string(row, 0, JOURNAL).unwrap().write_string(row, 1, area).unwrap();
        sheet.write_string(row, 2, place).unwrap().write_string(row, 5, status).unwrap();
        match year.parse::<f64>() {
            Ok(number) => sheet.write_number(row, 3, number).unwrap(),
            Err(_) => sheet.write_string(row, 3, year).unwrap(),
        };
        if let Some(value) = value {
            sheet.write_number(row, 4, value).unwrap();
        }
    }
    assert_eq!(rows(&book.save_to_buffer().unwrap()), expected());
}

fn faults(text: &str) -> Vec<(Option<u32>, Option<String>, String)> {
    let (_, faults) = read_bytes(text.as_bytes());
    faults
        .iter()
        .map(SourceError::to_finding)
        .map(|fault| (fault.place.row, fault.place.column, fault.expected))
        .collect()
}

#[test]
fn cells_that_do_not_agree_are_told() {
    let check = |head: &str, row: &str, column: &str, expected: &str| {
        let found = faults(&format!("{head}\n\n{row}\n"));
        assert_eq!(found.len(), 1, "{row}: {found:?}");
        assert_eq!((found[0].0, found[0].1.as_deref()), (Some(3), Some(column)), "{row}");
        assert!(found[0].2.contains(expected), "{row}: {found:?}");
    };
    let plain = "indicator,area,period,value";
    let with = |more: &str| format!("{plain},{more}");
    check(plain, &format!("{JOURNAL},,2024,1"), "area", "/api/v1/areas");
    check(plain, &format!("{JOURNAL},KZ-75,2024-13,1"), "period", "YYYY");
    check(plain, &format!("{JOURNAL},KZ-75,2024,=1+1"), "value", "number");
    check(plain, &format!("{JOURNAL},KZ-75,2024,NaN"), "value", "number");
    check(&with("status"), &format!("{JOURNAL},KZ-75,2024,1,M"), "status", "beside a value");
    check(&with("status"), &format!("{JOURNAL},KZ-75,2024,,A"), "status", "without a value");
    check(&with("unit"), &format!("{JOURNAL},KZ-75,2024,1,PER_100"), "unit", "PT");
    check(&with("freq"), &format!("{JOURNAL},KZ-75,2024,1,Q"), "freq", "A");
    check(&with("dataflow"), &format!("{JOURNAL},KZ-75,2024,1,BNS_SDG_17_8_1"), "dataflow", "EDU_DIGITAL_SCHOOLS");
    check(&with("sex"), &format!("{JOURNAL},KZ-75,2024,1,male"), "sex", "_T, M or F");
    check(&with("age"), &format!("{JOURNAL},KZ-75,2024,1,15-24"), "age", "Y15T24");
    check(&with("ACTION"), &format!("{JOURNAL},KZ-75,2024,1,D"), "ACTION", "withdraw");
}

#[test]
fn a_header_that_cannot_be_read_is_told_whole() {
    let found = faults("indicator,region,period,value,value\n");
    let columns: Vec<_> = found.iter().map(|(_, column, _)| column.clone().unwrap()).collect();
    assert_eq!(columns, ["region", "value", "area"], "{found:?}");
    assert_eq!(faults("").len(), 1);
    assert_eq!(faults("<!doctype html><title>Sign in</title>").len(), 1);
    assert_eq!(faults(&format!("indicator,area,period,value\n{JOURNAL},KZ-75,2024,1,2\n")).len(), 1);
}

#[test]
fn the_list_of_faults_ends() {
    let text = format!("indicator,area,period,value\n{}", "x,y,z,w\n".repeat(5_000));
    let found = faults(&text);
    assert!((1_000..1_010).contains(&found.len()), "{}", found.len());
    assert!(found.last().unwrap().2.contains("more rows follow"));
}

#[test]
fn a_workbook_that_unpacks_to_much_more_is_refused() {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..65 {
        archive.write_all(&zeros).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 200_000, "{}", bytes.len());
    let (_, faults) = read_bytes(&bytes);
    assert!(matches!(faults.as_slice(), [SourceError::TooLarge { .. }]), "{faults:?}");
    let (_, faults) = read_bytes(&bytes[..bytes.len() / 2]);
    assert!(matches!(faults.as_slice(), [SourceError::Structure { .. }]), "{faults:?}");
}

#[test]
fn ages_are_those_of_the_code_list() {
    for good in ["_T", "Y15T24", "Y_GE15", "Y_LT5", "Y7"] {
        assert!(is_age(good), "{good}");
    }
    for bad in ["", "15", "Y", "YT", "Y15T", "Y_GE", "Y1234", "y15t24"] {
        assert!(!is_age(bad), "{bad}");
    }
}
