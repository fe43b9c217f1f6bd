//! `/api/docs`: a page on which every address can be tried, made from the route table. No script
//! and nothing from elsewhere: each address is a plain form that sends its question.

use std::fmt::Write as _;

use actix_web::http::Method;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use crate::error::{ApiError, ErrorCode};
use crate::routes::answer::{ALLOW, Route, options, refuse, unknown_path};
use crate::routes::query::{Kind, Parameter};
use crate::routes::{BASE, routes};

const STYLE: &str = include_str!("docs/style.css");

/// The form of the one address that is sent something.
const COMPUTE: &str = "<section id=\"compute\"><h2><code>POST /api/v1/compute</code></h2><p><strong>Your own data \
    through the engine.</strong> Tables in the layout of the R package COINr, or a workbook of the COIN Tool, and a \
    recipe; scores, ranks, weights and findings come back. Nothing is kept.</p>\
    <form method=\"post\" action=\"/api/v1/compute\" enctype=\"multipart/form-data\">\
    <p><label>recipe (JSON) <input type=\"file\" name=\"recipe\" required></label></p>\
    <p><label>iData (CSV) <input type=\"file\" name=\"idata\" required></label></p>\
    <p><label>iMeta (CSV) <input type=\"file\" name=\"imeta\" required></label></p>\
    <p><button>Send</button> <button formaction=\"/api/v1/compute.csv\">as CSV</button> \
    <button formaction=\"/api/v1/compute.xlsx\">as XLSX</button></p></form></section>";

/// What needs a key cannot be tried out by a form: keys do not belong into pages.
const SUBMISSIONS: &str = "<section id=\"submissions\"><h2><code>/api/v1/submissions</code></h2><p><strong>Figures \
    that are delivered.</strong> With a key of scope <code>submit</code>: <code>POST</code> the filled-in template, look \
    at what you sent with <code>GET</code>, take it back with <code>POST …/{id}/withdraw</code>. With one of scope \
    <code>operate</code>: <code>POST …/{id}/accept</code> and <code>…/{id}/reject</code>. Send the key as \
    <code>Authorization: Bearer sandyq_…</code>. The template needs no key.</p></section>";

/// It needs a key too.
const REFRESHING: &str = "<section id=\"refreshing\"><h2><code>/api/v1/sources/{dataflow}/refresh</code></h2><p><strong>A \
    provider is asked now.</strong> <code>POST</code> without a body, with a key of scope <code>operate</code>; the run \
    stands in <a href=\"#runs\"><code>/runs</code></a> when it has ended.</p></section>";

/// So does this.
const DECISIONS: &str = "<section id=\"decisions\"><h2><code>/api/v1/runs/{id}/accept</code>, \
    <code>…/reject</code></h2><p><strong>A quarantined run is decided.</strong> <code>POST</code> without a body, with a \
    key of scope <code>operate</code>. Accepted, its figures are published within moments.</p></section>";

/// The policy that answers link to.
const DEPRECATION: &str = "<section id=\"deprecation\"><h2>What is on its way out</h2><p>What is to go says so in \
    every answer that uses it, by <code>Deprecation</code> (RFC 9745), <code>Sunset</code> (RFC 8594) and \
    <code>Link</code>, and goes on answering unchanged for at least a year. Nothing is deprecated now.</p></section>";

/// The page.
pub(super) async fn page(request: HttpRequest) -> HttpResponse {
    given(&request, "text/html; charset=utf-8", html())
}

/// What the page needs beside itself.
pub(super) async fn asset(request: HttpRequest) -> HttpResponse {
    if request.match_info().query("file") == "style.css" {
        given(&request, "text/css; charset=utf-8", STYLE.to_owned())
    } else {
        unknown_path(request).await
    }
}

fn given(request: &HttpRequest, content_type: &'static str, body: String) -> HttpResponse {
    match *request.method() {
        Method::GET | Method::HEAD => HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, content_type))
            .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
            .insert_header((
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
            ))
            .body(body),
        Method::OPTIONS => options(),
        _ => refuse(request, &ApiError::MethodNotAllowed { method: request.method().to_string(), allow: ALLOW }),
    }
}

fn html() -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sandyq API</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <link rel=\"stylesheet\" href=\"/api/docs/style.css\"></head><body><main><h1>Sandyq API</h1>\
         <p>Reading needs no key. Names come in Kazakh, Russian and English; a missing value is <code>null</code>. \
         The description for programs is <a href=\"/api/v1/openapi.json\">openapi.json</a>; the limits are in \
         <a href=\"/api/v1/limits\">limits</a>. Fill in what you need and send; empty fields count as not given.</p>\
         <nav><ul>",
    );
    for route in routes() {
        let _ =
            write!(page, "<li><a href=\"#{}\"><code>{}</code></a> {}</li>", route.operation, route.path, route.summary);
    }
    page.push_str("<li><a href=\"#compute\"><code>/compute</code></a> Your own data through the engine</li>");
    page.push_str("<li><a href=\"#submissions\"><code>/submissions</code></a> Figures that are delivered</li>");
    page.push_str(
        "<li><a href=\"#refreshing\"><code>/sources/{dataflow}/refresh</code></a> A provider is asked now</li>",
    );
    page.push_str(
        "<li><a href=\"#decisions\"><code>/runs/{id}/accept</code>, <code>…/reject</code></a> A quarantined run is \
         decided</li>",
    );
    page.push_str("<li><a href=\"#deprecation\">What is on its way out</a></li>");
    page.push_str("<li><a href=\"#errors\">Errors</a></li></ul></nav>");
    for route in routes() {
        section(&mut page, route);
    }
    for text in [COMPUTE, SUBMISSIONS, REFRESHING, DECISIONS, DEPRECATION] {
        page.push_str(text);
    }
    page.push_str(
        "<section id=\"errors\"><h2>Errors</h2><p>Every refusal is <code>application/problem+json</code> (RFC 9457).</p>\
         <div class=\"wide\"><table><thead><tr><th scope=\"col\">Code</th><th scope=\"col\">Status</th>\
         <th scope=\"col\">Title</th><th scope=\"col\">What to do</th></tr></thead><tbody>",
    );
    for code in ErrorCode::ALL {
        let entry = code.entry();
        let _ = write!(
            page,
            "<tr id=\"{0}\"><th scope=\"row\"><code>{0}</code></th><td>{1}</td><td>{2}</td><td>{3}</td></tr>",
            entry.code,
            entry.status,
            entry.title,
            marked(entry.advice)
        );
    }
    page.push_str("</tbody></table></div></section></main></body></html>");
    page
}

fn section(page: &mut String, route: &Route) {
    let _ = write!(
        page,
        "<section id=\"{}\"><h2><code>GET {BASE}{}</code></h2><p><strong>{}.</strong> {}</p>",
        route.operation,
        route.path,
        route.summary,
        marked(route.description)
    );
    if let [segment] = route.segments
        && !segment.example.is_empty()
    {
        let example = route.path.replace(&format!("{{{}}}", segment.name), segment.example);
        let _ = write!(
            page,
            "<p><code>{{{}}}</code>: {} The form asks for <code>{}</code>.</p>",
            segment.name,
            marked(segment.description),
            segment.example
        );
        form(page, route, &format!("{BASE}{example}"));
    } else if route.segments.iter().any(|segment| segment.example.is_empty()) {
        // No release is there for good, so no form can name one.
        for segment in route.segments {
            let _ = write!(page, "<p><code>{{{}}}</code>: {}</p>", segment.name, marked(segment.description));
        }
    } else {
        let example = route
            .segments
            .iter()
            .fold(route.path.to_owned(), |path, one| path.replace(&format!("{{{}}}", one.name), one.example));
        form(page, route, &format!("{BASE}{example}"));
    }
    page.push_str("</section>");
}

fn form(page: &mut String, route: &Route, action: &str) {
    let _ = write!(page, "<form method=\"get\" action=\"{action}\">");
    for parameter in route.parameters {
        field(page, route, parameter);
    }
    // Without a suffix comes what stands first.
    let usual = route.formats.first().map_or("Send", |format| format.name);
    let _ = write!(page, "<p><button>{usual}</button>");
    for (name, suffix) in route.formats.iter().filter_map(|format| Some((format.name, format.suffix?))) {
        let _ = write!(page, " <button formaction=\"{action}.{suffix}\">{name}</button>");
    }
    page.push_str("</p></form>");
}

fn field(page: &mut String, route: &Route, parameter: &Parameter) {
    let id = format!("{}-{}", route.operation, parameter.name);
    let _ = write!(page, "<p><label for=\"{id}\"><code>{}</code></label> ", parameter.name);
    match parameter.kind {
        Kind::Choice(words) => {
            let _ = write!(page, "<select id=\"{id}\" name=\"{}\"><option value=\"\"></option>", parameter.name);
            for word in words {
                let _ = write!(page, "<option>{word}</option>");
            }
            page.push_str("</select>");
        }
        _ => {
            let _ = write!(
                page,
                "<input id=\"{id}\" name=\"{}\" placeholder=\"{}\" autocomplete=\"off\">",
                parameter.name, parameter.example
            );
        }
    }
    let _ = write!(page, " <span>{}</span></p>", marked(parameter.description));
}

/// Our own texts: escapes them and shows what stands between backticks as code.
fn marked(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let mut html = String::new();
    for (place, part) in escaped.split('`').enumerate() {
        if place % 2 == 1 {
            let _ = write!(html, "<code>{part}</code>");
        } else {
            html.push_str(part);
        }
    }
    html
}
