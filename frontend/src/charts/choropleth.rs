//! The map of areas coloured by class. On a phone the same facts are drawn as a tile-grid map.

use std::sync::Arc;

use crate::charts::drawing::{Drawing, Element, hatch_fill, linked};
use crate::charts::legend::ClassLegend;
use crate::charts::scale::Classes;
use crate::charts::tile_grid::{Tile, TileGrid};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Basis, Caption, Chart, Size, label};
use crate::geography::{Geography, Shape};

/// A map of values by area.
#[derive(Debug, Clone, PartialEq)]
pub struct Choropleth {
    /// Its names.
    pub caption: Caption,
    /// The outlines. Areas of the map without an entry in `areas` are drawn as missing.
    pub geography: Arc<Geography>,
    /// The areas.
    pub areas: Vec<MapArea>,
    /// Which value takes which shade.
    pub classes: Classes,
    /// The words of the legend.
    pub legend: ClassLegend,
    /// Headings of the table twin: area, value.
    pub headings: [String; 2],
    /// What is written into the areas of the wide map.
    pub labels: MapLabels,
}

/// What is written into the areas of the wide map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MapLabels {
    /// Short name and value where they fit.
    #[default]
    NamesAndValues,
    /// Nothing: for small maps.
    None,
}

/// One area of a map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapArea {
    /// Its code, as in the geography.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// A name short enough for a tile.
    pub short: String,
    /// The value; `None` is missing.
    pub value: Option<f64>,
    /// The value in words of the reader, or the words for a missing value.
    pub text: String,
    /// What the value rests on.
    pub basis: Basis,
    /// More for the tooltip: period, rank, source. May be empty.
    pub note: String,
    /// A page about the area.
    pub href: Option<String>,
    /// Whether it is the area the reader chose.
    pub selected: bool,
}

impl MapArea {
    /// What the tooltip says.
    #[must_use]
    pub fn tip(&self) -> String {
        let note = if self.note.is_empty() { String::new() } else { format!(" \u{b7} {}", self.note) };
        format!("{}: {}{}{note}", self.name, self.text, self.basis.sign())
    }
}

/// Areas smaller than this on the map also get a disc, so that a city can be seen and hit.
const SMALLEST: f64 = 24.0;
/// The radius of a city's disc. With its outline it is a target of more than 24 px when the map is
/// 960 px wide.
const DISC: f64 = 11.0;
/// The height of labels on the map, as the style sheet sets it.
const LABEL: f64 = 14.0;
/// The height of the tag that names a city.
const TAG: f64 = 21.0;

impl Chart for Choropleth {
    fn draw(&self, size: Size) -> Drawing {
        match size {
            Size::Wide => self.map(),
            Size::Compact => self.tiles().draw(size),
        }
    }

    fn twin(&self) -> Twin {
        Twin {
            caption: self.caption.title.clone(),
            header: self.headings.to_vec(),
            rows: self
                .areas
                .iter()
                .map(|area| TwinRow {
                    name: area.name.clone(),
                    href: area.href.clone(),
                    cells: vec![format!("{}{}", area.text, area.basis.sign())],
                })
                .collect(),
        }
    }
}

impl Choropleth {
    /// The same facts as a tile-grid map.
    #[must_use]
    pub fn tiles(&self) -> TileGrid {
        TileGrid {
            caption: self.caption.clone(),
            tiles: self
                .areas
                .iter()
                .filter_map(|area| {
                    let shape = self.geography.areas.get(&area.code)?;
                    Some(Tile { column: shape.tile.0, row: shape.tile.1, area: area.clone() })
                })
                .collect(),
            classes: self.classes.clone(),
            legend: self.legend.clone(),
            headings: self.headings.clone(),
        }
    }

    fn map(&self) -> Drawing {
        let height = self.geography.height;
        let hatch = hatch_fill(&self.caption, Size::Wide);
        let mut drawing = Drawing::new(&self.caption, "choropleth", Size::Wide, height + 72.0);
        drawing.width = self.geography.width;
        let shape_of = |area: &MapArea| self.geography.areas.get(&area.code);
        // The chosen area comes late, so that its outline lies on top; discs lie over everything.
        let mut order: Vec<&MapArea> = self.areas.iter().collect();
        order.sort_by_key(|area| (shape_of(area).is_some_and(is_tiny), area.selected));
        let unnamed = self
            .geography
            .areas
            .iter()
            .filter(|(code, _)| !self.areas.iter().any(|area| area.code == **code))
            .map(|(_, shape)| Element::path(shape.path.clone()).class("area missing").set("fill", hatch.clone()));
        let areas = order.iter().filter_map(|area| Some(self.area(area, shape_of(area)?, &hatch)));
        let mut marks = Element::group("areas").children(unnamed).children(areas);
        if self.labels == MapLabels::NamesAndValues {
            let placed = order.iter().filter_map(|area| Some((*area, shape_of(area)?)));
            marks = marks.child(self.labels_of(placed));
        }
        let legend = self.legend.draw(&self.classes, (8.0, height + 14.0), 560.0, 15.0, &hatch);
        drawing.with([marks, legend])
    }

    fn area(&self, area: &MapArea, shape: &Shape, hatch: &str) -> Element {
        let chosen = if area.selected { " chosen" } else { "" };
        let class = format!("area {} {}{chosen}", self.classes.css(area.value), area.basis.class());
        let fill = |mark: Element| match area.value {
            Some(_) => mark,
            None => mark.set("fill", hatch.to_owned()),
        };
        let outline = fill(Element::path(shape.path.clone()));
        let mut mark = Element::group(class).set("data-area", area.code.clone()).child(outline);
        if is_tiny(shape) {
            mark = mark.child(fill(Element::circle(shape.label, DISC)));
        }
        linked(area.href.as_ref(), mark.titled(area.tip()))
    }

    /// Names and values: inside an area where they fit, on a tag beside the disc of a city.
    fn labels_of<'a>(&self, areas: impl Iterator<Item = (&'a MapArea, &'a Shape)>) -> Element {
        let (cities, regions): (Vec<_>, Vec<_>) = areas.partition(|(_, shape)| is_tiny(shape));
        let mut group = Element::group("labels").set("aria-hidden", "true");
        let mut taken: Vec<Space> = cities.iter().map(|(_, shape)| Space::around(shape.label, 26.0, 26.0)).collect();
        for (area, shape) in regions {
            let (left, _, right, _) = shape.bounds;
            let (x, y) = shape.label;
            let width = label::width(&area.short, LABEL).max(label::width(&area.text, LABEL));
            if width > (right - left) * 0.85 {
                continue;
            }
            let x = clear_of(&taken, Space::around((x, y + 1.0), width, 34.0), x);
            taken.push(Space::around((x, y + 1.0), width, 34.0));
            let class = format!("label {}", self.classes.css(area.value));
            group = group.child(
                Element::group(class)
                    .set("data-label", area.code.clone())
                    .child(Element::text(x, y - 2.0, &area.short).class("name").anchor("middle"))
                    .child(Element::text(x, y + 14.0, &area.text).class("value").anchor("middle")),
            );
        }
        for (area, shape) in cities {
            let text = format!("{} {}", area.short, area.text);
            let width = label::width(&text, LABEL) + 12.0;
            let space = self.free_space(&taken, shape.label, width);
            taken.push(space);
            let class = format!("label tag {}", self.classes.css(area.value));
            group = group.child(
                Element::group(class)
                    .set("data-label", area.code.clone())
                    .child(Element::rect(space.left, space.top, width, TAG).set("rx", "3"))
                    .child(
                        Element::text(space.left + width / 2.0, space.top + TAG - 6.0, text)
                            .class("name")
                            .anchor("middle"),
                    ),
            );
        }
        group
    }

    /// A place for a tag near a disc that touches nothing else, looked for on the right, below,
    /// on the left and above.
    fn free_space(&self, taken: &[Space], (x, y): (f64, f64), width: f64) -> Space {
        let away = DISC + 4.0;
        let corners = [
            (x + away, y - TAG / 2.0),
            (x - away - width, y - TAG / 2.0),
            (x - width / 2.0, y + away),
            (x - width / 2.0, y - away - TAG),
            (x + away, y + away),
            (x - away - width, y + away),
        ];
        let spaces = corners.map(|(left, top)| Space { left, top, right: left + width, bottom: top + TAG });
        let fits = |space: &&Space| {
            space.left >= 0.0 && space.right <= self.geography.width && !taken.iter().any(|other| other.touches(space))
        };
        spaces.iter().find(fits).copied().unwrap_or(spaces[0])
    }
}

/// A rectangle taken by a label.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Space {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

impl Space {
    fn around((x, y): (f64, f64), width: f64, height: f64) -> Self {
        Self { left: x - width / 2.0, top: y - height / 2.0, right: x + width / 2.0, bottom: y + height / 2.0 }
    }

    fn touches(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }
}

/// Moves the middle of a label a little to the side when it touches a disc.
fn clear_of(taken: &[Space], label: Space, middle: f64) -> f64 {
    const FARTHEST: f64 = 16.0;
    let Some(other) = taken.iter().find(|other| other.touches(&label)) else { return middle };
    let (leftwards, rightwards) = (label.right - other.left, other.right - label.left);
    if leftwards.min(rightwards) > FARTHEST {
        middle
    } else if leftwards < rightwards {
        middle - leftwards
    } else {
        middle + rightwards
    }
}

fn is_tiny(shape: &Shape) -> bool {
    let (left, top, right, bottom) = shape.bounds;
    (right - left).max(bottom - top) < SMALLEST
}
