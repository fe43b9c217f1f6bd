//! Whom to name and under which terms: said by every download that carries figures of a provider.

use std::io::{Cursor, Read};

use calamine::{Reader, Xlsx, open_workbook_from_rs};
use zip::ZipArchive;

use super::*;
use crate::formats::Format;

/// What carries no figure of a provider: code lists, what the service says of itself, and what is only about figures.
const WITHOUT_FIGURES: &[&str] = &[
    "areas",
    "criteria",
    "indicators",
    "frameworks",
    "releases",
    "feed",
    "runs",
    "submission_template",
    "status",
    "limits",
    "openapi",
    // As received: the terms decide whether it is handed out at all.
    "snapshot",
];

const ATTRIBUTION: &str = "Bureau of National Statistics of the Republic of Kazakhstan";
const LICENCE: &str = "MIT (the bureau's own data repository)";

fn is_about_figures(route: &Route) -> bool {
    let is_structure = route.path.starts_with("/sdmx") && !route.path.contains("/data/");
    !WITHOUT_FIGURES.contains(&route.operation) && !is_structure
}

/// Everything a workbook or an archive says.
fn unpacked(answer: &sample::Answer, suffix: &str) -> String {
    let bytes = answer.body.to_vec();
    if suffix == "xlsx" {
        let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).unwrap();
        let sheets = workbook.worksheets();
        let rows = sheets.iter().flat_map(|(_, sheet)| sheet.rows());
        return rows.flatten().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    }
    let mut text = String::new();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    archive.by_name("datapackage.json").unwrap().read_to_string(&mut text).unwrap();
    text
}

#[actix_web::test]
async fn every_download_names_attribution_and_licence_or_leads_to_them() {
    let sample = Sample::with_a_revision();
    let mut missing = Vec::new();
    for route in routes().filter(|route| is_about_figures(route)) {
        let path = working(route, &sample);
        let each = route.formats.iter().filter_map(|format: &&Format| format.suffix);
        for suffix in [None].into_iter().chain(each.map(Some)) {
            let language = if route.parameters.iter().any(|one| one.name == "lang") { "?lang=en" } else { "" };
            let address = suffix.map_or_else(|| path.clone(), |suffix| format!("{path}.{suffix}"));
            let answer = sample.get(&format!("{address}{language}")).await;
            assert_eq!(answer.status, 200, "{address}: {}", answer.text());
            let said = match suffix {
                Some(suffix @ ("xlsx" | "zip")) => unpacked(&answer, suffix),
                _ => answer.text().to_owned(),
            };
            let names_both = said.contains(ATTRIBUTION) && said.replace("\\'", "'").contains(LICENCE);
            let terms = answer
                .header("link")
                .split(", <")
                .find(|link| link.contains("rel=\"license\""))
                .map(|link| link.trim_start_matches('<').split('>').next().unwrap().to_owned());
            let leads_there = match terms {
                Some(terms) => {
                    let sources = sample.get(&terms).await;
                    sources.text().contains(ATTRIBUTION) && sources.text().contains(LICENCE)
                }
                None => false,
            };
            if !names_both && !leads_there {
                missing.push(address);
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[actix_web::test]
async fn what_carries_no_figures_is_a_route_that_there_is() {
    for operation in WITHOUT_FIGURES {
        assert!(routes().any(|route| route.operation == *operation), "{operation}");
    }
}

#[actix_web::test]
async fn what_is_kept_elsewhere_says_where_it_is_from_by_the_whole_address() {
    const HOME: &str = "https://sandyq.example";
    let (sample, nameless) = (Sample::at(HOME), Sample::new());
    let question = "observations.EXT?dataflow=BNS_SDG_17_8_1";
    let whole = format!("{HOME}/api/v1/observations?dataflow=BNS_SDG_17_8_1");
    let relative = "/api/v1/observations?dataflow=BNS_SDG_17_8_1";
    let path = |suffix: &str| format!("/api/v1/{}", question.replace("EXT", suffix));

    assert_eq!(sample.get(&path("jsonstat")).await.json()["href"], whole);
    assert_eq!(nameless.get(&path("jsonstat")).await.json()["href"], relative);
    let workbook = unpacked(&sample.get(&path("xlsx")).await, "xlsx");
    assert!(workbook.lines().any(|cell| cell == whole), "{workbook}");
    // The metadata of a CSV file find it beside themselves wherever both are kept.
    let metadata = sample.get(&path("csv-metadata.json")).await.json();
    assert_eq!(metadata["url"], "observations.csv?dataflow=BNS_SDG_17_8_1");

    for (item, path) in [("URL", "/api/v1/citations"), ("href", "/api/v1/feed.atom"), ("@id", "/api/v1/catalogue")] {
        let (answer, plain) = (sample.get(path).await, nameless.get(path).await);
        assert!(answer.text().contains(&format!("{HOME}/api/v1/")), "{path}: {item}");
        let named = answer.text().matches(&format!("{HOME}/api/v1/")).count();
        assert_eq!(named, answer.text().matches("/api/v1/").count(), "{path}: every address is whole");
        assert_eq!(named, plain.text().matches("/api/v1/").count(), "{path}: without one they are relative");
    }
    let bib = sample.get("/api/v1/citations.bib").await;
    assert_eq!(bib.text().matches("\\url{").count(), bib.text().matches(&format!("\\url{{{HOME}/")).count());
    let turtle = sample.get("/api/v1/catalogue.ttl").await;
    assert!(turtle.text().contains(&format!("<{HOME}/api/v1/catalogue>")) && !turtle.text().contains("</api"));
}
