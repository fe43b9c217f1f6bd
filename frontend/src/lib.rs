//! The dashboard: pages, charts, islands.
//!
//! Compiled twice. On the server (feature `ssr`) a page is a plain function of [`data::Site`] and a
//! [`route::Address`] that gives complete HTML. In the browser (feature `hydrate`) only [`islands`]
//! run. What does not belong here: the store, the schedule, the mathematics; a reader's own
//! [`scenario`] asks `indicators` for its scores, and is never published.

// The type of a view grows with its depth, and the compiler counts it.
#![recursion_limit = "512"]

#[cfg(feature = "hydrate")]
use leptos::mount;
#[cfg(feature = "hydrate")]
use wasm_bindgen::prelude::wasm_bindgen;

pub mod charts;
pub mod geography;
pub mod islands;
pub mod scenario;
pub mod shades;
pub mod template;

#[cfg(feature = "ssr")]
mod components;
#[cfg(feature = "ssr")]
pub mod data;
#[cfg(feature = "ssr")]
pub mod figure_address;
#[cfg(feature = "ssr")]
mod format;
#[cfg(feature = "ssr")]
mod locale;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod route;
#[cfg(feature = "ssr")]
mod search;
#[cfg(feature = "ssr")]
pub mod selection;

/// Called once by the loader before the islands of a page are brought to life.
#[cfg(feature = "hydrate")]
#[wasm_bindgen]
pub fn hydrate() {
    mount::hydrate_islands();
}
