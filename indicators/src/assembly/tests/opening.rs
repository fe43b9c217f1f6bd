//! When reference years open.

use super::*;
use crate::assembly::last_reference_year;

/// The last reference year of the small country under a rule, from entries of series, area, year and value.
fn last(definition: &FrameworkDefinition, latest: i16, entries: &[(&str, &str, i16, f64)]) -> i16 {
    last_reference_year(definition, Panel::Regions, latest, &areas(), &book(entries), BOTH).expect("a declared panel")
}

fn with_rule(change: impl FnOnce(&mut OpeningRule)) -> FrameworkDefinition {
    let mut definition = definition(Derivation::Observed { of: series("x") });
    let panel = definition.panels.iter_mut().find(|one| one.panel == Panel::Regions).expect("a panel");
    change(&mut panel.opens);
    definition
}

const IN_2022: [(&str, &str, i16, f64); 2] = [("x", "A", 2022, 4.0), ("x", "B", 2022, 5.0)];

fn and(entry: (&'static str, &'static str, i16, f64)) -> Vec<(&'static str, &'static str, i16, f64)> {
    IN_2022.into_iter().chain([entry]).collect()
}

#[test]
fn a_year_opens_when_enough_areas_have_a_figure_of_it() {
    let half = with_rule(|_| {});
    let all = with_rule(|rule| rule.min_areas_percent = 51);
    assert_eq!(last(&half, 2026, &IN_2022), 2022);
    assert_eq!(last(&half, 2026, &and(("x", "A", 2025, 9.0))), 2025, "with a gap of years before it");
    assert_eq!(last(&all, 2026, &and(("x", "A", 2025, 9.0))), 2022);
}

#[test]
fn a_year_that_is_not_reached_stays_closed_and_the_first_is_always_open() {
    let definition = with_rule(|_| {});
    assert_eq!(last(&definition, 2024, &and(("x", "A", 2025, 9.0))), 2022);
    assert_eq!(last(&definition, 2025, &and(("x", "A", 2025, 9.0))), 2025);
    assert_eq!(last(&definition, 2026, &[]), 2016);
    assert_eq!(last(&definition, 2010, &IN_2022), 2016);
}

#[test]
fn a_figure_carried_forward_or_standing_in_opens_no_year() {
    let own = with_rule(|_| {});
    let national = ("x", "LAND", 2023, 7.0);
    assert_eq!(last(&own, 2026, &and(national)), 2022);
    // Where the country's figure is the indicator's own level it is no substitute.
    let mut national_only = with_rule(|_| {});
    for indicator in &mut national_only.indicators {
        indicator.national_derivation = indicator.derivation.take();
    }
    assert_eq!(last(&national_only, 2026, &and(national)), 2023);
}

#[test]
fn a_year_of_which_little_is_known_does_not_open() {
    let two_criteria = |percent| {
        let mut definition = with_rule(|rule| rule.min_valued_criteria_percent = percent);
        let code = || "d".parse().expect("a code");
        definition.criteria.push(CriterionDefinition { code: code(), ..definition.criteria[0].clone() });
        let derivation = Some(Derivation::Observed { of: series("y") });
        let first = definition.indicators[0].clone();
        let code_of_second = "j".parse().expect("a code");
        definition.indicators.push(IndicatorDefinition {
            code: code_of_second,
            criterion: code(),
            derivation,
            ..first
        });
        definition
    };
    // The other criterion's figures are carried for four years.
    let entries = [("y", "B", 2018, 1.0), ("x", "A", 2022, 4.0), ("x", "A", 2023, 4.0)];
    assert_eq!(last(&two_criteria(60), 2026, &entries), 2022);
    assert_eq!(last(&two_criteria(50), 2026, &entries), 2023);
    // Without a weight it does not count.
    let mut without_weight = two_criteria(60);
    without_weight.criteria[1].weight = 0.0;
    assert_eq!(last(&without_weight, 2026, &entries), 2023);
}

#[test]
fn a_rule_asks_for_figures_of_as_many_indicators_and_criteria_as_it_says() {
    let with_second = |criterion: &str, change: fn(&mut OpeningRule)| {
        let mut definition = with_rule(change);
        let code = || criterion.parse().expect("a code");
        if criterion != "c" {
            definition.criteria.push(CriterionDefinition { code: code(), ..definition.criteria[0].clone() });
        }
        let derivation = Some(Derivation::Observed { of: series("y") });
        let first = definition.indicators[0].clone();
        let code_of_second = "j".parse().expect("a code");
        definition.indicators.push(IndicatorDefinition {
            code: code_of_second,
            criterion: code(),
            derivation,
            ..first
        });
        definition
    };
    let two_indicators: fn(&mut OpeningRule) = |rule| rule.min_indicators = 2;
    let two_criteria: fn(&mut OpeningRule) = |rule| (rule.min_indicators, rule.min_criteria) = (2, 2);
    let one = [("x", "A", 2023, 4.0)];
    let both = [("x", "A", 2023, 4.0), ("y", "B", 2023, 4.0)];
    assert_eq!(last(&with_second("c", two_indicators), 2026, &one), 2016);
    assert_eq!(last(&with_second("c", two_indicators), 2026, &both), 2023);
    assert_eq!(last(&with_second("c", two_criteria), 2026, &both), 2016);
    assert_eq!(last(&with_second("d", two_criteria), 2026, &both), 2023);
}

#[test]
fn a_rule_that_asks_for_nothing_or_more_than_all_is_refused() {
    let check = |is_sound: bool, change: fn(&mut OpeningRule)| {
        let found = with_rule(change).check();
        let expected = if is_sound { Ok(()) } else { Err(DefinitionError::Opening { panel: "regions" }) };
        assert_eq!(found, expected);
    };
    check(true, |_| {});
    check(false, |rule| rule.min_areas_percent = 0);
    check(false, |rule| rule.min_areas_percent = 101);
    check(false, |rule| (rule.min_indicators, rule.min_criteria) = (0, 0));
    check(false, |rule| (rule.min_indicators, rule.min_criteria) = (1, 2));
    check(false, |rule| rule.min_valued_criteria_percent = 101);
}
