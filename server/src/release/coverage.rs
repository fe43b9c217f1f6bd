//! What a score rests on: shares of weight by the status of the cells. Only counts; no score is
//! made here.

use indicators::assembly::{Cell, CellStatus};
use indicators::wire::Coverage;

/// A cell with its weight within its criterion.
pub(super) struct Weighted<'a> {
    pub(super) cell: &'a Cell,
    pub(super) weight: f64,
}

/// Coverage of one criterion. Cells to which the question does not apply are left out; a
/// criterion without indicators is missing.
pub(super) fn of_criterion(cells: &[Weighted<'_>], reference_year: i16) -> Coverage {
    let mut coverage = Coverage::default();
    let (mut total, mut aged, mut age_sum) = (0.0, 0.0, 0.0);
    for Weighted { cell, weight } in cells {
        let share = match cell.status {
            CellStatus::NotApplicable => continue,
            CellStatus::Observed => &mut coverage.observed,
            CellStatus::CarriedForward => &mut coverage.carried_forward,
            CellStatus::PredecessorSubstitute => &mut coverage.predecessor_substitute,
            CellStatus::NationalSubstitute => &mut coverage.national_substitute,
            CellStatus::Imputed => &mut coverage.imputed,
            CellStatus::Missing => &mut coverage.missing,
        };
        *share += weight;
        total += weight;
        if let Some(period) = cell.period {
            aged += weight;
            age_sum += weight * f64::from(reference_year - period.year());
        }
    }
    if total <= 0.0 {
        return Coverage { missing: 1.0, ..Coverage::default() };
    }
    scale(&mut coverage, 1.0 / total);
    coverage.mean_age_years = (aged > 0.0).then(|| age_sum / aged);
    coverage
}

/// Coverage of the index: the criteria's, by their weights. The mean age is over what is there.
pub(super) fn of_index(criteria: &[(Coverage, f64)]) -> Coverage {
    let mut index = Coverage::default();
    let total: f64 = criteria.iter().map(|(_, weight)| weight).sum();
    let (mut present, mut age_sum) = (0.0, 0.0);
    for (coverage, weight) in criteria {
        let share = weight / total;
        index.observed += share * coverage.observed;
        index.carried_forward += share * coverage.carried_forward;
        index.predecessor_substitute += share * coverage.predecessor_substitute;
        index.national_substitute += share * coverage.national_substitute;
        index.imputed += share * coverage.imputed;
        index.missing += share * coverage.missing;
        if let Some(age) = coverage.mean_age_years {
            let weight = share * (1.0 - coverage.missing);
            present += weight;
            age_sum += weight * age;
        }
    }
    index.mean_age_years = (present > 0.0).then(|| age_sum / present);
    index
}

fn scale(coverage: &mut Coverage, by: f64) {
    for share in [
        &mut coverage.observed,
        &mut coverage.carried_forward,
        &mut coverage.predecessor_substitute,
        &mut coverage.national_substitute,
        &mut coverage.imputed,
        &mut coverage.missing,
    ] {
        *share *= by;
    }
}

#[cfg(test)]
mod tests {
    use indicators::observation::TimePeriod;

    use super::*;

    fn cell(status: CellStatus, year: Option<i16>) -> Cell {
        Cell {
            value: year.map(|_| 1.0),
            status,
            period: year.map(TimePeriod::Year),
            inputs: Vec::new(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn shares_sum_to_one_and_age_counts_only_what_is_there() {
        let cells = [
            cell(CellStatus::Observed, Some(2023)),
            cell(CellStatus::NationalSubstitute, Some(2019)),
            cell(CellStatus::Missing, None),
            cell(CellStatus::NotApplicable, None),
        ];
        let weighted: Vec<_> = cells.iter().map(|cell| Weighted { cell, weight: 1.0 }).collect();
        let coverage = of_criterion(&weighted, 2023);
        let third = 1.0 / 3.0;
        assert_eq!(
            coverage,
            Coverage {
                observed: third,
                national_substitute: third,
                missing: third,
                mean_age_years: Some(2.0),
                ..Coverage::default()
            }
        );
    }

    #[test]
    fn a_criterion_without_indicators_is_missing_in_the_index() {
        let full = of_criterion(&[Weighted { cell: &cell(CellStatus::Observed, Some(2020)), weight: 2.0 }], 2023);
        let empty = of_criterion(&[], 2023);
        let index = of_index(&[(full, 1.0), (empty, 1.0)]);
        assert_eq!((index.observed, index.missing, index.mean_age_years), (0.5, 0.5, Some(3.0)));
    }
}
