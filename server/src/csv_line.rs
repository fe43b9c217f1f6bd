//! The line on which a record of CSV stands, as a spreadsheet numbers it. Reading the record is the
//! caller's.

use csv::Position;

/// The line of the record that follows a position. The reader's own number is where the record before
/// ended; blank lines between the two are passed over.
pub(crate) fn line_of(bytes: &[u8], position: &Position) -> usize {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = bytes.get(from..).unwrap_or_default();
    let breaks = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
    usize::try_from(position.line()).unwrap_or(usize::MAX).saturating_add(breaks.count())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use csv::ReaderBuilder;

    use super::*;

    #[test]
    fn blank_lines_count() {
        let text = b"area,value\r\n\r\n\r\nKZ,1\nKZ-10,\"2\n3\"\n\nKZ-11,4\n";
        let mut reader = ReaderBuilder::new().from_reader(text.as_slice());
        let lines: Vec<usize> =
            reader.records().map(|record| line_of(text, record.unwrap().position().unwrap())).collect();
        assert_eq!(lines, [4, 5, 8]);
    }
}
