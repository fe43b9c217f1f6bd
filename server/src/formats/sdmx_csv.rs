//! SDMX-CSV 1.0 and 2.0: the columns that have an SDMX concept, with the dataflow of each row.

use ::csv::{Terminator, WriterBuilder};

use super::csv::neutralised;
use super::table::{Flow, Role};
use super::{Field, Format, FormatError, Head, Part, Row, Writing};
use crate::sdmx::{AGENCY, VERSION};

/// SDMX-CSV 1.0.
pub static VERSION_1: Format = version_1(Some("sdmx1.csv"), &[]);
/// SDMX-CSV 2.0.
pub static VERSION_2: Format = version_2(Some("sdmx.csv"), &[]);

/// SDMX-CSV 1.0, asked for by a suffix and by other media types.
#[must_use]
pub const fn version_1(suffix: Option<&'static str>, also: &'static [&'static str]) -> Format {
    Format {
        name: "SDMX-CSV 1.0",
        media_type: "application/vnd.sdmx.data+csv",
        also,
        version: Some("1.0.0"),
        content_type: "application/vnd.sdmx.data+csv;version=1.0.0;charset=utf-8",
        suffix,
        about: "SDMX-CSV 1.0: a `DATAFLOW` column, then dimensions, measure and attributes by concept.",
        writing: Writing::ByRow(write_1),
    }
}

/// SDMX-CSV 2.0, asked for by a suffix and by other media types.
#[must_use]
pub const fn version_2(suffix: Option<&'static str>, also: &'static [&'static str]) -> Format {
    Format {
        name: "SDMX-CSV 2.0",
        media_type: "application/vnd.sdmx.data+csv",
        also,
        version: Some("2.0.0"),
        content_type: "application/vnd.sdmx.data+csv;version=2.0.0;charset=utf-8",
        suffix,
        about: "SDMX-CSV 2.0: `STRUCTURE`, `STRUCTURE_ID` and `ACTION`, then dimensions, measure and attributes by \
                concept.",
        writing: Writing::ByRow(write_2),
    }
}

fn write_1(head: &Head, part: Part<'_>, out: &mut Vec<u8>) -> Result<(), FormatError> {
    write(head, part, out, &["DATAFLOW"], |flow| vec![format!("{AGENCY}:{flow}({VERSION})")])
}

fn write_2(head: &Head, part: Part<'_>, out: &mut Vec<u8>) -> Result<(), FormatError> {
    write(head, part, out, &["STRUCTURE", "STRUCTURE_ID", "ACTION"], |flow| {
        vec!["dataflow".to_owned(), format!("{AGENCY}:{flow}({VERSION})"), "I".to_owned()]
    })
}

fn write(
    head: &Head,
    part: Part<'_>,
    out: &mut Vec<u8>,
    before: &[&str],
    named: fn(&str) -> Vec<String>,
) -> Result<(), FormatError> {
    let ordered = in_order(head);
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
    if part.is_first {
        let concepts = ordered.iter().filter_map(|&place| head.columns.get(place)?.concept);
        writer.write_record(before.iter().copied().chain(concepts))?;
    }
    for row in part.rows {
        for field in named(&flow_of(head, &row)) {
            writer.write_field(field)?;
        }
        for field in ordered.iter().filter_map(|&place| row.get(place)) {
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

/// The dataflow of a row.
fn flow_of(head: &Head, row: &Row) -> String {
    match &head.flow {
        Flow::None => String::new(),
        Flow::One(flow) => flow.clone(),
        Flow::Column(name) => head.place(name).and_then(|place| row.get(place)).map(Field::text).unwrap_or_default(),
    }
}

/// Places of the columns with a concept: dimensions, the value, the rest.
fn in_order(head: &Head) -> Vec<usize> {
    let mut places: Vec<usize> =
        (0..head.columns.len()).filter(|&place| head.columns[place].concept.is_some()).collect();
    places.sort_by_key(|&place| {
        let column = &head.columns[place];
        match column.role {
            Role::Dimension => 0,
            _ if column.concept == Some("OBS_VALUE") => 1,
            _ => 2,
        }
    });
    places
}
