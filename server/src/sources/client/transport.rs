//! How a request travels: [`Transport`]. The service has one over reqwest, made here; the simulation brings its own.
//! Which requests go out, and what becomes of the answer, is the parent's matter.
#![expect(clippy::disallowed_types, reason = "this is the one place that speaks to other hosts")]

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::Certificate;
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use rustls::{CertificateError, Error as TlsError};
use url::Url;

use super::ClientConfig;
use super::fault::{FetchError, FetchFault};
use crate::sources::error::excerpt;

/// Sends one request and gives the beginning of its answer.
pub(crate) type Transport = Arc<dyn Fn(Ask) -> Sending + Send + Sync>;

/// An answer on its way.
pub(crate) type Sending = Pin<Box<dyn Future<Output = Result<Reply, SendFault>> + Send>>;

/// A body on its way.
pub(crate) type Body = Pin<Box<dyn Stream<Item = Result<Bytes, SendFault>> + Send>>;

/// One request, as it goes over the wire. It may carry a key, so it cannot be printed.
pub(crate) struct Ask {
    pub(crate) url: Url,
    /// What is posted; without it the request is a GET.
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Longest time until the answer has come whole; without it the client's own holds.
    pub(crate) timeout: Option<Duration>,
}

/// The beginning of an answer, and its body to come.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    /// The certificate the answer came with, as DER.
    pub(crate) certificate: Option<Vec<u8>>,
}

/// The wire failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SendFault {
    TimedOut,
    /// No connection, because the certificate cannot be accepted.
    Certificate {
        is_out_of_date: bool,
        reason: String,
    },
    Failed {
        reason: String,
    },
}

/// The transport of the running service.
pub(super) fn over_http(config: &ClientConfig) -> Result<Transport, FetchError> {
    let setup = |error: &reqwest::Error| FetchError {
        fault: FetchFault::Setup { reason: reasons(error) },
        attempts: 0,
        not_before: None,
    };
    let authorities = config.extra_authorities.iter().map(|der| Certificate::from_der(der));
    let authorities = authorities.collect::<Result<Vec<_>, _>>().map_err(|error| setup(&error))?;
    let http = reqwest::Client::builder()
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .timeout(config.total_timeout)
        .redirect(Policy::none())
        .no_proxy()
        .tls_info(true)
        .tls_certs_merge(authorities)
        .build()
        .map_err(|error| setup(&error))?;
    Ok(Arc::new(move |ask: Ask| {
        let mut builder = match ask.body {
            None => http.get(ask.url),
            Some(body) => http.post(ask.url).body(body),
        };
        if let Some(timeout) = ask.timeout {
            builder = builder.timeout(timeout);
        }
        for (name, value) in ask.headers {
            // What may not be sent as it is, reqwest says when the request is sent.
            builder = match HeaderValue::try_from(value.as_str()) {
                Ok(mut value) => {
                    value.set_sensitive(name == "authorization");
                    builder.header(name, value)
                }
                Err(_) => builder.header(name, value),
            };
        }
        Box::pin(async move {
            let response = builder.send().await.map_err(|error| fault(&error))?;
            let status = response.status().as_u16();
            let tls = response.extensions().get::<TlsInfo>();
            let certificate = tls.and_then(TlsInfo::peer_certificate).map(<[u8]>::to_vec);
            let headers = response.headers().iter();
            let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
            let headers = headers.collect();
            let body = response.bytes_stream().map(|chunk| chunk.map_err(|error| fault(&error)));
            Ok(Reply { status, headers, body: Box::pin(body), certificate })
        })
    }))
}

fn fault(error: &reqwest::Error) -> SendFault {
    let reason = reasons(error);
    if error.is_timeout() {
        SendFault::TimedOut
    } else if let Some(fault) = certificate_fault(error) {
        let is_out_of_date = matches!(
            fault,
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        );
        SendFault::Certificate { is_out_of_date, reason }
    } else {
        SendFault::Failed { reason }
    }
}

/// What the connection had against the certificate, if that is why there is none. An error of the system hides the error it
/// was made of from the chain of causes.
fn certificate_fault(error: &reqwest::Error) -> Option<CertificateError> {
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(one) = cause {
        let inner = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = inner.and_then(|inner| inner.downcast_ref()).or_else(|| one.downcast_ref::<TlsError>());
        if let Some(TlsError::InvalidCertificate(fault)) = tls {
            return Some(fault.clone());
        }
        cause = match inner {
            Some(inner) => Some(inner),
            None => one.source(),
        };
    }
    None
}

/// The causes of an error, outermost first, without repeating the address.
fn reasons(error: &reqwest::Error) -> String {
    let mut texts = Vec::new();
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(one) = cause {
        texts.push(one.to_string());
        cause = one.source();
    }
    if texts.is_empty() { error.to_string() } else { excerpt(&texts.join(": ")) }
}
