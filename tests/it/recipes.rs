//! What the documentation says works, works: every command line, every address another program is given, and every body
//! that the description shows.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;

use serde_json::Value;
use tests::clients;
use tests::desk::{Desk, FLOW};
use tests::recording::root;
use tests::service::Service;
use tests::shared;
use tokio::process::Command;

const BASE: &str = "http://127.0.0.1:8080";

fn documentation() -> String {
    fs::read_to_string(root().join("docs/API.md")).unwrap()
}

/// The blocks of one language, in their order.
fn blocks(language: &str) -> Vec<String> {
    let (text, begin) = (documentation(), format!("\n```{language}\n"));
    text.split(&begin).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

/// The command lines of a block: one goes on while a quotation is open or a line ends with a backslash.
fn commands(block: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut is_open = false;
    for line in block.lines() {
        match all.last_mut() {
            Some(last) if is_open => {
                last.push('\n');
                last.push_str(line);
            }
            _ => all.push(line.to_owned()),
        }
        let last = all.last().unwrap();
        is_open = last.matches('\'').count() % 2 == 1 || last.ends_with('\\');
    }
    all.retain(|command| command.starts_with("curl "));
    all
}

#[tokio::test]
async fn every_command_line_of_the_documentation_works_as_it_stands() {
    let desk = Desk::open().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let filled = "indicator,area,period,value\nschools_with_electronic_journal,KZ-75,2024,91.5\n";
    fs::write(folder.path().join("filled.csv"), filled).unwrap();
    let (mut run, mut left_out) = (0, Vec::new());
    for command in blocks("sh").iter().flat_map(|block| commands(block)) {
        // An ellipsis stands for what only the reader knows; COINr's files are not ours to ship.
        let needs_more = command.contains('…') || ["iData.csv", "tool.xlsm"].iter().any(|file| command.contains(file));
        if needs_more {
            left_out.push(command);
            continue;
        }
        // The template as it was taken says nothing, and is refused for it; a dataflow whose provider is asked would reach out.
        let expected = match command.as_str() {
            line if line.contains("area=turkistan") => "400",
            line if line.contains("@template.xlsx") => "422",
            line if line.contains("/refresh") => continue,
            _ => "200",
        };
        let script = command.replace(BASE, &desk.service.url("")).replacen("curl ", "curl -w '\\n%{http_code}' ", 1);
        let key = format!("Authorization: Bearer {}", desk.ministry);
        let output = Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            .env("KEY", key)
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let status = said.lines().last().unwrap_or_default();
        assert_eq!(status, expected, "{command}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        run += 1;
    }
    assert!(run >= 15, "{run} command lines; left out: {left_out:#?}");
    assert!(left_out.len() <= 10, "{left_out:#?}");
}

#[tokio::test]
async fn the_python_recipe_reads_the_figures() {
    let service = shared::service().await.unwrap();
    let read = clients::python("run_recipe.py", &service.url("")).await.unwrap();
    let path = "/api/v1/observations?indicator=internet_users&area=KZ-61&urbanisation=_T&sex=_T&age=_T";
    let answer = service.json(path).await.unwrap();
    let expected: BTreeMap<String, f64> = answer["observations"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| Some((entry["period"].as_str()?.to_owned(), entry["value"].as_f64()?)))
        .collect();
    let read: BTreeMap<String, f64> = serde_json::from_value(read).unwrap();
    assert_eq!(read, expected);
}

/// Neither R nor Excel stands on every machine; what they are sent to has to be there.
#[tokio::test]
async fn every_address_given_to_r_and_excel_answers_in_the_form_they_read() {
    let service = shared::service().await.unwrap();
    let mut found = Vec::new();
    for block in [blocks("r"), blocks("text")].concat() {
        let query = block.split_once("Query = [").map(|(_, rest)| {
            let pairs = rest.split(']').next().unwrap();
            let pairs = pairs.split(", ").map(|pair| pair.replace(" = ", "=").replace('"', ""));
            format!("?{}", pairs.collect::<Vec<_>>().join("&"))
        });
        for rest in block.split(BASE).skip(1) {
            let path = rest.split('"').next().unwrap();
            let path = format!("{path}{}", query.as_deref().unwrap_or_default());
            let answer = service.get(&path).await.unwrap();
            let expected = if path.contains(".csv") { "text/csv" } else { "application/vnd.sdmx.genericdata+xml" };
            let kind = answer.header("content-type");
            assert!(answer.status == 200 && kind.starts_with(expected), "{path}: {} {kind}", answer.status);
            found.push(path);
        }
    }
    assert!(found.len() >= 3 && found.iter().any(|path| path.contains("indicator=internet_users")), "{found:?}");
}

async fn send(service: &Service, path: &str, key: &str, media_type: &str, example: &Value) -> (u16, Value) {
    let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
    let shown = format!("Bearer {key}");
    let headers = [("authorization", shown.as_str()), ("content-type", media_type)];
    let answer = service.post(path, &headers, body.into_bytes()).await.unwrap();
    (answer.status, answer.json().unwrap_or_default())
}

#[tokio::test]
async fn every_body_that_the_description_shows_is_taken() {
    let desk = Desk::open().await.unwrap();
    let description = desk.service.json("/api/v1/openapi.json").await.unwrap();
    let examples = |path: &str| -> Vec<(String, Value)> {
        let bodies = description["paths"][path]["post"]["requestBody"]["content"].as_object().unwrap().iter();
        let shown = bodies.filter(|(_, content)| !content["example"].is_null());
        shown.map(|(media_type, content)| (media_type.clone(), content["example"].clone())).collect()
    };
    let computed = examples("/api/v1/compute");
    assert_eq!(computed.len(), 1);
    for (media_type, example) in computed {
        let (status, answer) = send(&desk.service, "/api/v1/compute", &desk.reader, &media_type, &example).await;
        assert_eq!((status, answer["areas"].as_array().map(Vec::len)), (200, Some(2)), "{answer}");
    }
    let deliveries = examples("/api/v1/submissions");
    assert_eq!(deliveries.len(), 2);
    for (media_type, example) in &deliveries {
        let path = format!("/api/v1/submissions?dataflow={FLOW}&check_only=true");
        let (status, answer) = send(&desk.service, &path, &desk.ministry, media_type, example).await;
        assert_eq!(status, 200, "{media_type}: {answer}");
    }
    let (media_type, example) = &deliveries[0];
    for (word, key) in [("accept", &desk.operator), ("reject", &desk.operator), ("withdraw", &desk.ministry)] {
        let (status, held) = send(&desk.service, "/api/v1/submissions", &desk.ministry, media_type, example).await;
        assert_eq!(status, 201, "{held}");
        let id = held["submission"]["id"].as_str().unwrap();
        let reasons = examples(&format!("/api/v1/submissions/{{id}}/{word}"));
        assert_eq!(reasons.len(), 1, "{word}");
        for (media_type, reason) in reasons {
            let path = format!("/api/v1/submissions/{id}/{word}");
            let (status, answer) = send(&desk.service, &path, key, &media_type, &reason).await;
            assert_eq!(status, 200, "{word}: {answer}");
            assert_eq!(answer["submission"]["decisions"][0]["reason"], reason["reason"], "{word}");
        }
    }
}
