//! The figures in the language of statistical offices: SDMX 2.1 and 3.0. Here are the structures
//! ([`structure`]), the questions ([`query`]) and the messages; addresses belong to the routes.
//!
//! Every dataflow of a provider is one SDMX dataflow of the structure `OBSERVATIONS`; the scores of
//! a panel are one of the structure `INDEX`.

pub mod data_xml;
pub mod fault;
pub mod flow;
mod namespaces;
pub mod query;
pub mod structure;
pub mod structure_json;
pub mod structure_xml;
mod urn;
pub mod version;

/// The agency that maintains what is published here.
pub const AGENCY: &str = "SANDYQ";
/// The version of everything but the structures, which count their own.
pub const VERSION: &str = "1.0.0";
/// The concept scheme.
pub const CONCEPTS: &str = "CONCEPTS";
