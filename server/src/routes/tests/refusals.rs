//! What is refused, and how the refusal explains itself.

use crate::limits::Limits;
use actix_web::http::Method;
use actix_web::test::TestRequest;

use super::*;
use crate::limits::PUBLISHED;
use crate::routes::sample::Answer;

/// The problem of an answer, checked for what every problem must say.
fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("cache-control"), "no-store");
    let problem = answer.json();
    assert_eq!(problem["code"], code, "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["request_id"].as_str().unwrap(), answer.header("x-request-id"));
    assert!(!problem["detail"].as_str().unwrap().is_empty());
    problem
}

#[actix_web::test]
async fn bad_queries_name_the_parameter_what_was_expected_and_what_was_found() {
    async fn check(path: &str, status: u16, code: &str, parameter: &str, found: &str) {
        let answer = Sample::new().get(&format!("/api/v1{path}")).await;
        let problem = problem(&answer, status, code);
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{path}: {problem}");
        assert_eq!(problem["errors"][0]["found"], found, "{path}: {problem}");
        assert!(!problem["errors"][0]["expected"].as_str().unwrap().is_empty());
    }
    check("/index?aria=KZ-10", 400, "unknown_parameter", "aria", "aria").await;
    check("/criteria?x=1", 400, "unknown_parameter", "x", "x").await;
    check("/index?period=20x3", 400, "bad_parameter", "period", "20x3").await;
    check("/index?period=2023-Q1", 400, "bad_parameter", "period", "2023-Q1").await;
    check("/index?panel=region", 400, "bad_parameter", "panel", "region").await;
    check("/index?lang=kz", 400, "bad_parameter", "lang", "kz").await;
    check("/index?area=KZ-99", 400, "unknown_code", "area", "KZ-99").await;
    check("/index?area=KZ-10,%3Cscript%3E", 400, "unknown_code", "area", "<script>").await;
    check("/index?period=1999", 404, "no_release", "period", "regions 1999").await;
    check("/index?release=abc", 404, "no_release", "id", "abc").await;
    check("/indicators?criterion=internet", 400, "unknown_code", "criterion", "internet").await;
    check("/observations?limit=0", 400, "bad_parameter", "limit", "0").await;
    check("/observations?limit=10001", 400, "bad_parameter", "limit", "10001").await;
    check("/observations?limit=%2B5", 400, "bad_parameter", "limit", "+5").await;
    check("/observations?limit=-1", 400, "bad_parameter", "limit", "-1").await;
    check("/observations?period=2023..2020", 400, "bad_parameter", "period", "2023..2020").await;
    check("/observations?period=..", 400, "bad_parameter", "period", "..").await;
    check("/observations?period=2023-13", 400, "bad_parameter", "period", "2023-13").await;
    check("/observations?start_period=x", 400, "bad_parameter", "start_period", "x").await;
    check("/observations?sex=X", 400, "bad_parameter", "sex", "X").await;
    check("/observations?indicator=nothing", 400, "unknown_code", "indicator", "nothing").await;
    check("/observations?dataflow=NOTHING", 400, "unknown_code", "dataflow", "NOTHING").await;
    check("/observations?cursor=zz", 400, "bad_parameter", "cursor", "zz").await;
    check("/observations?cursor=abc", 400, "bad_parameter", "cursor", "abc").await;
    for moment in ["2026-11-22Tnoon", "2026-11-22T25:00:00Z", "2026-11-22T", "22.11.2026", "2026-11-22T10:00:00Zz"] {
        check(&format!("/observations?as_of={moment}"), 400, "bad_parameter", "as_of", moment).await;
    }
    check("/runs?outcome=fine", 400, "bad_parameter", "outcome", "fine").await;
    check("/areas?valid_in=2199-01", 400, "bad_parameter", "valid_in", "2199-01").await;
    check("/releases/none", 404, "no_release", "id", "none").await;
    check("/index?area=%ff", 400, "malformed_query", "query", "area=%ff").await;
}

#[actix_web::test]
async fn near_codes_are_offered() {
    async fn check(path: &str, expected: &str) {
        let problem = Sample::new().get(&format!("/api/v1{path}")).await.json();
        let offered = problem["errors"][0]["did_you_mean"].as_array().unwrap();
        assert!(offered.contains(&expected.into()), "{path}: {problem}");
    }
    check("/index?area=kz-61", "KZ-61").await;
    check("/index?area=turkistan", "KZ-61").await;
    check("/index/kz-61", "KZ-61").await;
    check("/index?perod=2023", "period").await;
    check("/index?panel=region", "regions").await;
    check("/indicators?criterion=internet_acces", "internet_access").await;
    check("/observations?indicator=internet_user", "internet_users").await;
    check("/observations?dataflow=BNS_SDG_17_8", "BNS_SDG_17_8_1").await;
    check("/indicator", "/api/v1/indicators").await;
    // Derived, not measured: answered with what it is made from.
    check("/observations?indicator=fixed_broadband_over_10mbps", "population").await;
}

#[actix_web::test]
async fn a_repeated_parameter_is_refused_unless_it_is_a_list() {
    let sample = Sample::new();
    problem(&sample.get("/api/v1/index?period=2022&period=2023").await, 400, "repeated_parameter");
    assert_eq!(sample.get("/api/v1/index?area=KZ-61&area=KZ-15").await.status, 200);
}

#[actix_web::test]
async fn an_area_that_is_not_compared_is_said_to_be_so() {
    let sample = Sample::new();
    let answer = problem(&sample.get("/api/v1/index/DNK?panel=regions").await, 404, "unknown_area");
    assert!(answer["detail"].as_str().unwrap().contains("not compared"));
    problem(&sample.get("/api/v1/index/nowhere").await, 404, "unknown_area");
    problem(&sample.get("/api/v1/index/%00").await, 404, "unknown_area");
}

#[actix_web::test]
async fn a_release_must_agree_with_panel_and_period() {
    let sample = Sample::new();
    let id = sample.get("/api/v1/index?period=2022").await.json()["release"]["id"].as_str().unwrap().to_owned();
    let path = |rest: &str| format!("/api/v1/index?release={id}{rest}");
    assert_eq!(sample.get(&path("&panel=regions&period=2022")).await.status, 200);
    problem(&sample.get(&path("&panel=countries")).await, 400, "bad_parameter");
    problem(&sample.get(&path("&period=2023")).await, 400, "bad_parameter");
}

#[actix_web::test]
async fn unknown_paths_and_methods_get_a_problem_too() {
    let sample = Sample::new();
    for path in ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v1/areas/", "/api/v2/areas", "/api/v1/areas.xml"] {
        problem(&sample.get(path).await, 404, "unknown_path");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        let answer = sample.send(method, "/api/v1/areas").await;
        problem(&answer, 405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
    }
    problem(&sample.send(Method::POST, "/api/docs").await, 405, "method_not_allowed");
}

#[actix_web::test]
async fn a_refresh_is_not_for_everybody() {
    let sample = Sample::new();
    let path = "/api/v1/sources/BNS_SDG_17_8_1/refresh";
    let answer = sample.send(Method::POST, path).await;
    problem(&answer, 401, "key_required");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    // Whether a dataflow is there is nobody's business before the key.
    problem(&sample.send(Method::POST, "/api/v1/sources/NOTHING/refresh").await, 401, "key_required");
    let looked_at = sample.get(path).await;
    problem(&looked_at, 405, "method_not_allowed");
    assert_eq!(looked_at.header("allow"), "POST, OPTIONS");
    let asked = sample.send(Method::OPTIONS, path).await;
    assert_eq!((asked.status.as_u16(), asked.header("allow")), (204, "POST, OPTIONS"));
    assert_eq!(asked.header("access-control-allow-methods"), "", "other origins are given no leave");
}

#[actix_web::test]
async fn a_media_type_not_offered_is_refused_with_those_that_are() {
    let sample = Sample::new();
    let answer = sample.get_with("/api/v1/areas", &[("accept", "application/pdf")]).await;
    let refused = problem(&answer, 406, "not_acceptable");
    let expected = refused["errors"][0]["expected"].as_str().unwrap();
    assert!(expected.starts_with("application/json, text/csv, application/csvm+json"), "{expected}");
    problem(&sample.get_with("/api/v1/status", &[("accept", "text/csv")]).await, 406, "not_acceptable");
}

#[actix_web::test]
async fn requests_out_of_bounds_are_refused_before_they_are_looked_at() {
    let sample = Sample::new();
    let long = format!("/api/v1/areas?area={}", "x".repeat(9000));
    problem(&sample.get(&long).await, 414, "uri_too_long");
    let padding = "x".repeat(40_000);
    problem(&sample.get_with("/api/v1/areas", &[("x-padding", &padding)]).await, 431, "headers_too_large");
    problem(&sample.get_with("/api/v1/areas", &[("content-length", "100000")]).await, 413, "body_too_large");
    let many = format!("/api/v1/areas?{}", "area=KZ-61&".repeat(65));
    problem(&sample.get(&many).await, 400, "malformed_query");
    let codes = format!("/api/v1/areas?area={}", "KZ-61,".repeat(501));
    problem(&sample.get(&codes).await, 400, "bad_parameter");
}

#[actix_web::test]
async fn the_quota_is_announced_and_kept() {
    let sample = Sample::with_limits(Limits { requests_per_window: 2, ..PUBLISHED });
    let ask = || async {
        let from = TestRequest::with_uri("/api/v1/limits").peer_addr("192.0.2.7:4000".parse().unwrap());
        sample.ask(from).await
    };
    let first = ask().await;
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=2;w=60");
    assert!(first.header("ratelimit").starts_with("\"default\";r=1;t="));
    assert_eq!(ask().await.status, 200);
    let refused = ask().await;
    problem(&refused, 429, "too_many_requests");
    assert!((1..=30).contains(&refused.header("retry-after").parse::<u32>().unwrap()));
    // Nobody is counted for another, and the machine itself is not counted.
    let local = |forwarded: &'static str| {
        TestRequest::with_uri("/api/v1/limits")
            .peer_addr("127.0.0.1:4000".parse().unwrap())
            .insert_header(("x-forwarded-for", forwarded))
    };
    assert_eq!(sample.ask(local("192.0.2.7")).await.status, 429);
    assert_eq!(sample.ask(local("192.0.2.7, 192.0.2.8")).await.status, 200);
    for _ in 0..5 {
        let itself = TestRequest::with_uri("/api/v1/limits").peer_addr("127.0.0.1:4000".parse().unwrap());
        assert_eq!(sample.ask(itself).await.status, 200);
    }
}

#[actix_web::test]
async fn a_misspelt_word_is_refused_in_every_format() {
    let sample = Sample::new();
    for path in ["/api/v1/releases?lang=english", "/api/v1/releases.csv?lang=english", "/api/v1/runs?lang=EN"] {
        let answer = sample.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str()), (400, Some("bad_parameter")), "{path}");
    }
}
