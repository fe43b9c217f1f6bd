//! Every chart with made-up numbers on one page, to be looked at, and the checks every drawing must
//! pass: nothing is written outside the picture, every mark that carries a fact has a name.
//!
//! The page is written to `target/gallery/`. No number here describes the world.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod more_samples;
mod pictures;
mod samples;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use leptos::prelude::*;

use crate::charts::drawing::Drawing;
use crate::charts::heat_table::{HeatTablePlot, HeatTablePlotProps};
use crate::charts::plot::{Sizes, markup};
use crate::charts::standalone::{self, SHEET};
use crate::charts::twin::{TwinTable, TwinTableProps};
use crate::charts::{Chart, Size, label};

fn charts() -> Vec<(&'static str, Box<dyn Chart>)> {
    samples::all().into_iter().chain(more_samples::all()).collect()
}

/// Charts that have nothing to show.
fn empty_charts() -> Vec<(&'static str, Box<dyn Chart>)> {
    samples::empty().into_iter().chain(more_samples::empty()).collect()
}

/// The height of a text by its class, as the style sheet sets it.
fn text_height(drawing: &Drawing, class: &str) -> f64 {
    match drawing.kind {
        "choropleth" if class == "tick" || class == "legend-title" => 15.0,
        "choropleth" => 14.0,
        "tile-grid" if class == "name" => 11.0,
        _ => drawing.size.text_height(),
    }
}

fn texts_outside(drawing: &Drawing) -> Vec<String> {
    let mut outside = Vec::new();
    for element in &drawing.body {
        element.walk(&mut |element| {
            if element.name() != "text" {
                return;
            }
            let coordinate = |name: &str| element.attribute(name).and_then(|text| text.parse::<f64>().ok()).unwrap();
            let text = element.own_text();
            let class = element.attribute("class").unwrap_or_default();
            let height = text_height(drawing, class) * if class.contains("chosen") { 1.12 } else { 1.0 };
            let width = element
                .attribute("textLength")
                .map_or_else(|| label::width(&text, height), |length| length.parse().unwrap());
            let (x, y) = (coordinate("x"), coordinate("y"));
            let left = match element.attribute("text-anchor") {
                Some("middle") => x - width / 2.0,
                Some("end") => x - width,
                _ => x,
            };
            // Widths are estimated on the wide side, so a little overhang is allowed.
            let inside = left >= -2.0 && left + width <= drawing.width + 2.0;
            if !(inside && y >= height * 0.7 && y <= drawing.height) {
                outside.push(format!("{text:?} at {x}, {y}"));
            }
        });
    }
    outside
}

#[test]
fn texts_stay_inside_their_drawing() {
    for (name, chart) in charts() {
        for size in [Size::Wide, Size::Compact] {
            let outside = texts_outside(&chart.draw(size));
            assert!(outside.is_empty(), "{name} {size:?}: {outside:#?}");
        }
    }
}

#[test]
fn coordinates_are_finite() {
    for (name, chart) in charts() {
        for size in [Size::Wide, Size::Compact] {
            let svg = chart.draw(size).to_svg();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name} {size:?}");
        }
    }
}

#[test]
fn twins_have_a_cell_for_every_heading() {
    for (name, chart) in charts() {
        let twin = chart.twin();
        assert!(!twin.rows.is_empty(), "{name}");
        for row in &twin.rows {
            assert_eq!(row.cells.len() + 1, twin.header.len(), "{name}: {}", row.name);
        }
    }
}

#[test]
fn drawings_without_data_are_still_drawings() {
    for (name, chart) in empty_charts() {
        for size in [Size::Wide, Size::Compact] {
            let drawing = chart.draw(size);
            assert!(drawing.height.is_finite() && drawing.height >= 0.0, "{name}");
            let svg = drawing.to_svg();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name} {size:?}: {svg}");
        }
        assert!(chart.twin().rows.is_empty(), "{name}");
    }
}

#[test]
fn ids_are_unique_on_the_page() {
    let page: String = charts().iter().map(|(_, chart)| markup(chart.as_ref(), Sizes::Both)).collect();
    let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn an_area_without_an_entry_is_drawn_as_missing() {
    let svg = samples::empty().remove(0).1.draw(Size::Wide).to_svg();
    assert_eq!(svg.matches("class=\"area missing\"").count(), 20);
}

#[test]
fn gallery_page_is_written() {
    let owner = Owner::new();
    let (body, bytes) = owner.with(|| {
        let mut body = String::new();
        let mut bytes = Vec::new();
        for (name, chart) in charts() {
            let svg = markup(chart.as_ref(), Sizes::Both);
            bytes.push(format!("{name}: {} bytes", svg.len()));
            let twin = TwinTable(TwinTableProps { twin: chart.twin() }).to_html();
            write!(body, "<section><h2>{name}</h2><div class=\"plot both\">{svg}</div><details><summary>table</summary>{twin}</details></section>"
            ).unwrap();
        }
        let heat = HeatTablePlot(HeatTablePlotProps { table: samples::heat_table() }).to_html();
        write!(body, "<section><h2>heat table</h2>{heat}</section>").unwrap();
        (body, bytes)
    });
    assert!(body.contains("<svg") && body.contains("<table"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/gallery");
    fs::create_dir_all(&folder).unwrap();
    for (file, width, theme) in [
        ("wide", "960px", "light"),
        ("phone", "328px", "light"),
        ("dark", "720px", "dark"),
        ("tablet", "640px", "light"),
    ] {
        // What stands for readers who asked for dark, made to hold for everybody or for nobody.
        let media = if theme == "dark" { "@media all" } else { "@media not all" };
        let sheet = SHEET.replace("@media screen and (prefers-color-scheme: dark)", media);
        let page = format!(
            "<!doctype html><html lang=\"kk\"><meta charset=\"utf-8\"><title>Charts</title>\
             <style>{sheet}</style><style>body{{margin:16px;width:{width};font:15px system-ui,sans-serif;\
             background:var(--chart-paper);color:var(--chart-ink)}}h2{{font-size:16px}}section{{margin-block-end:32px}}</style>\
             <body>{body}"
        );
        fs::write(folder.join(format!("{file}.html")), page).unwrap();
    }
    let style = standalone::style();
    for (name, chart) in charts() {
        fs::write(folder.join(format!("{name}.svg")), chart.draw(Size::Wide).to_svg_file(&style)).unwrap();
    }
    fs::write(folder.join("sizes.txt"), bytes.join("\n")).unwrap();
}
