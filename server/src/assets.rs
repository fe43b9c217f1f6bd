//! Files embedded in the binary and served under the hash of their content: style sheet, typeface, icon,
//! the islands. What does not belong here: HTML (see [`crate::pages`]), raw payloads of providers.

use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use frontend::data::{AssetLinks, IslandLinks};

/// A file in the binary.
struct Embedded {
    name: &'static str,
    hash: &'static str,
    bytes: &'static [u8],
    brotli: OnceLock<Vec<u8>>,
}

/// The typeface: the weights pages and pictures are set in.
const FONTS: [&str; 2] = ["Inter-Regular.otf", "Inter-SemiBold.otf"];

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// How hard brotli tries: as hard as it can, once a start, but not in a build without optimisation.
const BROTLI_QUALITY: u32 = if cfg!(debug_assertions) { 5 } else { 11 };
/// Window of 4 MiB, the largest every browser takes.
const BROTLI_WINDOW: u32 = 22;

impl Embedded {
    fn find(name: &str) -> Option<&'static Self> {
        EMBEDDED.iter().find(|file| file.name == name)
    }

    fn href(&self) -> String {
        format!("/assets/{}/{}", self.hash, self.name)
    }

    fn media_type(&self) -> &'static str {
        match self.name.rsplit_once('.').map(|(_, extension)| extension) {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("otf") => "font/otf",
            Some("svg") => "image/svg+xml",
            Some("wasm") => "application/wasm",
            _ => "application/octet-stream",
        }
    }

    fn compressed(&'static self) -> &'static [u8] {
        self.brotli.get_or_init(|| brotli(self.bytes, BROTLI_QUALITY))
    }
}

/// Compresses with brotli. Writing into memory does not fail; were it to, the answer would be empty
/// and the caller sends the plain bytes.
pub(crate) fn brotli(bytes: &[u8], quality: u32) -> Vec<u8> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 16 * 1024, quality, BROTLI_WINDOW);
    match writer.write_all(bytes).and_then(|()| writer.flush()) {
        Ok(()) => writer.into_inner(),
        Err(_) => Vec::new(),
    }
}

/// The typeface, a file each weight.
pub(crate) fn fonts() -> impl Iterator<Item = &'static [u8]> {
    FONTS.into_iter().filter_map(Embedded::find).map(|font| font.bytes)
}

/// The addresses the pages link to.
pub(crate) fn links() -> AssetLinks {
    let href = |name: &str| Embedded::find(name).map(Embedded::href);
    let islands = |module: &str, program: &str| {
        Some(IslandLinks { loader: href("islands.js")?, module: href(module)?, program: href(program)? })
    };
    AssetLinks {
        style: href("style.css").unwrap_or_default(),
        icon: href("icon.svg").unwrap_or_default(),
        fonts: FONTS.into_iter().filter_map(href).collect(),
        islands: islands("frontend.js", "frontend_bg.wasm"),
        weights: islands("weights.js", "weights_bg.wasm"),
    }
}

/// Whether the reader takes brotli.
pub(crate) fn takes_brotli(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("br") && !refused
    })
}

/// Answers `/assets/{hash}/{name}`. An address with an outdated hash is not found, so that a file is
/// never kept under the name of another.
pub(crate) async fn serve(request: HttpRequest, path: web::Path<(String, String)>) -> HttpResponse {
    let (hash, name) = path.into_inner();
    let Some(file) = Embedded::find(&name).filter(|file| file.hash == hash) else {
        return HttpResponse::NotFound().insert_header((header::CACHE_CONTROL, "no-store")).finish();
    };
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, file.media_type()))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if takes_brotli(&request) {
        let compressed = file.compressed();
        if !compressed.is_empty() {
            response.insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("br")));
            return response.body(compressed);
        }
    }
    response.body(file.bytes)
}
