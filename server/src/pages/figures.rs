//! Figures of pages by themselves: to embed, as drawings, as pictures, as tables. What they show is the
//! frontend's; here drawings become pixels, set in the typeface the program carries.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use actix_web::http::header::{self, EntityTag};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use frontend::figure_address::{self, Form};
use frontend::pages;
use frontend::route::Address;
use frontend::selection::Selection;
use indicators::text::Language;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, Options, Tree, fontdb};
use sha2::{Digest, Sha256};

use super::past::Past;
use super::shelf::Shelf;
use super::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, is_known, looked_at, missing, settled};
use crate::assets;
use crate::formats::csv;
use crate::http::Service;
use crate::view::ViewHandle;

/// How many figures are expected to be kept.
const FIGURES: usize = 500;
/// What they may weigh together.
const FIGURES_BYTES: u64 = 32 * 1024 * 1024;
/// Pixels for a unit of a drawing: for screens that show two for one.
const SHARPNESS: f32 = 2.0;

/// Other sites may show an embedded figure; it runs nothing.
const EMBEDDED_POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; \
     base-uri 'none'; form-action 'none'; frame-ancestors *";

/// A drawing could not be turned into pixels.
#[derive(Debug, thiserror::Error)]
enum PictureError {
    /// The drawing is not what the renderer takes.
    #[error("the drawing cannot be read: {0}")]
    Drawing(#[from] usvg::Error),
    /// The drawing has no size, or one that no memory holds.
    #[error("a picture of {width} by {height} cannot be made")]
    Size {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// The pixels could not be written.
    #[error("the picture cannot be written: {0}")]
    Encoding(String),
}

/// The typeface the program carries and no other: a picture is the same on every machine.
static TYPEFACE: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut typeface = fontdb::Database::new();
    for bytes in assets::fonts() {
        typeface.load_font_data(bytes.to_vec());
    }
    Arc::new(typeface)
});

/// A figure of one view, by its address.
type Key = (String, String);

#[derive(Debug, Clone)]
struct ByBytes;

impl Weighter<Key, Option<Bytes>> for ByBytes {
    fn weight(&self, (view, address): &Key, figure: &Option<Bytes>) -> u64 {
        let bytes = view.len() + address.len() + figure.as_ref().map_or(0, Bytes::len);
        u64::try_from(bytes).unwrap_or(u64::MAX)
    }
}

/// The figures made so far.
#[derive(Debug)]
pub(super) struct Figures {
    kept: Cache<Key, Option<Bytes>, ByBytes>,
}

impl Default for Figures {
    fn default() -> Self {
        Self { kept: Cache::with_weighter(FIGURES, FIGURES_BYTES, ByBytes) }
    }
}

/// Answers `/{language}/embed/…` and `/{language}/figures/…`.
pub(super) async fn figure(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    view: web::Data<ViewHandle>,
    shelf: web::Data<Shelf>,
    figures: web::Data<Figures>,
    past: web::Data<Past>,
    service: web::Data<Service>,
) -> HttpResponse {
    let (language, path) = path.into_inner();
    let language: Language = language.parse().unwrap_or(Language::Kk);
    let view = view.current();
    let Some((page, name, form)) = figure_address::from_path(&path) else {
        return missing(&view, &shelf, language);
    };
    let selection = settled(&view, &page, Selection::from_query(request.query_string()));
    let address = Address { page, language, selection };
    let view = match looked_at(view, (&past, service.places()), &shelf, &address).await {
        Ok(view) => view,
        Err(refusal) => return refusal,
    };
    let key = (view.id.clone(), figure_address::href(&address, &name, form));
    let tag = EntityTag::new_strong(tag_of(&key));

    let (its_view, its_shelf, its_address) = (Arc::clone(&view), shelf.clone(), address.clone());
    // Turning a drawing into pixels takes longer than an answer may hold up others.
    let made = web::block(move || {
        let make = || {
            let site = its_shelf.site_for(&its_view, &its_address);
            Ok(match form {
                Form::Embedded => pages::embedded(&site, &its_address, &name).map(Bytes::from),
                Form::Drawing => pages::drawing(&site, &its_address, &name).map(Bytes::from),
                Form::Picture => {
                    pages::drawing(&site, &its_address, &name).and_then(|drawing| pixels_or_none(&drawing, SHARPNESS))
                }
                Form::Card => pages::card(&site, &its_address, &name).and_then(|drawing| pixels_or_none(&drawing, 1.0)),
                Form::Table => pages::table(&site, &its_address, &name).and_then(|rows| csv_or_none(&rows)),
            })
        };
        let found: Result<Option<Bytes>, Infallible> = figures.kept.get_or_insert_with(&key, make);
        let Ok(bytes) = found;
        bytes
    })
    .await;
    let Ok(Some(bytes)) = made else { return missing(&view, &shelf, language) };

    let mut response = if is_known(&request, &tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    let (media_type, policy) = match form {
        Form::Embedded => ("text/html; charset=utf-8", EMBEDDED_POLICY),
        Form::Drawing => ("image/svg+xml", "default-src 'none'; style-src 'unsafe-inline'"),
        Form::Picture | Form::Card => ("image/png", CONTENT_SECURITY_POLICY),
        Form::Table => ("text/csv; charset=utf-8; header=present", "default-src 'none'"),
    };
    response
        .insert_header((header::CONTENT_TYPE, media_type))
        .insert_header((header::CONTENT_LANGUAGE, language.tag()))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("cross-origin-resource-policy", "cross-origin"))
        .insert_header(header::ETag(tag.clone()));
    if is_known(&request, &tag) { response.finish() } else { response.body(bytes) }
}

/// The view and the address say what is shown.
fn tag_of((view, address): &Key) -> String {
    let digest = Sha256::digest(format!("{}\n{view}\n{address}", env!("CARGO_PKG_VERSION")));
    hex::encode(digest.get(..12).unwrap_or_default())
}

fn pixels_or_none(drawing: &str, sharpness: f32) -> Option<Bytes> {
    pixels(drawing, sharpness)
        .inspect_err(|error| tracing::error!(%error, "a figure could not be turned into a picture"))
        .ok()
        .map(Bytes::from)
}

fn csv_or_none(rows: &[Vec<String>]) -> Option<Bytes> {
    csv::of_words(rows)
        .inspect_err(|error| tracing::error!(%error, "the table of a figure could not be written"))
        .ok()
        .map(Bytes::from)
}

/// A drawing as PNG.
fn pixels(drawing: &str, sharpness: f32) -> Result<Vec<u8>, PictureError> {
    let options = Options { font_family: "Inter".to_owned(), fontdb: Arc::clone(&TYPEFACE), ..Options::default() };
    let tree = Tree::from_str(drawing, &options)?;
    let size = tree.size().to_int_size().scale_by(sharpness).unwrap_or(tree.size().to_int_size());
    let (width, height) = (size.width(), size.height());
    let mut pixels = Pixmap::new(width, height).ok_or(PictureError::Size { width, height })?;
    resvg::render(&tree, Transform::from_scale(sharpness, sharpness), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| PictureError::Encoding(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn drawing(text: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"120\" height=\"40\"><text x=\"4\" y=\"30\" \
             font-family=\"Inter\" font-size=\"20\">{text}</text></svg>"
        )
    }

    #[test]
    fn kazakh_letters_are_in_the_typeface() {
        let blank = pixels(&drawing(""), 1.0).unwrap();
        let mut seen = vec![blank];
        for letter in "әғқңөұүһіӘҒҚҢӨҰҮҺІ₸№†‡\u{2212}".chars() {
            let picture = pixels(&drawing(&letter.to_string()), 1.0).unwrap();
            assert!(!seen.contains(&picture), "{letter} looks like another, or like nothing");
            seen.push(picture);
        }
    }

    #[test]
    fn what_is_no_drawing_makes_no_picture() {
        assert!(pixels("<svg", 1.0).is_err());
        assert!(pixels("no drawing", 1.0).is_err());
    }
}
