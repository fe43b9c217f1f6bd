//! Anything may be sent: tables, recipes and frameworks that are nearly right, bytes turned over.
//! Whatever comes is computed or refused; nothing panics, nothing goes on for ever, and no number
//! that is none leaves. `PROPTEST_CASES` sets how many cases are tried.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::*;

/// What a service would compute; more is refused by it before it begins.
const MOST_OPERATIONS: f64 = 1e7;

const NODES: [&str; 6] = ["net", "gap", "skill", "access", "index", "zone"];

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (-1000_i32..1000).prop_map(|number| number.to_string()),
        4 => any::<f64>().prop_map(|number| number.to_string()),
        2 => (0_u8..100, 0_u8..100).prop_map(|(whole, part)| format!("\"{whole},{part}\"")),
        2 => select(vec!["", "NA", "NaN", "n/a", "inf", "1e309", "-0", "0", "1 234,5", "\"", "\"\"", "a\"b", "Ә", "=1+1"])
            .prop_map(str::to_owned),
        1 => ".{0,6}",
        1 => select(NODES.to_vec()).prop_map(str::to_owned),
    ]
}

/// Tables in the layout of iData, mostly.
fn idata() -> impl Strategy<Value = Vec<u8>> {
    let header = prop::sample::subsequence(vec!["uCode", "uName", "Time", "zone", "net", "gap", "skill", "net"], 3..=8);
    let area = prop_oneof![
        9 => select(vec!["A", "B", "C", "D", "E", "F"]).prop_map(str::to_owned),
        1 => cell(),
    ];
    let time = select(vec!["2019", "2020", "2020-Q1", "soon", ""]);
    let row = (area, time, prop::collection::vec(cell(), 8));
    let separator = select(vec![',', ';', '\t']);
    let line_break = select(vec!["\n", "\r\n", "\n\n"]);
    (header, prop::collection::vec(row, 0..7), separator, line_break).prop_map(
        |(header, rows, separator, line_break)| {
            let join = |cells: Vec<String>| cells.join(&separator.to_string());
            let mut lines = vec![join(header.iter().map(|&name| name.to_owned()).collect())];
            for (area, time, cells) in rows {
                let cells = header.iter().zip(cells).map(|(name, cell)| match *name {
                    "uCode" => area.clone(),
                    "Time" => time.to_owned(),
                    _ => cell,
                });
                lines.push(join(cells.collect()));
            }
            lines.join(line_break).into_bytes()
        },
    )
}

/// Trees in the layout of iMeta, mostly.
fn imeta() -> impl Strategy<Value = Vec<u8>> {
    let kind = select(vec!["Indicator", "Indicator", "Aggregate", "Group", "Denominator", "Other", "indicator", ""]);
    let row = (select(NODES.to_vec()), kind, select([&NODES[..], &[""]].concat()), cell(), cell(), cell());
    prop::collection::vec(row, 0..8).prop_map(|rows| {
        let mut text = "iCode,Type,Parent,Direction,Weight,goalpost_lower,goalpost_upper\n".to_owned();
        for (code, kind, parent, direction, low, high) in rows {
            writeln!(text, "{code},{kind},{parent},{direction},1,{low},{high}").unwrap();
        }
        text.into_bytes()
    })
}

const GOOD_META: &str = "iCode,Type,Parent,Direction,Weight,Target,goalpost_lower,goalpost_upper\n\
    net,Indicator,access,1,1,80,0,100\ngap,Indicator,access,-1,2,1,0,50\nskill,Indicator,index,1,1,9,1,10\n\
    access,Aggregate,index,1,1,,,\nindex,Aggregate,,1,1,,,\nzone,Group,,,,,,\n";

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-5_i64..120).prop_map(Value::from),
        2 => (0.0..1.0_f64).prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => select(vec![json!(u64::MAX), json!(1e300), json!(-1e300), json!(null), json!("5"), json!(true)]),
    ]
}

/// A step of a recipe: methods that exist with parameters that may, and sometimes neither.
fn step(methods: &'static [&'static str], parameters: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let chosen = prop::sample::subsequence(parameters.to_vec(), 0..=parameters.len().min(3));
    let method = prop_oneof![20 => select(methods.to_vec()), 1 => Just("no_such_method")];
    (method, chosen, prop::collection::vec(number(), 3)).prop_map(|(method, chosen, numbers)| {
        let mut step = json!({ "method": method });
        for (name, number) in chosen.into_iter().zip(numbers) {
            step[name] = match name {
                "group" => json!("zone"),
                "area" => json!("A"),
                "above" | "outside" => json!("clip"),
                "then" | "with" => json!("log_ct"),
                "values" | "importance" => json!({ "net": number }),
                "share_limits" => json!({ "lower": 0.1, "upper": number }),
                "denominators" => json!({ "net": { "column": "gap", "scale": number } }),
                _ => number,
            };
        }
        step
    })
}

fn a_recipe() -> impl Strategy<Value = Value> {
    let aggregate = || {
        step(
            &[
                "arithmetic",
                "geometric",
                "harmonic",
                "generalised",
                "copeland",
                "mazziotta_pareto",
                "adjusted_mazziotta_pareto",
                "benefit_of_the_doubt",
                "wroclaw",
                "mean_min",
                "ordered_weighted",
            ],
            &["power", "share_limits", "intensity", "smoothing", "orness"],
        )
    };
    let aggregates = prop_oneof![aggregate(), prop::collection::vec(aggregate(), 2).prop_map(Value::from)];
    let steps = (
        step(&["none", "by_framework", "by"], &["denominators"]),
        step(&["none", "none", "availability", "non_zero"], &["minimum"]),
        step(
            &["none", "mean", "median", "group_mean", "row_mean", "panel_latest", "panel_linear", "em"],
            &["group", "within_level", "max_periods", "max_iterations", "tolerance"],
        ),
        step(&["none", "winsorise", "transform"], &["max_points", "skewness_limit", "kurtosis_limit", "then", "with"]),
        step(
            &[
                "none",
                "min_max",
                "z_score",
                "rank",
                "borda",
                "percentile_rank",
                "distance_to_max",
                "distance_to_reference",
                "distance_to_target",
                "fraction_of_max",
                "scaled",
                "goalposts",
            ],
            &["lower", "upper", "mean", "standard_deviation", "area", "above", "outside"],
        ),
        step(
            &["given", "equal", "set", "pca", "critic", "entropy", "gini", "optimised"],
            &["values", "importance", "max_iterations", "tolerance"],
        ),
        aggregates,
    );
    (steps, prop::option::of(number())).prop_map(|(steps, threshold)| {
        let (denominate, screen, impute, treat, normalise, weights, aggregate) = steps;
        let mut recipe = json!({
            "denominate": denominate, "screen": screen, "impute": impute, "treat": treat,
            "normalise": normalise, "weights": weights, "aggregate": aggregate,
        });
        if let Some(threshold) = threshold {
            recipe["data_threshold"] = threshold;
        }
        recipe
    })
}

/// Bytes with some turned over, cut out or doubled.
fn damaged(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<u8>(), 0_u8..4);
    (bytes, prop::collection::vec(change, 1..6)).prop_map(|(mut bytes, changes)| {
        for (at, byte, kind) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                2 => bytes.insert(at, byte),
                _ => bytes.truncate(at),
            }
        }
        bytes
    })
}

/// Does what the service does with a request.
fn attempt(idata: &[u8], imeta: &[u8], recipe: &[u8]) {
    let Ok(recipe) = read_recipe(recipe) else { return };
    let Ok(tables) = coinr::read(idata, imeta) else { return };
    let wishes = Wishes { explain: true, analysis: true, ..Wishes::default() };
    let Ok(cost) = operations(&tables, &recipe, &wishes) else { return };
    if cost > MOST_OPERATIONS {
        return;
    }
    let Ok(computed) = compute(tables, &recipe, &wishes) else { return };
    let answer = &computed.answer;
    for area in &answer.report.areas {
        assert!(area.scores.values().flatten().all(|score| score.is_finite()), "{answer:?}");
        for (score, rank) in area.scores.values().zip(area.ranks.values()) {
            assert_eq!(score.is_some(), rank.is_some(), "{answer:?}");
        }
    }
    let json = serde_json::to_value(answer).unwrap();
    assert_eq!(json["areas"].as_array().unwrap().len(), answer.report.areas.len());
    assert!(!to_csv(answer).unwrap().is_empty());
}

const GOOD_DATA: &[u8] = b"uCode,zone,net,gap,skill\nA,n,10,5,1\nB,s,20,9,2\nC,n,40,1,4\nD,s,,2,8\nE,n,7,7,7\n";

proptest! {
    #[test]
    fn tables_that_are_nearly_right(idata in idata(), imeta in imeta()) {
        attempt(&idata, &imeta, RECIPE);
        attempt(&idata, GOOD_META.as_bytes(), RECIPE);
        attempt(GOOD_DATA, &imeta, RECIPE);
    }

    #[test]
    fn tables_with_bytes_turned_over(
        idata in damaged(Just(GOOD_DATA.to_vec())), imeta in damaged(Just(GOOD_META.as_bytes().to_vec())),
    ) {
        attempt(&idata, GOOD_META.as_bytes(), RECIPE);
        attempt(GOOD_DATA, &imeta, RECIPE);
        attempt(&idata, &imeta, RECIPE);
    }

    #[test]
    fn recipes_that_are_nearly_right(recipe in a_recipe(), idata in idata()) {
        let recipe = serde_json::to_vec(&recipe).unwrap();
        attempt(GOOD_DATA, GOOD_META.as_bytes(), &recipe);
        attempt(&idata, GOOD_META.as_bytes(), &recipe);
    }

    #[test]
    fn recipes_with_bytes_turned_over(
        recipe in damaged(a_recipe().prop_map(|recipe| serde_json::to_vec(&recipe).unwrap())),
    ) {
        attempt(GOOD_DATA, GOOD_META.as_bytes(), &recipe);
    }

    #[test]
    fn frameworks_and_data_as_json(
        bytes in damaged(Just(
            br#"{"nodes":[{"code":"index","kind":"group"},{"code":"net","kind":"indicator","parent":"index",
                "direction":"higher_is_better","weight":1,"goalposts":{"low":1,"high":9,"scale":"log"},"target":3}]}"#.to_vec(),
        )),
        data in damaged(Just(
            br#"{"areas":[{"code":"A","period":"2020","groups":{"zone":"n"},"values":{"net":1,"gap":null}}]}"#.to_vec(),
        )),
    ) {
        if let Ok(framework) = read_json::<Framework>("framework", &bytes) {
            _ = coinr::read_data(GOOD_DATA, framework.clone());
            if let Ok(data) = read_json::<DataSpec>("data", &data) {
                _ = data.tables(framework);
            }
        }
    }
}
