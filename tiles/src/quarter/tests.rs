//! Files of tiles written here and read back: every layout met, and what bad files do.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::*;
use crate::outlines::Outlines;
use crate::totals::Weighted;

const LAYER: &str = r#"{"features":[
    {"properties":{"code":"WEST"},"geometry":{"type":"Polygon","coordinates":[[[-60,10],[-30,10],[-30,40],[-60,40],[-60,10]]]}},
    {"properties":{"code":"EAST"},"geometry":{"type":"Polygon","coordinates":[[[-30,10],[0,10],[0,40],[-30,40],[-30,10]]]}}]}"#;

/// Tiles in the west, in the east and in neither: 45° and 15° west on 31° north, and the far south-east.
const WEST: &str = "0330200020230212";
const EAST: &str = "0331210121320313";
const NOWHERE: &str = "3333333333333333";

type Line = (&'static str, [Option<i64>; 5]);

const LINES: [Line; 5] = [
    (WEST, [Some(2), Some(1), Some(1000), Some(500), Some(10)]),
    (EAST, [Some(1), Some(1), Some(9000), None, Some(40)]),
    (WEST, [Some(6), Some(3), Some(3000), Some(900), Some(20)]),
    (NOWHERE, [Some(99), Some(99), Some(1), Some(1), Some(1)]),
    (WEST, [Some(0), Some(1), Some(777), Some(777), Some(777)]),
];

const COLUMNS: [&str; 5] = ["tests", "devices", "avg_d_kbps", "avg_u_kbps", "avg_lat_ms"];

fn write(lines: &[Line], integer: &str, compression: Compression) -> File {
    let numbers = COLUMNS.map(|name| format!("OPTIONAL {integer} {name};")).join(" ");
    let schema =
        format!("message tiles {{ OPTIONAL BYTE_ARRAY quadkey (UTF8); OPTIONAL BYTE_ARRAY tile (UTF8); {numbers} }}");
    let schema = Arc::new(parse_message_type(&schema).unwrap());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut file = tempfile::tempfile().unwrap();
    let mut writer = SerializedFileWriter::new(file.try_clone().unwrap(), schema, Arc::new(properties)).unwrap();
    // Two groups of rows, so that one ends and another begins.
    for lines in lines.chunks(lines.len().div_ceil(2).max(1)) {
        let mut group = writer.next_row_group().unwrap();
        let mut at = 0;
        while let Some(mut column) = group.next_column().unwrap() {
            let levels: Vec<i16> =
                lines.iter().map(|(_, cells)| at < 2 || cells[at - 2].is_some()).map(i16::from).collect();
            let numbers = || lines.iter().filter_map(|(_, cells)| cells[at - 2]);
            if at < 2 {
                let keys: Vec<ByteArray> = lines.iter().map(|(key, _)| ByteArray::from(*key)).collect();
                column.typed::<ByteArrayType>().write_batch(&keys, Some(&levels), None).unwrap();
            } else if integer == "INT32" {
                let narrow: Vec<i32> = numbers().map(|value| i32::try_from(value).unwrap()).collect();
                column.typed::<Int32Type>().write_batch(&narrow, Some(&levels), None).unwrap();
            } else {
                let wide: Vec<i64> = numbers().collect();
                column.typed::<Int64Type>().write_batch(&wide, Some(&levels), None).unwrap();
            }
            column.close().unwrap();
            at += 1;
        }
        group.close().unwrap();
    }
    writer.close().unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

fn rows() -> Rows {
    Rows::new(&Outlines::from_geojson(LAYER, "code").unwrap())
}

#[test]
fn means_are_weighted_by_tests_in_every_layout() {
    for (integer, compression) in [
        ("INT64", Compression::SNAPPY),
        ("INT32", Compression::UNCOMPRESSED),
        ("INT64", Compression::ZSTD(ZstdLevel::default())),
    ] {
        let totals = add_up(write(&LINES, integer, compression), &rows()).unwrap();
        assert_eq!(totals.tiles_read, 5);
        let [west, east] = totals.areas.as_slice() else { unreachable!("two areas") };
        assert_eq!((west.code.as_str(), west.tiles, west.tests, west.devices), ("WEST", 3, 8, 5));
        assert_eq!(west.download_kbps, Weighted { tests: 8, sum: 20_000 });
        assert_eq!(west.download_kbps.mean(), Some(2500.0));
        assert_eq!(west.upload_kbps.mean(), Some(800.0));
        assert_eq!((east.tests, east.upload_kbps, east.upload_kbps.mean()), (1, Weighted::default(), None));
        assert_eq!(east.latency_ms.mean(), Some(40.0));
    }
}

#[test]
fn cells_that_cannot_be_true_are_told_with_row_and_column() {
    let refused = |line: Line| add_up(write(&[LINES[0], line], "INT64", Compression::SNAPPY), &rows()).unwrap_err();
    let good = LINES[0].1;
    let with = |at: usize, value: Option<i64>| {
        let mut cells = good;
        cells[at] = value;
        cells
    };
    assert!(matches!(refused((WEST, with(0, Some(-1)))), QuarterError::Cell { row: 2, column: "tests", .. }));
    assert!(matches!(refused((WEST, with(1, None))), QuarterError::Cell { row: 2, column: "devices", .. }));
    assert!(matches!(refused((WEST, with(2, Some(i64::MAX)))), QuarterError::Overflow { row: 2, .. }));
    assert!(matches!(refused(("033020002023021", good)), QuarterError::Tile { row: 2, .. }));
}

#[test]
fn other_files_cut_files_and_damaged_files_come_back_as_errors() {
    let refused = |bytes: &[u8]| {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        add_up(file, &rows())
    };
    assert!(matches!(refused(b""), Err(QuarterError::Format(_))));
    assert!(matches!(refused(b"<html><title>Not Found</title></html>"), Err(QuarterError::Format(_))));
    let mut whole = Vec::new();
    write(&LINES, "INT64", Compression::SNAPPY).read_to_end(&mut whole).unwrap();
    assert!(refused(&whole).is_ok());
    for cut in [1, 8, whole.len() / 2, whole.len() - 1] {
        assert!(refused(&whole[..cut]).is_err(), "cut at {cut}");
    }
    // Damage is an error or harmless; it never ends the process, though the library may panic on it.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    for at in (0..whole.len()).step_by(whole.len() / 40) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x55;
        drop(refused(&damaged));
    }
    panic::set_hook(hook);
    let schema =
        Arc::new(parse_message_type("message tiles { REQUIRED INT64 quadkey; REQUIRED INT64 tests; }").unwrap());
    let file = tempfile::tempfile().unwrap();
    let mut writer =
        SerializedFileWriter::new(file.try_clone().unwrap(), schema, Arc::new(WriterProperties::builder().build()))
            .unwrap();
    let mut group = writer.next_row_group().unwrap();
    while let Some(mut column) = group.next_column().unwrap() {
        column.typed::<Int64Type>().write_batch(&[1], None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    assert!(matches!(add_up(file, &rows()), Err(QuarterError::ColumnType { column: "quadkey", .. })));
}
