#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};

use super::*;

mod bad_input;
mod coin_tool;
mod fuzz;
mod recipes;

const META: &str = "iCode,Type,Parent,Direction,Weight\n\
    net,Indicator,index,1,1\ngap,Indicator,index,-1,1\nindex,Aggregate,,1,1\nzone,Group,,,\n";
const RECIPE: &[u8] = br#"{"screen":{"method":"none"},"impute":{"method":"none"},"treat":{"method":"none"},
    "normalise":{"method":"min_max","lower":0,"upper":100},"aggregate":{"method":"arithmetic"}}"#;

fn faults(idata: &str, imeta: &str) -> Vec<String> {
    match compute_coinr(idata.as_bytes(), imeta.as_bytes(), RECIPE) {
        Err(ComputeRequestError::Faults(faults)) => faults.faults.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn decimal_commas_are_read_and_told() {
    let idata = "uCode;zone;net;gap\nA;north;1,5;10\nB;south;3,5;NA\nC;south;2.5;20\n";
    let answer = compute_coinr(idata.as_bytes(), META.as_bytes(), RECIPE).unwrap();
    assert_eq!(answer.reading.len(), 1);
    assert!(matches!(&answer.reading[0], ReadFinding::DecimalComma { column, cells: 2, .. } if column == "net"));
    let scores: Vec<Option<f64>> = answer.report.areas.iter().map(|area| area.scores["index"]).collect();
    assert_eq!(scores, [Some(50.0), Some(100.0), Some(25.0)]);
    let csv = String::from_utf8(to_csv(&answer).unwrap()).unwrap();
    assert!(
        csv.starts_with(
            "area,gap_score,index_score,net_score,gap_rank,index_rank,net_rank\nA,100,50,0,1,2,3\nB,,100,100,,1,1\n"
        ),
        "{csv}"
    );
}

#[test]
fn every_fault_is_named_with_row_and_column() {
    let idata = "uCode,zone,net,gap\nA,north,abc,10\nB,south,3,1.2.3\nC,south,inf,20\n";
    assert_eq!(
        faults(idata, META),
        [
            "iData, row 3, column gap: \"1.2.3\"; expected a finite number, NA or nothing",
            "iData, row 2, column net: \"abc\"; expected a finite number, NA or nothing",
            "iData, row 4, column net: \"inf\"; expected a finite number, NA or nothing",
        ]
    );
    let wrong = META.replace("gap,Indicator,index,-1", "gap,Indicator,nowhere,up");
    let found = faults("uCode,net\nA,1\n", &wrong);
    assert!(found[0].contains("iMeta, row 3, column Direction: \"up\""), "{found:?}");
    assert!(found[1].contains("the parent nowhere of gap is not in the framework"), "{found:?}");
    let found = faults("uCode,zone,net,gap\nA,n,1,2\nA,n,3,4\n", META);
    assert!(found[0].contains("iData, row 3, column uCode: the area A again, after row 2"), "{found:?}");
    let found = faults("code,zone,net,gap\nA,n,1,2\n", META);
    assert!(found[0].contains("iData, column uCode: no such column"), "{found:?}");
    let found = faults("uCode,zone,net,gap\nA,n,1\n", META);
    assert!(found[0].contains("row 2: 3 cells; expected 4 cells"), "{found:?}");
}

#[test]
fn a_faulty_recipe_names_the_place() {
    let error = compute_coinr(b"uCode\n", META.as_bytes(), br#"{"screen":{"method":"all"}}"#).unwrap_err().to_string();
    assert!(error.starts_with("the recipe, line 1, column ") && error.contains("unknown variant `all`"), "{error}");
}

#[test]
fn the_example_of_the_reference_package_comes_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/reference");
    let read = |name: &str| fs::read(folder.join(name)).unwrap();
    let recipe = br#"{"denominate":{"method":"by_framework"},"screen":{"method":"none"},
        "impute":{"method":"group_mean","group":"EurAsia_group"},
        "treat":{"method":"winsorise","max_points":5,"skewness_limit":2,"kurtosis_limit":3.5,"then":"log_ct"},
        "normalise":{"method":"min_max","lower":0,"upper":100},"aggregate":{"method":"arithmetic"}}"#;
    let answer = compute_coinr(&read("00_input/asem_iData.csv"), &read("00_input/asem_iMeta.csv"), recipe).unwrap();
    let first = answer.report.areas.iter().find(|area| area.code.as_str() == "CHE").unwrap();
    assert_eq!(first.ranks["Index"], Some(1));
    assert!((first.scores["Index"].unwrap() - 68.383_724_238_341_71).abs() < 1e-10);
}

#[test]
fn json_and_csv_give_the_same_scores() {
    let idata = "uCode,zone,net,gap\nA,n,1.5,10\nB,s,3.5,\nC,s,2.5,20\n";
    let csv = compute_coinr(idata.as_bytes(), META.as_bytes(), RECIPE).unwrap();
    let data: DataSpec = read_json(
        "data",
        br#"{"areas":[{"code":"A","groups":{"zone":"n"},"values":{"net":1.5,"gap":10}},
            {"code":"B","groups":{"zone":"s"},"values":{"net":3.5,"gap":null}},
            {"code":"C","groups":{"zone":"s"},"values":{"net":2.5,"gap":20,"other":1}}]}"#,
    )
    .unwrap();
    let framework = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap().framework;
    let tables = data.tables(framework.clone()).unwrap();
    let recipe = read_recipe(RECIPE).unwrap();
    let json = compute(tables, &recipe, &Wishes::default()).unwrap().answer;
    assert_eq!(json.report, csv.report);
    assert!(matches!(&json.reading[..], [ReadFinding::NotInFramework { column, .. }] if column == "other"));

    let wrong: DataSpec =
        read_json("data", br#"{"areas":[{"code":"A","values":{"net":1}},{"code":"A","values":{}}]}"#).unwrap();
    let found = wrong.tables(framework).unwrap_err().to_string();
    assert!(found.contains("data, column gap: no value in any area"), "{found}");
    assert!(found.contains("the area A has two rows"), "{found}");
}

#[test]
fn wishes_are_granted() {
    let idata = "uCode,zone,net,gap\nA,n,1,10\nB,s,4,30\nC,s,2,20\nD,s,3,5\n";
    let robustness: Robustness = read_json(
        "robustness",
        br#"{"factors":[{"factor":"weights","relative":0.5}],"replicates":50,"seed":3,"return_replicates":true,
            "sobol":{"n":16,"bootstrap":10,"output":{"score":"B"},"estimator":"saltelli"}}"#,
    )
    .unwrap();
    let geometric = String::from_utf8(RECIPE.to_vec()).unwrap().replace("arithmetic", "mean_min");
    let alternatives = BTreeMap::from([("strict".to_owned(), read_recipe(geometric.as_bytes()).unwrap())]);
    let wishes =
        Wishes { explain: true, analysis: true, rank_reversals: true, robustness: Some(robustness), alternatives };
    let tables = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap();
    let recipe = read_recipe(RECIPE).unwrap();
    assert!(operations(&tables, &recipe, &wishes).unwrap() > operations(&tables, &recipe, &Wishes::default()).unwrap());
    let computed = compute(tables, &recipe, &wishes).unwrap();
    let book: Xlsx<_> = Xlsx::new(Cursor::new(to_xlsx(&computed).unwrap())).unwrap();
    assert_eq!(
        book.sheet_names()[7..],
        ["Statistics", "Correlations", "Groups", "Ranks without", "Alternatives", "Rank intervals"]
    );
    let answer = computed.answer;
    let described = answer.analysis.unwrap();
    assert_eq!((described.analysis.data.len(), described.removals.len()), (2, 2));
    assert_eq!((answer.alternatives[0].name.as_str(), answer.alternatives[0].ranks.len()), ("strict", 4));
    assert_eq!(answer.explanations.len(), 4);
    let sum: f64 = answer.explanations[3].indicators.iter().filter_map(|line| line.contribution).sum();
    assert!((sum - answer.report.areas[3].scores["index"].unwrap()).abs() < 1e-12);
    let found = answer.robustness.unwrap();
    assert_eq!((found.intervals.len(), found.replicates.len(), found.sobol.len()), (4, 50, 1));
    assert!(answer.rank_reversals.is_some());
    // What was returned runs again to the same scores.
    let json = serde_json::json!({"factors":[{"factor":"weights","relative":0.5}], "return_replicates": true,
        "replay": found.replicates});
    let replay: Robustness = serde_json::from_value(json).unwrap();
    let tables = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap();
    let wishes = Wishes { robustness: Some(replay), ..Wishes::default() };
    let again = compute(tables, &recipe, &wishes).unwrap().answer.robustness.unwrap();
    assert_eq!((again.scores, again.intervals), (found.scores, found.intervals));
    let nowhere: Robustness = read_json(
        "robustness",
        br#"{"factors":[{"factor":"weights","relative":0.5}],"sobol":{"n":16,"output":{"rank":"Z"}}}"#,
    )
    .unwrap();
    let tables = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap();
    let wishes = Wishes { robustness: Some(nowhere), ..Wishes::default() };
    let refused = compute(tables, &recipe, &wishes).unwrap_err().to_string();
    assert_eq!(refused, "robustness.sobol.output names Z, which is not in the data");
    let idle: Robustness = read_json("robustness", br#"{"factors":[{"factor":"substitutes"}]}"#).unwrap();
    let tables = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap();
    let found =
        compute(tables, &recipe, &Wishes { robustness: Some(idle), ..Wishes::default() }).unwrap_err().to_string();
    assert_eq!(found, "the robustness: the factor substitutes changes no score");
    let unfit =
        String::from_utf8(RECIPE.to_vec()).unwrap().replace("min_max\",\"lower\":0,\"upper\":100", "goalposts\"");
    let wishes = Wishes {
        alternatives: BTreeMap::from([("posts".to_owned(), read_recipe(unfit.as_bytes()).unwrap())]),
        ..Wishes::default()
    };
    let tables = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap();
    let found = compute(tables, &recipe, &wishes).unwrap_err().to_string();
    assert!(
        found.starts_with("the alternative posts: the indicator ") && found.ends_with("it has no goalposts"),
        "{found}"
    );
}

#[test]
fn the_workbook_holds_every_stage_and_no_formula() {
    let idata = "uCode,zone,net,gap,Time\n-A,n,1,10,2020\n-A,n,4,,2021\nC,s,2,20,2020\n";
    let tables = coinr::read(idata.as_bytes(), META.as_bytes()).unwrap();
    let recipe = read_recipe(RECIPE).unwrap();
    let computed = compute(tables, &recipe, &Wishes::default()).unwrap();
    let bytes = to_xlsx(&computed).unwrap();
    assert_eq!(bytes, to_xlsx(&computed).unwrap());
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Scores", "Ranks", "Weights", "Values", "Treated", "Normalised", "Findings"]);
    let cells = |sheet: &str, book: &mut Xlsx<_>| -> Vec<Vec<Data>> {
        book.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
    };
    let text = |text: &str| Data::String(text.to_owned());
    let scores = cells("Scores", &mut book);
    assert_eq!(scores[0], ["area", "period", "gap", "index", "net"].map(text));
    assert_eq!(scores[1], [text("-A"), text("2020"), Data::Float(100.0), Data::Float(50.0), Data::Float(0.0)]);
    assert_eq!(scores[2], [text("-A"), text("2021"), Data::Empty, Data::Float(100.0), Data::Float(100.0)]);
    assert_eq!(cells("Values", &mut book)[3][3], Data::Float(20.0));
    for sheet in book.sheet_names() {
        assert!(book.worksheet_formula(&sheet).unwrap().used_cells().all(|(_, _, formula)| formula.is_empty()));
    }
    let csv = String::from_utf8(to_csv(&computed.answer).unwrap()).unwrap();
    assert!(csv.lines().nth(1).unwrap().starts_with("'-A,2020,"), "{csv}");
}
