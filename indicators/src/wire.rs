//! JSON shapes shared by the server and the dashboard.
//!
//! Field names are `snake_case`, instants are RFC 3339 UTC, a missing value is `null`, and every
//! answer has a named top-level key. Shapes only: no computation, no storage, no formatting.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::area::{AreaKind, AreaLevel, TerritoryBreak};
use crate::assembly::{CellFinding, CellStatus};
use crate::code::{AreaCode, CriterionCode, DataflowId, IndicatorCode};
use crate::definition::{Direction, Panel, UnitOfMeasure};
use crate::observation::{ObsStatus, TimePeriod};
use crate::text::LocalText;

macro_rules! wire {
    ($(#[$doc:meta])* $vis:vis struct $name:ident { $($body:tt)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        $vis struct $name { $($body)* }
    };
}

wire! {
    /// Which release an answer was taken from. Repeated in every answer, so that a saved file says what it is.
    pub struct ReleaseRef {
        /// Content address of the release: the first 16 hexadecimal digits of its sha256.
        pub id: String,
        /// The panel.
        pub panel: Panel,
        /// Reference year.
        pub reference_year: i16,
        /// Framework code and version, `kz-1.0.0`.
        pub framework: String,
        /// Content address of the recipe.
        pub recipe: String,
        /// The newest vintage that a value of it comes from, by the day it was taken.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        pub data_as_of: Option<Date>,
    }
}

wire! {
    /// An area of the code list.
    pub struct AreaEntry {
        /// ISO 3166-1 alpha-3 or ISO 3166-2.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub code: AreaCode,
        /// Country or region.
        pub level: AreaLevel,
        /// Country, region or city.
        pub kind: AreaKind,
        /// Name.
        pub name: LocalText,
        /// Country of a region.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub parent: Option<AreaCode>,
        /// Areas it was split from.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub predecessors: Vec<AreaCode>,
        /// First day of validity.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        pub valid_from: Option<Date>,
        /// First day on which it no longer exists.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        pub valid_to: Option<Date>,
        /// Changes of territory under the same code.
        pub breaks: Vec<TerritoryBreak>,
    }
}

wire! {
    /// A criterion of the framework.
    pub struct CriterionEntry {
        /// Code.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub code: CriterionCode,
        /// Name.
        pub name: LocalText,
        /// What it judges.
        pub description: LocalText,
        /// Share of the index, 0 to 1.
        pub weight: f64,
        /// Codes of its indicators by panel, in the order shown; empty when none is published.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub region_indicators: Vec<IndicatorCode>,
        /// As above, for the countries panel.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub country_indicators: Vec<IndicatorCode>,
    }
}

wire! {
    /// An indicator of the framework.
    pub struct IndicatorEntry {
        /// Code, unique within the panel.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub code: IndicatorCode,
        /// The panel.
        pub panel: Panel,
        /// The criterion.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub criterion: CriterionCode,
        /// Name.
        pub name: LocalText,
        /// Unit of measure.
        pub unit: UnitOfMeasure,
        /// Digits after the decimal point for people.
        pub decimals: u8,
        /// Whether more is better.
        pub direction: Direction,
        /// Lower goalpost, in the unit.
        pub goalpost_low: f64,
        /// Upper goalpost, in the unit.
        pub goalpost_high: f64,
        /// Why these goalposts.
        pub goalpost_reason: LocalText,
        /// Relative weight within the criterion.
        pub weight: f64,
        /// Greatest age of a value, in years before the reference year.
        pub max_age_years: u8,
        /// Why that many.
        pub max_age_reason: LocalText,
        /// Whether only a national value exists.
        pub national_only: bool,
        /// Set when it stands in for something not measured.
        pub proxy_note: Option<LocalText>,
        /// Dataflows it comes from.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub dataflows: Vec<DataflowId>,
    }
}

wire! {
    /// How much of a score's weight rests on what; the seven shares sum to 1.
    #[derive(Copy, Default)]
    pub struct Coverage {
        /// The area's own value of the reference year.
        pub observed: f64,
        /// The area's own value of an earlier year.
        pub carried_forward: f64,
        /// The predecessor's value.
        pub predecessor_substitute: f64,
        /// The national value.
        pub national_substitute: f64,
        /// Filled by the recipe.
        pub imputed: f64,
        /// No value.
        pub missing: f64,
        /// Mean age of the values used, in years before the reference year; `null` when there are none.
        pub mean_age_years: Option<f64>,
    }
}

wire! {
    /// Ranks between which an area stands in 90 % of the replicates of the uncertainty analysis.
    #[derive(Copy)]
    pub struct RankInterval {
        /// 5th percentile, the better end.
        pub low: u32,
        /// 95th percentile.
        pub high: u32,
    }
}

wire! {
    /// The score of one area in one criterion.
    pub struct CriterionScore {
        /// The criterion.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub criterion: CriterionCode,
        /// 0 to 100; `null` when no indicator of it has a value.
        pub score: Option<f64>,
        /// Place among the areas that have a score, 1 for the highest; ties share the better place.
        pub rank: Option<u32>,
        /// What the score rests on.
        pub coverage: Coverage,
    }
}

wire! {
    /// How an index moved since the reference year before.
    #[derive(Copy)]
    pub struct ScoreChange {
        /// The reference year before.
        pub from_reference_year: i16,
        /// Score less the score before. Moves with the set of indicators that have a value.
        pub total: f64,
        /// The same over the indicators that have a value in both years: what changed on the ground.
        /// `null` when no indicator has.
        pub like_for_like: Option<f64>,
        /// Whether both scores rest on the same indicators, so that they compare as they stand.
        pub same_indicators: bool,
    }
}

wire! {
    /// The index of one area.
    pub struct IndexEntry {
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// Index, 0 to 100.
        pub score: Option<f64>,
        /// Place, 1 for the highest; `null` for the national figure, which is not ranked.
        pub rank: Option<u32>,
        /// Rank interval of the uncertainty analysis.
        pub rank_interval: Option<RankInterval>,
        /// What the score rests on.
        pub coverage: Coverage,
        /// The eight criteria, in the order of the framework.
        pub criteria: Vec<CriterionScore>,
        /// Change since the reference year before; `null` when one of the two has no score.
        pub change: Option<ScoreChange>,
        /// Whether the area's territory changed in the reference year: not comparable with the year before.
        pub boundary_break: bool,
    }
}

wire! {
    /// The scores of a release, as it is stored.
    pub struct IndexAnswer {
        /// The release.
        pub release: ReleaseRef,
        /// The country's own figure by the same method, not ranked.
        pub national: Option<IndexEntry>,
        /// One entry an area, in the order of the code list.
        pub index: Vec<IndexEntry>,
    }
}

wire! {
    /// Answer of `/index`.
    pub struct CitedIndexAnswer {
        /// The release.
        pub release: ReleaseRef,
        /// The country's own figure by the same method, not ranked.
        pub national: Option<IndexEntry>,
        /// One entry an area, in the order of the code list.
        pub index: Vec<IndexEntry>,
        /// Whom to name for the dataflows behind it.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// An observation that went into a cell.
    pub struct InputEntry {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// The measured series, `schools_with_internet.U._T._T`.
        pub series: String,
        /// The area whose value it is.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// The period it describes.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub period: TimePeriod,
        /// The value.
        pub value: f64,
        /// The vintage.
        pub vintage: String,
    }
}

wire! {
    /// One indicator of an area's profile: the whole way from value to contribution.
    pub struct CellEntry {
        /// The indicator.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub indicator: IndicatorCode,
        /// The value in the indicator's unit.
        pub value: Option<f64>,
        /// After outlier treatment; equal to the value when the recipe treats nothing.
        pub treated: Option<f64>,
        /// Score, 0 to 100.
        pub normalised: Option<f64>,
        /// Share within the criterion among the indicators that have a value.
        pub weight: f64,
        /// Share of the whole index.
        pub effective_weight: f64,
        /// Points of the index that come from here; all contributions sum to the index.
        pub contribution: Option<f64>,
        /// How the value came to be.
        pub status: CellStatus,
        /// The period it describes.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub period: Option<TimePeriod>,
        /// Observations it was made from.
        pub inputs: Vec<InputEntry>,
        /// Remarks.
        pub findings: Vec<CellFinding>,
    }
}

wire! {
    /// One criterion of an area's profile.
    pub struct ProfileCriterion {
        /// The criterion and its score.
        #[serde(flatten)]
        pub score: CriterionScore,
        /// Share of the index among the criteria that have a score.
        pub weight: f64,
        /// Points of the index that come from here.
        pub contribution: Option<f64>,
        /// Its indicators.
        pub indicators: Vec<CellEntry>,
    }
}

wire! {
    /// Answer of `/index/{area}`: everything behind one area's index.
    pub struct ProfileAnswer {
        /// The release.
        pub release: ReleaseRef,
        /// The index of the area.
        pub profile: Profile,
        /// Whom to name for the dataflows behind it.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// The whole profile of one area.
    pub struct Profile {
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// Index, 0 to 100.
        pub score: Option<f64>,
        /// Place.
        pub rank: Option<u32>,
        /// Number of areas ranked.
        pub ranked: u32,
        /// Rank interval.
        pub rank_interval: Option<RankInterval>,
        /// What the score rests on.
        pub coverage: Coverage,
        /// The criteria, in the order of the framework.
        pub criteria: Vec<ProfileCriterion>,
    }
}

wire! {
    /// One published value. `fields` may leave some of its fields out.
    pub struct ObservationEntry {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
        pub dataflow: DataflowId,
        /// The measured indicator.
        #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
        pub indicator: IndicatorCode,
        /// `_T` total, `U` urban, `R` rural.
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub urbanisation: String,
        /// `_T` total, `M` male, `F` female.
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub sex: String,
        /// `_T` total, or an SDMX age code.
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub age: String,
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
        pub area: AreaCode,
        /// The period.
        #[cfg_attr(feature = "openapi", schema(value_type = String, required = false))]
        pub period: TimePeriod,
        /// The value; `null` when missing.
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub value: Option<f64>,
        /// SDMX observation status.
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub status: ObsStatus,
        /// The vintage it was taken from.
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub vintage: String,
        /// SHA-256 of the bytes it was read from, for `/snapshots`; `null` where the vintage was read from several
        /// payloads, which `/runs?vintage=…` lists, and where the figures were delivered with a key.
        #[serde(default)]
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub snapshot: Option<String>,
        /// Who delivered it, where it was submitted; absent elsewhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "openapi", schema(required = false))]
        pub submitted_by: Option<String>,
    }
}

/// How fresh a dataflow is, by the periods it covers against its release calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Freshness {
    /// Covers what the calendar says should be out.
    Fresh,
    /// The next period should have been published by now.
    Late,
    /// So far behind that the figures should not be called current.
    Stale,
    /// Holds no observation.
    Empty,
}

/// How a refresh ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RunOutcome {
    /// A new vintage was stored.
    Updated,
    /// The provider has nothing new.
    Unchanged,
    /// The answer did not pass; kept aside, nothing published changed.
    Quarantined,
    /// Our own fault: could not be processed or stored.
    Failed,
    /// The provider could not be reached.
    Unreachable,
}

wire! {
    /// Why a run was quarantined, or what was repaired in it.
    pub struct RunFinding {
        /// Stable code, `unknown_area`, `column_missing`, `value_out_of_range`, ...
        pub code: String,
        /// Row in the received file, 1 for the first line.
        pub row: Option<u64>,
        /// Column in the received file.
        pub column: Option<String>,
        /// What was expected.
        pub expected: Option<String>,
        /// What was found.
        pub found: Option<String>,
        /// A sentence that can be read alone.
        pub message: String,
    }
}

wire! {
    /// One run of a dataflow.
    pub struct RunEntry {
        /// Identifier, ordered by time.
        pub id: String,
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// What started it: `first_start`, `schedule`, `catch_up`, `manual`.
        pub trigger: String,
        /// When it began.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        pub started_at: Timestamp,
        /// When it ended.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        pub ended_at: Timestamp,
        /// How it ended.
        pub outcome: RunOutcome,
        /// Bytes received.
        pub bytes: u64,
        /// Observations read.
        pub observations: u64,
        /// Observations that are new or differ from the vintage before.
        pub changed: u64,
        /// SHA-256 of the first payload, for `/snapshots`; `null` where nothing came, and where the figures were delivered
        /// with a key.
        pub snapshot: Option<String>,
        /// Every payload it read, those included that had not changed since the run before.
        #[serde(default)]
        pub snapshots: Vec<RunSnapshot>,
        /// Vintage written.
        pub vintage: Option<String>,
        /// Reasons for quarantine or failure.
        pub reasons: Vec<RunFinding>,
        /// Repairs and remarks.
        pub findings: Vec<RunFinding>,
    }
}

wire! {
    /// One payload of a run.
    pub struct RunSnapshot {
        /// Its name within the dataflow.
        pub part: String,
        /// SHA-256 of the bytes, for `/snapshots`.
        pub sha256: String,
    }
}

wire! {
    /// A dataflow with its provenance and freshness.
    pub struct SourceEntry {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// Name of the table.
        pub name: LocalText,
        /// Name of the provider.
        pub provider: LocalText,
        /// Page where a person finds it.
        pub landing_url: String,
        /// Licence or terms, as text.
        pub licence: String,
        /// Whether the raw bytes may be handed out.
        pub raw_open: bool,
        /// What must stand beside the data.
        pub attribution: LocalText,
        /// Cron expression of the schedule, six fields, zone Asia/Almaty.
        pub schedule: String,
        /// First period with any value.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub first_period: Option<TimePeriod>,
        /// Newest period with any value.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub last_period: Option<TimePeriod>,
        /// Newest period covered, by which freshness is judged: as many areas as the dataflow must have of each indicator it
        /// declares; where it declares none, the country itself, else any area. `null` when no period is.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
        pub covered_period: Option<TimePeriod>,
        /// Number of observations in the newest vintage.
        pub observations: u64,
        /// Newest vintage.
        pub vintage: Option<String>,
        /// The day it was taken upstream.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        pub as_of: Option<Date>,
        /// Why the provider is not asked; `null` when it is.
        pub closed: Option<LocalText>,
        /// Whether it is a bundled recording rather than the answer of a refresh.
        pub bundled: bool,
        /// Freshness.
        pub freshness: Freshness,
        /// Last run.
        pub last_run: Option<RunEntry>,
        /// Indicators of the framework that use it.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub indicators: Vec<IndicatorCode>,
    }
}

/// Health of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Health {
    /// Serving, store sound.
    Ok,
    /// Serving, with a fault that an operator should look at.
    Degraded,
}

wire! {
    /// Answer of `/status`.
    pub struct StatusAnswer {
        /// Health.
        pub health: Health,
        /// What is wrong, one sentence each; empty when healthy.
        pub problems: Vec<String>,
        /// Version of the program.
        pub version: String,
        /// When this process began to serve.
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        pub started_at: Timestamp,
        /// Releases published, newest reference year first.
        pub releases: Vec<ReleaseRef>,
        /// Whether everything published rests on bundled recordings only.
        pub bundled_only: bool,
    }
}

mod analysis;
mod answers;
mod problem;
mod robustness;
mod submissions;

pub use analysis::{DiffAnswer, DiffEntry, WhatIfAnswer, WhatIfEntry};
pub use answers::{
    AreasAnswer, Citation, CriteriaAnswer, FrameworkEntry, FrameworksAnswer, IndicatorsAnswer, LimitsAnswer,
    ObservationsAnswer, PanelEntry, ReleaseAnswer, ReleaseEntry, ReleasesAnswer, RevisionEntry, RevisionsAnswer,
    RunsAnswer, SourcesAnswer,
};
pub use problem::{ProblemDetails, ProblemError};
pub use robustness::{FactorEntry, RankRobustnessAnswer, RankRobustnessEntry, VarianceShare};
pub use submissions::{
    SubmissionAnswer, SubmissionCheckAnswer, SubmissionDecisionEntry, SubmissionEntry, SubmissionState,
    SubmissionVerdict, SubmissionsAnswer, SubmittableDataflow, SubmittableIndicator, TemplateAnswer,
};

#[cfg(test)]
mod tests;
