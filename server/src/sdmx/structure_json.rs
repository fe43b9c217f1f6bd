//! SDMX-JSON 2.0 structure messages. Empty lists are left out: the schema refuses them.

use indicators::text::LocalText;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::structure::{Artefacts, Availability, CONCEPTS, Concept, Structure, concept_of, text_type};
use super::{AGENCY, VERSION, urn};
use crate::code_lists::{Code, CodeList};
use crate::formats::table::Role;
use crate::formats::{Column, FormatError};

const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/develop/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json";

/// A message. Readers look for `schema` in its first characters, so the order of fields matters.
#[derive(Serialize)]
struct Message<'a> {
    meta: Meta<'a>,
    data: Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Meta<'a> {
    schema: &'a str,
    id: &'a str,
    test: bool,
    prepared: &'a str,
    content_languages: [&'a str; 3],
    sender: Sender<'a>,
}

#[derive(Serialize)]
struct Sender<'a> {
    id: &'a str,
}

/// Writes a message.
///
/// # Errors
/// When JSON cannot be written, which memory never refuses.
pub fn write(artefacts: &Artefacts) -> Result<Vec<u8>, FormatError> {
    let stubs = artefacts.stubs;
    let mut data = Map::new();
    let mut add = |name: &str, items: Vec<Value>| {
        if !items.is_empty() {
            data.insert(name.to_owned(), Value::Array(items));
        }
    };
    if artefacts.agency {
        add("agencySchemes", vec![agency()]);
    }
    add("codelists", artefacts.code_lists.iter().map(|list| code_list(list, stubs)).collect());
    if artefacts.concepts {
        add("conceptSchemes", vec![concepts(stubs)]);
    }
    add("dataConstraints", artefacts.availability.iter().map(constraint).collect());
    add("dataStructures", artefacts.structures.iter().map(|structure| data_structure(structure, stubs)).collect());
    let flows = artefacts.flows.iter().map(|flow| {
        let mut written = maintainable(&flow.id, &flow.name);
        // The structure is said in stubs too: it is one word, and a dataflow without it says nothing.
        written["structure"] = json!(urn::data_structure(flow.structure));
        written
    });
    add("dataflows", flows.collect());
    let meta = Meta {
        schema: SCHEMA,
        id: "SANDYQ_STRUCTURES",
        test: false,
        prepared: &artefacts.prepared,
        content_languages: ["en", "kk", "ru"],
        sender: Sender { id: AGENCY },
    };
    Ok(serde_json::to_vec(&Message { meta, data })?)
}

fn named(id: &str, name: &LocalText) -> Value {
    json!({ "id": id, "name": name.en, "names": { "kk": name.kk, "ru": name.ru, "en": name.en } })
}

fn maintainable(id: &str, name: &LocalText) -> Value {
    let mut written = named(id, name);
    written["agencyID"] = json!(AGENCY);
    written["version"] = json!(VERSION);
    written
}

fn agency() -> Value {
    let name = |kk: &str, ru: &str, en: &str| LocalText { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() };
    let mut scheme = named("AGENCIES", &name("Агенттіктер", "Агентства", "Agencies"));
    scheme["agencyID"] = json!("SDMX");
    scheme["version"] = json!("1.0");
    scheme["agencies"] = json!([named(AGENCY, &name("Сандық", "Sandyq", "Sandyq"))]);
    scheme
}

fn code_list(list: &CodeList, stubs: bool) -> Value {
    let mut written = maintainable(list.id, &list.name);
    if !stubs && !list.codes.is_empty() {
        written["codes"] = list.codes.iter().map(code).collect();
    }
    written
}

fn code(code: &Code) -> Value {
    let mut written = named(&code.id, &code.name);
    if let Some(parent) = &code.parent {
        written["parent"] = json!(parent);
    }
    let mut annotations = Vec::new();
    if let Some(validity) = validity(code.valid_from, code.valid_to) {
        annotations.push(json!({ "type": "FR_VALIDITY_PERIOD", "title": validity }));
    }
    if !code.predecessors.is_empty() {
        annotations.push(json!({ "type": "PREDECESSORS", "title": code.predecessors.join(" ") }));
    }
    if !annotations.is_empty() {
        written["annotations"] = Value::Array(annotations);
    }
    written
}

/// Days of validity as registries write them: `2022-06-08T00:00:00+0000/`; the end is the last moment.
pub(super) fn validity(from: Option<Date>, to: Option<Date>) -> Option<String> {
    if from.is_none() && to.is_none() {
        return None;
    }
    let day = |day: Option<Date>| day.map(|day| format!("{day}T00:00:00+0000")).unwrap_or_default();
    Some(format!("{}/{}", day(from), day(to)))
}

fn concepts(stubs: bool) -> Value {
    let name =
        LocalText { kk: "Ұғымдар".to_owned(), ru: "Понятия".to_owned(), en: "Concepts".to_owned() };
    let mut scheme = maintainable(super::CONCEPTS, &name);
    if !stubs {
        scheme["concepts"] = CONCEPTS.iter().map(|concept: &Concept| named(concept.id, &concept.name())).collect();
    }
    scheme
}

fn data_structure(structure: &Structure, stubs: bool) -> Value {
    let mut written = maintainable(structure.id, &structure.name());
    written["version"] = json!(structure.version);
    if stubs {
        return written;
    }
    let column = |concept: &str| structure.columns.iter().find(|column| column.concept == Some(concept));
    let dimensions: Vec<Value> = (0..)
        .zip(structure.dimensions())
        .filter_map(|(position, concept): (u32, _)| {
            let mut written = component(column(concept)?);
            written["position"] = json!(position);
            Some(written)
        })
        .collect();
    let period = column("TIME_PERIOD").map(component);
    let attributes: Vec<Value> = structure
        .attributes()
        .map(|column| {
            let mut written = component(column);
            written["usage"] =
                json!(if column.concept.is_some_and(|id| structure.demands(id)) { "mandatory" } else { "optional" });
            written["attributeRelationship"] = json!({ "observation": {} });
            written["measureRelationship"] = json!(["OBS_VALUE"]);
            written
        })
        .collect();
    let measures: Vec<Value> = column("OBS_VALUE")
        .map(|column| {
            let mut written = component(column);
            written["usage"] = json!("optional");
            written
        })
        .into_iter()
        .collect();
    written["dataStructureComponents"] = json!({
        "dimensionList": { "id": "DimensionDescriptor", "dimensions": dimensions, "timeDimension": period },
        "measureList": { "id": "MeasureDescriptor", "measures": measures },
        "attributeList": { "id": "AttributeDescriptor", "attributes": attributes },
    });
    written
}

fn component(column: &Column) -> Value {
    let id = column.concept.unwrap_or_default();
    let representation = match concept_of(id).and_then(|concept| concept.codes) {
        Some(list) => json!({ "enumeration": urn::code_list(list) }),
        None => json!({ "format": { "dataType": text_type(column.values) } }),
    };
    debug_assert!(column.role != Role::Label, "a label is no component");
    json!({ "id": id, "conceptIdentity": urn::concept(id), "localRepresentation": representation })
}

fn constraint(availability: &Availability) -> Value {
    let name = LocalText {
        kk: "Қолда бар мәндер".to_owned(),
        ru: "Имеющиеся значения".to_owned(),
        en: "Available values".to_owned(),
    };
    let mut written = maintainable(&format!("CR_{}", availability.flow), &name);
    let mut keys: Vec<Value> = availability
        .values
        .iter()
        .map(|(concept, values)| {
            let values: Vec<Value> = values.iter().map(|value| json!({ "value": value })).collect();
            json!({ "id": concept, "include": true, "values": values })
        })
        .collect();
    if let Some((first, last)) = &availability.periods {
        keys.push(json!({
            "id": "TIME_PERIOD",
            "include": true,
            "timeRange": {
                "startPeriod": { "period": first, "isInclusive": true },
                "endPeriod": { "period": last, "isInclusive": true },
            },
        }));
    }
    written["role"] = json!("Actual");
    written["constraintAttachment"] = json!({ "dataflows": [urn::dataflow(&availability.flow)] });
    written["cubeRegions"] = json!([{ "include": true, "keyValues": keys }]);
    written["annotations"] = json!([
        { "id": "obs_count", "type": "sdmx_metrics", "title": availability.n_observations.to_string() },
        { "id": "series_count", "type": "sdmx_metrics", "title": availability.n_series.to_string() },
    ]);
    written
}
