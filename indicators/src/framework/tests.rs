#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::*;

fn read(json: &str) -> Result<Framework, String> {
    serde_json::from_str::<Framework>(json).map_err(|error| error.to_string())
}

const PAIR: &str = r#"{"nodes":[
    {"code":"index","kind":"group"},
    {"code":"a","parent":"index","kind":"indicator","direction":"higher_is_better"},
    {"code":"b","parent":"index","kind":"indicator","direction":"lower_is_better","weight":2}]}"#;

#[test]
fn levels_count_from_the_bottom() {
    let framework = read(
        r#"{"nodes":[
        {"code":"x","parent":"deep","kind":"indicator","direction":"higher_is_better"},
        {"code":"index","kind":"group"},
        {"code":"deep","parent":"index","kind":"group"},
        {"code":"y","parent":"index","kind":"indicator","direction":"higher_is_better"}]}"#,
    );
    let levels = framework.map(|framework| {
        framework.nodes().iter().map(|node| (node.code().to_string(), node.level())).collect::<Vec<_>>()
    });
    let expected = [("x", 1), ("index", 3), ("deep", 2), ("y", 1)].map(|(code, level)| (code.to_owned(), level));
    assert_eq!(levels, Ok(expected.to_vec()));
}

#[test]
fn faults_name_the_code() {
    fn check(json: &str, expected: &str) {
        let nodes = format!("{{\"nodes\":[{json}]}}");
        let found = read(&nodes).map(|_| ()).unwrap_err();
        assert!(found.contains(expected), "{found:?} for {json}");
    }
    const INDEX: &str = r#"{"code":"index","kind":"group"}"#;
    const A: &str = r#"{"code":"a","parent":"index","kind":"indicator","direction":"higher_is_better"}"#;
    check("", "a framework without nodes");
    check(INDEX, "the group index has no indicator");
    check(A, "the parent index of a is not in the framework");
    check(&format!("{INDEX},{A},{A}"), "the code a comes twice (nodes 2 and 3)");
    check(
        &format!(
            r#"{INDEX},{A},{{"code":"g","parent":"index","kind":"group"}},{{"code":"a","parent":"g","kind":"indicator","direction":"higher_is_better"}}"#
        ),
        "it has two parents, index and g",
    );
    check(r#"{"code":"p","parent":"q","kind":"group"},{"code":"q","parent":"p","kind":"group"}"#, "a cycle: p → q → p");
    check(
        &format!(r#"{{"code":"index","kind":"group","direction":"higher_is_better"}},{A}"#),
        "direction on the group index",
    );
    check(&format!(r#"{INDEX},{A},{{"code":"g","parent":"index","kind":"group"}}"#), "the group g has no indicator");
    check(
        &format!(
            r#"{INDEX},{{"code":"a","parent":"index","kind":"indicator","direction":"higher_is_better","weight":0}}"#
        ),
        "the weights inside index sum to 0",
    );
    check(
        &format!(
            r#"{INDEX},{{"code":"a","parent":"index","kind":"indicator","direction":"higher_is_better","goalposts":{{"low":5,"high":5}}}}"#
        ),
        "goalposts from 5 to 5",
    );
    check(
        &format!(
            r#"{INDEX},{{"code":"a","parent":"index","kind":"indicator","direction":"higher_is_better","weight":-1}}"#
        ),
        "the weight -1",
    );
    check(
        &format!(r#"{INDEX},{{"code":"a","parent":"index","kind":"indicator"}}"#),
        "the indicator a has no direction",
    );
    check(&format!(r#"{INDEX},{A},{{"code":"other","kind":"group"}}"#), "2 nodes without a parent (index, other)");
    check(
        &format!(r#"{INDEX},{A},{{"code":"b","parent":"a","kind":"indicator","direction":"higher_is_better"}}"#),
        "a, the parent of b, is an indicator",
    );
    check(&format!(r#"{{"code":"index","kind":"group","colour":1}},{A}"#), "unknown field `colour`");
}

#[test]
fn json_round_trips() {
    let framework = read(PAIR);
    let written = framework.as_ref().ok().and_then(|framework| serde_json::to_string(framework).ok());
    assert_eq!(written.map(|json| read(&json)), Some(framework));
}

#[test]
fn removing_a_node_removes_what_is_below() {
    let without = read(PAIR).map(|framework| framework.without(&["b"]).map(|rest| rest.indicators().len()));
    assert_eq!(without, Ok(Ok(1)));
}
