//! Payloads are kept whole, once, and are checked when read.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;

use jiff::civil::date;

use super::*;

fn origin(dataflow: &str, as_of: Date) -> SnapshotOrigin {
    SnapshotOrigin {
        dataflow: dataflow.parse().unwrap(),
        kind: SnapshotKind::Fetched,
        part: "4-a-1.csv".to_owned(),
        origin: "https://data.example/4-a-1.csv".to_owned(),
        final_url: None,
        fetched_at: Timestamp::UNIX_EPOCH,
        as_of,
        etag: Some("\"abc\"".to_owned()),
        last_modified: None,
        content_type: Some("text/csv".to_owned()),
        licence: "MIT".to_owned(),
        raw_open: true,
    }
}

#[test]
fn a_payload_is_kept_once_with_one_origin_for_each_dataflow() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(folder.path()).unwrap();
    let first = snapshots.keep(b"Year,Value\n", origin("A", date(2024, 1, 1))).unwrap();
    let again = snapshots.keep(b"Year,Value\n", origin("A", date(2025, 1, 1))).unwrap();
    snapshots.keep(b"Year,Value\n", origin("B", date(2023, 1, 1))).unwrap();
    assert_eq!(first.sha256, again.sha256);
    assert_eq!(snapshots.read(first.sha256).unwrap(), b"Year,Value\n");
    assert_eq!(snapshots.origin(first.sha256, &"A".parse().unwrap()).unwrap(), first);
    assert_eq!(snapshots.origins(first.sha256).unwrap().len(), 2);
    let days: Vec<Date> = snapshots.list().unwrap().iter().map(|snapshot| snapshot.origin.as_of).collect();
    assert_eq!(days, [date(2023, 1, 1), date(2024, 1, 1)]);
}

#[test]
fn damaged_bytes_are_refused_and_mended_by_the_next_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(folder.path()).unwrap();
    let kept = snapshots.keep(b"97.2", origin("A", date(2024, 1, 1))).unwrap();
    fs::write(snapshots.raw_path(kept.sha256), b"97.3").unwrap();
    assert!(matches!(snapshots.read(kept.sha256), Err(SnapshotError::Damaged { .. })));
    snapshots.keep(b"97.2", origin("A", date(2024, 1, 1))).unwrap();
    assert_eq!(snapshots.read(kept.sha256).unwrap(), b"97.2");
}

#[test]
fn an_interrupted_write_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    Snapshots::open(folder.path()).unwrap();
    let left = folder.path().join("incoming/.tmpAbCdEf");
    fs::write(&left, b"half a pay").unwrap();
    let snapshots = Snapshots::open(folder.path()).unwrap();
    assert!(!left.exists());
    assert_eq!(snapshots.list().unwrap(), []);
    let unknown = ContentHash::of(b"half a pay");
    assert!(matches!(snapshots.read(unknown), Err(SnapshotError::Unknown { sha256 }) if sha256 == unknown));
}
