//! Ranks and their ties. How ranks move between recipes belongs to [`crate::sensitivity`].

use std::mem;

use crate::matrix::Cell;
use crate::recipe::Ties;

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

/// A number whose order is that of the score, and the row. Equal scores, and no others, have equal
/// keys: zeros of either sign are one.
pub(crate) type Keyed = (u64, usize);

fn key(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

/// Sorts by key, then by row; the rows come in ascending order.
fn sort(order: &mut Vec<Keyed>) {
    /// Below this many, comparing is faster than counting.
    const WORTH_COUNTING: usize = 1024;
    if order.len() < WORTH_COUNTING {
        order.sort_unstable();
        return;
    }
    // Byte by byte from the lowest; each pass keeps the order of the passes before.
    let mut counts = [[0_usize; 256]; 8];
    for (key, _) in order.iter() {
        for (count, byte) in counts.iter_mut().zip(key.to_le_bytes()) {
            count[usize::from(byte)] += 1;
        }
    }
    let mut from = vec![(0, 0); order.len()];
    for (place, mut next) in counts.into_iter().enumerate() {
        if next.contains(&order.len()) {
            continue;
        }
        let mut start = 0;
        for count in &mut next {
            start += mem::replace(count, start);
        }
        mem::swap(order, &mut from);
        for &(key, row) in &from {
            let at = &mut next[usize::from(key.to_le_bytes()[place])];
            order[*at] = (key, row);
            *at += 1;
        }
    }
}

/// Calls `give(row, rank)` for each row with a score, 1 the best, ties the least rank.
pub(crate) fn ranks_into(scores: &[Cell], order: &mut Vec<Keyed>, mut give: impl FnMut(usize, usize)) {
    order.clear();
    // Whole numbers side by side sort several times faster than rows that point to scores.
    order.extend(scores.iter().enumerate().filter_map(|(row, cell)| Some((!key(cell.value()?), row))));
    sort(order);
    let mut rank = 1;
    for (place, &(key, row)) in order.iter().enumerate() {
        if place > 0 && order[place - 1].0 != key {
            rank = place + 1;
        }
        give(row, rank);
    }
}

/// Replaces values by their rank from the lowest; returns the highest rank there can be: how many
/// values there are, or with dense ranks how many different ones.
#[expect(clippy::cast_precision_loss, reason = "a column has far fewer than 2^52 rows")]
pub(crate) fn rank_ascending(cells: &mut [Cell], ties: Ties) -> f64 {
    let mut order: Vec<Keyed> =
        cells.iter().enumerate().filter_map(|(row, cell)| Some((key(cell.value()?), row))).collect();
    sort(&mut order);
    let mut below = 0;
    let mut distinct = 0;
    for run in order.chunk_by(|(a, _), (b, _)| a == b) {
        distinct += 1;
        let (least, greatest) = ((below + 1) as f64, (below + run.len()) as f64);
        let rank = match ties {
            Ties::Min => least,
            Ties::Max => greatest,
            Ties::Mean => f64::midpoint(least, greatest),
            Ties::Dense => f64::from(distinct),
        };
        for &(_, row) in run {
            cells[row] = Cell::computed(rank);
        }
        below += run.len();
    }
    if ties == Ties::Dense { f64::from(distinct) } else { below as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counting_sorts_as_comparing_does() {
        let mut state = 7_u32;
        let mut scores: Vec<Cell> = (0..5000)
            .map(|row| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let value = (f64::from(state) / 1e7).floor() - 200.0;
                Cell::from((row % 17 != 0).then_some(value))
            })
            .collect();
        scores[5] = Cell::computed(-0.0);
        scores[6] = Cell::computed(0.0);
        let found = ranks(&scores);
        for row in (0..5000).step_by(61).chain([5, 6]) {
            let expected = scores[row]
                .value()
                .map(|mine| 1 + scores.iter().filter_map(|cell| cell.value()).filter(|other| *other > mine).count());
            assert_eq!(found[row], expected, "row {row}");
        }
    }
}
