//! The form of a line in the files that only ever grow: one JSON object, which ends with the checksum of what stands
//! before it. What the lines say belongs to [`crate::run_log`] and [`crate::keys`].
//!
//! ```text
//! {"kind":"run",…,"crc32":"0123abcd"}      the sum of everything before ,"crc32"
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Writes one object, with its line break.
pub(crate) fn write(entry: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut line = serde_json::to_string(entry)?;
    line.pop();
    let sum = crc32fast::hash(line.as_bytes());
    line.push_str(&suffix(sum));
    line.push('\n');
    Ok(line)
}

/// Reads one line, without its line break.
pub(crate) fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, String> {
    let text = str::from_utf8(line).map_err(|error| error.to_string())?;
    let length = text.len().checked_sub(suffix(0).len()).filter(|&length| text.is_char_boundary(length));
    let (body, found) = length.map(|length| text.split_at(length)).ok_or("it is too short")?;
    let expected = suffix(crc32fast::hash(body.as_bytes()));
    if found != expected {
        return Err(format!("it ends in {found:?}; expected {expected:?}"));
    }
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Whole lines with their numbers, from 1. What stands after the last line break was never acknowledged.
pub(crate) fn whole(text: &[u8]) -> (usize, impl Iterator<Item = (&[u8], u64)>) {
    let whole = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    let lines = text.get(..whole).unwrap_or_default().split(|&byte| byte == b'\n').zip(1u64..);
    (whole, lines.filter(|(line, _)| !line.is_empty()))
}

fn suffix(sum: u32) -> String {
    format!(r#","crc32":"{sum:08x}"}}"#)
}
