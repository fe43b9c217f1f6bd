//! The only code that runs in the browser: what needs a hand. Everything an island shows stands in
//! the page before any script; an island only changes it without a reload.

pub mod explorer;
