//! Makes the published map layer again from its outlines and its description:
//! `cargo run -p frontend --features ssr --example geography`.

use std::error::Error;
use std::fs;
use std::path::Path;

use frontend::geography::Geography;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/geo");
    let outlines = fs::read_to_string(folder.join("source/kz20_worldbank.geojson"))?;
    let description = fs::read_to_string(folder.join("source/kz20.json"))?;
    let geography = Geography::from_geojson(&outlines, &description)?;
    fs::write(folder.join("kz20.json"), geography.to_json()?)?;
    Ok(())
}
