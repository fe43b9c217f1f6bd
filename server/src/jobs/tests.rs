//! Jobs over answers made up here: what is kept, what is written down, and what a crash or damage leaves.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};

use chrono_tz::Asia::Almaty;
use fs_extra::dir::{self, CopyOptions};
use indicators::observation::{ObsStatus, Observation};
use jiff::SignedDuration;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::run_log::{Trigger, Validators};
use crate::snapshots::SnapshotKind;
use crate::store::UpdateMode;

mod asking;
mod compacting;
mod deciding;

type Fetched = Result<Vec<Answer>, Refusal>;

/// A world of one table: a payload is `area=value` lines, `BAD` in it is refused by the checks, `???` cannot be read.
#[derive(Clone, Default)]
struct World {
    answers: Arc<Mutex<Vec<Fetched>>>,
    orders: Arc<Mutex<Vec<FetchOrder>>>,
    published: Arc<AtomicU32>,
    bundled: Arc<Mutex<Vec<Recording>>>,
    /// Seconds that have passed.
    clock: Arc<AtomicI64>,
    /// Seconds until the provider has answered.
    asking_takes: i64,
    /// There is no address, and nothing was dropped.
    is_deserted: Arc<AtomicBool>,
}

fn flow() -> DataflowId {
    "BNS_SDG_4_A_1".parse().unwrap()
}

fn plan() -> DataflowPlan {
    DataflowPlan {
        is_asked: true,
        is_cumulative: false,
        id: flow(),
        cron: "0 0 6 * * *".to_owned(),
        update: UpdateMode::Merge,
        licence: "MIT".to_owned(),
        raw_open: true,
    }
}

fn received(text: &str) -> Received {
    Received {
        part: "table".to_owned(),
        bytes: text.as_bytes().to_vec(),
        kind: SnapshotKind::Fetched,
        origin: "https://example.org/table".to_owned(),
        final_url: None,
        content_type: Some("text/csv".to_owned()),
        validators: Validators { etag: Some(format!("\"{text}\"")), last_modified: None },
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as the step answers")]
fn payload(text: &str) -> Fetched {
    Ok(vec![Answer::Payload(Box::new(received(text)))])
}

fn nothing(outcome: RunOutcome, not_before: Option<Timestamp>) -> Fetched {
    Err(Refusal { outcome, bytes: 7, not_before, reasons: vec![reason("dns", "x".to_owned())] })
}

fn recording(day: Date, text: &str) -> Recording {
    let payloads = vec![Received { kind: SnapshotKind::Bundled, ..received(text) }];
    Recording { dataflow: flow(), recorded: day, payloads }
}

fn read(order: &ReadOrder<'_>) -> Reading {
    let mut reading = Reading::default();
    for payload in order.payloads {
        let text = String::from_utf8_lossy(&payload.bytes).into_owned();
        assert!(!text.contains("PANIC"), "the parser panics");
        if text.contains("???") {
            reading.reasons.push(reason("unreadable", "not a table".to_owned()));
            continue;
        }
        if text.contains("BAD") && order.checks == Checks::Apply {
            reading.reasons.push(reason("out_of_range", "a bad value".to_owned()));
        }
        for line in text.lines().filter_map(|line| line.split_once('=')) {
            reading.observations.push(Observation {
                series: serde_json::from_str(r#"{"indicator":"schools_with_internet"}"#).unwrap(),
                area: line.0.parse().unwrap(),
                period: "2024".parse().unwrap(),
                value: line.1.parse().ok(),
                status: ObsStatus::Normal,
            });
        }
    }
    reading
}

impl World {
    fn steps(&self) -> Steps {
        let fetching = self.clone();
        let publishing = self.clone();
        let bundling = self.clone();
        let clock = Arc::clone(&self.clock);
        let is_deserted = Arc::clone(&self.is_deserted);
        Steps {
            can_ask: Arc::new(move |_| !is_deserted.load(Ordering::Relaxed)),
            fetch: Arc::new(move |order| {
                fetching.orders.lock().unwrap().push(order);
                fetching.clock.fetch_add(fetching.asking_takes, Ordering::Relaxed);
                let answer = fetching.answers.lock().unwrap().remove(0);
                Box::pin(async move { answer })
            }),
            read: Arc::new(read),
            publishing: Publishing {
                publish: Arc::new(move |order| {
                    // A release reads everything, so damage shows here at the latest.
                    let stored = order.store.observations(&flow(), None)?;
                    order.store.publish(format!("{stored:?}").as_bytes())?;
                    publishing.published.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                }),
                grow_older: Arc::new(|_| {}),
            },
            named_by: Arc::new(|_| Ok(BTreeSet::new())),
            bundled: Arc::new(move || Ok(bundling.bundled.lock().unwrap().clone())),
            now: Arc::new(move || {
                let begin: Timestamp = "2026-11-22T05:00:00Z".parse().unwrap();
                begin + SignedDuration::from_secs(clock.load(Ordering::Relaxed))
            }),
            run_id: Arc::new(|_| Uuid::now_v7().to_string()),
            told: Arc::new(|_, _| {}),
        }
    }

    fn open(&self, root: &Path) -> Arc<Jobs> {
        Arc::new(Jobs::open(root, vec![plan()], self.steps(), Almaty).unwrap())
    }

    async fn refresh(&self, jobs: &Arc<Jobs>, answer: Fetched) -> Run {
        self.answers.lock().unwrap().push(answer);
        jobs.refresh(flow(), Trigger::Manual).await.unwrap()
    }
}

fn values(jobs: &Jobs, as_of: Option<Date>) -> BTreeMap<String, f64> {
    let stored = jobs.store().observations(&flow(), as_of).unwrap();
    stored
        .into_iter()
        .filter_map(|stored| Some((stored.observation.area.to_string(), stored.observation.value?)))
        .collect()
}

fn expected(pairs: &[(&str, f64)]) -> BTreeMap<String, f64> {
    pairs.iter().map(|(area, value)| ((*area).to_owned(), *value)).collect()
}

fn outcomes(jobs: &Jobs) -> Vec<RunOutcome> {
    jobs.run_log().ask(|history| history.runs().iter().map(|run| run.outcome).collect())
}

#[tokio::test]
async fn an_update_is_kept_stored_written_down_and_published() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World { asking_takes: 90, ..World::default() });
    let jobs = world.open(folder.path());
    let run = world.refresh(&jobs, payload("KZ-10=1\nKZ-11=2")).await;
    assert_eq!((run.outcome, run.observations, run.changed, run.bytes), (RunOutcome::Updated, 2, 2, 15));
    assert_eq!(run.ended_at.duration_since(run.started_at), SignedDuration::from_secs(90));
    assert_eq!(run.vintage.unwrap().to_string(), "BNS_SDG_4_A_1@2026-11-22.1");
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 1.0), ("KZ-11", 2.0)]));
    assert_eq!(jobs.snapshots().read(run.payloads[0].sha256).unwrap(), b"KZ-10=1\nKZ-11=2");
    assert_eq!(world.published.load(Ordering::Relaxed), 1);
    assert_eq!(jobs.past(&flow()), Past { asked_at: Some(run.started_at), ..Past::default() });
    assert_eq!(jobs.problems(), Vec::<String>::new());
}

#[test]
fn figures_grow_older_at_midnight_also_while_nothing_can_be_published() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let days: Arc<Mutex<Vec<Date>>> = Arc::default();
    let told = Arc::clone(&days);
    let publishing = Publishing {
        publish: Arc::new(|_| Err(anyhow::anyhow!("no room"))),
        grow_older: Arc::new(move |day| told.lock().unwrap().push(day)),
    };
    let jobs = Jobs::open(folder.path(), vec![plan()], Steps { publishing, ..world.steps() }, Almaty).unwrap();
    // Ten in the morning in Almaty; five minutes to midnight; midnight.
    for seconds in [0, 13 * 3600 + 55 * 60, 5 * 60] {
        world.clock.fetch_add(seconds, Ordering::Relaxed);
        jobs.keep_current();
    }
    assert_eq!(*days.lock().unwrap(), ["2026-11-22", "2026-11-22", "2026-11-23"].map(|day| day.parse().unwrap()));
}

#[tokio::test]
async fn the_same_again_writes_nothing_and_asks_conditionally() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    world.refresh(&jobs, payload("KZ-10=1")).await;
    let same = world.refresh(&jobs, payload("KZ-10=1")).await;
    let not_modified = world.refresh(&jobs, Ok(vec![Answer::NotModified { part: "table".to_owned() }])).await;
    assert_eq!((same.outcome, not_modified.outcome), (RunOutcome::Unchanged, RunOutcome::Unchanged));
    assert_eq!(not_modified.vintage, same.vintage);
    assert_eq!(jobs.store().all_vintages().unwrap().len(), 1);
    let etags: Vec<Option<String>> = world
        .orders
        .lock()
        .unwrap()
        .iter()
        .map(|order| order.known.get("table").and_then(|validators| validators.etag.clone()))
        .collect();
    assert_eq!(etags, [None, Some("\"KZ-10=1\"".to_owned()), Some("\"KZ-10=1\"".to_owned())]);
}

#[tokio::test]
async fn a_refused_payload_is_kept_and_changes_nothing() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    world.refresh(&jobs, payload("KZ-10=1")).await;
    for text in ["KZ-10=BAD", "???", "KZ-10=2\nKZ-10=3"] {
        let run = world.refresh(&jobs, payload(text)).await;
        assert_eq!(run.outcome, RunOutcome::Quarantined, "{text}");
        assert!(!run.reasons.is_empty(), "{text}");
        assert_eq!(jobs.snapshots().read(run.payloads[0].sha256).unwrap(), text.as_bytes());
        assert_eq!(values(&jobs, None), expected(&[("KZ-10", 1.0)]), "{text}");
    }
    let run = world.refresh(&jobs, payload("PANIC")).await;
    assert_eq!(run.outcome, RunOutcome::Failed);
    let run = world.refresh(&jobs, nothing(RunOutcome::Unreachable, None)).await;
    assert_eq!(run.outcome, RunOutcome::Unreachable);
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 1.0)]));
    // What was refused is asked for again in full.
    assert_eq!(world.orders.lock().unwrap()[2].known["table"].etag.as_deref(), Some("\"KZ-10=1\""));
}

#[tokio::test]
async fn one_dataflow_is_not_refreshed_twice_at_a_time() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    let first = jobs.take_turn(&flow()).unwrap();
    assert!(matches!(jobs.refresh(flow(), Trigger::Schedule).await, Err(JobError::AlreadyRunning { .. })));
    drop(first);
    world.refresh(&jobs, payload("KZ-10=1")).await;
    let unknown = jobs.refresh("NOTHING".parse().unwrap(), Trigger::Manual).await.unwrap_err();
    assert_eq!(unknown.to_string(), "no dataflow NOTHING; known are BNS_SDG_4_A_1");
}

#[tokio::test]
async fn the_first_start_reads_the_recordings_by_their_days() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    *world.bundled.lock().unwrap() =
        vec![recording(date(2020, 12, 19), "KZ-10=2"), recording(date(2019, 10, 2), "KZ-10=1\nKZ-11=9")];
    let jobs = world.open(folder.path());
    assert_eq!(values(&jobs, Some(date(2019, 12, 31))), expected(&[("KZ-10", 1.0), ("KZ-11", 9.0)]));
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 2.0), ("KZ-11", 9.0)]));
    assert_eq!(outcomes(&jobs), [RunOutcome::Updated; 2]);
    assert_eq!(jobs.past(&flow()), Past::default());
    drop(jobs);
    let jobs = world.open(folder.path());
    assert_eq!(outcomes(&jobs).len(), 2);
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_is_continued() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let whole = vec![recording(date(2019, 10, 2), "KZ-10=1"), recording(date(2020, 12, 19), "KZ-10=2")];
    *world.bundled.lock().unwrap() = whole[..1].to_vec();
    drop(world.open(folder.path()));
    // The first vintage is in the index; its line in the log was torn.
    let log = folder.path().join("runs.jsonl");
    let text = fs::read(&log).unwrap();
    fs::write(&log, &text[..text.len() / 2]).unwrap();
    *world.bundled.lock().unwrap() = whole;
    let jobs = world.open(folder.path());
    let triggers: Vec<Trigger> = jobs.run_log().ask(|history| history.runs().iter().map(|run| run.trigger).collect());
    assert_eq!(triggers, [Trigger::FirstStart; 2]);
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 2.0)]));
    assert_eq!(values(&jobs, Some(date(2019, 12, 31))), expected(&[("KZ-10", 1.0)]));
    world.refresh(&jobs, payload("KZ-10=3")).await;
    drop(jobs);
    // A recording that a newer program brings is older than what was refreshed since.
    world.bundled.lock().unwrap().push(recording(date(2024, 10, 24), "KZ-10=9"));
    let jobs = world.open(folder.path());
    assert_eq!(outcomes(&jobs).len(), 3);
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 3.0)]));
}

/// A data folder with three vintages, closed.
async fn three_vintages(world: &World) -> (tempfile::TempDir, BTreeMap<String, f64>) {
    let folder = tempfile::tempdir().unwrap();
    *world.bundled.lock().unwrap() = vec![recording(date(2019, 10, 2), "KZ-10=1\nKZ-11=9")];
    let jobs = world.open(folder.path());
    world.refresh(&jobs, payload("KZ-10=2")).await;
    world.refresh(&jobs, payload("KZ-12=3")).await;
    let values = values(&jobs, None);
    assert_eq!(values.len(), 3);
    (folder, values)
}

#[tokio::test]
async fn a_lost_index_is_rebuilt_the_same() {
    let world = World::default();
    let (folder, values_before) = three_vintages(&world).await;
    let jobs = world.open(folder.path());
    let before = jobs.store().all_vintages().unwrap();
    drop(jobs);
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    let jobs = world.open(folder.path());
    assert_eq!(jobs.store().all_vintages().unwrap(), before);
    assert_eq!(values(&jobs, None), values_before);
    assert_eq!(outcomes(&jobs).len(), 3);
}

#[tokio::test]
async fn an_index_that_lost_its_end_is_completed() {
    let world = World::default();
    let folder = tempfile::tempdir().unwrap();
    let jobs = world.open(folder.path());
    world.refresh(&jobs, payload("KZ-10=1")).await;
    drop(jobs);
    let earlier = folder.path().join("earlier");
    dir::copy(folder.path().join("store"), &earlier, &CopyOptions::new().content_only(true).copy_inside(true)).unwrap();
    let jobs = world.open(folder.path());
    world.refresh(&jobs, payload("KZ-10=2")).await;
    drop(jobs);
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    fs::rename(&earlier, folder.path().join("store")).unwrap();
    let jobs = world.open(folder.path());
    assert_eq!(values(&jobs, None), expected(&[("KZ-10", 2.0)]));
    assert_eq!(jobs.store().all_vintages().unwrap().len(), 2);
}

#[tokio::test]
async fn a_vintage_whose_run_was_not_written_down_is_adopted() {
    let world = World::default();
    let (folder, values_before) = three_vintages(&world).await;
    let log = folder.path().join("runs.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    let cut = text.trim_end().rfind('\n').unwrap();
    // Torn in the middle of the last line, as a kill during the write leaves it.
    fs::write(&log, &text[..cut + 20]).unwrap();
    let jobs = world.open(folder.path());
    assert_eq!(values(&jobs, None), values_before);
    let last = jobs.run_log().ask(|history| history.runs().last().cloned()).unwrap();
    assert_eq!((last.trigger, last.outcome), (Trigger::Recovered, RunOutcome::Updated));
    assert!(jobs.problems().is_empty(), "{:?}", jobs.problems());
    assert_eq!(last.payloads[0].part, "table");
    drop(jobs);
    // And a rebuild from what is written down now gives the same.
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    assert_eq!(values(&world.open(folder.path()), None), values_before);
}

/// The log refused the line of a vintage, and took the next, of a run that found the same again and names the vintage.
#[tokio::test]
async fn a_run_that_found_nothing_new_does_not_stand_for_the_one_that_brought_it() {
    let world = World::default();
    let (folder, _) = three_vintages(&world).await;
    let jobs = world.open(folder.path());
    let brought = world.refresh(&jobs, payload("KZ-12=4")).await;
    let again = world.refresh(&jobs, payload("KZ-12=4")).await;
    assert_eq!((again.outcome, &again.vintage), (RunOutcome::Unchanged, &brought.vintage));
    let vintages = jobs.store().all_vintages().unwrap();
    drop(jobs);
    let log = folder.path().join("runs.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    let without: String = text.split_inclusive('\n').filter(|line| !line.contains(&brought.id)).collect();
    fs::write(&log, without).unwrap();
    let jobs = world.open(folder.path());
    let adopted = jobs.run_log().ask(|history| history.find(&brought.id).cloned()).unwrap();
    assert_eq!((adopted.trigger, adopted.vintage), (Trigger::Recovered, brought.vintage));
    drop(jobs);
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    assert_eq!(world.open(folder.path()).store().all_vintages().unwrap(), vintages);
}

#[tokio::test]
async fn without_log_and_index_the_snapshots_tell() {
    let world = World::default();
    let (folder, values_before) = three_vintages(&world).await;
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    fs::remove_file(folder.path().join("runs.jsonl")).unwrap();
    let jobs = world.open(folder.path());
    assert_eq!(values(&jobs, None), values_before);
    assert!(jobs.problems()[0].contains("The run log was lost"), "{:?}", jobs.problems());
}

/// Four payloads a day that contradict one another are no fault of a provider that says what it sees.
#[tokio::test]
async fn without_log_and_index_the_payloads_of_one_day_are_taken_in_as_they_came() {
    let (folder, world) = (tempfile::tempdir().unwrap(), World::default());
    let jobs = world.open(folder.path());
    // In the order of their checksums they would come otherwise.
    let day = ["KZ-10=1\nKZ-11=9", "KZ-10=2", "KZ-10=BAD", "KZ-10=4", "KZ-10=3"];
    for (text, second) in day.into_iter().zip(1..) {
        world.clock.store(second, Ordering::Relaxed);
        world.refresh(&jobs, payload(text)).await;
    }
    let (before, last) = (values(&jobs, None), jobs.store().all_vintages().unwrap().last().cloned().unwrap());
    assert_eq!(before, expected(&[("KZ-10", 3.0), ("KZ-11", 9.0)]));
    drop(jobs);
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    fs::remove_file(folder.path().join("runs.jsonl")).unwrap();
    let jobs = world.open(folder.path());
    assert_eq!(values(&jobs, None), before);
    let restored = jobs.store().all_vintages().unwrap().last().cloned().unwrap();
    assert_eq!((restored.id, restored.snapshots), (last.id, last.snapshots));
    let mut expected = [RunOutcome::Updated; 5];
    expected[2] = RunOutcome::Quarantined;
    assert_eq!(outcomes(&jobs), expected);
}

#[tokio::test]
async fn a_damaged_index_is_rebuilt_while_publishing() {
    let world = World::default();
    let (folder, values_before) = three_vintages(&world).await;
    let db = folder.path().join("store/db");
    let mut bytes = fs::read(&db).unwrap();
    let used = bytes.iter().rposition(|&byte| byte != 0).unwrap();
    let step = used / 40;
    for position in (step..used).step_by(step) {
        bytes[position] ^= 0x55;
    }
    fs::write(&db, bytes).unwrap();
    let jobs = world.open(folder.path());
    jobs.publish().unwrap();
    assert_eq!(values(&jobs, None), values_before);
    assert!(!jobs.problems().is_empty());
    drop(jobs);
    let jobs = world.open(folder.path());
    jobs.publish().unwrap();
    assert_eq!(jobs.problems(), Vec::<String>::new());
    assert_eq!(values(&jobs, None), values_before);
}

#[tokio::test]
async fn a_lost_payload_costs_its_vintage_and_not_every_start() {
    let world = World::default();
    let (folder, _) = three_vintages(&world).await;
    let jobs = world.open(folder.path());
    let second = jobs.run_log().ask(|history| history.runs()[1].payloads[0].sha256);
    drop(jobs);
    let name = second.to_string();
    fs::remove_file(folder.path().join("snapshots").join(&name[..2]).join(format!("{name}.raw"))).unwrap();
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    for _start in 0..3 {
        let jobs = world.open(folder.path());
        assert_eq!(values(&jobs, None), expected(&[("KZ-10", 1.0), ("KZ-11", 9.0), ("KZ-12", 3.0)]));
        assert!(
            jobs.problems().iter().any(|problem| problem.contains("could not be rebuilt")),
            "{:?}",
            jobs.problems()
        );
    }
    let asides = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("store.")));
    assert!(asides.count() <= 1);
}

#[tokio::test]
async fn a_run_written_down_late_is_rebuilt_in_the_order_of_its_vintage() {
    let world = World::default();
    let (folder, values_before) = three_vintages(&world).await;
    let jobs = world.open(folder.path());
    let before = jobs.store().all_vintages().unwrap();
    drop(jobs);
    // The first run stands last, as when the disk was full until after the second.
    let log = folder.path().join("runs.jsonl");
    let text = fs::read_to_string(&log).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    fs::write(&log, format!("{rest}{first}\n")).unwrap();
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    let jobs = world.open(folder.path());
    assert_eq!(jobs.store().all_vintages().unwrap(), before);
    assert_eq!(values(&jobs, None), values_before);
}
