//! The one door to the dashboard: routes of the pages, [`View`] → [`Site`], caching and headers.
//!
//! Nothing else of the server knows that pages exist. Rendering is the frontend's; what is shown was
//! computed when the view was made.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptLanguage, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use frontend::data::{AssetLinks, PublishedRelease, Site};
use frontend::geography::{Geography, KZ20};
use frontend::pages;
use frontend::route::{Address, Page};
use frontend::selection::Selection;
use indicators::definition::Panel;
use indicators::text::{Language, LocalText};
use sha2::{Digest, Sha256};

use crate::assets;
use crate::view::{View, ViewHandle};

/// Only our own files; no inline script or style. `wasm-unsafe-eval` allows the compiling of
/// WebAssembly and nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'self'";

/// A browser may show a page again for a minute, then asks; the answer is mostly "not modified".
const CACHE_CONTROL: &str = "public, max-age=60, stale-while-revalidate=600";

/// Pages kept rendered. All valid addresses in all languages are a few thousand.
const MOST_PAGES: usize = 512;
/// Pages are compressed while somebody waits.
const BROTLI_QUALITY: u32 = 6;

/// Mounts the pages.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .app_data(web::Data::new(Shelf::default()))
        .route("/", web::get().to(by_preference))
        .route("/", web::head().to(by_preference))
        .route("/robots.txt", web::get().to(robots))
        .route("/assets/{hash}/{name:.*}", web::get().to(assets::serve))
        .route("/assets/{hash}/{name:.*}", web::head().to(assets::serve))
        .route("/{language:kk|ru|en}", web::get().to(to_folder))
        .route("/{language:kk|ru|en}/{path:.*}", web::get().to(page))
        .route("/{language:kk|ru|en}/{path:.*}", web::head().to(page))
        .default_service(web::to(not_found));
}

/// The page for an address that no route knows.
async fn not_found(request: HttpRequest) -> HttpResponse {
    let language = preferred_language(&request);
    match (request.app_data::<web::Data<ViewHandle>>(), request.app_data::<web::Data<Shelf>>()) {
        (Some(view), Some(shelf)) => missing(&view.current(), shelf, language),
        _ => HttpResponse::NotFound().finish(),
    }
}

/// A rendered page.
#[derive(Debug)]
struct Rendered {
    html: String,
    tag: String,
    brotli: OnceLock<Vec<u8>>,
}

impl Rendered {
    fn new(html: String) -> Self {
        let digest = Sha256::digest(&html);
        let tag = hex::encode(digest.get(..12).unwrap_or_default());
        Self { html, tag, brotli: OnceLock::new() }
    }
}

/// The pages rendered from one view, and what stays the same for all views.
#[derive(Debug)]
struct Shelf {
    pages: Mutex<(String, HashMap<Address, Arc<Rendered>>)>,
    geography: Arc<Geography>,
    links: AssetLinks,
}

impl Default for Shelf {
    fn default() -> Self {
        let geography = Geography::from_json(KZ20).unwrap_or_else(|error| {
            tracing::error!(%error, "the embedded map layer cannot be read; pages show no map");
            Geography { attribution: no_text(), width: 1.0, height: 1.0, areas: BTreeMap::new() }
        });
        Self { pages: Mutex::default(), geography: Arc::new(geography), links: assets::links() }
    }
}

fn no_text() -> LocalText {
    LocalText { kk: String::new(), ru: String::new(), en: String::new() }
}

impl Shelf {
    /// A page from the shelf, or freshly rendered.
    fn page(&self, view: &View, address: &Address) -> Option<Arc<Rendered>> {
        {
            let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
            if pages.0 != view.id {
                *pages = (view.id.clone(), HashMap::new());
            }
            if let Some(found) = pages.1.get(address) {
                return Some(Arc::clone(found));
            }
        }
        let html = pages::render(&self.site(view), address)?;
        let rendered = Arc::new(Rendered::new(html));
        let mut pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.0 == view.id {
            if pages.1.len() >= MOST_PAGES {
                pages.1.clear();
            }
            pages.1.insert(address.clone(), Arc::clone(&rendered));
        }
        Some(rendered)
    }

    fn site<'a>(&self, view: &'a View) -> Site<'a> {
        let releases = view
            .releases
            .iter()
            .map(|(key, release)| (*key, PublishedRelease { answer: &release.answer, profiles: &release.profiles }));
        Site {
            framework: &view.framework,
            areas: &view.areas,
            criteria: &view.criteria,
            indicators: &view.indicators,
            releases: releases.collect(),
            observations: &view.observations,
            sources: &view.sources,
            geography: Arc::clone(&self.geography),
            assets: self.links.clone(),
            origin: "",
            version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// Leaves out of a selection what the page does not know, so that equal pages have one address.
fn settled(view: &View, page: &Page, selection: Selection) -> Selection {
    let panel = match page {
        Page::Countries | Page::Indicator(Panel::Countries, _) => Panel::Countries,
        _ => Panel::Regions,
    };
    let known_criterion =
        |code: &_| *page == Page::Overview && view.criteria.iter().any(|criterion| criterion.code == *code);
    Selection {
        year: selection.year.filter(|year| view.years(panel).any(|known| known == *year)),
        criterion: selection.criterion.filter(known_criterion),
    }
}

async fn page(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    view: web::Data<ViewHandle>,
    shelf: web::Data<Shelf>,
) -> HttpResponse {
    let (language, path) = path.into_inner();
    let language: Language = language.parse().unwrap_or(Language::Kk);
    let view = view.current();
    let Some(page) = Page::from_path(&path) else { return missing(&view, &shelf, language) };
    let selection = settled(&view, &page, Selection::from_query(request.query_string()));
    let address = Address { page, language, selection };
    match shelf.page(&view, &address) {
        Some(rendered) => answer(&request, &rendered, language),
        None => missing(&view, &shelf, language),
    }
}

fn answer(request: &HttpRequest, rendered: &Rendered, language: Language) -> HttpResponse {
    let compressed = assets::takes_brotli(request)
        .then(|| rendered.brotli.get_or_init(|| assets::brotli(rendered.html.as_bytes(), BROTLI_QUALITY)))
        .filter(|bytes| !bytes.is_empty());
    // A strong tag names one sequence of bytes, so each coding has its own.
    let tag = EntityTag::new_strong(match compressed {
        Some(_) => format!("{}-br", rendered.tag),
        None => rendered.tag.clone(),
    });
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(items)) => items.iter().any(|item| item.weak_eq(&tag)),
        Err(_) => false,
    };
    let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    head(&mut response, language);
    response.insert_header((header::CACHE_CONTROL, CACHE_CONTROL)).insert_header(header::ETag(tag));
    if known {
        return response.finish();
    }
    match compressed {
        Some(bytes) => response.insert_header((header::CONTENT_ENCODING, "br")).body(bytes.clone()),
        None => response.body(rendered.html.clone()),
    }
}

fn missing(view: &View, shelf: &Shelf, language: Language) -> HttpResponse {
    let html = pages::not_found(&shelf.site(view), language);
    let mut response = HttpResponse::NotFound();
    head(&mut response, language);
    response.insert_header((header::CACHE_CONTROL, "no-store")).body(html)
}

/// What every page carries.
fn head(response: &mut HttpResponseBuilder, language: Language) {
    response
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "same-origin"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("permissions-policy", "geolocation=(), camera=(), microphone=()"));
}

/// `/` leads to the language the reader prefers, Kazakh when nothing else is asked for.
async fn by_preference(request: HttpRequest) -> HttpResponse {
    let language = preferred_language(&request);
    let query = Selection::from_query(request.query_string()).query();
    HttpResponse::Found()
        .insert_header((header::LOCATION, format!("/{language}/{query}")))
        .insert_header((header::VARY, "Accept-Language"))
        .insert_header((header::CACHE_CONTROL, "private, max-age=60"))
        .finish()
}

async fn to_folder(path: web::Path<String>) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, format!("/{path}/"))).finish()
}

async fn robots() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("User-agent: *\nAllow: /\n")
}

fn preferred_language(request: &HttpRequest) -> Language {
    let Ok(accepted) = AcceptLanguage::parse(request) else { return Language::Kk };
    let known = |tag: &str| Language::ALL.into_iter().find(|language| language.tag() == tag);
    accepted
        .ranked()
        .into_iter()
        .find_map(|preference| known(preference.item()?.primary_language()))
        .unwrap_or(Language::Kk)
}

#[cfg(test)]
mod tests;
