//! Where the data come from: the registry of formats, and the steps from an answer to observations.
//!
//! ```text
//! definition ─→ requests ─→ client | folder | bundled ─→ bytes ─→ parse ─→ harmonise ─→ checks
//! ```
//!
//! A format is two pure functions: `requests` says what to ask, `parse` turns bytes into rows in
//! the provider's own codes. Nothing here keeps anything: snapshots, vintages and runs belong to
//! the store and the jobs.

pub mod bundled;
pub mod catalogue;
pub mod client;
pub mod error;
pub mod finding;
pub mod folder;
pub mod giga_schools;
pub mod harmonise;
pub mod ookla_tiles;
pub mod parsed;
pub mod platforms;
pub mod provider_key;
pub mod request;

mod delimited;
mod footnotes;
mod itu;
mod kazstat_sdg;
mod numeral;
mod pace;
mod retry;
mod slices;
mod speedtest;
mod stat_file;
mod stat_workbook;
pub(crate) mod submission;
pub(crate) mod taldau;
mod uis;
mod un_egdi;
mod workbook;
mod world_bank;
mod written;

pub use catalogue::{Catalogue, DataflowDefinition, SourceFormat};
pub use error::SourceError;
pub use finding::{Finding, FindingKind, Place};
pub use parsed::{Parsed, ProviderArea, ProviderObservation};
pub use request::{Payload, SourceQuery, SourceRequest};

/// What to ask a provider for, for one dataflow. Empty when the dataflow has no address and its
/// files are dropped into a folder by hand.
///
/// # Errors
/// [`SourceError::Address`] when base URL, path and query make no URL.
pub fn requests(definition: &DataflowDefinition, query: &SourceQuery) -> Result<Vec<SourceRequest>, SourceError> {
    match definition.format {
        SourceFormat::OoklaTiles => ookla_tiles::requests(definition, *query),
        SourceFormat::UnEgdi => un_egdi::requests(definition, *query),
        SourceFormat::SpeedtestIndex => speedtest::requests(definition),
        SourceFormat::KazstatSdg
        | SourceFormat::BnsEducationFinance
        | SourceFormat::BnsInnovation
        | SourceFormat::BnsSlices
        | SourceFormat::GigaSchools
        | SourceFormat::ItuSeries
        | SourceFormat::UisRecords
        | SourceFormat::WorldBank => request::single(definition),
        SourceFormat::TaldauIndex => taldau::first_request(definition),
        // Nothing is asked for: figures are delivered, platforms are looked at (see [`platforms::measure`]).
        SourceFormat::Submission | SourceFormat::PlatformMonitor => Ok(Vec::new()),
    }
}

/// Reads one payload of a dataflow: bytes in, rows in the provider's codes out. Never panics,
/// whatever the bytes.
///
/// # Errors
/// [`SourceError`] naming row, column, what was expected and what was found.
pub fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    if payload.bytes.len() > definition.max_bytes {
        return Err(SourceError::TooLarge {
            what: "bytes of the answer",
            limit: definition.max_bytes,
            found: payload.bytes.len(),
        });
    }
    match definition.format {
        SourceFormat::KazstatSdg => kazstat_sdg::parse(definition, payload),
        SourceFormat::UnEgdi => un_egdi::parse(definition, payload),
        SourceFormat::BnsEducationFinance | SourceFormat::BnsInnovation | SourceFormat::BnsSlices => {
            stat_file::parse(definition, payload)
        }
        SourceFormat::GigaSchools => giga_schools::parse(definition, payload),
        SourceFormat::ItuSeries => itu::parse(definition, payload),
        SourceFormat::OoklaTiles => ookla_tiles::parse(definition, payload),
        SourceFormat::PlatformMonitor => platforms::parse(definition, payload),
        SourceFormat::SpeedtestIndex => speedtest::parse(definition, payload),
        SourceFormat::TaldauIndex => taldau::parse(definition, payload),
        SourceFormat::UisRecords => uis::parse(definition, payload),
        SourceFormat::Submission => submission::parse(definition, payload),
        SourceFormat::WorldBank => world_bank::parse(definition, payload),
    }
}

#[cfg(test)]
pub(crate) mod tests;
