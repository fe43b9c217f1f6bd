//! The service put together: [`open`] for every command that works with the data folder, [`run`] for
//! `serve`. What the parts do stands in their own modules.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_web::web::Data;
use anyhow::{Context, ensure};
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tokio::runtime::{self, Handle};
use tokio::signal::unix::{SignalKind, signal};
use url::Url;

use crate::alerts::{self, Ages, Alert, Alerts, Memory, Outbox, Watch};
use crate::background::{compute_giving_way, giving_way};
use crate::config::{Config, ScheduleMode};
use crate::definitions::Definitions;
use crate::disk::{Disk, LocalDisk};
use crate::http::{self, Desk};
use crate::jobs::real::{self, Upstream};
use crate::jobs::{ByHand, DataflowPlan, GrowOlder, JobError, Jobs, Publish, PublishOrder, Publishing, Told};
use crate::keys::KeyBook;
use crate::limits;
use crate::metrics::Metrics;
use crate::pages::Dashboard;
use crate::publish::{Origin, PublishError, Publisher};
use crate::release::PublishedMethod;
use crate::schedule::{Appointment, PastOf, Refresh, Schedule, Timetable};
use crate::sources::Catalogue;
use crate::sources::client::{Client, ClientConfig, Timing};
use crate::view::ViewHandle;

/// How long a refresh under way may hold up the end of the service.
const LONGEST_END: Duration = Duration::from_secs(25);

/// A data folder, open, and what is served from it.
pub struct Open {
    /// What is kept, and the jobs that change it.
    pub jobs: Arc<Jobs>,
    view: Arc<OnceLock<ViewHandle>>,
    metrics: Data<Metrics>,
    outbox: Outbox,
}

impl Open {
    /// The view in force, published now if it was not yet.
    ///
    /// # Errors
    /// When nothing can be published.
    pub fn view(&self) -> anyhow::Result<ViewHandle> {
        if self.view.get().is_none() {
            self.jobs.publish()?;
        }
        self.view.get().cloned().context("nothing was published")
    }
}

/// Opens the data folder, mends it where that is needed and reads the recordings that are new to it.
///
/// # Errors
/// When the folder is in use, the disk refuses, or a definition contradicts itself.
pub fn open(config: &Config) -> anyhow::Result<Open> {
    let definitions = Definitions::embedded()?;
    let catalogue = Arc::new(real::configured(Catalogue::embedded()?, config)?);
    let upstream = Upstream {
        catalogue: Arc::clone(&catalogue),
        areas: definitions.areas.clone(),
        client: Client::new(client_config(config)?, Timing::real())?,
        drop_folder: config.drop_folder.clone(),
        scratch: config.data.clone(),
    };
    let plans = real::plans(&catalogue);
    let (publishing, view) = publishing(definitions, catalogue, PublishedMethod::current());
    let metrics = Data::new(Metrics::default());
    let (alerts, outbox) = alerts::channel();
    let told = Memory::of(&local_disk(), &config.data).read();
    let publishing = watched(publishing, &view, alerts.clone(), told);
    let counted = metrics.clone();
    let told: Told = Arc::new(move |run, failures_before| {
        counted.ran(run);
        if let Some(alert) = Alert::about(run, failures_before) {
            alerts.tell(alert);
        }
    });
    let jobs = Jobs::open(&config.data, plans, real::steps(upstream, publishing, told), config.time_zone)?;
    Ok(Open { jobs: Arc::new(jobs), view, metrics, outbox })
}

/// The steps that publish, and where they put the view.
pub(crate) fn publishing(
    definitions: Definitions,
    catalogue: Arc<Catalogue>,
    method: PublishedMethod,
) -> (Publishing, Arc<OnceLock<ViewHandle>>) {
    let publisher = Publisher::new(method);
    let handle: Arc<OnceLock<ViewHandle>> = Arc::default();
    let (served, aging) = (Arc::clone(&handle), Arc::clone(&handle));
    let ages_of = Arc::clone(&catalogue);
    let grow_older: GrowOlder = Arc::new(move |today| {
        let Some(handle) = aging.get() else { return };
        if let Some(view) = handle.current().grown_older(&ages_of, today) {
            handle.swap(view);
        }
    });
    let publish: Publish = Arc::new(move |order| {
        let PublishOrder { store, archive, history, problems, today } = order;
        let origin = Origin { definitions: &definitions, catalogue: &catalogue, store, archive, runs: &history };
        let in_force = served.get().map(ViewHandle::current);
        let view = publisher.publish(origin, in_force.as_deref(), problems, today).map_err(|error| match error {
            // The jobs look for damage in the index.
            PublishError::Store(error) => anyhow::Error::from(error),
            other => other.into(),
        })?;
        match served.get() {
            Some(handle) => handle.swap(view),
            // Only the first publication comes here, and publications do not overlap.
            None => _ = served.set(ViewHandle::new(view)),
        }
        Ok(())
    });
    (Publishing { publish, grow_older }, handle)
}

/// The same steps, with an alert for what is worse afterwards than before, or than what was told last.
pub(crate) fn watched(
    publishing: Publishing,
    view: &Arc<OnceLock<ViewHandle>>,
    alerts: Alerts,
    told: Option<Ages>,
) -> Publishing {
    let Publishing { publish, grow_older } = publishing;
    let (view, watch) = (Arc::clone(view), Arc::new(Mutex::new(Watch::after(told))));
    let (aging, looking, tell) = (Arc::clone(&view), Arc::clone(&watch), alerts.clone());
    let grow_older: GrowOlder = Arc::new(move |today| {
        grow_older(today);
        let Some(view) = aging.get() else { return };
        let mut watch = looking.lock().unwrap_or_else(PoisonError::into_inner);
        watch.growing_older(&view.current()).into_iter().for_each(|alert| tell.tell(alert));
        watch.told().into_iter().for_each(|ages| tell.remember(ages.clone()));
    });
    let publish: Publish = Arc::new(move |order| {
        let published = publish(order);
        let mut watch = watch.lock().unwrap_or_else(PoisonError::into_inner);
        match (&published, view.get()) {
            (Ok(()), Some(view)) => {
                watch.serving(&view.current()).into_iter().for_each(|alert| alerts.tell(alert));
                // Each time, because it may not have been kept the last.
                watch.told().into_iter().for_each(|ages| alerts.remember(ages.clone()));
            }
            (Ok(()), None) => {}
            (Err(error), _) => watch.failing(&format!("{error:#}")).into_iter().for_each(|alert| alerts.tell(alert)),
        }
        published
    });
    Publishing { publish, grow_older }
}

/// Serves until the process is asked to end, refreshing by schedule.
///
/// # Errors
/// When the address is taken, the data folder cannot be used, or nothing can be published.
pub fn run(config: &Config, dashboard: &Dashboard) -> anyhow::Result<()> {
    compute_giving_way();
    // Bound first: whoever asks while the data are being read waits for the answer.
    let listener = TcpListener::bind(config.bind).with_context(|| format!("listening on {}", config.bind))?;
    let address = listener.local_addr()?;
    let open = open(config)?;
    let view = open.view()?;
    let runtime = runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        dashboard.prepare(None, &view.current());
        let (prepared, mount) = (dashboard.clone(), dashboard.clone());
        view.before_each(move |before, next| prepared.prepare(Some(before), next));
        let service =
            http::Service::new(limits::PUBLISHED, Timestamp::now()).with_public_url(config.public_url.clone());
        let keys = Arc::new(KeyBook::of(&config.data));
        let service =
            service.with_snapshots(open.jobs.snapshots().clone()).with_archive(Arc::clone(open.jobs.archive()));
        // On this runtime: the threads that serve drop their tasks when they end.
        let by_hand = ByHand::new(Arc::clone(&open.jobs), config.drop_folder.clone(), Handle::current());
        let service = service.with_desk(Desk { jobs: Arc::clone(&open.jobs), keys, by_hand: by_hand.clone() });
        let server = http::serve(listener, view, service, open.metrics, move |config| mount.configure(config))?;
        let handle = server.handle();
        let mut serving = tokio::spawn(server);
        let schedule = start_schedule(&open.jobs, config).await?;
        let alerting = if let Some(to) = config.alert_url.clone() {
            let memory = Memory::of(&local_disk(), &config.data);
            Some(tokio::spawn(deliver(open.outbox, client_config(config)?, to, memory)))
        } else {
            // Nobody is told; what is put there is dropped.
            drop(open.outbox);
            None
        };
        tracing::info!("serving http://{address}");
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        tokio::select! {
            ended = &mut serving => return Ok(ended??),
            _ = terminate.recv() => tracing::info!("asked to end"),
            _ = interrupt.recv() => tracing::info!("interrupted"),
        }
        if let Some(alerting) = alerting {
            alerting.abort();
        }
        let ((), scheduled_ended, by_hand_ended) =
            tokio::join!(handle.stop(true), schedule.shutdown(LONGEST_END), by_hand.shutdown(LONGEST_END));
        if !(scheduled_ended && by_hand_ended) {
            tracing::warn!("a refresh was cut off; nothing half done is visible, and the next start completes it");
        }
        open.jobs.store().flush()?;
        tracing::info!("ended");
        Ok(())
    })
}

/// How providers are asked: as usual, with the authorities an operator trusts beside those of the machine.
fn client_config(config: &Config) -> anyhow::Result<ClientConfig> {
    let mut extra_authorities = Vec::new();
    if let Some(path) = &config.authorities {
        let said = || format!("the authorities in {}", path.display());
        for certificate in CertificateDer::pem_file_iter(path).with_context(said)? {
            extra_authorities.push(certificate.with_context(said)?.to_vec());
        }
        ensure!(!extra_authorities.is_empty(), "{}: no certificate found", said());
    }
    let standard = ClientConfig::standard();
    Ok(ClientConfig {
        extra_authorities,
        connect_timeout: standard.connect_timeout.min(config.provider_timeout),
        read_timeout: config.provider_timeout,
        ..standard
    })
}

fn local_disk() -> Arc<dyn Disk> {
    Arc::new(LocalDisk)
}

/// Sends alerts for as long as the service runs.
async fn deliver(outbox: Outbox, config: ClientConfig, to: Url, memory: Memory) {
    match Client::new(config, Timing::real()) {
        Ok(client) => outbox.deliver(&client, &to, &memory).await,
        Err(error) => tracing::error!(%error, "alerts cannot be sent"),
    }
}

/// Without appointments the schedule still sees to it that what is published says its age.
async fn start_schedule(jobs: &Arc<Jobs>, config: &Config) -> anyhow::Result<Schedule> {
    let appointments: Vec<Appointment> = match config.schedule {
        ScheduleMode::On => {
            let asked = jobs.plans().iter().filter(|plan| plan.is_asked && !plan.takes_submissions());
            asked.map(DataflowPlan::appointment).collect()
        }
        ScheduleMode::Off => Vec::new(),
    };
    let since = Timestamp::now();
    let timetable = Timetable::new(&appointments, config.time_zone, since, config.schedule_jitter, rand::random())?;
    let (asked, current) = (Arc::clone(jobs), Arc::clone(jobs));
    let past: PastOf = Arc::new(move |dataflow| asked.past(dataflow));
    let jobs = Arc::clone(jobs);
    let refresh: Refresh = Arc::new(move |dataflow, trigger| {
        let jobs = Arc::clone(&jobs);
        Box::pin(async move {
            match jobs.refresh(dataflow, trigger).await {
                Ok(_) => {}
                Err(JobError::AlreadyRunning { dataflow }) => {
                    tracing::info!("{dataflow} is being refreshed already; this time is passed over");
                }
                Err(error @ JobError::NobodyToAsk { .. }) => tracing::debug!("{error}; this time is passed over"),
                Err(error) => tracing::error!("a refresh could not be written down: {error}"),
            }
        })
    });
    Ok(Schedule::start(timetable, past, refresh, Arc::new(move || giving_way(|| current.keep_current()))).await?)
}
