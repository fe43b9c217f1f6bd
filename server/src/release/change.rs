//! How an index moved since the year before, as it stands and like for like. Why ranks moved, and
//! the split into data, method and peers, is a comparison of two releases and not made here.

use std::slice;

use indicators::assembly::{Assembly, Cell};
use indicators::code::AreaCode;
use indicators::definition::INDEX;
use indicators::wire::ScoreChange;

use super::{Making, ReleaseError};

impl Making<'_> {
    /// The change of one area, from its cells of the year before to its cells of this year.
    ///
    /// Indicators come and go between years: sources begin, end and age out. Like for like counts
    /// only those with a value in both years, so that a new indicator is not read as a fall.
    pub(super) fn change(
        &self,
        assembly: &Assembly,
        area: &AreaCode,
        before: &[&Cell],
        now: &[&Cell],
    ) -> Result<Option<ScoreChange>, ReleaseError> {
        let in_both: Vec<bool> =
            before.iter().zip(now).map(|(before, now)| before.value.is_some() && now.value.is_some()).collect();
        let same_indicators = before.iter().zip(now).all(|(before, now)| before.value.is_some() == now.value.is_some());
        let score = |cells: &[&Cell], kept: &dyn Fn(usize) -> bool| -> Result<Option<f64>, ReleaseError> {
            let cells: Vec<Cell> = cells
                .iter()
                .enumerate()
                .map(
                    |(position, &cell)| {
                        if kept(position) { cell.clone() } else { Cell { value: None, ..cell.clone() } }
                    },
                )
                .collect();
            let composite = self.compute(assembly, slice::from_ref(area), &cells)?;
            Ok(composite.score(INDEX, area.as_str()))
        };
        let (Some(was), Some(is)) = (score(before, &|_| true)?, score(now, &|_| true)?) else { return Ok(None) };
        let common = |position: usize| in_both.get(position).copied().unwrap_or(false);
        let like_for_like = score(now, &common)?.zip(score(before, &common)?).map(|(is, was)| is - was);
        Ok(Some(ScoreChange { from_reference_year: self.year - 1, total: is - was, like_for_like, same_indicators }))
    }
}
