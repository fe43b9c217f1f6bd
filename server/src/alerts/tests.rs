//! What is told, once, and how it is delivered.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::slice;
use std::sync::{Arc, Mutex};

use futures_util::stream;
use indicators::wire::RunFinding;
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Value, json};

use super::*;
use crate::disk::{Disk, LocalDisk};
use crate::run_log::Trigger;
use crate::sources::client::{ClientConfig, Reply, SendFault, Timing, Transport};

fn run(outcome: RunOutcome, reasons: Vec<RunFinding>) -> Run {
    let (dataflow, began, as_of) = ("EGDI".parse().unwrap(), Timestamp::UNIX_EPOCH, date(2024, 10, 24));
    Run { outcome, reasons, ..Run::begun("0190".to_owned(), dataflow, Trigger::Schedule, began, as_of) }
}

fn vanished() -> RunFinding {
    RunFinding {
        code: "area_vanished".to_owned(),
        row: None,
        column: None,
        expected: None,
        found: None,
        message: "KZ-61 is gone".to_owned(),
    }
}

#[test]
fn runs_that_bring_nothing_are_told_and_a_provider_that_stays_away_only_once() {
    let check = |outcome, failures_before, is_told| {
        assert_eq!(Alert::about(&run(outcome, Vec::new()), failures_before).is_some(), is_told, "{outcome:?}");
    };
    check(RunOutcome::Updated, 0, false);
    check(RunOutcome::Unchanged, 3, false);
    check(RunOutcome::Quarantined, 0, true);
    check(RunOutcome::Quarantined, 3, true);
    for outcome in [RunOutcome::Failed, RunOutcome::Unreachable] {
        check(outcome, 0, true);
        check(outcome, 1, false);
    }
}

#[test]
fn an_alert_about_a_run_reads_as_documented() {
    let alert = Alert::about(&run(RunOutcome::Quarantined, vec![vanished()]), 0);
    let expected = json!({
        "text": "EGDI was not refreshed: KZ-61 is gone", "about": "run",
        "run": "0190", "dataflow": "EGDI", "outcome": "quarantined", "reason": "area_vanished",
    });
    assert_eq!(serde_json::to_value(alert).unwrap(), expected);
}

fn look(watch: &mut Watch, freshness: Freshness, problems: &[&str]) -> Vec<Value> {
    let dataflow: DataflowId = "EGDI".parse().unwrap();
    let problems: Vec<String> = problems.iter().map(|&problem| problem.to_owned()).collect();
    let (last_period, covered_period) = (Some(TimePeriod::Year(2024)), Some(TimePeriod::Year(2022)));
    let served = [Source { dataflow: &dataflow, freshness, last_period, covered_period }];
    watch.look(served.into_iter(), &problems).iter().map(|alert| serde_json::to_value(alert).unwrap()).collect()
}

#[test]
fn figures_that_turn_stale_are_told_once_and_not_at_every_start() {
    let mut watch = Watch::default();
    assert!(look(&mut watch, Freshness::Fresh, &[]).is_empty());
    assert!(look(&mut watch, Freshness::Late, &[]).is_empty());
    let expected = json!({
        "text": "EGDI is stale: it covers 2022, and what follows is long overdue", "about": "freshness",
        "dataflow": "EGDI", "freshness": "stale", "last_period": "2024", "covered_period": "2022",
    });
    assert_eq!(look(&mut watch, Freshness::Stale, &[]), slice::from_ref(&expected));
    assert!(look(&mut watch, Freshness::Stale, &[]).is_empty());
    assert!(look(&mut watch, Freshness::Fresh, &[]).is_empty());
    assert_eq!(look(&mut watch, Freshness::Stale, &[]), [expected]);
    assert!(look(&mut Watch::default(), Freshness::Stale, &[]).is_empty());
}

#[test]
fn figures_that_turned_stale_while_the_service_was_down_are_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
    let memory = || Memory::of(&disk, folder.path());
    // The first start of all: nothing has changed.
    assert_eq!(memory().read(), None);
    let start = |freshness| {
        let memory = memory();
        let mut watch = Watch::after(memory.read());
        let told = look(&mut watch, freshness, &[]).len();
        memory.keep(watch.told().unwrap());
        told
    };
    assert_eq!(start(Freshness::Late), 0);
    assert_eq!(start(Freshness::Stale), 1);
    assert_eq!(start(Freshness::Stale), 0, "told already");
    assert_eq!(start(Freshness::Fresh), 0);
    assert_eq!(start(Freshness::Stale), 1, "fresh in between");
    // What does not read back is told again: better twice than not at all.
    fs::write(folder.path().join("told.json"), "{}").unwrap();
    assert_eq!(start(Freshness::Stale), 1);
    assert_eq!(start(Freshness::Stale), 0);
}

#[test]
fn a_problem_is_told_when_it_begins_also_at_the_start() {
    let mut watch = Watch::default();
    let full = |free: u32| format!("The disk is full: {free} bytes are free.");
    let told = |found: Vec<Value>| found.iter().map(|alert| alert["text"].clone()).collect::<Vec<_>>();
    assert_eq!(told(look(&mut watch, Freshness::Fresh, &[&full(7)])), [full(7)]);
    assert!(look(&mut watch, Freshness::Fresh, &[&full(5)]).is_empty());
    assert_eq!(told(look(&mut watch, Freshness::Fresh, &[&full(5), "The log is lost."])), ["The log is lost."]);
    assert!(look(&mut watch, Freshness::Fresh, &[]).is_empty());
    assert_eq!(told(look(&mut watch, Freshness::Fresh, &[&full(3)])), [full(3)]);
}

#[test]
fn that_nothing_can_be_published_is_told_until_it_can() {
    let mut watch = Watch::default();
    let text = watch.failing("no room").map(|alert| alert.text);
    assert_eq!(text.as_deref(), Some("The newest figures could not be published: no room"));
    assert_eq!(watch.failing("no room"), None);
    // Figures that grow older meanwhile are another matter.
    look(&mut watch, Freshness::Late, &[]);
    assert_eq!(watch.failing("no room"), None);
    watch.published();
    assert!(watch.failing("no room").is_some());
}

/// Delivers two alerts to an address that answers with these statuses, and says what it was sent and how long was waited.
async fn deliver(statuses: &[u16]) -> (Vec<Value>, Vec<Duration>) {
    let (posts, waits) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
    let (kept, statuses) = (Arc::clone(&posts), statuses.to_vec());
    let transport: Transport = Arc::new(move |ask| {
        let mut posts = kept.lock().unwrap();
        let status = statuses[posts.len()];
        posts.push(serde_json::from_slice(&ask.body.unwrap()).unwrap());
        let body = Box::pin(stream::empty());
        let reply = Reply { status, headers: Vec::new(), body, certificate: None };
        Box::pin(async move { if status == 0 { Err(SendFault::TimedOut) } else { Ok(reply) } })
    });
    let kept = Arc::clone(&waits);
    let wait = move |duration| {
        kept.lock().unwrap().push(duration);
        Box::pin(async {}) as _
    };
    let client = Client::over(transport, ClientConfig::standard(), Timing::new(|| Timestamp::UNIX_EPOCH, wait, || 0.5));
    let (alerts, outbox) = channel();
    let folder = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(LocalDisk);
    let memory = Memory::of(&disk, folder.path());
    alerts.tell(Alert::of_the_service("first"));
    alerts.tell(Alert::of_the_service("second"));
    alerts.remember(Ages::default());
    drop(alerts);
    assert_eq!(memory.read(), None, "nothing is remembered before it is told");
    outbox.deliver(&client, &"https://example.org/hook".parse().unwrap(), &memory).await;
    assert_eq!(memory.read(), Some(Ages::default()));
    let (posts, waits) = (posts.lock().unwrap().clone(), waits.lock().unwrap().clone());
    (posts.into_iter().map(|post: Value| post["text"].clone()).collect(), waits)
}

#[tokio::test]
async fn an_alert_is_tried_four_times_and_given_up_and_the_next_is_sent() {
    let seconds = |waits: Vec<Duration>| waits.iter().map(Duration::as_secs).collect::<Vec<_>>();
    let (posts, waits) = deliver(&[204, 200]).await;
    assert_eq!((posts, seconds(waits)), (vec![json!("first"), json!("second")], vec![]));
    let (posts, waits) = deliver(&[503, 0, 503, 503, 204]).await;
    let first = json!("first");
    assert_eq!(posts, [first.clone(), first.clone(), first.clone(), first.clone(), json!("second")]);
    assert_eq!(seconds(waits), [5, 20, 80]);
    // An address that refuses is not asked again.
    let (posts, _) = deliver(&[403, 204]).await;
    assert_eq!(posts, [first, json!("second")]);
}
