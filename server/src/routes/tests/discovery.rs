//! What helps to find, cite and question the figures: catalogue, citations, feed, snapshots,
//! differences, other weights.

use jiff::Timestamp;
use jiff::civil::date;

use super::*;
use crate::snapshots::{SnapshotKind, SnapshotOrigin, Snapshots};

#[actix_web::test]
async fn the_catalogue_has_a_dataset_for_each_dataflow_and_panel() {
    let sample = Sample::new();
    let json = sample.get("/api/v1/catalogue").await;
    assert_eq!(json.header("content-type"), "application/ld+json");
    let graph = json.json()["@graph"].as_array().unwrap().clone();
    let of = |class: &str| {
        graph.iter().filter(|one| one["@type"].as_array().is_some_and(|all| all.contains(&class.into()))).count()
    };
    assert_eq!(of("dcat:Dataset"), sample.view.current().sources.len() + 2);
    assert_eq!(of("dcat:DataService"), 3);
    let turtle = sample.get("/api/v1/catalogue.ttl").await;
    assert_eq!(turtle.header("content-type"), "text/turtle; charset=utf-8");
    assert!(turtle.text().contains("dct:title \"Internet") || turtle.text().contains("@ru"));
    assert_eq!(sample.get_with("/api/v1/catalogue", &[("accept", "text/turtle")]).await.body, turtle.body);
}

#[actix_web::test]
async fn citations_come_for_people_and_for_reference_managers() {
    let sample = Sample::new();
    let all = sample.get("/api/v1/citations").await.json();
    assert_eq!(all.as_array().unwrap().len(), sample.view.current().sources.len() + 4);
    let one = sample.get("/api/v1/citations?dataflow=BNS_SDG_17_8_1&lang=en").await.json();
    assert_eq!(one[0]["id"], "10.5072/sandyq.BNS_SDG_17_8_1@2024-10-24.1");
    assert_eq!(one[0]["author"][0]["literal"], "Bureau of National Statistics of the Republic of Kazakhstan");
    let bib = sample.get("/api/v1/citations.bib?dataflow=BNS_SDG_17_8_1&lang=en").await;
    assert!(bib.text().starts_with("@misc{sandyq_BNS_SDG_17_8_1_2024_10_24_1,"), "{}", bib.text());
    assert!(bib.text().contains("MIT (the bureau's own data repository)"));
    assert_eq!(sample.get("/api/v1/citations?dataflow=NOTHING").await.status, 400);
    assert_eq!(sample.get("/api/v1/citations?release=nothing").await.status, 404);
}

#[actix_web::test]
async fn the_feed_tells_what_was_set_aside_and_nothing_of_runs_without_news() {
    let sample = Sample::new();
    let feed = sample.get("/api/v1/feed.atom?lang=en").await;
    assert_eq!(feed.header("content-type"), "application/atom+xml; charset=utf-8");
    assert_eq!(feed.text().matches("<entry>").count(), 1, "{}", feed.text());
    assert!(feed.text().contains("quarantined"));
    assert!(feed.text().contains("Population using the internet"));
}

#[actix_web::test]
async fn raw_bytes_are_handed_out_where_every_licence_allows() {
    let folder = tempfile::tempdir().unwrap();
    let snapshots = Snapshots::open(folder.path()).unwrap();
    let origin = |dataflow: &str, raw_open: bool| SnapshotOrigin {
        dataflow: dataflow.parse().unwrap(),
        kind: SnapshotKind::Fetched,
        part: "a.csv".to_owned(),
        origin: "https://example.org/a.csv".to_owned(),
        final_url: None,
        fetched_at: Timestamp::UNIX_EPOCH,
        as_of: date(2024, 10, 24),
        etag: None,
        last_modified: None,
        content_type: None,
        licence: "terms".to_owned(),
        raw_open,
    };
    let open = snapshots.keep(b"open", origin("BNS_SDG_17_8_1", true)).unwrap();
    let closed = snapshots.keep(b"closed", origin("OOKLA_SGI_MOBILE", false)).unwrap();
    snapshots.keep(b"both", origin("BNS_SDG_17_8_1", true)).unwrap();
    let both = snapshots.keep(b"both", origin("OOKLA_SGI_MOBILE", false)).unwrap();
    let sample = Sample::new().with_snapshots(snapshots);
    let given = sample.get(&format!("/api/v1/snapshots/{}", open.sha256)).await;
    assert_eq!((given.status.as_u16(), &given.body[..]), (200, &b"open"[..]));
    assert!(given.header("cache-control").contains("immutable"));
    for refused in [closed, both] {
        let answer = sample.get(&format!("/api/v1/snapshots/{}", refused.sha256)).await;
        assert_eq!(answer.status, 403);
        assert_eq!(answer.json()["code"], "not_open");
    }
    for nothing in ["0".repeat(64).as_str(), "..%2F..%2Frun_log", "%2e%2e", "ABC", "x"] {
        let answer = sample.get(&format!("/api/v1/snapshots/{nothing}")).await;
        assert_eq!(answer.status, 404, "{nothing}: {}", answer.text());
    }
}

#[actix_web::test]
async fn the_parts_of_a_difference_sum_to_the_change() {
    let sample = Sample::new();
    let id = async |query: &str| {
        let answer = sample.get(&format!("/api/v1/index?{query}")).await.json();
        answer["release"]["id"].as_str().unwrap().to_owned()
    };
    let (before, after) = (id("period=2022").await, id("period=2023").await);
    let diff = sample.get(&format!("/api/v1/releases/{before}/diff/{after}")).await.json();
    let changes = diff["changes"].as_array().unwrap();
    let of = |change: &Value, name: &str| change[name].as_f64().unwrap();
    let mut moved = 0;
    for change in changes {
        let parts: f64 = ["new_data", "revised_data", "method", "peers"].iter().map(|part| of(change, part)).sum();
        let total = of(change, "after") - of(change, "before");
        assert!((parts - total).abs() < 1e-9, "{change}");
        moved += i32::from(total.abs() > 1e-9);
    }
    assert!(moved > 0, "something changed between the years");
    let itself = sample.get(&format!("/api/v1/releases/{after}/diff/{after}")).await.json();
    assert!(itself["changes"].as_array().unwrap().iter().all(|change| of(change, "new_data") == 0.0));
    let countries = id("panel=countries").await;
    assert_eq!(sample.get(&format!("/api/v1/releases/{before}/diff/{countries}")).await.status, 400);
    assert_eq!(sample.get(&format!("/api/v1/releases/{before}/diff/nothing")).await.status, 404);
    let csv = sample.get(&format!("/api/v1/releases/{before}/diff/{after}.csv")).await;
    assert_eq!(csv.text().lines().count(), changes.len() + 1);
}

#[actix_web::test]
async fn other_weights_give_other_scores_and_the_published_ones_the_same() {
    let sample = Sample::new();
    let same = sample.get("/api/v1/what-if").await.json();
    for area in same["areas"].as_array().unwrap() {
        let (score, published) = (area["score"].as_f64(), area["published_score"].as_f64());
        assert!(score.zip(published).is_none_or(|(a, b)| (a - b).abs() < 1e-9), "{area}");
        assert_eq!(area["rank"], area["published_rank"]);
    }
    let other = sample.get("/api/v1/what-if?weights=internet_access:3").await;
    assert_eq!(other.status, 200, "{}", other.text());
    for weights in ["internet_access", "internet_access:x", "internet_access:-1", "nothing:1", "internet_access:NaN"] {
        let refused = sample.get(&format!("/api/v1/what-if?weights={weights}")).await;
        assert_eq!(refused.status, 400, "{weights}");
        assert_eq!(refused.json()["code"], "bad_parameter");
    }
}

#[actix_web::test]
async fn every_form_of_the_page_to_try_leads_somewhere_and_says_what_comes() {
    let sample = Sample::new();
    let page = sample.get("/api/docs").await;
    let text = page.text();
    let attribute = |tag: &str, name: &str| -> Option<String> {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let mut n_forms = 0;
    for form in text.split("<form ").skip(1) {
        let form = form.split("</form>").next().unwrap();
        let head = format!(" {}", form.split('>').next().unwrap());
        let method = attribute(&head, "method").unwrap();
        let mut actions = vec![attribute(&head, "action").unwrap()];
        actions.extend(form.split("<button").skip(1).filter_map(|button| attribute(button, "formaction")));
        for action in actions {
            if method == "post" {
                assert_ne!(sample.send(Method::POST, &action).await.status, 404, "{action}");
            } else {
                let answer = sample.get(&action).await;
                assert_ne!(answer.status, 404, "{action}: {}", answer.text());
            }
        }
        n_forms += 1;
    }
    assert!(n_forms > 20, "{n_forms}");
    let section = |operation: &str| {
        let (_, rest) = text.split_once(&format!("<section id=\"{operation}\">")).unwrap();
        rest.split("</section>").next().unwrap().to_owned()
    };
    assert!(section("index").contains("<button>JSON</button>"));
    assert!(section("feed").contains("<button>Atom</button>"));
    assert!(section("sdmx21_data").contains("<button>SDMX-ML 2.1 generic data</button>"));
}
