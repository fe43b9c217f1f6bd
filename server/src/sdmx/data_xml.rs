//! SDMX-ML 2.1 data messages, generic and structure-specific.

use std::collections::BTreeMap;
use std::io;

use super::namespaces::{COMMON, GENERIC, MESSAGE, SPECIFIC};
use super::structure::Structure;
use super::structure_xml::{header, reference, structure_reference};
use super::urn;
use crate::formats::{Field, FormatError, Row, Table};
use crate::xml::Xml;

/// Which of the two messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Concepts are attributes of elements that every structure shares.
    Generic,
    /// Concepts are attributes by name.
    Specific,
}

/// What a message needs beside the figures.
#[derive(Debug)]
pub struct Message<'a> {
    /// Which of the two.
    pub shape: Shape,
    /// The dataflow.
    pub flow: &'a str,
    /// Its structure.
    pub structure: &'static Structure,
    /// The dimension that changes inside a series, or `AllDimensions`.
    pub at_observation: &'a str,
    /// When the newest of what stands behind it was taken in.
    pub prepared: &'a str,
}

/// The dimension of flat messages.
pub const ALL_DIMENSIONS: &str = "AllDimensions";

/// A message is held whole: its series are put together before they are written.
const MOST_OBSERVATIONS: usize = 500_000;

/// One observation: its key, value and attributes, by concept.
struct Observation {
    key: Vec<(&'static str, String)>,
    value: String,
    attributes: Vec<(&'static str, String)>,
}

/// Writes a message.
///
/// # Errors
/// When there are more than half a million observations; when XML cannot be written, which memory never refuses.
pub fn write(message: &Message<'_>, table: Table) -> Result<Vec<u8>, FormatError> {
    let Table { head, length, rows } = table;
    if length > MOST_OBSERVATIONS {
        let (what, most) = ("observations", MOST_OBSERVATIONS);
        return Err(FormatError::TooLarge { format: "SDMX-ML", what, found: length, most });
    }
    let place = |concept: &str| head.columns.iter().position(|column| column.concept == Some(concept));
    let mut dimensions = message.structure.dimensions();
    dimensions.push("TIME_PERIOD");
    let keys: Vec<(&'static str, usize)> =
        dimensions.into_iter().filter_map(|concept| Some((concept, place(concept)?))).collect();
    let said: Vec<(&'static str, usize)> =
        message.structure.attributes().filter_map(|column| Some((column.concept?, place(column.concept?)?))).collect();
    let value = place("OBS_VALUE");
    let text = |row: &Row, place: usize| row.get(place).map(Field::text).unwrap_or_default();
    let mut series: BTreeMap<Vec<String>, Vec<Observation>> = BTreeMap::new();
    for row in rows {
        let key: Vec<(&'static str, String)> =
            keys.iter().map(|(concept, place)| (*concept, text(&row, *place))).collect();
        let of_series = if message.at_observation == ALL_DIMENSIONS {
            Vec::new()
        } else {
            let kept = key.iter().filter(|(concept, _)| *concept != message.at_observation);
            kept.map(|(_, code)| code.clone()).collect()
        };
        let attributes = said.iter().map(|(concept, place)| (*concept, text(&row, *place)));
        let attributes = attributes.filter(|(_, text)| !text.is_empty()).collect();
        let value = value.map(|place| text(&row, place)).unwrap_or_default();
        series.entry(of_series).or_default().push(Observation { key, value, attributes });
    }
    let mut xml = Xml::new()?;
    match message.shape {
        Shape::Generic => generic(&mut xml, message, &series)?,
        Shape::Specific => specific(&mut xml, message, &series)?,
    }
    Ok(xml.finish())
}

type Series = BTreeMap<Vec<String>, Vec<Observation>>;

impl Message<'_> {
    fn is_flat(&self) -> bool {
        self.at_observation == ALL_DIMENSIONS
    }

    fn header(&self, xml: &mut Xml, namespace: Option<&str>) -> io::Result<()> {
        header(xml, self.flow, self.prepared, |xml| {
            let mut attributes = vec![("structureID", self.structure.id)];
            attributes.extend(namespace.map(|namespace| ("namespace", namespace)));
            attributes.push(("dimensionAtObservation", self.at_observation));
            xml.within("mes:Structure", &attributes, |xml| match self.shape {
                Shape::Generic => {
                    xml.within("com:StructureUsage", &[], |xml| reference(xml, self.flow, "datastructure", "Dataflow"))
                }
                Shape::Specific => xml.within("com:Structure", &[], |xml| structure_reference(xml, self.structure)),
            })
        })
    }
}

fn generic(xml: &mut Xml, message: &Message<'_>, series: &Series) -> io::Result<()> {
    let namespaces = [("xmlns:mes", MESSAGE), ("xmlns:gen", GENERIC), ("xmlns:com", COMMON)];
    xml.within("mes:GenericData", &namespaces, |xml| {
        message.header(xml, None)?;
        xml.within("mes:DataSet", &[("structureRef", message.structure.id)], |xml| {
            for observations in series.values() {
                if message.is_flat() {
                    for one in observations {
                        xml.within("gen:Obs", &[], |xml| {
                            xml.within("gen:ObsKey", &[], |xml| values(xml, &one.key))?;
                            value_and_attributes(xml, one)
                        })?;
                    }
                    continue;
                }
                let Some(first) = observations.first() else { continue };
                let key: Vec<_> =
                    first.key.iter().filter(|(concept, _)| *concept != message.at_observation).cloned().collect();
                xml.within("gen:Series", &[], |xml| {
                    xml.within("gen:SeriesKey", &[], |xml| values(xml, &key))?;
                    observations.iter().try_for_each(|one| {
                        let at = one.key.iter().find(|(concept, _)| *concept == message.at_observation);
                        let at = at.map_or("", |(_, code)| code.as_str());
                        xml.within("gen:Obs", &[], |xml| {
                            xml.empty("gen:ObsDimension", &[("id", message.at_observation), ("value", at)])?;
                            value_and_attributes(xml, one)
                        })
                    })
                })?;
            }
            Ok(())
        })
    })
}

fn values(xml: &mut Xml, pairs: &[(&'static str, String)]) -> io::Result<()> {
    pairs.iter().try_for_each(|(id, value)| xml.empty("gen:Value", &[("id", id), ("value", value)]))
}

fn value_and_attributes(xml: &mut Xml, one: &Observation) -> io::Result<()> {
    // A missing value is no element: the status says why.
    if !one.value.is_empty() {
        xml.empty("gen:ObsValue", &[("value", &one.value)])?;
    }
    if one.attributes.is_empty() {
        return Ok(());
    }
    xml.within("gen:Attributes", &[], |xml| values(xml, &one.attributes))
}

fn specific(xml: &mut Xml, message: &Message<'_>, series: &Series) -> io::Result<()> {
    let namespace = format!("{}:ObsLevelDim:{}", urn::data_structure(message.structure), message.at_observation);
    let namespaces = [
        ("xmlns:mes", MESSAGE),
        ("xmlns:ss", SPECIFIC),
        ("xmlns:ns1", namespace.as_str()),
        ("xmlns:com", COMMON),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ];
    xml.within("mes:StructureSpecificData", &namespaces, |xml| {
        message.header(xml, Some(&namespace))?;
        let attributes = [
            ("ss:structureRef", message.structure.id),
            ("xsi:type", "ns1:DataSetType"),
            ("ss:dataScope", "DataStructure"),
        ];
        xml.within("mes:DataSet", &attributes, |xml| {
            for observations in series.values() {
                if message.is_flat() {
                    observations.iter().try_for_each(|one| observation(xml, one, |_| true))?;
                    continue;
                }
                let Some(first) = observations.first() else { continue };
                let key: Vec<(&str, &str)> = first
                    .key
                    .iter()
                    .filter(|(concept, _)| *concept != message.at_observation)
                    .map(|(concept, code)| (*concept, code.as_str()))
                    .collect();
                xml.within("Series", &key, |xml| {
                    observations
                        .iter()
                        .try_for_each(|one| observation(xml, one, |concept| concept == message.at_observation))
                })?;
            }
            Ok(())
        })
    })
}

fn observation(xml: &mut Xml, one: &Observation, is_said: impl Fn(&str) -> bool) -> io::Result<()> {
    let key = one.key.iter().filter(|(concept, _)| is_said(concept)).map(|(concept, code)| (*concept, code.as_str()));
    let value = (!one.value.is_empty()).then_some(("OBS_VALUE", one.value.as_str()));
    let attributes = one.attributes.iter().map(|(concept, text)| (*concept, text.as_str()));
    let all: Vec<(&str, &str)> = key.chain(value).chain(attributes).collect();
    xml.empty("Obs", &all)
}

#[cfg(test)]
mod tests {
    use std::iter;

    use indicators::text::Language;

    use super::*;
    use crate::formats::Head;
    use crate::formats::table::Flow;
    use crate::sdmx::structure::OBSERVATIONS;

    #[test]
    fn more_than_can_be_held_is_refused() {
        let head = Head {
            name: "A".to_owned(),
            title: "A".to_owned(),
            description: String::new(),
            address: String::new(),
            language: Language::En,
            columns: OBSERVATIONS.columns.to_vec(),
            codes: Vec::new(),
            flow: Flow::One("A".to_owned()),
            release: None,
            citations: Vec::new(),
            is_cut: false,
        };
        let message = Message {
            shape: Shape::Generic,
            flow: "A",
            structure: &OBSERVATIONS,
            at_observation: "TIME_PERIOD",
            prepared: "2026-01-01T00:00:00Z",
        };
        let table = |length| Table { head: head.clone(), length, rows: Box::new(iter::empty()) };
        assert!(write(&message, table(MOST_OBSERVATIONS)).is_ok());
        let refused = write(&message, table(MOST_OBSERVATIONS + 1)).map(|_| ());
        assert!(matches!(refused, Err(FormatError::TooLarge { found: 500_001, .. })), "{refused:?}");
    }
}
