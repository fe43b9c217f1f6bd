//! What can be wrong with a caller's data, one by one: a defined result, or an error that names the
//! code, the row and the column.

use indicators::finding::Finding;

use super::*;

/// Two groups of two indicators.
const TREE: &str = "iCode,Type,Parent,Direction,Weight,goalpost_lower,goalpost_upper\n\
    net,Indicator,access,1,1,0,100\n\
    gap,Indicator,access,-1,1,0,50\n\
    skill,Indicator,people,1,1,0,10\n\
    staff,Indicator,people,1,1,0,10\n\
    access,Aggregate,index,1,1,,\n\
    people,Aggregate,index,1,1,,\n\
    index,Aggregate,,1,1,,\n";
const DATA: &str = "uCode,net,gap,skill,staff\nA,10,5,1,7\nB,20,9,2,7\nC,40,1,4,7\nD,90,2,8,7\n";

fn recipe(normalise: &str, aggregate: &str) -> String {
    format!(
        r#"{{"screen":{{"method":"none"}},"impute":{{"method":"none"}},"treat":{{"method":"none"}},
            "normalise":{{"method":"{normalise}"}},"aggregate":{{"method":"{aggregate}"}}}}"#
    )
}

fn answer(data: &str, tree: &str, recipe: &str) -> ComputeAnswer {
    compute_coinr(data.as_bytes(), tree.as_bytes(), recipe.as_bytes()).unwrap()
}

fn score(answer: &ComputeAnswer, area: &str, node: &str) -> Option<f64> {
    answer.report.areas.iter().find(|entry| entry.code.as_str() == area).unwrap().scores[node]
}

/// The only fault of a pair of tables.
#[track_caller]
fn check_fault(data: &str, tree: &str, expected: &str) {
    let found = faults(data, tree);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains(expected), "{found:?}");
}

/// The only fault of a changed tree.
#[track_caller]
fn check_tree(from: &str, to: &str, expected: &str) {
    let changed = TREE.replacen(from, to, 1);
    assert_ne!(changed, TREE);
    check_fault(DATA, &changed, expected);
}

#[test]
fn a_constant_column_scores_the_middle() {
    let answer = answer(DATA, TREE, &recipe("min_max", "arithmetic"));
    assert!("ABCD".chars().all(|area| score(&answer, &area.to_string(), "staff") == Some(50.0)));
    assert!(answer.report.findings.iter().any(
        |finding| matches!(finding, Finding::ConstantIndicator { indicator, value: 7.0, .. } if indicator.as_str() == "staff")
    ));
}

#[test]
fn one_value_has_a_score() {
    let data = "uCode,net,gap,skill,staff\nA,10,5,1,7\nB,,,,3\n";
    for (method, expected) in [("min_max", 50.0), ("z_score", 0.0), ("rank", 1.0), ("percentile_rank", 0.5)] {
        let answer = answer(data, TREE, &recipe(method, "arithmetic"));
        assert_eq!(score(&answer, "A", "net"), Some(expected), "{method}");
        assert_eq!(score(&answer, "B", "net"), None, "{method}");
    }
    let alone = answer("uCode,net,gap,skill,staff\nA,10,5,1,7\n", TREE, &recipe("min_max", "arithmetic"));
    assert_eq!((score(&alone, "A", "index"), alone.report.areas[0].ranks["index"]), (Some(50.0), Some(1)));
}

#[test]
fn all_missing_stays_missing() {
    let data = "uCode,net,gap,skill,staff\nA,10,5,NA,\nB,20,9,,NaN\nC,,,,\n";
    for method in ["min_max", "z_score", "rank", "borda", "percentile_rank", "distance_to_max", "goalposts", "scaled"] {
        for aggregate in ["arithmetic", "geometric", "harmonic", "copeland", "mazziotta_pareto", "wroclaw", "mean_min"]
        {
            let answer = answer(data, TREE, &recipe(method, aggregate));
            assert_eq!(score(&answer, "A", "people"), None, "{method} {aggregate}");
            assert_eq!(score(&answer, "C", "index"), None, "{method} {aggregate}");
            assert_eq!(answer.report.areas[2].ranks["index"], None, "{method} {aggregate}");
            let empty = |code: &str| {
                answer.report.findings.iter().any(
                    |finding| matches!(finding, Finding::EmptyIndicator { indicator } if indicator.as_str() == code),
                )
            };
            assert!(empty("skill") && empty("staff") && !empty("net"), "{method} {aggregate}");
        }
    }
}

#[test]
fn infinite_and_unreadable_values_are_refused_with_their_place() {
    for wrong in ["inf", "-Inf", "1e999", "Infinity", "nan(1)", "12 apples", "1.2.3", "1,2,3"] {
        let data = DATA.replace("B,20,", &format!("B,\"{wrong}\","));
        check_fault(&data, TREE, "iData, row 3, column net: ");
        check_fault(&data, TREE, wrong);
    }
    check_tree("1,1,0,100", "1,inf,0,100", "iMeta, row 2, column Weight: \"inf\"");
}

#[test]
fn a_zero_in_a_geometric_mean_makes_it_zero_and_is_told() {
    let answer = answer(DATA, TREE, &recipe("min_max", "geometric"));
    assert_eq!(score(&answer, "A", "access"), Some(0.0));
    assert!(answer.report.findings.iter().any(
        |finding| matches!(finding, Finding::ZeroScore { group, areas } if group.as_str() == "access" && areas.len() == 2)
    ));
}

#[test]
fn weights_summing_to_zero_are_refused() {
    let tree = TREE.replace("access,1,1,", "access,1,0,").replace("access,-1,1,", "access,-1,0,");
    check_fault(DATA, &tree, "iMeta, row 6, column Weight: the weights inside access sum to 0");
    let mut by_recipe = recipe("min_max", "arithmetic");
    by_recipe.insert_str(1, r#""weights":{"method":"set","values":{"net":0,"gap":0}},"#);
    let found = compute_coinr(DATA.as_bytes(), TREE.as_bytes(), by_recipe.as_bytes()).unwrap_err().to_string();
    assert_eq!(found, "the recipe: the weights inside access sum to 0");
    check_tree("access,1,1,0", "access,1,-2,0", "iMeta, row 2, column Weight: the weight -2");
}

#[test]
fn goalposts_that_are_none_are_refused() {
    check_tree("1,0,100", "1,100,100", "iMeta, row 2, column goalpost_lower: goalposts from 100 to 100");
    check_tree("1,0,100", "1,100,0", "iMeta, row 2, column goalpost_lower: goalposts from 100 to 0");
    check_tree("1,0,100", "1,0,", "iMeta, row 2, column goalpost_upper: nothing; expected both bounds or neither");
    let without = TREE.replace("1,0,100", "1,,");
    let steps = recipe("goalposts", "arithmetic");
    let found = compute_coinr(DATA.as_bytes(), without.as_bytes(), steps.as_bytes()).unwrap_err().to_string();
    assert_eq!(found, "the indicator net: it has no goalposts");
}

#[test]
fn faults_of_the_tree_are_told_with_code_row_and_column() {
    check_tree(
        "net,Indicator,access",
        "net,Indicator,nowhere",
        "iMeta, row 2, column Parent: the parent nowhere of net",
    );
    check_tree(
        "net,Indicator,access",
        "net,Indicator,gap",
        "iMeta, row 2, column Parent: gap, the parent of net, is an",
    );
    check_tree(
        "index,Aggregate,,",
        "index,Aggregate,people,",
        "iMeta, row 8, column Parent: a cycle: index → people → index",
    );
    check_tree(
        "net,Indicator,access",
        "net,Indicator,",
        "iMeta, row 2, column Parent: the indicator net has no parent",
    );
    check_tree(
        "access,Aggregate,index",
        "access,Aggregate,",
        "iMeta, row 8, column Parent: 2 nodes without a parent (access, index)",
    );
    check_tree(
        "skill,",
        "net,",
        "iMeta, row 4, column iCode: the code net comes twice (nodes 1 and 3): it has two parents, access and people",
    );
    check_tree(
        "skill,Indicator,people",
        "net,Indicator,access",
        "iMeta, row 4, column iCode: the code net comes twice (nodes 1 and 3)",
    );
    check_tree(
        "index,Aggregate",
        "spare,Aggregate,index,1,1,,\nindex,Aggregate",
        "iMeta, row 8, column iCode: the group spare has no indicator",
    );
    check_tree(
        "access,Aggregate,index,1",
        "access,Aggregate,index,-1",
        "iMeta, row 6, column Direction: \"-1\" on an aggregate",
    );
    check_tree("access,-1,", "access,0,", "iMeta, row 3, column Direction: \"0\"; expected 1 or -1");
    check_tree("gap,Indicator", "gap,indicator", "iMeta, row 3, column Type: \"indicator\"");
    check_tree("net,Indicator", "n t,Indicator", "iMeta, row 2, column iCode: the character ' '");
}

#[test]
fn faults_of_the_data_are_told_with_row_and_column() {
    check_fault(&DATA.replace("staff", "stuff"), TREE, "iData, column staff: no such column");
    check_fault(&DATA.replace("\nB,", "\nA,"), TREE, "iData, row 3, column uCode: the area A again, after row 2");
    check_fault(&DATA.replace("\nB,", "\n,"), TREE, "iData, row 3, column uCode: an empty code");
    let twice = faults(&DATA.replace("skill,staff", "skill,skill"), TREE);
    assert!(twice[0].contains("iData, column skill: the column comes twice"), "{twice:?}");
    check_fault("uCode,net,gap,skill,staff\n", TREE, "iData, column uCode: no areas");
    check_fault(&DATA.replace("B,20", "B,20,1"), TREE, "iData, row 3: 6 cells; expected 5 cells, as in the header");
    // Blank lines and line breaks inside a cell are counted as a spreadsheet shows them.
    let spread = "uCode,uName,net,gap,skill,staff\nA,\"two\nlines\",10,5,1,7\n\nB,x,20,9,2,x\n";
    check_fault(spread, TREE, "iData, row 4, column staff: \"x\"");
    let twice = "uCode,Time,net,gap,skill,staff\nA,2020,1,1,1,1\nA,2021,1,1,1,1\nA,2020,1,1,1,1\n";
    check_fault(twice, TREE, "iData, row 4, column uCode: the area A for 2020 again, after row 2");
    check_fault(&twice.replace("2021", "soon"), TREE, "iData, row 3, column Time: ");
}

#[test]
fn levels_and_limits_that_are_not_used_are_told() {
    let tree = TREE.replace("iCode,", "Level,scaled_lower,scaled_upper,iCode,");
    let tree: Vec<String> = tree
        .lines()
        .map(|line| match line.split(',').next() {
            Some("Level") => line.to_owned(),
            Some("net") => format!("2,0,90,{line}"),
            Some("gap") => format!("1,0,50,{line}"),
            Some("index") => format!("3,,,{line}"),
            Some("access" | "people") => format!("2,,,{line}"),
            _ => format!("1,,,{line}"),
        })
        .collect();
    let found = answer(DATA, &tree.join("\n"), &recipe("goalposts", "arithmetic")).reading;
    assert_eq!(
        found,
        [
            ReadFinding::LimitsIgnored { table: TableName::Meta, row: 2, node: "net".to_owned() },
            ReadFinding::LevelIgnored {
                table: TableName::Meta,
                row: 2,
                node: "net".to_owned(),
                found: "2".to_owned(),
                level: 1
            },
        ]
    );
}

#[test]
fn recipes_that_cannot_be_computed_say_why() {
    fn check(insert: &str, expected: &str) {
        let recipe = recipe("min_max", "arithmetic");
        let mut parts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&recipe).unwrap();
        parts.append(&mut serde_json::from_str(insert).unwrap());
        let steps = serde_json::to_vec(&parts).unwrap();
        let found = compute_coinr(DATA.as_bytes(), TREE.as_bytes(), &steps).unwrap_err().to_string();
        assert!(found.contains(expected), "{found}");
    }
    check(
        r#"{"denominate":{"method":"by","denominators":{"nett":{"column":"gap"}}}}"#,
        "denominate.denominators names nett",
    );
    check(
        r#"{"denominate":{"method":"by","denominators":{"net":{"column":"gap","scale":0}}}}"#,
        "denominate.scale is 0",
    );
    check(r#"{"denominate":{"method":"by","denominators":{"net":{"column":"area_km2"}}}}"#, "area_km2 has no column");
    check(
        r#"{"screen":{"method":"availability","minimum":0.5,"always_in":["Z"]}}"#,
        "screen.always_in names Z, which is not in the data",
    );
    check(r#"{"screen":{"method":"availability","minimum":1.5}}"#, "minimum is 1.5; expected 0 to 1");
    check(r#"{"screen":{"method":"availability","minimum":1,"always_out":["A","B","C","D"]}}"#, "no areas to compute");
    check(r#"{"impute":{"method":"group_mean","group":"zone"}}"#, "the grouping zone is not in the data");
    check(r#"{"impute":{"method":"panel_latest"}}"#, "panel_latest needs a panel");
    check(r#"{"impute":{"method":"em","max_iterations":0}}"#, "max_iterations is 0; expected 1 or more");
    check(r#"{"impute":{"method":"row_mean","within_level":9}}"#, "within_level is 9");
    check(r#"{"normalise":{"method":"distance_to_target"}}"#, "the indicator net: it has no target");
    check(
        r#"{"normalise":{"method":"distance_to_target","above":"refuse"}}"#,
        "above is refuse; expected clip or allow",
    );
    check(r#"{"normalise":{"method":"distance_to_reference","area":"Z"}}"#, "the reference area Z is not in the data");
    check(r#"{"normalise":{"method":"min_max","lower":5,"upper":1}}"#, "upper is 1; expected above lower");
    check(r#"{"aggregate":{"method":"generalised","power":0}}"#, "power is 0");
    check(
        r#"{"aggregate":[{"method":"arithmetic"}]}"#,
        "aggregate has 1 entries; the framework has 2 levels of groups",
    );
    check(r#"{"weights":{"method":"optimised","tolerance":0}}"#, "weights.tolerance is 0");
    check(r#"{"data_threshold":2}"#, "data_threshold is 2; expected 0 to 1");
}

#[test]
fn fractions_that_would_turn_the_order_round_are_none() {
    let data =
        DATA.replace("10,5,", "-10,5,").replace("20,9", "-20,-9").replace("40,1", "-40,1").replace("90,2", "-90,2");
    let answer = answer(&data, TREE, &recipe("fraction_of_max", "arithmetic"));
    for (indicator, extreme) in [("net", -10.0), ("gap", -9.0)] {
        assert_eq!(score(&answer, "A", indicator), None);
        assert!(answer.report.findings.iter().any(|finding| matches!(finding,
            Finding::NoFraction { indicator: code, extreme: found } if code.as_str() == indicator && (found - extreme).abs() < 1e-12)));
    }
}

#[test]
fn numbers_too_large_to_compute_with_are_told() {
    let data = DATA.replace("10,5,", "-1.7e308,5,").replace("90,2", "1.7e308,2");
    let steps = recipe("z_score", "arithmetic");
    let found = answer(&data, TREE, &steps);
    let lost =
        |finding: &Finding| matches!(finding, Finding::Overflow { indicator, .. } if indicator.as_str() == "net");
    let scores: Vec<Option<f64>> = "ABCD".chars().map(|area| score(&found, &area.to_string(), "net")).collect();
    assert!(scores.iter().flatten().all(|score| score.is_finite()));
    assert_eq!(scores.contains(&None), found.report.findings.iter().any(lost), "{scores:?}");
}
