//! The manners of HTTP: validators, methods, headers, codings, memory.

use ::indicators::definition::Panel;
use flate2::read::GzDecoder;
use std::io::Read;

use actix_web::http::Method;
use actix_web::test;

use super::*;

#[actix_web::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let sample = Sample::new();
    let first = sample.get("/api/v1/index").await;
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 30, "{etag}");
    for condition in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        let again = sample.get_with("/api/v1/index", &[("if-none-match", &condition)]).await;
        assert_eq!(again.status, 304, "{condition}");
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), etag);
        assert!(!again.header("cache-control").is_empty() && !again.header("vary").is_empty());
    }
    let other = sample.get_with("/api/v1/index", &[("if-none-match", "\"x\"")]).await;
    assert_eq!(other.status, 200);
}

#[actix_web::test]
async fn etags_follow_content_representation_and_coding() {
    let sample = Sample::new();
    let etag = |path: &'static str, headers: &'static [(&'static str, &str)]| {
        let sample = &sample;
        async move { sample.get_with(path, headers).await.header("etag").to_owned() }
    };
    let json = etag("/api/v1/index", &[]).await;
    let all = [
        etag("/api/v1/index", &[("accept", "text/csv")]).await,
        etag("/api/v1/index?period=2022", &[]).await,
        etag("/api/v1/index", &[("accept-encoding", "br")]).await,
        etag("/api/v1/index", &[("accept-encoding", "gzip")]).await,
    ];
    assert!(!all.contains(&json));
    assert_eq!(etag("/api/v1/index.csv", &[]).await, all[0]);

    // A new view that says the same keeps the ETag; one that says something else does not.
    let mut view = sample::view();
    view.id = "another".to_owned();
    sample.view.swap(view);
    assert_eq!(etag("/api/v1/index", &[]).await, json);
    let mut view = sample::view();
    view.id = "a third".to_owned();
    view.releases.retain(|(_, year), _| *year == 2022);
    sample.view.swap(view);
    assert_ne!(etag("/api/v1/index", &[]).await, json);
}

#[actix_web::test]
async fn words_that_were_answered_before_are_answered_the_same_again() {
    let asked: [(&str, &[(&str, &str)]); 6] = [
        ("/api/v1/index", &[]),
        ("/api/v1/index", &[("accept", "text/csv"), ("accept-encoding", "br")]),
        ("/api/v1/index.csv?lang=kk", &[("accept-encoding", "gzip, br;q=0.5")]),
        ("/api/v1/observations?limit=2", &[("accept", "application/json")]),
        ("/sdmx/2.1/dataflow", &[("accept", "*/*")]),
        ("/api/v1/limits", &[("x-forwarded-for", "192.0.2.7")]),
    ];
    let sample = Sample::new();
    for (path, headers) in asked {
        let first = sample.get_with(path, headers).await;
        let held = sample.n_answers();
        let again = sample.get_with(path, headers).await;
        assert_eq!(sample.n_answers(), held);
        assert_eq!((again.status, &again.body), (first.status, &first.body), "{path}");
        let mut names: BTreeSet<String> = first.headers.keys().map(ToString::to_string).collect();
        assert_eq!(names, again.headers.keys().map(ToString::to_string).collect(), "{path}");
        for own in ["x-request-id", "ratelimit"] {
            names.remove(own);
        }
        for name in names {
            assert_eq!(again.header(&name), first.header(&name), "{path}: {name}");
        }
        assert_ne!(again.header("x-request-id"), first.header("x-request-id"));
        // What a client holds it is not sent, also of what is remembered.
        let mut conditional = headers.to_vec();
        conditional.push(("if-none-match", first.header("etag")));
        let known = sample.get_with(path, &conditional).await;
        assert_eq!((known.status.as_u16(), known.body.len()), (304, 0), "{path}");
        assert_eq!((known.header("etag"), known.header("content-type")), (first.header("etag"), ""));
    }
    // Two headers of a name are no words to remember; they are answered all the same.
    let request = test::TestRequest::with_uri("/api/v1/index");
    let request = request.append_header(("accept", "text/csv")).append_header(("accept", "application/json;q=0.1"));
    assert_eq!(sample.ask(request).await.header("content-type"), "text/csv; charset=utf-8; header=present");
}

#[actix_web::test]
async fn what_was_asked_is_made_ahead_for_the_next_view() {
    let sample = Sample::new();
    let asked: &[(&str, &str)] = &[("accept-encoding", "br")];
    sample.get_with("/api/v1/observations", asked).await;
    sample.get_with("/api/v1/observations", asked).await;
    sample.get_with("/api/v1/areas", asked).await;
    let mut view = sample::view();
    view.id = "another".to_owned();
    view.observations.truncate(1);
    sample.view.swap(view);
    let held = sample.n_answers();
    let answer = sample.get("/api/v1/observations").await;
    assert_eq!(answer.json()["total"], 1, "of the new view");
    assert_eq!(sample.n_answers(), held + 1, "the bytes were there, only these words are new");
    sample.get_with("/api/v1/areas", asked).await;
    assert_eq!(sample.n_answers(), held + 4, "what was asked once is made when it is asked again");
}

#[actix_web::test]
async fn a_swapped_view_is_answered_from_at_once() {
    let sample = Sample::new();
    assert_eq!(sample.get("/api/v1/observations").await.json()["total"], 21);
    let mut view = sample::view();
    view.id = "another".to_owned();
    view.observations.truncate(1);
    sample.view.swap(view);
    assert_eq!(sample.get("/api/v1/observations").await.json()["total"], 1);
}

#[actix_web::test]
async fn head_is_get_without_the_body() {
    let sample = Sample::new();
    let get = sample.get("/api/v1/areas").await;
    let head = sample.send(Method::HEAD, "/api/v1/areas").await;
    assert_eq!((head.status, head.body.len()), (get.status, 0));
    for name in ["etag", "content-type", "cache-control", "vary"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert_eq!(sample.send(Method::HEAD, "/api/v1/nothing").await.status, 404);
}

#[actix_web::test]
async fn options_and_other_origins() {
    let sample = Sample::new();
    let options = sample.send(Method::OPTIONS, "/api/v1/observations").await;
    assert_eq!(options.status, 204);
    assert_eq!(options.header("allow"), "GET, HEAD, OPTIONS");
    assert_eq!(options.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    assert_eq!(options.header("access-control-allow-origin"), "*");
    let get = sample.get_with("/api/v1/areas", &[("origin", "https://example.org")]).await;
    assert_eq!(get.header("access-control-allow-origin"), "*");
    assert!(get.header("access-control-allow-credentials").is_empty());
    assert!(get.header("access-control-expose-headers").contains("etag"));
}

#[actix_web::test]
async fn every_answer_carries_the_headers_of_the_house() {
    let sample = Sample::new();
    for path in ["/api/v1/areas", "/api/v1/nothing", "/api/v1/index?x=1", "/api/docs"] {
        let answer = sample.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert!(!answer.header("referrer-policy").is_empty(), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 36, "{path}");
    }
    let one = sample.get("/api/v1/areas").await;
    let other = sample.get("/api/v1/areas").await;
    assert_ne!(one.header("x-request-id"), other.header("x-request-id"));
    assert_eq!(one.header("vary"), "accept, accept-encoding");
}

#[actix_web::test]
async fn answers_are_coded_as_the_client_accepts() {
    let sample = Sample::new();
    let plain = sample.get("/api/v1/areas").await;
    assert!(plain.header("content-encoding").is_empty());
    for (coding, decode) in [
        (
            "br",
            (|body| {
                let mut out = Vec::new();
                brotli::Decompressor::new(body, 4096).read_to_end(&mut out).unwrap();
                out
            }) as fn(&[u8]) -> Vec<u8>,
        ),
        ("zstd", |body| zstd::decode_all(body).unwrap()),
        ("gzip", |body| {
            let mut out = Vec::new();
            GzDecoder::new(body).read_to_end(&mut out).unwrap();
            out
        }),
    ] {
        let coded = sample.get_with("/api/v1/areas", &[("accept-encoding", coding)]).await;
        assert_eq!(coded.header("content-encoding"), coding);
        assert_eq!(decode(&coded.body), plain.body.to_vec(), "{coding}");
        assert!(coded.body.len() < plain.body.len() / 2, "{coding}");
        let again = sample.get_with("/api/v1/areas", &[("accept-encoding", coding)]).await;
        assert_eq!(again.body, coded.body);
    }
    let short = sample.get_with("/api/v1/limits", &[("accept-encoding", "br")]).await;
    assert!(short.header("content-encoding").is_empty());
}

#[actix_web::test]
async fn refused_answers_are_not_remembered() {
    let sample = Sample::new();
    assert_eq!(sample.get("/api/v1/index?period=2021").await.status, 404);
    let mut view = sample::view();
    let release = view.releases.values().next().unwrap().clone();
    view.releases.insert((Panel::Regions, 2021), release);
    sample.view.swap(view);
    assert_eq!(sample.get("/api/v1/index?period=2021").await.status, 200);
}
