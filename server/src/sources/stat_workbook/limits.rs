//! What a workbook may ask of memory, checked before it is opened.
//!
//! A file of a few kilobytes may declare a sheet of four thousand million cells, and the reader
//! would reserve room for them. So the records of the workbook stream are walked first: sizes declared and positions
//! of cells, nothing else.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use cfb::CompoundFile;

use crate::sources::error::{SourceError, excerpt};
use crate::sources::request::Payload;

/// Most cells of all sheets together, empty ones inside the used range included.
const MOST_CELLS: usize = 2_000_000;

/// Most bytes of the workbook stream.
const LARGEST_STREAM_BYTES: u64 = 16 * 1024 * 1024;

pub(in crate::sources) fn check(payload: &Payload<'_>) -> Result<(), SourceError> {
    let structure = |reason: &str| SourceError::Structure {
        part: payload.part.to_owned(),
        expected: "an .xls workbook",
        reason: excerpt(reason),
    };
    let stream = catch_unwind(AssertUnwindSafe(|| stream(payload.bytes)));
    let Ok(stream) = stream else { return Err(structure("the compound file is damaged; its reader gave up")) };
    let cells = cells(&stream.map_err(|reason| structure(&reason))?);
    if cells > MOST_CELLS {
        return Err(SourceError::TooLarge { what: "cells of the workbook", limit: MOST_CELLS, found: cells });
    }
    Ok(())
}

fn stream(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let path = ["/Workbook", "/Book"].into_iter().find(|path| file.is_stream(path));
    let Some(path) = path else { return Err("no workbook stream in the compound file".to_owned()) };
    let stream = file.open_stream(path).map_err(|error| error.to_string())?;
    let mut buffer = Vec::new();
    stream.take(LARGEST_STREAM_BYTES + 1).read_to_end(&mut buffer).map_err(|error| error.to_string())?;
    if u64::try_from(buffer.len()).unwrap_or(u64::MAX) > LARGEST_STREAM_BYTES {
        return Err(format!("a workbook stream of more than {LARGEST_STREAM_BYTES} bytes"));
    }
    Ok(buffer)
}

/// Sum over sheets of the area spanned by the declared size and by the cells met.
fn cells(stream: &[u8]) -> usize {
    const BEGIN: u16 = 0x0809;
    const DIMENSIONS: u16 = 0x0200;
    let number = |data: &[u8], at: usize| -> usize {
        data.get(at..at + 2).and_then(|two| two.try_into().ok()).map_or(0, |two| usize::from(u16::from_le_bytes(two)))
    };
    let mut total = 0_usize;
    let (mut rows, mut columns) = (0_usize, 0_usize);
    let mut at = 0;
    while let Some(head) = stream.get(at..at + 4) {
        let (kind, length) = (u16::try_from(number(head, 0)).unwrap_or(0), number(head, 2));
        let Some(data) = stream.get(at + 4..at + 4 + length) else { break };
        match kind {
            BEGIN => {
                total = total.saturating_add(rows.saturating_mul(columns));
                (rows, columns) = (0, 0);
            }
            // Rows are 32 bits wide here; the columns follow.
            DIMENSIONS => {
                let high = number(data, 6).saturating_mul(1 << 16);
                rows = rows.max(number(data, 4).saturating_add(high));
                columns = columns.max(number(data, 10));
            }
            // Formula, number, label, boolean, packed number, shared string, rich string and runs of them.
            0x0006 | 0x0201 | 0x0203 | 0x0204 | 0x0205 | 0x027e | 0x00fd | 0x00d6 | 0x00bd | 0x00be => {
                rows = rows.max(number(data, 0) + 1);
                let run = if matches!(kind, 0x00bd | 0x00be) { length / 6 } else { 0 };
                columns = columns.max(number(data, 2) + 1 + run);
            }
            _ => {}
        }
        at += 4 + length;
    }
    total.saturating_add(rows.saturating_mul(columns))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap_or(0);
        [&kind.to_le_bytes()[..], &length.to_le_bytes()[..], data].concat()
    }

    #[test]
    fn declared_sizes_and_far_cells_both_count() {
        let begin = record(0x0809, &[0; 16]);
        let huge = record(0x0200, &[0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0]);
        assert!(cells(&[begin.clone(), huge].concat()) > MOST_CELLS);
        let far = record(0x0203, &[255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(cells(&[begin.clone(), far.clone()].concat()), 65_536 * 256);
        assert_eq!(cells(&[begin.clone(), far.clone(), begin, far].concat()), 2 * 65_536 * 256);
        assert_eq!(cells(&[1, 2, 3]), 0);
    }
}
