//! The outermost shapes: one named top-level key for what was asked, and what a saved file needs
//! to be understood beside it. The entries themselves are in [`super`].

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    AreaEntry, CriterionEntry, IndexEntry, IndicatorEntry, ObservationEntry, Profile, ReleaseRef, RunEntry, SourceEntry,
};
use crate::code::{AreaCode, CriterionCode, DataflowId, IndicatorCode};
use crate::definition::{FrameworkDefinition, Panel};
use crate::observation::TimePeriod;
use crate::text::LocalText;

wire! {
    /// Answer of `/areas`.
    pub struct AreasAnswer {
        /// The areas, in the published order.
        pub areas: Vec<AreaEntry>,
    }
}

wire! {
    /// Answer of `/criteria`.
    pub struct CriteriaAnswer {
        /// The criteria, in the order of the framework.
        pub criteria: Vec<CriterionEntry>,
    }
}

wire! {
    /// Answer of `/indicators`.
    pub struct IndicatorsAnswer {
        /// The indicators, in the order of the framework.
        pub indicators: Vec<IndicatorEntry>,
    }
}

wire! {
    /// One panel of a framework.
    pub struct PanelEntry {
        /// The panel.
        pub panel: Panel,
        /// Name.
        pub name: LocalText,
        /// Areas compared; empty for every valid region of the country.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub areas: Vec<AreaCode>,
        /// Reference years with a published release, oldest first.
        pub reference_years: Vec<i16>,
    }
}

wire! {
    /// A framework: what is judged, by what, and how each value comes about.
    pub struct FrameworkEntry {
        /// Code and version, as releases name it: `kz-1.0.0`.
        pub code: String,
        /// Code.
        pub id: String,
        /// Version.
        pub version: String,
        /// Name of the index.
        pub name: LocalText,
        /// The country whose regions are compared.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub country: AreaCode,
        /// Panels.
        pub panels: Vec<PanelEntry>,
        /// Codes of the criteria, in the order shown.
        #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
        pub criteria: Vec<CriterionCode>,
        /// The whole definition as its file declares it, with the derivation of every indicator.
        #[cfg_attr(feature = "openapi", schema(value_type = Object))]
        pub definition: FrameworkDefinition,
    }
}

wire! {
    /// Answer of `/frameworks`.
    pub struct FrameworksAnswer {
        /// The frameworks in force.
        pub frameworks: Vec<FrameworkEntry>,
    }
}

wire! {
    /// Whom to name when the values of a dataflow are used.
    pub struct Citation {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// What must stand beside the data.
        pub attribution: LocalText,
        /// Licence or terms, as text.
        pub licence: String,
        /// Page where a person finds the table.
        pub landing_url: String,
        /// The day its newest vintage was taken upstream.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        pub as_of: Option<Date>,
    }
}

wire! {
    /// Answer of `/observations`: one page of it.
    pub struct ObservationsAnswer {
        /// Number of observations that match the question, over all pages.
        pub total: u64,
        /// The observations of this page, ordered by indicator, breakdown, area and period.
        pub observations: Vec<ObservationEntry>,
        /// Ask again with `cursor` set to this for the next page; `null` on the last one.
        pub next_cursor: Option<String>,
        /// Whom to name for the dataflows on this page.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// Answer of `/sources`.
    pub struct SourcesAnswer {
        /// The dataflows with their provenance and freshness.
        pub sources: Vec<SourceEntry>,
    }
}

wire! {
    /// Answer of `/runs`.
    pub struct RunsAnswer {
        /// Number of runs that match the question now, over all pages.
        pub total: u64,
        /// The runs of this page, newest first.
        pub runs: Vec<RunEntry>,
        /// Ask again with `cursor` set to this for the next page; `null` on the last one.
        pub next_cursor: Option<String>,
    }
}

wire! {
    /// Answer of `/revisions`.
    pub struct RevisionsAnswer {
        /// The revisions, by the vintage that brought them, newest first.
        pub revisions: Vec<RevisionEntry>,
        /// Whom to name for the dataflows whose values they are.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// A value that one vintage gave and a later one changed.
    pub struct RevisionEntry {
        /// The dataflow.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub dataflow: DataflowId,
        /// The measured indicator.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub indicator: IndicatorCode,
        /// `_T` total, `U` urban, `R` rural.
        pub urbanisation: String,
        /// `_T` total, `M` male, `F` female.
        pub sex: String,
        /// `_T` total, or an SDMX age code.
        pub age: String,
        /// The area.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub area: AreaCode,
        /// The period.
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        pub period: TimePeriod,
        /// What was known before.
        pub before: f64,
        /// The vintage that had brought it.
        pub before_vintage: String,
        /// What is known since; `null` when the value was taken back and its place kept.
        pub after: Option<f64>,
        /// The vintage that changed it.
        pub after_vintage: String,
    }
}

wire! {
    /// Answer of `/releases`.
    pub struct ReleasesAnswer {
        /// The releases asked for, those in force first; by panel, newest reference year first.
        pub releases: Vec<ReleaseEntry>,
    }
}

wire! {
    /// A release in the list of those that were published.
    pub struct ReleaseEntry {
        /// What it is.
        #[serde(flatten)]
        pub release: ReleaseRef,
        /// The day it was first published; `null` when that was not written down.
        #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = Date))]
        pub published_on: Option<Date>,
        /// Whether it is the one in force for its panel and reference year; else newer figures have taken its place.
        pub in_force: bool,
    }
}

wire! {
    /// Answer of `/releases/{id}`: a release whole.
    pub struct ReleaseAnswer {
        /// What it is.
        pub release: ReleaseRef,
        /// The country's own figure by the same method, not ranked.
        pub national: Option<IndexEntry>,
        /// One entry an area, in the order of the code list.
        pub index: Vec<IndexEntry>,
        /// The profile of every area, by code.
        #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Profile>))]
        pub profiles: BTreeMap<AreaCode, Profile>,
        /// Whom to name for the dataflows behind it.
        pub citations: Vec<Citation>,
    }
}

wire! {
    /// Answer of `/limits`: what the service accepts from one client.
    #[derive(Copy, Eq)]
    pub struct LimitsAnswer {
        /// Requests accepted from one client in a window.
        pub requests_per_window: u32,
        /// Requests accepted with a key of scope `read-more`, unless the key says otherwise.
        pub requests_per_window_with_key: u32,
        /// Length of the window, in seconds.
        pub window_seconds: u32,
        /// Longest path and query, in bytes.
        pub max_uri_bytes: u32,
        /// Greatest sum of header names and values, in bytes.
        pub max_header_bytes: u32,
        /// Greatest number of query parameters.
        pub max_query_parameters: u32,
        /// Greatest number of codes in one parameter.
        pub max_codes_per_parameter: u32,
        /// Greatest request body, in bytes.
        pub max_body_bytes: u32,
        /// Greatest body of a computation, in bytes.
        pub max_compute_body_bytes: u32,
        /// Greatest submission, in bytes.
        pub max_submission_body_bytes: u32,
        /// Longest computation, in millions of elementary operations, estimated before it begins.
        pub max_compute_megaoperations: u32,
        /// Observations on a page when `limit` is not given.
        pub default_page_size: u32,
        /// Greatest `limit`.
        pub max_page_size: u32,
        /// Time in which an answer is given, in seconds.
        pub request_timeout_seconds: u32,
    }
}
