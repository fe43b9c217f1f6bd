//! Makes the published map layer again from its outlines and its description:
//! `cargo run -p frontend --features ssr --example geography`.

use std::error::Error;
use std::fs;
use std::path::Path;

use frontend::geography::Geography;

const OUTLINES: &str = include_str!("../assets/geo/source/kz20_worldbank.geojson");
const DESCRIPTION: &str = include_str!("../assets/geo/source/kz20.json");

fn main() -> Result<(), Box<dyn Error>> {
    let layer = Geography::from_geojson(OUTLINES, DESCRIPTION)?;
    fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/geo/kz20.json"), layer.to_json()?)?;
    Ok(())
}
