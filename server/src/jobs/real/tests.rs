//! The recordings in the binary, through the very steps of the service.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use chrono_tz::Asia::Almaty;
use indicators::observation::ObsStatus;
use indicators::wire::RunOutcome;
use jiff::civil::date;

use super::*;
use crate::config::Flags;
use crate::jobs::Jobs;
use crate::run_log::Run;

fn open(folder: &Path) -> Jobs {
    let upstream = Upstream::embedded_in(folder);
    let catalogue = Arc::clone(&upstream.catalogue);
    let steps = steps(upstream, Publishing::nothing(), Arc::new(|_, _| {}));
    Jobs::open(folder, plans(&catalogue), steps, Almaty).unwrap()
}

fn values(
    jobs: &Jobs,
    dataflow: &str,
    as_of: Option<Date>,
) -> BTreeMap<(String, String, String), (Option<f64>, ObsStatus)> {
    let stored = jobs.store().observations(&dataflow.parse().unwrap(), as_of).unwrap();
    let key = |one: &Observation| (one.series.to_string(), one.area.to_string(), one.period.to_string());
    stored.iter().map(|stored| &stored.observation).map(|one| (key(one), (one.value, one.status))).collect()
}

fn value(jobs: &Jobs, dataflow: &str, series: &str, area: &str, period: &str) -> Option<f64> {
    let key = (series.to_owned(), area.to_owned(), period.to_owned());
    values(jobs, dataflow, None).get(&key).and_then(|(value, _)| *value)
}

#[test]
fn every_recording_becomes_a_vintage_and_a_rebuild_gives_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = open(folder.path());
    let refused: Vec<String> = jobs.run_log().ask(|history| {
        let good = |run: &Run| matches!(run.outcome, RunOutcome::Updated | RunOutcome::Unchanged);
        let bad = history.runs().iter().filter(|run| !good(run));
        bad.map(|run| format!("{} of {}: {:?} {:?}", run.dataflow, run.as_of, run.outcome, run.reasons)).collect()
    });
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(value(&jobs, "BNS_SDG_17_8_1", "internet_users", "KZ-61", "2023"), Some(97.3));
    assert_eq!(value(&jobs, "BNS_SDG_17_8_1", "internet_users", "KZ-62", "2023"), Some(89.0));
    let users = values(&jobs, "BNS_SDG_17_8_1", None);
    for new_region in ["KZ-10", "KZ-33", "KZ-62"] {
        let early = users.iter().filter(|((_, area, period), (value, _))| {
            area == new_region && period.as_str() < "2022" && value.is_some()
        });
        assert_eq!(early.count(), 0, "{new_region}");
    }
    let east = ("internet_users".to_owned(), "KZ-63".to_owned(), "2022".to_owned());
    assert_eq!(users[&east].1, ObsStatus::Break);

    let before = jobs.store().all_vintages().unwrap();
    let replayed = jobs.rebuild().unwrap();
    assert_eq!(replayed.failures, Vec::<String>::new());
    assert_eq!(jobs.store().all_vintages().unwrap(), before);
    assert_eq!(jobs.store().verify().unwrap().faults, Vec::<String>::new());
}

#[test]
fn the_recordings_of_one_table_are_its_vintages() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = open(folder.path());
    let vintages = jobs.store().vintages(&"BNS_SDG_4_A_1".parse().unwrap()).unwrap();
    let days: Vec<Date> = vintages.iter().map(|vintage| vintage.id.date).collect();
    // The recording of 2024-10-24 says what that of 2020-12-19 says.
    assert_eq!(days, [date(2019, 10, 2), date(2020, 12, 19)]);
    assert_eq!(value(&jobs, "BNS_SDG_4_A_1", "schools_with_computers", "KZ-61", "2018"), Some(97.2));
    assert_eq!(value(&jobs, "BNS_SDG_4_A_1", "schools_with_computers", "KZ-71", "2018"), Some(100.0));
}

#[test]
fn base_urls_reach_the_dataflows_they_name() {
    let config = |name: &str| {
        let flags = Flags { config: Some(settings(name)), ..Flags::default() };
        Config::read(flags).unwrap()
    };
    let catalogue = configured(Catalogue::embedded().unwrap(), &config("kz_bns")).unwrap();
    let population = catalogue.find(&"BNS_POPULATION".parse().unwrap()).unwrap();
    assert_eq!(population.base_url.as_ref().map(ToString::to_string).as_deref(), Some("http://127.0.0.1:9/"));
    assert!(population.allowed_hosts.iter().any(|host| host == "127.0.0.1"));
    let error = configured(Catalogue::embedded().unwrap(), &config("kazstta")).unwrap_err();
    assert!(error.to_string().starts_with("a base URL is configured for KAZSTTA"), "{error}");
}

fn settings(name: &str) -> PathBuf {
    let folder = tempfile::tempdir().unwrap().keep();
    let path = folder.join("sandyq.toml");
    fs::write(&path, format!("[base_urls]\n{name} = 'http://127.0.0.1:9'\n")).unwrap();
    path
}

#[test]
fn what_a_later_recording_says_otherwise_is_a_revision() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = open(folder.path());
    let revisions = |dataflow: &str| jobs.store().revisions(&dataflow.parse().unwrap()).unwrap();
    let spending = revisions("WB_EDU_SPENDING");
    let found = spending.iter().find(|one| one.area.as_str() == "KAZ" && one.period.to_string() == "2015").unwrap();
    assert!((found.before - 2.788_58).abs() < 1e-5, "{found:?}");
    assert!((found.after.unwrap() - 3.337_97).abs() < 1e-5, "{found:?}");
    assert_eq!((found.before_since.date, found.after_since.date), (date(2024, 7, 31), date(2025, 6, 30)));
    // The table of 2020 begins for the regions where that of 2019 ends, so nothing in it is revised.
    assert_eq!(revisions("BNS_SDG_4_A_1"), []);
    // The recordings of the other tables were taken once.
    assert_eq!(revisions("BNS_SDG_17_8_1"), []);
}

#[tokio::test]
async fn a_dataflow_that_lives_by_dropped_files_can_be_asked_for_when_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let can_ask = |catalogue: Catalogue, dataflow: &str| {
        let upstream = Upstream { catalogue: Arc::new(catalogue), ..Upstream::embedded_in(folder.path()) };
        upstream.can_ask(&dataflow.parse().unwrap())
    };
    let embedded = || Catalogue::embedded().unwrap();
    for without_address in ["UN_EGDI", "BNS_EDU_FINANCE", "BNS_INNOVATION"] {
        assert!(!can_ask(embedded(), without_address), "{without_address}");
        let mirror = "http://127.0.0.1:9".parse().unwrap();
        let at_a_mirror = embedded().with_base_url(&without_address.parse().unwrap(), &mirror);
        assert!(can_ask(at_a_mirror, without_address), "{without_address} at a mirror");
    }
    // Whoever is asked, looked at or closed says for itself what came of it.
    for other in ["BNS_SDG_17_8_1", "KZ_PLATFORMS", "GIGA_SCHOOLS", "NOTHING"] {
        assert!(can_ask(embedded(), other), "{other}");
    }
    let dropped = folder.path().join("drop/UN_EGDI");
    fs::create_dir_all(&dropped).unwrap();
    fs::write(dropped.join("EGOV_DATA_2026.csv.part"), "half").unwrap();
    assert!(!can_ask(embedded(), "UN_EGDI"), "a file that is being copied is none");
    fs::write(dropped.join("EGOV_DATA_2026.csv"), "whole").unwrap();
    assert!(can_ask(embedded(), "UN_EGDI"));
}
