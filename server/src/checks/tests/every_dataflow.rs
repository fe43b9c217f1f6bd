//! What must be refused of every dataflow of which something is recorded: a new period with values of another scale, or
//! with a few of the areas.

use std::collections::BTreeSet;

use indicators::code::DataflowId;

use super::*;
use crate::sources::Catalogue;
use crate::sources::bundled::recordings;
use crate::sources::tests::known;

/// How a decimal point slips.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Slip {
    Hundredfold,
    Hundredth,
}

impl Slip {
    const fn of(self, value: f64) -> f64 {
        match self {
            Self::Hundredfold => value * 100.0,
            Self::Hundredth => value / 100.0,
        }
    }
}

/// Values whose slip cannot be told from what may be true.
struct Exception {
    indicator: &'static str,
    slip: Slip,
    /// Values below this one.
    below: f64,
    why: &'static str,
}

const EXCEPTIONS: [Exception; 7] = [
    Exception {
        indicator: "fixed_broadband_subscriptions_under_2mbps",
        slip: Slip::Hundredth,
        below: 2.01,
        why: "thousands with one decimal: what is left of slow lines went from 1600 to 100 in a year",
    },
    Exception {
        indicator: "fixed_broadband_subscriptions_under_2mbps",
        slip: Slip::Hundredfold,
        below: 0.31,
        why: "thousands with one decimal: a hundred times what is left of slow lines is what there was of them",
    },
    Exception {
        indicator: "egdi_epi",
        slip: Slip::Hundredth,
        below: 0.39,
        why: "services of a state at war went from 0.12 to nothing between editions",
    },
    Exception {
        indicator: "egdi_osi",
        slip: Slip::Hundredth,
        below: 0.46,
        why: "services of a state at war went from 0.2 to nothing between editions",
    },
    Exception {
        indicator: "egdi_tii",
        slip: Slip::Hundredth,
        below: 0.47,
        why: "networks of a state at war went from 0.08 to nothing between editions",
    },
    Exception {
        indicator: "wb_fixed_broadband",
        slip: Slip::Hundredth,
        below: 0.45,
        why: "a country with a few hundred lines: Timor-Leste went from 0.27 to 0.006",
    },
    Exception {
        indicator: "wb_fixed_broadband",
        slip: Slip::Hundredfold,
        below: 0.02,
        why: "a country with a few hundred lines: Iraq went from 0.01 to 10.9",
    },
];

type Cells = Vec<Observation>;

/// A payload of these cells, each written so that a finding names it.
fn payload(cells: &[Observation]) -> Harmonised {
    let placed = |one: &Observation| PlacedObservation {
        observation: one.clone(),
        place: Place::default(),
        raw: format!("{} {} {}", one.series, one.area, one.period),
    };
    let mut observations: Vec<PlacedObservation> = cells.iter().map(placed).collect();
    observations.sort_by(|a, b| key(&a.observation).cmp(&key(&b.observation)));
    Harmonised { observations, ..Harmonised::default() }
}

fn looked_at(definition: &DataflowDefinition, cells: &[Observation], before: &[Observation]) -> CheckReport {
    check(definition, payload(cells), before, date(2030, 1, 1))
}

const fn next(period: TimePeriod) -> TimePeriod {
    match period {
        TimePeriod::Year(year) => TimePeriod::Year(year + 1),
        TimePeriod::Quarter(year, 4) => TimePeriod::Quarter(year + 1, 1),
        TimePeriod::Quarter(year, quarter) => TimePeriod::Quarter(year, quarter + 1),
        TimePeriod::Month(year, 12) => TimePeriod::Month(year + 1, 1),
        TimePeriod::Month(year, month) => TimePeriod::Month(year, month + 1),
    }
}

/// What is held of a dataflow, and what is new: once the newest period as recorded, once a further one that says the same.
fn news(definition: &DataflowDefinition, indicator: &IndicatorCode) -> [(Cells, Cells); 2] {
    let known: Cells = known(&definition.id).into_values().collect();
    let is_valued = |one: &&Observation| one.series.indicator == *indicator && one.value.is_some();
    let newest = known.iter().filter(is_valued).map(|one| one.period).max();
    let is_newest =
        |one: &Observation| one.series.indicator == *indicator && one.value.is_some() && Some(one.period) == newest;
    let (recorded, held): (Cells, Cells) = known.iter().cloned().partition(is_newest);
    let further = |one: &Observation| Observation { period: next(one.period), ..one.clone() };
    let further = recorded.iter().map(further).collect();
    [(held, recorded), (known, further)]
}

fn recorded_dataflows() -> Vec<DataflowDefinition> {
    let recorded: BTreeSet<DataflowId> =
        recordings().unwrap().into_iter().map(|recording| recording.entry.dataflow).collect();
    Catalogue::embedded().unwrap().iter().filter(|one| recorded.contains(&one.id)).cloned().collect()
}

/// The new cells that would be taken without a word although the point slipped in each of them.
fn taken_in_silence(definition: &DataflowDefinition, held: &[Observation], new: &[Observation], slip: Slip) -> Cells {
    let series: BTreeSet<_> = held.iter().map(|one| (&one.series, &one.area)).collect();
    // Where nothing is held of a series, nothing tells its scale.
    let has_witness = |one: &Observation| series.contains(&(&one.series, &one.area));
    let scaled = |one: &Observation| {
        let value = one.value.map(|value| if has_witness(one) { slip.of(value) } else { value });
        Observation { value, ..one.clone() }
    };
    let cells: Cells = held.iter().cloned().chain(new.iter().map(scaled)).collect();
    let report = looked_at(definition, &cells, held);
    // A cell beyond its range is refused or withheld; a jump alone may be a revision.
    let told: BTreeSet<String> = report
        .reasons
        .iter()
        .chain(&report.findings)
        .filter(|one| [FindingKind::OtherScale, FindingKind::OutOfRange].contains(&one.kind))
        .map(|one| one.found.clone())
        .collect();
    let is_silent =
        |one: &&Observation| has_witness(one) && !told.contains(&format!("{} {} {}", one.series, one.area, one.period));
    new.iter().filter(is_silent).cloned().collect()
}

#[test]
fn a_hundred_times_and_a_hundredth_of_any_new_value_are_not_taken_in_silence() {
    let (mut used, mut taken) = (BTreeSet::new(), Vec::new());
    for definition in recorded_dataflows() {
        for indicator in &definition.indicators {
            for (held, new) in news(&definition, &indicator.code) {
                let cells: Cells = held.iter().chain(&new).cloned().collect();
                let as_it_is = looked_at(&definition, &cells, &held);
                assert_eq!(as_it_is.reasons, [], "{} {}", definition.id, indicator.code);
                for slip in [Slip::Hundredfold, Slip::Hundredth] {
                    for cell in taken_in_silence(&definition, &held, &new, slip) {
                        let value = cell.value.unwrap();
                        let exception = EXCEPTIONS.iter().position(|one| {
                            one.indicator == indicator.code.as_str() && one.slip == slip && value.abs() < one.below
                        });
                        // Nothing can be told from nothing.
                        if value != 0.0 && exception.is_none() {
                            taken.push(format!("{} {} {} {slip:?} of {value}", cell.series, cell.area, cell.period));
                        }
                        used.extend(exception);
                    }
                }
            }
        }
    }
    assert_eq!(taken, [""; 0]);
    let idle: Vec<&str> =
        (0..EXCEPTIONS.len()).filter(|number| !used.contains(number)).map(|number| EXCEPTIONS[number].why).collect();
    assert_eq!(idle, [""; 0], "exceptions that are none");
}

#[test]
fn every_indicator_says_how_large_a_step_may_be() {
    for definition in Catalogue::embedded().unwrap().iter() {
        for indicator in &definition.indicators {
            // Measured by the service itself: a platform may well be there always and then not at all.
            let is_own = definition.monitor.is_some();
            assert_eq!(indicator.step_limit.is_none(), is_own, "{} {}", definition.id, indicator.code);
        }
    }
}

#[test]
fn a_new_period_with_three_regions_is_not_taken_in_silence() {
    let mut n_refused = 0;
    for definition in recorded_dataflows() {
        for coverage in definition.checks.coverage.iter().filter(|coverage| coverage.min_areas > 3) {
            let [_, (held, new)] = news(&definition, &coverage.indicator);
            let areas: BTreeSet<_> = new.iter().map(|one| one.area.clone()).collect();
            let few: BTreeSet<_> = areas.iter().take(3).collect();
            let told = |is_there: &dyn Fn(&Observation) -> Option<Observation>| {
                let cells: Cells = held.iter().cloned().chain(new.iter().filter_map(is_there)).collect();
                kinds(&looked_at(&definition, &cells, &held).reasons)
            };
            let id = &definition.id;
            assert_eq!(told(&|one| Some(one.clone())), [], "{id}");
            assert_eq!(
                told(&|one| few.contains(&one.area).then(|| one.clone())),
                [FindingKind::AreaVanished],
                "{id}: no rows of the others"
            );
            let gap = |one: &Observation| {
                let value = one.value.filter(|_| few.contains(&one.area));
                Some(Observation { value, ..one.clone() })
            };
            assert_eq!(told(&gap), [FindingKind::AreaVanished], "{id}: rows without values of the others");
            n_refused += 1;
        }
    }
    assert!(n_refused > 20, "{n_refused}");
}

/// The tests above hold every declared number against the recordings; nothing would hold an index that declares none.
#[test]
fn every_index_of_the_survey_says_of_how_many_states_it_must_be() {
    let surveys: Vec<_> = recorded_dataflows().into_iter().filter(|one| one.id.as_str() == "UN_EGDI").collect();
    assert_eq!(surveys.len(), 1);
    for indicator in &surveys[0].indicators {
        let declared = surveys[0].checks.coverage.iter().find(|coverage| coverage.indicator == indicator.code);
        assert_eq!(declared.map(|coverage| coverage.min_areas), Some(190), "{}", indicator.code);
    }
}
