//! A ministry delivers figures, an operator decides, a reader sees who delivered them.

use std::io::{Cursor, Read, Write};

use calamine::{Reader, Xlsx, open_workbook_from_rs};
use serde_json::Value;
use tests::desk::{Desk, FLOW};
use tests::service::{Answer, Service, Settings, run};
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

/// The indicator whose values are filled in.
const FILLED: &str = "schools_with_electronic_journal";

/// The template as it is downloaded in a format.
async fn template(desk: &Desk, suffix: &str) -> Answer {
    let path = format!("/api/v1/submissions/template.{suffix}?dataflow={FLOW}&period=2024&lang=en");
    let template = desk.service.get(&path).await.unwrap();
    assert_eq!(template.status, 200, "{}", template.text());
    template
}

/// The template with values written into the rows of some areas.
async fn filled_in(desk: &Desk, values: &[(&str, &str)]) -> String {
    filled_in_table(&template(desk, "csv").await.text(), ["indicator", "area", "value"], values)
}

/// A table with values written into the rows of some areas; the columns have other names in other formats.
fn filled_in_table(text: &str, names: [&str; 3], values: &[(&str, &str)]) -> String {
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let [indicator, area, value] = names.map(|name| header.iter().position(|column| *column == name).unwrap());
    let mut rows = vec![header.join(",")];
    for line in lines {
        let mut cells: Vec<&str> = line.split(',').collect();
        let given = values.iter().find(|(wanted, _)| *wanted == cells[area]);
        if let Some((_, number)) = given.filter(|_| cells[indicator] == FILLED) {
            cells[value] = number;
        }
        rows.push(cells.join(","));
    }
    rows.join("\n") + "\n"
}

/// A workbook with values written into the rows of some areas of its first sheet, everything else as it was.
fn filled_in_workbook(bytes: &[u8], values: &[(&str, &str)]) -> Vec<u8> {
    const SHEET: &str = "xl/worksheets/sheet1.xml";
    let letter = |place: usize| char::from(b'A' + u8::try_from(place).unwrap());
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let sheet = workbook.worksheet_range_at(0).unwrap().unwrap();
    let header: Vec<String> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let [indicator, area, value] =
        ["indicator", "area", "value"].map(|name| header.iter().position(|column| column == name).unwrap());
    let mut filled = Vec::new();
    for (line, row) in (1..).zip(sheet.rows()) {
        let given = values.iter().find(|(wanted, _)| row[area] == *wanted);
        if let Some((_, number)) = given.filter(|_| row[indicator] == FILLED) {
            filled.push((line, *number));
        }
    }
    assert_eq!(filled.len(), values.len());

    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).unwrap();
        let (name, mut content) = (part.name().unwrap().into_owned(), Vec::new());
        part.read_to_end(&mut content).unwrap();
        if name == SHEET {
            let mut text = String::from_utf8(content).unwrap();
            for (line, number) in &filled {
                let row = text.find(&format!("<row r=\"{line}\"")).unwrap();
                // Cells stand in the order of their columns; one without a value is not there.
                let next = (value + 1..header.len()).map(|place| format!("<c r=\"{}{line}\"", letter(place)));
                let after = next.filter_map(|cell| text[row..].find(&cell)).min().unwrap();
                text.insert_str(row + after, &format!("<c r=\"{}{line}\"><v>{number}</v></c>", letter(value)));
            }
            content = text.into_bytes();
        }
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn the_template_of_every_format_is_read_the_same_when_it_is_filled_in() {
    const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const SDMX: &str = "application/vnd.sdmx.data+csv";
    let desk = Desk::open().await.unwrap();
    let values = [("KZ-75", "91.5"), ("KAZ", "84")];
    let by_concept = ["INDICATOR", "REF_AREA", "OBS_VALUE"];
    let deliveries = [
        ("text/csv".to_owned(), filled_in(&desk, &values).await.into_bytes()),
        (XLSX.to_owned(), filled_in_workbook(&template(&desk, "xlsx").await.body, &values)),
        (
            format!("{SDMX};version=2.0.0"),
            filled_in_table(&template(&desk, "sdmx.csv").await.text(), by_concept, &values).into_bytes(),
        ),
        (
            format!("{SDMX};version=1.0.0"),
            filled_in_table(&template(&desk, "sdmx1.csv").await.text(), by_concept, &values).into_bytes(),
        ),
    ];
    let shown = format!("Bearer {}", desk.ministry);
    let ministry = || "Ministry of Education".to_owned();
    let expected = [("KAZ".to_owned(), 84.0, ministry()), ("KZ-75".to_owned(), 91.5, ministry())];
    for (media_type, body) in deliveries {
        let headers = [("authorization", shown.as_str()), ("content-type", media_type.as_str())];
        let answer = desk.service.post("/api/v1/submissions", &headers, body).await.unwrap();
        assert_eq!(answer.status, 201, "{media_type}: {}", answer.text());
        let id = answer.json().unwrap()["submission"]["id"].as_str().unwrap().to_owned();
        assert_eq!(desk.decide(&desk.operator, &id, "accept").await.unwrap().status, 200, "{media_type}");
        assert_eq!(desk.published(2).await.unwrap(), expected, "{media_type}");
        assert_eq!(desk.decide(&desk.ministry, &id, "withdraw").await.unwrap().status, 200, "{media_type}");
        assert_eq!(desk.published(0).await.unwrap(), [], "{media_type}");
    }
}

#[tokio::test]
async fn a_key_with_a_small_quota_is_held_to_it() {
    let desk = Desk::open().await.unwrap();
    let create = ["keys", "create", "--holder", "Slow reader", "--scope", "read-more", "--requests-per-minute", "2"];
    let (made, key) = desk.command(&create).await.unwrap();
    assert!(made, "{key}");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let answer = desk.get(key.trim(), "/api/v1/limits").await.unwrap();
        assert!(answer.header("ratelimit-policy").contains("q=2;w=60"), "{}", answer.header("ratelimit-policy"));
        statuses.push(answer.status);
        if answer.status == 429 {
            assert_eq!(answer.json().unwrap()["code"], "too_many_requests");
            let seconds: u32 = answer.header("retry-after").parse().unwrap();
            assert!((1..=60).contains(&seconds), "{seconds}");
        }
    }
    assert_eq!(statuses, [200, 200, 429]);
    // The quota is the key's: another reads on.
    assert_eq!(desk.get(&desk.reader, "/api/v1/limits").await.unwrap().status, 200);
}

#[tokio::test]
async fn figures_are_delivered_held_accepted_and_withdrawn() {
    let desk = Desk::open().await.unwrap();
    let table = filled_in(&desk, &[("KZ-75", "91.5"), ("KAZ", "84")]).await;
    let shown = format!("Bearer {}", desk.ministry);
    let headers = [("authorization", shown.as_str()), ("content-type", "text/csv")];
    let path = "/api/v1/submissions?check_only=true";
    let checked = desk.service.post(path, &headers, table.clone().into_bytes()).await.unwrap();
    assert_eq!(
        (checked.status, checked.json().unwrap()["observations"].as_u64()),
        (200, Some(2)),
        "{}",
        checked.text()
    );

    let named = [("idempotency-key", "\"2024-spring\"")];
    let first = desk.submit(&desk.ministry, &table, &named).await.unwrap();
    assert_eq!(first.status, 201, "{}", first.text());
    let submission = first.json().unwrap()["submission"].clone();
    let id = submission["id"].as_str().unwrap().to_owned();
    assert_eq!(submission["state"], "held");
    assert_eq!(first.header("location"), format!("/api/v1/submissions/{id}"));
    assert_eq!(first.header("cache-control"), "no-store");
    let again = desk.submit(&desk.ministry, &table, &named).await.unwrap();
    assert_eq!((again.status, again.text()), (201, first.text()));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = desk.submit(&desk.ministry, &filled_in(&desk, &[("KZ-71", "1")]).await, &named).await.unwrap();
    assert_eq!((other.status, other.json().unwrap()["code"].as_str()), (422, Some("idempotency_key_reused")));

    assert_eq!(desk.observations().await.unwrap(), []);
    let index = desk.service.json("/api/v1/index").await.unwrap();
    let waiting = desk.get(&desk.operator, "/api/v1/submissions?state=held").await.unwrap().json().unwrap();
    assert_eq!(waiting["submissions"].as_array().unwrap().len(), 1);
    let (listed, said) = desk.command(&["submissions", "list"]).await.unwrap();
    assert!(listed && said.contains(&id) && said.contains("Ministry of Education"), "{said}");

    let accepted = desk.decide(&desk.operator, &id, "accept").await.unwrap();
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    assert_eq!(accepted.json().unwrap()["submission"]["state"], "accepted");
    let ministry = || "Ministry of Education".to_owned();
    let expected = [("KAZ".to_owned(), 84.0, ministry()), ("KZ-75".to_owned(), 91.5, ministry())];
    assert_eq!(desk.published(2).await.unwrap(), expected);
    let sources = desk.service.json(&format!("/api/v1/sources?dataflow={FLOW}")).await.unwrap();
    let attribution = sources["sources"][0]["attribution"]["en"].as_str().unwrap();
    assert!(attribution.ends_with("; Ministry of Education"), "{attribution}");
    let csv = desk.service.get(&format!("/api/v1/observations.csv?dataflow={FLOW}")).await.unwrap().text();
    assert!(csv.lines().nth(1).unwrap().ends_with(",Ministry of Education"), "{csv}");
    let sdmx = desk.service.get(&format!("/sdmx/2.1/data/{FLOW}")).await.unwrap().text();
    assert_eq!(sdmx.matches("<gen:Value id=\"SUBMITTED_BY\" value=\"Ministry of Education\"/>").count(), 2, "{sdmx}");
    // No indicator of the framework rests on it, so the figures are as they were; the day of the newest figures is not.
    assert_eq!(sources["sources"][0]["indicators"], Value::Array(Vec::new()));
    assert_eq!(desk.service.json("/api/v1/index").await.unwrap()["index"], index["index"]);

    let twice = desk.decide(&desk.operator, &id, "reject").await.unwrap();
    assert_eq!((twice.status, twice.json().unwrap()["code"].as_str()), (409, Some("submission_decided")));
    let withdrawn = desk.decide(&desk.ministry, &id, "withdraw").await.unwrap();
    assert_eq!(withdrawn.json().unwrap()["submission"]["state"], "withdrawn", "{}", withdrawn.text());
    assert_eq!(desk.published(0).await.unwrap(), []);
    let history = desk.get(&desk.ministry, &format!("/api/v1/submissions/{id}")).await.unwrap().json().unwrap();
    let verdicts: Vec<&str> = history["submission"]["decisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|decision| decision["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(verdicts, ["accepted", "withdrawn"]);
}

#[tokio::test]
async fn faults_are_told_by_row_and_column() {
    let desk = Desk::open().await.unwrap();
    let table = filled_in(&desk, &[("KZ-75", "191.5"), ("KZ-71", "many")]).await.replace("KZ-75", "KZ-999");
    let answer = desk.submit(&desk.ministry, &table, &[]).await.unwrap();
    assert_eq!(answer.status, 422, "{}", answer.text());
    let problem = answer.json().unwrap();
    let told: Vec<(&str, &str)> = problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| (fault["parameter"].as_str().unwrap(), fault["found"].as_str().unwrap()))
        .collect();
    assert!(told.iter().any(|(place, found)| place.ends_with("column value") && *found == "many"), "{told:?}");
    assert!(told.iter().any(|(place, found)| place.ends_with("column area") && *found == "KZ-999"), "{told:?}");
    let kept = desk.get(&desk.ministry, "/api/v1/submissions").await.unwrap().json().unwrap();
    assert_eq!(kept["submissions"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn keys_are_made_rotated_and_revoked_while_the_service_runs() {
    let desk = Desk::open().await.unwrap();
    let name = desk.reader.split('_').nth(1).unwrap().to_owned();
    let status = async |key: &str| desk.get(key, "/api/v1/status").await.unwrap();
    let answer = status(&desk.reader).await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("ratelimit-policy").contains("q=6000;w=60"), "{}", answer.header("ratelimit-policy"));
    let (_, renewed) = desk.command(&["keys", "rotate", &name]).await.unwrap();
    let refused = status(&desk.reader).await;
    assert_eq!((refused.status, refused.json().unwrap()["code"].as_str()), (401, Some("key_refused")));
    assert!(refused.header("www-authenticate").contains("invalid_token"));
    assert_eq!(status(renewed.trim()).await.status, 200);
    let (revoked, said) = desk.command(&["keys", "revoke", &name]).await.unwrap();
    assert!(revoked, "{said}");
    assert_eq!(status(renewed.trim()).await.status, 401);
    let (_, list) = desk.command(&["keys", "list"]).await.unwrap();
    assert!(list.contains(&name) && list.contains("revoked"), "{list}");
    for key in [&desk.ministry, &desk.operator, &desk.reader] {
        assert!(!list.contains(key.rsplit('_').next().unwrap()), "a secret is listed");
    }
}

#[tokio::test]
async fn the_command_line_decides_when_the_service_rests_and_a_backup_keeps_it_all() {
    let desk = Desk::open().await.unwrap();
    let id = desk.held(&desk.ministry, &filled_in(&desk, &[("KZ-75", "91.5")]).await).await.unwrap();
    let (done, said) = desk.command(&["submissions", "accept", &id]).await.unwrap();
    assert!(!done && said.contains("in use"), "{said}");
    let Desk { service, ministry, .. } = &desk;
    let before = service.json("/api/v1/index").await.unwrap()["index"].clone();
    assert_eq!(before.as_array().unwrap().len(), 20);
    let folder = tempfile::tempdir().unwrap();
    let copy = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let (done, said) = desk.command(&["backup", &copy("backup")]).await.unwrap();
    assert!(done, "{said}");
    let restored = folder.path().join("restored");
    for arguments in [
        &["restore", &copy("backup")][..],
        &["submissions", "accept", &id, "--reason", "as agreed"],
        &["submissions", "show", &id],
        &["verify"],
    ] {
        let output = run(&restored, &Settings::default(), arguments).await.unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        assert!(!arguments.contains(&"show") || said.contains("accepted by operator") && said.contains("as agreed"));
    }
    let service = Service::start(&restored).await.unwrap();
    let answer = service.json(&format!("/api/v1/observations?dataflow={FLOW}")).await.unwrap();
    assert_eq!(answer["observations"][0]["submitted_by"], "Ministry of Education");
    assert_eq!(service.json("/api/v1/index").await.unwrap()["index"], before);
    // The copy knows the keys too.
    let shown = format!("Bearer {ministry}");
    let mine = service.get_with("/api/v1/submissions", &[("authorization", &shown)]).await.unwrap();
    assert_eq!(mine.json().unwrap()["submissions"][0]["id"], id.as_str());
    service.stop().await.unwrap();
}
