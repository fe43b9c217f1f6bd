//! The dataflows, as data: [`Catalogue`], read from `definitions/kz/dataflows.toml` or from a file
//! an operator names. Strict: an unknown key or a contradiction ends the start.

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::{AreaCode, DataflowId, IndicatorCode};
use indicators::definition::UnitOfMeasure;
use indicators::text::LocalText;
use serde::Deserialize;
use toml::de::Error as TomlError;
use url::Url;

use crate::sources::provider_key::ProviderKey;
use crate::store::UpdateMode;

mod calendar;
mod checks;
mod format;
mod history;
mod monitor;
mod portal;
mod soundness;
mod table;

pub use calendar::ReleaseCalendar;
pub use checks::{ColumnCoverage, DataflowChecks, OnFault, StepLimit};
pub use format::SourceFormat;
pub use history::TileHistory;
pub use monitor::{Monitor, Platform};
pub use portal::PortalIndex;
pub use table::TableLabel;

const EMBEDDED: &str = concat!(
    include_str!("../../definitions/kz/dataflows.toml"),
    include_str!("../../definitions/kz/platforms.toml"),
    include_str!("../../definitions/kz/tiles.toml"),
    include_str!("../../definitions/kz/apis.toml"),
);

/// The largest answer any dataflow may allow, in bytes.
pub const LARGEST_ANSWER_BYTES: usize = 64 * 1024 * 1024;

/// A catalogue was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// Not the TOML expected.
    #[error("dataflows: {0}")]
    Toml(#[from] TomlError),
    /// Two dataflows bear one id.
    #[error("the dataflow {id} is listed twice")]
    Twice {
        /// The id.
        id: DataflowId,
    },
    /// A dataflow names a provider that is not listed.
    #[error("the dataflow {id} names the provider {provider:?}, which is not listed")]
    UnknownProvider {
        /// The dataflow.
        id: DataflowId,
        /// The name.
        provider: String,
    },
    /// A dataflow names a list of areas left out that is not there.
    #[error("the dataflow {id} names the areas left out {list:?}, which are not listed")]
    UnknownOutside {
        /// The dataflow.
        id: DataflowId,
        /// The name.
        list: String,
    },
    /// A base URL whose host is not on the dataflow's own list.
    #[error("the dataflow {id} has the base URL {base_url}, whose host is not among its allowed hosts")]
    HostNotAllowed {
        /// The dataflow.
        id: DataflowId,
        /// The URL.
        base_url: Url,
    },
    /// Two indicators of one dataflow claim one upstream series.
    #[error("the dataflow {id} maps the series {series:?} to two indicators")]
    SeriesTwice {
        /// The dataflow.
        id: DataflowId,
        /// The upstream label.
        series: String,
    },
    /// A range that contains nothing, or a limit that is none.
    #[error("the dataflow {id}: {what}")]
    Limit {
        /// The dataflow.
        id: DataflowId,
        /// What is wrong.
        what: String,
    },
}

/// What may be done with the raw bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LicenceClass {
    /// May be handed out, with attribution.
    Open,
    /// Figures may be cited; the file is never handed out.
    Restricted,
}

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Key used by dataflows and by the folders of recordings.
    pub key: String,
    /// Name in three languages.
    pub name: LocalText,
    /// Home page.
    pub url: Url,
}

/// An indicator as a provider measures it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredIndicator {
    /// Our code.
    pub code: IndicatorCode,
    /// Name in three languages.
    pub name: LocalText,
    /// Unit of measure.
    pub unit: UnitOfMeasure,
    /// Digits after the decimal point when shown.
    pub decimals: u8,
    /// Upstream labels of the series, in every spelling met; `""` is a blank cell. For a workbook the
    /// heading of the column, for an API the code of the series.
    pub series: Vec<String>,
    /// Upstream codes of the unit; empty where the payload does not name one.
    #[serde(default)]
    pub upstream_units: Vec<String>,
    /// Smallest and largest value that can be true.
    pub range: (f64, f64),
    /// What a change of more than this from the last vintage's value of the same cell means is decided
    /// by the checks; `None` for no limit. In the unit of measure.
    #[serde(default)]
    pub jump_limit: Option<f64>,
    /// How many times as large or as small as the one before it a value may be; `None` where any step may be true.
    #[serde(default)]
    pub step_limit: Option<StepLimit>,
}

/// One published table of a provider.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataflowDefinition {
    /// Identifier.
    pub id: DataflowId,
    /// Key of the provider.
    pub provider: String,
    /// Which parser reads it.
    pub format: SourceFormat,
    /// Name in three languages.
    pub name: LocalText,
    /// The country a blank area means.
    pub country: AreaCode,
    /// Licence or terms, as text.
    pub licence: String,
    /// What may be done with the raw bytes.
    pub licence_class: LicenceClass,
    /// What must stand beside the data.
    pub attribution: LocalText,
    /// Page where a person finds it.
    pub landing_url: Url,
    /// Where requests go; `None` when the provider offers no address for programs and files are dropped by hand.
    #[serde(default)]
    pub base_url: Option<Url>,
    /// Path and query below the base URL. `{edition}` stands for the edition where there are editions.
    #[serde(default)]
    pub path: String,
    /// Name of the payload within the dataflow, with `{edition}` as in the path.
    pub part: String,
    /// Editions that exist.
    #[serde(default)]
    pub editions: Vec<i16>,
    /// Pages of one area each: what `{page}` in the path and in the name of the payload stands for.
    #[serde(default)]
    pub pages: BTreeMap<AreaCode, String>,
    /// Hosts that may answer, redirects included.
    #[serde(default)]
    pub allowed_hosts: Vec<String>,
    /// Cron expression, six fields beginning with seconds; empty where figures are submitted.
    pub schedule: String,
    /// Whether a payload is the whole table or its newest part.
    pub update: UpdateMode,
    /// When new periods are to be expected.
    pub calendar: ReleaseCalendar,
    /// Largest answer read, in bytes.
    pub max_bytes: usize,
    /// Most rows read.
    pub max_rows: usize,
    /// The indicators measured.
    #[serde(rename = "indicator")]
    pub indicators: Vec<MeasuredIndicator>,
    /// Series that are there and not used.
    #[serde(default)]
    pub ignored_series: Vec<String>,
    /// Name of a list of areas that are known and left out.
    #[serde(default)]
    pub outside_areas: Option<String>,
    /// Declared checks.
    pub checks: DataflowChecks,
    /// Why nobody is asked, where a key, a permission or a fact is lacking. Files dropped by hand are taken all the same, and
    /// an operator who names an address has what is lacking.
    #[serde(default)]
    pub closed: Option<LocalText>,
    /// Whether the provider answers only who brings a key.
    #[serde(default)]
    pub needs_key: bool,
    /// The key, from the configuration.
    #[serde(skip)]
    pub key: Option<ProviderKey>,
    /// Words in the name of an area that say that it is a district: known to be there, and left out.
    #[serde(default)]
    pub district_marks: Vec<String>,
    /// What is looked at, for a dataflow that measures by itself.
    #[serde(default)]
    pub monitor: Option<Monitor>,
    /// How far back files of tiles are wanted.
    #[serde(default)]
    pub history: Option<TileHistory>,
    /// Which table is meant, where files come as workbooks.
    #[serde(default)]
    pub table: Option<TableLabel>,
    /// Which index of the bureau's data portal is meant.
    #[serde(default)]
    pub portal_index: Option<PortalIndex>,
}

impl DataflowDefinition {
    /// The indicator a series label belongs to.
    #[must_use]
    pub fn indicator_of_series(&self, label: &str) -> Option<&MeasuredIndicator> {
        self.indicators.iter().find(|indicator| indicator.series.iter().any(|series| series == label))
    }

    /// An indicator by our code.
    #[must_use]
    pub fn indicator(&self, code: &IndicatorCode) -> Option<&MeasuredIndicator> {
        self.indicators.iter().find(|indicator| indicator.code == *code)
    }

    /// Whether figures are delivered to it instead of asked for.
    #[must_use]
    pub fn takes_submissions(&self) -> bool {
        self.format == SourceFormat::Submission
    }

    /// Whether the raw bytes may be handed out.
    #[must_use]
    pub fn raw_is_open(&self) -> bool {
        self.licence_class == LicenceClass::Open
    }

    /// The same dataflow asked at another address: a mirror, or the loopback server of a test. The host
    /// of the address joins the allowed hosts.
    #[must_use]
    pub fn at(mut self, base_url: Url) -> Self {
        self.closed = None;
        if let Some(monitor) = &mut self.monitor {
            monitor.at(&base_url);
        }
        if let Some(host) = base_url.host_str().filter(|host| !self.allowed_hosts.iter().any(|known| known == host)) {
            self.allowed_hosts.push(host.to_owned());
        }
        self.base_url = Some(base_url);
        self
    }

    /// The same dataflow asked with a key, which is what was lacking.
    #[must_use]
    pub fn with_key(mut self, key: ProviderKey) -> Self {
        self.closed = None;
        self.key = Some(key);
        self
    }
}

/// All dataflows, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    providers: Vec<Provider>,
    outside_areas: BTreeMap<String, Vec<String>>,
    dataflows: Vec<DataflowDefinition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogueFile {
    provider: Vec<Provider>,
    #[serde(default)]
    outside_areas: BTreeMap<String, Vec<String>>,
    dataflow: Vec<DataflowDefinition>,
}

impl Catalogue {
    /// The catalogue embedded in the binary.
    ///
    /// # Errors
    /// [`CatalogueError`] when it contradicts itself.
    pub fn embedded() -> Result<Self, CatalogueError> {
        Self::read(EMBEDDED)
    }

    /// Reads a catalogue: the text of the file an operator put in place of the embedded one.
    ///
    /// # Errors
    /// [`CatalogueError`] for the first fault.
    pub fn read(text: &str) -> Result<Self, CatalogueError> {
        let file: CatalogueFile = toml::from_str(text)?;
        let mut ids = BTreeSet::new();
        for dataflow in &file.dataflow {
            if !ids.insert(&dataflow.id) {
                return Err(CatalogueError::Twice { id: dataflow.id.clone() });
            }
            dataflow.check(&file.provider, &file.outside_areas)?;
        }
        Ok(Self { providers: file.provider, outside_areas: file.outside_areas, dataflows: file.dataflow })
    }

    /// The dataflows, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &DataflowDefinition> {
        self.dataflows.iter()
    }

    /// One dataflow.
    #[must_use]
    pub fn find(&self, id: &DataflowId) -> Option<&DataflowDefinition> {
        self.dataflows.iter().find(|dataflow| dataflow.id == *id)
    }

    /// The provider of a dataflow.
    #[must_use]
    pub fn provider_of(&self, dataflow: &DataflowDefinition) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.key == dataflow.provider)
    }

    /// Codes that are known, belong to no area of ours and are left out of a dataflow.
    #[must_use]
    pub fn outside_areas(&self, dataflow: &DataflowDefinition) -> &[String] {
        dataflow.outside_areas.as_ref().and_then(|list| self.outside_areas.get(list)).map_or(&[], Vec::as_slice)
    }

    /// The same catalogue with one dataflow asked with a key, if it needs one.
    #[must_use]
    pub fn with_key(mut self, id: &DataflowId, key: &ProviderKey) -> Self {
        for dataflow in self.dataflows.iter_mut().filter(|dataflow| dataflow.id == *id && dataflow.needs_key) {
            *dataflow = dataflow.clone().with_key(key.clone());
        }
        self
    }

    /// The same catalogue with one dataflow asked at another address.
    #[must_use]
    pub fn with_base_url(mut self, id: &DataflowId, base_url: &Url) -> Self {
        for dataflow in &mut self.dataflows {
            if dataflow.id == *id {
                *dataflow = dataflow.clone().at(base_url.clone());
            }
        }
        self
    }
}

#[cfg(test)]
mod tests;
