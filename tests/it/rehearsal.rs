//! What an operator rehearses: backup, restore, verify, rebuild, compact; and what is said when the truth itself is damaged.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::data;
use tests::service::{self, Service, Settings};

use crate::runs;

/// Runs a command; whether it ended well, and what it said.
async fn command(data: &Path, arguments: &[&str]) -> (bool, String) {
    let output = service::run(data, &Settings::default(), arguments).await.unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

async fn status(data: &Path) -> Value {
    let service = Service::start(data).await.unwrap();
    let status = service.json("/api/v1/status").await.unwrap();
    service.stop().await.unwrap();
    status
}

#[tokio::test]
async fn a_backup_of_the_running_service_gives_the_same_releases_and_so_do_rebuilding_and_compacting() {
    let data = data::filled().await.unwrap();
    let folder = data::empty().unwrap();
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    let service = Service::start(data.path()).await.unwrap();
    let expected = runs::published(&service).await;
    let (is_done, said) = command(data.path(), &["backup", backup.to_str().unwrap()]).await;
    assert!(is_done, "{said}");
    // A second process keeps away from a folder in use, and says so.
    let (is_done, said) = command(data.path(), &["rebuild"]).await;
    assert!(!is_done && said.contains("in use"), "{said}");
    service.stop().await.unwrap();

    let (is_done, said) = command(&restored, &["restore", backup.to_str().unwrap()]).await;
    assert!(is_done, "{said}");
    for arguments in [&["verify"][..], &["rebuild"], &["verify"], &["compact"], &["verify"]] {
        let (is_done, said) = command(&restored, arguments).await;
        assert!(is_done && !said.contains("FAULT"), "{arguments:?}: {said}");
        let service = Service::start(&restored).await.unwrap();
        assert_eq!(runs::published(&service).await, expected, "after {arguments:?}");
        assert_eq!(service.json("/api/v1/status").await.unwrap()["health"], "ok", "after {arguments:?}");
        service.stop().await.unwrap();
    }
    let (is_done, said) = command(&restored, &["restore", backup.to_str().unwrap()]).await;
    assert!(!is_done && said.contains("empty"), "{said}");
}

/// The payloads that are kept, each with its size.
fn payloads(data: &Path) -> Vec<(PathBuf, u64)> {
    let shards = fs::read_dir(data.join("snapshots")).unwrap().map(|shard| shard.unwrap().path());
    let files = shards.filter(|shard| shard.is_dir()).flat_map(|shard| fs::read_dir(shard).unwrap());
    let files = files.map(|file| file.unwrap()).map(|file| (file.path(), file.metadata().unwrap().len()));
    let mut found: Vec<_> = files.filter(|(path, _)| path.extension().is_some_and(|end| end == "raw")).collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_damaged_payload_is_found_and_told_and_never_read_for_another() {
    let data = data::filled().await.unwrap();
    let whole = status(data.path()).await;
    let (payload, n_bytes) = payloads(data.path()).into_iter().find(|(_, n_bytes)| *n_bytes > 0).unwrap();
    let mut bytes = fs::read(&payload).unwrap();
    bytes[usize::try_from(n_bytes / 2).unwrap()] ^= 0x10;
    fs::write(&payload, bytes).unwrap();
    let (is_sound, said) = command(data.path(), &["verify"]).await;
    let address = payload.file_stem().unwrap().to_str().unwrap();
    assert!(!is_sound && said.lines().any(|line| line.starts_with("FAULT") && line.contains(address)), "{said}");
    // The index holds what was read of it.
    assert_eq!(status(data.path()).await["releases"], whole["releases"]);
    let (is_done, said) = command(data.path(), &["backup", data.path().join("backup").to_str().unwrap()]).await;
    assert!(!is_done && said.contains(address), "{said}");
    // Without the index, what was in it is missing and said to be; the rest is there, start after start.
    fs::remove_dir_all(data.path().join("store")).unwrap();
    for start in 1..=2 {
        let status = status(data.path()).await;
        assert_eq!(status["health"], "degraded", "start {start}: {status}");
        assert!(status["problems"].to_string().contains("could not be rebuilt"), "start {start}: {status}");
    }
}

/// What becomes of the bytes of the run log.
type Harm = fn(Vec<u8>) -> Vec<u8>;

#[tokio::test]
async fn a_damaged_run_log_is_told_and_figures_stay() {
    let expected = status(data::filled().await.unwrap().path()).await["releases"].clone();
    // What the status says at the first start after it, and at the second.
    let harms: [(&str, [&str; 2], Harm); 3] = [
        ("its last line is torn", ["ok", "ok"], |mut log| {
            log.truncate(log.len() - 40);
            log
        }),
        ("a byte in its middle is flipped", ["degraded", "degraded"], |mut log| {
            let middle = log.len() / 2;
            log[middle] ^= 0x01;
            log
        }),
        ("it is rubbish", ["degraded", "ok"], |log| vec![b'x'; log.len()]),
    ];
    for (name, health, harm) in harms {
        let data = data::filled().await.unwrap();
        let log = data.path().join("runs.jsonl");
        fs::write(&log, harm(fs::read(&log).unwrap())).unwrap();
        for (start, health) in (1..).zip(health) {
            let found = status(data.path()).await;
            assert_eq!(found["releases"], expected, "{name}, start {start}: {}", found["problems"]);
            assert_eq!(found["health"], health, "{name}, start {start}: {}", found["problems"]);
        }
    }
}
