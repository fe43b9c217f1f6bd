//! `kill -9` at any moment leaves what was published, or what was about to be: never anything else.
//!
//! `SANDYQ_KILLS` sets how many moments are tried; `cargo xtask prove` tries many. They are drawn from `SANDYQ_KILL_SEED`.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::service::{self, Service, Settings};
use tests::{data, desk, recording, shared};
use tokio::process::Child;
use tokio::time::{sleep, timeout};

use crate::refresh::{DATAFLOW, PATH, RECORDING, to};
use crate::runs;

/// After so many kills the next begin in a fresh folder.
const KILLS_OF_A_FOLDER: u32 = 24;

#[expect(clippy::disallowed_methods, reason = "how long the proof may take is the caller's choice")]
fn n_kills() -> u32 {
    env::var("SANDYQ_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(8)
}

/// Where the moments are drawn from. The disk answers as fast as it likes, so a seed gives the same moments and not the
/// same runs.
#[expect(clippy::disallowed_methods, reason = "how long the proof may take is the caller's choice")]
fn moments() -> StdRng {
    let seed = env::var("SANDYQ_KILL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    StdRng::seed_from_u64(seed)
}

#[tokio::test]
async fn killed_while_the_answer_arrives_serves_the_last_release() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::Stalled(recording::read(RECORDING).unwrap().into()));
    let mut child = service::spawn_command(data.path(), &to(&cassette), &["refresh", DATAFLOW]).unwrap();
    cassette.wait_for_requests(1).await.unwrap();
    child.kill().await.unwrap();

    let service = Service::start(data.path()).await.unwrap();
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
}

/// A table by its observations: series, area and period, and what is said of them.
type Table = BTreeMap<String, Value>;

async fn table(service: &Service) -> Table {
    let answer = service.json(&format!("/api/v1/observations?dataflow={DATAFLOW}&limit=1000")).await.unwrap();
    let key = |one: &Value| {
        let Value::Object(mut fields) = one.clone() else { unreachable!("{one}") };
        // What differs between two vintages that say the same, and what is said.
        fields.retain(|field, _| !["value", "vintage", "snapshot"].contains(&field.as_str()));
        Value::Object(fields).to_string()
    };
    assert_eq!(answer["next_cursor"], Value::Null);
    answer["observations"].as_array().unwrap().iter().map(|one| (key(one), one["value"].clone())).collect()
}

/// The recorded table with every value half a point lower: of a vintage that was taken in by half, something would show.
fn lowered() -> Reply {
    let text = String::from_utf8(recording::read(RECORDING).unwrap()).unwrap();
    let lines = text.lines().map(|line| match line.rsplit_once(',') {
        Some((before, value)) if value.parse::<f64>().is_ok() => {
            format!("{before},{:.3}\n", value.parse::<f64>().unwrap() - 0.5)
        }
        _ => format!("{line}\n"),
    });
    Reply::csv(lines.collect::<String>())
}

/// Has a running service begin a refresh, and says when it began. The one before is published a moment before it is over.
pub(crate) async fn begin(service: &Service, key: &str) -> Value {
    loop {
        let begun = desk::refresh(service, key, DATAFLOW, "").await.unwrap();
        match begun.status {
            202 => return begun.json().unwrap()["started_at"].clone(),
            409 => sleep(Duration::from_millis(5)).await,
            _ => unreachable!("{}", begun.text()),
        }
    }
}

/// What two tables come to, and how long a refresh from one to the other takes.
struct Proof {
    cassette: Cassette,
    settings: Settings,
    /// The table recorded and the table lowered.
    replies: [Reply; 2],
    tables: [Table; 2],
    whole_takes: Duration,
    asks_after: Duration,
    moments: StdRng,
}

/// What was seen of the moment of a kill.
struct Seen {
    /// The moment, for messages.
    when: String,
    /// The refresh had ended by itself.
    was_late: bool,
    /// Runs of the dataflow that the service had shown.
    runs: Vec<Value>,
}

impl Proof {
    async fn prepare() -> (Self, (Value, Value)) {
        let cassette = Cassette::start().unwrap();
        let replies = [Reply::csv(recording::read(RECORDING).unwrap()), lowered()];
        cassette.reply(PATH, replies[1].clone());
        let settings = to(&cassette);
        let whole = data::filled().await.unwrap();
        let begun = Instant::now();
        let mut child = service::spawn_command(whole.path(), &settings, &["refresh", DATAFLOW]).unwrap();
        cassette.wait_for_requests(1).await.unwrap();
        let asks_after = begun.elapsed();
        assert!(child.wait().await.unwrap().success());
        let whole_takes = begun.elapsed();
        let service = Service::start(whole.path()).await.unwrap();
        let untouched = shared::service().await.unwrap();
        let tables = [table(&untouched).await, table(&service).await];
        assert!(tables[0].keys().eq(tables[1].keys()) && tables[0].len() > 250);
        let same = tables[0].iter().filter(|(key, value)| value.is_number() && tables[1][*key] == **value);
        assert_eq!(same.count(), 0, "every value differs");
        let published = runs::published(&service).await;
        (Self { cassette, settings, replies, tables, whole_takes, asks_after, moments: moments() }, published)
    }

    /// Most of a refresh is the computing of releases: by turns the moments gather at the beginning, where the payload, the
    /// vintage and the line of the log are written.
    fn moment(&mut self, window: Duration, kill: u32) -> Duration {
        window.mul_f64(self.moments.random_range(0.0..1.0_f64).powi(if kill % 4 < 2 { 1 } else { 3 }))
    }

    async fn kill_command(&mut self, data: &Path, kill: u32) -> Seen {
        let moment = self.moment(self.whole_takes, kill);
        let mut child = service::spawn_command(data, &self.settings, &["refresh", DATAFLOW]).unwrap();
        let was_late = kill_after(&mut child, moment).await;
        Seen { when: format!("killed {moment:?} after the start"), was_late, runs: Vec::new() }
    }

    async fn kill_service(&mut self, service: Service, key: &str, kill: u32) -> Seen {
        let moment = self.moment(self.whole_takes.saturating_sub(self.asks_after), kill);
        let asked = self.cassette.asked().len();
        let started_at = begin(&service, key).await;
        self.cassette.wait_for_requests(asked + 1).await.unwrap();
        sleep(moment).await;
        // What a busy service does not say at once has not been seen.
        let shown = timeout(Duration::from_secs(2), runs::of(&service, DATAFLOW)).await.unwrap_or_default();
        service.kill().await.unwrap();
        let was_late = shown.iter().any(|run| run["started_at"] == started_at);
        Seen { when: format!("killed {moment:?} after the request"), was_late, runs: shown }
    }
}

/// Kills refreshes which bring another table each time, and publish it: by turns at any moment of the command, and at any
/// moment after a running service has asked the provider. A folder is killed in again and again, each time after it was
/// mended from the last.
#[tokio::test]
async fn killed_at_any_moment_serves_the_old_release_or_the_new_one() {
    let (mut proof, refreshed) = Proof::prepare().await;
    let n_kills = n_kills();
    let (mut n_old, mut n_new, mut n_late) = (0, 0, 0);
    let mut kill = 0;
    while kill < n_kills {
        let data = data::filled().await.unwrap();
        let log = data.path().join("runs.jsonl");
        let key = desk::key(data.path(), "Operator", &["--scope", "operate"]).await.unwrap();
        let mut before = runs::published(&shared::service().await.unwrap()).await;
        let mut running: Option<Service> = None;
        for nth in 0..KILLS_OF_A_FOLDER.min(n_kills - kill) {
            let goal = usize::from(nth % 2 == 0);
            proof.cassette.reply(PATH, proof.replies[goal].clone());
            let logged = fs::read(&log).unwrap();
            let seen = match running.take() {
                None => proof.kill_command(data.path(), kill).await,
                Some(service) => proof.kill_service(service, &key, kill).await,
            };
            let Seen { when, was_late, runs: shown } = seen;
            let service = Service::start_with(data.path(), &proof.settings).await.unwrap();
            let (found, said) = (runs::published(&service).await, table(&service).await);
            let runs = runs::of(&service, DATAFLOW).await;
            assert_eq!(service.json("/api/v1/status").await.unwrap()["health"], "ok", "{when}");
            assert!(fs::read(&log).unwrap().starts_with(&logged), "{when}: what was written down before is there");
            let lost = shown.iter().find(|run| !runs.contains(run));
            assert_eq!(lost, None, "{when}: a run that was shown is there");
            let is_new = said == proof.tables[goal];
            assert!(
                is_new || said == proof.tables[1 - goal],
                "{when}: neither the old table nor the new one is served"
            );
            assert!(is_new || !was_late, "{when}: the refresh had ended by itself, and its table is not served");
            if !is_new {
                assert_eq!(found, before, "{when}: the old table and not the old releases");
            }
            // What was cut short can be done again.
            let started_at = begin(&service, &key).await;
            let run = desk::run_begun(&service, DATAFLOW, &started_at).await.unwrap();
            assert_eq!(run["outcome"], if is_new { "unchanged" } else { "updated" }, "{when}, then refreshed: {run}");
            let after = runs::published(&service).await;
            assert!(table(&service).await == proof.tables[goal], "{when}, then refreshed");
            assert!(!is_new || found == after, "{when}: the new table and not the new releases");
            assert!(nth > 0 || after == refreshed, "{when}, then refreshed: other releases than without a kill");
            n_old += u32::from(!is_new);
            n_new += u32::from(is_new);
            n_late += u32::from(was_late);
            before = after;
            kill += 1;
            if nth % 2 == 0 {
                running = Some(service);
            } else {
                service.stop().await.unwrap();
                let output = service::run(data.path(), &Settings::default(), &["verify"]).await.unwrap();
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                assert!(
                    output.status.success() && said.contains("index: ") && said.contains("no fault found"),
                    "{said}"
                );
            }
            if kill % 25 == 0 {
                eprintln!("killed {kill} of {n_kills} times: the old release {n_old}, the new one {n_new}");
            }
        }
    }
    let Proof { whole_takes, asks_after, .. } = proof;
    eprintln!(
        "killed {n_kills} times: {n_old} served the old release, {n_new} the new one; {n_late} had ended before; a whole \
         refresh took {whole_takes:?}, it asked after {asks_after:?}"
    );
    assert!(n_kills < 100 || (n_old > 0 && n_new > n_late), "no kill fell where it mattered");
}

#[tokio::test]
async fn killed_while_the_recordings_are_imported_imports_the_rest() {
    let shared = shared::service().await.unwrap();
    let expected = runs::published(&shared).await;
    let whole = data::empty().unwrap();
    let begun = Instant::now();
    Service::start(whole.path()).await.unwrap().stop().await.unwrap();
    let whole_takes = begun.elapsed();
    let mut moments = moments();
    let n_kills = (n_kills() / 4).max(2);
    for _kill in 0..n_kills {
        let data = data::empty().unwrap();
        let moment = whole_takes.mul_f64(moments.random_range(0.0..1.0));
        let arguments = ["serve", "--schedule", "off", "--bind", "127.0.0.1:0"];
        let mut child = service::spawn_command(data.path(), &Settings::default(), &arguments).unwrap();
        kill_after(&mut child, moment).await;
        let service = Service::start(data.path()).await.unwrap();
        assert_eq!(runs::published(&service).await, expected, "killed after {moment:?}");
    }
    eprintln!("killed {n_kills} times while the recordings were imported, which takes {whole_takes:?}");
}

/// Lets a command run for that long and no longer. Whether it ended by itself before.
async fn kill_after(child: &mut Child, moment: Duration) -> bool {
    let ended = timeout(moment, child.wait()).await;
    if ended.is_err() {
        child.kill().await.unwrap();
    }
    ended.is_ok()
}

/// The schedule asks a provider that never ends its answer; every other is away.
#[tokio::test]
async fn asked_to_end_during_a_refresh_it_ends_in_time_and_leaves_nothing_half_done() {
    let data = data::filled().await.unwrap();
    let untouched = shared::service().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::Stalled(recording::read(RECORDING).unwrap().into()));
    let nobody = format!("http://{}", service::free_address().unwrap());
    let away = recording::providers().unwrap().into_iter();
    let settings = away.fold(Settings::default(), |settings, provider| settings.at(&provider, nobody.as_str()));
    let service = Service::start_scheduled(data.path(), &settings.at(DATAFLOW, cassette.base_url())).await.unwrap();
    cassette.wait_for_requests(1).await.unwrap();
    // `stop` sends SIGTERM and wants a good exit code.
    service.stop().await.unwrap();

    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
    let newest = &runs::of(&service, DATAFLOW).await[0];
    assert_eq!(newest["trigger"], "first_start", "the refresh that was cut off is no run: {newest}");
    assert_eq!(service.json("/api/v1/status").await.unwrap()["health"], "ok");
}
