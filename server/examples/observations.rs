//! Made-up observations through the real store, in and out again: the workload of `cargo xtask bench`. Its figures mean
//! nothing; each follows from its place, so that what is read back can be compared with what was written.
//!
//! ```text
//! observations import FOLDER THOUSANDS     writes so many thousand observations as one vintage
//! observations reopen FOLDER THOUSANDS     opens the store again, then reads and compares everything
//! ```
//!
//! Both print JSON: how long it took, and the most memory the process ever held.

use std::env;
use std::fs;
use std::io::{Write, stdout};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use indicators::code::DataflowId;
use indicators::observation::{Breakdown, ObsStatus, Observation, SeriesKey, TimePeriod};
use jiff::Timestamp;
use jiff::civil::date;
use server::content_hash::ContentHash;
use server::store::{NewVintage, PutOutcome, Store, UpdateMode};

/// Indicators of each organisation, by one breakdown in three.
const N_SERIES: u32 = 100;

const YEARS: [i16; 5] = [2020, 2021, 2022, 2023, 2024];

/// Organisations for each thousand observations.
const FOR_EACH_THOUSAND: u32 = 2;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (what, folder, thousands) = match arguments.as_slice() {
        [what, folder, thousands] => (*what, Path::new(*folder), thousands.parse().context("how many thousands")?),
        _ => bail!("observations import FOLDER THOUSANDS | observations reopen FOLDER THOUSANDS"),
    };
    let table = Table::new(thousands)?;
    match what {
        "import" => table.import(folder),
        "reopen" => table.reopen(folder),
        other => bail!("{other}; expected import or reopen"),
    }
}

/// A register of organisations, each with all indicators for all years.
struct Table {
    dataflow: DataflowId,
    series: Vec<SeriesKey>,
    n_areas: u32,
}

impl Table {
    fn new(thousands: u32) -> Result<Self> {
        let series = (0..N_SERIES).map(|number| {
            let sex = ["_T", "F", "M"][number as usize % 3].to_owned();
            Ok(SeriesKey {
                indicator: format!("indicator_{:03}", number / 3).parse()?,
                breakdown: Breakdown { sex, ..Breakdown::total() },
            })
        });
        let series = series.collect::<Result<_>>()?;
        Ok(Self { dataflow: "SYNTHETIC_REGISTER".parse()?, series, n_areas: thousands * FOR_EACH_THOUSAND })
    }

    /// What stands in a cell, by its place: a share to one decimal, or nothing in one cell of twenty.
    fn cell(series: u32, area: u32, year: i16) -> (Option<f64>, ObsStatus) {
        let place = (u64::from(series) << 40) | (u64::from(area) << 12) | u64::from(year.unsigned_abs());
        // The finaliser of SplitMix64.
        let mut drawn = place.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        drawn ^= drawn >> 31;
        let tenths = u32::try_from(drawn % 1001).unwrap_or_default();
        match drawn >> 59 {
            0 => (None, ObsStatus::Missing),
            1 => (Some(f64::from(tenths) / 10.0), ObsStatus::Provisional),
            _ => (Some(f64::from(tenths) / 10.0), ObsStatus::Normal),
        }
    }

    /// One organisation after the other, as a register is written out.
    fn observations(&self) -> impl Iterator<Item = Observation> {
        (0..self.n_areas).flat_map(move |area| {
            let code = format!("ORG-{area:06}");
            YEARS.into_iter().flat_map(move |year| {
                let code = code.clone();
                self.series.iter().zip(0..).filter_map(move |(series, number)| {
                    let (value, status) = Self::cell(number, area, year);
                    let (series, area) = (series.clone(), code.parse().ok()?);
                    Some(Observation { series, area, period: TimePeriod::Year(year), value, status })
                })
            })
        })
    }

    fn n_observations(&self) -> u64 {
        u64::from(self.n_areas) * u64::from(N_SERIES) * YEARS.len() as u64
    }

    /// The time is from an empty folder to a closed store.
    fn import(&self, folder: &Path) -> Result<()> {
        let begun = Instant::now();
        let store = Store::open(folder)?;
        let new = NewVintage {
            dataflow: self.dataflow.clone(),
            as_of: date(2024, 12, 31),
            recorded_at: Timestamp::UNIX_EPOCH,
            run: "synthetic".to_owned(),
            snapshots: vec![ContentHash::of(b"synthetic")],
            update: UpdateMode::Replace,
        };
        let PutOutcome::Written(vintage) = store.put_vintage(new, self.observations())? else {
            bail!("the folder holds these observations already");
        };
        ensure!(vintage.observations == self.n_observations(), "{} observations were stored", vintage.observations);
        let bytes = store.size_on_disk()?;
        drop(store);
        tell(&serde_json::json!({
            "seconds": begun.elapsed().as_secs_f64(),
            "observations": self.n_observations(),
            "bytes": bytes,
            "peak_kilobytes": peak_kilobytes()?,
        }))
    }

    /// The time is from a closed store to all that a start reads of it. Everything is read and compared after that.
    fn reopen(&self, folder: &Path) -> Result<()> {
        let begun = Instant::now();
        let store = Store::open(folder)?;
        let vintages = store.all_vintages()?;
        store.published()?;
        store.releases()?;
        let seconds = begun.elapsed().as_secs_f64();
        let [vintage] = vintages.as_slice() else { bail!("{} vintages; expected one", vintages.len()) };

        let begun = Instant::now();
        let mut n_read = 0;
        for (series, number) in self.series.iter().zip(0..) {
            for stored in store.series_of(vintage, series)? {
                let found = stored.observation;
                let area = found.area.as_str().strip_prefix("ORG-").context("an organisation")?.parse()?;
                let expected = Self::cell(number, area, found.period.year());
                let same = found.value.map(f64::to_bits) == expected.0.map(f64::to_bits);
                ensure!(same && found.status == expected.1, "read {found:?}; written was {expected:?}");
                n_read += 1;
            }
        }
        ensure!(n_read == self.n_observations(), "{n_read} observations were read");
        tell(&serde_json::json!({
            "seconds": seconds,
            "read_seconds": begun.elapsed().as_secs_f64(),
            "peak_kilobytes": peak_kilobytes()?,
        }))
    }
}

/// The most memory ever held, as Linux tells it.
fn peak_kilobytes() -> Result<Option<u64>> {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return Ok(None) };
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    let number = line.trim().strip_suffix("kB").context("VmHWM is told in kB")?.trim();
    Ok(Some(number.parse().context("VmHWM")?))
}

fn tell(what: &serde_json::Value) -> Result<()> {
    Ok(writeln!(stdout(), "{what}")?)
}
