//! The steps of the running service: the HTTP client, the parsers, the recordings in the binary
//! and the machine's clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use indicators::area::AreaList;
use indicators::code::{AreaCode, DataflowId};
use indicators::observation::{Observation, SeriesKey, TimePeriod};
use indicators::wire::{RunFinding, RunOutcome};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::{NoContext, Uuid};

use super::reason;
use super::steps::{
    Answer, Checks, DataflowPlan, FetchOrder, Publishing, ReadOrder, Reading, Received, Recording, Refusal, Steps, Told,
};
use crate::checks;
use crate::config::{Config, base_url_key};
use crate::publish;
use crate::run_log::Validators;
use crate::snapshots::SnapshotKind;
use crate::sources::bundled::{self, BundledError};
use crate::sources::client::{Client, FetchError, FetchFault, FetchOutcome, Fetched};
use crate::sources::harmonise::{self, mark_breaks};
use crate::sources::platforms::{self, MeasureError};
use crate::sources::{
    self, Catalogue, DataflowDefinition, Finding, Payload, SourceError, SourceFormat, SourceQuery, SourceRequest,
    folder,
};
use crate::store::{StoredObservation, UpdateMode};

mod pages;
mod portal;
mod question;
mod tile_files;

use question::Question;

/// What the steps work with.
#[derive(Debug)]
pub struct Upstream {
    /// The dataflows, at the addresses in force.
    pub catalogue: Arc<Catalogue>,
    /// The code list of areas.
    pub areas: AreaList,
    /// Speaks to providers.
    pub client: Client,
    /// Files dropped by hand.
    pub drop_folder: PathBuf,
    /// Where files too large for memory lie while they are read.
    pub scratch: PathBuf,
}

/// A base URL or a key was configured for nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting} is configured for {found}, which is no provider or dataflow that takes one; known are {}", known.join(", "))]
pub struct UnknownName {
    /// What was configured.
    pub setting: &'static str,
    /// The name given.
    pub found: String,
    /// The names there are.
    pub known: Vec<String>,
}

/// The catalogue with the base URLs and keys of the configuration.
///
/// # Errors
/// [`UnknownName`] for a name that is neither a provider's nor a dataflow's, or a key nobody asked for.
pub fn configured(mut catalogue: Catalogue, config: &Config) -> Result<Catalogue, UnknownName> {
    let dataflows: Vec<(DataflowId, String)> =
        catalogue.iter().map(|dataflow| (dataflow.id.clone(), dataflow.provider.clone())).collect();
    let known: BTreeSet<String> =
        dataflows.iter().flat_map(|(id, provider)| [base_url_key(id.as_str()), base_url_key(provider)]).collect();
    if let Some(found) = config.base_url_names().find(|name| !known.contains(*name)) {
        let setting = "a base URL";
        return Err(UnknownName { setting, found: found.to_owned(), known: known.into_iter().collect() });
    }
    let with_key = catalogue.iter().filter(|dataflow| dataflow.needs_key);
    let known: BTreeSet<String> =
        with_key.flat_map(|dataflow| [base_url_key(dataflow.id.as_str()), base_url_key(&dataflow.provider)]).collect();
    if let Some(found) = config.provider_key_names().find(|name| !known.contains(*name)) {
        let setting = "a key";
        return Err(UnknownName { setting, found: found.to_owned(), known: known.into_iter().collect() });
    }
    for (id, provider) in dataflows {
        if let Some(base_url) = config.base_url(&provider, &id) {
            catalogue = catalogue.with_base_url(&id, base_url);
        }
        if let Some(key) = config.provider_key(&provider, &id) {
            catalogue = catalogue.with_key(&id, key);
        }
    }
    Ok(catalogue)
}

/// What the jobs must know of each dataflow.
#[must_use]
pub fn plans(catalogue: &Catalogue) -> Vec<DataflowPlan> {
    let plan = |dataflow: &DataflowDefinition| DataflowPlan {
        id: dataflow.id.clone(),
        cron: dataflow.schedule.clone(),
        update: dataflow.update,
        licence: dataflow.licence.clone(),
        raw_open: dataflow.raw_is_open(),
        is_asked: dataflow.closed.is_none(),
        is_cumulative: dataflow.monitor.is_some(),
    };
    catalogue.iter().map(plan).collect()
}

/// The steps of the running service.
#[must_use]
pub fn steps(upstream: Upstream, publishing: Publishing, told: Told) -> Steps {
    let upstream = Arc::new(upstream);
    let (looking, reading) = (Arc::clone(&upstream), Arc::clone(&upstream));
    Steps {
        can_ask: Arc::new(move |dataflow| looking.can_ask(dataflow)),
        fetch: Arc::new(move |order| {
            let upstream = Arc::clone(&upstream);
            Box::pin(async move { upstream.fetch(&order).await })
        }),
        read: Arc::new(move |order| reading.read(order)),
        publishing,
        named_by: Arc::new(|pointer| Ok(publish::named_by(pointer)?)),
        bundled: Arc::new(|| Ok(recordings()?)),
        now: Arc::new(Timestamp::now),
        run_id: Arc::new(run_id),
        told,
    }
}

/// Version 7: the time, then chance.
fn run_id(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanoseconds)).to_string()
}

impl Upstream {
    /// A dataflow without an address lives by the files dropped for it. One that is closed, and a folder that cannot be
    /// read, say so when they are asked.
    fn can_ask(&self, dataflow: &DataflowId) -> bool {
        self.catalogue.find(dataflow).is_none_or(|definition| {
            definition.base_url.is_some()
                || definition.monitor.is_some()
                || definition.closed.is_some()
                || folder::find(&self.drop_folder, definition).map_or(true, |files| !files.is_empty())
        })
    }

    /// Dropped files stand in for the provider for as long as they lie in the folder.
    async fn fetch(&self, order: &FetchOrder) -> Result<Vec<Answer>, Refusal> {
        let Some(definition) = self.catalogue.find(&order.dataflow) else {
            return Err(failed(reason("unknown_dataflow", format!("{} is not in the catalogue", order.dataflow))));
        };
        if definition.format == SourceFormat::OoklaTiles {
            return self.fetch_tiles(definition, order).await;
        }
        let dropped = folder::read(&self.drop_folder, definition)
            .map_err(|error| failed(reason("drop_folder", error.to_string())))?;
        if !dropped.is_empty() {
            return Ok(dropped.into_iter().map(dropped_file).collect());
        }
        if let Some(why) = &definition.closed {
            return Err(failed(reason("closed", format!("{} is not asked: {}", definition.id, why.en))));
        }
        if definition.monitor.is_some() {
            return self.measure(definition, order).await;
        }
        if definition.format == SourceFormat::GigaSchools {
            return self.fetch_pages(definition, order).await;
        }
        if definition.format == SourceFormat::TaldauIndex {
            return self.fetch_index(definition).await;
        }
        let requests = sources::requests(definition, &SourceQuery { today: order.today })
            .map_err(|error| failed(refused(&error)))?;
        let mut answers = Vec::new();
        for request in requests {
            answers.extend(self.ask(definition, &request, order.known.get(&request.part)).await?);
        }
        Ok(answers)
    }

    /// A round of the availability monitor, added to the journal held.
    async fn measure(&self, definition: &DataflowDefinition, order: &FetchOrder) -> Result<Vec<Answer>, Refusal> {
        let held = order.held.get(&definition.part).map(Vec::as_slice);
        match platforms::measure(&self.client, definition, order.today, held).await {
            Ok(bytes) => Ok(vec![Answer::Payload(Box::new(Received {
                part: definition.part.clone(),
                bytes,
                kind: SnapshotKind::Fetched,
                origin: definition.landing_url.to_string(),
                final_url: None,
                content_type: Some("application/json".to_owned()),
                validators: Validators::default(),
            }))]),
            Err(MeasureError::NobodyReached { fault, platforms }) => Err(Refusal {
                outcome: outcome_of(&fault),
                bytes: 0,
                not_before: None,
                reasons: vec![reason(
                    code_of(&fault),
                    MeasureError::NobodyReached { fault: fault.clone(), platforms }.to_string(),
                )],
            }),
            Err(error) => Err(failed(reason("not_measured", error.to_string()))),
        }
    }

    async fn ask(
        &self,
        definition: &DataflowDefinition,
        request: &SourceRequest,
        known: Option<&Validators>,
    ) -> Result<Option<Answer>, Refusal> {
        let question = Question::new(definition, request, known);
        match self.client.fetch(question.to_fetch(definition.max_bytes)).await {
            Ok(FetchOutcome::NotModified { .. }) => Ok(Some(question.not_modified())),
            Ok(FetchOutcome::Fetched(Fetched { bytes, final_url, validators, content_type, .. })) => {
                let received = question.received(&final_url, validators);
                Ok(Some(Answer::Payload(Box::new(Received { bytes, content_type, ..received }))))
            }
            Err(error) => question.unanswered(&error),
        }
    }

    fn read(&self, order: &ReadOrder<'_>) -> Reading {
        let mut reading = Reading::default();
        let Some(definition) = self.catalogue.find(order.dataflow) else {
            reading.reasons.push(reason("unknown_dataflow", format!("{} is not in the catalogue", order.dataflow)));
            return reading;
        };
        if definition.takes_submissions() {
            return self.read_submitted(definition, order);
        }
        let mut parsed = Vec::new();
        for payload in order.payloads {
            let given =
                Payload { part: &payload.part, content_type: payload.content_type.as_deref(), bytes: &payload.bytes };
            match sources::parse(definition, &given) {
                Ok(rows) => parsed.push(rows),
                Err(error) => reading.reasons.push(refused(&error)),
            }
        }
        if !reading.reasons.is_empty() {
            return reading;
        }
        let outside = self.catalogue.outside_areas(definition);
        let harmonised = harmonise::harmonise(definition, &self.areas, outside, parsed);
        let before: Vec<Observation> = order.before.iter().map(|stored| stored.observation.clone()).collect();
        let report = checks::check(definition, harmonised, &before, order.as_of);
        reading.observations = report.observations;
        reading.findings = report.findings.iter().map(finding).collect();
        let reasons: Vec<RunFinding> = report.reasons.iter().map(finding).collect();
        match order.checks {
            Checks::Apply => reading.reasons = reasons,
            Checks::Waive => reading.findings.extend(reasons),
        }
        if definition.update == UpdateMode::Merge {
            self.mark_breaks_across(order.before, &mut reading.observations);
        }
        reading
    }

    /// A newer payload may begin after a change of territory that an older one ends before.
    fn mark_breaks_across(&self, before: &[StoredObservation], fresh: &mut [Observation]) {
        let here: BTreeSet<(SeriesKey, AreaCode, TimePeriod)> =
            fresh.iter().map(|one| (one.series.clone(), one.area.clone(), one.period)).collect();
        let mut carried: Vec<Observation> = before
            .iter()
            .map(|stored| stored.observation.clone())
            .filter(|one| !here.contains(&(one.series.clone(), one.area.clone(), one.period)))
            .collect();
        mark_breaks(&self.areas, carried.iter_mut().chain(fresh));
    }
}

/// An edition that is not out yet. Stores of files answer 403 where they do not let anybody list them.
const fn is_not_out(fault: &FetchFault) -> bool {
    matches!(fault, FetchFault::Status { status: 403 | 404, .. })
}

fn not_fetched(request: &SourceRequest, error: &FetchError) -> Refusal {
    let reason = reason(code_of(&error.fault), error.to_string());
    Refusal {
        outcome: outcome_of(&error.fault),
        bytes: 0,
        not_before: error.not_before,
        reasons: vec![RunFinding { found: Some(request.url.to_string()), ..reason }],
    }
}

fn dropped_file(file: folder::DroppedFile) -> Answer {
    Answer::Payload(Box::new(Received {
        part: file.part,
        bytes: file.bytes,
        kind: SnapshotKind::Dropped,
        origin: file.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        final_url: None,
        content_type: None,
        validators: Validators::default(),
    }))
}

fn recordings() -> Result<Vec<Recording>, BundledError> {
    let mut groups: BTreeMap<(Date, DataflowId), Vec<Received>> = BTreeMap::new();
    for recording in bundled::recordings()? {
        let entry = recording.entry;
        groups.entry((entry.vintage, entry.dataflow)).or_default().push(Received {
            part: entry.part,
            bytes: recording.bytes.to_vec(),
            kind: SnapshotKind::Bundled,
            origin: entry.origin,
            final_url: Some(entry.final_url).filter(|url| !url.is_empty()),
            content_type: None,
            validators: Validators::default(),
        });
    }
    let recording = |((recorded, dataflow), payloads)| Recording { dataflow, recorded, payloads };
    Ok(groups.into_iter().map(recording).collect())
}

fn failed(reason: RunFinding) -> Refusal {
    Refusal { outcome: RunOutcome::Failed, bytes: 0, not_before: None, reasons: vec![reason] }
}

/// An answer that came and is no use is quarantined; everything else means that there was no answer.
const fn outcome_of(fault: &FetchFault) -> RunOutcome {
    match fault {
        FetchFault::TooLarge { .. } | FetchFault::Compression { .. } => RunOutcome::Quarantined,
        FetchFault::Setup { .. } | FetchFault::NoRoom { .. } => RunOutcome::Failed,
        _ => RunOutcome::Unreachable,
    }
}

const fn code_of(fault: &FetchFault) -> &'static str {
    match fault {
        FetchFault::Setup { .. } => "client_setup",
        FetchFault::NoRoom { .. } => "not_stored",
        FetchFault::HostNotAllowed { .. } => "host_not_allowed",
        FetchFault::SchemeNotAllowed { .. } => "scheme_not_allowed",
        FetchFault::TooManyRedirects { .. } => "too_many_redirects",
        FetchFault::RedirectTarget { .. } => "redirect_target",
        FetchFault::Unreachable { .. } => "no_connection",
        FetchFault::Certificate { .. } => "certificate",
        FetchFault::TimedOut { .. } => "timed_out",
        FetchFault::CutOff { .. } => "cut_off",
        FetchFault::Status { .. } => "http_status",
        FetchFault::NotModifiedUnasked { .. } => "not_modified_unasked",
        FetchFault::TooLarge { .. } => "too_large",
        FetchFault::Compression { .. } => "compression",
    }
}

fn refused(error: &SourceError) -> RunFinding {
    RunFinding { message: error.to_string(), ..finding(&error.to_finding()) }
}

fn finding(finding: &Finding) -> RunFinding {
    let code = serde_json::to_value(finding.kind).ok().and_then(|code| code.as_str().map(str::to_owned));
    RunFinding {
        code: code.unwrap_or_default(),
        row: finding.place.row.map(u64::from),
        column: finding.place.column.clone(),
        expected: Some(finding.expected.clone()).filter(|text| !text.is_empty()),
        found: Some(finding.found.clone()).filter(|text| !text.is_empty()),
        message: finding.to_string(),
    }
}

#[cfg(test)]
mod embedded;
mod submitted;
#[cfg(test)]
mod tests;
