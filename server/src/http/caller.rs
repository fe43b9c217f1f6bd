//! Who asks: the key a caller shows, whose quota is used, and what a handler may demand. What keys are is
//! [`crate::keys`]'s matter.

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpMessage, HttpRequest, web};
use jiff::Timestamp;

use super::refused_keys::{Reason, Refusal};
use super::{Counted, Desk, RequestId, Service};
use crate::error::ApiError;
use crate::keys::{Key, NotShown, Scope};
use crate::limits::{Client, Limits, RateLimiter};

/// The key a request came with, found good.
#[derive(Debug, Clone)]
struct ShownKey(Arc<Key>);

/// The key that the headers show. Another kind of authorisation is none of ours and counts as none.
///
/// # Errors
/// [`ApiError::KeyRefused`] for a bearer who is not let in, with why, for the log alone.
pub(super) fn key_shown(
    headers: &HeaderMap,
    desk: Option<&Desk>,
) -> Result<Option<Arc<Key>>, (ApiError, Option<NotShown>)> {
    let refused = |why: NotShown| (ApiError::KeyRefused, Some(why));
    let mut shown = headers.get_all(header::AUTHORIZATION).filter_map(|value| {
        let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| rest.trim())
    });
    let Some(token) = shown.next() else { return Ok(None) };
    if shown.next().is_some() {
        return Err(refused(NotShown::Unreadable));
    }
    let desk = desk.ok_or((ApiError::KeyRefused, None))?;
    let keys = desk.keys.keys().map_err(|error| {
        tracing::error!(%error, "the list of keys cannot be read");
        (ApiError::Internal, None)
    })?;
    let now = Timestamp::now();
    let key = keys.shown(token, now).ok_or_else(|| refused(keys.why_not_shown(token, now)))?;
    Ok(Some(Arc::new(key.clone())))
}

/// Tells the log of a key that was not let in.
pub(super) fn tell_refused(request: &ServiceRequest, service: &Service, why: &NotShown, request_id: &str) {
    let (reason, key) = match why {
        NotShown::Unreadable => (Reason::Unreadable, None),
        NotShown::Unknown(key) => (Reason::Unknown, Some(key)),
        NotShown::WrongSecret(key) => (Reason::WrongSecret, Some(key)),
        NotShown::Expired(key) => (Reason::Expired, Some(key)),
        NotShown::Revoked(key) => (Reason::Revoked, Some(key)),
    };
    service.refused_keys.tell(Refusal { reason, key, address: address(request.request()), request_id });
}

/// Tells the log of a key whose quota is used up.
pub(super) fn tell_over_quota(request: &ServiceRequest, service: &Service, key: &Key, request_id: &str) {
    let (reason, key, address) = (Reason::OverQuota, Some(&key.id), address(request.request()));
    service.refused_keys.tell(Refusal { reason, key, address, request_id });
}

/// Counts a request against the quota of the key, or of the machine it comes from.
pub(super) fn count(
    request: &ServiceRequest,
    key: Option<&Key>,
    limiter: &RateLimiter,
    limits: &Limits,
) -> Option<Counted> {
    let (client, quota) = match key {
        Some(key) => {
            let usual = if key.opens(Scope::ReadMore) {
                limits.requests_per_window_with_key
            } else {
                limits.requests_per_window
            };
            (Client::Key(key.id.clone()), key.requests_per_minute.unwrap_or(usual))
        }
        None => (Client::Network(network(request.request())?), limits.requests_per_window),
    };
    Some((limiter.count(client, quota), *limits))
}

/// The machine whose quota a request without a key uses. A proxy on this machine says whom it speaks for, in the
/// last entry of `X-Forwarded-For`; the machine itself has no quota.
fn network(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    if !peer.to_canonical().is_loopback() {
        return Some(peer);
    }
    let forwarded = request.headers().get_all(header::X_FORWARDED_FOR).last()?;
    forwarded.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

/// Who asks, for the log: the machine a proxy speaks for, or the one that is connected.
fn address(request: &HttpRequest) -> Option<IpAddr> {
    network(request).or_else(|| request.peer_addr().map(|peer| peer.ip()))
}

/// Leaves the key for the handler.
pub(super) fn remember(request: &ServiceRequest, key: Arc<Key>) {
    request.extensions_mut().insert(ShownKey(key));
}

/// Tells the log of a key that is good and does not open what was asked.
pub fn tell_scope_missing(request: &HttpRequest) {
    let key = request.extensions().get::<ShownKey>().map(|shown| Arc::clone(&shown.0));
    if let (Some(key), Some(service)) = (key, request.app_data::<web::Data<Service>>()) {
        let (reason, key, address) = (Reason::ScopeMissing, Some(&key.id), address(request));
        service.refused_keys.tell(Refusal { reason, key, address, request_id: &RequestId::of(request) });
    }
}

/// The key of a request that needs one with any of some scopes.
///
/// # Errors
/// [`ApiError::KeyRequired`] without a key, [`ApiError::ScopeMissing`] with another one.
pub fn required(request: &HttpRequest, any_of: &[Scope]) -> Result<Arc<Key>, ApiError> {
    let key = request.extensions().get::<ShownKey>().map(|shown| Arc::clone(&shown.0)).ok_or(ApiError::KeyRequired)?;
    if any_of.iter().any(|scope| key.opens(*scope)) {
        return Ok(key);
    }
    let names: Vec<&str> = any_of.iter().map(|scope| scope.name()).collect();
    let expected = format!("a key with the scope {}", names.join(" or "));
    Err(ApiError::ScopeMissing { scope: names.first().copied().unwrap_or_default(), expected })
}
