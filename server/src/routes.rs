//! The route table of the API and nothing else: [`ROUTES`] says which addresses there are, what
//! each takes and gives, and [`configure`] mounts them. The `OpenAPI` document is made from the same
//! table, so an address cannot be mounted without being documented.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

pub mod answer;
mod areas;
mod catalogue;
mod citation;
pub(crate) mod compute;
mod criteria;
mod cursor;
pub(crate) mod decisions;
pub(crate) mod deprecation;
mod docs;
mod feed;
mod frameworks;
pub(crate) mod index;
mod indicators;
mod keyed;
mod limits;
pub mod negotiation;
pub(crate) mod observations;
mod openapi;
pub mod query;
pub(crate) mod refreshing;
mod releases;
mod revisions;
mod robustness;
mod runs;
mod sdmx;
mod snapshots;
mod sources;
mod status;
pub(crate) mod submissions;
pub mod suggestion;
mod what_if;

use crate::limits::Limits;
use crate::routes::answer::Route;

/// Every resource of the API, in the order of the documentation.
pub static ROUTES: &[&Route] = &[
    &areas::ROUTE,
    &criteria::ROUTE,
    &indicators::ROUTE,
    &frameworks::ROUTE,
    &index::ROUTE,
    &index::profile::ROUTE,
    &observations::ROUTE,
    &revisions::ROUTE,
    &releases::ROUTE,
    &releases::diff::ROUTE,
    &releases::ONE_ROUTE,
    &robustness::ROUTE,
    &what_if::ROUTE,
    &catalogue::ROUTE,
    &citation::ROUTE,
    &feed::ROUTE,
    &snapshots::ROUTE,
    &sources::ROUTE,
    &runs::ROUTE,
    &submissions::template::ROUTE,
    &status::ROUTE,
    &limits::ROUTE,
    &openapi::ROUTE,
];

/// Every resource with those of the SDMX protocol, which come last.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().copied().chain(&sdmx::ROUTES)
}

/// Where the API begins.
pub const BASE: &str = "/api/v1";

/// The longest body that a path takes.
#[must_use]
pub fn longest_body(path: &str, limits: &Limits) -> u32 {
    match path.strip_prefix(BASE) {
        Some(below) if below.starts_with(compute::PATH) => limits.max_compute_body_bytes,
        Some(submissions::PATH) => limits.max_submission_body_bytes,
        _ => limits.max_body_bytes,
    }
}

/// Whether a request of the API is answered by the table of routes, which hands out what is in memory and logs only
/// what it has to make.
#[must_use]
pub fn is_of_table(path: &str, method: &Method) -> bool {
    method.is_safe() && !path.strip_prefix(BASE).is_some_and(|below| below.starts_with(submissions::PATH))
}

/// Mounts `/api` with everything below it. The application must hold [`crate::view::ViewHandle`]
/// and [`crate::http::Service`] as data.
pub fn configure(config: &mut ServiceConfig) {
    let mut version_one = web::scope("/v1");
    for route in routes() {
        // The suffixed address first: `/index/{area}` would take `/index/KZ-10.csv` as well.
        for format in route.formats.iter().filter(|format| format.suffix.is_some()) {
            version_one = version_one.service(answer::resource(route, Some(format)));
        }
        version_one = version_one.service(answer::resource(route, None));
    }
    version_one = version_one
        .configure(compute::configure)
        .configure(submissions::configure)
        .configure(refreshing::configure)
        .configure(decisions::configure);
    // Statistical offices look for the protocol at the root.
    let mut at_root = web::scope(sdmx::PREFIX);
    for route in &sdmx::ROUTES {
        let path = route.path.strip_prefix(sdmx::PREFIX).unwrap_or(route.path);
        at_root = at_root.service(answer::mounted_at(route, path, None));
    }
    config.service(at_root.default_service(web::to(answer::unknown_path)));
    config.service(
        web::scope("/api")
            .service(version_one.default_service(web::to(answer::unknown_path)))
            .service(web::resource("/docs").to(docs::page))
            .service(web::resource("/docs/{file}").to(docs::asset))
            .default_service(web::to(answer::unknown_path)),
    );
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
