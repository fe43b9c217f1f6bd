//! Which reference years there are: they open by themselves, as figures of them come in.

use std::collections::BTreeSet;

use super::{Cell, CellStatus, ObservationBook, SubstitutePolicy, assemble};
use crate::area::AreaList;
use crate::code::CriterionCode;
use crate::definition::{FrameworkDefinition, IndicatorDefinition, OpeningRule, Panel, PanelDefinition};

/// The last reference year of a panel: the newest, not after `latest`, that opens by the panel's rule. Where none does it
/// is the first: an index without a year would be none. `None` for a panel that is not declared.
///
/// Years before it are open whether or not they would open by themselves, so that they follow one another without a gap.
#[must_use]
pub fn last_reference_year(
    definition: &FrameworkDefinition,
    panel: Panel,
    latest: i16,
    areas: &AreaList,
    book: &ObservationBook,
    policy: SubstitutePolicy,
) -> Option<i16> {
    let PanelDefinition { first_year, opens, .. } = definition.panel(panel)?;
    let found = (*first_year..=latest).rev().find(|year| {
        let assembly = assemble(definition, panel, *year, areas, book, policy);
        let column = |position| {
            (0..assembly.areas.len())
                .filter_map(|area| assembly.cell(area, position))
                .filter(|cell| cell.status != CellStatus::NotApplicable)
                .collect::<Vec<&Cell>>()
        };
        let indicators = definition.indicators_of(panel).enumerate();
        let columns = indicators.map(|(position, indicator)| (indicator, column(position)));
        Known::of(definition, columns, *year, opens).is_enough(opens)
    });
    Some(found.unwrap_or(*first_year))
}

/// What is known of a year.
#[derive(Default)]
struct Known<'a> {
    /// Criteria with a weight and an indicator that has one.
    criteria: BTreeSet<&'a CriterionCode>,
    /// Those with a figure of any age.
    valued: BTreeSet<&'a CriterionCode>,
    /// Those with a figure of the year itself.
    fresh: BTreeSet<&'a CriterionCode>,
    /// Indicators with a figure of the year itself.
    fresh_indicators: usize,
}

impl<'a> Known<'a> {
    fn of(
        definition: &FrameworkDefinition,
        columns: impl Iterator<Item = (&'a IndicatorDefinition, Vec<&'a Cell>)>,
        year: i16,
        rule: &OpeningRule,
    ) -> Self {
        let counts = |code: &CriterionCode| definition.criteria.iter().any(|one| one.code == *code && one.weight > 0.0);
        let mut known = Self::default();
        for (indicator, cells) in columns {
            let criterion = &indicator.criterion;
            if indicator.weight <= 0.0 || !counts(criterion) {
                continue;
            }
            known.criteria.insert(criterion);
            let is_given = |found: &dyn Fn(&Cell) -> bool| {
                let count = cells.iter().filter(|cell| found(cell)).count();
                count > 0 && is_share(count, cells.len(), rule.min_areas_percent)
            };
            if is_given(&|cell| cell.value.is_some()) {
                known.valued.insert(criterion);
            }
            if is_given(&|cell| is_of_year(cell, indicator, year)) {
                known.fresh.insert(criterion);
                known.fresh_indicators += 1;
            }
        }
        known
    }

    fn is_enough(&self, rule: &OpeningRule) -> bool {
        self.fresh_indicators >= rule.min_indicators
            && self.fresh.len() >= rule.min_criteria
            && is_share(self.valued.len(), self.criteria.len(), rule.min_valued_criteria_percent)
    }
}

/// Whether a cell has a figure of the year itself. A national one counts where it is the indicator's own level, not where it
/// stands in for a region's.
fn is_of_year(cell: &Cell, indicator: &IndicatorDefinition, year: i16) -> bool {
    let is_own = match cell.status {
        CellStatus::Observed => true,
        CellStatus::NationalSubstitute => indicator.is_national_only(),
        _ => false,
    };
    is_own && cell.period.is_some_and(|period| period.year() == year)
}

fn is_share(count: usize, of: usize, percent: u8) -> bool {
    count.saturating_mul(100) >= of.saturating_mul(usize::from(percent))
}
