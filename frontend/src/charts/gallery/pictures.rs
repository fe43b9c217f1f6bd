//! What the charts look like: each is drawn into a small picture and compared with the one kept in
//! `frontend/pictures/`. The typeface is the one the program carries, so machines agree.
//!
//! Tolerance: of the pixels of a picture at most one in a thousand may differ from the kept one by more
//! than 24 of 255 in red, green or blue. A digit that changed, a mark that moved by a pixel or a colour that is
//! another is more than that; a rounding of the renderer is less. `cargo xtask pictures` keeps the new ones,
//! to be looked at before they are committed.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use super::charts;
use crate::charts::{Size, standalone};

/// By how much a colour may differ before the pixel counts as another.
const SAME_COLOUR: u8 = 24;
/// One pixel in so many may be another.
const PIXELS_FOR_ONE: usize = 1_000;
/// Pixels for a unit of a drawing: enough to tell charts apart, little to keep.
const SCALE: f32 = 0.5;

fn kept() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pictures")
}

fn drawn() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gallery/pictures")
}

fn options() -> Options<'static> {
    let mut typeface = fontdb::Database::new();
    for bytes in [
        include_bytes!("../../../assets/fonts/Inter-Regular.otf").as_slice(),
        include_bytes!("../../../assets/fonts/Inter-SemiBold.otf").as_slice(),
    ] {
        typeface.load_font_data(bytes.to_vec());
    }
    Options { font_family: "Inter".to_owned(), fontdb: Arc::new(typeface), ..Options::default() }
}

fn picture(svg: &str, options: &Options<'_>) -> Pixmap {
    let tree = Tree::from_str(svg, options).unwrap();
    let size = tree.size().to_int_size().scale_by(SCALE).unwrap();
    let mut pixels = Pixmap::new(size.width(), size.height()).unwrap();
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels
}

/// How many pixels are another colour.
fn others(left: &Pixmap, right: &Pixmap) -> usize {
    let differs =
        |(one, other): (&[u8], &[u8])| one.iter().zip(other).any(|(one, other)| one.abs_diff(*other) > SAME_COLOUR);
    left.data().chunks_exact(4).zip(right.data().chunks_exact(4)).filter(|pair| differs(*pair)).count()
}

/// What is wrong with a picture, if anything.
#[expect(clippy::disallowed_methods, reason = "pictures are kept as files")]
fn fault(name: &str, new: &Pixmap, old: &Path) -> Option<String> {
    let Ok(bytes) = fs::read(old) else { return Some(format!("{name}: there is no kept picture")) };
    let old = Pixmap::decode_png(&bytes).unwrap();
    if (old.width(), old.height()) != (new.width(), new.height()) {
        let (from, to) = ((old.width(), old.height()), (new.width(), new.height()));
        return Some(format!("{name}: {} by {} pixels, kept {} by {}", to.0, to.1, from.0, from.1));
    }
    let (others, all) = (others(&old, new), old.data().len() / 4);
    (others * PIXELS_FOR_ONE > all).then(|| format!("{name}: {others} of {all} pixels are another colour"))
}

#[test]
fn charts_look_as_they_did() {
    let (options, style) = (options(), standalone::style());
    let folder = drawn();
    fs::create_dir_all(&folder).unwrap();
    let mut faults = Vec::new();
    let mut names = Vec::new();
    for (name, chart) in charts() {
        for (size, suffix) in [(Size::Wide, "wide"), (Size::Compact, "compact")] {
            let file = format!("{}-{suffix}.png", name.replace(' ', "-"));
            let pixels = picture(&chart.draw(size).to_svg_file(&style), &options);
            fs::write(folder.join(&file), pixels.encode_png().unwrap()).unwrap();
            faults.extend(fault(&file, &pixels, &kept().join(&file)));
            names.push(file);
        }
    }
    let left = fs::read_dir(kept()).into_iter().flatten().map(|entry| entry.unwrap().file_name());
    let left = left.map(|name| name.to_string_lossy().into_owned()).filter(|name| !names.contains(name));
    faults.extend(left.map(|name| format!("{name}: no chart is drawn like this any more")));
    assert!(
        faults.is_empty(),
        "what is drawn now is in {}; when it is right, `cargo xtask pictures` keeps it\n{}",
        folder.display(),
        faults.join("\n")
    );
}

#[test]
fn one_changed_digit_is_more_than_the_tolerance() {
    let options = options();
    let svg = |number: &str| {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"360\" height=\"300\"><text x=\"20\" y=\"40\" \
             font-family=\"Inter\" font-size=\"24\">{number}</text></svg>"
        )
    };
    let (old, new) = (picture(&svg("72,9"), &options), picture(&svg("77,9"), &options));
    assert!(others(&old, &new) * PIXELS_FOR_ONE > old.data().len() / 4);
    assert_eq!(others(&old, &picture(&svg("72,9"), &options)), 0);
}
