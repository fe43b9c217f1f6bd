//! What the log says of keys that were refused: enough to see who tries what, and never the key.

use tests::desk::{Desk, FLOW};

/// The line of the log that names a request, if there is one.
fn line_of(log: &str, request_id: &str) -> Option<String> {
    log.lines().find(|line| line.contains("audit:") && line.contains(request_id)).map(str::to_owned)
}

#[tokio::test]
async fn a_refused_key_is_told_to_the_log_by_its_name_and_never_whole() {
    let desk = Desk::open().await.unwrap();
    let name = |key: &str| key.split('_').nth(1).unwrap().to_owned();
    let secret = |key: &str| key.rsplit_once('_').unwrap().1.to_owned();
    let forged = format!("sandyq_{}_{}", name(&desk.operator), "0".repeat(64));
    let unknown = format!("sandyq_000000000000_{}", secret(&desk.operator));
    let (done, said) = desk.command(&["keys", "revoke", &name(&desk.akimat)]).await.unwrap();
    assert!(done, "{said}");
    let create = ["keys", "create", "--holder", "Slow reader", "--scope", "read-more", "--requests-per-minute", "1"];
    let (made, slow) = desk.command(&create).await.unwrap();
    assert!(made, "{slow}");
    assert_eq!(desk.get(slow.trim(), "/api/v1/limits").await.unwrap().status, 200);

    let elsewhere = format!("/api/v1/sources/{FLOW}/refresh");
    for (key, path, reason, status, names) in [
        ("nonsense", "/api/v1/limits", "unreadable", 401, None),
        (forged.as_str(), "/api/v1/limits", "wrong_secret", 401, Some(&desk.operator)),
        (unknown.as_str(), "/api/v1/limits", "unknown", 401, Some(&unknown)),
        (desk.akimat.as_str(), "/api/v1/limits", "revoked", 401, Some(&desk.akimat)),
        (desk.reader.as_str(), elsewhere.as_str(), "scope_missing", 403, Some(&desk.reader)),
        (slow.trim(), "/api/v1/limits", "over_quota", 429, Some(&slow)),
    ] {
        let shown = [("authorization", &*format!("Bearer {key}")), ("x-forwarded-for", "192.0.2.77")];
        let answer = match status {
            403 => desk.service.post(path, &shown, Vec::new()).await.unwrap(),
            _ => desk.service.get_with(path, &shown).await.unwrap(),
        };
        assert_eq!(answer.status, status, "{reason}: {}", answer.text());
        let log = desk.service.log();
        let line = line_of(&log, answer.header("x-request-id"));
        let line = line.unwrap_or_else(|| unreachable!("{reason} is not told: {log}"));
        assert!(line.contains(reason) && line.contains("192.0.2.77"), "{line}");
        if let Some(key) = names {
            assert!(line.contains(&name(key)), "{line}");
        }
    }
    let log = desk.service.log();
    for key in [&desk.operator, &desk.akimat, &desk.reader, &slow] {
        assert!(!log.contains(&secret(key.trim())), "the log holds a secret");
    }
    assert!(!log.contains("nonsense"), "what was shown is not repeated");
}

#[tokio::test]
async fn a_flood_of_refused_keys_is_counted_and_does_not_fill_the_log() {
    let desk = Desk::open().await.unwrap();
    for _ in 0..300 {
        assert_eq!(desk.get("nonsense", "/api/v1/limits").await.unwrap().status, 401);
    }
    let log = desk.service.log();
    let lines = log.lines().filter(|line| line.contains("audit: a key was refused")).count();
    // The flood may run over the end of a minute.
    assert!((30..=60).contains(&lines), "{lines} lines: {log}");
}
