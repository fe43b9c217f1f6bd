//! Figures that were cited: their release is answered whole and unchanged when others are in force, whatever has become of
//! the index, and the service says what changed since.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tests::cassette::{Cassette, Reply};
use tests::service::{self, Service, Settings};
use tests::{data, recording};

use crate::refresh::{DATAFLOW, PATH, RECORDING, TURKISTAN_2023, refresh, to};

const INDEX: &str = "/api/v1/index?period=2023";

/// Another figure comes in for one region and year.
async fn revise(data: &Path) {
    let cassette = Cassette::start().unwrap();
    cassette.reply(PATH, Reply::csv(recording::with(RECORDING, TURKISTAN_2023, "2023,PT,,,KZYUZ,91.5\n").unwrap()));
    let said = refresh(data, &to(&cassette), DATAFLOW).await;
    assert!(said.contains("updated"), "{said}");
}

fn id(index: &Value) -> &str {
    index["release"]["id"].as_str().unwrap()
}

/// What is cited still says what it said.
async fn stands(data: &Path, cited: &Value, whole: &Value) {
    let service = Service::start(data).await.unwrap();
    let id = id(cited);
    assert_ne!(&service.json(INDEX).await.unwrap(), cited);
    assert_eq!(&service.json(&format!("/api/v1/index?release={id}")).await.unwrap(), cited);
    assert_eq!(&service.json(&format!("/api/v1/releases/{id}")).await.unwrap(), whole);
    service.stop().await.unwrap();
}

#[tokio::test]
async fn a_cited_release_is_found_when_other_figures_are_in_force() {
    let data = data::filled().await.unwrap();
    let service = Service::start(data.path()).await.unwrap();
    let cited = service.json(INDEX).await.unwrap();
    let id = id(&cited).to_owned();
    let whole = service.json(&format!("/api/v1/releases/{id}")).await.unwrap();
    let others = service.json("/api/v1/index?period=2022").await.unwrap();
    service.stop().await.unwrap();

    revise(data.path()).await;
    stands(data.path(), &cited, &whole).await;

    let service = Service::start(data.path()).await.unwrap();
    // What the new figure does not touch is the same release as before.
    assert_eq!(service.json("/api/v1/index?period=2022").await.unwrap(), others);
    let listed = service.json("/api/v1/releases?panel=regions&state=superseded").await.unwrap();
    let listed: Vec<&Value> = listed["releases"].as_array().unwrap().iter().filter(|one| one["id"] == *id).collect();
    assert_eq!((listed.len(), &listed[0]["in_force"]), (1, &Value::Bool(false)), "{listed:?}");
    assert!(listed[0]["published_on"].is_string(), "{listed:?}");
    let in_force = service.json("/api/v1/releases").await.unwrap();
    assert!(in_force["releases"].as_array().unwrap().iter().all(|one| one["in_force"] == true && one["id"] != *id));

    let profile = service.json(&format!("/api/v1/index/KZ-61?release={id}")).await.unwrap();
    assert_eq!(profile["profile"], whole["profiles"]["KZ-61"]);
    let now = service.json(INDEX).await.unwrap();
    let path = format!("/api/v1/releases/{id}/diff/{}", now["release"]["id"].as_str().unwrap());
    let changes = service.json(&path).await.unwrap();
    let changes = changes["changes"].as_array().unwrap();
    let of = |area: &str| changes.iter().find(|one| one["area"] == area && one["node"] == "internet_users").unwrap();
    assert!(of("KZ-61")["revised_data"].as_f64().unwrap() < 0.0, "{}", of("KZ-61"));
    assert_eq!(of("KZ-11")["revised_data"].as_f64(), Some(0.0));
    let citation = service.json(&format!("/api/v1/citations?release={id}")).await.unwrap();
    assert_eq!(citation[0]["version"], *id, "{citation}");
    let unknown = service.get("/api/v1/releases/0000000000000000").await.unwrap();
    assert_eq!((unknown.status, unknown.json().unwrap()["code"].as_str()), (404, Some("no_release")));
    service.stop().await.unwrap();

    // The index may go; a backup holds what was published, and damage is found.
    let folder = data::empty().unwrap();
    let (backup, restored) = (folder.path().join("backup"), folder.path().join("restored"));
    fs::remove_dir_all(data.path().join("store")).unwrap();
    stands(data.path(), &cited, &whole).await;
    let run = async |data: &Path, arguments: &[&str]| {
        let output = service::run(data, &Settings::default(), arguments).await.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    assert!(run(data.path(), &["backup", backup.to_str().unwrap()]).await.0);
    assert!(run(&restored, &["restore", backup.to_str().unwrap()]).await.0);
    stands(&restored, &cited, &whole).await;
    for file in fs::read_dir(restored.join("releases")).unwrap().map(|file| file.unwrap().path()) {
        let mut bytes = fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        fs::write(&file, bytes).unwrap();
    }
    let (is_sound, said) = run(&restored, &["verify"]).await;
    assert!(!is_sound && said.contains("FAULT") && said.contains("releases/"), "{said}");
}
