#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use actix_web::http::StatusCode;

use super::*;

#[test]
fn codes_are_unique_and_statuses_are_errors() {
    let codes: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.entry().code).collect();
    assert_eq!(codes.len(), ErrorCode::ALL.len());
    for code in ErrorCode::ALL {
        assert!((400..600).contains(&code.entry().status), "{code:?}");
        assert!(StatusCode::from_u16(code.entry().status).is_ok());
    }
}

#[test]
fn a_problem_says_what_was_expected_and_found() {
    let error = ApiError::BadParameter {
        name: "period",
        expected: "a reference year, YYYY".to_owned(),
        found: "20x3".to_owned(),
        did_you_mean: Vec::new(),
    };
    let problem = serde_json::to_value(error.problem("/api/v1/index", "id")).unwrap();
    assert_eq!(
        problem,
        serde_json::json!({
            "type": "/api/docs#bad_parameter",
            "title": "A query parameter is not what belongs there",
            "status": 400,
            "code": "bad_parameter",
            "detail": "period: expected a reference year, YYYY, found \"20x3\".",
            "instance": "/api/v1/index",
            "request_id": "id",
            "errors": [{
                "parameter": "period",
                "expected": "a reference year, YYYY",
                "found": "20x3",
                "did_you_mean": [],
            }],
        })
    );
}

#[test]
fn long_input_is_not_sent_back_whole() {
    let error = ApiError::RepeatedParameter { name: "limit" };
    let problem = error.problem(&format!("/{}", "ы".repeat(5000)), "id");
    assert_eq!(problem.instance.chars().count(), 201);
}
