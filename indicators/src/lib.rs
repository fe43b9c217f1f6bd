//! Composite indices: the shared vocabulary of the service and the mathematics of the index.
//!
//! ```text
//! definition ─┐
//! areas ──────┼─ assembly ─→ matrix ─→ impute → treat → normalise → weight → aggregate → rank
//! observations┘                          (a Recipe says which method each step uses)
//! ```
//!
//! Nothing here reads a file, a clock, the network or an environment variable, and nothing is
//! random without a seed: the same input gives the same bytes on a server, in a browser and on
//! the command line.
#![warn(missing_docs)]

pub mod aggregation;
#[cfg(feature = "distributions")]
pub mod analysis;
pub mod area;
pub mod assembly;
pub mod code;
mod columns;
pub mod comparison;
pub mod composite;
pub mod definition;
pub mod descriptive;
mod elementary;
pub mod error;
pub mod finding;
pub mod framework;
pub mod imputation;
pub mod matrix;
pub mod normalisation;
pub mod observation;
pub mod plan;
pub mod ranking;
pub mod recipe;
pub mod screening;
pub mod sensitivity;
pub mod text;
pub mod treatment;
pub mod weighting;
pub mod wire;

pub use composite::{Composite, compute};
