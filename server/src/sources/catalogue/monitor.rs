//! What the availability monitor looks at, as data: [`Monitor`]. How it looks stands in
//! [`crate::sources::platforms`].

use std::collections::BTreeSet;

use serde::Deserialize;
use url::Url;

/// The platforms of a dataflow that measures, and what counts as remarkable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// Languages a national platform should speak, as BCP 47 codes; the first is the one asked for.
    pub languages: Vec<String>,
    /// Longest wait for the front page, redirects each.
    pub timeout_ms: u32,
    /// Days before the end of a certificate from which it is told.
    pub certificate_warning_days: i32,
    /// The platforms.
    #[serde(rename = "platform")]
    pub platforms: Vec<Platform>,
}

/// One platform.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// Begins the names of its series: `bilimland/available`.
    pub key: String,
    /// What it calls itself.
    pub name: String,
    /// The front page.
    pub url: Url,
    /// Hosts that may answer, redirects included.
    pub allowed_hosts: Vec<String>,
    /// An answer that takes longer is told.
    pub slow_after_ms: u32,
}

impl Monitor {
    /// The first contradiction, if there is one.
    pub(super) fn fault(&self) -> Option<String> {
        let mut keys = BTreeSet::new();
        if self.languages.is_empty() || self.platforms.is_empty() {
            return Some("a monitor without languages or without platforms".to_owned());
        }
        self.platforms.iter().find_map(|platform| {
            let host = platform.url.host_str().unwrap_or_default();
            if !keys.insert(&platform.key) {
                return Some(format!("the platform {} is listed twice", platform.key));
            }
            (!platform.allowed_hosts.iter().any(|allowed| allowed == host))
                .then(|| format!("the host of {} is not among the allowed hosts of {}", platform.url, platform.key))
        })
    }

    /// The same platforms below another address: `<base>/<key>`.
    pub(super) fn at(&mut self, base: &Url) {
        for platform in &mut self.platforms {
            let text = format!("{}/{}", base.as_str().trim_end_matches('/'), platform.key);
            if let (Ok(url), Some(host)) = (text.parse(), base.host_str()) {
                platform.url = url;
                platform.allowed_hosts.push(host.to_owned());
            }
        }
    }
}
