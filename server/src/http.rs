//! The application around the routes: [`Service`] (what every worker shares), [`guard`] (request
//! ids, bounds, quota, headers, time-outs, panics) and [`serve`]. What an address answers is in
//! [`crate::routes`].

use std::fmt;
use std::io;
use std::net::TcpListener;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpMessage, HttpRequest, HttpServer};
use futures_util::FutureExt;
use jiff::Timestamp;
use tokio::time::timeout as timeout_after;
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::error::ApiError;
use crate::jobs::{ByHand, Jobs};
use crate::keys::KeyBook;
use crate::limits::{Limits, Quota, RateLimiter};
use crate::metrics::{self, Metrics};
use crate::places::Places;
use crate::release_archive::ReleaseArchive;
use crate::routes;
use crate::routes::answer::{Answers, prepare, recall, timeout};
use crate::snapshots::Snapshots;
use crate::view::ViewHandle;
pub(crate) use dress::usual_headers;
use dress::{dress, name_request};
use refused_keys::RefusedKeys;

pub mod caller;
mod dress;
mod refused_keys;

/// What every worker of the service shares.
pub struct Service {
    answers: Answers,
    limits: Limits,
    limiter: RateLimiter,
    refused_keys: Arc<RefusedKeys>,
    places: Places,
    started_at: Timestamp,
    snapshots: Option<Snapshots>,
    archive: Option<Arc<ReleaseArchive>>,
    public_url: String,
    desk: Option<Desk>,
}

/// What is done with a key: the keys of those who may, the jobs that keep what is delivered, and refreshes by hand.
#[derive(Clone)]
pub struct Desk {
    /// What is kept.
    pub jobs: Arc<Jobs>,
    /// Who may do what.
    pub keys: Arc<KeyBook>,
    /// Begins refreshes.
    pub by_hand: ByHand,
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Service").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl Service {
    /// A service that has answered nothing yet.
    #[must_use]
    pub fn new(limits: Limits, started_at: Timestamp) -> Self {
        Self {
            answers: Answers::default(),
            limiter: RateLimiter::new(&limits),
            refused_keys: Arc::default(),
            places: Places::default(),
            limits,
            started_at,
            snapshots: None,
            archive: None,
            public_url: String::new(),
            desk: None,
        }
    }

    /// The same with deliveries. Without them no key is good.
    #[must_use]
    pub fn with_desk(self, desk: Desk) -> Self {
        Self { desk: Some(desk), ..self }
    }

    /// What takes deliveries in.
    #[must_use]
    pub fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// The same with the raw payloads, which are handed out where their terms allow it.
    #[must_use]
    pub fn with_snapshots(self, snapshots: Snapshots) -> Self {
        Self { snapshots: Some(snapshots), ..self }
    }

    /// The raw payloads.
    #[must_use]
    pub fn snapshots(&self) -> Option<&Snapshots> {
        self.snapshots.as_ref()
    }

    /// The same with the releases that were published before.
    #[must_use]
    pub fn with_archive(self, archive: Arc<ReleaseArchive>) -> Self {
        Self { archive: Some(archive), ..self }
    }

    /// The releases that were published before.
    #[must_use]
    pub fn archive(&self) -> Option<&ReleaseArchive> {
        self.archive.as_deref()
    }

    /// The same as one that is reached by a public address: scheme and host without a slash behind them.
    #[must_use]
    pub fn with_public_url(self, public_url: Option<String>) -> Self {
        Self { public_url: public_url.unwrap_or_default(), ..self }
    }

    /// What stands before an address of this service to make it absolute; nothing when that is not known.
    #[must_use]
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// Answers in memory.
    #[must_use]
    pub fn answers(&self) -> &Answers {
        &self.answers
    }

    /// Places for work that takes long.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The bounds in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// When this process began to serve.
    #[must_use]
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }
}

/// Identifier of a request: ours, ordered by time. A client's own is not trusted with the log.
#[derive(Debug, Clone)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// The identifier the guard gave.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Arc<str> {
        request.extensions().get::<Self>().map_or_else(|| Arc::from(""), |id| Arc::clone(&id.0))
    }
}

/// Everything a worker needs: the shared data and the API. Pages are mounted after it, by their
/// own function, so that they can take every path the API leaves.
pub fn configure_all(
    view: ViewHandle,
    service: web::Data<Service>,
    pages: impl Fn(&mut ServiceConfig) + Clone,
) -> impl Fn(&mut ServiceConfig) + Clone {
    let view = web::Data::new(view);
    move |config: &mut ServiceConfig| {
        config.app_data(view.clone()).app_data(service.clone());
        routes::configure(config);
        pages(config);
    }
}

/// Serves on a listener that is already bound, until the server is stopped.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(
    listener: TcpListener,
    view: ViewHandle,
    service: Service,
    metrics: web::Data<Metrics>,
    pages: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let service = web::Data::new(service);
    let ready = service.clone();
    view.before_each(move |before, next| prepare(before, next, &ready));
    let configure = configure_all(view, service, pages);
    let application = move || {
        App::new()
            .app_data(metrics.clone())
            .wrap(from_fn(guard))
            .wrap(from_fn(metrics::count))
            .route("/metrics", web::get().to(metrics::answer))
            .configure(configure.clone())
    };
    let server = HttpServer::new(application)
        // A client that dawdles over its headers holds a connection, nothing else.
        .client_request_timeout(Duration::from_secs(10))
        .client_disconnect_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(20)
        .disable_signals()
        .listen(listener)?
        .run();
    Ok(server)
}

/// Stands before every request: gives it an identifier, refuses what is out of bounds, ends what
/// takes too long, answers for a panic, and sets the headers that every answer carries.
///
/// # Errors
/// A panic, a time-out or a fault of the framework, as an error that carries its whole answer.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut written = Uuid::encode_buffer();
    let id: &str = Uuid::now_v7().hyphenated().encode_lower(&mut written);
    let is_api = is_api(request.path());
    let service = request.app_data::<web::Data<Service>>().cloned();

    let (key, mut refusal) = match &service {
        Some(service) if is_api => match caller::key_shown(request.headers(), service.desk()) {
            Ok(key) => (key, None),
            Err((error, why)) => {
                if let Some(why) = why {
                    caller::tell_refused(&request, service, &why, id);
                }
                (None, Some(error))
            }
        },
        _ => (None, None),
    };
    let quota = match &service {
        Some(service) if is_api => caller::count(&request, key.as_deref(), &service.limiter, service.limits()),
        _ => None,
    };
    if let Some(service) = service.as_deref() {
        // A quota that is used up comes before a bad key: keys are not to be tried out.
        let out_of_bounds = refused(&request, service, quota.as_ref());
        if let (Some(ApiError::TooManyRequests { .. }), Some(key)) = (&out_of_bounds, &key) {
            caller::tell_over_quota(&request, service, key, id);
        }
        refusal = out_of_bounds.or(refusal);
    }
    if let Some(error) = refusal {
        let mut response = error.response(request.path(), id);
        dress(response.headers_mut(), id, is_api, quota.as_ref());
        return Ok(request.into_response(response));
    }
    let of_table = is_api && routes::is_of_table(request.path(), request.method());
    if of_table && let Some(mut response) = service.as_deref().and_then(|service| recall(request.request(), service)) {
        name_request(response.headers_mut(), id, quota.as_ref());
        return Ok(request.into_response(response));
    }

    let (id, path, method) = (Arc::from(id), request.path().to_owned(), request.method().clone());
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    if let Some(key) = key {
        caller::remember(&request, key);
    }
    let span = if of_table { Span::none() } else { span_of(&id, &method, &path) };
    let bound = service.as_deref().map_or(Duration::from_mins(1), |service| timeout(service));
    let work = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span);
    let failure = match timeout_after(bound, work).await {
        Ok(Ok(Ok(response))) => {
            let mut response = match response.response().error() {
                Some(error) if is_api || response.status().is_server_error() => {
                    let error = framework_error(error, &path, &id);
                    response.into_response(error.response(&path, &id))
                }
                _ => response.map_into_boxed_body(),
            };
            dress(response.headers_mut(), &id, is_api, quota.as_ref());
            return Ok(response);
        }
        Ok(Ok(Err(error))) => framework_error(&error, &path, &id),
        Ok(Err(_panic)) => {
            tracing::error!(request_id = %id, path, "a handler panicked");
            ApiError::Internal
        }
        Err(_elapsed) => {
            tracing::error!(request_id = %id, path, "no answer in time");
            ApiError::TimedOut { seconds: u32::try_from(bound.as_secs()).unwrap_or(u32::MAX) }
        }
    };
    // The request went with the work, so the answer travels as an error that is already written.
    let mut response = failure.response(&path, &id);
    dress(response.headers_mut(), &id, is_api, quota.as_ref());
    Err(InternalError::from_response(failure, response).into())
}

/// What the log says of a request beside each of its lines. Writing it down costs more than an answer from memory, so
/// the table of routes asks for it only when an answer has to be made.
#[must_use]
pub fn span_of(id: &str, method: &Method, path: &str) -> Span {
    tracing::info_span!("request", request_id = id, %method, path)
}

/// A quota with the window it counts in.
type Counted = (Quota, Limits);

fn is_api(path: &str) -> bool {
    let below = |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    below("/api") || below("/sdmx")
}

/// Why a request is refused before anything looks at it.
fn refused(request: &ServiceRequest, service: &Service, quota: Option<&Counted>) -> Option<ApiError> {
    let limits = service.limits();
    if let Some((Quota { quota, retry_after_seconds: Some(retry_after_seconds), .. }, _)) = quota.copied() {
        return Some(ApiError::TooManyRequests { quota, window_seconds: limits.window_seconds, retry_after_seconds });
    }
    let exceeds = |found: usize, most: u32| u64::try_from(found).unwrap_or(u64::MAX) > u64::from(most);
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    if exceeds(uri, limits.max_uri_bytes) {
        return Some(ApiError::UriTooLong { found: uri, most: limits.max_uri_bytes });
    }
    let headers = header_bytes(request.headers());
    if exceeds(headers, limits.max_header_bytes) {
        return Some(ApiError::HeadersTooLarge { found: headers, most: limits.max_header_bytes });
    }
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let most = routes::longest_body(request.path(), limits);
    if announced.is_some_and(|length: u64| length > u64::from(most)) {
        return Some(ApiError::BodyTooLarge { most });
    }
    None
}

fn header_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// A refusal by the framework itself, in our words.
fn framework_error(error: &actix_web::Error, path: &str, id: &str) -> ApiError {
    let status = error.as_response_error().status_code();
    match error.as_error::<ApiError>() {
        Some(ours) => ours.clone(),
        None if status.is_client_error() => ApiError::UnknownPath { path: path.to_owned(), did_you_mean: Vec::new() },
        None => {
            tracing::error!(request_id = %id, path, %error, "a request failed");
            ApiError::Internal
        }
    }
}

#[cfg(test)]
mod tests;
