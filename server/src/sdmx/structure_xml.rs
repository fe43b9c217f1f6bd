//! SDMX-ML 2.1 structure messages, in the order the schema demands.

use std::io;

use indicators::text::LocalText;

use super::namespaces::{COMMON, MESSAGE, STRUCTURE};
use super::structure::{Artefacts, Availability, CONCEPTS, Structure, concept_of, text_type};
use super::structure_json::validity;
use super::{AGENCY, VERSION, urn};
use crate::code_lists::{Code, CodeList};
use crate::formats::{Column, FormatError};
use crate::xml::Xml;

/// Writes a message.
///
/// # Errors
/// When XML cannot be written, which memory never refuses.
pub fn write(artefacts: &Artefacts) -> Result<Vec<u8>, FormatError> {
    let mut xml = Xml::new()?;
    xml.within("mes:Structure", &[("xmlns:mes", MESSAGE), ("xmlns:str", STRUCTURE), ("xmlns:com", COMMON)], |xml| {
        header(xml, "SANDYQ_STRUCTURES", &artefacts.prepared, |_| Ok(()))?;
        xml.within("mes:Structures", &[], |xml| structures(xml, artefacts))
    })?;
    Ok(xml.finish())
}

/// The header that every message begins with.
pub(super) fn header(
    xml: &mut Xml,
    id: &str,
    prepared: &str,
    more: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    xml.within("mes:Header", &[], |xml| {
        xml.text("mes:ID", &[], id)?;
        xml.text("mes:Test", &[], "false")?;
        xml.text("mes:Prepared", &[], prepared)?;
        xml.empty("mes:Sender", &[("id", AGENCY)])?;
        more(xml)
    })
}

fn structures(xml: &mut Xml, artefacts: &Artefacts) -> io::Result<()> {
    let stubs = artefacts.stubs;
    if artefacts.agency {
        xml.within("str:OrganisationSchemes", &[], agency)?;
    }
    if !artefacts.flows.is_empty() {
        xml.within("str:Dataflows", &[], |xml| {
            for flow in &artefacts.flows {
                maintainable(xml, "str:Dataflow", &flow.id, &urn::dataflow(&flow.id), &flow.name, |xml| {
                    xml.within("str:Structure", &[], |xml| structure_reference(xml, flow.structure))
                })?;
            }
            Ok(())
        })?;
    }
    if !artefacts.code_lists.is_empty() {
        xml.within("str:Codelists", &[], |xml| {
            artefacts.code_lists.iter().try_for_each(|list| code_list(xml, list, stubs))
        })?;
    }
    if artefacts.concepts {
        xml.within("str:Concepts", &[], |xml| concepts(xml, stubs))?;
    }
    if !artefacts.structures.is_empty() {
        xml.within("str:DataStructures", &[], |xml| {
            artefacts.structures.iter().try_for_each(|structure| data_structure(xml, structure, stubs))
        })?;
    }
    if !artefacts.availability.is_empty() {
        xml.within("str:Constraints", &[], |xml| {
            artefacts.availability.iter().try_for_each(|availability| constraint(xml, availability))
        })?;
    }
    Ok(())
}

fn names(xml: &mut Xml, name: &LocalText) -> io::Result<()> {
    for (language, text) in [("en", &name.en), ("kk", &name.kk), ("ru", &name.ru)] {
        xml.text("com:Name", &[("xml:lang", language)], text)?;
    }
    Ok(())
}

fn maintainable(
    xml: &mut Xml,
    element: &str,
    id: &str,
    urn: &str,
    name: &LocalText,
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    versioned(xml, element, (id, VERSION), urn, name, inside)
}

fn versioned(
    xml: &mut Xml,
    element: &str,
    (id, version): (&str, &str),
    urn: &str,
    name: &LocalText,
    inside: impl FnOnce(&mut Xml) -> io::Result<()>,
) -> io::Result<()> {
    let attributes = [("id", id), ("urn", urn), ("version", version), ("agencyID", AGENCY), ("isFinal", "true")];
    xml.within(element, &attributes, |xml| {
        names(xml, name)?;
        inside(xml)
    })
}

/// A structure by its own version.
pub(super) fn structure_reference(xml: &mut Xml, Structure { id, version, .. }: &Structure) -> io::Result<()> {
    let (package, class) = ("datastructure", "DataStructure");
    let attributes = [("id", *id), ("version", version), ("agencyID", AGENCY), ("package", package), ("class", class)];
    xml.empty("Ref", &attributes)
}

/// The elements of a reference stand outside every namespace.
pub(super) fn reference(xml: &mut Xml, id: &str, package: &str, class: &str) -> io::Result<()> {
    let attributes = [("id", id), ("version", VERSION), ("agencyID", AGENCY), ("package", package), ("class", class)];
    xml.empty("Ref", &attributes)
}

fn agency(xml: &mut Xml) -> io::Result<()> {
    let attributes = [("id", "AGENCIES"), ("version", "1.0"), ("agencyID", "SDMX")];
    xml.within("str:AgencyScheme", &attributes, |xml| {
        xml.text("com:Name", &[("xml:lang", "en")], "Agencies")?;
        xml.within("str:Agency", &[("id", AGENCY)], |xml| xml.text("com:Name", &[("xml:lang", "en")], "Sandyq"))
    })
}

fn code_list(xml: &mut Xml, list: &CodeList, stubs: bool) -> io::Result<()> {
    maintainable(xml, "str:Codelist", list.id, &urn::code_list(list.id), &list.name, |xml| {
        if stubs {
            return Ok(());
        }
        list.codes.iter().try_for_each(|one| code(xml, list.id, one))
    })
}

fn code(xml: &mut Xml, list: &str, code: &Code) -> io::Result<()> {
    let validity = validity(code.valid_from, code.valid_to);
    xml.within("str:Code", &[("id", &code.id), ("urn", &urn::code(list, &code.id))], |xml| {
        if validity.is_some() || !code.predecessors.is_empty() {
            xml.within("com:Annotations", &[], |xml| {
                let mut annotation = |kind: &str, title: &str| {
                    xml.within("com:Annotation", &[], |xml| {
                        xml.text("com:AnnotationTitle", &[], title)?;
                        xml.text("com:AnnotationType", &[], kind)
                    })
                };
                if let Some(validity) = &validity {
                    annotation("FR_VALIDITY_PERIOD", validity)?;
                }
                if !code.predecessors.is_empty() {
                    annotation("PREDECESSORS", &code.predecessors.join(" "))?;
                }
                Ok(())
            })?;
        }
        names(xml, &code.name)?;
        match &code.parent {
            Some(parent) => xml.within("str:Parent", &[], |xml| xml.empty("Ref", &[("id", parent)])),
            None => Ok(()),
        }
    })
}

fn concepts(xml: &mut Xml, stubs: bool) -> io::Result<()> {
    let name =
        LocalText { kk: "Ұғымдар".to_owned(), ru: "Понятия".to_owned(), en: "Concepts".to_owned() };
    maintainable(xml, "str:ConceptScheme", super::CONCEPTS, &urn::concept_scheme(), &name, |xml| {
        if stubs {
            return Ok(());
        }
        CONCEPTS.iter().try_for_each(|concept| {
            let attributes = [("id", concept.id), ("urn", &urn::concept(concept.id))];
            xml.within("str:Concept", &attributes, |xml| names(xml, &concept.name()))
        })
    })
}

fn data_structure(xml: &mut Xml, structure: &Structure, stubs: bool) -> io::Result<()> {
    let column = |concept: &str| structure.columns.iter().find(|column| column.concept == Some(concept));
    let (urn, named) = (urn::data_structure(structure), (structure.id, structure.version));
    versioned(xml, "str:DataStructure", named, &urn, &structure.name(), |xml| {
        if stubs {
            return Ok(());
        }
        xml.within("str:DataStructureComponents", &[], |xml| {
            xml.within("str:DimensionList", &[("id", "DimensionDescriptor")], |xml| {
                let dimensions = structure.dimensions();
                for (position, concept) in (1_usize..).zip(&dimensions) {
                    let Some(column) = column(concept) else { continue };
                    let attributes = [("id", *concept), ("position", &position.to_string())];
                    xml.within("str:Dimension", &attributes, |xml| component(xml, column))?;
                }
                let Some(period) = column("TIME_PERIOD") else { return Ok(()) };
                let position = (dimensions.len() + 1).to_string();
                let attributes = [("id", "TIME_PERIOD"), ("position", position.as_str())];
                xml.within("str:TimeDimension", &attributes, |xml| component(xml, period))
            })?;
            xml.within("str:AttributeList", &[("id", "AttributeDescriptor")], |xml| {
                structure.attributes().try_for_each(|column| {
                    let id = column.concept.unwrap_or_default();
                    let usage = if structure.demands(id) { "Mandatory" } else { "Conditional" };
                    xml.within("str:Attribute", &[("id", id), ("assignmentStatus", usage)], |xml| {
                        component(xml, column)?;
                        xml.within("str:AttributeRelationship", &[], |xml| {
                            xml.within("str:PrimaryMeasure", &[], |xml| xml.empty("Ref", &[("id", "OBS_VALUE")]))
                        })
                    })
                })
            })?;
            let Some(value) = column("OBS_VALUE") else { return Ok(()) };
            xml.within("str:MeasureList", &[("id", "MeasureDescriptor")], |xml| {
                xml.within("str:PrimaryMeasure", &[("id", "OBS_VALUE")], |xml| component(xml, value))
            })
        })
    })
}

fn component(xml: &mut Xml, column: &Column) -> io::Result<()> {
    let id = column.concept.unwrap_or_default();
    xml.within("str:ConceptIdentity", &[], |xml| {
        xml.empty(
            "Ref",
            &[
                ("id", id),
                ("maintainableParentID", super::CONCEPTS),
                ("maintainableParentVersion", VERSION),
                ("agencyID", AGENCY),
                ("package", "conceptscheme"),
                ("class", "Concept"),
            ],
        )
    })?;
    xml.within("str:LocalRepresentation", &[], |xml| match concept_of(id).and_then(|concept| concept.codes) {
        Some(list) => xml.within("str:Enumeration", &[], |xml| reference(xml, list, "codelist", "Codelist")),
        None => xml.empty("str:TextFormat", &[("textType", text_type(column.values))]),
    })
}

fn constraint(xml: &mut Xml, availability: &Availability) -> io::Result<()> {
    let id = format!("CR_{}", availability.flow);
    let attributes = [("id", id.as_str()), ("version", VERSION), ("agencyID", AGENCY), ("type", "Actual")];
    xml.within("str:ContentConstraint", &attributes, |xml| {
        xml.within("com:Annotations", &[], |xml| {
            let counts = [("obs_count", availability.n_observations), ("series_count", availability.n_series)];
            counts.into_iter().try_for_each(|(id, count)| {
                xml.within("com:Annotation", &[("id", id)], |xml| {
                    xml.text("com:AnnotationTitle", &[], &count.to_string())?;
                    xml.text("com:AnnotationType", &[], "sdmx_metrics")
                })
            })
        })?;
        xml.text("com:Name", &[("xml:lang", "en")], "Available values")?;
        xml.within("str:ConstraintAttachment", &[], |xml| {
            xml.within("str:Dataflow", &[], |xml| reference(xml, &availability.flow, "datastructure", "Dataflow"))
        })?;
        xml.within("str:CubeRegion", &[("include", "true")], |xml| {
            for (concept, values) in &availability.values {
                xml.within("com:KeyValue", &[("id", concept)], |xml| {
                    values.iter().try_for_each(|value| xml.text("com:Value", &[], value))
                })?;
            }
            let Some((first, last)) = &availability.periods else { return Ok(()) };
            xml.within("com:KeyValue", &[("id", "TIME_PERIOD")], |xml| {
                xml.within("com:TimeRange", &[], |xml| {
                    xml.text("com:StartPeriod", &[("isInclusive", "true")], first)?;
                    xml.text("com:EndPeriod", &[("isInclusive", "true")], last)
                })
            })
        })
    })
}
