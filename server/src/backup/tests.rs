//! A backup holds what was acknowledged, can be taken twice, and is refused where it would overwrite.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::wire::RunOutcome;
use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::run_log::{ReceivedPayload, Run, Trigger, Validators};
use crate::snapshots::{SnapshotKind, SnapshotOrigin};

fn add(data: &Path, bytes: &[u8]) -> ContentHash {
    let origin = SnapshotOrigin {
        dataflow: "EGDI".parse().unwrap(),
        kind: SnapshotKind::Fetched,
        part: "EGOV_DATA_2024.csv".to_owned(),
        origin: "https://un.example/".to_owned(),
        final_url: None,
        fetched_at: Timestamp::UNIX_EPOCH,
        as_of: date(2024, 9, 17),
        etag: None,
        last_modified: None,
        content_type: None,
        licence: String::new(),
        raw_open: true,
    };
    let kept = Snapshots::open(&data.join("snapshots")).unwrap().keep(bytes, origin).unwrap();
    let (id, began, as_of) = (format!("run-{}", kept.sha256), Timestamp::UNIX_EPOCH, date(2024, 9, 17));
    let run = Run {
        outcome: RunOutcome::Updated,
        bytes: kept.bytes,
        observations: 1,
        changed: 1,
        payloads: vec![ReceivedPayload {
            part: kept.origin.part,
            sha256: kept.sha256,
            validators: Validators::default(),
        }],
        ..Run::begun(id, kept.origin.dataflow, Trigger::Manual, began, as_of)
    };
    RunLog::open(&data.join("runs.jsonl")).unwrap().append(run).unwrap();
    kept.sha256
}

#[test]
fn what_was_backed_up_is_restored() {
    let folder = tempfile::tempdir().unwrap();
    let [data, backup, restored] = ["data", "backup", "restored"].map(|name| folder.path().join(name));
    let first = add(&data, b"first");
    let copied = back_up(&data, &backup).unwrap();
    assert_eq!((copied.files, copied.present, copied.runs), (2, 0, 1));
    let second = add(&data, b"second");
    let copied = back_up(&data, &backup).unwrap();
    assert_eq!((copied.files, copied.present, copied.runs), (2, 2, 2));
    restore(&backup, &restored).unwrap();
    let snapshots = Snapshots::open(&restored.join("snapshots")).unwrap();
    assert_eq!(snapshots.read(first).unwrap(), b"first");
    assert_eq!(snapshots.read(second).unwrap(), b"second");
    assert_eq!(fs::read(data.join("runs.jsonl")).unwrap(), fs::read(restored.join("runs.jsonl")).unwrap());
    assert!(matches!(restore(&backup, &restored), Err(BackupError::NotEmpty { .. })));
    assert!(matches!(restore(&folder.path().join("nothing"), &restored), Err(BackupError::NoBackup { .. })));
}

#[test]
fn damage_is_found_and_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (first, second) = (add(&data, b"first"), add(&data, b"second"));
    let check = check_truth(&data).unwrap();
    assert_eq!((check.payloads, check.runs, check.faults.len()), (2, 2, 0));
    let path = |hash: ContentHash| data.join("snapshots").join(&hash.to_string()[..2]).join(format!("{hash}.raw"));
    fs::write(path(first), b"other").unwrap();
    fs::remove_file(path(second)).unwrap();
    let faults = check_truth(&data).unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("holds bytes with the sha256")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains(&format!("{second}, which is not there"))), "{faults:?}");
    assert!(matches!(back_up(&data, &folder.path().join("backup")), Err(BackupError::Snapshot(_))));
    assert!(!folder.path().join("backup/runs.jsonl").exists());
}
