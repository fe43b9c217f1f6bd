//! A Frictionless data package: a zip archive with the table, its code lists and a description that
//! names types, key, licences and sources.

use std::io::{Cursor, Write};

use indicators::text::Language;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

use super::table::{Flow, Role};
use super::{Column, Format, FormatError, Head, Part, Row, Table, Values, Writing, csv, names};
use crate::code_lists::CodeList;

/// A data package.
pub(super) static DATA_PACKAGE: Format = Format {
    name: "Frictionless data package",
    media_type: "application/zip",
    also: &[],
    version: None,
    content_type: "application/zip",
    suffix: Some("zip"),
    about: "A Frictionless data package: `data.csv`, `codes.csv` and `datapackage.json` with types, key and licences.",
    writing: Writing::Whole(write),
};

const CODES: [Column; 5] = [
    Column::dimension("column", "Column of the table whose code it is."),
    Column::dimension("code", "The code."),
    Column::label("name_kk", "Its name in Kazakh."),
    Column::label("name_ru", "Its name in Russian."),
    Column::label("name_en", "Its name in English."),
];

fn write(table: Table) -> Result<Vec<u8>, FormatError> {
    let Table { head, mut rows, .. } = table;
    let mut data = Vec::new();
    csv::write(&head, Part { is_first: true, rows: &mut rows }, &mut data)?;
    let mut resources = vec![resource("data", "data.csv", &head, &data)];
    let mut files = vec![("data.csv", data)];
    if !head.codes.is_empty() {
        let of_codes = Head {
            columns: CODES.to_vec(),
            codes: Vec::new(),
            citations: Vec::new(),
            flow: Flow::None,
            release: None,
            is_cut: false,
            ..head.clone()
        };
        let mut codes = Vec::new();
        let mut rows = codes_of(&head).into_iter();
        csv::write(&of_codes, Part { is_first: true, rows: &mut rows }, &mut codes)?;
        resources.push(resource("codes", "codes.csv", &of_codes, &codes));
        files.push(("codes.csv", codes));
    }
    files.insert(0, ("datapackage.json", serde_json::to_vec_pretty(&package(&head, &resources))?));

    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // One moment for all, so that the same table is the same archive.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, bytes) in files {
        archive.start_file(name, options)?;
        archive.write_all(&bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

fn codes_of(head: &Head) -> Vec<Row> {
    let of_list = |(column, list): &(&'static str, CodeList)| -> Vec<Row> {
        list.codes
            .iter()
            .map(|code| {
                let name = &code.name;
                vec![(*column).into(), (&code.id).into(), (&name.kk).into(), (&name.ru).into(), (&name.en).into()]
            })
            .collect()
    };
    head.codes.iter().flat_map(of_list).collect()
}

fn package(head: &Head, resources: &[Value]) -> Value {
    let licences: Vec<Value> =
        head.citations.iter().map(|one| json!({ "path": one.landing_url, "title": one.licence })).collect();
    let sources: Vec<Value> = head
        .citations
        .iter()
        .map(|one| json!({ "title": one.attribution.get(head.language), "path": one.landing_url }))
        .collect();
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": head.name,
        "title": head.title,
        "description": head.description,
        "resources": resources,
    });
    if !licences.is_empty() {
        package["licenses"] = json!(licences);
        package["sources"] = json!(sources);
    }
    if let Some(release) = &head.release {
        package["id"] = json!(release.id);
        package["version"] = json!(release.framework);
    }
    package
}

fn resource(name: &str, path: &str, head: &Head, bytes: &[u8]) -> Value {
    let key = head.key();
    let mut schema = json!({ "fields": head.columns.iter().map(|column| field(column, head.language)).collect::<Vec<_>>(), "missingValues": [""] });
    if !key.is_empty() {
        schema["primaryKey"] = json!(key);
    }
    json!({
        "name": name,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": bytes.len(),
        "hash": format!("sha256:{}", hex::encode(Sha256::digest(bytes))),
        "dialect": { "delimiter": ",", "lineTerminator": "\r\n", "header": true },
        "schema": schema,
    })
}

fn field(column: &Column, language: Language) -> Value {
    let kind = match column.values {
        Values::Text | Values::Period | Values::Instant => "string",
        Values::Number => "number",
        Values::Count => "integer",
        Values::Flag => "boolean",
        Values::Date => "date",
    };
    let title = names::of_column(column.name, language);
    let mut field = json!({ "name": column.name, "title": title, "type": kind, "description": column.about });
    if column.role == Role::Dimension {
        field["constraints"] = json!({ "required": true });
    }
    field
}
