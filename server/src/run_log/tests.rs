//! What was acknowledged is read back, whatever happened to the end of the file.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use indicators::wire::{RunFinding, RunOutcome};
use jiff::Timestamp;
use jiff::civil::date;

use crate::content_hash::ContentHash;

use super::*;

fn run(number: u32) -> Run {
    let (dataflow, began, as_of) = ("EGDI".parse().unwrap(), Timestamp::UNIX_EPOCH, date(2024, 9, 17));
    Run {
        outcome: RunOutcome::Quarantined,
        bytes: 12,
        payloads: vec![ReceivedPayload {
            part: "4-a-1.csv".to_owned(),
            sha256: ContentHash::of(b"x"),
            validators: Validators::default(),
        }],
        vintage: Some("EGDI@2024-09-17.1".parse().unwrap()),
        reasons: vec![RunFinding {
            code: "unknown_area".to_owned(),
            row: Some(7),
            column: Some("REF_AREA".to_owned()),
            expected: Some("a code of the list".to_owned()),
            found: Some("Құрама \"облыс\"".to_owned()),
            message: "Row 7: no such area.".to_owned(),
        }],
        ..Run::begun(format!("run-{number}"), dataflow, Trigger::Schedule, began, as_of)
    }
}

fn three_runs() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.jsonl");
    let log = RunLog::open(&path).unwrap();
    for number in 1..=3 {
        log.append(run(number)).unwrap();
    }
    (folder, path)
}

#[test]
fn runs_and_decisions_are_read_back() {
    let (_folder, path) = three_runs();
    let decision = Decision { run: "run-2".to_owned(), verdict: Verdict::Rejected, decided_at: Timestamp::UNIX_EPOCH };
    RunLog::open(&path).unwrap().decide(decision.clone()).unwrap();
    let log = RunLog::open(&path).unwrap();
    let history = RunLog::read(&path).unwrap();
    assert!(log.ask(|asked| *asked == history));
    assert_eq!(history.runs(), [run(1), run(2), run(3)]);
    assert_eq!(history.newest().next(), Some(&run(3)));
    assert_eq!(history.find("run-2"), Some(&run(2)));
    assert_eq!(history.last(&run(1).dataflow, |run| run.id != "run-3"), Some(&run(2)));
    assert_eq!(history.decision("run-2"), Some(&decision));
    assert_eq!(history.decision("run-1"), None);
    assert_eq!(history.faults(), []);
    assert!(
        fs::read_to_string(&path).unwrap().lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
}

#[test]
fn a_log_cut_anywhere_keeps_its_whole_lines_and_takes_new_ones() {
    let (_folder, path) = three_runs();
    let whole = fs::read(&path).unwrap();
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(position, _)| position + 1).collect();
    let around_ends = ends.iter().flat_map(|&end| [end - 2, end - 1, end]).filter(|&length| length < whole.len());
    for length in (0..whole.len()).step_by(97).chain(around_ends) {
        fs::write(&path, &whole[..length]).unwrap();
        let log = RunLog::open(&path).unwrap();
        let kept = ends.iter().filter(|&&end| end <= length).count();
        assert_eq!(log.ask(|history| history.runs().len()), kept, "cut at {length}");
        log.append(run(9)).unwrap();
        let history = RunLog::read(&path).unwrap();
        assert_eq!(history.runs().last(), Some(&run(9)), "cut at {length}");
        assert_eq!((history.runs().len(), history.faults().len()), (kept + 1, 0), "cut at {length}");
    }
}

#[test]
fn a_damaged_line_is_reported_and_the_others_are_read() {
    let (_folder, path) = three_runs();
    let mut text = fs::read(&path).unwrap();
    let second = text.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    // A digit of a number: the line is still JSON, only the checksum tells.
    let position = second + text[second..].windows(10).position(|window| window == br#""bytes":12"#).unwrap() + 9;
    text[position] ^= 1;
    fs::write(&path, text).unwrap();
    let history = RunLog::read(&path).unwrap();
    assert_eq!(history.runs(), [run(1), run(3)]);
    assert_eq!(history.faults().iter().map(|fault| fault.line).collect::<Vec<_>>(), [2]);
}
