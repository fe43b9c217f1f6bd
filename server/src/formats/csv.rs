//! CSV by RFC 4180: UTF-8, a header row, `.` as the decimal sign, nothing for missing. Text that a
//! spreadsheet would run as a formula is made harmless; numbers stay numbers.

use std::borrow::Cow;

use ::csv::{Terminator, WriterBuilder};

use super::{Field, Format, FormatError, Head, Part, Writing};

/// Comma-separated values.
pub static CSV: Format = Format {
    name: "CSV",
    media_type: "text/csv",
    also: &[],
    version: None,
    content_type: "text/csv; charset=utf-8; header=present",
    suffix: Some("csv"),
    about: "UTF-8 with a header row, RFC 4180. The `Link` header leads to its CSVW metadata.",
    writing: Writing::ByRow(write),
};

/// Writes rows, with the header before the first.
pub(super) fn write(head: &Head, part: Part<'_>, out: &mut Vec<u8>) -> Result<(), FormatError> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    if part.is_first {
        writer.write_record(head.columns.iter().map(|column| column.name))?;
    }
    for row in part.rows {
        for field in &row {
            match field {
                Field::Text(text) => writer.write_field(neutralised(text).as_bytes())?,
                other => writer.write_field(other.text())?,
            }
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.flush()?;
    Ok(())
}

/// A table of words in which numbers are written as numbers, its headings first.
///
/// # Errors
/// When the rows are not of one length.
pub(crate) fn of_words(rows: &[Vec<String>]) -> Result<Vec<u8>, FormatError> {
    let mut bytes = Vec::new();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(&mut bytes);
    for row in rows {
        let harmless = |cell: &'_ String| {
            if cell.parse::<f64>().is_ok() { cell.clone() } else { neutralised(cell).into_owned() }
        };
        writer.write_record(row.iter().map(harmless))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

/// Whether Excel, `LibreOffice` or Sheets would take text for a formula. The full-width signs are
/// taken for their narrow forms by East Asian editions.
pub(super) fn begins_like_a_formula(text: &str) -> bool {
    const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    text.starts_with(SIGNS)
}

/// Puts an apostrophe before text that would be run.
pub(super) fn neutralised(text: &str) -> Cow<'_, str> {
    if begins_like_a_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}
