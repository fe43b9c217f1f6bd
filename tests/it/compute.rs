//! A caller's own data: sent to the service and given to the command line, read back as JSON, CSV and
//! a workbook, and refused with every fault named.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};
use tests::service::{Answer, Settings, run};
use tests::shared;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=frontier");

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reference").join(name)
}

/// The example of the reference package, as a recipe.
fn recipe() -> Value {
    json!({
        "denominate": {"method": "by_framework"},
        "screen": {"method": "none"},
        "impute": {"method": "group_mean", "group": "EurAsia_group"},
        "treat": {"method": "winsorise", "max_points": 5, "skewness_limit": 2, "kurtosis_limit": 3.5, "then": "log_ct"},
        "normalise": {"method": "min_max", "lower": 0, "upper": 100},
        "aggregate": {"method": "arithmetic"}
    })
}

/// What the reference package gave for Switzerland.
const SWITZERLAND: f64 = 68.383_724_238_341_71;

fn form(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head =
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    body
}

fn asem() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("idata", fs::read(reference("00_input/asem_iData.csv")).unwrap()),
        ("imeta", fs::read(reference("00_input/asem_iMeta.csv")).unwrap()),
        ("recipe", recipe().to_string().into_bytes()),
    ]
}

fn assert_switzerland(answer: &Value) {
    let areas = answer["areas"].as_array().unwrap();
    assert_eq!(areas.len(), 51);
    let found = areas.iter().find(|area| area["code"] == "CHE").unwrap();
    assert_eq!(found["ranks"]["Index"], 1);
    assert!((found["scores"]["Index"].as_f64().unwrap() - SWITZERLAND).abs() < 1e-9);
    assert!((answer["effective_weights"]["Index"].as_f64().unwrap() - 1.0).abs() < 1e-12);
}

fn assert_workbook(bytes: &[u8]) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let scores = book.worksheet_range("Scores").unwrap();
    let column = scores.rows().next().unwrap().iter().position(|cell| *cell == "Index").unwrap();
    let row = scores.rows().find(|row| row[0] == "CHE").unwrap();
    assert!(matches!(row[column], Data::Float(score) if (score - SWITZERLAND).abs() < 1e-9), "{:?}", row[column]);
}

fn assert_csv(text: &str) {
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let column = header.iter().position(|name| *name == "Index_score").unwrap();
    let row: Vec<&str> = text.lines().find(|line| line.starts_with("CHE,")).unwrap().split(',').collect();
    assert!((row[column].parse::<f64>().unwrap() - SWITZERLAND).abs() < 1e-9, "{}", row[column]);
}

#[tokio::test]
async fn a_form_comes_back_in_every_format() {
    let service = shared::service().await.unwrap();
    let body = form(&asem());
    let answer = service.post("/api/v1/compute", &[FORM], body.clone()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_switzerland(&answer.json().unwrap());

    let csv = service.post("/api/v1/compute", &[FORM, ("accept", "text/csv")], body.clone()).await.unwrap();
    assert!(csv.header("content-type").starts_with("text/csv"), "{}", csv.header("content-type"));
    assert_csv(&csv.text());
    assert_eq!(service.post("/api/v1/compute.csv", &[FORM], body.clone()).await.unwrap().body, csv.body);

    let workbook = service.post("/api/v1/compute.xlsx", &[FORM], body).await.unwrap();
    assert_eq!(workbook.header("content-disposition"), "attachment; filename=\"index.xlsx\"");
    assert_workbook(&workbook.body);
}

#[tokio::test]
async fn a_json_document_holds_tables_or_data() {
    let service = shared::service().await.unwrap();
    let text = |name: &str| fs::read_to_string(reference(name)).unwrap();
    let tables = json!({
        "recipe": recipe(), "idata": text("00_input/asem_iData.csv"), "imeta": text("00_input/asem_iMeta.csv"),
    });
    let answer = service.post("/api/v1/compute", &[JSON], tables.to_string().into_bytes()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_switzerland(&answer.json().unwrap());

    let small = json!({
        "recipe": {"screen": {"method": "none"}, "impute": {"method": "none"}, "treat": {"method": "none"},
            "normalise": {"method": "min_max"}, "aggregate": {"method": "arithmetic"}},
        "framework": {"nodes": [
            {"code": "index", "kind": "group"},
            {"code": "net", "kind": "indicator", "parent": "index", "direction": "higher_is_better"},
            {"code": "gap", "kind": "indicator", "parent": "index", "direction": "lower_is_better"}]},
        "data": {"areas": [
            {"code": "A", "values": {"net": 10, "gap": 3}}, {"code": "B", "values": {"net": 20, "gap": null}},
            {"code": "C", "values": {"net": 12, "gap": 1}}]},
        "explain": true,
        "robustness": {"factors": [{"factor": "weights", "relative": 0.25}], "replicates": 100, "seed": 1}
    });
    let answer = service.post("/api/v1/compute", &[JSON], small.to_string().into_bytes()).await.unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json().unwrap();
    assert_eq!(answer["areas"][0]["scores"]["index"], 0.0);
    assert_eq!(answer["areas"][1]["scores"]["gap"], Value::Null);
    assert_eq!(answer["explanations"].as_array().unwrap().len(), 3);
    assert_eq!(answer["robustness"]["intervals"][1]["nominal"], 1);
}

/// The problem of a refused request.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem = answer.json().unwrap();
    assert_eq!(problem["code"], code, "{problem}");
    problem
}

#[tokio::test]
async fn every_fault_is_named_by_table_row_and_column() {
    let service = shared::service().await.unwrap();
    let mut parts = asem();
    let table = String::from_utf8(parts[0].1.clone()).unwrap();
    let (first, rest) = table.split_once('\n').unwrap();
    let second = rest.lines().next().unwrap();
    let goods = first.split(',').position(|name| name == "\"Goods\"").unwrap();
    let mut cells: Vec<&str> = second.split(',').collect();
    cells[goods] = "\"a lot\"";
    parts[0].1 = table.replacen(second, &cells.join(","), 1).into_bytes();
    let problem = refused(&service.post("/api/v1/compute", &[FORM], form(&parts)).await.unwrap(), 422, "faulty_tables");
    assert_eq!(problem["errors"][0]["parameter"], "iData, row 2, column Goods");
    assert_eq!(problem["errors"][0]["found"], "\"a lot\"");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_cannot_be_computed_is_refused() {
    let service = shared::service().await.unwrap();
    let post =
        async |headers: &[(&str, &str)], body: Vec<u8>| service.post("/api/v1/compute", headers, body).await.unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut recipe = recipe();
        change(&mut recipe);
        let mut parts = asem();
        parts[2].1 = recipe.to_string().into_bytes();
        form(&parts)
    };
    let problem = refused(
        &post(&[FORM], with(&|recipe| recipe["aggregate"] = json!([{"method": "arithmetic"}]))).await,
        422,
        "not_computable",
    );
    assert!(problem["detail"].as_str().unwrap().contains("aggregate has 1 entries"), "{problem}");
    let problem = refused(&post(&[FORM], with(&|recipe| recipe["tread"] = json!(1))).await, 400, "malformed_body");
    assert!(problem["detail"].as_str().unwrap().contains("unknown field `tread`"), "{problem}");
    let endless = json!({"method": "em", "max_iterations": 4_000_000_000_u32});
    let problem =
        refused(&post(&[FORM], with(&|recipe| recipe["impute"] = endless.clone())).await, 422, "too_much_work");
    assert!(problem["detail"].as_str().unwrap().contains("million operations"), "{problem}");

    refused(&post(&[JSON], b"{\"recipe\":".to_vec()).await, 400, "malformed_body");
    refused(&post(&[JSON], b"{}".to_vec()).await, 400, "malformed_body");
    refused(&post(&[("content-type", "text/plain")], b"hello".to_vec()).await, 415, "unsupported_media_type");
    refused(&post(&[FORM], form(&[("recipe", b"{}".to_vec()), ("tables", Vec::new())])).await, 400, "malformed_body");
    refused(&post(&[FORM], form(&asem()[1..])).await, 400, "malformed_body");
    refused(&post(&[FORM, ("accept", "image/png")], form(&asem())).await, 406, "not_acceptable");
    refused(&post(&[JSON], vec![b' '; 17 * 1024 * 1024]).await, 413, "body_too_large");
    let answer = service.get("/api/v1/compute").await.unwrap();
    refused(&answer, 405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST, OPTIONS");
    // The bound of other addresses is as it was.
    let answer = service.post("/api/v1/index", &[JSON], vec![b' '; 100_000]).await.unwrap();
    refused(&answer, 413, "body_too_large");
}

#[tokio::test]
async fn the_command_line_writes_what_the_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("recipe.json"), recipe().to_string()).unwrap();
    let (idata, imeta) = (reference("00_input/asem_iData.csv"), reference("00_input/asem_iMeta.csv"));
    let (idata, imeta) = (idata.display().to_string(), imeta.display().to_string());
    let command = async |out: &[&str]| {
        let recipe = at("recipe.json");
        let mut arguments = vec!["compute", "--idata", &idata, "--imeta", &imeta, "--recipe", &recipe];
        arguments.extend_from_slice(out);
        run(folder.path(), &Settings::default(), &arguments).await.unwrap()
    };
    let printed = command(&[]).await;
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    assert_switzerland(&serde_json::from_slice(&printed.stdout).unwrap());
    for name in ["out.json", "out.csv", "out.xlsx"] {
        let written = command(&["--out", &at(name)]).await;
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    }
    assert_eq!(fs::read(at("out.json")).unwrap(), printed.stdout);
    assert_csv(&fs::read_to_string(at("out.csv")).unwrap());
    assert_workbook(&fs::read(at("out.xlsx")).unwrap());

    let refused = command(&["--out", &at("out.ods")]).await;
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("expected .json, .csv or .xlsx"));
    fs::write(at("recipe.json"), "{\"screen\":\n {\"method\":\"all\"}}").unwrap();
    let refused = command(&[]).await;
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("the recipe, line 2, column") && said.contains("unknown variant `all`"), "{said}");
}
