//! The headers that every answer carries: what is said of any, and of the one request.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};

use super::Counted;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Sets what every answer carries, leaving what the answer says itself.
pub(super) fn dress(headers: &mut HeaderMap, id: &str, is_api: bool, quota: Option<&Counted>) {
    usual_headers(headers, is_api);
    name_request(headers, id, quota);
}

/// Sets what does not depend on the request, leaving what the answer says itself.
pub(crate) fn usual_headers(headers: &mut HeaderMap, is_api: bool) {
    let mut usual = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    usual(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    usual(header::REFERRER_POLICY, "strict-origin-when-cross-origin");
    usual(header::PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()");
    if is_api {
        usual(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
        usual(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin");
        usual(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        usual(
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "deprecation, etag, link, location, ratelimit, ratelimit-policy, retry-after, sunset, x-request-id",
        );
    }
}

/// Sets what is said of one request: its identifier, and what is left of the quota it used.
pub(super) fn name_request(headers: &mut HeaderMap, id: &str, quota: Option<&Counted>) {
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    if let Some((quota, limits)) = quota {
        let left = format!("\"default\";r={};t={}", quota.remaining, quota.reset_seconds);
        let policy = format!("\"default\";q={};w={}", quota.quota, limits.window_seconds);
        for (name, value) in [(RATE_LIMIT, left), (RATE_LIMIT_POLICY, policy)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}
