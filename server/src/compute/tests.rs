#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::fs;
use std::path::Path;

use super::coinr::ReadFinding;
use super::*;

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
    assert!(found[0].contains("the area A has two rows"), "{found:?}");
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
fn no_bytes_make_the_reader_panic() {
    for idata in [&b""[..], b"\xff\xfe", b"uCode", b"uCode\n\n\n", b"\"", b"uCode,uCode\nA,A\n", b",,,\n,,,\n"] {
        for imeta in [&b""[..], b"\xff", META.as_bytes(), b"iCode,Type,Parent,Direction\n,,,\n", b"iCode\n\"\n"] {
            assert!(compute_coinr(idata, imeta, RECIPE).is_err());
        }
    }
}
