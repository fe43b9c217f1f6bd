//! The only code that runs in the browser: what needs a hand. Everything an island shows stands in
//! the page before any script; an island only changes it without a reload.

pub mod explorer;
mod rewriting;
pub mod sorting;
pub mod tips;
#[cfg(any(feature = "ssr", feature = "weights"))]
pub mod weighing;
