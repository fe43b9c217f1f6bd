//! From the store to what is served: the [`Publisher`] computes releases from the newest vintages, keeps them and swaps the
//! published pointer last, or reads back what was published.
//!
//! Deciding that there is something new to publish is [`crate::jobs`]'s matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use indicators::assembly::{BookedValue, ObservationBook};
use indicators::code::DataflowId;
use indicators::definition::{Panel, SeriesRef};
use indicators::wire::ReleaseRef;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;
use crate::definitions::Definitions;
use crate::release::{self, FoundIntervals, PublishedMethod, Release, ReleaseError};
use crate::release_archive::{ArchiveError, ReleaseArchive};
use crate::run_log::RunHistory;
use crate::sources::Catalogue;
use crate::store::{Store, StoreError, StoredObservation, Vintage};
use crate::view::{Superseded, View, ViewInputs};

/// Nothing new could be published. What was published before still stands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PublishError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A release could not be made or read back.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// A release could not be kept for good, or read from where it is.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The pointer could not be written as JSON or read back.
    #[error("the published pointer: {0}")]
    Pointer(#[from] serde_json::Error),
    /// The pointer names a release that is not there.
    #[error("the published release {id} is not in the store")]
    ReleaseMissing {
        /// Its address.
        id: ContentHash,
    },
}

/// What the service publishes from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Areas and framework.
    pub definitions: &'a Definitions,
    /// The dataflows.
    pub catalogue: &'a Catalogue,
    /// Vintages and releases.
    pub store: &'a Store,
    /// Every release that was ever published.
    pub archive: &'a ReleaseArchive,
    /// What was done.
    pub runs: &'a RunHistory,
}

/// The published pointer: all releases at once, so that no reader sees half of a refresh.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Pointer {
    /// Framework code and version.
    framework: String,
    /// Content address of framework, areas and method: a new program with another method publishes anew.
    method: ContentHash,
    /// The vintages everything was computed from.
    vintages: Vec<String>,
    releases: Vec<PublishedRelease>,
    /// Releases published before that are still to be kept for good: the disk refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    owed: Vec<PublishedRelease>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PublishedRelease {
    #[serde(default)]
    id: String,
    panel: Panel,
    reference_year: i16,
    address: ContentHash,
}

/// The releases that a published pointer names: those in force, and those that are nowhere else yet.
///
/// # Errors
/// [`PublishError::Pointer`] when it is none.
pub(crate) fn named_by(pointer: &[u8]) -> Result<BTreeSet<ContentHash>, PublishError> {
    let pointer: Pointer = serde_json::from_slice(pointer)?;
    Ok(pointer.releases.iter().chain(&pointer.owed).map(|release| release.address).collect())
}

/// Newest vintages with their observations.
struct Newest {
    vintages: Vec<Vintage>,
    observations: Vec<(Vintage, Vec<StoredObservation>)>,
    superseded: Vec<Superseded>,
}

/// Publishes by one method. It knows what it published last, so that publishing the same again reads and computes nothing.
#[derive(Debug)]
pub struct Publisher {
    method: PublishedMethod,
    found: FoundIntervals,
    last: Mutex<Option<Last>>,
}

/// What was published last.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Last {
    /// Everything it was published from.
    editions: Vec<ContentHash>,
    /// The published pointer.
    pointer: Option<Vec<u8>>,
    /// The view of it.
    view: String,
}

impl Publisher {
    /// A publisher that has published nothing yet.
    #[must_use]
    pub fn new(method: PublishedMethod) -> Self {
        Self { method, found: FoundIntervals::default(), last: Mutex::default() }
    }

    /// What was published if it still stands, else a new publication. `in_force` is the view that was given last.
    ///
    /// # Errors
    /// [`PublishError`] when neither is possible.
    pub fn publish(
        &self,
        origin: Origin<'_>,
        in_force: Option<&View>,
        problems: Vec<String>,
        today: Date,
    ) -> Result<View, PublishError> {
        let editions = origin.catalogue.iter().map(|dataflow| origin.store.edition(&dataflow.id));
        let editions = editions.collect::<Result<Vec<_>, _>>()?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(last), Some(view)) = (last.as_mut(), in_force)
            && last.view == view.id
            && last.editions == editions
            && view.releases.values().all(|release| origin.archive.holds(&release.reference().id))
            && last.pointer == origin.store.published()?
        {
            let view = view.renewed(origin.catalogue, origin.runs, problems, today);
            last.view.clone_from(&view.id);
            return Ok(view);
        }
        let view = self.load_or_rebuild(origin, problems, today)?;
        *last = Some(Last { editions, pointer: origin.store.published()?, view: view.id.clone() });
        Ok(view)
    }

    fn load_or_rebuild(&self, origin: Origin<'_>, problems: Vec<String>, today: Date) -> Result<View, PublishError> {
        match self.load(origin, &problems, today) {
            Ok(Some(view)) => Ok(view),
            Ok(None) => self.rebuild(origin, problems, today),
            Err(error) => {
                tracing::warn!(%error, "what was published does not read back; publishing anew");
                self.rebuild(origin, problems, today)
            }
        }
    }

    /// Computes and publishes from the newest vintages, and gives the view of it.
    ///
    /// Same vintages and same method give the same releases, byte for byte; then nothing is written. What is put in
    /// force is kept for good first; when the disk refuses that, it stays owed.
    ///
    /// # Errors
    /// [`PublishError`]; what was published before still stands.
    fn rebuild(&self, origin: Origin<'_>, mut problems: Vec<String>, today: Date) -> Result<View, PublishError> {
        let newest = Newest::read(origin)?;
        let (book, definitions) = (newest.book(), origin.definitions);
        let releases = release::compute_all(definitions, &self.method, &book, &self.found)?;
        let before = origin.store.published()?.and_then(|pointer| serde_json::from_slice(&pointer).ok());
        let owed = before.as_ref().map(|before| owed(origin.archive, before)).unwrap_or_default();
        problems.extend(keep(origin, &owed, &releases, today));
        let mut published = Vec::new();
        for release in &releases {
            let bytes = release.to_bytes()?;
            let address = ContentHash::of(&bytes);
            origin.store.put_release(address, &bytes)?;
            let ReleaseRef { id, panel, reference_year, .. } = release.reference().clone();
            published.push(PublishedRelease { id, panel, reference_year, address });
        }
        let pointer = Pointer {
            framework: framework_name(definitions),
            method: self.method_address(definitions)?,
            vintages: newest.names(),
            releases: published,
            owed: owed.into_iter().filter(|release| !origin.archive.holds(&release.id)).collect(),
        };
        origin.store.publish(&serde_json::to_vec(&pointer)?)?;
        tracing::info!(releases = releases.len(), "releases published");
        Ok(view(origin, newest, releases, problems, today))
    }

    /// Reads what was published; `None` when nothing was, or when vintages or method have changed since.
    fn load(&self, origin: Origin<'_>, problems: &[String], today: Date) -> Result<Option<View>, PublishError> {
        let Some(bytes) = origin.store.published()? else { return Ok(None) };
        let pointer: Pointer = serde_json::from_slice(&bytes)?;
        let newest = Newest::read(origin)?;
        if pointer.vintages != newest.names() || pointer.method != self.method_address(origin.definitions)? {
            return Ok(None);
        }
        let releases = pointer.releases.iter().map(|release| read(origin, release)).collect::<Result<Vec<_>, _>>()?;
        let mut problems = problems.to_vec();
        problems.extend(keep(origin, &pointer.owed, &releases, today));
        Ok(Some(view(origin, newest, releases, problems, today)))
    }

    /// Everything but observations that decides what a release says.
    fn method_address(&self, definitions: &Definitions) -> Result<ContentHash, PublishError> {
        let areas: Vec<_> = definitions.areas.iter().collect();
        let program = env!("CARGO_PKG_VERSION");
        Ok(ContentHash::of(&serde_json::to_vec(&(program, &definitions.framework, areas, &self.method))?))
    }
}

/// A release that is in force.
fn read(origin: Origin<'_>, release: &PublishedRelease) -> Result<Release, PublishError> {
    let id = release.address;
    let bytes = origin.store.release(id)?.ok_or(PublishError::ReleaseMissing { id })?;
    Ok(Release::from_bytes(&bytes)?)
}

/// The releases of a pointer that are not kept for good yet.
fn owed(archive: &ReleaseArchive, pointer: &Pointer) -> Vec<PublishedRelease> {
    let named = pointer.owed.iter().chain(&pointer.releases);
    named.filter(|release| !archive.holds(&release.id)).cloned().collect()
}

/// Keeps releases for good: those owed, and those that are put in force. Says what an operator should know when that fails;
/// serving them counts for more, and it is tried again at every publication.
fn keep(origin: Origin<'_>, owed: &[PublishedRelease], releases: &[Release], today: Date) -> Option<String> {
    let unkept = owed.iter().filter(|release| !origin.archive.holds(&release.id));
    let before: Result<Vec<Release>, PublishError> = unkept.map(|release| read(origin, release)).collect();
    let of_before = before.and_then(|before| Ok(origin.archive.keep(&before, today)?));
    let of_now = origin.archive.keep(releases, today).map_err(PublishError::from);
    let error = of_before.and(of_now).err()?;
    tracing::error!(%error, "releases are served that are not kept for good");
    Some(format!("Releases are served that could not be kept for good: {error}."))
}

impl Newest {
    fn read(origin: Origin<'_>) -> Result<Self, PublishError> {
        let mut vintages = Vec::new();
        let mut observations = Vec::new();
        let mut superseded = Vec::new();
        for dataflow in origin.catalogue.iter() {
            superseded.extend(superseded_in(origin.store, &dataflow.id)?);
            if let Some(vintage) = origin.store.newest(&dataflow.id, None)? {
                let held = origin.store.observations_of(&vintage)?;
                vintages.push(vintage.clone());
                observations.push((vintage, held));
            }
        }
        Ok(Self { vintages, observations, superseded })
    }

    fn names(&self) -> Vec<String> {
        self.vintages.iter().map(|vintage| vintage.id.to_string()).collect()
    }

    fn book(&self) -> ObservationBook {
        let mut book = ObservationBook::default();
        for (vintage, held) in &self.observations {
            for StoredObservation { observation, vintage: since } in held {
                let series = SeriesRef { dataflow: vintage.id.dataflow.clone(), series: observation.series.clone() };
                let value =
                    BookedValue { value: observation.value, status: observation.status, vintage: since.to_string() };
                book.enter(series, observation.area.clone(), observation.period, value);
            }
        }
        book
    }
}

fn view(origin: Origin<'_>, newest: Newest, releases: Vec<Release>, problems: Vec<String>, today: Date) -> View {
    let releases = releases
        .into_iter()
        .map(|release| ((release.reference().panel, release.reference().reference_year), Arc::new(release)))
        .collect();
    View::build(ViewInputs {
        definitions: origin.definitions,
        catalogue: origin.catalogue,
        runs: origin.runs,
        newest: newest.observations,
        superseded: newest.superseded,
        releases,
        problems,
        today,
    })
}

/// The observations of a dataflow that stood in a vintage and not in the next. Series that did not
/// change between the two are not read.
fn superseded_in(store: &Store, dataflow: &DataflowId) -> Result<Vec<Superseded>, StoreError> {
    let vintages = store.vintages(dataflow)?;
    let mut found = Vec::new();
    for (before, after) in vintages.iter().zip(vintages.iter().skip(1)) {
        for series in before.series().filter(|series| !before.shares(after, series)) {
            let stands: BTreeMap<_, _> = store
                .series_of(after, series)?
                .into_iter()
                .map(|stored| ((stored.observation.area, stored.observation.period), stored.vintage))
                .collect();
            for stored in store.series_of(before, series)? {
                let place = (stored.observation.area.clone(), stored.observation.period);
                if stands.get(&place) != Some(&stored.vintage) {
                    found.push(Superseded { vintage: before.clone(), stored, until: after.id.date });
                }
            }
        }
    }
    Ok(found)
}

fn framework_name(definitions: &Definitions) -> String {
    format!("{}-{}", definitions.framework.id, definitions.framework.version)
}

#[cfg(test)]
mod tests;
