//! What the service counts about itself, in the text format of `OpenMetrics` at `/metrics`: runs by dataflow and outcome,
//! the age of the figures, requests. For machines; people have the page of sources and the status of the API.

use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::web::Data;
use indicators::wire::{Freshness, RunOutcome};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::run_log::Run;
use crate::view::{View, ViewHandle};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RunLabels {
    dataflow: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FreshnessLabels {
    dataflow: String,
    freshness: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DataflowLabels {
    dataflow: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    part: &'static str,
    status: u16,
}

/// Everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    runs: Family<RunLabels, Counter>,
    run_seconds: Family<DataflowLabels, Histogram>,
    received: Family<DataflowLabels, Counter>,
    freshness: Family<FreshnessLabels, Gauge>,
    last_run: Family<DataflowLabels, Gauge>,
    problems: Gauge,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Histogram,
}

/// From a cached answer to a provider's longest table.
const RUN_BUCKETS: [f64; 8] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 180.0, 600.0];
const REQUEST_BUCKETS: [f64; 9] = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("sandyq");
        let runs = Family::default();
        registry.register("runs", "Runs of dataflows that ended, by outcome", runs.clone());
        let run_seconds = Family::<DataflowLabels, Histogram>::new_with_constructor(|| Histogram::new(RUN_BUCKETS));
        registry.register_with_unit(
            "run_duration",
            "Time from asking to being written down",
            Unit::Seconds,
            run_seconds.clone(),
        );
        let received = Family::default();
        registry.register_with_unit("received", "Payload received from providers", Unit::Bytes, received.clone());
        let freshness = Family::default();
        registry.register(
            "freshness",
            "1 for what the dataflow's release calendar says of the periods covered",
            freshness.clone(),
        );
        let last_run = Family::default();
        registry.register_with_unit(
            "last_run_time",
            "When the last run ended, since 1970",
            Unit::Seconds,
            last_run.clone(),
        );
        let problems = Gauge::default();
        registry.register("problems", "What an operator should look at; see the status of the API", problems.clone());
        let requests = Family::default();
        registry.register("requests", "Requests answered, by part of the service and status", requests.clone());
        let request_seconds = Histogram::new(REQUEST_BUCKETS);
        registry.register_with_unit("request_duration", "Time to the answer", Unit::Seconds, request_seconds.clone());
        Self { registry, runs, run_seconds, received, freshness, last_run, problems, requests, request_seconds }
    }
}

impl Metrics {
    /// A run was written down.
    pub fn ran(&self, run: &Run) {
        let dataflow = || run.dataflow.to_string();
        self.runs.get_or_create(&RunLabels { dataflow: dataflow(), outcome: outcome(run.outcome) }).inc();
        let labels = DataflowLabels { dataflow: dataflow() };
        let took = run.ended_at.duration_since(run.started_at).as_secs_f64();
        self.run_seconds.get_or_create(&labels).observe(took.max(0.0));
        self.received.get_or_create(&labels).inc_by(run.bytes);
    }

    /// Everything as text, with the ages of what is served now.
    #[must_use]
    pub fn text(&self, view: &View) -> String {
        self.freshness.clear();
        for source in &view.sources {
            for state in [Freshness::Fresh, Freshness::Late, Freshness::Stale, Freshness::Empty] {
                let labels = FreshnessLabels { dataflow: source.dataflow.to_string(), freshness: freshness(state) };
                self.freshness.get_or_create(&labels).set(i64::from(source.freshness == state));
            }
            if let Some(run) = &source.last_run {
                let labels = DataflowLabels { dataflow: source.dataflow.to_string() };
                self.last_run.get_or_create(&labels).set(run.ended_at.as_second());
            }
        }
        self.problems.set(i64::try_from(view.problems.len()).unwrap_or(i64::MAX));
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry) {
            tracing::error!(%error, "the metrics could not be written");
        }
        text
    }
}

/// Counts a request. Stands outside everything that may answer in its place.
///
/// # Errors
/// Those of the answer.
pub async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let metrics = request.app_data::<Data<Metrics>>().cloned();
    let part = part(request.path());
    let begun = Instant::now();
    let answered = next.call(request).await;
    if let Some(metrics) = metrics {
        let status = match &answered {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        metrics.requests.get_or_create(&RequestLabels { part, status: status.as_u16() }).inc();
        metrics.request_seconds.observe(begun.elapsed().as_secs_f64());
    }
    answered
}

/// Answers `/metrics`.
pub async fn answer(metrics: Data<Metrics>, view: Data<ViewHandle>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
        .body(metrics.text(&view.current()))
}

fn part(path: &str) -> &'static str {
    match path.trim_start_matches('/').split('/').next().unwrap_or_default() {
        "api" => "api",
        "assets" => "assets",
        "metrics" => "metrics",
        _ => "pages",
    }
}

const fn outcome(outcome: RunOutcome) -> &'static str {
    match outcome {
        RunOutcome::Updated => "updated",
        RunOutcome::Unchanged => "unchanged",
        RunOutcome::Quarantined => "quarantined",
        RunOutcome::Failed => "failed",
        RunOutcome::Unreachable => "unreachable",
    }
}

const fn freshness(freshness: Freshness) -> &'static str {
    match freshness {
        Freshness::Fresh => "fresh",
        Freshness::Late => "late",
        Freshness::Stale => "stale",
        Freshness::Empty => "empty",
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use jiff::civil::date;
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::routes::sample;
    use crate::run_log::Trigger;

    fn ended(dataflow: &str, outcome: RunOutcome, bytes: u64, took: SignedDuration) -> Run {
        let (began, as_of) = (Timestamp::UNIX_EPOCH, date(2026, 11, 22));
        let dataflow = dataflow.parse().unwrap();
        let ended_at = began + took;
        Run { ended_at, outcome, bytes, ..Run::begun("run".to_owned(), dataflow, Trigger::Schedule, began, as_of) }
    }

    #[test]
    fn runs_are_counted_by_dataflow_and_outcome_with_their_time_and_bytes() {
        let metrics = Metrics::default();
        let seconds = SignedDuration::from_secs;
        metrics.ran(&ended("UN_EGDI", RunOutcome::Updated, 700, seconds(2)));
        metrics.ran(&ended("UN_EGDI", RunOutcome::Updated, 50, seconds(40)));
        metrics.ran(&ended("UN_EGDI", RunOutcome::Quarantined, 6, seconds(1)));
        // A clock that was set back meanwhile took no time away.
        metrics.ran(&ended("WB_EDU_SPENDING", RunOutcome::Unreachable, 0, seconds(-30)));
        let text = metrics.text(&sample::view());
        for line in [
            "sandyq_runs_total{dataflow=\"UN_EGDI\",outcome=\"updated\"} 2",
            "sandyq_runs_total{dataflow=\"UN_EGDI\",outcome=\"quarantined\"} 1",
            "sandyq_runs_total{dataflow=\"WB_EDU_SPENDING\",outcome=\"unreachable\"} 1",
            "sandyq_received_bytes_total{dataflow=\"UN_EGDI\"} 756",
            "sandyq_run_duration_seconds_sum{dataflow=\"UN_EGDI\"} 43.0",
            "sandyq_run_duration_seconds_count{dataflow=\"UN_EGDI\"} 3",
            "sandyq_run_duration_seconds_bucket{le=\"5.0\",dataflow=\"UN_EGDI\"} 2",
            "sandyq_run_duration_seconds_sum{dataflow=\"WB_EDU_SPENDING\"} 0.0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} of {text}");
        }
    }

    #[test]
    fn of_each_dataflow_one_freshness_is_true_and_the_last_run_has_its_time() {
        let metrics = Metrics::default();
        let mut view = sample::view();
        let source = view.sources.first_mut().unwrap();
        let dataflow = source.dataflow.clone();
        let last = ended(dataflow.as_str(), RunOutcome::Unchanged, 0, SignedDuration::from_secs(1_700));
        source.last_run = Some(last.entry());
        for (now, name) in [(Freshness::Fresh, "fresh"), (Freshness::Late, "late"), (Freshness::Stale, "stale")] {
            view.sources.first_mut().unwrap().freshness = now;
            let text = metrics.text(&view);
            let of = format!("sandyq_freshness{{dataflow=\"{dataflow}\",freshness=");
            let is_true = |line: &&str| line.starts_with(&of) && line.ends_with(" 1");
            let found: Vec<&str> = text.lines().filter(is_true).collect();
            assert_eq!(found, [format!("{of}\"{name}\"}} 1")]);
            let line = format!("sandyq_last_run_time_seconds{{dataflow=\"{dataflow}\"}} 1700");
            assert!(text.lines().any(|found| found == line), "{line} of {text}");
        }
    }
}
