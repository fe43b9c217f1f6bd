//! The choices at each step, as they are written in JSON. What they compute is defined where they
//! are computed, not here.
//!
//! Variants without parameters have empty braces so that serde refuses unknown fields in them too.

mod preparation;
mod scoring;

pub use preparation::{
    Denominate, Denominator, Impute, Screen, ScreenTime, SeriesEnds, ThenOn, Transform, Treat, WinsoriseWhile,
};
pub use scoring::{Aggregate, AmpiReference, Normalise, Outside, Penalty, Quantity, ShareLimits, Ties, WeightRule};
