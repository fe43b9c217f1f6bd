//! Single functions at the edges: `13_micro.json`, case by case. What differs is listed by
//! [`difference`], with what ours gives instead.

use std::fs;

use indicators::aggregation::{arithmetic, generalised, geometric, harmonic};
use indicators::descriptive::{growth_rate, kurtosis, mean, median, percent_change, skewness};
use indicators::framework::{Direction, Goalposts, IndicatorNode};
use indicators::matrix::Cell;
use indicators::normalisation::{Column, normalise};
use indicators::recipe::{Normalise, Outside, Ties, Transform, WinsoriseWhile};
use indicators::treatment::{test_outliers, transform, winsorise};
use serde_json::Value;

use crate::fixture::{is_close, root};

struct Case {
    function: String,
    x: Vec<Cell>,
    args: Value,
    recorded: Value,
}

impl Case {
    fn number(&self, name: &str) -> Option<f64> {
        self.args[name].as_f64()
    }

    fn numbers(&self, name: &str) -> Vec<f64> {
        match &self.args[name] {
            Value::Array(list) => list.iter().map(|value| value.as_f64().unwrap()).collect(),
            Value::Number(one) => vec![one.as_f64().unwrap()],
            _ => Vec::new(),
        }
    }

    fn is_set(&self, name: &str) -> bool {
        self.args[name].as_bool() == Some(true)
    }

    fn present(&self) -> Vec<f64> {
        self.x.iter().filter_map(|cell| cell.value()).collect()
    }

    fn is_constant(&self) -> bool {
        let present = self.present();
        present.windows(2).all(|pair| pair[0].to_bits() == pair[1].to_bits())
    }

    fn weighed(&self) -> Vec<(f64, f64)> {
        let weights = self.numbers("w");
        let weights = if weights.is_empty() { vec![1.0; self.x.len()] } else { weights };
        weights.into_iter().zip(&self.x).filter_map(|(weight, cell)| Some((weight, cell.value()?))).collect()
    }

    fn normalised(&self, method: &Normalise) -> Vec<Cell> {
        let goalposts = self.numbers("gposts");
        let scaled = self.numbers("npara");
        let post = |list: &[f64]| (list.len() >= 2).then(|| Goalposts::new(list[0], list[1]).unwrap());
        let indicator = IndicatorNode {
            code: "x".parse().unwrap(),
            direction: match self.number("direction") {
                Some(-1.0) => Direction::LowerIsBetter,
                _ => Direction::HigherIsBetter,
            },
            goalposts: post(&goalposts).or(post(&scaled)),
            target: self.number("targ"),
            reference: None,
            denominator: None,
        };
        let reference_row = self.args["iref"].as_u64().map(|row| usize::try_from(row).unwrap() - 1);
        let mut scores = self.x.clone();
        normalise(method, Column { indicator: &indicator, reference_row }, &self.x, &mut scores, &mut Vec::new())
            .unwrap();
        scores
    }

    fn transformed(&self, method: Transform) -> Vec<Cell> {
        let mut column = self.x.clone();
        transform(method, &mut column);
        column
    }

    fn filled(&self, figure: Option<f64>) -> Vec<Cell> {
        self.x.iter().map(|cell| if cell.is_missing() { Cell::from(figure) } else { *cell }).collect()
    }

    /// What ours gives.
    fn found(&self) -> Vec<Cell> {
        let one = |value: Option<f64>| vec![Cell::from(value)];
        let above = if self.is_set("cap_max") { Outside::Clip } else { Outside::Allow };
        match self.function.as_str() {
            "skew" => one(skewness(&self.x)),
            "kurt" => one(kurtosis(&self.x)),
            "check_SkewKurt" => {
                let test = test_outliers(&self.x, 2.0, 3.5);
                let passes = test.passes.map(|passes| f64::from(u8::from(passes)));
                [passes, test.skewness, test.kurtosis].map(Cell::from).to_vec()
            }
            "winsorise" => {
                let mut column = self.x.clone();
                let most = self.args["winmax"].as_u64().map_or(5, |most| usize::try_from(most).unwrap());
                let condition =
                    if self.is_set("force_win") { WinsoriseWhile::Always } else { WinsoriseWhile::Outlying };
                winsorise(&mut column, most, 2.0, 3.5, condition);
                column
            }
            "log_CT" => self.transformed(Transform::LogCt),
            "log_CT_plus" => self.transformed(Transform::LogCtPlus),
            "log_CT_orig" => self.transformed(Transform::LogCtOrig),
            "log_GII" => self.transformed(Transform::LogGii),
            "boxcox" => self.transformed(Transform::BoxCox { lambda: self.number("lambda").unwrap() }),
            "n_minmax" => {
                let range = self.numbers("l_u");
                self.normalised(&Normalise::MinMax { lower: range[0], upper: range[1] })
            }
            "n_zscore" => self.normalised(&Normalise::ZScore { mean: 0.0, standard_deviation: 1.0 }),
            "n_rank" => self.normalised(&Normalise::Rank { ties: Ties::Min, lower: None, upper: None }),
            "n_borda" => self.normalised(&Normalise::Borda { ties: Ties::Min, lower: None, upper: None }),
            "n_prank" => self.normalised(&Normalise::PercentileRank { ties: Ties::Min, lower: 0.0, upper: 1.0 }),
            "n_dist2max" => self.normalised(&Normalise::DistanceToMax { lower: 0.0, upper: 1.0 }),
            "n_fracmax" => self.normalised(&Normalise::FractionOfMax { lower: 0.0, upper: 1.0 }),
            "n_scaled" => self.normalised(&Normalise::Scaled { lower: 0.0, upper: 100.0 }),
            "n_goalposts" => {
                let outside = match self.args["trunc2posts"].as_bool() {
                    Some(false) => Outside::Allow,
                    _ => Outside::Clip,
                };
                self.normalised(&Normalise::Goalposts { lower: 0.0, upper: self.numbers("gposts")[2], outside })
            }
            "n_dist2targ" => self.normalised(&Normalise::DistanceToTarget { above, lower: 0.0, upper: 1.0 }),
            "n_dist2ref" => self.normalised(&Normalise::DistanceToReference {
                area: None,
                period: None,
                above,
                lower: 0.0,
                upper: 1.0,
            }),
            "i_mean" => self.filled(mean(&self.x)),
            "i_median" => self.filled(median(&self.x)),
            "a_amean" => one(arithmetic(&self.weighed()).value()),
            "a_gmean" => one(geometric(&self.weighed()).value()),
            "a_hmean" => one(harmonic(&self.weighed()).value()),
            "a_genmean" => one(generalised(self.number("p").unwrap(), &self.weighed()).value()),
            "CAGR" => one(growth_rate(&self.numbers("x"), &self.x)),
            "prc_change" => one(percent_change(&self.numbers("x"), &self.x, self.number("per").unwrap_or(1.0))),
            other => panic!("no case for {other}"),
        }
    }

    /// What the reference package gives; `None` for an error. NaN and missing are one here.
    fn expected(&self) -> Option<Vec<Option<f64>>> {
        let flat = |value: &Value| match value {
            Value::Bool(flag) => Some(f64::from(u8::from(*flag))),
            Value::String(text) if text == "Inf" => Some(f64::INFINITY),
            Value::String(text) if text == "-Inf" => Some(f64::NEG_INFINITY),
            value => value.as_f64(),
        };
        let list = |value: &Value| -> Vec<Option<f64>> { value.as_array().unwrap().iter().map(flat).collect() };
        match &self.recorded {
            Value::Null => None,
            Value::Object(fields) if fields.contains_key("Pass") => {
                Some(["Pass", "Skew", "Kurt"].iter().flat_map(|field| list(&fields[*field])).collect())
            }
            Value::Object(fields) => Some(list(&fields["x"])),
            value => Some(list(value)),
        }
    }

    /// What ours must give where it departs from the reference package; `None` where it must agree.
    fn difference(&self) -> Option<Vec<Option<f64>>> {
        let present = self.present();
        let least = present.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = present.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let unchanged = || Some(self.x.iter().map(|cell| cell.value()).collect());
        let everywhere = |score: f64| Some(self.x.iter().map(|cell| cell.value().map(|_| score)).collect());
        let sign = if self.number("direction") == Some(-1.0) { -1.0 } else { 1.0 };
        let worst = if sign < 0.0 { -greatest } else { least };
        match self.function.as_str() {
            // DIFFERENCE: the reference package stops with an error where skewness or kurtosis do not
            // exist (fewer than 4 values, a constant, none at all); ours leaves the column alone.
            "winsorise" if present.len() < 4 || self.is_constant() => unchanged(),
            // DIFFERENCE: the logarithm of a constant is −∞ or an error there; ours leaves it alone.
            "log_CT" | "log_CT_plus" if self.is_constant() => unchanged(),
            // DIFFERENCE: log_CT_plus needs a skewness there and stops without one.
            "log_CT_plus" if present.len() < 3 => {
                Some(self.transformed(Transform::LogCt).iter().map(|cell| cell.value()).collect())
            }
            // DIFFERENCE: log_GII returns its input there, whatever it computed.
            "log_GII" if greatest > 1.0 && !self.is_constant() => Some(
                self.x
                    .iter()
                    .map(|cell| cell.value().map(|x| ((greatest - 1.0) * (x - least) / (greatest - least) + 1.0).ln()))
                    .collect(),
            ),
            // DIFFERENCE: a constant column is NaN there; ours scores the middle of the range.
            "n_minmax" if self.is_constant() && !present.is_empty() => everywhere(50.0),
            "n_dist2max" if self.is_constant() && !present.is_empty() => everywhere(0.5),
            "n_zscore" if self.is_constant() && !present.is_empty() => everywhere(0.0),
            "n_prank" if present.len() == 1 => everywhere(0.5),
            // DIFFERENCE: where even the worst value has reached the target the formula divides by 0 or
            // turns the order round; ours scores everyone as the target.
            "n_dist2targ" if !present.is_empty() && self.number("targ").unwrap() * sign <= worst => everywhere(1.0),
            // DIFFERENCE: likewise when the reference is the worst: NaN and infinities there.
            "n_dist2ref" if !present.is_empty() => {
                let row = usize::try_from(self.args["iref"].as_u64().unwrap()).unwrap() - 1;
                let reference = self.x.get(row)?.value()?;
                if reference <= least { everywhere(1.0) } else { None }
            }
            // DIFFERENCE: one missing value makes the generalised mean missing there; ours leaves it out.
            "a_genmean" if present.len() < self.x.len() && !present.is_empty() => {
                let p = self.number("p").unwrap();
                let (sum, weights) =
                    self.weighed().iter().fold((0.0, 0.0), |(sum, weights), (w, x)| (sum + w * x.powf(p), weights + w));
                // DIFFERENCE: p = 0 is an error there; ours is the limit, and recipes refuse it.
                if p == 0.0 {
                    let logs: f64 = self.weighed().iter().map(|(w, x)| w * x.ln()).sum();
                    return Some(vec![Some((logs / weights).exp())]);
                }
                Some(vec![Some((sum / weights).powf(1.0 / p))])
            }
            "a_genmean" if self.number("p") == Some(0.0) && !present.is_empty() => {
                let (logs, weights) =
                    self.weighed().iter().fold((0.0, 0.0), |(logs, weights), (w, x)| (logs + w * x.ln(), weights + w));
                Some(vec![if least < 0.0 { None } else { Some((logs / weights).exp()) }])
            }
            "a_genmean" if present.is_empty() => Some(vec![None]),
            // DIFFERENCE: a zero or negative score stops geometric, harmonic and negative power means
            // there; ours are 0 for a zero and missing for a negative one.
            "a_gmean" if least <= 0.0 => Some(vec![Some(0.0).filter(|_| least == 0.0)]),
            "a_genmean" if self.number("p") < Some(0.0) && least <= 0.0 => {
                Some(vec![Some(0.0).filter(|_| least == 0.0)])
            }
            "a_hmean" if present.contains(&0.0) => Some(vec![Some(0.0)]),
            _ => None,
        }
    }
}

fn cases() -> Vec<Case> {
    let all: Vec<Value> = serde_json::from_slice(&fs::read(root().join("13_micro.json")).unwrap()).unwrap();
    all.into_iter()
        .map(|case| Case {
            function: case["fn"].as_str().unwrap().to_owned(),
            x: case["x"].as_array().unwrap().iter().map(|value| Cell::from(value.as_f64())).collect(),
            args: case["args"].clone(),
            recorded: case["result"].clone(),
        })
        .collect()
}

fn agree(found: &[Cell], expected: &[Option<f64>]) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| match (found.value(), expected) {
            (None, None) => true,
            (Some(found), Some(expected)) => is_close(found, *expected, 1e-10),
            _ => false,
        })
}

#[test]
fn every_case_agrees_or_is_a_known_difference() {
    let mut faults = Vec::new();
    let cases = cases();
    assert_eq!(cases.len(), 260);
    let mut differing = 0;
    for (number, case) in cases.iter().enumerate() {
        let found = case.found();
        let (recorded, ours) = (case.expected(), case.difference());
        let as_recorded = recorded.as_ref().is_some_and(|expected| agree(&found, expected));
        match ours {
            Some(ours) => {
                differing += usize::from(!as_recorded);
                if !agree(&found, &ours) {
                    faults.push(format!(
                        "{number} {} {:?} {}: {found:?}, ours should be {ours:?}",
                        case.function, case.x, case.args
                    ));
                }
            }
            None if !as_recorded => {
                faults.push(format!(
                    "{number} {} {:?} {}: {found:?}, recorded {recorded:?}",
                    case.function, case.x, case.args
                ));
            }
            None => {}
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(differing > 0 && differing < 80, "{differing} cases differ");
}
