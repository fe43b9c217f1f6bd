//! A chart with its words as one drawing: title, what is drawn, source. For files that leave the
//! site, and for previews of links to it.

use crate::charts::drawing::{Drawing, Element, tenths};
use crate::charts::{Size, label, standalone};

/// The words around a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The finding.
    pub title: String,
    /// What is drawn.
    pub subtitle: String,
    /// Remarks, sources, licences: each a paragraph of small print.
    pub small_print: Vec<String>,
    /// The name of the site.
    pub site: String,
}

const MARGIN: f64 = 24.0;
const TITLE: f64 = 20.0;
const SUBTITLE: f64 = 13.5;
const SMALL: f64 = 11.0;

const CARD: (f64, f64) = (1200.0, 630.0);
const CARD_MARGIN: f64 = 56.0;
const CARD_TITLE: f64 = 44.0;
const CARD_SUBTITLE: f64 = 24.0;

/// Ink, quiet ink and paper of a sheet: those of the light theme.
const INK: &str = "#17202b";
const QUIET: &str = "#55616e";
const PAPER: &str = "#ffffff";
const GOLD: &str = "#c98a04";
const BLUE: &str = "#0d3b6d";
const TYPEFACE: &str = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

/// A file to keep: as wide as a chart on a page, as high as it needs.
#[must_use]
pub fn file(drawing: &Drawing, words: &Words) -> String {
    let room = Size::Wide.width();
    let mut y = MARGIN;
    let mut marks = Vec::new();
    let paragraphs = [(&words.title, TITLE, 3), (&words.subtitle, SUBTITLE, 3)];
    for (text, height, most) in paragraphs {
        let style = Type {
            height,
            weight: if height > SUBTITLE { "600" } else { "400" },
            ink: if height > SUBTITLE { INK } else { QUIET },
        };
        marks.extend(set(text, MARGIN, &mut y, room, style, most));
        y += height * 0.3;
    }
    y += 10.0;
    marks.push(placed(drawing, (MARGIN, y), (room, room * drawing.height / drawing.width)));
    y += room * drawing.height / drawing.width + 14.0;
    for text in &words.small_print {
        marks.extend(set(text, MARGIN, &mut y, room, Type { height: SMALL, weight: "400", ink: QUIET }, 6));
        y += SMALL * 0.35;
    }
    finished((room + 2.0 * MARGIN, y + MARGIN - 4.0), words, marks)
}

/// A preview of a link: wide, with large words, the chart as large as it fits.
#[must_use]
pub fn card(drawing: &Drawing, words: &Words) -> String {
    let (width, height) = CARD;
    let room = width - 2.0 * CARD_MARGIN;
    let mut y = 40.0;
    let mut marks = vec![
        Element::rect(0.0, 0.0, width, 10.0).set("fill", BLUE),
        Element::rect(0.0, 0.0, 160.0, 10.0).set("fill", GOLD),
    ];
    let quiet = Type { height: CARD_SUBTITLE, weight: "400", ink: QUIET };
    marks.extend(set(&words.site, CARD_MARGIN, &mut y, room, Type { weight: "600", ..quiet }, 1));
    y += 14.0;
    marks.extend(set(&words.title, CARD_MARGIN, &mut y, room, Type { height: CARD_TITLE, weight: "600", ink: INK }, 2));
    y += 8.0;
    marks.extend(set(&words.subtitle, CARD_MARGIN, &mut y, room, quiet, 1));
    y += 16.0;
    let tall = height - y - 28.0;
    let scale = (room / drawing.width).min(tall / drawing.height);
    let size = (drawing.width * scale, drawing.height * scale);
    marks.push(placed(drawing, ((width - size.0) / 2.0, y + (tall - size.1) / 2.0), size));
    finished(CARD, words, marks)
}

/// How a text is set.
#[derive(Clone, Copy)]
struct Type {
    height: f64,
    weight: &'static str,
    ink: &'static str,
}

/// The lines of a text from `y` on, which moves below them.
fn set(text: &str, x: f64, y: &mut f64, room: f64, style: Type, most: usize) -> Vec<Element> {
    // Estimated widths are a little wide already; semibold takes the rest.
    let lines = label::wrapped(text, room, style.height, most);
    let lines = lines.into_iter().map(|line| {
        *y += style.height * 1.3;
        Element::text(x, *y - style.height * 0.3, line)
            .set("font-family", TYPEFACE)
            .set("font-size", tenths(style.height))
            .set("font-weight", style.weight)
            .set("fill", style.ink)
    });
    lines.collect()
}

fn placed(drawing: &Drawing, corner: (f64, f64), size: (f64, f64)) -> Element {
    drawing.element().unlinked().at("x", corner.0).at("y", corner.1).at("width", size.0).at("height", size.1)
}

fn finished(size: (f64, f64), words: &Words, marks: Vec<Element>) -> String {
    let (width, height) = size;
    Element::new("svg")
        .set("xmlns", "http://www.w3.org/2000/svg")
        .at("width", width)
        .at("height", height)
        .set("viewBox", format!("0 0 {} {}", tenths(width), tenths(height)))
        .set("font-family", TYPEFACE)
        .child(Element::new("title").content(&words.title))
        .child(Element::new("style").content(standalone::style()))
        .child(Element::rect(0.0, 0.0, width, height).set("fill", PAPER))
        .children(marks)
        .to_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Caption;

    fn words(title: &str) -> Words {
        Words {
            title: title.to_owned(),
            subtitle: "Score 0\u{2013}100, 2024".to_owned(),
            small_print: vec!["Source: Bureau of National Statistics.".to_owned()],
            site: "Sandyq".to_owned(),
        }
    }

    fn drawing(height: f64) -> Drawing {
        let caption = Caption { id: "one".to_owned(), title: "A".to_owned(), description: "B".to_owned() };
        Drawing::new(&caption, "bars", Size::Wide, height).with([Element::rect(0.0, 0.0, 9.0, 9.0).class("bar")])
    }

    #[test]
    fn a_file_stands_alone() {
        let file = file(&drawing(300.0), &words("Astana leads & others follow"));
        assert!(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"768\""), "{file}");
        assert!(file.contains("Astana leads &amp; others follow</text>") && file.contains("Source: Bureau"), "{file}");
        assert!(!file.contains("var(--"), "every colour is written out");
    }

    #[test]
    fn a_longer_title_makes_a_higher_file() {
        let height = |title: &str| {
            let file = file(&drawing(300.0), &words(title));
            let after = file.split_once("height=\"").map_or("", |(_, after)| after);
            after.split_once('"').and_then(|(height, _)| height.parse::<f64>().ok()).unwrap_or_default()
        };
        assert!(height(&"word ".repeat(40)) > height("word") + TITLE, "{}", height("word"));
    }

    #[test]
    fn a_card_has_the_size_of_previews_whatever_the_chart() {
        for height in [60.0, 300.0, 2000.0] {
            let card = card(&drawing(height), &words("Astana leads"));
            assert!(card.contains("width=\"1200\" height=\"630\""), "{card}");
        }
    }
}
