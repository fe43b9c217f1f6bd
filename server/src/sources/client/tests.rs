//! The client against a server on the loopback that answers from a script. No test waits: the clock stands and waits are
//! written down.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use flate2::Compression;
use flate2::write::GzEncoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::content_hash::ContentHash;
use crate::disk::LEAST_FREE_BYTES;

const LIMIT: usize = 10_000;

/// Answers each connection with the next script and keeps the requests.
struct Script {
    base: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

async fn serve(answers: Vec<Vec<u8>>) -> Script {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/a.csv", listener.local_addr().unwrap()).parse().unwrap();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&requests);
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                request.push(socket.read_u8().await.unwrap());
            }
            kept.lock().unwrap().push(String::from_utf8(request).unwrap());
            socket.write_all(&answer).await.unwrap();
        }
    });
    Script { base, requests }
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let length =
        if head.contains("Content-Length") { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    [format!("HTTP/1.1 {head}\r\n{length}Connection: close\r\n\r\n").as_bytes(), body].concat()
}

/// A client whose waits are written down and take no time.
fn client() -> (Client, Arc<Mutex<Vec<Duration>>>) {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&waits);
    let timing = Timing::new(
        || Timestamp::UNIX_EPOCH,
        move |duration| {
            kept.lock().unwrap().push(duration);
            Box::pin(async {})
        },
        || 0.5,
    );
    let config = ClientConfig { host_interval: Duration::ZERO, ..ClientConfig::standard() };
    (Client::new(config, timing).unwrap(), waits)
}

async fn fetch(url: &Url, validators: &Validators) -> (Result<FetchOutcome, FetchError>, Vec<Duration>) {
    let (client, waits) = client();
    let allowed_hosts = ["127.0.0.1".to_owned()];
    let request = FetchRequest {
        url,
        accept: "text/csv",
        allowed_hosts: &allowed_hosts,
        max_bytes: LIMIT,
        validators,
        key: None,
    };
    let outcome = client.fetch(request).await;
    let waits = waits.lock().unwrap().clone();
    (outcome, waits)
}

async fn outcome_of(answers: Vec<Vec<u8>>) -> (Result<FetchOutcome, FetchError>, Vec<Duration>) {
    let script = serve(answers).await;
    fetch(&script.base, &Validators::default()).await
}

fn fetched(outcome: Result<FetchOutcome, FetchError>) -> Fetched {
    match outcome {
        Ok(FetchOutcome::Fetched(fetched)) => fetched,
        other => panic!("{other:?}"),
    }
}

fn fault(outcome: Result<FetchOutcome, FetchError>) -> (FetchFault, u32) {
    match outcome {
        Err(error) => (error.fault, error.attempts),
        Ok(outcome) => panic!("{outcome:?}"),
    }
}

#[tokio::test]
async fn an_answer_comes_with_its_validators_and_the_next_request_is_conditional() {
    let head = "200 OK\r\nETag: \"v1\"\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: text/csv";
    let script = serve(vec![answer(head, b"a,b\n"), answer("304 Not Modified", b"")]).await;
    let first = fetched(fetch(&script.base, &Validators::default()).await.0);
    assert_eq!((first.bytes.as_slice(), first.attempts), (b"a,b\n".as_slice(), 1));
    assert_eq!((first.content_type.as_deref(), first.validators.etag.as_deref()), (Some("text/csv"), Some("\"v1\"")));
    let (second, _) = fetch(&script.base, &first.validators).await;
    let expected = FetchOutcome::NotModified { checked_at: Timestamp::UNIX_EPOCH, attempts: 1 };
    assert_eq!(second.unwrap(), expected);
    let requests = script.requests.lock().unwrap().join("").to_ascii_lowercase();
    assert!(requests.contains("if-none-match: \"v1\"") && requests.contains("user-agent: sandyq/"), "{requests}");
    assert!(requests.contains("if-modified-since: thu, 01 jan 2026"));
}

#[tokio::test]
async fn only_faults_that_may_pass_are_asked_again_with_jitter_and_retry_after() {
    let busy = answer("503 Service Unavailable", b"<html><title>Down</title></html>");
    let limited = answer("429 Too Many Requests\r\nRetry-After: 30", b"");
    let (outcome, waits) = outcome_of(vec![busy.clone(), limited, answer("200 OK", b"x")]).await;
    assert_eq!(fetched(outcome).attempts, 3);
    assert_eq!(waits, [Duration::from_secs(1), Duration::from_secs(30)]);

    let (outcome, waits) = outcome_of(vec![busy; 4]).await;
    let (last, attempts) = fault(outcome);
    assert!(
        matches!(&last, FetchFault::Status { status: 503, page: Some(page), .. } if page.eq_ignore_ascii_case("down")),
        "{last}"
    );
    assert_eq!((attempts, waits.len()), (4, 3));

    for status in ["400 Bad Request", "403 Forbidden", "404 Not Found"] {
        let (outcome, waits) = outcome_of(vec![answer(status, b"no")]).await;
        assert!(matches!(fault(outcome), (FetchFault::Status { .. }, 1)), "{status}");
        assert!(waits.is_empty());
    }
}

#[tokio::test]
async fn a_time_too_far_away_is_left_to_the_schedule_and_told() {
    let until = |seconds| Timestamp::UNIX_EPOCH + Duration::from_secs(seconds);
    for (retry_after, not_before) in [
        ("86400", until(86_400)),
        ("Fri, 02 Jan 1970 00:00:00 GMT", until(86_400)),
        ("18446744073709551615", Timestamp::MAX),
    ] {
        let busy = answer(&format!("429 Too Many Requests\r\nRetry-After: {retry_after}"), b"");
        let (outcome, waits) = outcome_of(vec![busy]).await;
        let error = outcome.unwrap_err();
        assert_eq!((error.attempts, error.not_before, waits.len()), (1, Some(not_before), 0), "{retry_after}");
        let named = format!("; it asks to be left alone until {not_before:.0}");
        assert!(error.to_string().ends_with(&named), "{error}");
    }
    // The last attempt of several counts, and a time that is over is none.
    let short = answer("503 Service Unavailable\r\nRetry-After: 90", b"");
    let error = outcome_of(vec![short; 4]).await.0.unwrap_err();
    assert_eq!((error.attempts, error.not_before), (4, Some(until(90))));
    let over = answer("503 Service Unavailable\r\nRetry-After: 0", b"");
    assert_eq!(outcome_of(vec![over; 4]).await.0.unwrap_err().not_before, None);
}

#[tokio::test]
async fn a_body_cut_off_is_asked_for_again_and_then_told() {
    let cut = answer("200 OK\r\nContent-Length: 100", b"half");
    let (outcome, _) = outcome_of(vec![cut.clone(), answer("200 OK", b"whole")]).await;
    assert_eq!(fetched(outcome).bytes, b"whole");
    let (last, attempts) = fault(outcome_of(vec![cut; 4]).await.0);
    assert!(matches!(&last, FetchFault::CutOff { received: 4, .. }), "{last}");
    assert_eq!(attempts, 4);
}

#[tokio::test]
async fn bodies_stay_below_the_limit_declared_streamed_or_compressed() {
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let head = "200 OK\r\nContent-Encoding: gzip";
    let small = gzip(b"a,b\n1,2\n");
    assert_eq!(fetched(outcome_of(vec![answer(head, &small)]).await.0).bytes, b"a,b\n1,2\n");
    let bomb = gzip(&vec![0; 50 * LIMIT]);
    assert!(bomb.len() < LIMIT);
    for answer in [
        answer(head, &bomb),
        answer("200 OK", &vec![b'x'; LIMIT + 1]),
        answer("200 OK\r\nContent-Length: 1000000000", b"x"),
    ] {
        let (last, attempts) = fault(outcome_of(vec![answer]).await.0);
        assert!(matches!(last, FetchFault::TooLarge { limit: LIMIT, .. }), "{last}");
        assert_eq!(attempts, 1);
    }
    let chunked = [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".as_slice(),
        b"2000\r\n",
        &[b'x'; 0x2000],
        b"\r\n2000\r\n",
        &[b'x'; 0x2000],
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    assert!(matches!(fault(outcome_of(vec![chunked]).await.0).0, FetchFault::TooLarge { .. }));
    let half = answer(head, small.get(..small.len() - 6).unwrap());
    assert!(matches!(fault(outcome_of(vec![half]).await.0).0, FetchFault::Compression { .. }));
    let other = answer("200 OK\r\nContent-Encoding: br", b"x");
    assert!(matches!(fault(outcome_of(vec![other]).await.0).0, FetchFault::Compression { .. }));
}

#[tokio::test]
async fn redirects_are_followed_on_the_list_only_and_not_for_ever() {
    let script = serve(vec![answer("302 Found\r\nLocation: /b.csv", b""), answer("200 OK", b"b")]).await;
    let found = fetched(fetch(&script.base, &Validators::default()).await.0);
    assert_eq!((found.final_url.path(), found.bytes.as_slice()), ("/b.csv", b"b".as_slice()));

    let away = answer("301 Moved Permanently\r\nLocation: https://elsewhere.example/a.csv", b"");
    let (last, _) = fault(outcome_of(vec![away]).await.0);
    assert!(
        matches!(&last, FetchFault::HostNotAllowed { url, .. } if url.host_str() == Some("elsewhere.example")),
        "{last}"
    );

    let around = answer("301 Moved Permanently\r\nLocation: /a.csv", b"");
    let (last, attempts) = fault(outcome_of(vec![around; 6]).await.0);
    assert!(matches!(last, FetchFault::TooManyRedirects { limit: 5, .. }), "{last}");
    assert_eq!(attempts, 1);

    for head in ["302 Found", "302 Found\r\nLocation: http://[", "302 Found\r\nLocation: file:///etc/passwd"] {
        let (last, _) = fault(outcome_of(vec![answer(head, b"")]).await.0);
        let is_refused = matches!(last, FetchFault::RedirectTarget { .. } | FetchFault::SchemeNotAllowed { .. });
        assert!(is_refused, "{head}: {last}");
    }
}

#[tokio::test]
async fn a_key_is_shown_to_the_host_that_was_asked_and_to_no_other() {
    let other = serve(vec![answer("200 OK", b"x")]).await;
    let moved = answer(&format!("302 Found\r\nLocation: {}", other.base), b"");
    let near = answer("302 Found\r\nLocation: /b.csv", b"");
    let asked = serve(vec![near, moved]).await;
    let (client, _) = client();
    let (allowed_hosts, validators) = (["127.0.0.1".to_owned()], Validators::default());
    let key = "made-up-key".parse().ok();
    let request = FetchRequest {
        url: &asked.base,
        accept: "*/*",
        allowed_hosts: &allowed_hosts,
        max_bytes: LIMIT,
        validators: &validators,
        key: key.as_ref(),
    };
    assert_eq!(fetched(client.fetch(request).await).bytes, b"x");
    let shown = |script: &Script| -> Vec<bool> {
        script.requests.lock().unwrap().iter().map(|text| text.contains("authorization: Bearer made-up-key")).collect()
    };
    assert_eq!((shown(&asked), shown(&other)), (vec![true, true], vec![false]));
}

#[tokio::test]
async fn what_cannot_be_reached_or_was_not_asked_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = format!("http://127.0.0.1:{port}/").parse().unwrap();
    let (outcome, waits) = fetch(&refused, &Validators::default()).await;
    let (last, attempts) = fault(outcome);
    assert!(matches!(last, FetchFault::Unreachable { .. }), "{last}");
    assert_eq!((attempts, waits.len()), (4, 3));

    let elsewhere = "http://localhost:1/".parse().unwrap();
    let (outcome, _) = fetch(&elsewhere, &Validators::default()).await;
    assert!(matches!(fault(outcome), (FetchFault::HostNotAllowed { .. }, 1)));

    let unasked = outcome_of(vec![answer("304 Not Modified", b"")]).await.0;
    assert!(matches!(fault(unasked).0, FetchFault::NotModifiedUnasked { .. }));
}

#[tokio::test]
async fn silence_ends_in_time() {
    // Accepts and never answers: the connection waits in the queue of the socket.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
    let retry = RetryPolicy { max_attempts: 1, ..ClientConfig::standard().retry };
    let config = ClientConfig { read_timeout: Duration::from_millis(30), retry, ..ClientConfig::standard() };
    let client = Client::new(config, Timing::real()).unwrap();
    let allowed_hosts = ["127.0.0.1".to_owned()];
    let validators = Validators::default();
    let request = FetchRequest {
        url: &url,
        accept: "*/*",
        allowed_hosts: &allowed_hosts,
        max_bytes: LIMIT,
        validators: &validators,
        key: None,
    };
    let error = client.fetch(request).await.unwrap_err();
    assert!(matches!(error.fault, FetchFault::TimedOut { .. }), "{error}");
}

#[tokio::test]
async fn a_large_answer_goes_into_a_file_with_its_checksum_and_never_past_the_limit() {
    let body = vec![7u8; 9000];
    let busy = answer("503 Service Unavailable", b"");
    let script = serve(vec![busy, answer("200 OK\r\nETag: \"q3\"", &body), answer("200 OK", &[0; LIMIT + 1])]).await;
    let (client, _) = client();
    let (scratch, allowed_hosts) = (tempfile::tempdir().unwrap(), ["127.0.0.1".to_owned()]);
    let validators = Validators::default();
    let request = FetchRequest {
        url: &script.base,
        accept: "*/*",
        allowed_hosts: &allowed_hosts,
        max_bytes: LIMIT,
        validators: &validators,
        key: None,
    };
    let Download::Downloaded(mut found) = client.download(request, in_folder(scratch.path())).await.unwrap() else {
        panic!("a new file");
    };
    let mut read = Vec::new();
    found.file.read_to_end(&mut read).unwrap();
    assert_eq!((read, found.bytes), (body.clone(), 9000));
    assert_eq!(found.sha256, ContentHash::of(&body));
    assert_eq!(found.validators.etag.as_deref(), Some("\"q3\""));
    let too_large = client.download(request, in_folder(scratch.path())).await.unwrap_err();
    assert!(matches!(too_large.fault, FetchFault::TooLarge { limit: LIMIT, .. }), "{too_large}");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is left behind");
}

fn in_folder(folder: &Path) -> Scratch<'_> {
    Scratch { folder, free_bytes: &|| Ok(u64::MAX) }
}

#[tokio::test]
async fn a_file_for_which_there_is_no_room_is_not_written_down() {
    let (client, _) = client();
    let (folder, allowed_hosts) = (tempfile::tempdir().unwrap(), ["127.0.0.1".to_owned()]);
    let download = async |answers: Vec<Vec<u8>>, free: [u64; 3]| {
        let script = serve(answers).await;
        let looks = Mutex::new(free.into_iter());
        let free_bytes = || Ok(looks.lock().unwrap().next().unwrap());
        let request = FetchRequest {
            url: &script.base,
            accept: "*/*",
            allowed_hosts: &allowed_hosts,
            max_bytes: 1 << 30,
            validators: &Validators::default(),
            key: None,
        };
        let downloaded = client.download(request, Scratch { folder: folder.path(), free_bytes: &free_bytes }).await;
        (downloaded, looks.lock().unwrap().len())
    };
    // Before it comes, when the provider says how long it will be.
    let announced = answer("200 OK\r\nContent-Length: 100000000", b"only the beginning");
    let (refused, looks_left) = download(vec![announced], [LEAST_FREE_BYTES + 99_999_999, 0, 0]).await;
    let error = refused.unwrap_err();
    let needed = LEAST_FREE_BYTES + 100_000_000;
    assert!(
        matches!(error.fault, FetchFault::NoRoom { free, needed: found, .. } if free + 1 == needed && found == needed),
        "{error}"
    );
    assert!(error.to_string().starts_with("The disk is full: "), "{error}");
    assert_eq!((error.attempts, looks_left), (1, 2));
    // While it comes, when it does not say, or others write too.
    let long = [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), &vec![7; 40 << 20]].concat();
    let (refused, _) = download(vec![long.clone()], [u64::MAX, LEAST_FREE_BYTES, LEAST_FREE_BYTES - 1]).await;
    assert!(matches!(refused.unwrap_err().fault, FetchFault::NoRoom { .. }));
    let (whole, looks_left) = download(vec![long], [LEAST_FREE_BYTES; 3]).await;
    let Ok(Download::Downloaded(whole)) = whole else { panic!("{whole:?}") };
    assert_eq!((whole.bytes, looks_left), (40 << 20, 0));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a file without a name");
}
