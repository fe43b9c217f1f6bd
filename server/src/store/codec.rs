//! The bytes of a block body, written and read piece by piece. Which pieces, in which order, is
//! known to [`super::blocks`]. Everything is little-endian; a text is its length and its bytes.

use std::str::FromStr;

use indicators::code::{AreaCode, DataflowId};
use indicators::observation::{SeriesKey, TimePeriod};
use jiff::civil::Date;

use super::vintage::VintageId;

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("it ends after {length} bytes, inside a value")]
    Ends { length: usize },
    #[error("{left} bytes stand after its end")]
    Left { left: usize },
    #[error("it belongs to the series {found}")]
    Series { found: String },
    #[error("the text {found:?} is no {expected}")]
    Text { expected: &'static str, found: String },
    #[error("the status byte {found:02x}")]
    Status { found: u8 },
}

#[derive(Debug, Default)]
pub(super) struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn short(&mut self, number: u16) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    pub(super) fn number(&mut self, number: f64) {
        self.bytes.extend_from_slice(&number.to_le_bytes());
    }

    /// Lengths are bounded by the cells of a block, far below `u32::MAX`.
    pub(super) fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    pub(super) fn series(&mut self, series: &SeriesKey) {
        self.text(series.indicator.as_str());
        self.text(&series.breakdown.urbanisation);
        self.text(&series.breakdown.sex);
        self.text(&series.breakdown.age);
    }

    pub(super) fn period(&mut self, period: TimePeriod) {
        self.text(&period.to_string());
    }

    pub(super) fn vintage(&mut self, id: &VintageId) {
        self.text(&id.date.to_string());
        self.short(id.sequence);
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[derive(Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, length: bytes.len() }
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Fault::Ends { length: self.length })?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.rest.split_first_chunk::<N>().ok_or(Fault::Ends { length: self.length })?;
        self.rest = rest;
        Ok(*taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Fault> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn short(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_le_bytes)
    }

    pub(super) fn number(&mut self) -> Result<f64, Fault> {
        self.array().map(f64::from_le_bytes)
    }

    /// A count of things that follow; each takes at least a byte, so a larger one is damage.
    pub(super) fn length(&mut self) -> Result<usize, Fault> {
        let length = usize::try_from(u32::from_le_bytes(self.array()?)).unwrap_or(usize::MAX);
        if length > self.rest.len() { Err(Fault::Ends { length: self.length }) } else { Ok(length) }
    }

    fn parsed<T: FromStr>(&mut self, expected: &'static str) -> Result<T, Fault> {
        let length = self.length()?;
        let bytes = self.take(length)?;
        let text = String::from_utf8_lossy(bytes);
        text.parse().ok().ok_or_else(|| Fault::Text { expected, found: text.into_owned() })
    }

    pub(super) fn area(&mut self) -> Result<AreaCode, Fault> {
        self.parsed("area code")
    }

    pub(super) fn dataflow(&mut self) -> Result<DataflowId, Fault> {
        self.parsed("dataflow")
    }

    pub(super) fn period(&mut self) -> Result<TimePeriod, Fault> {
        self.parsed("period")
    }

    pub(super) fn vintage(&mut self, dataflow: &DataflowId) -> Result<VintageId, Fault> {
        let date: Date = self.parsed("date")?;
        Ok(VintageId { dataflow: dataflow.clone(), date, sequence: self.short()? })
    }

    /// Reads the series and holds it against the expected one.
    pub(super) fn series(&mut self, expected: &SeriesKey) -> Result<(), Fault> {
        for part in [
            expected.indicator.as_str(),
            &expected.breakdown.urbanisation,
            &expected.breakdown.sex,
            &expected.breakdown.age,
        ] {
            let found: String = self.parsed("text")?;
            if found != part {
                return Err(Fault::Series { found });
            }
        }
        Ok(())
    }

    pub(super) fn end(&self) -> Result<(), Fault> {
        if self.rest.is_empty() { Ok(()) } else { Err(Fault::Left { left: self.rest.len() }) }
    }
}
