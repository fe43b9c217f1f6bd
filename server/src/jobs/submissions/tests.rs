//! Deliveries through the very steps of the service: what is held, what follows from a decision, what survives.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono_tz::Asia::Almaty;
use indicators::wire::ObservationEntry;
use jiff::civil::{Date, date};
use tempfile::TempDir;

use super::*;
use crate::definitions::Definitions;
use crate::jobs::Publishing;
use crate::jobs::real::{self, Upstream};
use crate::publish::{Origin, Publisher};
use crate::release::PublishedMethod;
use crate::run_log::RunLog;
use crate::sources::Catalogue;

const FLOW: &str = "EDU_DIGITAL_SCHOOLS";
const HEAD: &str = "indicator,area,period,value\n";

/// Jobs of the one dataflow that takes submissions, so that no recording is read.
fn open(folder: &Path) -> Jobs {
    let upstream = Upstream::embedded_in(folder);
    let catalogue = Arc::clone(&upstream.catalogue);
    let steps = real::steps(upstream, Publishing::nothing(), Arc::new(|_, _| {}));
    let plans = real::plans(&catalogue).into_iter().filter(DataflowPlan::takes_submissions).collect();
    Jobs::open(folder, plans, steps, Almaty).unwrap()
}

fn order(holder: &str, rows: &str) -> SubmissionOrder {
    SubmissionOrder {
        dataflow: FLOW.parse().unwrap(),
        author: Author { key: Some(format!("key of {holder}")), name: holder.to_owned() },
        content_type: "text/csv".to_owned(),
        bytes: format!("{HEAD}{rows}").into_bytes(),
        note: None,
        idempotency_key: None,
    }
}

fn operator() -> Author {
    Author { key: None, name: "operator".to_owned() }
}

fn decide(jobs: &Jobs, id: &str, verdict: SubmissionVerdict) -> Result<bool, SubmissionError> {
    jobs.decide_submission(id, verdict, operator(), None)
}

fn submit(jobs: &Jobs, holder: &str, rows: &str) -> String {
    jobs.submit(order(holder, rows)).unwrap().submission.id
}

/// What is in force: area, value and who delivered it.
fn known(jobs: &Jobs, as_of: Option<Date>) -> Vec<(String, f64)> {
    let stored = jobs.store().observations(&FLOW.parse().unwrap(), as_of).unwrap();
    stored.iter().map(|one| (one.observation.area.to_string(), one.observation.value.unwrap())).collect()
}

fn pairs(expected: &[(&str, f64)]) -> Vec<(String, f64)> {
    expected.iter().map(|(area, value)| ((*area).to_owned(), *value)).collect()
}

/// The observations as they would be published.
fn published(jobs: &Jobs) -> (Vec<ObservationEntry>, Option<String>) {
    let (definitions, catalogue) = (Definitions::embedded().unwrap(), Catalogue::embedded().unwrap());
    let runs = jobs.run_log().ask(Clone::clone);
    let (store, archive) = (jobs.store(), jobs.archive());
    let origin = Origin { definitions: &definitions, catalogue: &catalogue, store: &store, archive, runs: &runs };
    let publisher = Publisher::new(PublishedMethod::current());
    let view = publisher.publish(origin, None, Vec::new(), date(2026, 11, 22)).unwrap();
    let source = view.sources.iter().find(|source| source.dataflow.as_str() == FLOW);
    (view.observations, source.map(|source| source.attribution.en.clone()))
}

const ALMATY: &str = "schools_with_electronic_journal,KZ-75,2024,91.5\n";
const ASTANA: &str = "schools_with_electronic_journal,KZ-71,2024,88\n";

#[test]
fn what_is_held_is_nowhere_but_in_the_log_until_it_is_accepted() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let id = submit(&jobs, "Akimat of Almaty", ALMATY);
    assert_eq!(known(&jobs, None), []);
    assert_eq!(jobs.run_log().ask(|history| history.runs().len()), 0);
    assert_eq!(published(&jobs), (Vec::new(), None));
    decide(&jobs, &id, SubmissionVerdict::Accepted).unwrap();
    assert_eq!(known(&jobs, None), pairs(&[("KZ-75", 91.5)]));
    let (observations, attribution) = published(&jobs);
    assert_eq!(observations[0].submitted_by.as_deref(), Some("Akimat of Almaty"));
    assert_eq!(observations[0].snapshot, None, "what was delivered is nobody else's to fetch");
    assert_eq!(attribution.unwrap(), "Ministry of Education of Kazakhstan; Akimat of Almaty");
}

#[test]
fn a_later_delivery_has_the_last_word_whatever_was_accepted_first() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let earlier = submit(&jobs, "Akimat of Almaty", &format!("{ALMATY}{ASTANA}"));
    let later = submit(&jobs, "Akimat of Astana", "schools_with_electronic_journal,KZ-71,2024,89\n");
    decide(&jobs, &later, SubmissionVerdict::Accepted).unwrap();
    decide(&jobs, &earlier, SubmissionVerdict::Accepted).unwrap();
    assert_eq!(known(&jobs, None), pairs(&[("KZ-71", 89.0), ("KZ-75", 91.5)]));
    let (observations, _) = published(&jobs);
    let named: Vec<_> = observations.iter().map(|one| one.submitted_by.as_deref().unwrap()).collect();
    assert_eq!(named, ["Akimat of Astana", "Akimat of Almaty"]);
}

#[test]
fn a_withdrawal_is_a_new_vintage_and_the_history_stays() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let first = submit(&jobs, "Akimat of Astana", ASTANA);
    let second = submit(&jobs, "Ministry", "schools_with_electronic_journal,KZ-71,2024,70\n");
    for id in [&first, &second] {
        decide(&jobs, id, SubmissionVerdict::Accepted).unwrap();
    }
    assert_eq!(known(&jobs, None), pairs(&[("KZ-71", 70.0)]));
    decide(&jobs, &second, SubmissionVerdict::Withdrawn).unwrap();
    assert_eq!(known(&jobs, None), pairs(&[("KZ-71", 88.0)]));
    let (observations, attribution) = published(&jobs);
    assert_eq!(observations[0].submitted_by.as_deref(), Some("Akimat of Astana"));
    assert_eq!(attribution.unwrap(), "Ministry of Education of Kazakhstan; Akimat of Astana");
    decide(&jobs, &first, SubmissionVerdict::Withdrawn).unwrap();
    assert_eq!(known(&jobs, None), []);
    let vintages = jobs.store().vintages(&FLOW.parse().unwrap()).unwrap();
    let sizes: Vec<u64> = vintages.iter().map(|vintage| vintage.observations).collect();
    assert_eq!(sizes, [1, 1, 1, 0]);
    // The second vintage still says what it said.
    let held = jobs.store().observations_of(&vintages[1]).unwrap();
    assert_eq!(held[0].observation.value, Some(70.0));
    let said: Vec<SubmissionVerdict> =
        jobs.run_log().ask(|history| history.submission_decisions(&second).map(|one| one.verdict).collect());
    assert_eq!(said, [SubmissionVerdict::Accepted, SubmissionVerdict::Withdrawn]);
    // The same figures may be delivered anew.
    let again = submit(&jobs, "Akimat of Astana", ASTANA);
    decide(&jobs, &again, SubmissionVerdict::Accepted).unwrap();
    assert_eq!(known(&jobs, None), pairs(&[("KZ-71", 88.0)]));
}

#[test]
fn a_rebuild_and_a_decision_without_its_vintage_come_to_the_same() {
    let folder = TempDir::new().unwrap();
    let before = {
        let jobs = open(folder.path());
        let ids = [("A", ALMATY), ("B", ASTANA), ("A", "schools_with_digital_content,KZ-75,2024,50\n")]
            .map(|(holder, rows)| submit(&jobs, holder, rows));
        decide(&jobs, &ids[0], SubmissionVerdict::Accepted).unwrap();
        decide(&jobs, &ids[1], SubmissionVerdict::Accepted).unwrap();
        decide(&jobs, &ids[0], SubmissionVerdict::Withdrawn).unwrap();
        let before = jobs.store().all_vintages().unwrap();
        assert_eq!(jobs.rebuild().unwrap().failures, Vec::<String>::new());
        assert_eq!(jobs.store().all_vintages().unwrap(), before);
        before
    };
    // The process ends after the word of the operator and before the vintage.
    {
        let log = RunLog::open(&folder.path().join("runs.jsonl")).unwrap();
        let third = log.ask(|history| history.submissions()[2].id.clone());
        let decided_at = "2026-11-22T05:00:00Z".parse().unwrap();
        let verdict = SubmissionVerdict::Accepted;
        let by = "operator".to_owned();
        log.decide_submission(SubmissionDecision {
            submission: third,
            verdict,
            key: None,
            by,
            reason: None,
            decided_at,
        })
        .unwrap();
    }
    let jobs = open(folder.path());
    assert_eq!(jobs.store().all_vintages().unwrap().len(), before.len() + 1);
    assert_eq!(known(&jobs, None), pairs(&[("KZ-75", 50.0), ("KZ-71", 88.0)]));
    assert_eq!(jobs.problems(), Vec::<String>::new());
}

#[test]
fn without_the_log_nothing_submitted_is_taken_for_accepted() {
    let folder = TempDir::new().unwrap();
    submit(&open(folder.path()), "A", ALMATY);
    fs::remove_file(folder.path().join("runs.jsonl")).unwrap();
    let jobs = open(folder.path());
    assert_eq!(known(&jobs, None), []);
    assert_eq!(jobs.store().all_vintages().unwrap(), []);
}

#[test]
fn a_delivery_repeated_under_its_name_is_held_once_and_another_is_refused() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let named = |rows: &str| SubmissionOrder { idempotency_key: Some("spring".to_owned()), ..order("A", rows) };
    let first = jobs.submit(named(ALMATY)).unwrap();
    let again = jobs.submit(named(ALMATY)).unwrap();
    assert_eq!((first.was_held, again.was_held), (false, true));
    assert_eq!(first.submission, again.submission);
    assert!(matches!(jobs.submit(named(ASTANA)), Err(SubmissionError::KeyReused { .. })));
    let noted = SubmissionOrder { note: Some("other".to_owned()), ..named(ALMATY) };
    assert!(matches!(jobs.submit(noted), Err(SubmissionError::KeyReused { .. })));
    // The name belongs to the key: another holder may use it too.
    let other = SubmissionOrder { author: order("B", "").author, ..named(ASTANA) };
    assert!(!jobs.submit(other).unwrap().was_held);
    assert_eq!(jobs.run_log().ask(|history| history.submissions().len()), 2);
}

#[test]
fn a_decision_is_made_once() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let id = submit(&jobs, "A", ALMATY);
    decide(&jobs, &id, SubmissionVerdict::Rejected).unwrap();
    for verdict in [SubmissionVerdict::Accepted, SubmissionVerdict::Rejected, SubmissionVerdict::Withdrawn] {
        assert!(matches!(decide(&jobs, &id, verdict), Err(SubmissionError::Decided { .. })), "{verdict:?}");
    }
    assert!(matches!(decide(&jobs, "nothing", SubmissionVerdict::Accepted), Err(SubmissionError::Unknown { .. })));
    assert_eq!(known(&jobs, None), []);
}

#[test]
fn one_key_cannot_fill_the_desk() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let rows = |value: usize| format!("schools_with_electronic_journal,KZ-71,2024,{value}\n");
    let ids: Vec<String> = (0..MOST_HELD).map(|value| submit(&jobs, "A", &rows(value))).collect();
    assert!(matches!(jobs.submit(order("A", ALMATY)), Err(SubmissionError::TooManyHeld)));
    submit(&jobs, "B", ALMATY);
    decide(&jobs, &ids[0], SubmissionVerdict::Withdrawn).unwrap();
    submit(&jobs, "A", ALMATY);
}

fn faults(jobs: &Jobs, rows: &str) -> Vec<(Option<u64>, Option<String>, String)> {
    match jobs.submit(order("A", rows)) {
        Err(SubmissionError::Faulty { faults }) => {
            faults.into_iter().map(|fault| (fault.row, fault.column, fault.found.unwrap_or_default())).collect()
        }
        other => vec![(None, None, format!("{other:?}"))],
    }
}

#[test]
fn every_fault_is_told_with_row_and_column_and_nothing_is_kept() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let rows = "schools_with_journals,KZ-75,2024,91.5\n\
                schools_with_electronic_journal,KZ-99,2024,91.5\n\
                schools_with_electronic_journal,KZ-71,24,many\n\
                schools_with_electronic_journal,KZ-71,2024,140\n\
                schools_with_electronic_journal,KZ-71,2199,50\n\
                schools_with_electronic_journal,KZ-61,2023,50\n\
                schools_with_electronic_journal,KZ-61,2023,51\n";
    let at = |row: u64, column: &str, found: &str| (Some(row), Some(column.to_owned()), found.to_owned());
    let found = faults(&jobs, rows);
    for expected in [
        at(2, "indicator", "schools_with_journals"),
        at(3, "area", "KZ-99"),
        at(4, "period", "24"),
        at(4, "value", "many"),
        at(5, "value", "140"),
        at(6, "value", "2199"),
        at(8, "value", "50 in row 7, 51 in row 8"),
    ] {
        assert!(found.contains(&expected), "{expected:?} is not in {found:#?}");
    }
    assert_eq!(found.len(), 7, "{found:#?}");
    assert_eq!(jobs.run_log().ask(|history| history.submissions().len()), 0);
    assert_eq!(jobs.snapshots().list().unwrap(), []);
}

#[test]
fn a_large_change_is_held_with_a_remark() {
    let folder = TempDir::new().unwrap();
    let jobs = open(folder.path());
    let id = submit(&jobs, "A", ALMATY);
    decide(&jobs, &id, SubmissionVerdict::Accepted).unwrap();
    let second = jobs.submit(order("A", "schools_with_electronic_journal,KZ-75,2024,9.1\n")).unwrap().submission;
    assert_eq!((second.observations, second.changed), (1, 1));
    assert_eq!(second.findings[0].code, "jump", "{:?}", second.findings);
    let same = jobs.check_submission(&order("A", ALMATY)).unwrap();
    assert_eq!((same.observations, same.changed), (1, 0));
}
