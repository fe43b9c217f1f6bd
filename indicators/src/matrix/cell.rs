//! One cell of a table of numbers: a finite value, or missing. Tables of cells are
//! [`ScoreMatrix`](super::ScoreMatrix)'s, not this module's.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A finite number or nothing.
///
/// As small and as fast as an `f64`, so that a column of cells is a flat column of numbers. How
/// "nothing" is stored is private: no NaN and no infinity ever enters or leaves.
#[derive(Clone, Copy)]
pub struct Cell(f64);

impl Cell {
    /// The missing cell.
    pub const MISSING: Self = Self(f64::NAN);

    /// A cell holding `value`, or `None` when `value` is NaN or infinite.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self(value))
    }

    /// The result of a computation: missing when it left the finite numbers.
    #[must_use]
    pub fn computed(value: f64) -> Self {
        if value.is_finite() { Self(value) } else { Self::MISSING }
    }

    /// The value, if there is one.
    #[must_use]
    pub fn value(self) -> Option<f64> {
        if self.0.is_nan() { None } else { Some(self.0) }
    }

    /// Whether there is no value.
    #[must_use]
    pub fn is_missing(self) -> bool {
        self.0.is_nan()
    }

    /// Applies `change` to the value; missing stays missing.
    #[must_use]
    pub fn map(self, change: impl FnOnce(f64) -> f64) -> Self {
        match self.value() {
            Some(value) => Self::computed(change(value)),
            None => Self::MISSING,
        }
    }

    /// The stored number, NaN when missing: for loops that test once and add often.
    #[inline]
    pub(crate) const fn raw(self) -> f64 {
        self.0
    }
}

impl From<Option<f64>> for Cell {
    fn from(value: Option<f64>) -> Self {
        value.map_or(Self::MISSING, Self::computed)
    }
}

impl From<Cell> for Option<f64> {
    fn from(cell: Cell) -> Self {
        cell.value()
    }
}

impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value() {
            Some(value) => write!(formatter, "{value:?}"),
            None => formatter.write_str("missing"),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::from(Option::<f64>::deserialize(deserializer)?))
    }
}

/// The values of a column, without the missing ones, in order.
pub(crate) fn present(column: &[Cell]) -> impl Iterator<Item = f64> + Clone + '_ {
    column.iter().filter_map(|cell| cell.value())
}
