//! Measurements on map tiles, added up by area: [`add_up`] reads a file of tiles as a stream, finds the area each tile's centre
//! lies in, and gives totals that hold no more than one line for each area.
//!
//! Here is what needs the tiles' file format and their geometry, and nothing else does: where the file comes from, what the totals
//! are called and where they are published is the service's matter. A package of its own, because the reader of the format is
//! the heaviest library of the project and only this needs it.

mod outlines;
mod quadkey;
mod quarter;
mod rows;
mod totals;

pub use outlines::{KZ20, Outlines, OutlinesError};
pub use quadkey::{Tile, TileError, ZOOM};
pub use quarter::{QuarterError, add_up};
pub use rows::Rows;
pub use totals::{AreaTotals, Totals, Weighted};
