//! The monitor against servers on the loopback, with TLS and without; what a month comes to. No test waits: time is told by a
//! script.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use indicators::observation::{ObsStatus, TimePeriod};
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::*;
use crate::sources::client::{ClientConfig, Timing};
use crate::sources::finding::FindingKind;
use crate::sources::tests::dataflow;

const KAZAKH: &str = "<!doctype html><html lang=kk><link rel=alternate hreflang=ru href=/ru>";

/// An authority of our own, and the servers it vouches for.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// A certificate for the loopback that ends so many days from now.
    fn acceptor(&self, days: i64) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let at = |days: i64| {
            let day = (Timestamp::now() + SignedDuration::from_hours(24 * days)).to_zoned(TimeZone::UTC).date();
            rcgen::date_time_ymd(i32::from(day.year()), day.month().unsigned_abs(), day.day().unsigned_abs())
        };
        params.not_before = at(days - 400);
        params.not_after = at(days + 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// How a platform behaves.
#[derive(Clone)]
enum Manner {
    /// Answers with a status, headers and a page.
    Says(u16, &'static str, String),
    /// Takes the question and never answers.
    Silent,
}

fn page(text: &str) -> Manner {
    Manner::Says(200, "", text.to_owned())
}

/// Serves one platform for as long as the test runs; returns its address.
async fn serve(tls: Option<TlsAcceptor>, manner: Manner) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}/", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let (tls, manner) = (tls.clone(), manner.clone());
            tokio::spawn(async move {
                match tls {
                    None => converse(socket, manner).await,
                    // A client that does not like the certificate hangs up.
                    Some(tls) => {
                        if let Ok(socket) = tls.accept(socket).await {
                            converse(socket, manner).await;
                        }
                    }
                }
            });
        }
    });
    url
}

async fn converse(mut socket: impl AsyncRead + AsyncWrite + Unpin, manner: Manner) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let Ok(byte) = socket.read_u8().await else { return };
        request.push(byte);
    }
    let asked = String::from_utf8(request).unwrap().to_ascii_lowercase();
    assert!(asked.contains("accept-language: kk, ru;q=0.9, en;q=0.8"), "{asked}");
    match manner {
        Manner::Silent => pending().await,
        Manner::Says(status, headers, body) => {
            let head =
                format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {}\r\nConnection: close\r\n", body.len());
            _ = socket.write_all(format!("{head}\r\n{body}").as_bytes()).await;
            _ = socket.shutdown().await;
        }
    }
}

/// A client whose waits take no time and by whose clock everything takes 700 ms.
fn client(authority: &Authority) -> Client {
    let start = Timestamp::now();
    let ticks = Arc::new(AtomicI64::new(0));
    let timing = Timing::new(
        move || start + SignedDuration::from_millis(700 * ticks.fetch_add(1, Ordering::Relaxed)),
        |_| Box::pin(async {}),
        || 0.5,
    );
    let config = ClientConfig {
        host_interval: Duration::ZERO,
        extra_authorities: vec![authority.issuer.der().to_vec()],
        ..ClientConfig::standard()
    };
    Client::new(config, timing).unwrap()
}

/// The dataflow with these platforms in place of the real ones, named by the keys of the real ones.
fn definition(urls: &[Url], slow_after_ms: u32) -> DataflowDefinition {
    let mut definition = dataflow("KZ_PLATFORMS");
    let monitor = definition.monitor.as_mut().unwrap();
    monitor.timeout_ms = 300;
    monitor.platforms.truncate(urls.len());
    for (platform, url) in monitor.platforms.iter_mut().zip(urls) {
        platform.url = url.clone();
        platform.allowed_hosts = vec!["127.0.0.1".to_owned()];
        platform.slow_after_ms = slow_after_ms;
    }
    definition
}

fn read(definition: &DataflowDefinition, bytes: &[u8]) -> (BTreeMap<String, (Option<f64>, ObsStatus)>, Parsed) {
    let parsed = parse(definition, &Payload::new("rounds.json", bytes)).unwrap();
    let cells = parsed.observations.iter();
    let cells = cells.map(|one| (format!("{} {}", one.indicator, one.period), (one.value, one.status))).collect();
    (cells, parsed)
}

fn told(parsed: &Parsed) -> Vec<(FindingKind, &str)> {
    parsed.findings.iter().map(|one| (one.kind, one.place.column.as_deref().unwrap())).collect()
}

#[tokio::test]
async fn every_outcome_is_seen_and_told() {
    let authority = Authority::new();
    let urls = [
        serve(Some(authority.acceptor(200)), page(KAZAKH)).await,
        serve(Some(authority.acceptor(5)), page("<html lang=ru>")).await,
        serve(Some(authority.acceptor(-3)), page(KAZAKH)).await,
        serve(Some(authority.acceptor(200)), Manner::Says(503, "", String::new())).await,
        serve(None, Manner::Says(302, "Location: http://elsewhere.invalid/\r\n", String::new())).await,
        serve(None, Manner::Silent).await,
    ];
    let definition = definition(&urls, 600);
    let bytes = measure(&client(&authority), &definition, date(2026, 11, 22), None).await.unwrap();
    let (cells, parsed) = read(&definition, &bytes);
    let value = |series: &str| cells[&format!("{series} 2026-11")].0;

    assert_eq!(value("platform_bilimland_available"), Some(100.0));
    assert_eq!(value("platform_bilimland_response"), Some(700.0));
    assert_eq!(value("platform_bilimland_certificate"), Some(200.0));
    assert_eq!(value("platform_bilimland_languages"), Some(2.0));
    assert_eq!(value("platform_kundelik_available"), Some(100.0));
    assert_eq!(value("platform_kundelik_certificate"), Some(5.0));
    for down in ["onlinemektep", "orleu", "smartnation", "edus"] {
        assert_eq!(value(&format!("platform_{down}_available")), Some(0.0), "{down}");
        assert_eq!(value(&format!("platform_{down}_response")), None, "{down}");
        assert_eq!(value(&format!("platform_{down}_languages")), None, "{down}");
    }
    // A status is an answer, and its certificate is known; an expired one ended the connection.
    assert_eq!(value("platform_orleu_certificate"), Some(200.0));
    assert_eq!(value("platform_onlinemektep_certificate"), None);
    assert_eq!(value("platforms_available"), Some(100.0 * 2.0 / 6.0));
    assert!(cells.values().all(|(value, status)| match value {
        Some(_) => *status == ObsStatus::Provisional,
        None => *status == ObsStatus::Missing,
    }));
    assert_eq!(
        told(&parsed),
        [
            (FindingKind::Slow, "BilimLand"),
            (FindingKind::Slow, "Kundelik"),
            (FindingKind::CertificateEnding, "Kundelik"),
            (FindingKind::OtherLanguage, "Kundelik"),
            (FindingKind::NotAvailable, "OnlineMektep"),
            (FindingKind::NotAvailable, "Orleu"),
            (FindingKind::NotAvailable, "SmartNation"),
            (FindingKind::NotAvailable, "EDUS"),
        ]
    );
    let outcomes: Vec<Outcome> =
        Journal::read(&Payload::new("", &bytes)).unwrap().rounds[0].sights.iter().map(|sight| sight.outcome).collect();
    let expected = [
        Outcome::Answered,
        Outcome::Answered,
        Outcome::CertificateOutOfDate,
        Outcome::Status,
        Outcome::Elsewhere,
        Outcome::TimedOut,
    ];
    assert_eq!(outcomes, expected);
}

#[tokio::test]
async fn a_certificate_of_a_stranger_and_a_redirect_within_the_list() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let home = serve(Some(authority.acceptor(90)), page(KAZAKH)).await;
    let location: &'static str = format!("Location: {home}\r\n").leak();
    let urls = [
        serve(Some(stranger.acceptor(90)), page(KAZAKH)).await,
        serve(None, Manner::Says(301, location, String::new())).await,
    ];
    let definition = definition(&urls, 60_000);
    let bytes = measure(&client(&authority), &definition, date(2026, 11, 22), None).await.unwrap();
    let journal = Journal::read(&Payload::new("", &bytes)).unwrap();
    let [untrusted, moved] = journal.rounds[0].sights.as_slice() else { panic!("{journal:?}") };
    assert_eq!(untrusted.outcome, Outcome::Certificate);
    assert_eq!((moved.outcome, moved.answered_in.as_deref()), (Outcome::Answered, Some("kk")));
    assert!(moved.certificate_until.is_some());
}

#[tokio::test]
async fn when_nobody_answers_nothing_is_written_down() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody: Url = format!("http://{}/", closed.local_addr().unwrap()).parse().unwrap();
    drop(closed);
    let definition = definition(&[nobody, serve(None, Manner::Silent).await], 1000);
    let failed = measure(&client(&Authority::new()), &definition, date(2026, 11, 22), None).await.unwrap_err();
    assert!(matches!(failed, MeasureError::NobodyReached { platforms: 2, .. }), "{failed}");
}

fn sight(platform: &str, outcome: Outcome, response_ms: Option<u32>) -> Sight {
    Sight {
        platform: platform.to_owned(),
        outcome,
        status: None,
        response_ms,
        certificate_until: None,
        languages: None,
        answered_in: None,
        reason: Some("as the script says".to_owned()),
    }
}

#[test]
fn a_month_is_the_share_of_its_rounds_and_final_when_the_next_has_begun() {
    let definition = dataflow("KZ_PLATFORMS");
    let mut journal = Journal::default();
    let mut add = |day: Date, outcome, response_ms| {
        let sights = vec![sight("edus", outcome, response_ms)];
        journal.add(Round { at: Timestamp::UNIX_EPOCH, day, sights });
        journal.clone()
    };
    add(date(2026, 10, 30), Outcome::Answered, Some(100));
    add(date(2026, 10, 31), Outcome::Answered, Some(300));
    add(date(2026, 10, 31), Outcome::TimedOut, None);
    let october = add(date(2026, 11, 1), Outcome::Answered, Some(50));
    let (cells, _) = read(&definition, &october.write());
    assert_eq!(cells["platform_edus_available 2026-10"], (Some(100.0 * 2.0 / 3.0), ObsStatus::Normal));
    assert_eq!(cells["platform_edus_response 2026-10"], (Some(200.0), ObsStatus::Normal));
    assert_eq!(cells["platforms_available 2026-11"], (Some(100.0), ObsStatus::Provisional));
    assert_eq!(cells["platform_edus_certificate 2026-11"], (None, ObsStatus::Missing));
    // From the third day on the month before is left to the vintages.
    let later = add(date(2026, 11, 3), Outcome::Answered, Some(50));
    assert_eq!(later.rounds.len(), 2);
    assert_eq!(later.rounds[0].day, date(2026, 11, 1));
    let january = add(date(2027, 1, 1), Outcome::Answered, Some(50));
    assert_eq!(january.rounds.len(), 1);
    let (_, parsed) = read(&definition, &january.write());
    assert_eq!(parsed.observations.iter().map(|one| one.period).max(), Some(TimePeriod::Month(2027, 1)));
}

#[test]
fn other_bytes_are_refused() {
    let definition = dataflow("KZ_PLATFORMS");
    let refused = |bytes: &[u8]| parse(&definition, &Payload::new("rounds.json", bytes)).unwrap_err();
    assert!(matches!(refused(b"{\"rounds\":[]}"), SourceError::Empty { .. }));
    assert!(matches!(refused(b"{\"rounds\":[{\"at\""), SourceError::Truncated { .. }));
    assert!(matches!(refused(b"{\"rounds\":[{\"at\":1}]}"), SourceError::Structure { .. }));
    assert!(matches!(refused(b"<html>"), SourceError::HtmlPage { .. }));
}
