//! What somebody with bad intent tries, by the list of OWASP for APIs: what is not his, more than is good, paths that
//! lead elsewhere, text that wants to be run.

use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tests::desk::{Desk, FLOW};
use tests::service::{Answer, Service};
use tests::shared;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TABLE: &str = "indicator,area,period,value\nschools_with_electronic_journal,KZ-75,2024,91.5\n";

fn code(answer: &Answer) -> (u16, String) {
    let problem = answer.json().unwrap();
    (answer.status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn no_key_opens_more_than_its_scopes_say() {
    let desk = Desk::open().await.unwrap();
    let id = desk.held(&desk.ministry, TABLE).await.unwrap();
    let one = format!("/api/v1/submissions/{id}");
    // Looking: status with the key that delivered, another one, the operator's, a reader's.
    for (path, expected) in [("/api/v1/submissions", [200, 200, 200, 403]), (one.as_str(), [200, 404, 200, 403])] {
        let keys = [&desk.ministry, &desk.akimat, &desk.operator, &desk.reader];
        for (key, status) in keys.into_iter().zip(expected) {
            let answer = desk.get(key, path).await.unwrap();
            assert_eq!(answer.status, status, "{path}: {}", answer.text());
        }
        let nobody = desk.service.get(path).await.unwrap();
        assert_eq!(code(&nobody), (401, "key_required".to_owned()), "{path}");
        assert!(nobody.header("www-authenticate").starts_with("Bearer"), "{path}");
    }
    let others = desk.get(&desk.akimat, "/api/v1/submissions").await.unwrap().json().unwrap();
    assert_eq!(others["submissions"], Value::Array(Vec::new()));
    // Deciding, and delivering where the key is not for it.
    for (key, word, expected) in [
        (&desk.ministry, "accept", (403, "scope_missing")),
        (&desk.ministry, "reject", (403, "scope_missing")),
        (&desk.reader, "withdraw", (403, "scope_missing")),
        (&desk.akimat, "withdraw", (404, "no_submission")),
        (&desk.operator, "publish", (404, "unknown_path")),
    ] {
        let answer = desk.decide(key, &id, word).await.unwrap();
        assert_eq!(code(&answer), (expected.0, expected.1.to_owned()), "{word}");
    }
    for key in [&desk.operator, &desk.reader] {
        assert_eq!(code(&desk.submit(key, TABLE, &[]).await.unwrap()), (403, "scope_missing".to_owned()));
    }
    let elsewhere = "/api/v1/submissions?dataflow=BNS_SDG_17_8_1";
    let headers = [("authorization", &*format!("Bearer {}", desk.ministry)), ("content-type", "text/csv")];
    let answer = desk.service.post(elsewhere, &headers, TABLE.into()).await.unwrap();
    assert_eq!(code(&answer), (403, "scope_missing".to_owned()));
    // Something that looks like a key.
    let (name, secret) = desk.operator.rsplit_once('_').unwrap();
    let zeros = format!("{name}_{}", "0".repeat(64));
    let crossed = format!("{}_{secret}", desk.reader.rsplit_once('_').unwrap().0);
    for forged in [name, secret, &zeros, &crossed, &desk.operator.to_uppercase(), "null", ""] {
        let answer = desk.get(forged, "/api/v1/submissions").await.unwrap();
        assert_eq!(answer.status, 401, "{forged}: {}", answer.text());
    }
}

#[tokio::test]
async fn nothing_that_is_sent_says_who_sends_it_or_how_it_stands() {
    let desk = Desk::open().await.unwrap();
    let shown = format!("Bearer {}", desk.ministry);
    let headers = [("authorization", shown.as_str()), ("content-type", "text/csv")];
    for more in ["submitted_by=Akimat", "holder=Akimat", "state=accepted", "key=x", "id=1", "decided_at=2026-01-01"] {
        let path = format!("/api/v1/submissions?{more}");
        let answer = desk.service.post(&path, &headers, TABLE.into()).await.unwrap();
        assert_eq!(code(&answer), (400, "unknown_parameter".to_owned()), "{more}");
    }
    let table = "indicator,area,period,value,submitted_by,vintage\n\
                 schools_with_electronic_journal,KZ-75,2024,91.5,Akimat,EDU_DIGITAL_SCHOOLS@2020-01-01.1\n";
    let id = desk.held(&desk.ministry, table).await.unwrap();
    let path = format!("/api/v1/submissions/{id}/accept");
    let shown = format!("Bearer {}", desk.operator);
    let headers = [("authorization", shown.as_str()), ("content-type", "application/json")];
    for body in [r#"{"reason":"x","by":"The President"}"#, r#"{"verdict":"withdrawn"}"#, "[]", "{"] {
        let answer = desk.service.post(&path, &headers, body.into()).await.unwrap();
        assert_eq!(code(&answer), (400, "malformed_body".to_owned()), "{body}");
    }
    let answer = desk.service.post(&path, &headers, r#"{"reason":"checked"}"#.into()).await.unwrap();
    let decision = answer.json().unwrap()["submission"]["decisions"][0].clone();
    assert_eq!((decision["by"].as_str(), decision["reason"].as_str()), (Some("Operator"), Some("checked")));
    assert_eq!(desk.published(1).await.unwrap()[0].2, "Ministry of Education");
    let published = desk.service.json(&format!("/api/v1/observations?dataflow={FLOW}")).await.unwrap();
    let entry = &published["observations"][0];
    assert!(!entry["vintage"].as_str().unwrap().contains("2020"), "{entry}");
}

#[tokio::test]
async fn what_is_held_leaves_no_trace_that_a_reader_could_find() {
    let desk = Desk::of(["Unheard-of Committee", "Akimat"]).await.unwrap();
    let id = desk.held(&desk.ministry, TABLE).await.unwrap();
    let submission = desk.get(&desk.ministry, &format!("/api/v1/submissions/{id}")).await.unwrap().json().unwrap();
    let sha256 = submission["submission"]["sha256"].as_str().unwrap().to_owned();
    let traces = [id.as_str(), sha256.as_str(), "Unheard-of", "91.5"];
    for path in [
        "/api/v1/runs",
        "/api/v1/sources",
        "/api/v1/status",
        "/api/v1/feed.atom",
        "/api/v1/releases",
        "/api/v1/catalogue",
        "/api/v1/citations",
        "/api/v1/observations?area=KZ-75&period=2024",
        "/api/v1/sdmx/3.0/structure/dataflow",
        "/metrics",
        "/en/sources",
    ] {
        let answer = desk.service.get(path).await.unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let text = answer.text();
        let found: Vec<&&str> = traces[..3].iter().filter(|trace| text.contains(**trace)).collect();
        assert!(found.is_empty(), "{path} tells {found:?}");
    }
    for path in [
        format!("/api/v1/snapshots/{sha256}"),
        format!("/api/v1/sdmx/3.0/data/dataflow/SANDYQ/{FLOW}/1.0.0"),
        format!("/sdmx/2.1/data/{FLOW}"),
    ] {
        assert_eq!(desk.service.get(&path).await.unwrap().status, 404, "{path}");
    }
    let unknown = desk.service.get(&format!("/api/v1/observations?dataflow={FLOW}")).await.unwrap();
    assert_eq!(code(&unknown), (400, "unknown_code".to_owned()));
    // The bytes stay closed when the figures are published.
    desk.decide(&desk.operator, &id, "accept").await.unwrap();
    desk.published(1).await.unwrap();
    assert_eq!(desk.service.get(&format!("/api/v1/snapshots/{sha256}")).await.unwrap().status, 404);
}

/// A zip whose one part is a thousand times as long as it looks, and longer than is unpacked.
fn bomb() -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..66 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn too_much_is_refused_before_it_costs_much() {
    let desk = Desk::open().await.unwrap();
    let shown = format!("Bearer {}", desk.ministry);
    let send = async |kind: &str, more: &[(&str, &str)], body: Vec<u8>| {
        let headers = [&[("authorization", shown.as_str()), ("content-type", kind)], more].concat();
        desk.service.post("/api/v1/submissions", &headers, body).await.unwrap()
    };
    let large = send("text/csv", &[], vec![b'x'; 9 << 20]).await;
    assert_eq!(code(&large), (413, "body_too_large".to_owned()));
    let book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let unpacked = send(book, &[], bomb()).await;
    assert_eq!(code(&unpacked), (422, "faulty_tables".to_owned()), "{}", unpacked.text());
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b'x'; 16 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let coded = send("text/csv", &[("content-encoding", "gzip")], packed.clone()).await;
    assert_eq!(code(&coded), (415, "unsupported_media_type".to_owned()));
    let headers = [("content-type", "application/json"), ("content-encoding", "gzip")];
    let coded = desk.service.post("/api/v1/compute", &headers, packed).await.unwrap();
    assert_eq!(code(&coded), (415, "unsupported_media_type".to_owned()));
    // Where no body belongs a small one is let in and not read.
    let get = desk.service.post("/api/v1/index", &[], vec![b'x'; 70 << 10]).await.unwrap();
    assert_eq!(code(&get), (413, "body_too_large".to_owned()));
    // Without a length, and without a key.
    let mut stream = connect(&desk.service).await;
    let head =
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: text/csv\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    assert!(status_line(&mut stream).await.contains(" 401 "), "nobody's bytes are waited for");
}

async fn connect(service: &Service) -> TcpStream {
    let url = service.url("");
    let address: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// The first line of what comes back; empty when the connection ends without a word.
async fn status_line(stream: &mut TcpStream) -> String {
    let mut bytes = vec![0; 4096];
    let read = timeout(Duration::from_mins(1), stream.read(&mut bytes)).await;
    let length = read.expect("an answer or an end in a minute").unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_dawdling_client_is_let_go_and_keeps_nobody_waiting() {
    let desk = Desk::open().await.unwrap();
    let key = &desk.ministry;
    let mut slow_body = connect(&desk.service).await;
    let head = format!(
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Type: text/csv\r\n\
         Content-Length: 100000\r\n\r\nindicator,"
    );
    slow_body.write_all(head.as_bytes()).await.unwrap();
    let mut slow_head = connect(&desk.service).await;
    slow_head.write_all(b"GET /api/v1/status HTTP/1.1\r\nHost: ").await.unwrap();
    let mut crowd = Vec::new();
    for _ in 0..200 {
        let mut one = connect(&desk.service).await;
        one.write_all(b"GET / HT").await.unwrap();
        crowd.push(one);
    }
    assert_eq!(desk.service.get("/api/v1/status").await.unwrap().status, 200);
    let body = status_line(&mut slow_body).await;
    assert!(body.contains(" 503 ") || body.contains(" 408 "), "{body:?}");
    let head = status_line(&mut slow_head).await;
    assert!(head.is_empty() || head.contains(" 408 "), "{head:?}");
    drop(crowd);
}

#[tokio::test]
async fn floods_of_headers_and_parameters_are_refused() {
    let service = shared::service().await.unwrap();
    let many: Vec<String> = (0..100).map(|number| format!("area=KZ-{number}")).collect();
    let answer = service.get(&format!("/api/v1/index?{}", many.join("&"))).await.unwrap();
    assert_eq!(code(&answer), (400, "malformed_query".to_owned()));
    let long = service.get(&format!("/api/v1/index?area={}", "x".repeat(9_000))).await.unwrap();
    assert_eq!(code(&long), (414, "uri_too_long".to_owned()));
    let codes = vec!["KAZ"; 501].join(",");
    assert_eq!(service.get(&format!("/api/v1/index?area={codes}")).await.unwrap().status, 400);
    let large = "x".repeat(40_000);
    let answer = service.get_with("/api/v1/index", &[("x-large", &large)]).await.unwrap();
    assert_eq!(code(&answer), (431, "headers_too_large".to_owned()));
    let mut stream = connect(&service).await;
    let headers = (0..500).map(|number| format!("X-{number}: 1\r\n")).collect::<Vec<_>>().concat();
    let head = format!("GET /api/v1/index HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let line = status_line(&mut stream).await;
    assert!(line.is_empty() || line.contains(" 400 ") || line.contains(" 431 "), "{line:?}");
    assert_eq!(service.get("/api/v1/status").await.unwrap().status, 200);
}

#[tokio::test]
async fn no_path_leads_out_of_its_folder() {
    let service = shared::service().await.unwrap();
    for path in [
        "/api/v1/snapshots/../runs.jsonl",
        "/api/v1/snapshots/..%2fruns.jsonl",
        "/api/v1/snapshots/%2e%2e%2f%2e%2e%2fkeys.jsonl",
        "/api/v1/snapshots/..%5cruns.jsonl",
        "/api/v1/snapshots/%00",
        "/api/v1/submissions/..%2f..%2fkeys.jsonl",
        "/api/v1/releases/..%2f..%2fruns.jsonl",
        "/api/v1/index/..%2f..%2fruns.jsonl.csv",
        "/api/docs/..%2f..%2fCargo.toml",
        "/api/docs/%2fetc%2fpasswd",
        "/pkg/..%2f..%2fruns.jsonl",
        "/assets/..%2f..%2fruns.jsonl",
        "/en/..%2f..%2fetc%2fpasswd",
    ] {
        // Sent as it stands: a client that tidies addresses would hide the attempt.
        let mut stream = connect(&service).await;
        let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        timeout(Duration::from_mins(1), stream.read_to_end(&mut bytes)).await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().next().unwrap_or_default().to_owned();
        assert!([" 400 ", " 401 ", " 404 "].iter().any(|status| line.contains(status)), "{path}: {line}");
        for leaked in ["\"crc32\"", "root:x:", "[package]", "secret_sha256"] {
            assert!(!text.contains(leaked), "{path} leads to {leaked}");
        }
    }
}

#[tokio::test]
async fn a_name_is_text_wherever_it_is_shown() {
    const FORMULA: &str = "=HYPERLINK(\"http://example.org\",\"Akimat\")";
    const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>";
    let desk = Desk::of([FORMULA, MARKUP]).await.unwrap();
    let other = TABLE.replace("KZ-75", "KZ-71");
    for (key, table, count) in [(&desk.ministry, TABLE, 1), (&desk.akimat, other.as_str(), 2)] {
        let id = desk.held(key, table).await.unwrap();
        assert_eq!(desk.decide(&desk.operator, &id, "accept").await.unwrap().status, 200);
        desk.published(count).await.unwrap();
    }
    for path in [format!("/api/v1/observations.csv?dataflow={FLOW}"), "/api/v1/sources.csv?lang=en".to_owned()] {
        let text = desk.service.get(&path).await.unwrap().text();
        assert!(text.contains("HYPERLINK"), "{path}: the name is shown");
        for cell in text.split(['\n', ',']) {
            assert!(!cell.trim_start_matches('"').starts_with("=HYPERLINK"), "{path}: {cell}");
        }
    }
    for language in ["kk", "ru", "en"] {
        for page in ["sources", "downloads", "search?q=journal"] {
            let answer = desk.service.get(&format!("/{language}/{page}")).await.unwrap();
            assert_eq!(answer.status, 200, "/{language}/{page}");
            let html = answer.text();
            assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "/{language}/{page}");
        }
        let html = desk.service.get(&format!("/{language}/sources")).await.unwrap().text();
        assert!(html.contains("&lt;script&gt;alert(1)"), "/{language}/sources shows the name");
    }
    for path in ["/api/v1/feed.atom", "/api/v1/catalogue", "/api/v1/citations.bib"] {
        let answer = desk.service.get(path).await.unwrap();
        assert!(!answer.header("content-type").contains("html"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
}

#[tokio::test]
async fn nothing_that_is_sent_makes_the_service_ask_another_host() {
    fn addresses(value: &Value, place: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    addresses(member, &format!("{place}/{name}"), found);
                }
                let is_address = |text: &str| ["uri", "url", "iri", "uri-reference", "hostname"].contains(&text);
                if members.get("format").and_then(Value::as_str).is_some_and(is_address) {
                    found.push(place.to_owned());
                }
            }
            Value::Array(items) => items.iter().for_each(|item| addresses(item, place, found)),
            _ => {}
        }
    }
    let service = shared::service().await.unwrap();
    let document = service.json("/api/v1/openapi.json").await.unwrap();
    assert!(document.get("webhooks").is_none());
    let mut found = Vec::new();
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "post"] {
            let Some(operation) = item.get(method) else { continue };
            assert!(operation.get("callbacks").is_none(), "{path}");
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                addresses(parameter, path, &mut found);
                names.push(parameter["name"].as_str().unwrap().to_owned());
            }
            addresses(&operation["requestBody"], path, &mut found);
            let forms = operation["requestBody"]["content"].as_object();
            for form in forms.into_iter().flat_map(|forms| forms.values()) {
                names.extend(form["schema"]["properties"].as_object().into_iter().flat_map(|all| all.keys().cloned()));
            }
        }
    }
    assert_eq!(found, Vec::<String>::new());
    assert!(names.len() > 50, "{names:?}");
    let asks = ["url", "uri", "href", "callback", "webhook", "host", "endpoint", "redirect", "proxy"];
    let suspicious: Vec<&String> =
        names.iter().filter(|name| asks.iter().any(|word| name.to_lowercase().contains(word))).collect();
    assert!(suspicious.is_empty(), "{suspicious:?}");
}
