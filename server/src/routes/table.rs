//! CSV by RFC 4180: UTF-8, a header row, `.` as the decimal sign, nothing for missing. Text that a
//! spreadsheet would run as a formula is made harmless; numbers stay numbers.

use std::borrow::Cow;

/// One cell.
#[derive(Debug, Clone)]
pub enum Field<'a> {
    /// Text, neutralised when it begins like a formula.
    Text(Cow<'a, str>),
    /// A number; nothing when missing.
    Number(Option<f64>),
    /// A whole number; nothing when missing.
    Count(Option<u64>),
    /// `true` or `false`.
    Flag(bool),
}

impl<'a> From<&'a str> for Field<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Field<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Field<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<f64> for Field<'_> {
    fn from(number: f64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<f64>> for Field<'_> {
    fn from(number: Option<f64>) -> Self {
        Self::Number(number)
    }
}

impl From<u64> for Field<'_> {
    fn from(count: u64) -> Self {
        Self::Count(Some(count))
    }
}

impl From<Option<u32>> for Field<'_> {
    fn from(count: Option<u32>) -> Self {
        Self::Count(count.map(u64::from))
    }
}

impl From<bool> for Field<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Anything that shows itself as text; nothing when missing.
pub fn shown<'a>(thing: Option<impl ToString>) -> Field<'a> {
    Field::Text(Cow::Owned(thing.map(|thing| thing.to_string()).unwrap_or_default()))
}

/// Codes in one cell, separated by spaces.
pub fn joined<'a, T: AsRef<str>>(codes: &[T]) -> Field<'a> {
    Field::Text(Cow::Owned(codes.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" ")))
}

/// A table being written.
#[derive(Debug)]
pub struct Table {
    writer: csv::Writer<Vec<u8>>,
}

impl Table {
    /// A table with its header row.
    ///
    /// # Errors
    /// When a row cannot be written, which memory never refuses.
    pub fn new(columns: &[&str]) -> Result<Self, csv::Error> {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record(columns)?;
        Ok(Self { writer })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When it has another length than the header.
    pub fn row<'a>(&mut self, fields: impl IntoIterator<Item = Field<'a>>) -> Result<(), csv::Error> {
        for field in fields {
            match field {
                Field::Text(text) => self.writer.write_field(neutralised(&text).as_bytes())?,
                Field::Number(number) => self.writer.write_field(text_of(number))?,
                Field::Count(count) => self.writer.write_field(text_of(count))?,
                Field::Flag(flag) => self.writer.write_field(text_of(Some(flag)))?,
            }
        }
        self.writer.write_record(None::<&[u8]>)
    }

    /// The bytes.
    ///
    /// # Errors
    /// When they cannot be flushed, which memory never refuses.
    pub fn finish(self) -> Result<Vec<u8>, csv::Error> {
        self.writer.into_inner().map_err(|unwritten| csv::Error::from(unwritten.into_error()))
    }
}

fn text_of(thing: Option<impl ToString>) -> String {
    thing.map(|thing| thing.to_string()).unwrap_or_default()
}

/// Puts an apostrophe before text that Excel, `LibreOffice` or Sheets would take for a formula. The
/// full-width signs are taken for their narrow forms by East Asian editions.
fn neutralised(text: &str) -> Cow<'_, str> {
    const SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    if text.starts_with(SIGNS) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(field: Field<'_>) -> String {
        let mut table = Table::new(&["a", "b"]).expect("a header");
        table.row([field, "x".into()]).expect("a row");
        String::from_utf8(table.finish().expect("bytes")).expect("UTF-8")
    }

    #[test]
    fn text_cannot_become_a_formula_and_numbers_stay_numbers() {
        fn check(field: Field<'_>, expected: &str) {
            assert_eq!(written(field), format!("a,b\r\n{expected},x\r\n"));
        }
        check("=1+1".into(), "'=1+1");
        check("+7 701".into(), "'+7 701");
        check("-2".into(), "'-2");
        check("@SUM(A1)".into(), "'@SUM(A1)");
        check("\t=1".into(), "'\t=1");
        check("=HYPERLINK(\"http://x\",\"y\")".into(), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
        check("＝1".into(), "'＝1");
        check("Түркістан, қала".into(), "\"Түркістан, қала\"");
        check((-2.5).into(), "-2.5");
        check(None::<f64>.into(), "");
        check(0.1.into(), "0.1");
        check(Some(3_u32).into(), "3");
        check(true.into(), "true");
    }

    #[test]
    fn a_row_of_another_length_is_refused() {
        let mut table = Table::new(&["a", "b"]).expect("a header");
        assert!(table.row(["x".into()]).is_err());
    }
}
