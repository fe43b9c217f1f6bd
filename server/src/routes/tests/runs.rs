//! The log in pages: none repeats or skips a run, whatever comes in meanwhile.

use std::sync::Arc;

use ::indicators::wire::RunEntry;

use super::*;
use crate::view::View;

/// The sample with so many runs, newest first.
fn with_runs(ids: impl Iterator<Item = u32>) -> Sample {
    let sample = Sample::new();
    let mut view = sample::view();
    let run = view.runs[1].clone();
    view.runs = Arc::new(ids.map(|id| RunEntry { id: format!("run-{id}"), ..run.clone() }).collect());
    view.id = "many runs".to_owned();
    sample.view.swap(view);
    sample
}

fn ids(answer: &Value) -> Vec<String> {
    let runs = answer["runs"].as_array().unwrap();
    runs.iter().map(|run| run["id"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn every_run_stands_on_one_page_also_when_others_end_in_between() {
    let sample = with_runs((0..2_345).rev());
    let mut found = Vec::new();
    let mut cursor = String::new();
    for page in 0.. {
        let answer = sample.get(&format!("/api/v1/runs?cursor={cursor}")).await;
        let page_of_runs = answer.json();
        found.extend(ids(&page_of_runs));
        assert_eq!(page_of_runs["total"], 2_345 + page);
        let Some(next) = page_of_runs["next_cursor"].as_str() else { break };
        assert!(answer.header("link").contains(next), "{}", answer.header("link"));
        next.clone_into(&mut cursor);
        let mut view = View::clone(&sample.view.current());
        let newer = RunEntry { id: format!("newer-{page}"), ..view.runs[0].clone() };
        Arc::make_mut(&mut view.runs).insert(0, newer);
        view.id = format!("{} runs", view.runs.len());
        sample.view.swap(view);
    }
    assert_eq!(found, (0..2_345).rev().map(|id| format!("run-{id}")).collect::<Vec<_>>());
    let table = sample.get("/api/v1/runs.csv").await;
    assert_eq!(table.text().lines().count(), 1 + 2_345 + 2, "a table comes whole");
}

#[actix_web::test]
async fn a_cursor_of_another_question_or_another_log_is_refused() {
    let sample = with_runs((0..10).rev());
    let first = sample.get("/api/v1/runs?limit=3").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let refused = async |path: String| {
        let answer = sample.get(&path).await;
        (answer.status.as_u16(), answer.json()["code"].as_str().unwrap().to_owned())
    };
    let foreign = refused(format!("/api/v1/runs?limit=3&outcome=failed&cursor={cursor}")).await;
    assert_eq!(foreign, (400, "foreign_cursor".to_owned()));
    assert_eq!(refused("/api/v1/runs?cursor=zz".to_owned()).await.0, 400);
    let same = sample.get(&format!("/api/v1/runs?limit=2&cursor={cursor}")).await.json();
    assert_eq!(ids(&same), ["run-6", "run-5"]);
    // A log that was restored from the snapshots names its runs anew.
    let mut view = View::clone(&sample.view.current());
    view.runs = Arc::clone(&with_runs((20..30).rev()).view.current().runs);
    view.id = "restored".to_owned();
    sample.view.swap(view);
    let expired = (410, "cursor_expired".to_owned());
    assert_eq!(refused(format!("/api/v1/runs?limit=3&cursor={cursor}")).await, expired);
    let mut view = View::clone(&sample.view.current());
    Arc::make_mut(&mut view.runs).truncate(2);
    view.id = "restored in part".to_owned();
    sample.view.swap(view);
    assert_eq!(refused(format!("/api/v1/runs?limit=3&cursor={cursor}")).await, expired);
}

#[actix_web::test]
async fn a_vintage_leads_to_the_runs_that_brought_or_confirmed_it() {
    let sample = with_runs((0..4).rev());
    let mut view = View::clone(&sample.view.current());
    let vintage = "BNS_SDG_17_8_1@2024-10-24.1";
    for run in &mut Arc::make_mut(&mut view.runs)[1..3] {
        run.vintage = Some(vintage.to_owned());
    }
    view.id = "with vintages".to_owned();
    sample.view.swap(view);
    let found = sample.get(&format!("/api/v1/runs?vintage={vintage}")).await.json();
    assert_eq!(ids(&found), ["run-2", "run-1"]);
    let none = sample.get("/api/v1/runs?vintage=BNS_SDG_17_8_1@2020-01-01.1").await.json();
    assert_eq!((ids(&none).len(), &none["total"]), (0, &0.into()));
    let unread = sample.get("/api/v1/runs?vintage=yesterday").await;
    assert_eq!((unread.status.as_u16(), unread.json()["errors"][0]["parameter"].as_str().unwrap()), (400, "vintage"));
}
