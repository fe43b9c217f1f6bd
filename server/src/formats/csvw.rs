//! CSV on the Web: the metadata of the CSV file of the same question, which its `Link` header names.

use indicators::text::{Language, LocalText};
use serde_json::{Value, json};

use super::table::Role;
use super::{Column, Format, FormatError, Table, Values, Writing, names};

/// Metadata of a CSV file.
pub(super) static METADATA: Format = Format {
    name: "CSVW",
    media_type: "application/csvm+json",
    also: &[],
    version: None,
    content_type: "application/csvm+json",
    suffix: Some("csv-metadata.json"),
    about: "CSV on the Web: columns, types, key, licence and source of the CSV file of the same question.",
    writing: Writing::Whole(write),
};

fn write(table: Table) -> Result<Vec<u8>, FormatError> {
    let head = table.head;
    let key = head.key();
    let (path, query) = head.address.split_once('?').unwrap_or((&head.address, ""));
    let separator = if query.is_empty() { "" } else { "?" };
    // Relative to where the metadata stand, so that both can be saved side by side.
    let file = path.rsplit('/').next().unwrap_or_default();
    let mut schema = json!({ "columns": head.columns.iter().map(column).collect::<Vec<_>>() });
    if !key.is_empty() {
        schema["primaryKey"] = json!(key);
    }
    let document = json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": "en" }],
        "url": format!("{file}.csv{separator}{query}"),
        "dc:title": in_language(&head.title, head.language),
        "dc:description": head.description,
        "dc:language": head.language.tag(),
        "dc:identifier": head.release.as_ref().map_or(Value::Null, |release| json!(release.id)),
        "dc:rights": head.citations.iter().map(|one| one.licence.clone()).collect::<Vec<_>>(),
        "dc:creator": head.citations.iter().map(|one| texts(&one.attribution, head.language)).collect::<Vec<_>>(),
        "dc:source": head.citations.iter().map(|one| one.landing_url.clone()).collect::<Vec<_>>(),
        "dialect": { "encoding": "utf-8", "header": true, "lineTerminators": ["\r\n"] },
        "tableSchema": schema,
    });
    // An identifier that is not there is left out.
    let mut document = document;
    if let Some(members) = document.as_object_mut() {
        members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()));
    }
    Ok(serde_json::to_vec(&document)?)
}

fn texts(text: &LocalText, language: Language) -> Value {
    in_language(text.get(language), language)
}

fn in_language(text: &str, language: Language) -> Value {
    json!({ "@value": text, "@language": language.tag() })
}

/// The heading in the file, which is of no language, and what people call the column.
fn titles(column: &Column) -> Value {
    let named =
        Language::ALL.map(|language| (language.tag().to_owned(), json!(names::of_column(column.name, language))));
    let heading = ("und".to_owned(), json!(column.name));
    Value::Object([heading].into_iter().chain(named).collect())
}

fn column(column: &Column) -> Value {
    let datatype = match column.values {
        Values::Text | Values::Period | Values::Instant => json!("string"),
        Values::Number => json!("number"),
        Values::Count => json!("integer"),
        Values::Flag => json!({ "base": "boolean", "format": "true|false" }),
        Values::Date => json!("date"),
    };
    let mut written = json!({
        "name": column.name,
        "titles": titles(column),
        "dc:description": column.about,
        "datatype": datatype,
        "null": "",
    });
    if column.role == Role::Dimension {
        written["required"] = json!(true);
    }
    written
}
