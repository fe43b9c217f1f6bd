//! JSON-stat 2.0: one dataset, whose dimensions are the columns of the key. Several measures become
//! a dimension of their own, `measure`.

use std::collections::BTreeMap;

use indicators::text::Language;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::table::Role;
use super::{Column, Field, Format, FormatError, Head, Table, Writing, names};

/// JSON-stat 2.0.
pub(super) static JSON_STAT: Format = Format {
    name: "JSON-stat 2.0",
    media_type: "application/vnd.json-stat+json",
    also: &[],
    version: None,
    content_type: "application/vnd.json-stat+json",
    suffix: Some("jsonstat"),
    about: "JSON-stat 2.0: one dataset with dimensions, labels, sparse values and the status of each. Who delivered a \
            value stands by the same key in `extension.submitted_by`.",
    writing: Writing::Whole(write),
};

/// Cells a client may be made to lay out: readers fill the whole cube, missing cells included.
const MOST_CELLS: usize = 4_000_000;

/// The codes of one dimension, in the order first met or in that of its code list.
struct Axis<'a> {
    column: &'a Column,
    codes: Vec<String>,
}

fn write(table: Table) -> Result<Vec<u8>, FormatError> {
    let Table { head, rows, .. } = table;
    let rows: Vec<_> = rows.collect();
    let mut axes: Vec<(usize, Axis<'_>)> = Vec::new();
    for (place, column) in head.with_role(Role::Dimension) {
        let mut used: BTreeMap<String, usize> = BTreeMap::new();
        for row in &rows {
            let next = used.len();
            used.entry(row.get(place).map(Field::text).unwrap_or_default()).or_insert(next);
        }
        axes.push((place, Axis { column, codes: ordered(&head, column, used) }));
    }
    let measures: Vec<(usize, &Column)> = head.with_role(Role::Measure).collect();
    let n_measures = measures.len().max(1);
    let sizes: Vec<usize> = axes.iter().map(|(_, axis)| axis.codes.len()).collect();
    let found = sizes.iter().fold(n_measures, |product, size| product.saturating_mul((*size).max(1)));
    if found > MOST_CELLS {
        return Err(FormatError::TooLarge { format: JSON_STAT.name, what: "cells", found, most: MOST_CELLS });
    }

    let lookups: Vec<BTreeMap<&str, usize>> = axes
        .iter()
        .map(|(_, axis)| axis.codes.iter().enumerate().map(|(index, code)| (code.as_str(), index)).collect())
        .collect();
    let of = |concept: &str| head.columns.iter().position(|column| column.concept == Some(concept));
    let (status, submitted) = (of("OBS_STATUS"), of("SUBMITTED_BY"));
    // A status is that of the observed value; what else is measured beside it has none.
    let observed = of("OBS_VALUE");
    let (mut values, mut statuses, mut submitters) = (Map::new(), Map::new(), Map::new());
    for row in &rows {
        let mut cell = 0;
        for ((place, axis), lookup) in axes.iter().zip(&lookups) {
            let code = row.get(*place).map(Field::text).unwrap_or_default();
            cell = cell * axis.codes.len() + lookup.get(code.as_str()).copied().unwrap_or_default();
        }
        for (index, (place, _)) in measures.iter().enumerate() {
            let key = (cell * n_measures + index).to_string();
            let number = match row.get(*place) {
                Some(Field::Number(Some(number))) => json!(number),
                Some(Field::Count(Some(count))) => json!(count),
                _ => Value::Null,
            };
            if !number.is_null() {
                values.insert(key.clone(), number);
            }
            let said = |place: Option<usize>| place.and_then(|place| row.get(place)).map(Field::text);
            if let Some(name) = said(submitted).filter(|name| !name.is_empty()) {
                submitters.insert(key.clone(), json!(name));
            }
            if let Some(code) = said(status).filter(|_| observed.is_none_or(|observed| observed == *place)) {
                statuses.insert(key, json!(code));
            }
        }
    }
    let document = Document { head: &head, axes: &axes, measures: &measures, values, statuses, submitters };
    Ok(serde_json::to_vec(&document.written())?)
}

/// The codes met, in the order of the code list where there is one, else sorted.
fn ordered(head: &Head, column: &Column, used: BTreeMap<String, usize>) -> Vec<String> {
    match head.codes_of(column.name) {
        Some(list) => {
            let known: Vec<String> =
                list.codes.iter().map(|code| code.id.clone()).filter(|id| used.contains_key(id)).collect();
            let more = used.into_keys().filter(|id| !known.contains(id)).collect::<Vec<_>>();
            known.into_iter().chain(more).collect()
        }
        None => used.into_keys().collect(),
    }
}

struct Document<'a> {
    head: &'a Head,
    axes: &'a [(usize, Axis<'a>)],
    measures: &'a [(usize, &'a Column)],
    values: Map<String, Value>,
    statuses: Map<String, Value>,
    submitters: Map<String, Value>,
}

impl Document<'_> {
    fn written(self) -> Value {
        let Self { head, axes, measures, values, statuses, submitters } = self;
        let mut ids: Vec<&str> = axes.iter().map(|(_, axis)| axis.column.name).collect();
        let mut sizes: Vec<usize> = axes.iter().map(|(_, axis)| axis.codes.len()).collect();
        let mut dimensions: Map<String, Value> =
            axes.iter().map(|(_, axis)| (axis.column.name.to_owned(), dimension(head, axis))).collect();
        let mut metric = of_concept(axes, &["INDICATOR", "CRITERION"]);
        if measures.len() > 1 {
            ids.push("measure");
            sizes.push(measures.len());
            let codes: Vec<&str> = measures.iter().map(|(_, column)| column.name).collect();
            let labels: Map<String, Value> = measures
                .iter()
                .map(|(_, column)| (column.name.to_owned(), json!(names::of_column(column.name, head.language))))
                .collect();
            dimensions.insert(
                "measure".to_owned(),
                json!({ "label": measured(head.language), "category": { "index": codes, "label": labels } }),
            );
            metric = vec!["measure"];
        }
        let mut role = Map::new();
        for (name, of) in
            [("time", of_concept(axes, &["TIME_PERIOD"])), ("geo", of_concept(axes, &["REF_AREA"])), ("metric", metric)]
        {
            if !of.is_empty() {
                role.insert(name.to_owned(), json!(of));
            }
        }
        let language = head.language;
        let mut document = json!({
            "version": "2.0",
            "class": "dataset",
            "href": head.address,
            "label": head.title,
            "note": [head.description],
            "source": sources(head, language),
            "id": ids,
            "size": sizes,
            "role": role,
            "dimension": dimensions,
            "value": values,
            "extension": { "release": head.release, "citations": head.citations },
        });
        if !submitters.is_empty() {
            document["extension"]["submitted_by"] = Value::Object(submitters);
        }
        if !statuses.is_empty() {
            document["status"] = Value::Object(statuses);
        }
        if let Some(day) = newest(head) {
            document["updated"] = json!(format!("{day}T00:00:00Z"));
        }
        document
    }
}

/// What the dimension is called that several measures make.
const fn measured(language: Language) -> &'static str {
    match language {
        Language::Kk => "Өлшем",
        Language::Ru => "Мера",
        Language::En => "Measure",
    }
}

/// The newest day on which something of the table was taken.
fn newest(head: &Head) -> Option<Date> {
    let of_release = head.release.as_ref().and_then(|release| release.data_as_of);
    of_release.or_else(|| head.citations.iter().filter_map(|citation| citation.as_of).max())
}

fn sources(head: &Head, language: Language) -> String {
    let mut all: Vec<&str> = head.citations.iter().map(|citation| citation.attribution.get(language)).collect();
    all.dedup();
    all.join("; ")
}

fn of_concept<'a>(axes: &[(usize, Axis<'a>)], concepts: &[&str]) -> Vec<&'a str> {
    axes.iter()
        .map(|(_, axis)| axis.column)
        .filter(|column| column.concept.is_some_and(|concept| concepts.contains(&concept)))
        .map(|column| column.name)
        .collect()
}

fn dimension(head: &Head, axis: &Axis<'_>) -> Value {
    let mut category = json!({ "index": axis.codes });
    if let Some(list) = head.codes_of(axis.column.name) {
        let labels: Map<String, Value> = axis
            .codes
            .iter()
            .map(|id| {
                let known = list.codes.iter().find(|code| code.id == *id);
                (id.clone(), json!(known.map_or(id.as_str(), |code| code.name.get(head.language))))
            })
            .collect();
        category["label"] = Value::Object(labels);
    }
    let label = names::of_column(axis.column.name, head.language);
    json!({ "label": label, "note": [axis.column.about], "category": category })
}
