//! The formats there are parsers for: [`SourceFormat`].

use serde::Deserialize;

/// Which parser reads the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceFormat {
    /// CSV of the bureau's SDG repository, old and new layout.
    KazstatSdg,
    /// CSV of the UN E-Government survey, one edition per file.
    UnEgdi,
    /// The bureau's table of education organisations' finance: a workbook, or whatever else its file API gives.
    BnsEducationFinance,
    /// The bureau's table of innovation activity, likewise.
    BnsInnovation,
    /// The bureau's file API: slices as JSON, one record per combination of terms, or the same table separated by tabs or as a
    /// workbook, whatever comes.
    BnsSlices,
    /// Parquet files of Ookla's open tiles, added up by area.
    OoklaTiles,
    /// Pages of school profiles on Giga's map, counted.
    GigaSchools,
    /// JSON of the ITU's data hub: one code of one country.
    ItuSeries,
    /// The journal of our own availability monitor.
    PlatformMonitor,
    /// The Speedtest Global Index: pages of countries, or rows cited from it.
    SpeedtestIndex,
    /// Our own template, filled in by whoever delivers figures with a key.
    Submission,
    /// The bureau's dump of a whole index: one record per combination of terms, the area first.
    TaldauIndex,
    /// JSON records of the UNESCO Institute for Statistics.
    UisRecords,
    /// World Development Indicators: API version 2, or one of two CSV layouts of copies.
    WorldBank,
}

impl SourceFormat {
    pub(crate) const fn accept(self) -> &'static str {
        match self {
            Self::KazstatSdg | Self::UnEgdi => "text/csv, text/plain;q=0.9, */*;q=0.1",
            Self::BnsEducationFinance | Self::BnsInnovation => "application/vnd.ms-excel, */*;q=0.5",
            Self::BnsSlices
            | Self::GigaSchools
            | Self::ItuSeries
            | Self::OoklaTiles
            | Self::PlatformMonitor
            | Self::TaldauIndex
            | Self::UisRecords
            | Self::WorldBank => "application/json, */*;q=0.1",
            Self::SpeedtestIndex => "text/html, */*;q=0.1",
            // Nobody is asked.
            Self::Submission => "*/*",
        }
    }

    /// Endings of file names that a folder of dropped files may hold for this format.
    #[must_use]
    pub const fn file_endings(self) -> &'static [&'static str] {
        match self {
            Self::KazstatSdg | Self::UnEgdi => &["csv"],
            Self::SpeedtestIndex => &["csv", "html"],
            // The bureau's files are told apart by their first bytes, whatever they are called.
            Self::BnsEducationFinance | Self::BnsInnovation | Self::BnsSlices => &["json", "csv", "xlsx", "xls"],
            Self::GigaSchools | Self::ItuSeries | Self::PlatformMonitor | Self::TaldauIndex | Self::UisRecords => {
                &["json"]
            }
            Self::OoklaTiles => &["parquet"],
            Self::WorldBank => &["json", "csv"],
            // Without a key nothing is delivered, not by a folder either.
            Self::Submission => &[],
        }
    }
}
