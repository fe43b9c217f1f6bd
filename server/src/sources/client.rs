//! The one HTTP client: [`Client`]. Nothing else in the service names reqwest, and here only the transport does.
//!
//! One GET at a time: time-outs, a size limit while the body streams in, bounded decompression, conditional
//! requests, an allow-list of hosts that holds for every redirect, retries on faults that may pass, a least interval per
//! host, no proxy taken from the environment. What the bytes mean is the parsers' matter.

use std::fmt;
use std::io::Read;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use jiff::Timestamp;
use url::Url;

use super::delimited::html_title;
use super::error::excerpt;
use super::pace::Pace;
pub use super::pace::Timing;
use super::provider_key::ProviderKey;
pub use super::retry::RetryPolicy;
use super::retry::read_retry_after;

mod download;
mod fault;
mod look;
mod transport;

pub use download::{Download, Downloaded, Scratch};
pub use fault::{FetchError, FetchFault};
pub use look::{Look, LookRequest};
#[cfg(test)]
pub(crate) use transport::{Ask, Reply, SendFault, Transport};
#[cfg(not(test))]
use transport::{Ask, Reply, SendFault, Transport};

/// How the client behaves.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Value of the `User-Agent` header.
    pub user_agent: String,
    /// Longest time to a connection.
    pub connect_timeout: Duration,
    /// Longest silence while an answer comes in.
    pub read_timeout: Duration,
    /// Longest time for one attempt, redirects included.
    pub total_timeout: Duration,
    /// When to ask again.
    pub retry: RetryPolicy,
    /// Most redirects followed.
    pub max_redirects: u32,
    /// Least interval between requests to one host.
    pub host_interval: Duration,
    /// Certificates of authorities trusted beside those of the machine, as DER.
    pub extra_authorities: Vec<Vec<u8>>,
}

impl ClientConfig {
    /// What the service uses when nothing else is configured.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            user_agent: concat!("sandyq/", env!("CARGO_PKG_VERSION"), " (education statistics; one request at a time)")
                .to_owned(),
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_mins(5),
            retry: RetryPolicy {
                max_attempts: 4,
                first_delay: Duration::from_secs(2),
                longest_delay: Duration::from_mins(2),
            },
            max_redirects: 5,
            host_interval: Duration::from_secs(1),
            extra_authorities: Vec::new(),
        }
    }
}

/// What is remembered of the last answer, for a conditional request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    /// Its `ETag`.
    pub etag: Option<String>,
    /// Its `Last-Modified`.
    pub last_modified: Option<String>,
}

impl Validators {
    const fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// One GET.
#[derive(Debug, Clone, Copy)]
pub struct FetchRequest<'a> {
    /// The address.
    pub url: &'a Url,
    /// Value of the `Accept` header.
    pub accept: &'a str,
    /// Hosts that may answer, redirects included.
    pub allowed_hosts: &'a [String],
    /// Largest body taken, before and after decompression.
    pub max_bytes: usize,
    /// What is known of the last answer.
    pub validators: &'a Validators,
    /// The key that is shown to the host of the address, and to no other it sends us to.
    pub key: Option<&'a ProviderKey>,
}

/// An answer that came whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The body, decompressed.
    pub bytes: Vec<u8>,
    /// Where it came from after redirects.
    pub final_url: Url,
    /// Its validators, for the next conditional request.
    pub validators: Validators,
    /// Its declared media type.
    pub content_type: Option<String>,
    /// When it was whole.
    pub fetched_at: Timestamp,
    /// Attempts it took.
    pub attempts: u32,
}

/// How a request ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FetchOutcome {
    /// The provider has nothing newer than the validators.
    NotModified {
        /// When it said so.
        checked_at: Timestamp,
        /// Attempts it took.
        attempts: u32,
    },
    /// A new answer.
    Fetched(Fetched),
}

/// The client. Share it by reference or in an `Arc`: the intervals between requests are kept in it.
pub struct Client {
    transport: Transport,
    config: ClientConfig,
    timing: Timing,
    pace: Pace,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Client {
    /// A client.
    ///
    /// # Errors
    /// [`FetchFault::Setup`] when TLS cannot be set up, for one because the machine has no certificates.
    pub fn new(config: ClientConfig, timing: Timing) -> Result<Self, FetchError> {
        Ok(Self::over(transport::over_http(&config)?, config, timing))
    }

    /// A client over another transport than HTTP.
    pub(crate) fn over(transport: Transport, config: ClientConfig, timing: Timing) -> Self {
        let pace = Pace::new(config.host_interval);
        Self { transport, config, timing, pace }
    }

    /// Sends a GET and takes its answer, asking again where that may help.
    ///
    /// # Errors
    /// [`FetchError`] with the last fault.
    pub async fn fetch(&self, request: FetchRequest<'_>) -> Result<FetchOutcome, FetchError> {
        self.again_and_again(request.url, |attempts| self.attempt(request, attempts)).await
    }

    /// Tries until it succeeds, until another try is of no use, or as often as the policy allows.
    async fn again_and_again<T, F>(&self, url: &Url, attempt: impl Fn(u32) -> F) -> Result<T, FetchError>
    where
        F: Future<Output = Result<T, FetchFault>>,
    {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let fault = match attempt(attempts).await {
                Ok(outcome) => return Ok(outcome),
                Err(fault) => fault,
            };
            let delay = fault
                .is_temporary()
                .then(|| self.config.retry.delay(attempts, fault.retry_after(), self.timing.random()))
                .flatten();
            let Some(delay) = delay else {
                let not_before = fault.not_before(self.timing.now());
                return Err(FetchError { fault, attempts, not_before });
            };
            tracing::debug!(%url, attempts, delay_ms = delay.as_millis(), "will ask again: {fault}");
            self.timing.wait(delay).await;
        }
    }

    /// Posts JSON to an address an operator named, once. Nothing is read of the answer but its status.
    ///
    /// # Errors
    /// [`FetchFault`] when it does not arrive or is not taken.
    pub async fn post_json(&self, url: &Url, body: Vec<u8>) -> Result<(), FetchFault> {
        let headers = vec![("content-type", "application/json".to_owned())];
        let reply = self.over_the_wire(Ask { url: url.clone(), body: Some(body), headers, timeout: None }).await?;
        if (200..300).contains(&reply.status) { Ok(()) } else { Err(self.status_fault(url.clone(), reply).await) }
    }

    /// The clock, the wait and the dice.
    #[must_use]
    pub fn timing(&self) -> &Timing {
        &self.timing
    }

    async fn attempt(&self, request: FetchRequest<'_>, attempts: u32) -> Result<FetchOutcome, FetchFault> {
        match self.arrive(request, None).await? {
            None => Ok(FetchOutcome::NotModified { checked_at: self.timing.now(), attempts }),
            Some((url, reply)) => self.take(url, reply, request.max_bytes, attempts).await.map(FetchOutcome::Fetched),
        }
    }

    /// The beginning of an answer after redirects; `None` when the provider has nothing newer.
    async fn arrive(
        &self,
        request: FetchRequest<'_>,
        timeout: Option<Duration>,
    ) -> Result<Option<(Url, Reply)>, FetchFault> {
        let mut url = request.url.clone();
        for _ in 0..=self.config.max_redirects {
            let host = allowed_host(&url, request.allowed_hosts)?;
            self.timing.wait(self.pace.reserve(&host, self.timing.now())).await;
            let reply = self.send(&url, request, timeout).await?;
            if reply.status == 304 {
                if request.validators.is_empty() {
                    return Err(FetchFault::NotModifiedUnasked { url });
                }
                return Ok(None);
            }
            match reply.status {
                300..=399 => url = redirect_target(&url, &reply.headers)?,
                200..=299 => return Ok(Some((url, reply))),
                _ => return Err(self.status_fault(url, reply).await),
            }
        }
        Err(FetchFault::TooManyRedirects { limit: self.config.max_redirects, url })
    }

    async fn send(&self, url: &Url, request: FetchRequest<'_>, timeout: Option<Duration>) -> Result<Reply, FetchFault> {
        let mut headers = vec![("accept", request.accept.to_owned()), ("accept-encoding", "gzip, identity".to_owned())];
        let Validators { etag, last_modified } = request.validators.clone();
        headers.extend(etag.map(|value| ("if-none-match", value)));
        headers.extend(last_modified.map(|value| ("if-modified-since", value)));
        let is_asked_host = url.origin() == request.url.origin();
        headers.extend(request.key.filter(|_| is_asked_host).map(|key| ("authorization", key.header())));
        self.over_the_wire(Ask { url: url.clone(), body: None, headers, timeout }).await
    }

    async fn over_the_wire(&self, ask: Ask) -> Result<Reply, FetchFault> {
        let url = ask.url.clone();
        (self.transport)(ask).await.map_err(|fault| match fault {
            SendFault::TimedOut => FetchFault::TimedOut { url },
            SendFault::Certificate { is_out_of_date, reason } => {
                FetchFault::Certificate { url, is_out_of_date, reason }
            }
            SendFault::Failed { reason } => FetchFault::Unreachable { url, reason },
        })
    }

    async fn status_fault(&self, url: Url, reply: Reply) -> FetchFault {
        const PAGE_BYTES: usize = 16 * 1024;
        let Reply { status, headers, mut body, .. } = reply;
        let retry_after = header(&headers, "retry-after").and_then(|value| read_retry_after(&value, self.timing.now()));
        let mut page = Vec::new();
        while let Some(Ok(chunk)) = body.next().await {
            page.extend_from_slice(&chunk);
            if page.len() > PAGE_BYTES {
                break;
            }
        }
        let page = html_title(&page).or_else(|| {
            let text = String::from_utf8_lossy(&page);
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            (!text.is_empty()).then(|| excerpt(&text))
        });
        FetchFault::Status { url, status, page, retry_after }
    }

    /// Takes the body while it comes in, never more than the limit.
    async fn take(&self, url: Url, reply: Reply, limit: usize, attempts: u32) -> Result<Fetched, FetchFault> {
        let Reply { headers, mut body, .. } = reply;
        let declared = header(&headers, "content-length").and_then(|length| length.trim().parse::<u64>().ok());
        if declared.is_some_and(|length| usize::try_from(length).is_ok_and(|length| length > limit)) {
            return Err(FetchFault::TooLarge { url, limit });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|fault| broken_off(&url, bytes.len(), fault))?;
            if bytes.len() + chunk.len() > limit {
                return Err(FetchFault::TooLarge { url, limit });
            }
            bytes.extend_from_slice(&chunk);
        }
        let bytes = match header(&headers, "content-encoding").as_deref().map(str::trim) {
            None | Some("" | "identity") => bytes,
            Some("gzip" | "x-gzip") => decompress(&url, &bytes, limit)?,
            Some(other) => {
                return Err(FetchFault::Compression { url, reason: format!("{other:?} was not asked for") });
            }
        };
        Ok(Fetched {
            bytes,
            final_url: url,
            validators: Validators { etag: header(&headers, "etag"), last_modified: header(&headers, "last-modified") },
            content_type: header(&headers, "content-type"),
            fetched_at: self.timing.now(),
            attempts,
        })
    }
}

/// The body ended before its time.
fn broken_off(url: &Url, received: usize, fault: SendFault) -> FetchFault {
    let url = url.clone();
    match fault {
        SendFault::TimedOut => FetchFault::TimedOut { url },
        SendFault::Certificate { reason, .. } | SendFault::Failed { reason } => {
            FetchFault::CutOff { url, received, reason }
        }
    }
}

fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
}

/// The host of an address, if it may be asked.
fn allowed_host(url: &Url, allowed: &[String]) -> Result<String, FetchFault> {
    if !matches!(url.scheme(), "https" | "http") {
        return Err(FetchFault::SchemeNotAllowed { url: url.clone(), reason: "only HTTPS and HTTP are spoken" });
    }
    match url.host_str().filter(|host| allowed.iter().any(|one| one == host)) {
        Some(host) => Ok(host.to_owned()),
        None => Err(FetchFault::HostNotAllowed { url: url.clone(), allowed: allowed.to_vec() }),
    }
}

fn redirect_target(url: &Url, headers: &[(String, String)]) -> Result<Url, FetchFault> {
    let found = header(headers, "location").unwrap_or_default();
    let Some(target) = (!found.is_empty()).then(|| url.join(&found).ok()).flatten() else {
        return Err(FetchFault::RedirectTarget { url: url.clone(), found: excerpt(&found) });
    };
    if url.scheme() == "https" && target.scheme() != "https" {
        return Err(FetchFault::SchemeNotAllowed { url: target, reason: "a redirect may not leave HTTPS" });
    }
    Ok(target)
}

fn decompress(url: &Url, bytes: &[u8], limit: usize) -> Result<Vec<u8>, FetchFault> {
    let mut out = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match MultiGzDecoder::new(bytes).take(bound).read_to_end(&mut out) {
        Ok(_) if out.len() > limit => Err(FetchFault::TooLarge { url: url.clone(), limit }),
        Ok(_) => Ok(out),
        Err(error) => Err(FetchFault::Compression { url: url.clone(), reason: error.to_string() }),
    }
}

#[cfg(test)]
mod tests;
