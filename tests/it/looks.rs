//! What a real browser makes of the charts: every kind that stands on a page is drawn as its picture is, and in every
//! language its words stand inside the drawing and apart from each other.

use std::fs;
use std::path::Path;

use resvg::tiny_skia::{Color, IntRect, Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use serde_json::Value;
use tests::browser::{Browser, Scripts};
use tests::shared;

use crate::every_page::{PAGES, READY};

/// A page, a figure on it, and the kinds of chart it shows wide and compact.
const CHARTS: [(&str, &str, [&str; 2]); 12] = [
    ("", "map", ["choropleth", "tile-grid"]),
    ("", "ranking", ["ranking"; 2]),
    ("", "trend", ["line"; 2]),
    ("regions/KZ-61", "contributions", ["contributions"; 2]),
    ("regions/KZ-61", "strip", ["strip"; 2]),
    ("regions/KZ-61", "radar", ["radar"; 2]),
    ("criteria/internet_access", "change", ["slope"; 2]),
    ("compare?area=KZ-71&area=KZ-61", "gaps", ["dumbbell"; 2]),
    ("compare?area=KZ-71&area=KZ-61", "ranks", ["bump"; 2]),
    ("countries", "egdi", ["line"; 2]),
    ("countries", "mobile", ["ranking"; 2]),
    ("indicators/countries/wb_internet_users", "against", ["scatter"; 2]),
];

/// By how much a colour may differ before the pixel counts as another, and one pixel in how many may be another: few by
/// much, and more by less than two shades of a scale do. Two renderers smooth edges in their own ways.
const TOLERANCE: [(u8, usize); 2] = [(64, 5_000), (24, 500)];

/// Lays one drawing of a figure on whole pixels, one for a unit, without its words and without what stands around it.
/// Says of what kind it is, where it lies, how it is written and where its picture is. Words are set in the typefaces of
/// the machine and judged by themselves.
const LAY_BARE: &str = "const done = arguments[arguments.length - 1]; \
     const drawing = document.querySelector('FIGURE svg.chart.SIZE'); \
     const written = new XMLSerializer().serializeToString(drawing); \
     document.body.style.visibility = 'hidden'; drawing.style.visibility = 'visible'; \
     drawing.querySelectorAll('text').forEach(text => text.style.visibility = 'hidden'); \
     drawing.style.display = 'block'; drawing.style.position = 'relative'; \
     const { width, height } = drawing.viewBox.baseVal; \
     drawing.style.inlineSize = width + 'px'; drawing.style.blockSize = height + 'px'; \
     drawing.scrollIntoView({ block: 'center' }); \
     const before = drawing.getBoundingClientRect(); \
     drawing.style.left = (Math.round(before.x) - before.x) + 'px'; \
     drawing.style.top = (Math.round(before.y) - before.y) + 'px'; \
     requestAnimationFrame(() => requestAnimationFrame(() => { const space = drawing.getBoundingClientRect(); \
     const file = document.querySelector('FIGURE a[href*=\".svg\"]').href; \
     done([drawing.classList[1], space.x, space.y, width, height, written, file]); }));";

/// What [`LAY_BARE`] says.
struct Laid {
    kind: String,
    space: IntRect,
    written: String,
    file: String,
}

async fn lay_bare(browser: &Browser, figure: &str, size: &str) -> Laid {
    let script = LAY_BARE.replace("FIGURE", &format!("#figure-{figure}")).replace("SIZE", size);
    let laid = browser.evaluate_later(&script).await.unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "pixels of a small screen")]
    let pixel = |place: usize| laid[place].as_f64().unwrap().round() as i32;
    // A picture of 402.4 pixels has 403 rows.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels of a small screen")]
    let length = |place: usize| laid[place].as_f64().unwrap().ceil() as u32;
    let text = |place: usize| laid[place].as_str().unwrap().to_owned();
    Laid {
        kind: text(0),
        space: IntRect::from_xywh(pixel(1), pixel(2), length(3), length(4)).unwrap(),
        written: text(5),
        file: text(6),
    }
}

/// A drawing by itself, in the style of picture files and without its words.
fn bare(drawing: &str, style: &str) -> String {
    let mut bare = String::new();
    let mut rest = drawing;
    while let Some((before, text)) = rest.split_once("<text") {
        bare.push_str(before);
        rest = text.split_once("</text>").unwrap().1;
    }
    bare.push_str(rest);
    let (tag, _) = bare.split_once('>').unwrap();
    let attribute = |name: &str| tag.rsplit_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
    let space = attribute("viewBox").unwrap();
    let (width, height) = space.strip_prefix("0 0 ").unwrap().split_once(' ').unwrap();
    // In a file it has a place, and may be smaller than it is drawn.
    let place = |name: &str, otherwise: &str| attribute(name).unwrap_or(otherwise).to_owned();
    let seen = [("x", "0"), ("y", "0"), ("width", width), ("height", height)].map(|(name, own)| place(name, own));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"{}\"><style>{style}</style>{bare}</svg>",
        seen.join(" ")
    )
}

fn drawn(svg: &str) -> Pixmap {
    let tree = Tree::from_str(svg, &Options::default()).unwrap();
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).unwrap();
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels
}

/// How many pixels of either picture are another colour than all those around them in the other.
fn others(one: &Pixmap, other: &Pixmap, same_colour: u8) -> usize {
    let strangers = |one: &Pixmap, other: &Pixmap| {
        let (width, height) = (one.width(), one.height());
        let is_known = |x: u32, y: u32| {
            let wanted = one.pixel(x, y).unwrap();
            let rows = y.saturating_sub(1)..=(y + 1).min(height - 1);
            let mut around =
                rows.flat_map(|row| (x.saturating_sub(1)..=(x + 1).min(width - 1)).map(move |column| (column, row)));
            around.any(|(column, row)| {
                let found = other.pixel(column, row).unwrap();
                wanted.red().abs_diff(found.red()) <= same_colour
                    && wanted.green().abs_diff(found.green()) <= same_colour
                    && wanted.blue().abs_diff(found.blue()) <= same_colour
            })
        };
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| !is_known(*x, *y)).count()
    };
    strangers(one, other) + strangers(other, one)
}

fn is_like(one: &Pixmap, other: &Pixmap) -> bool {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let all = one.data().len() / 4;
    TOLERANCE.iter().all(|(same_colour, pixels_for_one)| others(one, other, *same_colour) * pixels_for_one <= all)
}

/// Tolerance: of the pixels of a chart at most one in five thousand may be another colour, by more than 64 of 255 in red,
/// green or blue, than the pixel and its eight neighbours in the picture, and one in five hundred by more than 24.
#[tokio::test]
async fn a_browser_draws_each_chart_as_its_picture_is() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    browser.be_as_wide_as(1280, 1200).await.unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/looks");
    let mut faults = Vec::new();
    for (page, figure, kinds) in CHARTS {
        for (size, kind) in ["wide", "compact"].into_iter().zip(kinds) {
            browser.open(&service.url(&format!("/en/{page}"))).await.unwrap();
            browser.wait_until(READY).await.unwrap();
            let laid = lay_bare(&browser, figure, size).await;
            assert_eq!(laid.kind, kind, "{page}: {figure}");
            let file = reqwest::get(&laid.file).await.unwrap().text().await.unwrap();
            let (_, style) = file.split_once("<style>").unwrap();
            let (style, _) = style.split_once("</style>").unwrap();
            // The file has the wide one; the other is taken from the page.
            let of_file = || {
                let at = file.find("<svg class=\"chart").unwrap();
                &file[at..at + file[at..].find("</svg>").unwrap() + "</svg>".len()]
            };
            let picture = drawn(&bare(if size == "wide" { of_file() } else { &laid.written }, style));
            let window = Pixmap::decode_png(&browser.picture().await.unwrap()).unwrap();
            let shown = window.clone_rect(laid.space).unwrap();
            if !is_like(&shown, &picture) {
                fs::create_dir_all(&folder).unwrap();
                for (pixels, which) in [(&shown, "shown"), (&picture, "picture")] {
                    pixels.save_png(folder.join(format!("{figure}-{kind}-{size}-{which}.png"))).unwrap();
                }
                let counts = TOLERANCE.map(|(same_colour, _)| others(&shown, &picture, same_colour));
                faults.push(format!("{page}: {figure}, {size}: {counts:?} pixels are another colour"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new(), "both are in {}", folder.display());
    browser.close().await.unwrap();
}

#[test]
fn a_mark_beside_its_place_and_another_colour_are_more_than_the_tolerance() {
    let chart = |x: u32, radius: u32, colour: &str| {
        drawn(&format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"720\" height=\"380\"><circle cx=\"{x}\" cy=\"90\" \
             r=\"{radius}\" fill=\"{colour}\"/></svg>"
        ))
    };
    let mark = chart(100, 5, "#215b95");
    assert!(is_like(&mark, &chart(101, 5, "#215b95")));
    assert!(!is_like(&mark, &chart(105, 5, "#215b95")) && !is_like(&mark, &chart(100, 5, "#74a9d6")));
    // Two neighbours on the scale.
    assert!(!is_like(&chart(100, 20, "#215b95"), &chart(100, 20, "#3b7ab3")));
}

/// Words that leave their drawing, words that lie on others, and how many words there are, in the charts that are shown.
const CROWDED: &str = "const faults = []; let count = 0; \
     for (const drawing of [...document.querySelectorAll('main svg.chart')].filter(one => one.checkVisibility())) { \
       const space = drawing.getBoundingClientRect(), kind = drawing.classList[1]; \
       const words = [...drawing.querySelectorAll('text')].filter(one => one.checkVisibility()) \
         .map(one => ({ box: one.getBoundingClientRect(), said: one.textContent.trim() })).filter(one => one.said); \
       count += words.length; \
       for (const { box, said } of words) \
         if (box.left < space.left - 3 || box.right > space.right + 3) faults.push(`${kind}: ${said} leaves the drawing`); \
       words.forEach((one, place) => words.slice(place + 1).forEach(other => { \
         const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left); \
         const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top); \
         if (across > -1.5 && down > 0.35 * Math.min(one.box.height, other.box.height)) \
           faults.push(`${kind}: ${one.said} lies on ${other.said}`); })); } \
     return [count, faults];";

#[tokio::test]
async fn words_on_charts_stand_inside_and_apart() {
    let service = shared::service().await.unwrap();
    let browser = Browser::start(Scripts::On).await.unwrap();
    let (mut count, mut faults) = (0, Vec::new());
    for width in [360, 1280] {
        browser.be_as_wide_as(width, 900).await.unwrap();
        for language in ["kk", "ru", "en"] {
            for page in PAGES {
                browser.open(&service.url(&format!("/{language}/{page}"))).await.unwrap();
                browser.wait_until(READY).await.unwrap();
                let found = browser.evaluate(CROWDED).await.unwrap();
                count += found[0].as_u64().unwrap();
                let found = found[1].as_array().unwrap().iter().filter_map(Value::as_str);
                faults.extend(found.map(|fault| format!("/{language}/{page} at {width}: {fault}")));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(count > 5_000, "{count} words");
    // The measure itself: the first two words of a chart, one laid on the other.
    let laid = "const [one, other] = document.querySelectorAll('main svg.chart.wide text'); \
         ['x', 'y', 'text-anchor'].forEach(name => other.setAttribute(name, one.getAttribute(name) ?? '')); ";
    browser.open(&service.url("/en/countries")).await.unwrap();
    browser.wait_until(READY).await.unwrap();
    let found = browser.evaluate(&format!("{laid}{CROWDED}")).await.unwrap();
    assert!(found[1].to_string().contains(" lies on "), "{found}");
    browser.close().await.unwrap();
}
