//! How a request travels: [`Transport`]. The service has one over reqwest, made here; the simulation brings its own.
//! Which requests go out, and what becomes of the answer, is the parent's matter.
#![expect(clippy::disallowed_types, reason = "this is the one place that speaks to other hosts")]

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use reqwest::redirect::Policy;
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

/// One request, as it goes over the wire.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) url: Url,
    /// What is posted; without it the request is a GET.
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) headers: Vec<(&'static str, String)>,
}

/// The beginning of an answer, and its body to come.
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

/// The wire failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SendFault {
    TimedOut,
    Failed { reason: String },
}

/// The transport of the running service.
pub(super) fn over_http(config: &ClientConfig) -> Result<Transport, FetchError> {
    let http = reqwest::Client::builder()
        .user_agent(&config.user_agent)
        .connect_timeout(config.connect_timeout)
        .read_timeout(config.read_timeout)
        .timeout(config.total_timeout)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .map_err(|error| FetchError { fault: FetchFault::Setup { reason: reasons(&error) }, attempts: 0 })?;
    Ok(Arc::new(move |ask: Ask| {
        let mut builder = match ask.body {
            None => http.get(ask.url),
            Some(body) => http.post(ask.url).body(body),
        };
        for (name, value) in ask.headers {
            builder = builder.header(name, value);
        }
        Box::pin(async move {
            let response = builder.send().await.map_err(|error| fault(&error))?;
            let status = response.status().as_u16();
            let headers = response.headers().iter();
            let headers = headers.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
            let headers = headers.collect();
            let body = response.bytes_stream().map(|chunk| chunk.map_err(|error| fault(&error)));
            Ok(Reply { status, headers, body: Box::pin(body) })
        })
    }))
}

fn fault(error: &reqwest::Error) -> SendFault {
    if error.is_timeout() { SendFault::TimedOut } else { SendFault::Failed { reason: reasons(error) } }
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
