//! The moment an answer names, and the `ETag` of long answers: both move with all that can change the answer.

use std::sync::Arc;
use std::time::SystemTime;

use ::indicators::wire::RunEntry;
use actix_web::http::header::HttpDate;
use jiff::Timestamp;

use super::*;
use crate::view::View;

/// What a run can change that brings no figures.
const MOVED_BY_RUNS: [&str; 4] = ["feed", "runs", "sources", "status"];

/// The sample after a run that brought nothing but its entry in the log.
fn after_a_run(view: &View) -> View {
    let mut view = view.clone();
    let mut run = view.runs[0].clone();
    run.id = "run-3".to_owned();
    Arc::make_mut(&mut view.runs).insert(0, run);
    view.sources[0].last_run = view.runs.first().cloned();
    view.problems.push("The disk is nearly full.".to_owned());
    view.id = format!("{}+", view.id);
    view
}

fn moment(answer: &sample::Answer) -> HttpDate {
    answer.header("last-modified").parse().unwrap()
}

/// The sample as it is when something was taken in.
fn with_a_moment() -> Sample {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "with a moment".to_owned();
    view.modified_at = Some("2026-01-02T03:04:06Z".parse().unwrap());
    sample.view.swap(view);
    sample
}

#[actix_web::test]
async fn a_client_that_sends_only_the_moment_is_told_of_every_change_and_of_nothing_else() {
    let sample = with_a_moment();
    let mut before = Vec::new();
    for route in routes().filter(|route| route.operation != "snapshot") {
        let path = working(route, &sample);
        let answer = sample.get(&path).await;
        let moment = answer.header("last-modified").to_owned();
        let held = sample.get_with(&path, &[("if-modified-since", &moment)]).await;
        assert_eq!((held.status.as_u16(), held.body.len()), (304, 0), "{path}: nothing changed");
        before.push((route.operation, path, moment, answer.body));
    }
    let next = after_a_run(&sample.view.current());
    sample.view.swap(next);
    for (operation, path, moment, body) in before {
        let changed = sample.get(&path).await.body != body;
        assert_eq!(changed, MOVED_BY_RUNS.contains(&operation), "{path}");
        let expected = if changed { 200 } else { 304 };
        assert_eq!(sample.get_with(&path, &[("if-modified-since", &moment)]).await.status, expected, "{path}");
    }
}

#[actix_web::test]
async fn other_figures_move_the_moment_also_when_the_log_knows_nothing_newer() {
    let sample = with_a_moment();
    let moment = sample.get("/api/v1/index").await.header("last-modified").to_owned();
    let mut view = View::clone(&sample.view.current());
    view.id = "other figures".to_owned();
    view.releases.retain(|(_, year), _| *year == 2022);
    sample.view.swap(view);
    assert_eq!(sample.get_with("/api/v1/index", &[("if-modified-since", &moment)]).await.status, 200);
}

#[actix_web::test]
async fn nothing_is_older_than_the_process_that_answers() {
    let started_at: Timestamp = "2026-03-04T05:06:07Z".parse().unwrap();
    let sample = Sample::started(started_at);
    let mut view = sample::view();
    view.id = "older than the program".to_owned();
    view.modified_at = Some("2026-01-02T03:04:06Z".parse().unwrap());
    sample.view.swap(view);
    for path in ["/api/v1/index", "/api/v1/runs", "/api/v1/limits", "/sdmx/2.1/dataflow"] {
        let answer = sample.get(path).await;
        assert!(moment(&answer) >= HttpDate::from(SystemTime::from(started_at)), "{path}");
        let since = [("if-modified-since", "Fri, 02 Jan 2026 03:04:06 GMT")];
        assert_eq!(sample.get_with(path, &since).await.status, 200, "{path}: another program may say it otherwise");
    }
}

#[actix_web::test]
async fn the_etag_of_a_long_answer_moves_with_what_it_says() {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "long".to_owned();
    let (run, observations) = (view.runs[1].clone(), view.observations.clone());
    let runs = (0..6_000).map(|number| RunEntry { id: format!("run-{number}"), ..run.clone() });
    view.runs = Arc::new(runs.collect());
    while view.observations.len() < 6_000 {
        view.observations.extend(observations.iter().cloned());
    }
    view.observations.sort_by(|one, other| one.indicator.cmp(&other.indicator));
    sample.view.swap(view.clone());
    let (runs, figures) = ("/api/v1/runs.csv", "/api/v1/observations.csv");
    let mut tags = Vec::new();
    for path in [runs, figures] {
        let answer = sample.get(path).await;
        assert!(answer.header("content-length").is_empty(), "{path} is written while it is sent");
        tags.push(answer.header("etag").to_owned());
    }
    Arc::make_mut(&mut view.runs)[0].changed = 7;
    view.id = "long, after a run".to_owned();
    sample.view.swap(view);
    assert_eq!(sample.get_with(runs, &[("if-none-match", &tags[0])]).await.status, 200);
    assert_eq!(sample.get_with(figures, &[("if-none-match", &tags[1])]).await.status, 304);
}
