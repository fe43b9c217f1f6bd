//! Working on the columns of a flat table, on several threads where that pays. The results are in the
//! order of the columns however many threads there are.

/// Calls `work(column, cells)` for each column of `height` cells and returns what it gives, in order.
#[cfg(feature = "parallel")]
pub(crate) fn each_column<T: Send, R: Send>(
    cells: &mut [T],
    height: usize,
    work: impl Fn(usize, &mut [T]) -> R + Send + Sync,
) -> Vec<R> {
    use rayon::prelude::*;

    /// Below this many cells handing them out costs more than it saves.
    const WORTH_SHARING: usize = 50_000;
    if cells.len() < WORTH_SHARING {
        return one_by_one(cells, height, work);
    }
    cells.par_chunks_mut(height.max(1)).enumerate().map(|(column, cells)| work(column, cells)).collect()
}

/// Calls `work(column, cells)` for each column of `height` cells and returns what it gives, in order.
#[cfg(not(feature = "parallel"))]
pub(crate) fn each_column<T, R>(cells: &mut [T], height: usize, work: impl Fn(usize, &mut [T]) -> R) -> Vec<R> {
    one_by_one(cells, height, work)
}

fn one_by_one<T, R>(cells: &mut [T], height: usize, work: impl Fn(usize, &mut [T]) -> R) -> Vec<R> {
    cells.chunks_mut(height.max(1)).enumerate().map(|(column, cells)| work(column, cells)).collect()
}
