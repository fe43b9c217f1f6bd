//! What can go wrong between a provider and us, one fault after the other over real HTTP: each ends its run in the
//! declared way, says what happened, and changes nothing that is published.
//!
//! The whole matrix, and where each fault is put in. What is served is in every row what was published before, but for the rows marked
//! *taken*: those repair by a stated rule. What is told is the code of the first reason, in the run, the API and the page of sources.
//!
//! | Fault | The run ends | Told | Test |
//! |---|---|---|---|
//! | name that does not resolve | unreachable | `no_connection` | [`every_fault_of_the_wire_ends_its_run_says_so_and_changes_nothing`] |
//! | connection refused | unreachable | `no_connection` | `faults::an_answer_that_does_not_arrive_whole_changes_nothing` |
//! | reset in mid-body | unreachable | `cut_off` | the same |
//! | silence | unreachable | `timed_out` | [`a_provider_that_says_nothing_is_given_up_in_time`] |
//! | 301 that leads back | unreachable | `too_many_redirects` | [`faults`] |
//! | redirect off the list of hosts | unreachable | `host_not_allowed` | `faults::an_answer_that_does_not_arrive_whole_changes_nothing` |
//! | 304 to a conditional question | unchanged | nothing | `refresh::what_we_hold_is_asked_for_only_when_it_changed` |
//! | 304 that was not asked for | unreachable | `not_modified_unasked` | [`faults`] |
//! | 403, 404, 502 | unreachable | `http_status` | [`faults`] |
//! | 429 with `Retry-After` | unreachable | `http_status`, and until when | [`faults`], `refresh::a_provider_that_asks_to_be_left_alone_is_asked_once_and_the_time_is_kept` |
//! | 500 with a page of HTML | unreachable | `http_status` | `faults::an_answer_that_does_not_arrive_whole_changes_nothing` |
//! | another encoding | quarantined | `unreadable` | [`faults`] |
//! | byte order mark | *taken* | nothing | [`a_byte_order_mark_is_no_fault`], `stat_file` and `portal` for JSON |
//! | gzip cut off, gzip bomb | quarantined | `compression`, `too_large` | [`faults`] |
//! | zip bomb: one part, many parts, nested | quarantined | `too_large`, `unreadable` | `bombs::archives_and_xml_that_unfold_are_refused_by_the_reader_of_workbooks` |
//! | XML: entities that unfold, external ones, deep nesting | quarantined | `unreadable`, `too_large` | the same |
//! | zip or XML where a table belongs | quarantined | `unreadable` or by the parser | [`faults`] |
//! | body of a gigabyte | quarantined | `too_large` | [`faults`] |
//! | HTML with status 200 | quarantined | `not_data` | `faults::each_kind_of_bad_input_is_quarantined_and_changes_nothing`, `portal` |
//! | JSON error with status 200 | quarantined | by the parser | [`faults`], `providers::each_provider_errs_in_its_own_way_and_nothing_published_changes` |
//! | empty array | quarantined | `not_data` | the same, `portal` |
//! | schema drift: the two recorded layouts, a renamed column | *taken*, quarantined | `column_missing`, `malformed` | `providers::the_two_layouts_of_one_table_say_the_same_of_what_both_hold`, `faults` |
//! | duplicate with another value | quarantined | `conflicting_duplicate` | `faults::each_kind_of_bad_input_is_quarantined_and_changes_nothing` |
//! | decimal comma | *taken* | `decimal_comma` | `faults::a_decimal_comma_is_repaired_and_told` |
//! | every mark of a gap | *taken* as missing | nothing | [`every_mark_of_a_gap_becomes_a_missing_value_and_never_a_zero`] |
//! | a date to come | quarantined | `future_period` | [`faults`] |
//! | a region that vanished | quarantined | `area_vanished` | [`faults`] |
//! | an unknown region or term | quarantined | `unknown_area` | `faults::each_kind_of_bad_input_is_quarantined_and_changes_nothing`, `portal` |
//! | a value a hundred times too large or small | quarantined | `other_scale`, `value_out_of_range` | `providers::each_provider_errs_in_its_own_way_and_nothing_published_changes`, [`faults`], `faults` |

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::service::{Service, Settings, run as run_program};
use tests::{data, recording, shared};

use crate::refresh::{DATAFLOW, PATH, RECORDING, TURKISTAN_2023, refresh, to};
use crate::runs;

/// A fault, and how its run must end.
struct Fault {
    name: &'static str,
    reply: Reply,
    outcome: &'static str,
    /// Code of the first reason; empty when it depends on where in the bytes the parser stops.
    code: &'static str,
    /// How often the provider is asked.
    asked: usize,
}

fn plain(status: u16, headers: &[(&'static str, &str)], body: impl Into<Bytes>) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply::Plain { status, headers, body: body.into() }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The first file of an archive whose directory is missing: what a workbook bomb begins with.
fn zip_bomb() -> Vec<u8> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&vec![b'0'; 16 << 20]).unwrap();
    let packed = packed.finish().unwrap();
    let mut archive = b"PK\x03\x04\x14\x00\x00\x00\x08\x00".to_vec();
    archive.extend([0; 8]);
    archive.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
    archive.extend((16u32 << 20).to_le_bytes());
    archive.extend([5, 0, 0, 0]);
    archive.extend(b"a.xml");
    archive.extend(packed);
    archive
}

fn faults() -> Vec<Fault> {
    let original = recording::read(RECORDING).unwrap();
    let packed = gzip(&original);
    let torn = packed[..packed.len() / 2].to_vec();
    let bomb = gzip(&vec![b'0'; 16 << 20]);
    let foreign = [&original[..], b"2023,PT,,,\xd2\xf3\xf0\xea,97.3\n"].concat();
    let later = [&original[..], b"2199,PT,,,KZYUZ,97.3\n"].concat();
    let entities = (1..30).map(|n| format!("<!ENTITY e{n} \"&e{0};&e{0};\">", n - 1)).collect::<Vec<_>>().concat();
    let laughs = format!("<?xml version=\"1.0\"?><!DOCTYPE t [<!ENTITY e0 \"ha\">{entities}]><t>&e29;</t>");
    let vanished: String = String::from_utf8(original.clone()).unwrap();
    let vanished: String = vanished.split_inclusive('\n').filter(|line| !line.contains("KZYUZ")).collect();
    let recorded = String::from_utf8(original.clone()).unwrap();
    let blank = |is_meant: &dyn Fn(&str) -> bool, mark: &str| -> String {
        let line = |line: &str| match line.rsplit_once(',') {
            Some((cells, _)) if is_meant(line) => format!("{cells},{mark}\n"),
            _ => line.to_owned(),
        };
        recorded.split_inclusive('\n').map(line).collect()
    };
    let is_row = |line: &str| !line.ends_with("Value\n");
    let emptied = blank(&is_row, "");
    let classified = blank(&is_row, "x");
    let one_gone = blank(&|line| line.starts_with("2023,PT,,,KZYUZ,"), "-");
    let newest: Vec<String> = recorded
        .split_inclusive('\n')
        .filter(|line| line.starts_with("2023,PT,,,"))
        .map(|line| line.replacen("2023", "2024", 1))
        .collect();
    let few = [recorded.clone(), newest[..3].concat()].concat();
    let hundredth = [recorded.clone(), newest.concat().replacen("KZYUZ,97.3", "KZYUZ,0.973", 1)].concat();
    let json = |body: &'static str| plain(200, &[("content-type", "application/json")], body);
    let in_gzip = |body| plain(200, &[("content-encoding", "gzip")], body);
    let unreachable = |name, reply, code, asked| Fault { name, reply, outcome: "unreachable", code, asked };
    let refused = |name, reply, code| Fault { name, reply, outcome: "quarantined", code, asked: 1 };
    vec![
        unreachable("301 that leads back", plain(301, &[("location", PATH)], ""), "too_many_redirects", 6),
        unreachable("304 that was not asked for", plain(304, &[], ""), "not_modified_unasked", 1),
        unreachable("403", plain(403, &[], "<html><title>Forbidden</title></html>"), "http_status", 1),
        unreachable("404", plain(404, &[], "Not Found"), "http_status", 1),
        unreachable("429 until tomorrow", plain(429, &[("retry-after", "86400")], ""), "http_status", 1),
        unreachable("429 until now", plain(429, &[("retry-after", "0")], ""), "http_status", 4),
        unreachable("502", Reply::Status { status: 502, body: "<html>Bad Gateway</html>" }, "http_status", 4),
        refused("gzip that ends too early", in_gzip(torn), "compression"),
        refused("gzip that unpacks to sixteen megabytes", in_gzip(bomb), "too_large"),
        refused("a zip archive that unpacks to sixteen megabytes", Reply::csv(zip_bomb()), "unreadable"),
        refused("XML whose entities unfold to a gigabyte", Reply::csv(laughs), ""),
        refused("a region that vanished", Reply::csv(vanished), "area_vanished"),
        refused("a table emptied of its values", Reply::csv(emptied), "too_few_rows"),
        refused("a table that is confidential all at once", Reply::csv(classified), "too_few_rows"),
        refused("one value taken back", Reply::csv(one_gone), "value_withdrawn"),
        refused("a new year with three regions", Reply::csv(few), "area_vanished"),
        refused("a new year with a hundredth of a value", Reply::csv(hundredth), "other_scale"),
        refused("compression nobody asked for", plain(200, &[("content-encoding", "br")], "??"), "compression"),
        refused("a body of a gigabyte", Reply::Endless, "too_large"),
        refused("a JSON error with status 200", json("{\"error\":\"no data\"}"), ""),
        refused("an empty array", json("[]"), ""),
        refused("nothing at all", plain(200, &[("content-type", "text/csv")], ""), "not_data"),
        refused("letters of another encoding", Reply::csv(foreign), "unreadable"),
        refused("a year that has not begun", Reply::csv(later), "future_period"),
    ]
}

#[tokio::test]
async fn every_fault_of_the_wire_ends_its_run_says_so_and_changes_nothing() {
    let data = data::filled().await.unwrap();
    let faults = faults();
    for fault in &faults {
        let cassette = Cassette::start().unwrap();
        cassette.expect_misses();
        cassette.reply(PATH, fault.reply.clone());
        refresh(data.path(), &to(&cassette), DATAFLOW).await;
        assert_eq!(cassette.asked().len(), fault.asked, "{}: {:?}", fault.name, cassette.asked());
    }
    refresh(data.path(), &Settings::default().at("KZ_BNS", "http://no-such-host.invalid"), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let runs = runs::of(&service, DATAFLOW).await;
    assert_eq!(runs[0]["outcome"], "unreachable", "{}", runs[0]);
    assert_eq!(runs[0]["reasons"][0]["code"], "no_connection", "{}", runs[0]);
    for (fault, run) in faults.iter().rev().zip(&runs[1..]) {
        let reason = &run["reasons"][0];
        assert_eq!(run["outcome"], fault.outcome, "{}: {run}", fault.name);
        if !fault.code.is_empty() {
            assert_eq!(reason["code"], fault.code, "{}: {run}", fault.name);
        }
        assert!(reason["message"].as_str().is_some_and(|text| !text.is_empty()), "{}: {run}", fault.name);
        assert_eq!(run["vintage"], Value::Null, "{}", fault.name);
    }
    let untouched = shared::service().await.unwrap();
    assert_eq!(runs::published(&service).await, runs::published(&untouched).await);
    // What is served says that it is the recording, and how asking ended last.
    let sources = service.json("/api/v1/sources").await.unwrap();
    let source = sources["sources"].as_array().unwrap().iter().find(|source| source["dataflow"] == DATAFLOW).unwrap();
    assert_eq!((&source["last_run"]["outcome"], &source["bundled"]), (&"unreachable".into(), &true.into()));
}

#[tokio::test]
async fn a_byte_order_mark_is_no_fault() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    let marked = [&b"\xef\xbb\xbf"[..], &recording::read(RECORDING).unwrap()].concat();
    cassette.reply(PATH, Reply::csv(marked));
    refresh(data.path(), &to(&cassette), DATAFLOW).await;
    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(runs::of(&service, DATAFLOW).await[0]["outcome"], "unchanged");
}

#[tokio::test]
async fn every_mark_of_a_gap_becomes_a_missing_value_and_never_a_zero() {
    const MARKS: [(&str, &str); 12] = [
        ("-", "O"),
        ("\u{2013}", "O"),
        ("\u{2014}", "O"),
        ("..", "O"),
        ("...", "O"),
        ("\u{2026}", "O"),
        ("null", "O"),
        ("", "O"),
        ("x", "Q"),
        ("X", "Q"),
        ("\u{445}", "Q"),
        ("\u{425}", "Q"),
    ];
    let data = data::filled().await.unwrap();
    // Years of which nothing is held for three regions, each given one of the marks.
    let cells = ["KZABY", "KZZHS", "KZULU"].iter().flat_map(|region| (2018..=2021).map(move |year| (region, year)));
    let rows = cells
        .zip(MARKS)
        .map(|((region, year), (mark, _))| format!("{year},PT,,,{region},{mark}\n"))
        .collect::<Vec<_>>();
    let body = [recording::read(RECORDING).unwrap(), rows.concat().into_bytes()].concat();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::csv(body));
    let said = refresh(data.path(), &to(&cassette), DATAFLOW).await;

    let service = Service::start(data.path()).await.unwrap();
    let mut found = Vec::new();
    for area in ["KZ-10", "KZ-33", "KZ-62"] {
        let path = format!("/api/v1/observations?indicator=internet_users&area={area}&limit=100");
        let answer = service.json(&path).await.unwrap();
        let is_early = |one: &&Value| one["period"].as_str().is_some_and(|period| period < "2022");
        found.extend(answer["observations"].as_array().unwrap().iter().filter(is_early).cloned());
    }
    assert_eq!(found.len(), MARKS.len(), "{said}: {found:?}");
    assert!(found.iter().all(|one| one["value"].is_null()), "{found:?}");
    let statuses = |wanted: &str| found.iter().filter(|one| one["status"] == wanted).count();
    assert_eq!((statuses("O"), statuses("Q")), (8, 4), "{found:?}");
}

#[tokio::test]
async fn what_was_taken_back_is_served_until_an_operator_takes_the_gap() {
    let data = data::filled().await.unwrap();
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::csv(recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,x\n").unwrap()));
    refresh(data.path(), &to(&cassette), DATAFLOW).await;
    let path = "/api/v1/observations?indicator=internet_users&area=KZ-61&period=2023";
    let service = Service::start(data.path()).await.unwrap();
    assert_eq!(service.json(path).await.unwrap()["observations"][0]["value"], 97.3);
    let run = runs::of(&service, DATAFLOW).await[0].clone();
    assert_eq!(run["outcome"], "quarantined", "{run}");
    let told: Vec<(&str, &str, &str)> = run["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| (&reason["code"], &reason["expected"], &reason["found"]))
        .map(|(code, expected, found)| (code.as_str().unwrap(), expected.as_str().unwrap(), found.as_str().unwrap()))
        .collect();
    let expected = [
        ("value_withdrawn", "at most 0 values of the last vintage withdrawn", "1"),
        ("value_withdrawn", "internet_users of KZ-61 in 2023, which the last vintage has", "no value but \"x\""),
    ];
    assert_eq!(told, expected);
    service.stop().await.unwrap();

    let id = run["id"].as_str().unwrap();
    let accepted = run_program(data.path(), &Settings::default(), &["runs", "accept", id]).await.unwrap();
    assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
    let service = Service::start(data.path()).await.unwrap();
    let cell = service.json(path).await.unwrap()["observations"][0].clone();
    assert_eq!((&cell["value"], &cell["status"]), (&Value::Null, &"Q".into()), "{cell}");
}

#[tokio::test]
async fn a_provider_that_says_nothing_is_given_up_in_time() {
    let silences = [("never answers", Reply::Silent), ("falls silent half way", half_of_it())];
    for (name, reply) in silences {
        let data = data::filled().await.unwrap();
        let cassette = Cassette::start().unwrap();
        cassette.reply(PATH, reply);
        refresh(data.path(), &to(&cassette).with("PROVIDER_TIMEOUT_S", "1"), DATAFLOW).await;
        assert_eq!(cassette.asked().len(), 4, "{name}: asked again, and not for ever");

        let service = Service::start(data.path()).await.unwrap();
        let run = &runs::of(&service, DATAFLOW).await[0];
        assert_eq!((&run["outcome"], &run["vintage"]), (&"unreachable".into(), &Value::Null), "{name}: {run}");
        let reason = &run["reasons"][0];
        assert_eq!(reason["code"], "timed_out", "{name}: {run}");
        assert!(reason["message"].as_str().is_some_and(|text| text.contains("in time")), "{name}: {run}");
        let untouched = shared::service().await.unwrap();
        assert_eq!(runs::published(&service).await, runs::published(&untouched).await, "{name}");
    }
}

fn half_of_it() -> Reply {
    Reply::Stalled(recording::read(RECORDING).unwrap().into())
}
