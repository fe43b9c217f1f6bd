//! The tile-grid map: one equal tile per area, roughly where the area lies. It reads on a phone,
//! and a small city weighs as much as a wide steppe.

use crate::charts::choropleth::MapArea;
use crate::charts::drawing::{Drawing, Element, hatch_fill, linked};
use crate::charts::legend::ClassLegend;
use crate::charts::scale::{Classes, number};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Chart, Size, label};

/// A tile-grid map.
#[derive(Debug, Clone, PartialEq)]
pub struct TileGrid {
    /// Its names.
    pub caption: Caption,
    /// The tiles.
    pub tiles: Vec<Tile>,
    /// Which value takes which shade.
    pub classes: Classes,
    /// The words of the legend.
    pub legend: ClassLegend,
    /// Headings of the table twin: area, value.
    pub headings: [String; 2],
}

/// One tile.
#[derive(Debug, Clone, PartialEq)]
pub struct Tile {
    /// Column from the west, from 0.
    pub column: u8,
    /// Row from the north, from 0.
    pub row: u8,
    /// The area it stands for.
    pub area: MapArea,
}

const GAP: f64 = 2.0;
/// The height of names, as the style sheet sets it.
const NAME: f64 = 11.0;

impl Chart for TileGrid {
    fn draw(&self, size: Size) -> Drawing {
        let columns = self.tiles.iter().map(|tile| tile.column).max().map_or(1, |last| usize::from(last) + 1);
        let rows = self.tiles.iter().map(|tile| tile.row).max().map_or(1, |last| usize::from(last) + 1);
        let text_height = size.text_height();
        let step = (size.width() - 2.0) / number(columns);
        let tile_height = step.min(72.0);
        let grid_height = tile_height * number(rows);
        let hatch = hatch_fill(&self.caption, size);
        let mut order: Vec<&Tile> = self.tiles.iter().collect();
        order.sort_by_key(|tile| tile.area.selected);
        let tiles = order.into_iter().map(|tile| self.tile(tile, (step, tile_height), text_height, &hatch));
        let legend_top = grid_height + 14.0;
        let legend = self.legend.draw(&self.classes, (1.0, legend_top), size.width() - 2.0, text_height, &hatch);
        let height = legend_top + self.legend.height(text_height) + 6.0;
        Drawing::new(&self.caption, "tile-grid", size, height).with([Element::group("areas").children(tiles), legend])
    }

    fn twin(&self) -> Twin {
        Twin {
            caption: self.caption.title.clone(),
            header: self.headings.to_vec(),
            rows: self
                .tiles
                .iter()
                .map(|tile| TwinRow {
                    name: tile.area.name.clone(),
                    href: tile.area.href.clone(),
                    cells: vec![format!("{}{}", tile.area.text, tile.area.basis.sign())],
                })
                .collect(),
        }
    }
}

impl TileGrid {
    fn tile(&self, tile: &Tile, (width, height): (f64, f64), text_height: f64, hatch: &str) -> Element {
        let area = &tile.area;
        let (x, y) = (1.0 + width * f64::from(tile.column), 1.0 + height * f64::from(tile.row));
        let chosen = if area.selected { " chosen" } else { "" };
        let class = format!("area tile {} {}{chosen}", self.classes.css(area.value), area.basis.class());
        let mut face = Element::rect(x, y, width - GAP, height - GAP).set("rx", "2");
        if area.value.is_none() {
            face = face.set("fill", hatch.to_owned());
        }
        let middle = x + (width - GAP) / 2.0;
        let centre = y + (height - GAP) / 2.0;
        let room = width - GAP - 3.0;
        let name = label::fitted(middle, centre - 3.0, &area.short, room, NAME);
        let value = label::fitted(middle, centre + text_height + 1.0, &area.text, room, text_height);
        let mark = Element::group(class)
            .set("data-area", area.code.clone())
            .child(face)
            .child(name.class("name").anchor("middle"))
            .child(value.class("value").anchor("middle"))
            .titled(area.tip());
        linked(area.href.as_ref(), mark)
    }
}
