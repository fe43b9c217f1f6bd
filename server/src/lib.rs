//! Sandyq.
