//! The only code that runs in the browser: what needs a hand. Everything an island shows stands in
//! the page before any script; an island only changes it without a reload.
//!
//! No island has a view of its own. To hydrate one, the browser walks what the server wrote and compiles
//! some nine hundred functions of the module for it: 40 ms of a desktop computer and three times that of an old
//! telephone, in which nothing answers. Here an island listens, reads the `controls` when they change, and
//! only then its `knowledge`; what it draws replaces what the server drew.

#[cfg(any(feature = "ssr", feature = "weights"))]
mod breath;
mod controls;
pub mod explorer;
pub(crate) mod knowledge;
mod rewriting;
pub mod sorting;
pub mod tips;
#[cfg(any(feature = "ssr", feature = "weights"))]
pub mod weighing;
