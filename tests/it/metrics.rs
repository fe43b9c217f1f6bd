//! What the service counts about itself.

use tests::data;
use tests::service::Service;

#[tokio::test]
async fn metrics_say_how_fresh_figures_are_and_count_requests() {
    let data = data::filled().await.unwrap();
    let service = Service::start(data.path()).await.unwrap();
    service.json("/api/v1/index").await.unwrap();
    service.get("/api/v1/nowhere").await.unwrap();
    let answer = service.get("/metrics").await.unwrap();
    assert!(answer.header("content-type").starts_with("application/openmetrics-text"));
    let text = answer.text();
    let about_egdi = |line: &&str| line.starts_with("sandyq_freshness{") && line.contains("\"UN_EGDI\"");
    let states: Vec<&str> = text.lines().filter(about_egdi).collect();
    assert_eq!(states.len(), 4, "{text}");
    assert_eq!(states.iter().filter(|line| line.ends_with(" 1")).count(), 1, "{states:?}");
    assert!(text.contains("sandyq_requests_total{part=\"api\",status=\"404\"} 1"), "{text}");
    assert!(text.lines().any(|line| line == "sandyq_problems 0"), "{text}");
    assert!(text.ends_with("# EOF\n"), "{text}");
}
