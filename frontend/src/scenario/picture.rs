//! How a scenario is shown: ranks beside the official ones, scores with the ranks they can take, and
//! the sentence that says what moved. Drawn by the same code on the server and in the browser.

use serde::{Deserialize, Serialize};

use super::Scenario;
use super::ground::Ground;
use super::outcome::{Outcome, Placed};
use crate::charts::axis::{Extent, NumberMarks, ValueAxis};
use crate::charts::line::Point;
use crate::charts::ranking::{RankInterval, Ranking, RankingHeadings, RankingRow};
use crate::charts::slope::{Names, Slope, SlopeItem, Top};
use crate::charts::{Basis, Caption, Emphasis};
use crate::template::filled;

/// What the page of the reader's own weights knows, on the server and in the browser.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// What is computed from.
    pub ground: Ground,
    /// What is shown at first.
    pub scenario: Scenario,
    /// Texts.
    pub words: Words,
    /// Path of the page.
    pub path: String,
    /// Path of the pages of regions, with a slash at its end.
    pub regions: String,
    /// The chosen year, when it is not the newest.
    pub year: Option<i16>,
}

/// Texts in the reader's language; braces mark where names and numbers go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The official side.
    pub official: String,
    /// The reader's side.
    pub yours: String,
    /// When nothing was changed.
    pub published: String,
    /// When no rank moves.
    pub unmoved: String,
    /// `{area}`, `{from}`, `{to}`: the farthest up.
    pub climb: String,
    /// `{area}`, `{from}`, `{to}`: the farthest down.
    pub fall: String,
    /// When no criterion counts.
    pub no_weight: String,
    /// What the first picture shows.
    pub moves_subtitle: String,
    /// Title of the second picture.
    pub standing_title: String,
    /// `{area}`, `{interval}`: title of the second picture when the ranks are known to vary.
    pub least_certain: String,
    /// What the second picture shows.
    pub standing_subtitle: String,
    /// `{rank}`: the official rank in a tooltip.
    pub officially: String,
    /// For a missing value.
    pub missing: String,
    /// Rank, region, score, rank interval, coverage.
    pub headings: [String; 5],
    /// Whether numbers have a decimal comma and a space before the percent sign.
    pub decimal_comma: bool,
}

impl Weighed {
    /// How numbers are written.
    #[must_use]
    pub const fn marks(&self) -> NumberMarks {
        if self.words.decimal_comma { NumberMarks::COMMA } else { NumberMarks::POINT }
    }

    /// A share of one as a percentage; with a decimal, so that eight shares add up before the reader's eyes.
    #[must_use]
    pub fn share(&self, share: f64) -> String {
        let space = if self.words.decimal_comma { "\u{a0}" } else { "" };
        format!("{}{space}%", self.marks().write(share * 100.0, 1))
    }

    /// The query that says what is shown.
    #[must_use]
    pub fn query(&self, scenario: &Scenario) -> String {
        Self::query_of(self.year, scenario)
    }

    /// The query that says the same scenario for a year.
    #[must_use]
    pub fn query_of(year: Option<i16>, scenario: &Scenario) -> String {
        let year = year.map(|year| format!("year={year}&")).unwrap_or_default();
        let pairs = format!("{year}{}", scenario.pairs());
        let pairs = pairs.trim_end_matches('&');
        if pairs.is_empty() { String::new() } else { format!("?{pairs}") }
    }

    fn href(&self, code: &str) -> String {
        let year = self.year.map(|year| format!("?year={year}")).unwrap_or_default();
        format!("{}{code}{year}", self.regions)
    }

    /// What moved: "Up most: Abai, from 12 to 7."
    #[must_use]
    pub fn finding(&self, scenario: &Scenario, outcome: &Outcome) -> String {
        if scenario.is_published() {
            return self.words.published.clone();
        }
        let moves: Vec<(&str, u32, u32)> = self
            .ground
            .areas
            .iter()
            .zip(&outcome.placed)
            .filter_map(|(area, placed)| Some((area.name.as_str(), area.rank?, placed.rank?)))
            .collect();
        // Of several that moved as far, the first of the list is named.
        let up = moves.iter().rev().max_by_key(|(_, from, to)| i64::from(*from) - i64::from(*to));
        let down = moves.iter().rev().max_by_key(|(_, from, to)| i64::from(*to) - i64::from(*from));
        let told = |words: &str, (area, from, to): &(&str, u32, u32)| {
            filled(words, &[("area", area), ("from", &from.to_string()), ("to", &to.to_string())])
        };
        let said: Vec<String> = [
            up.filter(|(_, from, to)| to < from).map(|found| told(&self.words.climb, found)),
            down.filter(|(_, from, to)| to > from).map(|found| told(&self.words.fall, found)),
        ]
        .into_iter()
        .flatten()
        .collect();
        if said.is_empty() { self.words.unmoved.clone() } else { said.join(" ") }
    }

    /// Official rank at the left, rank under the scenario at the right.
    #[must_use]
    pub fn moves(&self, scenario: &Scenario, outcome: &Outcome) -> Slope {
        let rank = |rank: Option<u32>| {
            rank.map(|rank| Point { value: f64::from(rank), text: rank.to_string(), basis: Basis::Observed })
        };
        let items = self.in_order(outcome).into_iter().map(|(area, placed)| SlopeItem {
            code: area.code.to_string(),
            name: area.name.clone(),
            short: area.short.clone(),
            values: [rank(area.rank), rank(placed.rank)],
            href: Some(self.href(area.code.as_str())),
            emphasis: match (area.rank, placed.rank) {
                (Some(from), Some(to)) if to < from => Emphasis::Peer(0),
                (Some(from), Some(to)) if to > from => Emphasis::Peer(1),
                _ => Emphasis::Context,
            },
        });
        Slope {
            caption: Caption {
                id: "moves".to_owned(),
                title: self.finding(scenario, outcome),
                description: self.words.moves_subtitle.clone(),
            },
            moments: [self.words.official.clone(), self.words.yours.clone()],
            items: items.collect(),
            axis: ValueAxis { extent: Extent::Fitted, ..ValueAxis::scores(self.marks()) },
            top: Top::Lowest,
            names: Names::All,
            heading: self.words.headings[1].clone(),
            missing: self.words.missing.clone(),
        }
    }

    /// Whose rank is known least.
    fn least_certain(&self, intervals: &[Option<RankInterval>]) -> String {
        let width = |interval: &RankInterval| interval.worst - interval.best;
        let known = self.ground.areas.iter().zip(intervals).filter_map(|(area, found)| Some((area, (*found)?)));
        // Of several as wide, the first of the list is named.
        let widest =
            known.rev().max_by_key(|(_, interval)| width(interval)).filter(|(_, interval)| width(interval) > 0);
        widest.map_or_else(
            || self.words.standing_title.clone(),
            |(area, interval)| {
                filled(&self.words.least_certain, &[("area", &area.name), ("interval", &interval.text())])
            },
        )
    }

    /// Scores under the scenario with the ranks they take around it.
    #[must_use]
    pub fn standing(&self, outcome: &Outcome, intervals: &[Option<RankInterval>]) -> Ranking {
        let interval_of = |code: &str| {
            let position = self.ground.areas.iter().position(|area| area.code.as_str() == code)?;
            intervals.get(position).copied().flatten()
        };
        let rows = self.in_order(outcome).into_iter().map(|(area, placed)| RankingRow {
            code: area.code.to_string(),
            name: area.name.clone(),
            rank: placed.rank.map(|rank| rank.to_string()).unwrap_or_default(),
            value: placed.score,
            text: placed.score.map_or_else(|| self.words.missing.clone(), |score| self.marks().write(score, 1)),
            interval: interval_of(area.code.as_str()),
            coverage: None,
            note: area
                .rank
                .map(|rank| filled(&self.words.officially, &[("rank", &rank.to_string())]))
                .unwrap_or_default(),
            href: Some(self.href(area.code.as_str())),
            emphasis: Emphasis::Context,
        });
        let [rank, area, value, interval, coverage] = self.words.headings.clone();
        Ranking {
            caption: Caption {
                id: "standing".to_owned(),
                title: self.least_certain(intervals),
                description: self.words.standing_subtitle.clone(),
            },
            rows: rows.collect(),
            axis: ValueAxis::scores(self.marks()),
            headings: RankingHeadings { rank, area, value, interval, coverage },
            missing: self.words.missing.clone(),
        }
    }

    /// The areas by their rank under the scenario, those without one last.
    fn in_order(&self, outcome: &Outcome) -> Vec<(&super::ground::GroundArea, Placed)> {
        let mut order: Vec<_> = self.ground.areas.iter().zip(outcome.placed.iter().copied()).collect();
        order.sort_by_key(|(_, placed)| (placed.rank.is_none(), placed.rank));
        order
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use indicators::definition::Direction;

    use super::*;
    use crate::scenario::Points;
    use crate::scenario::ground::{GroundArea, GroundCriterion, GroundIndicator};

    /// Three regions and two criteria, made up; the third region has the national value of one
    /// indicator and nothing of the other.
    pub(in crate::scenario) fn ground() -> Ground {
        let criterion =
            |code: &str| GroundCriterion { code: code.parse().unwrap(), name: code.to_owned(), weight: 1.0 };
        let indicator = |code: &str, criterion| GroundIndicator {
            code: code.parse().unwrap(),
            criterion,
            direction: Direction::HigherIsBetter,
            low: 0.0,
            high: 100.0,
            weight: 1.0,
        };
        let area = |code: &str, name: &str, rank| GroundArea {
            code: code.parse().unwrap(),
            name: name.to_owned(),
            short: name.to_owned(),
            rank: Some(rank),
        };
        Ground {
            criteria: vec![criterion("access"), criterion("devices")],
            indicators: vec![indicator("net", 0), indicator("pcs", 1)],
            areas: vec![area("KZ-10", "Abai", 2), area("KZ-71", "Astana", 1), area("KZ-62", "Ulytau", 3)],
            values: vec![Some(60.0), Some(95.0), Some(50.0), Some(90.0), Some(70.0), None],
            former: Vec::new(),
            national: vec![2],
        }
    }

    pub(crate) fn weighed() -> Weighed {
        let text = str::to_owned;
        Weighed {
            ground: ground(),
            scenario: Scenario::default(),
            words: Words {
                official: text("Official"),
                yours: text("Yours"),
                published: text("As published"),
                unmoved: text("No rank moves"),
                climb: text("Up: {area}, {from} to {to}."),
                fall: text("Down: {area}, {from} to {to}."),
                no_weight: text("no weight"),
                moves_subtitle: text("ranks"),
                standing_title: text("Scores"),
                least_certain: text("Least certain: {area}, {interval}"),
                standing_subtitle: text("scores"),
                officially: text("officially {rank}"),
                missing: text("no data"),
                headings: ["Rank", "Region", "Score", "Interval", "Coverage"].map(text),
                decimal_comma: true,
            },
            path: text("/en/weights"),
            regions: text("/en/regions/"),
            year: Some(2023),
        }
    }

    fn without_access() -> Scenario {
        let mut scenario = Scenario::default();
        scenario.set_points("access".parse().unwrap(), Points::read("0").unwrap());
        scenario
    }

    #[test]
    fn what_moved_is_said() {
        let weighed = weighed();
        let told = |scenario: &Scenario| weighed.finding(scenario, &Outcome::of(&weighed.ground, scenario).unwrap());
        assert_eq!(told(&Scenario::default()), "As published");
        assert_eq!(told(&without_access()), "Up: Abai, 2 to 1. Down: Astana, 1 to 2.");
        let mut same = Scenario::default();
        same.set_points("devices".parse().unwrap(), Points::read("9").unwrap());
        assert_eq!(told(&same), "No rank moves");
    }

    #[test]
    fn a_region_without_a_score_is_named_last_and_has_no_line() {
        let weighed = weighed();
        let scenario = without_access();
        let outcome = Outcome::of(&weighed.ground, &scenario).unwrap();
        let slope = weighed.moves(&scenario, &outcome);
        let last = slope.items.last().unwrap();
        assert_eq!((last.name.as_str(), last.values[1].is_none()), ("Ulytau", true));
        assert_eq!(last.href.as_deref(), Some("/en/regions/KZ-62?year=2023"));
        let ranking = weighed.standing(&outcome, &[None, Some(RankInterval { best: 1, worst: 2 }), None]);
        assert_eq!(ranking.rows[0].name, "Abai");
        assert_eq!(ranking.rows[1].interval.map(RankInterval::text).as_deref(), Some("1\u{2013}2"));
        assert_eq!(ranking.rows[2].text, "no data");
        assert_eq!(ranking.caption.title, "Least certain: Astana, 1\u{2013}2");
        assert_eq!(weighed.standing(&outcome, &[]).caption.title, "Scores");
    }

    #[test]
    fn the_address_says_the_whole_state() {
        let weighed = weighed();
        assert_eq!(weighed.query(&Scenario::default()), "?year=2023");
        assert_eq!(weighed.query(&without_access()), "?year=2023&w_access=0");
        assert_eq!(Weighed { year: None, ..weighed }.query(&Scenario::default()), "");
    }
}
