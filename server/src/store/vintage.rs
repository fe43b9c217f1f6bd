//! What a dataflow said on a day: [`VintageId`] and its [`Vintage`] manifest. Cells live in
//! [`super::blocks`].

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use indicators::code::DataflowId;
use indicators::observation::SeriesKey;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;

/// Names a vintage: `BNS_SDG_4_A_1@2020-12-19.1`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VintageId {
    /// The dataflow.
    pub dataflow: DataflowId,
    /// The day from which this is what was known.
    pub date: Date,
    /// Counts the vintages of one day, from 1.
    pub sequence: u16,
}

/// The text names no vintage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the vintage {found:?}; expected DATAFLOW@YYYY-MM-DD.n")]
pub struct VintageIdError {
    /// The text given.
    pub found: String,
}

impl fmt::Display for VintageId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}@{}.{}", self.dataflow, self.date, self.sequence)
    }
}

impl FromStr for VintageId {
    type Err = VintageIdError;

    fn from_str(text: &str) -> Result<Self, VintageIdError> {
        let read = || {
            let (dataflow, rest) = text.split_once('@')?;
            let (date, sequence) = rest.split_once('.')?;
            let sequence = sequence.parse().ok().filter(|&number| number > 0)?;
            Some(Self { dataflow: dataflow.parse().ok()?, date: date.parse().ok()?, sequence })
        };
        read().ok_or_else(|| VintageIdError { found: text.to_owned() })
    }
}

impl TryFrom<String> for VintageId {
    type Error = VintageIdError;

    fn try_from(text: String) -> Result<Self, VintageIdError> {
        text.parse()
    }
}

impl From<VintageId> for String {
    fn from(id: VintageId) -> Self {
        id.to_string()
    }
}

/// What a newer payload says about observations it does not contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UpdateMode {
    /// A payload is the whole table: what is absent was withdrawn.
    Replace,
    /// A payload is the newest part: what is absent stays as it was, with its older vintage.
    Merge,
}

/// Everything about a vintage but its cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vintage {
    /// Its name; the date in it is the `as_of` day.
    pub id: VintageId,
    /// When the run that brought it began.
    pub recorded_at: Timestamp,
    /// The run that brought it.
    pub run: String,
    /// The payloads it was read from.
    pub snapshots: Vec<ContentHash>,
    /// How it follows the vintage before.
    pub update: UpdateMode,
    /// How many observations stand in it, carried ones included.
    pub observations: u64,
    /// How many of them this vintage added or changed.
    pub changed: u64,
    /// What it holds of each series.
    #[serde(with = "series_list")]
    pub(super) series: BTreeMap<SeriesKey, SeriesBlocks>,
}

/// Where the cells of one series are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SeriesBlocks {
    pub(super) observations: u64,
    pub(super) blocks: Vec<ContentHash>,
}

impl Vintage {
    /// Whether a series stands in both without any difference. Nothing is read to tell.
    #[must_use]
    pub fn shares(&self, other: &Self, series: &SeriesKey) -> bool {
        self.series.get(series) == other.series.get(series)
    }

    /// The series that stand in it.
    pub fn series(&self) -> impl Iterator<Item = &SeriesKey> {
        self.series.keys()
    }
}

/// JSON has no structured keys, so the map is written as a list of pairs.
mod series_list {
    use std::collections::BTreeMap;

    use indicators::observation::SeriesKey;
    use serde::{Deserialize, Deserializer, Serializer};

    use super::SeriesBlocks;

    type Blocks = BTreeMap<SeriesKey, SeriesBlocks>;

    pub(super) fn serialize<S: Serializer>(blocks: &Blocks, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(blocks)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Blocks, D::Error> {
        let pairs = Vec::<(SeriesKey, SeriesBlocks)>::deserialize(deserializer)?;
        Ok(pairs.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vintage_names_are_read_back() {
        fn check(text: &str, good: bool) {
            let read = text.parse::<VintageId>();
            assert_eq!(read.is_ok(), good, "{text:?}");
            if let Ok(id) = read {
                assert_eq!(id.to_string(), text);
            }
        }
        check("BNS_SDG_4_A_1@2020-12-19.1", true);
        check("EGDI@2024-09-17.12", true);
        check("EGDI@2024-09-17.0", false);
        check("EGDI@2024-09-17", false);
        check("EGDI", false);
        check("@2024-09-17.1", false);
        check("EGDI@2024-13-17.1", false);
    }
}
