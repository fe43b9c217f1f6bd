//! A small published view of made-up observations, and a way to ask the API about it. For tests
//! only: rules are tested with it, never figures.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use jiff::civil::date;
use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes};
use actix_web::{App, test};
use indicators::assembly::{BookedValue, ObservationBook};
use indicators::definition::{Panel, SeriesRef};
use indicators::observation::{Breakdown, ObsStatus, SeriesKey, TimePeriod};
use indicators::wire::{ObservationEntry, RunEntry, RunFinding, RunOutcome};
use jiff::Timestamp;

use crate::definitions::Definitions;
use crate::http::{Service, configure_all, guard};
use crate::limits::{Limits, PUBLISHED};
use crate::release::compute_one;
use crate::release_archive::ReleaseArchive;
use crate::routes::answer::prepare;
use crate::run_log::RunHistory;
use crate::snapshots::Snapshots;
use crate::sources::Catalogue;
use crate::view::{View, ViewHandle, ViewInputs};

const INTERNET: (&str, &str) = ("BNS_SDG_17_8_1", "internet_users");
const EGDI: (&str, &str) = ("UN_EGDI", "egdi");

/// The observations of the sample: four areas over four years, one of them missing, and two countries.
fn observations() -> Vec<ObservationEntry> {
    let entry =
        |(dataflow, indicator): (&str, &str), area: &str, period: TimePeriod, value: Option<f64>| ObservationEntry {
            dataflow: dataflow.parse().unwrap(),
            indicator: indicator.parse().unwrap(),
            urbanisation: "_T".to_owned(),
            sex: "_T".to_owned(),
            age: "_T".to_owned(),
            area: area.parse().unwrap(),
            period,
            value,
            status: if value.is_some() { ObsStatus::Normal } else { ObsStatus::Missing },
            vintage: format!("{dataflow}@2024-10-24.1"),
            snapshot: None,
            submitted_by: None,
        };
    let mut all = Vec::new();
    for (area, value) in [("KAZ", 79.0), ("KZ-11", 100.0), ("KZ-15", 65.0), ("KZ-61", 97.3)] {
        for (year, less) in [(2020, 9.0), (2021, 6.0), (2022, 3.0), (2023, 0.0)] {
            let missing = area == "KZ-61" && year == 2020;
            all.push(entry(INTERNET, area, TimePeriod::Year(year), (!missing).then_some(value - less)));
        }
    }
    all.push(entry(INTERNET, "KZ-61", TimePeriod::Quarter(2023, 1), Some(96.5)));
    for sex in ["F", "M"] {
        let total = entry(INTERNET, "KZ-11", TimePeriod::Year(2023), Some(99.0));
        all.push(ObservationEntry { sex: sex.to_owned(), ..total });
    }
    for (area, value) in [("DNK", 0.9), ("KAZ", 0.8)] {
        all.push(entry(EGDI, area, TimePeriod::Year(2022), Some(value)));
    }
    let order = |entry: &ObservationEntry| {
        let breakdown = (entry.urbanisation.clone(), entry.sex.clone(), entry.age.clone());
        (entry.indicator.clone(), breakdown, entry.area.clone(), entry.period)
    };
    all.sort_by_key(order);
    all
}

fn book(observations: &[ObservationEntry]) -> ObservationBook {
    let mut book = ObservationBook::default();
    for entry in observations.iter().filter(|entry| entry.sex == "_T") {
        let series = SeriesKey { indicator: entry.indicator.clone(), breakdown: Breakdown::total() };
        let value = BookedValue { value: entry.value, status: entry.status, vintage: entry.vintage.clone() };
        let series = SeriesRef { dataflow: entry.dataflow.clone(), series };
        book.enter(series, entry.area.clone(), entry.period, value);
    }
    book
}

fn run(id: &str, dataflow: &str, outcome: RunOutcome, reasons: Vec<RunFinding>) -> RunEntry {
    RunEntry {
        id: id.to_owned(),
        dataflow: dataflow.parse().unwrap(),
        trigger: "manual".to_owned(),
        started_at: "2026-01-02T03:04:05Z".parse().unwrap(),
        ended_at: "2026-01-02T03:04:06Z".parse().unwrap(),
        outcome,
        bytes: 1200,
        observations: 16,
        changed: 0,
        snapshot: None,
        snapshots: Vec::new(),
        vintage: None,
        reasons,
        findings: Vec::new(),
    }
}

/// The sample view.
pub(crate) fn view() -> View {
    let definitions = Definitions::embedded().unwrap();
    let observations = observations();
    let book = book(&observations);
    let mut releases = BTreeMap::new();
    for panel in Panel::ALL {
        for year in [2022, 2023] {
            let release = compute_one(&definitions, &book, panel, year).unwrap();
            releases.insert((panel, year), Arc::new(release));
        }
    }
    let mut view = View::build(ViewInputs {
        definitions: &definitions,
        catalogue: &Catalogue::embedded().unwrap(),
        runs: &RunHistory::default(),
        newest: Vec::new(),
        superseded: Vec::new(),
        releases,
        problems: Vec::new(),
        today: date(1970, 1, 1),
    });
    view.observations = observations;
    for source in &mut view.sources {
        source.vintage = Some(format!("{}@2024-10-24.1", source.dataflow));
    }
    view.runs = Arc::new(vec![
        run(
            "run-2",
            INTERNET.0,
            RunOutcome::Quarantined,
            vec![RunFinding {
                code: "value_out_of_range".to_owned(),
                row: Some(7),
                column: Some("2023".to_owned()),
                expected: Some("0 to 100".to_owned()),
                found: Some("=cmd|' /C calc'!A0".to_owned()),
                message: "Row 7, column 2023: expected 0 to 100.".to_owned(),
            }],
        ),
        run("run-1", INTERNET.0, RunOutcome::Unchanged, Vec::new()),
    ]);
    view
}

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// The service over the sample view.
pub(crate) struct Sample {
    pub(crate) view: ViewHandle,
    service: web::Data<Service>,
}

impl Sample {
    pub(crate) fn new() -> Self {
        Self::with_limits(PUBLISHED)
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        let service = web::Data::new(Service::new(limits, Timestamp::UNIX_EPOCH));
        let (view, ready) = (ViewHandle::new(view()), service.clone());
        view.before_each(move |before, next| prepare(before, next, &ready));
        Self { view, service }
    }

    /// The service as a process that began then.
    pub(crate) fn started(at: Timestamp) -> Self {
        Self { service: web::Data::new(Service::new(PUBLISHED, at)), ..Self::new() }
    }

    /// The service as it is reached by a public address.
    pub(crate) fn at(public_url: &str) -> Self {
        let service = Service::new(PUBLISHED, Timestamp::UNIX_EPOCH).with_public_url(Some(public_url.to_owned()));
        Self { service: web::Data::new(service), ..Self::new() }
    }

    /// The service over the sample view, in which a value was said otherwise before.
    pub(crate) fn with_a_revision() -> Self {
        let sample = Self::new();
        let mut view = view();
        let is_revised =
            |entry: &&mut ObservationEntry| (entry.area.as_str(), entry.period) == ("KZ-61", TimePeriod::Year(2023));
        let entry = view.observations.iter_mut().find(is_revised).unwrap();
        for (value, from, until) in [(90.0, "2024-01-01", date(2024, 5, 1)), (95.0, "2024-05-01", date(2024, 10, 24))] {
            let vintage = format!("{}@{from}.1", INTERNET.0);
            view.past.push((ObservationEntry { value: Some(value), vintage, ..entry.clone() }, until));
        }
        view.id = "revised".to_owned();
        sample.view.swap(view);
        sample
    }

    /// Answers in memory.
    pub(crate) fn n_answers(&self) -> usize {
        self.service.answers().len()
    }

    pub(crate) fn with_snapshots(self, snapshots: Snapshots) -> Self {
        let service = Service::new(PUBLISHED, Timestamp::UNIX_EPOCH).with_snapshots(snapshots);
        Self { service: web::Data::new(service), ..self }
    }

    pub(crate) fn with_archive(self, archive: Arc<ReleaseArchive>) -> Self {
        let service = Service::new(PUBLISHED, Timestamp::UNIX_EPOCH).with_archive(archive);
        Self { service: web::Data::new(service), ..self }
    }

    pub(crate) async fn ask(&self, request: test::TestRequest) -> Answer {
        let configure = configure_all(self.view.clone(), self.service.clone(), |_no_pages| {});
        let app = test::init_service(App::new().wrap(from_fn(guard)).configure(configure)).await;
        let response = test::call_service(&app, request.to_request()).await;
        Answer { status: response.status(), headers: response.headers().clone(), body: test::read_body(response).await }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(test::TestRequest::with_uri(path)).await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        let mut request = test::TestRequest::with_uri(path);
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        self.ask(request).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str) -> Answer {
        self.ask(test::TestRequest::with_uri(path).method(method)).await
    }
}
