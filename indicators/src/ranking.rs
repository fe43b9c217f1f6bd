//! Ranks and their ties. How ranks move between recipes belongs to [`crate::sensitivity`].

use std::cmp::Ordering;

use crate::matrix::Cell;

/// Ranks of scores, 1 the best. Equal scores share the best of their ranks ("min" ties), a missing
/// score has no rank, and nothing is rounded first: `0.1 + 0.2` ranks above `0.3`.
///
/// ```
/// use indicators::matrix::Cell;
/// use indicators::ranking::ranks;
///
/// let scores: Vec<Cell> = [Some(50.0), Some(70.0), None, Some(50.0)].map(Cell::from).to_vec();
/// assert_eq!(ranks(&scores), [Some(2), Some(1), None, Some(2)]);
/// ```
#[must_use]
pub fn ranks(scores: &[Cell]) -> Vec<Option<usize>> {
    let mut ranks = vec![None; scores.len()];
    ranks_into(scores, &mut Vec::new(), |row, rank| ranks[row] = Some(rank));
    ranks
}

/// As [`ranks`], among the rows that share a label; a row without a label has no rank.
///
/// # Panics
/// Never: rows beyond the labels have no rank.
#[must_use]
pub fn ranks_within(scores: &[Cell], labels: &[Option<String>]) -> Vec<Option<usize>> {
    let label = |row: usize| labels.get(row).and_then(Option::as_ref);
    (0..scores.len())
        .map(|row| {
            let mine = label(row)?;
            let score = scores[row].value()?;
            let better =
                (0..scores.len()).filter(|&other| label(other) == Some(mine) && scores[other].raw() > score).count();
            Some(better + 1)
        })
        .collect()
}

/// Calls `give(row, rank)` for each row with a score, 1 the best, ties the least rank.
pub(crate) fn ranks_into(scores: &[Cell], order: &mut Vec<usize>, mut give: impl FnMut(usize, usize)) {
    order.clear();
    order.extend((0..scores.len()).filter(|&row| !scores[row].is_missing()));
    order.sort_unstable_by(|&a, &b| scores[b].raw().total_cmp(&scores[a].raw()).then(a.cmp(&b)));
    let mut rank = 1;
    for (place, &row) in order.iter().enumerate() {
        if place > 0 && scores[order[place - 1]].raw().partial_cmp(&scores[row].raw()) != Some(Ordering::Equal) {
            rank = place + 1;
        }
        give(row, rank);
    }
}

/// Replaces values by their rank from the lowest, ties the least rank; returns how many there are.
pub(crate) fn rank_ascending(cells: &mut [Cell]) -> f64 {
    let mut order: Vec<usize> = (0..cells.len()).filter(|&row| !cells[row].is_missing()).collect();
    order.sort_unstable_by(|&a, &b| cells[a].raw().total_cmp(&cells[b].raw()).then(a.cmp(&b)));
    let sorted: Vec<f64> = order.iter().map(|&row| cells[row].raw()).collect();
    let mut rank = 1.0;
    let mut place = 1.0;
    for (position, &row) in order.iter().enumerate() {
        if position > 0 && sorted[position - 1].partial_cmp(&sorted[position]) != Some(Ordering::Equal) {
            rank = place;
        }
        cells[row] = Cell::computed(rank);
        place += 1.0;
    }
    place - 1.0
}
