//! The SDMX protocol: what is found, how it is narrowed, and how it refuses.

use super::*;

const GENERIC: &str = "application/vnd.sdmx.genericdata+xml;version=2.1";

#[actix_web::test]
async fn the_protocol_stands_at_the_root_too_with_or_without_a_slash() {
    let sample = Sample::new();
    let whole = sample.get("/api/v1/sdmx/2.1/dataflow").await;
    assert_eq!(whole.status, 200);
    assert_eq!(whole.header("content-type"), "application/vnd.sdmx.structure+xml;version=2.1;charset=utf-8");
    for path in ["/sdmx/2.1/dataflow", "/sdmx/2.1/dataflow/", "/sdmx/2.1/dataflow/SANDYQ/all/latest/"] {
        assert_eq!(sample.get(path).await.body, whole.body, "{path}");
    }
    assert_eq!(whole.header("access-control-allow-origin"), "*");
    let json = sample.get("/sdmx/3.0/structure/dataflow/*/*/~?detail=allcompletestubs&references=none").await;
    assert_eq!(json.header("content-type"), "application/vnd.sdmx.structure+json;version=2.0.0;charset=utf-8");
    assert!(json.text().find("\"schema\"").unwrap() < 350, "readers look for it in the first characters");
    let flows = json.json()["data"]["dataflows"].as_array().unwrap().len();
    assert_eq!(flows, sample.view.current().sources.len() + 2);
}

#[actix_web::test]
async fn figures_are_narrowed_by_key_period_and_condition() {
    async fn check(path: &str, expected: usize) {
        let answer = Sample::new().get_with(path, &[("accept", "text/csv")]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let rows = answer.text().lines().count() - 1;
        assert_eq!(rows, expected, "{path}: {}", answer.text());
    }
    let flow = "/sdmx/2.1/data/BNS_SDG_17_8_1";
    check(flow, 19).await;
    check(&format!("{flow}/all"), 19).await;
    check(&format!("{flow}/A....."), 18).await;
    check(&format!("{flow}/.....KZ-61"), 5).await;
    check(&format!("{flow}/.....KZ-61+KZ-11"), 11).await;
    check(&format!("{flow}/.....KZ-61?startPeriod=2022"), 3).await;
    check(&format!("{flow}/.....KZ-61?startPeriod=2022-01-01&endPeriod=2022-12"), 1).await;
    check(&format!("{flow}/A..._T._T.KZ-61?lastNObservations=1"), 1).await;
    check("/sdmx/2.1/data/SANDYQ,UN_EGDI,1.0.0", 2).await;
    let flow = "/sdmx/3.0/data/dataflow/SANDYQ/BNS_SDG_17_8_1/1.0.0";
    check(flow, 19).await;
    check(&format!("{flow}?c%5BREF_AREA%5D=KZ-61,KZ-11"), 11).await;
    check(&format!("{flow}?c[REF_AREA]=ne:KZ-61"), 14).await;
    check(&format!("{flow}?c[REF_AREA]=sw:KZ-"), 15).await;
    check(&format!("{flow}?c[TIME_PERIOD]=ge:2022%2Ble:2022&c[REF_AREA]=KZ-61"), 1).await;
    check(&format!("{flow}?c[TIME_PERIOD]=ge:2022+le:2022&c[REF_AREA]=KZ-61"), 1).await;
    check(&format!("{flow}/A.*.*._T._T.KZ-61"), 4).await;
    check("/sdmx/3.0/data/dataflow/SANDYQ/INDEX_REGIONS/+/KZ-61.index", 2).await;
}

#[actix_web::test]
async fn a_moment_stands_for_the_day_written_in_it() {
    let sample = Sample::new();
    let (data, flow) = ("/sdmx/3.0/data/dataflow/SANDYQ", "BNS_SDG_17_8_1/1.0.0");
    let of_day = |day: &str| format!("{data}/{flow}?asOf={day}");
    let known = sample.get(&of_day("2024-10-24")).await;
    assert_eq!(known.status, 200, "{}", known.text());
    for moment in
        ["T00:00:00", "T10:00:00Z", "T23:59:59.999Z", "T23:30:00%2B05:00", "T23:30:00+05:00", "T01:00:00-11:00"]
    {
        let answer = sample.get(&of_day(&format!("2024-10-24{moment}"))).await;
        assert_eq!(answer.body, known.body, "{moment}: {}", answer.text());
        assert_eq!(sample.get(&of_day(&format!("2024-10-23{moment}"))).await.status, 404, "{moment}");
        let own = sample.get(&format!("/api/v1/observations?as_of=2024-10-24{moment}")).await;
        assert_eq!(own.status, 200, "{moment}");
    }
    let refused = sample.get(&of_day("2024-10-24Tnoon")).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("YYYY-MM-DDThh:mm:ss"), "{}", refused.text());
}

#[actix_web::test]
async fn a_missing_value_is_a_status_without_a_value() {
    let sample = Sample::new();
    let path = "/sdmx/2.1/data/BNS_SDG_17_8_1/.....KZ-61?endPeriod=2020";
    let generic = sample.get_with(path, &[("accept", "*/*")]).await;
    assert!(generic.header("content-type").starts_with(GENERIC));
    assert!(generic.text().contains("<gen:Value id=\"OBS_STATUS\" value=\"O\"/>"), "{}", generic.text());
    assert!(!generic.text().contains("ObsValue"));
    let accept = [("accept", "application/vnd.sdmx.structurespecificdata+xml;version=2.1")];
    let specific = sample.get_with(path, &accept).await;
    assert!(specific.text().contains("<Obs TIME_PERIOD=\"2020\" OBS_STATUS=\"O\""), "{}", specific.text());
    assert!(!specific.text().contains("OBS_VALUE="));
}

#[actix_web::test]
async fn refusals_come_in_the_manner_of_the_protocol() {
    let sample = Sample::new();
    for path in [
        "/sdmx/2.1/data/BNS_SDG_17_8_1/.....NOWHERE",
        "/sdmx/2.1/data/NOTHING",
        "/sdmx/2.1/codelist/SANDYQ/CL_NOTHING",
        "/sdmx/2.1/codelist/OTHER/CL_AREA",
        "/sdmx/2.1/codelist/SANDYQ/CL_AREA/2.0.0",
        "/sdmx/3.0/data/dataflow/OTHER/UN_EGDI/1.0.0",
    ] {
        let refused = sample.get(path).await;
        assert_eq!(refused.status, 404, "{path}");
        assert_eq!(refused.header("content-type"), "application/xml");
        assert!(refused.text().contains("<mes:ErrorMessage code=\"100\">"), "{}", refused.text());
    }
    let json = [("accept", "application/vnd.sdmx.structure+json;version=2.0.0")];
    let refused = sample.get_with("/sdmx/3.0/structure/codelist/SANDYQ/CL_NOTHING", &json).await;
    assert_eq!(refused.json()["errors"][0]["code"], 100);
    for path in [
        "/sdmx/2.1/data/BNS_SDG_17_8_1/A.B",
        "/sdmx/2.1/data/BNS_SDG_17_8_1?startPeriod=then",
        "/sdmx/2.1/data/BNS_SDG_17_8_1?dimensionAtObservation=NOTHING",
        "/sdmx/2.1/nothing",
        "/sdmx/2.1/dataflow?references=some",
        "/sdmx/3.0/data/dataflow/SANDYQ/UN_EGDI/1.0.0?c[CRITERION]=index",
        "/sdmx/3.0/data/dataflow/SANDYQ/UN_EGDI/1.0.0?c[NOTHING]=x",
    ] {
        let refused = sample.get(path).await;
        assert_eq!(refused.status, 400, "{path}: {}", refused.text());
        assert!(refused.text().contains("code=\"140\""), "{}", refused.text());
    }
    assert_eq!(sample.get_with("/sdmx/2.1/dataflow", &[("accept", "image/png")]).await.status, 406);
}

#[actix_web::test]
async fn a_structure_that_gained_an_attribute_has_a_new_version_and_the_former_is_still_answered() {
    async fn check(structure: &str, version: &str, expected: &[(&str, bool)]) {
        let added = if structure == "INDEX" { "OBS_STATUS" } else { "SUBMITTED_BY" };
        let path = format!("/sdmx/3.0/structure/datastructure/SANDYQ/{structure}/{version}");
        let answer = Sample::new().get(&path).await;
        if expected.is_empty() {
            assert_eq!(answer.status, 404, "{path}");
            return;
        }
        let message = answer.json();
        let found: Vec<(String, bool)> = message["data"]["dataStructures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let attributes = &one["dataStructureComponents"]["attributeList"]["attributes"];
                let has = attributes.as_array().unwrap().iter().any(|attribute| attribute["id"] == added);
                (one["version"].as_str().unwrap().to_owned(), has)
            })
            .collect();
        let found: Vec<(&str, bool)> = found.iter().map(|(version, has)| (version.as_str(), *has)).collect();
        assert_eq!(found, expected, "{path}");
    }
    for structure in ["INDEX", "OBSERVATIONS"] {
        for newest in ["", "~", "+", "latest", "1.1.0", "1.0+.0", "1.0+", "1+.0.0"] {
            check(structure, newest, &[("1.1.0", true)]).await;
        }
        for former in ["1.0.0", "1.0", "1.0.0+"] {
            check(structure, former, &[("1.0.0", false)]).await;
        }
        check(structure, "*", &[("1.0.0", false), ("1.1.0", true)]).await;
        check(structure, "1.2.0", &[]).await;
    }
    let sample = Sample::new();
    for version in ["latest", "1.0.0", "1.0"] {
        let answer = sample.get(&format!("/sdmx/2.1/dataflow/SANDYQ/INDEX_REGIONS/{version}?references=all")).await;
        let text = answer.text();
        assert!(text.contains("DataStructure=SANDYQ:INDEX(1.1.0)"), "{text}");
        assert!(text.contains("<Ref id=\"INDEX\" version=\"1.1.0\""), "{text}");
        assert!(!text.contains("INDEX(1.0.0)"), "one version of it: {text}");
    }
    for version in ["1.0.0", "+", "1.0+.0", "*"] {
        let path = format!("/sdmx/3.0/data/dataflow/SANDYQ/INDEX_REGIONS/{version}/KZ-61.index");
        assert_eq!(sample.get(&path).await.status, 200, "{path}");
    }
}

#[actix_web::test]
async fn the_code_list_of_areas_is_dated() {
    let list = Sample::new().get("/sdmx/3.0/structure/codelist/SANDYQ/CL_AREA").await.json();
    let codes = list["data"]["codelists"][0]["codes"].as_array().unwrap().clone();
    let abai = codes.iter().find(|code| code["id"] == "KZ-10").unwrap();
    assert_eq!(abai["annotations"][0]["title"], "2022-06-08T00:00:00+0000/");
    assert_eq!(abai["annotations"][1]["title"], "KZ-63");
    assert_eq!(abai["parent"], "KAZ");
    let almaty = codes.iter().find(|code| code["id"] == "KZ-75").unwrap();
    assert!(almaty.get("annotations").is_none(), "an empty list breaks the schema: {almaty}");
}

#[actix_web::test]
async fn availability_says_what_there_is() {
    let path = "/sdmx/3.0/availability/dataflow/SANDYQ/BNS_SDG_17_8_1/1.0.0?references=all&c[REF_AREA]=KZ-61";
    let message = Sample::new().get(path).await.json();
    let constraint = &message["data"]["dataConstraints"][0];
    let of = |id: &str| {
        let keys = constraint["cubeRegions"][0]["keyValues"].as_array().unwrap();
        keys.iter().find(|key| key["id"] == id).unwrap().clone()
    };
    assert_eq!(of("REF_AREA")["values"], serde_json::json!([{ "value": "KZ-61" }]));
    assert_eq!(of("TIME_PERIOD")["timeRange"]["startPeriod"]["period"], "2020");
    assert_eq!(constraint["annotations"][0]["title"], "5");
    let lists = message["data"]["codelists"].as_array().unwrap();
    let areas = lists.iter().find(|list| list["id"] == "CL_AREA").unwrap();
    assert_eq!(areas["codes"].as_array().unwrap().len(), 1);
}

#[actix_web::test]
async fn scores_as_known_on_a_day_are_those_of_the_index_of_that_day() {
    const SCORES: &str = "/sdmx/3.0/data/dataflow/SANDYQ/INDEX_REGIONS/1.0.0";
    let sample = Sample::new();
    let scores_of = |text: &str, names: [&str; 3]| -> BTreeSet<String> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let places = names.map(|name| header.iter().position(|column| column == name).unwrap());
        let said = |row: csv::StringRecord| places.map(|place| row[place].to_owned()).join(" ");
        reader.records().map(|row| said(row.unwrap())).collect()
    };
    let mut seen = BTreeSet::new();
    for day in ["2023-12-31", "2024-10-24"] {
        let path = format!("{SCORES}?asOf={day}&c[TIME_PERIOD]=2023");
        let scores = sample.get_with(&path, &[("accept", "text/csv")]).await;
        assert_eq!(scores.status, 200, "{}", scores.text());
        let index = sample.get(&format!("/api/v1/index.csv?as_of={day}&period=2023")).await;
        let by_sdmx = scores_of(scores.text(), ["REF_AREA", "CRITERION", "OBS_VALUE"]);
        assert_eq!(by_sdmx, scores_of(index.text(), ["area", "criterion", "score"]), "{day}");
        seen.insert(by_sdmx);
    }
    assert_eq!(seen.len(), 2, "what was known later gives other scores");
    // A reference year that had not begun has no scores yet.
    let early = sample.get_with(&format!("{SCORES}?asOf=2022-12-31"), &[("accept", "text/csv")]).await;
    let years = scores_of(early.text(), ["TIME_PERIOD", "TIME_PERIOD", "TIME_PERIOD"]);
    assert_eq!(years.into_iter().collect::<Vec<_>>(), ["2022 2022 2022"]);
}

#[actix_web::test]
async fn every_score_carries_a_status_that_the_structure_lets_be_absent() {
    let sample = Sample::new();
    let structure =
        sample.get("/sdmx/3.0/structure/datastructure/SANDYQ/INDEX/1.1.0?references=descendants").await.json();
    let list = &structure["data"]["dataStructures"][0]["dataStructureComponents"]["attributeList"]["attributes"];
    let status = list.as_array().unwrap().iter().find(|attribute| attribute["id"] == "OBS_STATUS").unwrap();
    assert_eq!(status["usage"], "optional", "what was valid by 1.0.0 stays so by 1.1.0");
    let lists = structure["data"]["codelists"].as_array().unwrap();
    assert!(lists.iter().any(|list| list["id"] == "CL_OBS_STATUS"));
    let accept = [("accept", "application/vnd.sdmx.structurespecificdata+xml;version=2.1")];
    let scores = sample.get_with("/sdmx/2.1/data/INDEX_REGIONS?dimensionAtObservation=AllDimensions", &accept).await;
    let observations: Vec<&str> = scores.text().split("<Obs ").skip(1).collect();
    assert!(observations.iter().any(|one| one.contains("OBS_STATUS=\"O\"")), "some score is missing");
    for one in observations {
        let expected = if one.contains("OBS_VALUE=") { "OBS_STATUS=\"A\"" } else { "OBS_STATUS=\"O\"" };
        assert!(one.contains(expected), "{one}");
    }
}

/// `SDMX:CL_OBS_STATUS(2.0)`, as a dump of the SDMX global registry of 2021-09-21 gives it, read 2026-11-23 at
/// <https://github.com/vlasvlasvlas/scripts/blob/2a3141c2f7c06f95ba37ad533bac521ffc591bc9/sdmx_sql/cl_obs_status_202109211645.sql>.
/// `C` belongs to another list, `CL_CONF_STATUS`.
const OFFICIAL: [(&str, &str); 18] = [
    ("A", "Normal value"),
    ("B", "Time series break"),
    ("D", "Definition differs"),
    ("E", "Estimated value"),
    ("F", "Forecast value"),
    ("G", "Experimental value"),
    ("H", "Missing value; holiday or weekend"),
    ("I", "Imputed value (CCSA definition)"),
    ("J", "Derogation"),
    ("L", "Missing value; data exist but were not collected"),
    ("M", "Missing value; data cannot exist"),
    ("N", "Not significant"),
    ("O", "Missing value"),
    ("P", "Provisional value"),
    ("Q", "Missing value; suppressed"),
    ("S", "Strike and other special events"),
    ("U", "Low reliability"),
    ("V", "Unvalidated value"),
];

#[actix_web::test]
async fn statuses_are_letters_of_the_official_list_and_mean_what_they_mean_there() {
    let list = Sample::new().get("/sdmx/3.0/structure/codelist/SANDYQ/CL_OBS_STATUS").await.json();
    let written = include_str!("../../../../docs/API.md");
    for code in list["data"]["codelists"][0]["codes"].as_array().unwrap() {
        let (id, name) = (code["id"].as_str().unwrap(), code["name"].as_str().unwrap());
        assert!(OFFICIAL.contains(&(id, name)), "{id}: {name}");
        assert!(written.contains(&format!("| `{id}` | {name} |")), "docs/API.md says it otherwise: {id}: {name}");
    }
}
