//! Files that mean harm, through the readers they are made for: the workbooks of the bureau are archives of XML. Each run ends, says what
//! is wrong, and changes nothing that is published.

use std::io::{Cursor, Write};

use bytes::Bytes;
use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::service::{Service, Settings};
use tests::{data, shared};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::refresh::refresh;
use crate::runs;

const POPULATION: &str = "BNS_POPULATION";
const PATH: &str = "/api/iblock/element/6645/json/file/kk/";

/// A small archive of a few parts.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Names the workbook in the archive.
const ROOT: &str = "<?xml version=\"1.0\"?><Relationships \
                    xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
                    Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
                    Target=\"xl/workbook.xml\"/></Relationships>";

/// A workbook with one area and one year: what stands before the sheet's element, the name of the area, and more behind the table.
fn workbook(before: &str, name: &str, behind: &str) -> Vec<u8> {
    const BOOK: &str = "<?xml version=\"1.0\"?><workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                        xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>\
                        <sheet name=\"1\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";
    const RELATIONS: &str = "<?xml version=\"1.0\"?><Relationships \
                             xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
                             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" \
                             Target=\"worksheets/sheet1.xml\"/></Relationships>";
    let sheet = format!(
        "<?xml version=\"1.0\"?>{before}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
         <row r=\"1\"><c r=\"B1\"><v>2025</v></c></row>\
         <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>{name}</t></is></c><c r=\"B2\"><v>602832</v></c></row>\
         </sheetData>{behind}</worksheet>"
    );
    archive(&[
        ("_rels/.rels", ROOT.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

#[tokio::test]
async fn archives_and_xml_that_unfold_are_refused_by_the_reader_of_workbooks() {
    let entities: Vec<String> = (1..30).map(|n| format!("<!ENTITY e{n} \"&e{0};&e{0};\">", n - 1)).collect();
    let entities = entities.concat();
    let laughs = format!("<!DOCTYPE worksheet [<!ENTITY e0 \"ha\">{entities}]>");
    let secret = tempfile::NamedTempFile::new().unwrap();
    secret.as_file().write_all(b"nobody may read this").unwrap();
    let external = format!("<!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file://{}\">]>", secret.path().display());
    let elsewhere = Cassette::start().unwrap();
    let remote = format!("<!DOCTYPE worksheet SYSTEM \"{}/x.dtd\">", elsewhere.base_url());
    let deep = format!("{}{}", "<a>".repeat(1_000_000), "</a>".repeat(1_000_000));
    let zeros = vec![b'0'; 80 << 20];
    let unfolding = archive(&[("xl/workbook.xml", b"<workbook/>"), ("xl/worksheets/sheet1.xml", &zeros)]);
    let nested = archive(&[("_rels/.rels", ROOT.as_bytes()), ("xl/workbook.xml", &unfolding)]);
    let many: Vec<(String, &[u8])> = (0..40).map(|n| (format!("xl/media/{n}"), &zeros[..2 << 20])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let cases: [(&str, Vec<u8>, &str, &str); 8] = [
        // The measure of the others: the same workbook without harm is read, and says too little.
        ("no bomb", workbook("", "Абай облысы", ""), "too_few_rows", "1 in 1 rows"),
        ("entities that unfold to a gigabyte", workbook(&laughs, "&e29;", ""), "unreadable", "entities of its own"),
        ("an entity that names a file", workbook(&external, "&x;", ""), "unreadable", "entities of its own"),
        ("a document type elsewhere", workbook(&remote, "Абай облысы", ""), "unreadable", "entities of its own"),
        ("a million elements inside each other", workbook("", "Абай облысы", &deep), "too_large", "inside each other"),
        ("a part that unpacks to eighty megabytes", unfolding, "too_large", "unpacked"),
        ("parts that together unpack to eighty megabytes", archive(&many), "too_large", "unpacked"),
        ("an archive inside an archive", nested, "unreadable", ""),
    ];
    let data = data::filled().await.unwrap();
    for (_, body, ..) in &cases {
        let cassette = Cassette::start().unwrap();
        let body = Bytes::from(body.clone());
        cassette.reply(PATH, Reply::Bytes { content_type: "application/vnd.ms-excel", body });
        refresh(data.path(), &Settings::default().at(POPULATION, cassette.base_url()), POPULATION).await;
    }
    assert!(elsewhere.asked().is_empty(), "nobody is asked for what a document names");

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, POPULATION).await;
    for ((name, _, code, words), run) in cases.iter().rev().zip(&runs) {
        assert_eq!((&run["outcome"], &run["vintage"]), (&"quarantined".into(), &Value::Null), "{name}: {run}");
        let reasons = run["reasons"].as_array().unwrap();
        let reason = reasons.iter().find(|reason| reason["code"] == *code);
        let told = reason.map(ToString::to_string).unwrap_or_default();
        assert!(!told.is_empty(), "{name}: {run}");
        assert!(told.contains(words), "{name}: {told}");
        assert!(!run.to_string().contains("nobody may read this"), "{name}: {run}");
    }
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
    let told = service.json(&format!("/api/v1/sources?dataflow={POPULATION}")).await.unwrap();
    assert_eq!(told["sources"][0]["last_run"]["outcome"], "quarantined", "{told}");
}
