//! The rules of the module, one small country: `A` split off `B` in 2022.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::*;
use crate::area::{AreaKind, TerritoryBreak};
use crate::definition::{
    CriterionDefinition, DefinitionError, Direction, GoalpostsDefinition, OpeningRule, PanelDefinition, UnitOfMeasure,
};
use crate::observation::{Breakdown, SeriesKey};
use crate::text::LocalText;

mod opening;

fn text(word: &str) -> LocalText {
    LocalText { kk: word.into(), ru: word.into(), en: word.into() }
}

fn area(code: &str, level: AreaLevel) -> Area {
    Area {
        code: code.parse().expect("a code"),
        level,
        kind: if level == AreaLevel::Country { AreaKind::Country } else { AreaKind::Region },
        name: text(code),
        parent: (level == AreaLevel::Region).then(|| "LAND".parse().expect("a code")),
        predecessors: Vec::new(),
        valid_from: None,
        valid_to: None,
        breaks: Vec::new(),
        provider_codes: BTreeMap::new(),
    }
}

fn areas() -> AreaList {
    let mut split_off = area("A", AreaLevel::Region);
    split_off.valid_from = Some(date(2022, 6, 8));
    split_off.predecessors = vec!["B".parse().expect("a code")];
    let mut remainder = area("B", AreaLevel::Region);
    remainder.breaks = vec![TerritoryBreak { date: date(2022, 6, 8), reason: text("A left") }];
    AreaList::new(vec![area("LAND", AreaLevel::Country), split_off, remainder]).expect("a sound list")
}

fn series(indicator: &str) -> SeriesRef {
    SeriesRef {
        dataflow: "FLOW".parse().expect("a code"),
        series: SeriesKey { indicator: indicator.parse().expect("a code"), breakdown: Breakdown::total() },
    }
}

fn opens() -> OpeningRule {
    OpeningRule {
        min_areas_percent: 50,
        min_indicators: 1,
        min_criteria: 1,
        min_valued_criteria_percent: 100,
        reason: text("so"),
    }
}

fn definition(derivation: Derivation) -> FrameworkDefinition {
    FrameworkDefinition {
        id: "land".into(),
        version: "1".into(),
        name: text("index"),
        country: "LAND".parse().expect("a code"),
        criteria: vec![CriterionDefinition {
            code: "c".parse().expect("a code"),
            name: text("c"),
            description: text("c"),
            weight: 1.0,
        }],
        panels: Panel::ALL
            .map(|panel| PanelDefinition { panel, name: text("p"), first_year: 2016, opens: opens(), areas: vec![] })
            .to_vec(),
        indicators: vec![IndicatorDefinition {
            code: "i".parse().expect("a code"),
            panel: Panel::Regions,
            criterion: "c".parse().expect("a code"),
            name: text("i"),
            unit: UnitOfMeasure { code: "PT".into(), name: text("%") },
            decimals: 1,
            direction: Direction::HigherIsBetter,
            goalposts: GoalpostsDefinition { low: 0.0, high: 100.0, reason: text("natural") },
            weight: 1.0,
            max_age_years: 4,
            max_age_reason: text("so"),
            derivation: Some(derivation),
            national_derivation: None,
            proxy_note: None,
            not_applicable_to: BTreeSet::new(),
        }],
    }
}

fn book(entries: &[(&str, &str, i16, f64)]) -> ObservationBook {
    let mut book = ObservationBook::default();
    for &(indicator, area, year, value) in entries {
        book.enter(
            series(indicator),
            area.parse().expect("a code"),
            TimePeriod::Year(year),
            BookedValue { value: Some(value), status: ObsStatus::Normal, vintage: "v".into() },
        );
    }
    book
}

const BOTH: SubstitutePolicy = SubstitutePolicy { predecessor: true, national: true };

fn check(entries: &[(&str, &str, i16, f64)], year: i16, area: &str, value: Option<f64>, status: CellStatus) {
    let observed = Derivation::Observed { of: series("x") };
    let assembly = assemble(&definition(observed), Panel::Regions, year, &areas(), &book(entries), BOTH);
    let position = assembly.areas.iter().position(|code| code.as_str() == area).expect("a compared area");
    let cell = assembly.cell(position, 0).expect("a cell");
    assert_eq!((cell.value, cell.status), (value, status), "{area} in {year} from {entries:?}");
}

#[test]
fn own_value_comes_before_carried_before_predecessor_before_national() {
    use CellStatus::{CarriedForward, Missing, NationalSubstitute, Observed, PredecessorSubstitute};
    check(&[("x", "A", 2023, 5.0), ("x", "A", 2022, 4.0)], 2023, "A", Some(5.0), Observed);
    check(&[("x", "A", 2022, 4.0), ("x", "A", 2024, 9.0)], 2023, "A", Some(4.0), CarriedForward);
    check(&[("x", "B", 2021, 3.0), ("x", "B", 2023, 8.0)], 2023, "A", Some(3.0), PredecessorSubstitute);
    check(&[("x", "B", 2023, 8.0), ("x", "LAND", 2023, 2.0)], 2023, "A", Some(2.0), NationalSubstitute);
    check(&[("x", "LAND", 2018, 2.0)], 2023, "A", None, Missing);
    check(&[], 2023, "A", None, Missing);
}

#[test]
fn an_area_is_not_compared_before_it_exists() {
    let observed = Derivation::Observed { of: series("x") };
    let assembly = assemble(&definition(observed), Panel::Regions, 2021, &areas(), &book(&[]), BOTH);
    assert_eq!(assembly.areas.iter().map(AreaCode::as_str).collect::<Vec<_>>(), ["B"]);
}

#[test]
fn a_value_carried_across_a_boundary_change_says_so() {
    let observed = Derivation::Observed { of: series("x") };
    let entries = [("x", "B", 2020, 1.0)];
    let assembly = assemble(&definition(observed), Panel::Regions, 2023, &areas(), &book(&entries), BOTH);
    let cell = assembly.cell(1, 0).expect("a cell");
    assert_eq!(cell.findings, [CellFinding::CarriedAcrossBoundaryChange { period: TimePeriod::Year(2020) }]);
}

#[test]
fn a_gap_needs_both_sides_and_has_no_sign() {
    let gap = Derivation::AbsoluteDifference { first: series("u"), second: series("r") };
    let value = |entries: &[(&str, &str, i16, f64)]| {
        assemble(&definition(gap.clone()), Panel::Regions, 2023, &areas(), &book(entries), BOTH)
            .cell(1, 0)
            .and_then(|cell| cell.value)
    };
    assert_eq!(value(&[("u", "B", 2023, 4.0), ("r", "B", 2023, 6.5)]), Some(2.5));
    assert_eq!(value(&[("u", "B", 2023, 4.0), ("r", "B", 2022, 6.5)]), None);
}

#[test]
fn a_ratio_names_a_denominator_of_another_period() {
    let ratio = Derivation::Ratio { numerator: series("n"), denominator: series("d"), per: 100.0 };
    let entries = [("n", "B", 2023, 3.0), ("d", "B", 2025, 60.0)];
    let assembly = assemble(&definition(ratio.clone()), Panel::Regions, 2023, &areas(), &book(&entries), BOTH);
    let cell = assembly.cell(1, 0).expect("a cell");
    assert_eq!(cell.value, Some(5.0));
    assert_eq!(
        cell.findings,
        [CellFinding::DenominatorOfAnotherPeriod {
            numerator: TimePeriod::Year(2023),
            denominator: TimePeriod::Year(2025)
        }]
    );
    let zero = [("n", "B", 2023, 3.0), ("d", "B", 2023, 0.0)];
    let assembly = assemble(&definition(ratio), Panel::Regions, 2023, &areas(), &book(&zero), BOTH);
    assert_eq!(assembly.cell(1, 0).map(|cell| cell.status), Some(CellStatus::Missing));
}

#[test]
fn a_question_that_does_not_apply_is_not_missing() {
    let mut definition = definition(Derivation::Observed { of: series("x") });
    definition.indicators[0].not_applicable_to.insert("B".parse().expect("a code"));
    let entries = [("x", "LAND", 2023, 2.0)];
    let assembly = assemble(&definition, Panel::Regions, 2023, &areas(), &book(&entries), BOTH);
    assert_eq!(assembly.cell(1, 0).map(|cell| cell.status), Some(CellStatus::NotApplicable));
}
