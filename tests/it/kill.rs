//! `kill -9` at any moment leaves what was published, or what was about to be: never anything else.
//!
//! `SANDYQ_KILLS` sets how many moments are tried; `cargo xtask prove` tries many. They are drawn from `SANDYQ_KILL_SEED`.

use std::env;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::service::{self, Service, Settings};
use tests::{data, recording, shared};
use tokio::process::Child;
use tokio::time::timeout;

use crate::refresh::{DATAFLOW, PATH, RECORDING, TURKISTAN_2023, refresh, to};
use crate::runs;

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

fn revised() -> Reply {
    Reply::csv(recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,97.4\n").unwrap())
}

async fn value(service: &Service) -> Value {
    let path = "/api/v1/observations?indicator=internet_users&area=KZ-61&period=2023";
    service.json(path).await.unwrap()["observations"][0]["value"].clone()
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

/// Kills a refresh, which publishes what it brought: by turns at any moment of the command, which opens and mends first,
/// and at any moment after the provider was asked, when something is stored and published.
#[tokio::test]
async fn killed_at_any_moment_serves_the_old_release_or_the_new_one() {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, revised());
    let settings = to(&cassette);

    let whole = data::filled().await.unwrap();
    let begun = Instant::now();
    let mut child = service::spawn_command(whole.path(), &settings, &["refresh", DATAFLOW]).unwrap();
    cassette.wait_for_requests(1).await.unwrap();
    let asks_after = begun.elapsed();
    assert!(child.wait().await.unwrap().success());
    let whole_takes = begun.elapsed();
    let service = Service::start(whole.path()).await.unwrap();
    let after = runs::published(&service).await;
    assert_eq!(value(&service).await, 97.4);
    drop(service);
    let shared = shared::service().await.unwrap();
    let before = runs::published(&shared).await;

    let (mut moments, n_kills) = (moments(), n_kills());
    let (mut n_old, mut n_new, mut n_late) = (0, 0, 0);
    for kill in 0..n_kills {
        let data = data::filled().await.unwrap();
        let asked = cassette.asked().len();
        let mut child = service::spawn_command(data.path(), &settings, &["refresh", DATAFLOW]).unwrap();
        let (told, window) = if kill % 2 == 0 {
            ("the start", whole_takes)
        } else {
            cassette.wait_for_requests(asked + 1).await.unwrap();
            ("the request", whole_takes.saturating_sub(asks_after))
        };
        // Most of a refresh is the computing of releases: by turns the moments gather at the beginning, where the payload,
        // the vintage and the line of the log are written.
        let moment = window.mul_f64(moments.random_range(0.0..1.0_f64).powi(if kill % 4 < 2 { 1 } else { 3 }));
        let was_late = kill_after(&mut child, moment).await;

        let service = Service::start(data.path()).await.unwrap();
        let found = runs::published(&service).await;
        let is_old = found == before && value(&service).await == 97.3;
        let is_new = found == after && value(&service).await == 97.4;
        assert!(is_old || is_new, "killed {moment:?} after {told}: neither the old release nor the new one is served");
        assert!(is_new || !was_late, "the refresh had ended by itself, and what it published is not served");
        n_old += u32::from(is_old);
        n_new += u32::from(is_new);
        n_late += u32::from(was_late);
        assert_eq!(service.json("/api/v1/status").await.unwrap()["health"], "ok", "killed {moment:?} after {told}");
        service.stop().await.unwrap();
        // What was cut short can be done again.
        refresh(data.path(), &settings, DATAFLOW).await;
        let service = Service::start(data.path()).await.unwrap();
        assert_eq!(runs::published(&service).await, after, "killed {moment:?} after {told}, then refreshed");
        if (kill + 1) % 25 == 0 {
            eprintln!("killed {} of {n_kills} times: the old release {n_old}, the new one {n_new}", kill + 1);
        }
    }
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
