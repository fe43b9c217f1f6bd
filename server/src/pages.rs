//! The one door to the dashboard: routes of the pages, [`View`] → [`Site`](frontend::data::Site), caching and headers.
//!
//! Nothing else of the server knows that pages exist. Rendering is the frontend's; what is shown was
//! computed when the view was made.

mod figures;
mod past;
mod shelf;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, AcceptLanguage, EntityTag, Header, IfNoneMatch};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use figures::Figures;
use frontend::pages;
use frontend::route::{self, Address, Page};
use frontend::scenario::Scenario;
use frontend::selection::Selection;
use indicators::code::AreaCode;
use indicators::definition::Panel;
use indicators::text::Language;
use jiff::civil::Date;
use past::{NoView, Past};
use shelf::{Rendered, Shelf};

use crate::assets;
use crate::http::Service;
use crate::places::{Places, Undone};
use crate::view::{View, ViewHandle};

/// Only our own files; no inline script or style. `wasm-unsafe-eval` allows the compiling of
/// WebAssembly and nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'self'";

/// A browser may show a page again for a minute, then asks; the answer is mostly "not modified".
const CACHE_CONTROL: &str = "public, max-age=60, stale-while-revalidate=600";

/// The dashboard: what all workers share of it.
#[derive(Debug, Clone, Default)]
pub struct Dashboard {
    shelf: web::Data<Shelf>,
    figures: web::Data<Figures>,
    past: web::Data<Past>,
}

impl Dashboard {
    /// A dashboard that readers reach by a public address, when one is known.
    #[must_use]
    pub fn at(public_url: Option<String>) -> Self {
        Self { shelf: web::Data::new(Shelf::at(public_url.unwrap_or_default())), ..Self::default() }
    }

    /// Renders ahead what most readers of a view ask for first, and what they asked of the one before it.
    pub fn prepare(&self, before: Option<&View>, view: &View) {
        self.shelf.prepare(before, view);
    }

    /// Mounts the pages.
    pub fn configure(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(self.shelf.clone())
            .app_data(self.figures.clone())
            .app_data(self.past.clone())
            .configure(routes);
    }
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(by_preference))
        .route("/", web::head().to(by_preference))
        .route("/robots.txt", web::get().to(robots))
        .route("/assets/{hash}/{name:.*}", web::get().to(assets::serve))
        .route("/assets/{hash}/{name:.*}", web::head().to(assets::serve))
        .route("/{language:kk|ru|en}", web::get().to(to_folder))
        .route("/{language:kk|ru|en}/{path:(embed|figures)/.*}", web::get().to(figures::figure))
        .route("/{language:kk|ru|en}/{path:(embed|figures)/.*}", web::head().to(figures::figure))
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

/// Leaves out of a selection what the page does not know, so that equal pages have one address.
fn settled(view: &View, page: &Page, selection: Selection) -> Selection {
    let panel = match page {
        Page::Countries | Page::Indicator(Panel::Countries, _) => Panel::Countries,
        _ => Panel::Regions,
    };
    let known_criterion =
        |code: &_| *page == Page::Overview && view.criteria.iter().any(|criterion| criterion.code == *code);
    let scored = |code: &_| {
        view.criteria.iter().any(|criterion| criterion.code == *code && !criterion.region_indicators.is_empty())
    };
    Selection {
        year: selection.year.filter(|year| view.years(panel).any(|known| known == *year)),
        criterion: selection.criterion.filter(known_criterion),
        areas: if *page == Page::Compare { compared(view, selection.areas) } else { Vec::new() },
        against: selection.against.filter(|code| {
            matches!(page, Page::Indicator(panel, own) if own != code
                && view.indicators.iter().any(|known| known.panel == *panel && known.code == *code))
        }),
        as_of: selection.as_of.filter(|day| page.looks_back() && is_past(view, *day)),
        scenario: if *page == Page::Weights { selection.scenario.only(scored) } else { Scenario::default() },
    }
}

/// Whether something was known on a day, and less than now.
fn is_past(view: &View, day: Date) -> bool {
    let (first, last) = (view.arrivals.first_key_value(), view.arrivals.last_key_value());
    first.is_some_and(|(first, _)| *first <= day) && last.is_some_and(|(last, _)| day < *last)
}

/// The view to answer from: the one in force, or that of the day asked for.
async fn looked_at(
    view: Arc<View>,
    (past, places): (&Past, &Places),
    shelf: &Shelf,
    address: &Address,
) -> Result<Arc<View>, HttpResponse> {
    let Some(day) = address.selection.as_of else { return Ok(view) };
    past.view(&view, day, places).await.map_err(|error| {
        let (site, language) = (shelf.site(&view), address.language);
        let (mut response, html) = if let NoView::Undone(Undone::Busy { retry_after_seconds }) = error {
            let mut response = HttpResponse::ServiceUnavailable();
            response.insert_header((header::RETRY_AFTER, retry_after_seconds));
            (response, pages::busy(&site, language))
        } else {
            tracing::error!(%error, %day, "the pages of a day could not be computed");
            (HttpResponse::InternalServerError(), pages::failed(&site, language))
        };
        head(&mut response, language);
        response.insert_header((header::CACHE_CONTROL, "no-store")).body(html)
    })
}

/// The first few regions of those asked for, each once.
fn compared(view: &View, asked: Vec<AreaCode>) -> Vec<AreaCode> {
    let mut areas: Vec<AreaCode> = Vec::new();
    for code in asked {
        let is_region = view.area(code.as_str()).is_some_and(|area| area.parent.is_some());
        if is_region && !areas.contains(&code) && areas.len() < pages::MOST_COMPARED {
            areas.push(code);
        }
    }
    areas
}

async fn page(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    view: web::Data<ViewHandle>,
    shelf: web::Data<Shelf>,
    past: web::Data<Past>,
    service: web::Data<Service>,
) -> HttpResponse {
    let (language, path) = path.into_inner();
    let language: Language = language.parse().unwrap_or(Language::Kk);
    let view = view.current();
    let Some(page) = Page::from_path(&path) else { return missing(&view, &shelf, language) };
    if let Page::Search(_) = page {
        return found(&view, &shelf, language, route::searched(request.query_string()));
    }
    let selection = settled(&view, &page, Selection::from_query(request.query_string()));
    let address = Address { page, language, selection };
    let view = match looked_at(view, (&past, service.places()), &shelf, &address).await {
        Ok(view) => view,
        Err(refusal) => return refusal,
    };
    match shelf.page(&view, &address) {
        Some(rendered) => answer(&request, &rendered, language),
        None => missing(&view, &shelf, language),
    }
}

/// What somebody searched for. No two readers write the same, so nothing is kept.
fn found(view: &View, shelf: &Shelf, language: Language, words: String) -> HttpResponse {
    let address = Address { page: Page::Search(words), language, selection: Selection::default() };
    let Some(html) = pages::render(&shelf.site(view), &address) else { return missing(view, shelf, language) };
    let mut response = HttpResponse::Ok();
    head(&mut response, language);
    response.insert_header((header::CACHE_CONTROL, "private, max-age=60")).body(html)
}

fn answer(request: &HttpRequest, rendered: &Rendered, language: Language) -> HttpResponse {
    let compressed = Some(&rendered.brotli).filter(|bytes| !bytes.is_empty() && assets::takes_brotli(request));
    // A strong tag names one sequence of bytes, so each coding has its own.
    let tag = EntityTag::new_strong(match compressed {
        Some(_) => format!("{}-br", rendered.tag),
        None => rendered.tag.clone(),
    });
    let known = is_known(request, &tag);
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

/// Whether the reader holds the bytes of a tag.
fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(items)) => items.iter().any(|item| item.weak_eq(tag)),
        Err(_) => false,
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
