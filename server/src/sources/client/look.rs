//! A page looked at as a reader meets it: [`Client::look`]. For measuring, not for data: nothing is retried but once, any
//! status is an answer, the certificate is handed out, and only the beginning of the page is read.

use std::time::Duration;

use futures_util::StreamExt;
use url::Url;

use super::fault::FetchFault;
use super::transport::{Ask, Reply};
use super::{Client, allowed_host, header, redirect_target};

/// The wait before the second look at a page that the first did not reach.
const SECOND_LOOK: Duration = Duration::from_secs(10);

/// What to look at.
#[derive(Debug, Clone, Copy)]
pub struct LookRequest<'a> {
    /// The address.
    pub url: &'a Url,
    /// Value of the `Accept-Language` header.
    pub accept_language: &'a str,
    /// Hosts that may answer, redirects included.
    pub allowed_hosts: &'a [String],
    /// How much of the page is read.
    pub max_bytes: usize,
    /// Longest time for each request.
    pub timeout: Duration,
}

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The status after redirects.
    pub status: u16,
    /// From the question to the beginning of the answer, redirects included.
    pub elapsed: Duration,
    /// Where the answer came from.
    pub final_url: Url,
    /// The certificate it came with, as DER; `None` without TLS.
    pub certificate: Option<Vec<u8>>,
    /// The declared language.
    pub content_language: Option<String>,
    /// The beginning of the page, as sent.
    pub page: Vec<u8>,
}

impl Client {
    /// Looks at a page; a second time when the first look ended with a fault that may pass or a status that may.
    ///
    /// # Errors
    /// [`FetchFault`] when no answer came. A status that is no success is an answer.
    pub async fn look(&self, request: LookRequest<'_>) -> Result<Look, FetchFault> {
        let first = self.look_once(request).await;
        let may_pass = match &first {
            Ok(look) => look.status >= 500,
            Err(fault) => fault.is_temporary(),
        };
        if !may_pass {
            return first;
        }
        self.timing.wait(SECOND_LOOK).await;
        self.look_once(request).await
    }

    async fn look_once(&self, request: LookRequest<'_>) -> Result<Look, FetchFault> {
        let mut url = request.url.clone();
        let host = allowed_host(&url, request.allowed_hosts)?;
        self.timing.wait(self.pace.reserve(&host, self.timing.now())).await;
        let begun = self.timing.now();
        for _ in 0..=self.config.max_redirects {
            allowed_host(&url, request.allowed_hosts)?;
            let headers = vec![
                ("accept", "text/html".to_owned()),
                ("accept-encoding", "identity".to_owned()),
                ("accept-language", request.accept_language.to_owned()),
            ];
            let ask = Ask { url: url.clone(), body: None, headers, timeout: Some(request.timeout) };
            let Reply { status, headers, mut body, certificate } = self.over_the_wire(ask).await?;
            if (300..400).contains(&status) && status != 304 {
                url = redirect_target(&url, &headers)?;
                continue;
            }
            let elapsed = self.timing.now().duration_since(begun).unsigned_abs();
            let mut page = Vec::new();
            // A page that breaks off has begun to come; what there is of it is looked at.
            while let Some(Ok(chunk)) = body.next().await {
                page.extend_from_slice(&chunk);
                if page.len() >= request.max_bytes {
                    page.truncate(request.max_bytes);
                    break;
                }
            }
            let content_language = header(&headers, "content-language");
            return Ok(Look { status, elapsed, final_url: url, certificate, content_language, page });
        }
        Err(FetchFault::TooManyRedirects { limit: self.config.max_redirects, url })
    }
}
