//! Statistical charts: plain data in, an SVG [`drawing::Drawing`] out.
//!
//! A chart is a struct of owned, already translated texts and numbers; [`Chart::draw`] lays it out
//! with pure geometry and [`Chart::twin`] gives the same facts as a table. [`plot::Plot`] puts a
//! drawing on a page. Colours are classes answered by `style/charts.css`, so nothing here knows a
//! theme, and no style attribute is written, so a strict content policy holds.
//!
//! What does not belong here: fetching, translating, the shapes of the API, the state of a page.

pub mod axis;
pub mod bar;
pub mod bump;
pub mod choropleth;
pub mod contribution;
pub mod drawing;
pub mod dumbbell;
pub mod heat_table;
pub mod label;
pub mod legend;
pub mod line;
pub mod marker;
pub mod path;
pub mod plot;
pub mod projection;
pub mod radar;
pub mod ranking;
pub mod rows;
pub mod scale;
pub mod scatter;
pub mod sheet;
pub mod slope;
pub mod sparkline;
pub mod standalone;
pub mod strip;
pub mod ticks;
pub mod tile_grid;
pub mod twin;

#[cfg(all(test, feature = "ssr"))]
mod gallery;

use crate::charts::drawing::Drawing;
use crate::charts::twin::Twin;

/// What a chart can do: be drawn, and be read as a table.
pub trait Chart {
    /// Lays the chart out for one width.
    fn draw(&self, size: Size) -> Drawing;

    /// The same facts as a table.
    fn twin(&self) -> Twin;
}

/// The width a drawing is laid out for. A page carries both and shows the one that fits, so that
/// text keeps its size on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// For columns of 600 px and more.
    Wide,
    /// For phones: 340 units wide, so one unit is about one pixel.
    Compact,
}

impl Size {
    /// The width of the drawing in its own units.
    #[must_use]
    pub const fn width(self) -> f64 {
        match self {
            Self::Wide => 720.0,
            Self::Compact => 340.0,
        }
    }

    /// The class that tells the sizes apart, also the end of ids inside the drawing.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Compact => "compact",
        }
    }

    /// The height of the text of axes and labels, as `charts.css` sets it.
    #[must_use]
    pub const fn text_height(self) -> f64 {
        match self {
            Self::Wide => 13.0,
            Self::Compact => 12.0,
        }
    }
}

/// What names a chart for those who hear it instead of seeing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// Unique on its page: letters, digits and hyphens. Ids inside the drawing begin with it.
    pub id: String,
    /// The finding, in one short sentence.
    pub title: String,
    /// What is drawn: measure, unit, places, years.
    pub description: String,
}

/// What a value rests on. A missing value has no basis: it is `None` where the value would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Basis {
    /// Published for this place and period.
    #[default]
    Observed,
    /// Taken from a larger or an earlier place.
    Substituted,
    /// Taken from an earlier period.
    Carried,
    /// Filled by a rule of the method.
    Imputed,
}

impl Basis {
    /// The class of a mark resting on it.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Substituted => "substituted",
            Self::Carried => "carried",
            Self::Imputed => "imputed",
        }
    }

    /// The sign set behind a number that is not observed: degree sign-like marks that a legend
    /// explains. Empty for an observed value.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Observed => "",
            Self::Substituted => "\u{2020}",
            Self::Carried => "\u{2021}",
            Self::Imputed => "*",
        }
    }
}

/// How a mark stands out from its peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emphasis {
    /// The place the reader chose: gold.
    Chosen,
    /// One of up to six told apart by colour and label, counted from 0.
    Peer(u8),
    /// The national figure or another yardstick: dark, dashed.
    Yardstick,
    /// What was published before a revision: dotted, grey, with a name.
    Earlier,
    /// Background: grey.
    #[default]
    Context,
}

impl Emphasis {
    /// The class of a mark drawn so.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Peer(0) => "peer0",
            Self::Peer(1) => "peer1",
            Self::Peer(2) => "peer2",
            Self::Peer(3) => "peer3",
            Self::Peer(4) => "peer4",
            Self::Peer(_) => "peer5",
            Self::Yardstick => "yardstick",
            Self::Earlier => "earlier",
            Self::Context => "context",
        }
    }

    /// The height to estimate the width of a label with: the chosen one is bold, so it is wider.
    #[must_use]
    pub fn label_height(self, height: f64) -> f64 {
        if self == Self::Chosen { height * 1.12 } else { height }
    }
}
