//! The dashboard.

pub mod charts;
pub mod geography;
