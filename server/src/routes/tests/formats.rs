//! The representations: CSV beside JSON.

use super::*;

fn rows(text: &str) -> Vec<Vec<String>> {
    csv::Reader::from_reader(text.as_bytes())
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

fn column(text: &str, name: &str) -> Vec<String> {
    let header = text.lines().next().unwrap();
    let place = header.split(',').position(|column| column == name).unwrap();
    rows(text).into_iter().map(|row| row[place].clone()).collect()
}

#[actix_web::test]
async fn csv_comes_by_suffix_and_by_accept() {
    let sample = Sample::new();
    let by_suffix = sample.get("/api/v1/areas.csv").await;
    let by_accept = sample.get_with("/api/v1/areas", &[("accept", "text/csv")]).await;
    assert_eq!(by_suffix.body, by_accept.body);
    assert_eq!(by_suffix.header("content-type"), "text/csv; charset=utf-8; header=present");
    assert!(by_suffix.header("content-disposition").contains("sandyq-areas.csv"));
    let json = sample.get("/api/v1/areas").await.json();
    assert_eq!(rows(by_suffix.text()).len(), json["areas"].as_array().unwrap().len());
    // The suffix decides whatever the header says.
    assert_eq!(sample.get_with("/api/v1/areas.csv", &[("accept", "application/json")]).await.body, by_suffix.body);
}

#[actix_web::test]
async fn scores_in_csv_are_those_in_json() {
    let sample = Sample::new();
    let csv = sample.get("/api/v1/index.csv?lang=en").await;
    let json = sample.get("/api/v1/index").await.json();
    let text = csv.text();
    assert_eq!(rows(text).len(), 21 * 9, "the nation and twenty regions, the index and eight criteria");
    let (areas, criteria, scores) = (column(text, "area"), column(text, "criterion"), column(text, "score"));
    for entry in json["index"].as_array().unwrap() {
        let area = entry["area"].as_str().unwrap();
        let row = areas.iter().zip(&criteria).position(|(a, c)| a == area && c == "index").unwrap();
        let expected = entry["score"].as_f64().map(|score| score.to_string()).unwrap_or_default();
        assert_eq!(scores[row], expected, "{area}");
    }
    let names = column(text, "area_name");
    assert!(names.iter().any(|name| name.contains("Turkistan")), "{names:?}");
    assert!(sample.get("/api/v1/index.csv").await.text().contains("Түркістан"));
}

#[actix_web::test]
async fn observations_in_csv_come_whole_with_nothing_for_missing() {
    let sample = Sample::new();
    let csv = sample.get("/api/v1/observations.csv").await;
    assert_eq!(rows(csv.text()).len(), 21);
    assert!(csv.header("link").is_empty());
    let missing = sample.get("/api/v1/observations.csv?area=KZ-61&period=2020").await;
    assert_eq!(column(missing.text(), "value"), [""]);
    assert_eq!(column(missing.text(), "status"), ["O"]);
    let paged = sample.get("/api/v1/observations.csv?limit=20").await;
    assert_eq!(rows(paged.text()).len(), 20);
    assert!(paged.header("link").contains("rel=\"next\""));
}

#[actix_web::test]
async fn a_formula_in_what_was_found_is_made_harmless() {
    let csv = Sample::new().get("/api/v1/runs.csv").await;
    assert_eq!(column(csv.text(), "found"), ["'=cmd|' /C calc'!A0", ""]);
}

#[actix_web::test]
async fn a_profile_in_csv_has_a_row_for_each_indicator() {
    let sample = Sample::new();
    let json = sample.get("/api/v1/index/KZ-61").await.json();
    let cells: usize = json["profile"]["criteria"]
        .as_array()
        .unwrap()
        .iter()
        .map(|criterion| criterion["indicators"].as_array().unwrap().len())
        .sum();
    let csv = sample.get("/api/v1/index/KZ-61.csv?lang=ru").await;
    assert_eq!(rows(csv.text()).len(), cells);
}
