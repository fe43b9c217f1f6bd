//! The bundled recordings, taken in and published as at a first start: the facts that must come out.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chrono_tz::Asia::Almaty;
use indicators::assembly::CellStatus;
use indicators::code::{AreaCode, DataflowId, IndicatorCode};
use indicators::observation::{Breakdown, ObsStatus, Observation, SeriesKey};
use indicators::wire::{CellEntry, Freshness, ObservationEntry, Profile, RunEntry, RunOutcome};
use jiff::Timestamp;

use super::*;
use crate::hindsight;
use crate::jobs::real::{self, Upstream};
use crate::jobs::{Jobs, Publish, Publishing};
use crate::sources::bundled;
use crate::store::{NewVintage, UpdateMode};

struct Published {
    jobs: Jobs,
    view: Arc<Mutex<Option<View>>>,
    folder: tempfile::TempDir,
}

fn open(folder: &Path, view: &Arc<Mutex<Option<View>>>) -> Jobs {
    let definitions = Definitions::embedded().unwrap();
    let upstream = Upstream::embedded_in(folder);
    let catalogue = Arc::clone(&upstream.catalogue);
    let (published, dataflows) = (Arc::clone(view), Arc::clone(&catalogue));
    let by_method = Publisher::new(PublishedMethod::current());
    let publish: Publish = Arc::new(move |order| {
        let origin = Origin {
            definitions: &definitions,
            catalogue: &dataflows,
            store: order.store,
            archive: order.archive,
            runs: &order.history,
        };
        let view = by_method.publish(origin, None, order.problems, order.today)?;
        *published.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
        Ok(())
    });
    let steps = real::steps(upstream, Publishing { publish, grow_older: Arc::new(|_| {}) }, Arc::new(|_, _| {}));
    Jobs::open(folder, real::plans(&catalogue), steps, Almaty).unwrap()
}

fn first_start() -> Published {
    let folder = tempfile::tempdir().unwrap();
    let view = Arc::new(Mutex::new(None));
    let jobs = open(folder.path(), &view);
    jobs.publish().unwrap();
    Published { jobs, view, folder }
}

fn value(view: &View, indicator: &str, area: &str, period: &str) -> Option<ObservationEntry> {
    let indicator: IndicatorCode = indicator.parse().unwrap();
    let mut found = view.observations_of(&indicator).iter().filter(|entry| {
        entry.area.as_str() == area
            && entry.period.to_string() == period
            && (entry.urbanisation.as_str(), entry.sex.as_str()) == ("_T", "_T")
    });
    let first = found.next().cloned();
    assert!(found.next().is_none(), "{indicator} of {area} in {period} stands twice");
    first
}

#[test]
fn a_value_names_its_snapshot_where_its_vintage_was_read_from_one() {
    let published = first_start();
    let view = published.view.lock().unwrap();
    let view = view.as_ref().unwrap();
    let (mut alone, mut among_several) = (0, 0);
    for entry in &view.observations {
        let named =
            |run: &&RunEntry| run.vintage.as_ref() == Some(&entry.vintage) && run.outcome == RunOutcome::Updated;
        let run = view.runs.iter().find(named).unwrap();
        match run.snapshots.as_slice() {
            [one] => {
                alone += 1;
                assert_eq!(entry.snapshot.as_ref(), Some(&one.sha256), "{}", entry.vintage);
            }
            several => {
                among_several += 1;
                assert!(several.len() > 1, "{}", entry.vintage);
                assert_eq!(entry.snapshot, None, "{}", entry.vintage);
            }
        }
    }
    assert!(alone > 1_000 && among_several > 1_000, "{alone} {among_several}");
}

#[test]
fn the_facts_come_out_of_the_recordings() {
    let published = first_start();
    let view = published.view.lock().unwrap();
    let view = view.as_ref().unwrap();
    let check = |indicator: &str, area: &str, period: &str, expected: Option<f64>| {
        let found = value(view, indicator, area, period).and_then(|entry| entry.value);
        assert_eq!(found, expected, "{indicator} of {area} in {period}");
    };
    check("egdi", "KAZ", "2024", Some(0.90093));
    check("egdi_rank", "KAZ", "2024", Some(24.0));
    check("egdi", "DNK", "2024", Some(0.98474));
    check("egdi_rank", "KAZ", "2003", Some(83.0));
    check("egdi", "KAZ", "2003", Some(0.38661));
    check("egdi", "SSD", "2003", None);
    check("internet_users", "KZ-61", "2023", Some(97.3));
    check("internet_users", "KZ-62", "2023", Some(89.0));
    for new in ["KZ-10", "KZ-33", "KZ-62"] {
        assert!(value(view, "internet_users", new, "2021").is_none_or(|entry| entry.value.is_none()));
    }
    check("schools_with_computers", "KZ-61", "2018", Some(97.2));
    check("schools_with_computers", "KZ-71", "2018", Some(100.0));
    check("schools_with_internet", "KZ-11", "2019", Some(100.0));
    check("speedtest_mobile_median", "KAZ", "2024-08", Some(51.25));
    let broken = value(view, "internet_users", "KZ-63", "2022").map(|entry| entry.status);
    assert_eq!(broken, Some(ObsStatus::Break));
    let states = |period: &str| {
        let indicator: IndicatorCode = "egdi".parse().unwrap();
        view.observations_of(&indicator).iter().filter(|entry| entry.period.to_string() == period).count()
    };
    assert_eq!(states("2024"), 193);
}

#[test]
fn every_recorded_source_has_figures_and_says_they_are_recordings() {
    let published = first_start();
    let view = published.view.lock().unwrap();
    let recorded: BTreeSet<DataflowId> =
        bundled::recordings().unwrap().into_iter().map(|recording| recording.entry.dataflow).collect();
    for source in &view.as_ref().unwrap().sources {
        if !recorded.contains(&source.dataflow) {
            assert_eq!((source.observations, source.freshness), (0, Freshness::Empty), "{}", source.dataflow);
            continue;
        }
        assert!(source.observations > 0, "{} holds nothing: {:?}", source.dataflow, source.last_run);
        assert!(source.bundled, "{}", source.dataflow);
        assert_ne!(source.freshness, Freshness::Empty, "{}", source.dataflow);
    }
}

#[test]
fn each_region_is_ranked_in_the_newest_release_and_its_gaps_are_named() {
    let published = first_start();
    let view = published.view.lock().unwrap();
    let release = view.as_ref().unwrap().release(Panel::Regions, None).unwrap();
    assert_eq!(release.answer.index.len(), 20);
    assert!(release.answer.index.iter().all(|entry| entry.score.is_some() && entry.rank.is_some()));
    let abai = &release.profiles[&"KZ-10".parse::<AreaCode>().unwrap()];
    let status = |indicator: &str| cell(abai, indicator).status;
    assert_eq!(status("schools_with_internet"), CellStatus::PredecessorSubstitute);
    assert_eq!(status("speedtest_mobile_median"), CellStatus::NationalSubstitute);
    assert_eq!(status("internet_users"), CellStatus::CarriedForward);
    let content = abai.criteria.iter().find(|criterion| criterion.score.criterion.as_str() == "digital_content");
    // The platforms have not been looked at yet.
    assert_eq!(content.map(|criterion| (criterion.score.score, criterion.indicators.len())), Some((None, 1)));
    assert_eq!(status("platforms_available"), CellStatus::Missing);
}

fn cell<'a>(profile: &'a Profile, indicator: &str) -> &'a CellEntry {
    let mut cells = profile.criteria.iter().flat_map(|criterion| &criterion.indicators);
    cells.find(|cell| cell.indicator.as_str() == indicator).unwrap_or_else(|| panic!("no cell of {indicator}"))
}

#[test]
fn a_restart_reads_back_what_was_published() {
    let Published { jobs, view, folder } = first_start();
    let first = view.lock().unwrap().take().unwrap();
    drop(jobs);
    let jobs = open(folder.path(), &view);
    let vintages = jobs.store().all_vintages().unwrap();
    jobs.publish().unwrap();
    let second = view.lock().unwrap().take().unwrap();
    assert_eq!(second.releases, first.releases);
    assert_eq!(second.id, first.id);
    assert_eq!(jobs.store().all_vintages().unwrap(), vintages);
}

#[test]
fn what_the_disk_refuses_to_keep_for_good_is_served_told_and_kept_later() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("releases");
    fs::write(&in_the_way, "no folder").unwrap();
    let jobs = open(folder.path(), &Arc::default());
    let (definitions, catalogue) = (Definitions::embedded().unwrap(), Catalogue::embedded().unwrap());
    let (store, archive) = (jobs.store(), jobs.archive());
    let publish = |method: &PublishedMethod| {
        let runs = jobs.run_log().ask(Clone::clone);
        let origin = Origin { definitions: &definitions, catalogue: &catalogue, store: &store, archive, runs: &runs };
        Publisher::new(method.clone()).publish(origin, None, Vec::new(), Date::constant(2026, 11, 22)).unwrap()
    };
    let ids =
        |view: &View| -> Vec<String> { view.releases.values().map(|release| release.reference().id.clone()).collect() };
    let is_told = |view: &View| view.problems.iter().any(|problem| problem.contains("could not be kept for good"));

    let mut method = PublishedMethod::current();
    method.robustness.replicates = 20;
    let first = publish(&method);
    method.robustness.seed += 1;
    let second = publish(&method);
    assert!(is_told(&first) && is_told(&second), "{:?}", second.problems);
    assert_eq!(archive.list(), []);
    assert!(ids(&first).iter().all(|id| !ids(&second).contains(id)), "another method, other releases");

    // What is owed outlives a compaction, which leaves everything else that is not in force.
    let beside = folder.path().join("compacted");
    let pointer = store.published().unwrap().unwrap();
    let copied = store.copy_live(&Store::open(&beside).unwrap(), &named_by(&pointer).unwrap()).unwrap();
    assert_eq!(copied.left_releases, 0);

    fs::remove_file(&in_the_way).unwrap();
    let third = publish(&method);
    assert!(!is_told(&third), "{:?}", third.problems);
    for id in ids(&first).iter().chain(&ids(&second)) {
        assert!(archive.read(id).unwrap().is_some(), "{id}");
    }
}

/// Takes in one made-up value for each area, as of a day after every recording.
fn join(jobs: &Jobs, (dataflow, indicator): (&str, &str), period: &str, areas: &[AreaCode], value: f64) {
    let observation = |area: &AreaCode| Observation {
        series: SeriesKey { indicator: indicator.parse().unwrap(), breakdown: Breakdown::total() },
        area: area.clone(),
        period: period.parse().unwrap(),
        value: Some(value),
        status: ObsStatus::Normal,
    };
    let vintage = NewVintage {
        dataflow: dataflow.parse().unwrap(),
        as_of: Date::constant(2026, 12, 1),
        recorded_at: Timestamp::UNIX_EPOCH,
        run: "made up".to_owned(),
        snapshots: Vec::new(),
        update: UpdateMode::Merge,
    };
    jobs.store().put_vintage(vintage, areas.iter().map(observation).collect::<Vec<_>>()).unwrap();
}

#[test]
fn a_reference_year_opens_by_itself_when_enough_figures_of_it_are_there() {
    let Published { jobs, view, folder: _folder } = first_start();
    let published = || {
        jobs.publish().unwrap();
        view.lock().unwrap().take().unwrap()
    };
    let last = |view: &View, panel| view.years(panel).last();
    let recorded = published();
    for panel in Panel::ALL {
        assert_eq!(recorded.years(panel).collect::<Vec<_>>(), (2016..=2024).collect::<Vec<_>>(), "{panel:?}");
    }
    let regions: Vec<AreaCode> =
        recorded.area_list.regions_of(&recorded.framework.country, 2025).map(|area| area.code.clone()).collect();
    let country = [recorded.framework.country.clone()];

    // The platforms and half of the regions in one other table are not enough, nor are all of them.
    join(&jobs, ("KZ_PLATFORMS", "platforms_available"), "2025-11", &country, 87.5);
    join(&jobs, ("BNS_SDG_17_8_1", "internet_users"), "2025", &regions, 91.0);
    let few = published();
    assert_eq!(last(&few, Panel::Regions), Some(2024));
    for (panel, year) in recorded.releases.keys() {
        let id = |view: &View| view.release(*panel, Some(*year)).map(|release| release.reference().id.clone());
        assert_eq!(id(&few), id(&recorded), "a figure of 2025 changes no release of {year}");
    }
    join(&jobs, ("BNS_SDG_5_B_1", "mobile_phone_ownership"), "2025", &regions[..9], 99.0);
    assert_eq!(last(&published(), Panel::Regions), Some(2024));

    // With a third indicator for half of the regions the year is there, computed from its own figures.
    join(&jobs, ("BNS_SDG_5_B_1", "mobile_phone_ownership"), "2025", &regions[9..10], 99.0);
    let enough = published();
    assert_eq!(enough.years(Panel::Regions).collect::<Vec<_>>(), (2016..=2025).collect::<Vec<_>>());
    assert_eq!(last(&enough, Panel::Countries), Some(2024));
    let release = enough.release(Panel::Regions, None).unwrap();
    assert_eq!(release.reference().reference_year, 2025);
    let profile = &release.profiles[&regions[0]];
    assert_eq!(cell(profile, "internet_users").value, Some(91.0));
    let content = profile.criteria.iter().find(|criterion| criterion.score.criterion.as_str() == "digital_content");
    assert_eq!(content.and_then(|criterion| criterion.score.score), Some(87.5));
    assert_eq!(enough.release(Panel::Regions, Some(2024)), recorded.release(Panel::Regions, Some(2024)));

    // What was known on the last day before was enough for 2024 only.
    let before = hindsight::view_as_known_on(&enough, Date::constant(2026, 11, 30)).unwrap();
    assert_eq!(last(&before, Panel::Regions), Some(2024));
    let scored = |day| hindsight::as_known_on(&enough, day, Panel::Regions, None).unwrap().reference().reference_year;
    assert_eq!((scored(Date::constant(2026, 11, 30)), scored(Date::constant(2026, 12, 1))), (2024, 2025));
}

#[test]
fn a_year_that_has_not_begun_does_not_open_whatever_is_dated_in_it() {
    let Published { jobs, view, folder: _folder } = first_start();
    let areas: Vec<AreaCode> = {
        let view = view.lock().unwrap();
        let view = view.as_ref().unwrap();
        view.area_list.regions_of(&view.framework.country, 2027).map(|area| area.code.clone()).collect()
    };
    for table in [
        ("BNS_SDG_17_8_1", "internet_users"),
        ("BNS_SDG_5_B_1", "mobile_phone_ownership"),
        ("BNS_SDG_4_C_1_2", "qualified_teachers"),
        ("BNS_SDG_4_A_1", "schools_with_internet"),
        ("BNS_INNOVATION", "innovation_activity"),
    ] {
        join(&jobs, table, "2027", &areas, 50.0);
    }
    jobs.publish().unwrap();
    assert_eq!(view.lock().unwrap().as_ref().unwrap().years(Panel::Regions).last(), Some(2024));
}
