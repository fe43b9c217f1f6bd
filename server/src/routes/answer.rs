//! From a question to bytes on the wire: method, representation, memory of answers already given,
//! `ETag`, 304, HEAD. What the answer says is each resource's own function.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use indicators::text::Language;
use indicators::wire::{Citation, ReleaseRef};
use jiff::civil::Date;

use crate::error::{ApiError, ErrorCode};
use crate::formats::table::Flow;
use crate::formats::{Column, Format, Head, Row, Table, names};
use crate::http::caller::tell_scope_missing;
use crate::http::{RequestId, Service};
use crate::openapi::SchemaOf;
use crate::routes::negotiation::{self, Coding};
use crate::routes::query::{Parameter, Query};
use crate::routes::suggestion::{Candidate, near};
use crate::routes::{BASE, compute, routes, sdmx, sources, submissions};
use crate::store::VintageId;
use crate::view::{Release, View, ViewHandle};

mod coding;
mod content;
mod effort;
mod making;
mod memory;
mod sending;
mod streamed;

pub use content::Content;
pub(super) use content::{undone, unwritten};
pub use effort::Effort;
use making::{Made, Order, Wanted, find_or_make};
pub use memory::{Answers, prepare, recall};

/// The methods every resource of the API answers.
pub const ALLOW: &str = "GET, HEAD, OPTIONS";

/// How long others may keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// It is only ever replaced by a refresh.
    Minutes,
    /// Its address names its content.
    Immutable,
    /// It says how things stand now.
    AskAlways,
}

impl Caching {
    const fn header(self) -> &'static str {
        match self {
            Self::Minutes => "public, max-age=60, stale-while-revalidate=600",
            Self::Immutable => "public, max-age=86400, immutable",
            Self::AskAlways => "public, no-cache",
        }
    }
}

/// One address of the API: everything that is mounted, checked and documented about it.
#[derive(Debug)]
pub struct Route {
    /// The path below [`BASE`].
    pub path: &'static str,
    /// Name of the operation, stable for generated clients.
    pub operation: &'static str,
    /// What it gives, in a few words.
    pub summary: &'static str,
    /// What a caller should know.
    pub description: &'static str,
    /// The variable segments of the path.
    pub segments: &'static [Parameter],
    /// The query parameters.
    pub parameters: &'static [Parameter],
    /// The representations, the one given by default first.
    pub formats: &'static [&'static Format],
    /// How long others may keep it.
    pub caching: Caching,
    /// What it costs when it is not in memory.
    pub effort: Effort,
    /// Refusals of its own, beside those every address shares.
    pub refusals: &'static [ErrorCode],
    /// Shape of the JSON answer.
    pub schema: SchemaOf,
    /// The answer. It is made beside the threads that serve and may take its time.
    pub answer: fn(&Question<'_>) -> Result<Content, ApiError>,
}

/// What was asked, checked as far as the table goes.
#[derive(Debug)]
pub struct Question<'a> {
    /// Everything published.
    pub view: &'a Arc<View>,
    /// The service around it.
    pub service: &'a Service,
    /// The address it was asked at.
    pub route: &'static Route,
    /// The query parameters.
    pub query: Query,
    /// The variable segments of the path with their names, decoded.
    pub segments: Vec<(&'static str, String)>,
    /// The representation.
    pub format: &'static Format,
    /// Path and query, without the suffix of a format.
    pub address: String,
}

impl Question<'_> {
    /// A variable segment of the path; empty when this address has none of the name.
    #[must_use]
    pub fn segment(&self, name: &str) -> &str {
        self.segments.iter().find(|(known, _)| *known == name).map_or("", |(_, found)| found)
    }

    /// An address of this service as it is written into what is kept elsewhere: absolute where the service knows its own.
    #[must_use]
    pub fn public(&self, address: &str) -> String {
        format!("{}{address}", self.service.public_url())
    }

    /// The description of a table that answers it. Codes, citations and dataflow are the resource's to add.
    #[must_use]
    pub fn head(&self, columns: &[Column], language: Language) -> Head {
        Head {
            name: format!("sandyq-{}", self.route.operation),
            title: names::of_table(self.route.operation, language).unwrap_or(self.route.summary).to_owned(),
            description: self.route.description.to_owned(),
            address: self.public(&self.address),
            language,
            columns: columns.to_vec(),
            codes: Vec::new(),
            flow: Flow::None,
            release: None,
            citations: Vec::new(),
            is_cut: false,
        }
    }

    /// The view, with the observations as they were known on a day where one is asked for.
    ///
    /// # Errors
    /// When the day is none.
    pub fn view_as_of(&self, parameter: &'static str) -> Result<Arc<View>, ApiError> {
        let day = self.query.date(parameter)?;
        Ok(day.map_or_else(|| Arc::clone(self.view), |day| Arc::new(self.view.as_of(day))))
    }

    /// A table of rows that are held already, without codes and citations.
    ///
    /// # Errors
    /// When the language is none of the service's.
    pub fn table(&self, columns: &[Column], rows: Vec<Row>) -> Result<Content, ApiError> {
        self.cited_table(columns, rows, Vec::new())
    }

    /// The same with whom to name.
    ///
    /// # Errors
    /// When the language is none of the service's.
    pub fn cited_table(
        &self,
        columns: &[Column],
        rows: Vec<Row>,
        citations: Vec<Citation>,
    ) -> Result<Content, ApiError> {
        let head = Head { citations, ..self.head(columns, self.query.language()?) };
        Ok(Content::table(Table::held(head, rows)))
    }
}

/// Whom to name for the values of some dataflows.
#[must_use]
pub fn citations(view: &View, is_used: impl Fn(&str) -> bool) -> Vec<Citation> {
    view.sources
        .iter()
        .filter(|source| is_used(source.dataflow.as_str()))
        .map(|source| Citation {
            dataflow: source.dataflow.clone(),
            attribution: source.attribution.clone(),
            licence: source.licence.clone(),
            landing_url: source.landing_url.clone(),
            as_of: source.as_of,
        })
        .collect()
}

/// Whom to name for releases: for each dataflow of which a value went into one, as of the newest day of these.
#[must_use]
pub fn citations_behind<'a>(view: &View, releases: impl IntoIterator<Item = &'a Release>) -> Vec<Citation> {
    let profiles = releases.into_iter().flat_map(|release| release.profiles.values());
    let cells = profiles.flat_map(|profile| &profile.criteria).flat_map(|criterion| &criterion.indicators);
    let vintages: BTreeSet<&str> = cells.flat_map(|cell| &cell.inputs).map(|input| input.vintage.as_str()).collect();
    let mut days: BTreeMap<String, Date> = BTreeMap::new();
    for vintage in vintages.into_iter().filter_map(|vintage| vintage.parse::<VintageId>().ok()) {
        let day = days.entry(vintage.dataflow.to_string()).or_insert(vintage.date);
        *day = vintage.date.max(*day);
    }
    let used = citations(view, |dataflow| days.contains_key(dataflow));
    used.into_iter().map(|one| Citation { as_of: days.get(one.dataflow.as_str()).copied(), ..one }).collect()
}

/// The address of the terms of the dataflows cited, as a `Link`.
fn terms_of(cited: &[Citation]) -> Option<String> {
    let dataflows: Vec<&str> = cited.iter().map(|one| one.dataflow.as_str()).collect();
    let address = format!("{BASE}{}?dataflow={}", sources::PATH, dataflows.join(","));
    (!dataflows.is_empty()).then(|| format!("<{address}>; rel=\"license\""))
}

/// Mounts a route, at its own path or at the one with a format's suffix.
#[must_use]
pub fn resource(route: &'static Route, suffix: Option<&'static Format>) -> Resource {
    mounted_at(route, route.path, suffix)
}

/// Mounts a route at another path. Clients of the SDMX protocol end a path with a slash or not.
#[must_use]
pub fn mounted_at(route: &'static Route, path: &str, suffix: Option<&'static Format>) -> Resource {
    let paths = match suffix.and_then(|format| format.suffix) {
        Some(suffix) => vec![format!("{path}.{suffix}")],
        None if route.path.starts_with(sdmx::PREFIX) => vec![path.to_owned(), format!("{path}/")],
        None => vec![path.to_owned()],
    };
    web::resource(paths).to(move |request: HttpRequest| respond(request, route, suffix))
}

async fn respond(request: HttpRequest, route: &'static Route, suffix: Option<&'static Format>) -> HttpResponse {
    match attempt(&request, route, suffix).await {
        Ok(response) => response,
        Err(error) => refuse(&request, &error),
    }
}

/// The answer to a path that is not there.
pub async fn unknown_path(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let known: Vec<String> = routes()
        .map(|route| route.path)
        .chain([compute::PATH, submissions::PATH])
        .map(|path| format!("{BASE}{path}"))
        .collect();
    let did_you_mean = near(path, known.iter().map(|known| Candidate { code: known, names: [""; 3] }));
    refuse(&request, &ApiError::UnknownPath { path: path.to_owned(), did_you_mean })
}

/// The answer to a refused request.
pub fn refuse(request: &HttpRequest, error: &ApiError) -> HttpResponse {
    let id = RequestId::of(request);
    if matches!(error, ApiError::ScopeMissing { .. }) {
        tell_scope_missing(request);
    }
    let mut response = if is_sdmx(request.path()) {
        error.sdmx_response(accepts_json(request), &id)
    } else {
        error.response(request.path(), &id)
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-encoding"));
    response
}

/// Whether an address belongs to the SDMX protocol, which has refusals of its own.
fn is_sdmx(path: &str) -> bool {
    let below = path.strip_prefix(BASE).unwrap_or(path);
    below.strip_prefix(sdmx::PREFIX).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn accepts_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("json"))
}

/// The answer to `OPTIONS`, and to the question browsers ask before a request of another origin.
#[must_use]
pub fn options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((header::ALLOW, ALLOW))
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, ALLOW))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "accept, if-none-match, x-request-id"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}

async fn attempt(
    request: &HttpRequest,
    route: &'static Route,
    suffix: Option<&'static Format>,
) -> Result<HttpResponse, ApiError> {
    match *request.method() {
        Method::GET | Method::HEAD => {}
        Method::OPTIONS => return Ok(options()),
        _ => return Err(ApiError::MethodNotAllowed { method: request.method().to_string(), allow: ALLOW }),
    }
    let view = request.app_data::<web::Data<ViewHandle>>().ok_or(ApiError::Internal)?.current();
    let service = request.app_data::<web::Data<Service>>().ok_or(ApiError::Internal)?;
    let format = match suffix {
        Some(format) => format,
        None => negotiation::format(request.headers(), route.formats)?,
    };
    let coding = Coding::negotiate(request.headers());
    let wanted = Wanted::read(request, route, format, suffix.is_some())?;
    match find_or_make(
        request,
        Order { wanted: Arc::new(wanted), view: Arc::clone(&view), service: service.clone() },
        coding,
    )
    .await?
    {
        Made::Held(stored) => {
            service.answers().keep_words(request, &view, &stored);
            Ok(stored.answer(request))
        }
        Made::Long(long) => long.answer(request),
    }
}

/// The releases of a view in words, for a refusal.
#[must_use]
pub fn list_releases<'a>(releases: impl Iterator<Item = &'a ReleaseRef>) -> String {
    let all: Vec<String> =
        releases.map(|one| format!("{} {} ({})", one.panel.code(), one.reference_year, one.id)).collect();
    if all.is_empty() { "none".to_owned() } else { all.join(", ") }
}

/// The bound on the time an answer may take.
#[must_use]
pub fn timeout(service: &Service) -> Duration {
    Duration::from_secs(service.limits().request_timeout_seconds.into())
}
