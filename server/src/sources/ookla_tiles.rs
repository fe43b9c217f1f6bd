//! Speeds by region, from Ookla's open tiles.
//!
//! Provider: Ookla, `https://ookla-open-data.s3.us-west-2.amazonaws.com/parquet/performance/type=<fixed|mobile>/year=<year>/quarter=<quarter>/`;
//! CC BY-NC-SA 4.0. Calendar: quarterly, since 2019. Checked 2026-11-22 against the provider's description of the files; no
//! file is recorded.
//!
//! Quirks: a file holds the whole world, about 350 MB; history is aggregated anew after requests for privacy, so what a quarter says may
//! change, and the checksum of the file that was read is kept with the figures. A tile belongs to the region its centre lies
//! in; one whose centre lies in no region (a lake, a neighbour, outside a simplified border) is not counted.
//!
//! The file itself is not kept. The payload is what it comes to: totals by region in whole numbers, with the file's checksum.

use std::collections::BTreeSet;
use std::fs::File;
use std::sync::LazyLock;

use indicators::observation::{Breakdown, ObsStatus, TimePeriod};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tiles::{AreaTotals, KZ20, Outlines, QuarterError, Rows, Totals, add_up};

use super::catalogue::{DataflowDefinition, TileHistory};
use super::delimited::{self, unexpected};
use super::error::{SourceError, excerpt};
use super::finding::Place;
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::{self, Payload, SourceQuery, SourceRequest};
use super::slices::json_error;
use crate::content_hash::ContentHash;

const EXPECTED: &str = "totals of a quarter of tiles";

/// The largest file taken.
pub const LARGEST_FILE_BYTES: usize = 2 << 30;

/// Quarters that are asked for, the newest first: the last one may not be out, the one before may have been aggregated anew.
const QUARTERS_ASKED: i8 = 2;

/// What is kept of a file of tiles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuarterTotals {
    quarter: String,
    file_sha256: ContentHash,
    totals: Totals,
}

/// A file of tiles came to nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TilesError {
    /// The file was refused.
    #[error(transparent)]
    File(#[from] QuarterError),
    /// The outlines in the program are unusable.
    #[error("the outlines of the regions: {reason}")]
    Outlines {
        /// Why.
        reason: String,
    },
}

pub(super) fn requests(definition: &DataflowDefinition, query: SourceQuery) -> Result<Vec<SourceRequest>, SourceError> {
    let mut requests = Vec::new();
    for back in (1..=QUARTERS_ASKED).rev() {
        let Some(quarter) = quarter_before(query.today, back) else { continue };
        requests.extend(request_of(definition, quarter, back == 1)?);
    }
    Ok(requests)
}

/// What is asked for besides: quarters back to the declared one of which no file was ever taken in, the newest first. So each joins
/// the ones that are held, and a value is judged against that of the quarter before, not against one of years ago.
///
/// # Errors
/// [`SourceError::Address`] when base URL and path make no URL.
pub fn wanted_besides(
    definition: &DataflowDefinition,
    query: SourceQuery,
    taken: &BTreeSet<String>,
) -> Result<Vec<SourceRequest>, SourceError> {
    let Some(TileHistory { since: TimePeriod::Quarter(first_year, first_quarter), .. }) = definition.history else {
        return Ok(Vec::new());
    };
    let mut requests = Vec::new();
    for back in QUARTERS_ASKED + 1.. {
        let Some((year, quarter)) = quarter_before(query.today, back) else { break };
        if (i32::from(year), i32::from(quarter)) < (i32::from(first_year), i32::from(first_quarter)) {
            break;
        }
        requests.extend(request_of(definition, (year, quarter), true)?);
    }
    requests.retain(|request| !taken.contains(&request.part));
    Ok(requests)
}

/// The file of a quarter; `None` without an address.
fn request_of(
    definition: &DataflowDefinition,
    (year, quarter): (i16, i8),
    optional: bool,
) -> Result<Option<SourceRequest>, SourceError> {
    let fill = |text: &str| {
        text.replace("{year}", &year.to_string())
            .replace("{quarter}", &quarter.to_string())
            .replace("{month}", &format!("{:02}", 3 * quarter - 2))
    };
    let Some(url) = request::address(definition, &fill(&definition.path))? else { return Ok(None) };
    let (accept, part) = (definition.format.accept(), fill(&definition.part));
    Ok(Some(SourceRequest { dataflow: definition.id.clone(), part, url, accept, optional }))
}

/// The quarter so many before the one of a day.
fn quarter_before(today: Date, back: i8) -> Option<(i16, i8)> {
    let day = today.first_of_month().checked_sub((3 * i32::from(back)).months()).ok()?;
    Some((day.year(), (day.month() + 2) / 3))
}

/// Adds up a file of tiles; the result is the payload that is kept. `part` names the quarter: `2026-Q3.json`.
///
/// # Errors
/// [`TilesError`] when the file is none, or damaged.
pub fn reduce(part: &str, file: File, sha256: ContentHash) -> Result<Vec<u8>, TilesError> {
    static ROWS: LazyLock<Result<Rows, String>> = LazyLock::new(|| match Outlines::from_geojson(KZ20, "iso3166_2") {
        Ok(outlines) => Ok(Rows::new(&outlines)),
        Err(error) => Err(error.to_string()),
    });
    let rows = ROWS.as_ref().map_err(|reason| TilesError::Outlines { reason: reason.clone() })?;
    let totals = add_up(file, rows)?;
    let quarter = part.split('.').next().unwrap_or_default().to_owned();
    let kept = QuarterTotals { quarter, file_sha256: sha256, totals };
    // Whole numbers and text always become JSON.
    Ok(serde_json::to_vec_pretty(&kept).unwrap_or_default())
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let text = delimited::text(payload, EXPECTED)?;
    let kept: QuarterTotals = serde_json::from_str(text).map_err(|error| json_error(payload.part, EXPECTED, &error))?;
    let Ok(period @ TimePeriod::Quarter(..)) = kept.quarter.parse() else {
        return Err(unexpected(Place::part(payload.part), "a quarter YYYY-Qn", &kept.quarter));
    };
    let mut parsed = Parsed::new("ookla_tiles");
    for (area, row) in kept.totals.areas.iter().zip(1u32..) {
        parsed.rows_read += 1;
        let Ok(code) = area.code.parse() else {
            return Err(unexpected(Place::cell(payload.part, row, "code"), "a code of an area", &area.code));
        };
        push(&mut parsed, definition, payload.part, row, &ProviderArea::Own(code), period, area);
    }
    // The country is its regions added up, not a mean of means.
    let mut country = AreaTotals::default();
    for area in &kept.totals.areas {
        country
            .merge(area)
            .ok_or_else(|| unexpected(Place::part(payload.part), "sums within their range", &excerpt(&area.code)))?;
    }
    push(&mut parsed, definition, payload.part, 0, &ProviderArea::National, period, &country);
    Ok(parsed)
}

fn push(
    parsed: &mut Parsed,
    definition: &DataflowDefinition,
    part: &str,
    row: u32,
    area: &ProviderArea,
    period: TimePeriod,
    totals: &AreaTotals,
) {
    let mbps = |kbps: Option<f64>| kbps.map(|kbps| kbps / 1000.0);
    let count = |number: u64| u32::try_from(number).ok().map(f64::from);
    for (series, value) in [
        ("download", mbps(totals.download_kbps.mean())),
        ("upload", mbps(totals.upload_kbps.mean())),
        ("latency", totals.latency_ms.mean()),
        ("tests", count(totals.tests)),
    ] {
        let Some(indicator) = definition.indicator_of_series(series) else { continue };
        parsed.observations.push(ProviderObservation {
            place: Place::cell(part, row, series),
            area: area.clone(),
            indicator: indicator.code.clone(),
            breakdown: Breakdown::total(),
            period,
            value,
            status: if value.is_some() { ObsStatus::Normal } else { ObsStatus::Missing },
            raw: value.map_or_else(String::new, |value| value.to_string()),
        });
    }
}

#[cfg(test)]
mod tests;
