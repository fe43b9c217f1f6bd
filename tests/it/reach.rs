//! Nothing that a caller sends makes the service ask anybody, name itself otherwise, or answer in another form than its own.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tests::desk::{Desk, FLOW};
use tests::service::Service;
use tests::shared;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time::{Duration, timeout};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A machine that nobody has a reason to ask, and how often it was.
struct Trap {
    address: String,
    asked: Arc<AtomicUsize>,
}

impl Trap {
    async fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// Sends a request as it stands and gives the whole answer: a client that tidies it would hide the attempt.
async fn raw(service: &Service, request: &str) -> String {
    let url = service.url("");
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    _ = timeout(Duration::from_mins(1), stream.read_to_end(&mut bytes)).await.expect("an answer in a minute");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The template with a relation of its first sheet to another machine.
fn with_outside_link(template: &[u8], url: &str) -> Vec<u8> {
    let mut read = ZipArchive::new(Cursor::new(template)).unwrap();
    let mut written = ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..read.len() {
        let mut part = read.by_index(place).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        written.start_file(name, SimpleFileOptions::default()).unwrap();
        written.write_all(&bytes).unwrap();
    }
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath";
    let relation = format!("<Relationship Id=\"rId99\" Type=\"{kind}\" Target=\"{url}\" TargetMode=\"External\"/>");
    let relations = format!(
        "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         {relation}</Relationships>"
    );
    written.start_file("xl/worksheets/_rels/sheet99.xml.rels", SimpleFileOptions::default()).unwrap();
    written.write_all(relations.as_bytes()).unwrap();
    written.finish().unwrap().into_inner()
}

#[tokio::test]
async fn addresses_that_a_caller_sends_are_asked_by_nobody() {
    let (desk, trap) = (Desk::open().await.unwrap(), Trap::set().await);
    let url = format!("http://{}/bait", trap.address);
    // The trap works.
    drop(TcpStream::connect(&trap.address).await.unwrap());
    while trap.asked() == 0 {
        yield_now().await;
    }
    let shown = format!("Bearer {}", desk.ministry);
    let send = async |path: String, kind: &str, more: &[(&str, &str)], body: Vec<u8>| {
        let headers = [&[("authorization", shown.as_str()), ("content-type", kind)], more].concat();
        desk.service.post(&path, &headers, body).await.unwrap()
    };
    let table = format!(
        "indicator,area,area_name,period,value,submitted_by\r\nschools_with_electronic_journal,KZ-75,{url},2024,91.5,{url}\r\n"
    );
    let submissions = "/api/v1/submissions";
    let taken =
        send(submissions.to_owned(), "text/csv", &[("idempotency-key", &url)], table.clone().into_bytes()).await;
    assert_eq!(taken.status, 201, "{}", taken.text());
    let id = taken.json().unwrap()["submission"]["id"].as_str().unwrap().to_owned();
    assert_eq!(desk.decide(&desk.operator, &id, "accept").await.unwrap().status, 200);
    desk.published(1).await.unwrap();
    let faulty = table.replace("KZ-75", &url).replace("2024", &url);
    assert_eq!(send(submissions.to_owned(), "text/csv", &[], faulty.into_bytes()).await.status, 422);
    let template = format!("{submissions}/template.xlsx?dataflow={FLOW}");
    let template = desk.service.get(&template).await.unwrap().body;
    let book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let linked = send(submissions.to_owned(), book, &[], with_outside_link(&template, &url)).await;
    assert_eq!(linked.status, 422, "{}", linked.text());
    let noted = send(format!("{submissions}?check_only=true&note={url}"), "text/csv", &[], table.into_bytes()).await;
    assert!([200, 400].contains(&noted.status), "{}", noted.text());
    let recipe = format!("{{\"recipe\":{{\"$ref\":\"{url}\"}},\"idata\":\"{url}\",\"imeta\":\"{url}\"}}");
    let computed = send("/api/v1/compute".to_owned(), "application/json", &[], recipe.into_bytes()).await;
    assert!((400..500).contains(&computed.status), "{}", computed.text());
    let refresh = desk.refresh(&desk.operator, "BNS_SDG_17_8_1", &format!("{{\"url\":\"{url}\"}}")).await.unwrap();
    assert_eq!(refresh.status, 400, "{}", refresh.text());
    for name in ["url", "callback", "webhook", "source", "base_url"] {
        let answer = desk.service.get(&format!("/api/v1/observations?{name}={url}")).await.unwrap();
        assert_eq!(answer.status, 400, "{name}");
    }
    let host = &trap.address;
    for request in [
        format!("GET {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /api/v1/catalogue HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET //{host}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        format!("GET /api/v1/snapshots/{url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    ] {
        let answer = raw(&desk.service, &request).await;
        assert!(!answer.contains(" 502 ") && !answer.contains(" 500 "), "{request}: {answer}");
    }
    // Whatever was to ask would have been told to by now; one answer more is given after all of that.
    assert_eq!(desk.service.get("/api/v1/status").await.unwrap().status, 200);
    assert_eq!(trap.asked(), 1, "somebody followed an address that a caller sent");
}

#[tokio::test]
async fn the_service_is_not_named_by_those_who_ask() {
    let service = shared::service().await.unwrap();
    let headers = "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /evil.example\r\n\
                   Forwarded: host=evil.example;proto=https\r\nX-Original-URL: /evil.example\r\nX-Rewrite-URL: /evil.example\r\n\
                   X-HTTP-Method-Override: DELETE\r\nReferer: http://evil.example/\r\nOrigin: http://evil.example";
    for path in [
        "/api/v1/catalogue",
        "/api/v1/citations",
        "/api/v1/feed.atom",
        "/api/v1/observations.jsonstat?indicator=internet_users&area=KZ-61",
        "/api/v1/observations?indicator=internet_users&limit=1",
        "/api/v1/observations.csv?indicator=internet_users&area=KZ-61",
        "/api/v1/openapi.json",
        "/api/v1/nothing",
        "/sdmx/2.1/dataflow",
        "/en/regions/KZ-61",
        "/en",
        "/",
    ] {
        for host in ["evil.example", "evil.example:80@127.0.0.1", "127.0.0.1\r\nHost: evil.example"] {
            let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\nConnection: close\r\n\r\n");
            let answer = raw(&service, &request).await;
            assert!(!answer.contains("evil.example"), "{path} is named by {host:?}");
            assert!(answer.starts_with("HTTP/1.1 "), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn no_way_of_writing_an_address_leads_out_of_the_snapshots() {
    let service = shared::service().await.unwrap();
    let runs = service.json("/api/v1/runs?dataflow=BNS_SDG_17_8_1").await.unwrap();
    let sha256 = runs["runs"][0]["snapshot"].as_str().unwrap().to_owned();
    let shard = &sha256[..2];
    let mut places = vec![
        format!("{sha256}%00.json"),
        format!("{sha256}/../../runs.jsonl"),
        format!("{sha256}%2f..%2f..%2fruns.jsonl"),
        format!("{sha256}.BNS_SDG_17_8_1.json"),
        format!("{sha256}.raw"),
        format!("{shard}/{sha256}"),
        format!("{shard}%2f{sha256}.raw"),
        format!("%20{sha256}"),
        format!("{sha256}%0d%0aX-Injected:%201"),
    ];
    let steps = [
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "%252e%252e%252f",
        "..%252f",
        "%c0%ae%c0%ae%c0%af",
        "%e0%80%ae%e0%80%ae/",
        "....//",
        "..;/",
        "..%5c",
        "%2e%2e%5c",
        "..%c1%9c",
        "%uff0e%uff0e%u2215",
        ".%00./",
        "%ef%bc%8e%ef%bc%8e%ef%bc%8f",
    ];
    for step in steps {
        for target in ["runs.jsonl", "keys.jsonl", "etc%2fpasswd"] {
            places.extend([1, 6].map(|times| format!("{}{target}", step.repeat(times))));
        }
    }
    places.extend(["%2fetc%2fpasswd", "file:%2f%2f%2fetc%2fpasswd", "~root", "C:%5cWindows"].map(str::to_owned));
    for place in places {
        let request = format!("GET /api/v1/snapshots/{place} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = raw(&service, &request).await;
        let line = answer.lines().next().unwrap_or_default();
        assert!(line.contains(" 404 ") || line.contains(" 400 "), "{place}: {line}");
        for leaked in ["\"crc32\"", "root:x:", "secret_sha256", "\r\nX-Injected", "\"fetched_at\""] {
            assert!(!answer.contains(leaked), "{place} leads to {leaked}");
        }
    }
    assert_eq!(service.get(&format!("/api/v1/snapshots/{sha256}")).await.unwrap().status, 200);
}

#[tokio::test]
async fn whatever_is_refused_by_whomever_is_a_problem_of_one_form() {
    let service = shared::service().await.unwrap();
    let long = "x".repeat(9_000);
    let large = "x".repeat(40_000);
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}Connection: close\r\n\r\n");
    let with = |method: &str, path: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    };
    for (request, status) in [
        (get("/api/v1/index?period=%ff", ""), 400),
        (get("/api/v1/index/%ff", ""), 404),
        (get("/api/v1/index/%zz", ""), 404),
        (get("/api/v1/index/%00", ""), 404),
        (get("/api/v1/snapshots/%c3%28", ""), 404),
        (get("/api/v1/", ""), 404),
        (get("/api", ""), 404),
        (get("/api/v2/index", ""), 404),
        (get("/api/v1/submissions", ""), 401),
        (get("/api/v1/index", "Authorization: Bearer x\r\n"), 401),
        (get("/api/v1/index", "Accept: image/png\r\n"), 406),
        (with("DELETE", "/api/v1/index"), 405),
        (with("PATCH", "/api/v1/observations.csv"), 405),
        (with("TRACE", "/api/v1/index"), 405),
        (with("BREW", "/api/v1/index"), 405),
        (with("PUT", "/api/v1/compute"), 405),
        (with("DELETE", "/api/v1/submissions"), 405),
        (with("POST", "/api/v1/nothing"), 404),
        (
            "POST /api/v1/index HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nConnection: close\r\n\r\n".to_owned(),
            413,
        ),
        (get(&format!("/api/v1/index?area={long}"), ""), 414),
        (
            "POST /api/v1/compute HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx"
                .to_owned(),
            415,
        ),
        (get("/api/v1/index", &format!("X-Large: {large}\r\n")), 431),
    ] {
        let answer = raw(&service, &request).await;
        let shown: String = request.chars().take(80).collect();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{shown}: {head}");
        let is_problem = head.to_lowercase().contains("content-type: application/problem+json");
        assert!(is_problem && head.to_lowercase().contains("x-request-id: "), "{shown}: {head}");
        let body = body.split_once("\r\n{").map_or_else(|| body.to_owned(), |(_, rest)| format!("{{{rest}"));
        let problem: Value = serde_json::from_str(body.trim()).unwrap_or_default();
        assert_eq!(problem["status"], status, "{shown}: {body}");
        assert!(problem["code"].is_string() && problem["title"].is_string(), "{shown}: {body}");
    }
}
