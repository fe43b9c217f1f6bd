//! A synthetic quarter of tiles, made or added up: the workload of `cargo xtask bench`. Its figures mean nothing.
//!
//! ```text
//! quarter make FILE TILES        writes so many tiles over the reach of the outlines, from a seed
//! quarter add-up FILE            prints the totals of each area and how long it took, as JSON
//! ```

use std::env;
use std::fs::{self, File};
use std::io::{Write, stdout};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tiles::{KZ20, Outlines, Rows, Tile, add_up};

/// The columns of the provider's files that are read, and the text beside them that makes most of their size.
const SCHEMA: &str = "message tiles {
    OPTIONAL BYTE_ARRAY quadkey (UTF8); OPTIONAL BYTE_ARRAY tile (UTF8);
    OPTIONAL DOUBLE tile_x; OPTIONAL DOUBLE tile_y;
    OPTIONAL INT64 avg_d_kbps; OPTIONAL INT64 avg_u_kbps; OPTIONAL INT64 avg_lat_ms;
    OPTIONAL INT64 tests; OPTIONAL INT64 devices;
}";

/// Tiles from the Caspian to the Altai, neighbours included: columns and rows at the zoom level of the provider.
const COLUMNS: (u32, u32) = (41_200, 48_700);
const ROWS: (u32, u32) = (20_560, 24_700);

/// Rows of a group, as the provider's files have them.
const GROUP: usize = 128 * 1024;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["make", file, n_tiles] => make(file, n_tiles.parse().context("how many tiles")?),
        ["add-up", file] => measure(file),
        _ => bail!("quarter make FILE TILES | quarter add-up FILE"),
    }
}

fn make(path: &str, n_tiles: usize) -> Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(16);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(File::create(path)?, schema, Arc::new(properties))?;
    let mut left = n_tiles;
    while left > 0 {
        let n = left.min(GROUP);
        left -= n;
        let levels = vec![1i16; n];
        let tiles: Vec<Tile> = (0..n)
            .map(|_| {
                let column = dice.random_range(COLUMNS.0..COLUMNS.1);
                Tile { column, row: dice.random_range(ROWS.0..ROWS.1) }
            })
            .collect();
        let keys: Vec<String> = tiles.iter().map(|tile| tile.quadkey()).collect();
        let mut group = writer.next_row_group()?;
        let mut at = 0;
        while let Some(mut column) = group.next_column()? {
            match at {
                0 => {
                    let keys: Vec<ByteArray> = keys.iter().map(|key| ByteArray::from(key.as_str())).collect();
                    column.typed::<ByteArrayType>().write_batch(&keys, Some(&levels), None)?;
                }
                1 => {
                    let shape = |key: &String| ByteArray::from(format!("POLYGON(({key} {key}, {key} {key}))").as_str());
                    let shapes: Vec<ByteArray> = keys.iter().map(shape).collect();
                    column.typed::<ByteArrayType>().write_batch(&shapes, Some(&levels), None)?;
                }
                2 | 3 => {
                    let centre = |tile: &Tile| if at == 2 { tile.longitude() } else { tile.latitude() };
                    let centres: Vec<f64> = tiles.iter().map(centre).collect();
                    column.typed::<DoubleType>().write_batch(&centres, Some(&levels), None)?;
                }
                _ => {
                    let highest = [200_000, 100_000, 200, 300, 40][at - 4];
                    let values: Vec<i64> = (0..n).map(|_| dice.random_range(1..highest)).collect();
                    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
                }
            }
            column.close()?;
            at += 1;
        }
        group.close()?;
    }
    writer.close()?;
    Ok(())
}

/// The time is from outlines and a closed file to the totals.
fn measure(path: &str) -> Result<()> {
    let begun = Instant::now();
    let rows = Rows::new(&Outlines::from_geojson(KZ20, "iso3166_2")?);
    let totals = add_up(File::open(path)?, &rows)?;
    let seconds = begun.elapsed().as_secs_f64();
    // Linux tells the most memory ever held.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(str::trim);
    let told = serde_json::json!({ "seconds": seconds, "peak": peak, "totals": totals });
    writeln!(stdout(), "{told}")?;
    Ok(())
}
