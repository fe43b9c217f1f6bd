//! The formats beside JSON: each says the same figures.

use std::io::{Cursor, Read};

use ::indicators::observation::TimePeriod;
use ::indicators::wire::ObservationEntry;
use actix_web::http::Method;
use calamine::{Data, DataType, Reader, Xlsx, open_workbook_from_rs};
use zip::ZipArchive;

use super::*;
use crate::formats::DATAFLOW;

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
    assert!(!csv.header("link").contains("rel=\"next\""));
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

#[actix_web::test]
async fn fields_are_chosen_in_every_format() {
    let sample = Sample::new();
    let csv = sample.get("/api/v1/observations.csv?fields=period,area,value&area=KZ-61&period=2023").await;
    assert_eq!(csv.text(), "area,period,value\r\nKZ-61,2023-Q1,96.5\r\nKZ-61,2023,97.3\r\n");
    let json = sample.get("/api/v1/observations?fields=period,area,value&area=KZ-61&period=2022").await.json();
    assert_eq!(json["observations"], serde_json::json!([{ "area": "KZ-61", "period": "2022", "value": 94.3 }]));
    assert_eq!(json["total"], 1);
}

/// The names of what makes the key of a table, by its description.
fn key_of(schema: &Value) -> Vec<&str> {
    schema["primaryKey"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Rows of a table without some of its columns.
fn without(text: &str, dropped: &[&str]) -> Vec<Vec<String>> {
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let kept = |row: Vec<String>| -> Vec<String> {
        row.into_iter().zip(&header).filter(|(_, name)| !dropped.contains(name)).map(|(field, _)| field).collect()
    };
    rows(text).into_iter().map(kept).collect()
}

#[actix_web::test]
async fn a_choice_of_fields_makes_no_two_values_one_in_any_format() {
    let sample = Sample::new();
    for suffix in DATAFLOW.iter().map(|format| format.suffix) {
        let suffix = suffix.map_or(String::new(), |suffix| format!(".{suffix}"));
        let whole = sample.get(&format!("/api/v1/observations{suffix}")).await;
        let chosen = sample.get(&format!("/api/v1/observations{suffix}?fields=area,value")).await;
        assert_eq!(chosen.status, 200, "{suffix}: {}", chosen.text());
        match suffix.as_str() {
            "" => assert_eq!(chosen.json()["observations"].as_array().unwrap().len(), 21),
            ".csv" => assert_eq!(rows(chosen.text()).len(), 21),
            ".csv-metadata.json" => {
                assert!(key_of(&whole.json()["tableSchema"]).contains(&"period"));
                assert!(key_of(&chosen.json()["tableSchema"]).is_empty(), "areas are there many times");
            }
            ".xlsx" => {
                let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(chosen.body.to_vec())).unwrap();
                assert_eq!(workbook.worksheet_range_at(0).unwrap().unwrap().height(), 22);
            }
            ".jsonstat" => {
                let (whole, chosen) = (whole.json(), chosen.json());
                assert_eq!(chosen["value"], whole["value"]);
                assert_eq!((&chosen["id"], &chosen["size"]), (&whole["id"], &whole["size"]));
            }
            ".zip" => {
                for (answer, has_key) in [(whole, true), (chosen, false)] {
                    let mut archive = ZipArchive::new(Cursor::new(answer.body.to_vec())).unwrap();
                    let mut text = String::new();
                    archive.by_name("datapackage.json").unwrap().read_to_string(&mut text).unwrap();
                    let package: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(!key_of(&package["resources"][0]["schema"]).is_empty(), has_key, "{package}");
                    assert!(!key_of(&package["resources"][1]["schema"]).is_empty(), "codes keep theirs");
                }
            }
            ".sdmx.csv" | ".sdmx1.csv" => {
                let said = without(whole.text(), &["OBS_STATUS", "UNIT_MEASURE", "VINTAGE", "SUBMITTED_BY"]);
                assert_eq!(without(chosen.text(), &[]), said, "{}", chosen.text());
            }
            other => assert!(other.is_empty(), "nobody looked at {other}"),
        }
    }
    let cube = sample.get("/api/v1/observations.jsonstat?fields=vintage").await;
    assert_eq!(cube.json()["value"], serde_json::json!({}), "no value was chosen");
}

#[actix_web::test]
async fn a_workbook_holds_data_and_what_they_mean() {
    let sample = Sample::new();
    let answer = sample.get("/api/v1/observations.xlsx?lang=ru&area=KZ-61").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("content-disposition").starts_with("attachment;"));
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.body.to_vec())).unwrap();
    assert_eq!(workbook.sheet_names(), ["Данные", "Источник", "Столбцы", "Коды"]);
    let data = workbook.worksheet_range("Данные").unwrap();
    assert_eq!(data.get((0, 9)).unwrap(), &Data::String("value".to_owned()));
    assert_eq!(data.get((0, 7)).unwrap(), &Data::String("area_name".to_owned()));
    let values: Vec<f64> = data.rows().skip(1).filter_map(|row| row[9].as_f64()).collect();
    assert_eq!(values, [91.3, 94.3, 96.5, 97.3], "a missing value is an empty cell");
    assert_eq!(data.rows().count(), 6);
    let about = workbook.worksheet_range("Источник").unwrap();
    assert!(about.rows().any(|row| row[1].to_string().contains("Бюро национальной статистики")));
    let columns = workbook.worksheet_range("Столбцы").unwrap();
    let area = columns.rows().find(|row| row[0] == "area").unwrap();
    assert_eq!(area[1], "Территория");
    let codes = workbook.worksheet_range("Коды").unwrap();
    let region = codes.rows().find(|row| row[1] == "KZ-61").unwrap();
    assert_eq!(region[2..], ["Түркістан облысы", "Туркестанская область", "Turkistan Region"].map(Data::from));
    // The same question gives the same bytes.
    let again = Sample::new().get("/api/v1/observations.xlsx?lang=ru&area=KZ-61").await;
    assert_eq!(again.body, answer.body);
}

#[actix_web::test]
async fn every_table_and_every_column_has_a_name_in_each_language() {
    let sample = Sample::new();
    let has_columns = |route: &&Route| route.formats.iter().any(|format| format.suffix == Some("csv-metadata.json"));
    let mut n_columns = 0;
    for route in routes().filter(has_columns) {
        let path = working(route, &sample);
        let mut titles = BTreeSet::new();
        for language in ["kk", "ru", "en"] {
            let metadata = sample.get(&format!("{path}.csv-metadata.json?lang={language}")).await.json();
            assert_eq!(metadata["dc:title"]["@language"], language, "{path}");
            titles.insert(metadata["dc:title"]["@value"].as_str().unwrap().to_owned());
            for column in metadata["tableSchema"]["columns"].as_array().unwrap() {
                n_columns += 1;
                let (name, titles) = (&column["name"], &column["titles"]);
                assert_eq!(&titles["und"], name, "{path}");
                for language in ["kk", "ru", "en"] {
                    let title = titles[language].as_str().unwrap_or_default();
                    assert!(!title.is_empty() && title != name, "{path}: {name} has no name in {language}");
                }
            }
        }
        assert_eq!(titles.len(), 3, "{path}: {titles:?}");
    }
    assert!(n_columns > 300, "{n_columns}");
    let cube = async |language: &str| sample.get(&format!("/api/v1/index.jsonstat?lang={language}")).await.json();
    let (kk, en) = (cube("kk").await, cube("en").await);
    assert_eq!((&kk["id"], &kk["value"]), (&en["id"], &en["value"]), "codes and values are of no language");
    assert_eq!(
        (&kk["dimension"]["area"]["label"], &en["dimension"]["area"]["label"]),
        (&"Аумақ".into(), &"Area".into())
    );
}

#[actix_web::test]
async fn a_formula_in_a_workbook_stays_text() {
    let answer = Sample::new().get("/api/v1/runs.xlsx?lang=en").await;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(answer.body.to_vec())).unwrap();
    let data = workbook.worksheet_range("Data").unwrap();
    let found = data.rows().next().unwrap().iter().position(|cell| *cell == "found").unwrap();
    assert!(data.rows().any(|row| row[found] == "=cmd|' /C calc'!A0"));
    let mut archive = ZipArchive::new(Cursor::new(answer.body.to_vec())).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    assert!(!part("xl/worksheets/sheet1.xml").contains("<f>"), "no cell holds a formula");
    assert!(part("xl/styles.xml").contains("quotePrefix=\"1\""), "editing the cell makes none of it");
}

#[actix_web::test]
async fn json_stat_has_a_cell_for_each_observation() {
    let sample = Sample::new();
    let cube = sample.get("/api/v1/observations.jsonstat?indicator=internet_users&sex=_T&lang=en").await.json();
    assert_eq!(cube["version"], "2.0");
    assert_eq!(cube["class"], "dataset");
    let sizes: Vec<u64> = cube["size"].as_array().unwrap().iter().map(|size| size.as_u64().unwrap()).collect();
    assert_eq!(cube["role"], serde_json::json!({ "time": ["period"], "geo": ["area"], "metric": ["indicator"] }));
    assert_eq!(cube["dimension"]["area"]["category"]["label"]["KZ-61"], "Turkistan Region");
    let ids: Vec<&str> = cube["id"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    let cell = |wanted: &[(&str, &str)]| {
        let mut cell = 0;
        for (id, size) in ids.iter().zip(&sizes) {
            let codes = cube["dimension"][id]["category"]["index"].as_array().unwrap();
            let code = wanted.iter().find(|(name, _)| name == id).map_or(codes[0].as_str().unwrap(), |(_, code)| code);
            let place = codes.iter().position(|known| known == code).unwrap();
            cell = cell * size + u64::try_from(place).unwrap();
        }
        cell.to_string()
    };
    let of = |year: &str| cell(&[("area", "KZ-61"), ("period", year), ("freq", "A")]);
    assert_eq!(cube["value"][of("2023")], 97.3);
    assert!(cube["value"][of("2020")].is_null(), "missing stays missing");
    assert_eq!(cube["status"][of("2020")], "O");
    assert_eq!(cube["value"].as_object().unwrap().len(), 16);

    let scores = sample.get("/api/v1/index.jsonstat?area=KZ-61").await.json();
    assert_eq!(scores["role"]["metric"], serde_json::json!(["measure"]));
}

#[actix_web::test]
async fn a_data_package_describes_what_it_holds() {
    let answer = Sample::new().get("/api/v1/observations.zip?area=KZ-61").await;
    let mut archive = ZipArchive::new(Cursor::new(answer.body.to_vec())).unwrap();
    let mut part = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let package: Value = serde_json::from_slice(&part("datapackage.json")).unwrap();
    assert_eq!(package["licenses"][0]["title"], "MIT (the bureau's own data repository)");
    for resource in package["resources"].as_array().unwrap() {
        let bytes = part(resource["path"].as_str().unwrap());
        assert_eq!(resource["bytes"], bytes.len());
        let header = String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
        let fields: Vec<&str> = resource["schema"]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(header, fields.join(","));
    }
}

#[actix_web::test]
async fn csv_leads_to_its_metadata() {
    let sample = Sample::new();
    let csv = sample.get("/api/v1/observations.csv?area=KZ-61").await;
    let link = csv.header("link").to_owned();
    assert!(link.contains("rel=\"describedby\""), "{link}");
    let path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    let metadata = sample.get(&path).await;
    assert_eq!(metadata.header("content-type"), "application/csvm+json");
    let metadata = metadata.json();
    assert_eq!(metadata["url"], "observations.csv?area=KZ-61");
    let columns: Vec<&str> = metadata["tableSchema"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| column["name"].as_str().unwrap())
        .collect();
    assert_eq!(csv.text().lines().next().unwrap(), columns.join(","));
}

#[actix_web::test]
async fn sdmx_csv_comes_in_the_version_asked_for() {
    let sample = Sample::new();
    let one = [("accept", "application/vnd.sdmx.data+csv;version=1.0.0")];
    let first = sample.get_with("/api/v1/observations?area=KZ-61&period=2022", &one).await;
    assert_eq!(
        first.text(),
        "DATAFLOW,FREQ,INDICATOR,URBANISATION,SEX,AGE,REF_AREA,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MEASURE,VINTAGE,\
         SUBMITTED_BY\r\n\
         SANDYQ:BNS_SDG_17_8_1(1.0.0),A,internet_users,_T,_T,_T,KZ-61,2022,94.3,A,PT,BNS_SDG_17_8_1@2024-10-24.1,\r\n"
    );
    let second = sample.get("/api/v1/index.sdmx.csv?area=KZ-61").await;
    assert!(
        second.text().starts_with("STRUCTURE,STRUCTURE_ID,ACTION,TIME_PERIOD,REF_AREA,CRITERION,OBS_VALUE,RELEASE")
    );
    assert!(second.text().contains("dataflow,SANDYQ:INDEX_REGIONS(1.0.0),I,2023,KZ-61,index,"));
}

/// A view in which somebody delivered one of the figures.
fn with_a_submitter(name: &str) -> Sample {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "submitted".to_owned();
    let delivered = |one: &&mut ObservationEntry| one.area.as_str() == "KZ-61" && one.period == TimePeriod::Year(2023);
    let entry = view.observations.iter_mut().find(delivered).unwrap();
    entry.submitted_by = Some(name.to_owned());
    sample.view.swap(view);
    sample
}

#[actix_web::test]
async fn every_format_says_who_delivered_a_figure_and_nothing_beside_the_others() {
    const NAME: &str = "Akimat & \"Sons\"";
    let sample = with_a_submitter(NAME);
    let question = "indicator=internet_users&area=KZ-61&period=2022..2023";
    let json = sample.get(&format!("/api/v1/observations?{question}")).await.json();
    let named: Vec<_> = json["observations"].as_array().unwrap().iter().map(|one| one.get("submitted_by")).collect();
    assert_eq!(named, [None, None, Some(&Value::from(NAME))]);
    let expected = ["", "", NAME];
    for (suffix, name) in [("csv", "submitted_by"), ("sdmx.csv", "SUBMITTED_BY"), ("sdmx1.csv", "SUBMITTED_BY")] {
        let answer = sample.get(&format!("/api/v1/observations.{suffix}?{question}")).await;
        assert_eq!(column(answer.text(), name), expected, "{suffix}");
    }
    let workbook = sample.get(&format!("/api/v1/observations.xlsx?{question}&lang=en")).await;
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(workbook.body.to_vec())).unwrap();
    let data = workbook.worksheet_range("Data").unwrap();
    let heading = Data::String("submitted_by".to_owned());
    let column_of = data.rows().next().unwrap().iter().position(|cell| *cell == heading).unwrap();
    let named: Vec<String> = data.rows().skip(1).map(|row| row[column_of].to_string()).collect();
    assert_eq!(named, expected);
    let package = sample.get(&format!("/api/v1/observations.zip?{question}")).await;
    let mut archive = ZipArchive::new(Cursor::new(package.body.to_vec())).unwrap();
    let mut text = String::new();
    archive.by_name("data.csv").unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(column(&text, "submitted_by"), expected);
    let cube = sample.get(&format!("/api/v1/observations.jsonstat?{question}")).await.json();
    let named = cube["extension"]["submitted_by"].as_object().unwrap();
    let said: Vec<_> = named.iter().map(|(cell, name)| (name.as_str(), cube["value"][cell].as_f64())).collect();
    assert_eq!(said, [(Some(NAME), Some(97.3))]);
}

#[actix_web::test]
async fn sdmx_says_who_delivered_a_figure_by_an_attribute_of_the_structure() {
    let sample = with_a_submitter("Akimat & \"Sons\"");
    let path = "/sdmx/2.1/data/BNS_SDG_17_8_1/A..._T._T.KZ-61?startPeriod=2022";
    let escaped = "Akimat &amp; &quot;Sons&quot;";
    let generic = sample.get(path).await;
    let said = format!("<gen:Value id=\"SUBMITTED_BY\" value=\"{escaped}\"/>");
    assert_eq!(generic.text().matches(&said).count(), 1, "{}", generic.text());
    assert_eq!(generic.text().matches("SUBMITTED_BY").count(), 1, "nothing is said where nobody delivered");
    let accept = [("accept", "application/vnd.sdmx.structurespecificdata+xml;version=2.1")];
    let specific = sample.get_with(path, &accept).await;
    assert_eq!(specific.text().matches(&format!("SUBMITTED_BY=\"{escaped}\"")).count(), 1, "{}", specific.text());
    let structure = sample.get("/sdmx/3.0/structure/datastructure/SANDYQ/OBSERVATIONS/1.1.0").await.json();
    let list = &structure["data"]["dataStructures"][0]["dataStructureComponents"]["attributeList"]["attributes"];
    let attribute = list.as_array().unwrap().iter().find(|attribute| attribute["id"] == "SUBMITTED_BY").unwrap();
    assert_eq!(attribute["usage"], "optional");
    let structure = sample.get("/sdmx/2.1/datastructure/SANDYQ/OBSERVATIONS/1.1.0?references=children").await;
    assert!(structure.text().contains("<str:Attribute id=\"SUBMITTED_BY\" assignmentStatus=\"Conditional\">"));
    assert!(structure.text().contains("<str:Concept id=\"SUBMITTED_BY\""));
}

#[actix_web::test]
async fn a_long_answer_is_written_while_it_is_sent() {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "longer".to_owned();
    let one = view.observations.clone();
    while view.observations.len() < 6_000 {
        view.observations.extend(one.iter().cloned());
    }
    view.observations.sort_by(|one, other| one.indicator.cmp(&other.indicator));
    let length = view.observations.len();
    sample.view.swap(view);
    let path = "/api/v1/observations.csv?lang=en";
    let plain = sample.get(path).await;
    assert!(plain.header("content-length").is_empty(), "its length is not known before");
    assert_eq!(rows(plain.text()).len(), length);
    let tag = plain.header("etag").to_owned();
    assert_eq!(sample.get_with(path, &[("if-none-match", &tag)]).await.status, 304);
    let coded = sample.get_with(path, &[("accept-encoding", "br")]).await;
    assert_eq!(coded.header("content-encoding"), "br");
    assert_ne!(coded.header("etag"), tag);
    let mut decoded = Vec::new();
    brotli::Decompressor::new(&coded.body[..], 4096).read_to_end(&mut decoded).unwrap();
    assert_eq!(decoded, plain.body.to_vec());
    let head = sample.send(Method::HEAD, path).await;
    assert_eq!((head.status.as_u16(), head.header("etag"), head.body.len()), (200, tag.as_str(), 0));
}

#[actix_web::test]
async fn a_cube_that_no_reader_could_lay_out_is_refused() {
    let sample = Sample::new();
    let mut view = sample::view();
    view.id = "wide".to_owned();
    let one = view.observations[0].clone();
    // Codes that meet only on the diagonal: few observations, many cells.
    for number in 0..1200_i16 {
        let mut entry = one.clone();
        entry.area = view.areas[usize::try_from(number).unwrap() % 200].code.clone();
        entry.age = format!("Y{number}");
        entry.period = TimePeriod::Year(1900 + number % 200);
        view.observations.push(entry);
    }
    view.observations.sort_by(|one, other| one.indicator.cmp(&other.indicator));
    sample.view.swap(view);
    let refused = sample.get("/api/v1/observations.jsonstat").await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.json()["code"], "answer_too_large");
}

#[actix_web::test]
async fn the_key_of_every_table_tells_its_rows_apart() {
    let sample = Sample::with_a_revision();
    let revisions = sample.get("/api/v1/revisions").await.json();
    assert_eq!(revisions["revisions"].as_array().unwrap().len(), 2, "one value was revised twice");
    for route in ROUTES {
        let has = |suffix: &str| route.formats.iter().any(|format| format.suffix == Some(suffix));
        if !(has("csv") && has("csv-metadata.json")) {
            continue;
        }
        let path = working(route, &sample);
        let metadata = sample.get(&format!("{path}.csv-metadata.json")).await.json();
        let key = key_of(&metadata["tableSchema"]);
        let table = sample.get(&format!("{path}.csv")).await;
        let columns: Vec<Vec<String>> = key.iter().map(|name| column(table.text(), name)).collect();
        let mut seen = BTreeSet::new();
        for row in 0..columns.first().map_or(0, Vec::len) {
            let codes: Vec<&str> = columns.iter().map(|column| column[row].as_str()).collect();
            assert!(seen.insert(codes.join(" ")), "{path}: {codes:?} is there twice");
        }
    }
}

#[actix_web::test]
async fn a_score_that_cannot_be_computed_says_so_by_its_status() {
    let sample = Sample::new();
    let table = sample.get("/api/v1/index.csv").await;
    let (scores, statuses) = (column(table.text(), "score"), column(table.text(), "status"));
    for (score, status) in scores.iter().zip(&statuses) {
        assert_eq!(status, if score.is_empty() { "O" } else { "A" });
    }
    assert!(statuses.iter().any(|status| status == "O") && statuses.iter().any(|status| status == "A"));
    let cube = sample.get("/api/v1/index.jsonstat").await.json();
    let measures = cube["dimension"]["measure"]["category"]["index"].as_array().unwrap();
    let score = measures.iter().position(|measure| measure == "score").unwrap();
    let said = cube["status"].as_object().unwrap();
    assert_eq!(said.len(), scores.len(), "the status is that of the score, not of its rank or coverage");
    for (cell, status) in said {
        assert_eq!(cell.parse::<usize>().unwrap() % measures.len(), score);
        assert_eq!(cube["value"].get(cell).is_some(), status == "A", "{cell}");
    }
}
