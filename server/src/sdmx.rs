//! The figures in the language of statistical offices: SDMX 2.1 and 3.0.

/// The agency that maintains what is published here.
pub const AGENCY: &str = "SANDYQ";
/// The version of every structure.
pub const VERSION: &str = "1.0.0";
