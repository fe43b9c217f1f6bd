//! What changes on the page when another year or criterion is chosen: shades, names and numbers of
//! the map, the ranking, titles, tables, the address. What stands around them follows in
//! [`super::surroundings`].

use web_sys::Element;

use super::{Explored, FORM, Standing};
use crate::charts::axis::{NumberMarks, ValueAxis};
use crate::charts::ranking::{Coverage, RankInterval, Ranking, RankingHeadings, RankingRow};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Basis, Caption, Emphasis};
use crate::islands::rewriting::{all, first, redraw, set_address, set_hidden_of, set_table, set_text, set_text_in};
use crate::shades;
use crate::template::filled;

/// A part of the page that is repainted by itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// The headline, the map, and the address, which is at hand as soon as the choice is seen.
    Top,
    Ranking,
    Trend,
    Heat,
    /// The sentence to be read out, when the whole page follows.
    Said,
}

impl Part {
    /// All of them, what the reader looks at first.
    pub(super) const ALL: &'static [Self] = &[Self::Top, Self::Ranking, Self::Trend, Self::Heat, Self::Said];
}

/// What is on the page now.
pub(super) struct Shown<'a> {
    pub(super) explored: &'a Explored,
    pub(super) year: usize,
    pub(super) measure: usize,
}

impl Shown<'_> {
    pub(super) fn marks(&self) -> NumberMarks {
        if self.explored.words.decimal_comma { NumberMarks::COMMA } else { NumberMarks::POINT }
    }

    pub(super) fn score(&self, standing: Option<Standing>) -> String {
        match standing.and_then(|found| found.0) {
            Some(tenths) => self.marks().write(value(tenths), 1),
            None => self.explored.words.missing.clone(),
        }
    }

    fn share(&self, thousandths: u16) -> String {
        let number = self.marks().write(f64::from(thousandths) / 10.0, 0);
        let space = if self.explored.words.decimal_comma { "\u{a0}" } else { "" };
        format!("{number}{space}%")
    }

    pub(super) fn measure_name(&self) -> &str {
        self.explored.measures.get(self.measure).map_or("", |measure| measure.title.as_str())
    }

    fn measure_code(&self) -> &str {
        self.explored.measures.get(self.measure).map_or("", |measure| measure.code.as_str())
    }

    fn year_text(&self) -> String {
        self.explored.years.get(self.year).map(ToString::to_string).unwrap_or_default()
    }

    pub(super) fn subtitle(&self) -> String {
        filled(&self.explored.words.subtitle, &[("measure", self.measure_name()), ("year", &self.year_text())])
    }

    /// The areas of the year, best first, those without a score last.
    pub(super) fn in_order(&self) -> Vec<(usize, Standing)> {
        let mut order: Vec<(usize, Standing)> = (0..self.explored.areas.len())
            .filter_map(|area| Some((area, self.explored.standing(self.year, self.measure, area)?)))
            .collect();
        order.sort_by_key(|(_, standing)| (standing.1.is_none(), standing.1.unwrap_or(u8::MAX)));
        order
    }

    fn name(&self, area: usize) -> &str {
        self.explored.areas.get(area).map_or("", |place| place.name.as_str())
    }

    fn finding(&self) -> String {
        let words = &self.explored.words;
        let scored: Vec<(usize, u16)> =
            self.in_order().into_iter().filter_map(|(area, standing)| Some((area, standing.0?))).collect();
        let written = |tenths: u16| self.marks().write(value(tenths), 1);
        match (scored.first(), scored.last()) {
            (Some((_, high)), Some((_, low))) if high == low => filled(&words.all_equal, &[("score", &written(*high))]),
            (Some((first, high)), Some((last, low))) => filled(
                &words.finding,
                &[
                    ("first", self.name(*first)),
                    ("high", &written(*high)),
                    ("last", self.name(*last)),
                    ("low", &written(*low)),
                ],
            ),
            _ => words.none.clone(),
        }
    }

    fn rank_text(&self, standing: Option<Standing>) -> String {
        let rank = standing.and_then(|found| found.1);
        let words = rank.map(|rank| filled(&self.explored.words.rank_is, &[("rank", &rank.to_string())]));
        match (words, standing.and_then(interval)) {
            (Some(words), Some(interval)) if interval.best != interval.worst => {
                format!("{words} ({})", interval.text())
            }
            (words, _) => words.unwrap_or_default(),
        }
    }

    pub(super) fn paint(&self, part: Part) {
        match part {
            Part::Top => self.paint_top(),
            Part::Ranking => self.paint_ranking(),
            Part::Trend => self.paint_trend(),
            Part::Heat => self.paint_heat(),
            Part::Said => {
                let sentence = format!("{}. {}", self.subtitle(), self.finding());
                set_text(&format!("#{FORM} [role=status]"), &sentence);
            }
        }
    }

    fn paint_top(&self) {
        let (finding, subtitle) = (self.finding(), self.subtitle());
        self.paint_lead();
        self.paint_map(&finding, &subtitle);
        set_text("#figure-map-title", &finding);
        for id in ["figure-map", "figure-ranking"] {
            set_text(&format!("#{id} > .subtitle"), &subtitle);
        }
        for line in all("[data-sources]") {
            let is_of_measure = line.get_attribute("data-sources").as_deref() == Some(self.measure_code());
            set_hidden_of(&line, !is_of_measure);
        }
        let query = self.explored.query(self.year, self.measure);
        set_address(&self.explored.path, &query);
    }

    fn paint_map(&self, finding: &str, subtitle: &str) {
        for index in 0..self.explored.areas.len() {
            self.paint_area(index);
        }
        for size in ["wide", "compact"] {
            set_text(&format!("#map-{size}-title"), finding);
            set_text(&format!("#map-{size}-desc"), subtitle);
        }
        let rows = self.explored.areas.iter().enumerate().filter_map(|(index, place)| {
            let standing = self.explored.standing(self.year, self.measure, index);
            // Who did not exist in the year stays named, as long as it has a place on the map.
            if standing.is_none() && first(&format!("#figure-map [data-area='{}']", place.code)).is_none() {
                return None;
            }
            let sign = standing.filter(|found| found.0.is_some()).map_or("", |found| basis(found).sign());
            let cells = vec![format!("{}{sign}", self.score(standing))];
            Some(TwinRow { name: place.name.clone(), href: Some(self.href(&place.code)), cells })
        });
        set_table("figure-map", &Twin { caption: finding.to_owned(), header: Vec::new(), rows: rows.collect() });
    }

    /// All marks of an area: its outline, its tile and its label.
    fn paint_area(&self, index: usize) {
        let Some(place) = self.explored.areas.get(index) else { return };
        let standing = self.explored.standing(self.year, self.measure, index);
        let score = standing.and_then(|found| found.0).map(value);
        let basis = standing.filter(|_| score.is_some()).map(basis).unwrap_or_default();
        let text = self.score(standing);
        let rank = self.rank_text(standing);
        let note = if rank.is_empty() { rank } else { format!(" \u{b7} {rank}") };
        let shade = shades::scores().css(score);
        for mark in all(&format!("#figure-map :is([data-area='{0}'], [data-label='{0}'])", place.code)) {
            let kind = mark.class_list();
            let class = if kind.contains("label") {
                if kind.contains("tag") {
                    set_text_in(&mark, ".name", &format!("{} {text}", place.short));
                    format!("label tag {shade}")
                } else {
                    set_text_in(&mark, ".value", &text);
                    format!("label {shade}")
                }
            } else {
                let tile = if kind.contains("tile") { "tile " } else { "" };
                set_text_in(&mark, ".value", &text);
                set_text_in(&mark, "title", &format!("{}: {text}{}{note}", place.name, basis.sign()));
                hatch(&mark, score.is_none());
                format!("area {tile}{shade} {}", basis.class())
            };
            let _ = mark.set_attribute("class", &class);
        }
    }

    fn paint_ranking(&self) {
        let ranking = self.ranking(&self.subtitle());
        set_text("#figure-ranking-title", &ranking.caption.title);
        redraw("figure-ranking", &ranking);
    }

    fn ranking(&self, subtitle: &str) -> Ranking {
        let mut rows: Vec<RankingRow> = self
            .in_order()
            .into_iter()
            .filter_map(|(area, standing)| {
                let place = self.explored.areas.get(area)?;
                Some(self.row(&place.name, &place.code, standing, Emphasis::Context))
            })
            .collect();
        if let Some(national) = self.explored.country_standing(self.year, self.measure) {
            let score = national.0.map(value);
            let above = |row: &RankingRow| score.is_some_and(|score| row.value.is_none_or(|other| other < score));
            let place = rows.iter().position(above).unwrap_or(rows.len());
            rows.insert(place, self.row(&self.explored.country, "", national, Emphasis::Yardstick));
        }
        let [rank, area, heading, interval, coverage] = self.explored.words.headings.clone();
        let words = &self.explored.words;
        let mut ranking = Ranking {
            caption: Caption {
                id: "ranking".to_owned(),
                title: words.ranking.clone(),
                description: subtitle.to_owned(),
            },
            rows,
            axis: ValueAxis::scores(self.marks()),
            headings: RankingHeadings { rank, area, value: heading, interval, coverage },
            missing: words.missing.clone(),
        };
        if let Some((above, count)) = ranking.above_yardstick() {
            let (above, count) = (above.to_string(), count.to_string());
            ranking.caption.title = filled(&words.ranking_above, &[("above", &above), ("count", &count)]);
        }
        ranking
    }

    fn row(&self, name: &str, code: &str, standing: Standing, emphasis: Emphasis) -> RankingRow {
        let (score, rank, observed, carried, substituted, imputed, _) = standing;
        let part = |thousandths: u16| f64::from(thousandths) / 1000.0;
        RankingRow {
            code: code.to_owned(),
            name: name.to_owned(),
            rank: rank.map(|rank| rank.to_string()).unwrap_or_default(),
            value: score.map(value),
            text: self.score(Some(standing)),
            interval: interval(standing),
            coverage: Some(Coverage {
                observed: part(observed),
                carried: part(carried),
                substituted: part(substituted),
                imputed: part(imputed),
                text: self.share(observed + carried),
            }),
            note: self.coverage_words(standing),
            href: (!code.is_empty()).then(|| self.href(code)),
            emphasis,
        }
    }

    /// What a score rests on: "own data of that year 52%, carried forward 48%".
    pub(super) fn coverage_words(&self, standing: Standing) -> String {
        let (_, _, observed, carried, substituted, imputed, _) = standing;
        let missing = 1000_u16.saturating_sub(observed + carried + substituted + imputed);
        let parts = [observed, carried, substituted, imputed, missing].into_iter().zip(&self.explored.words.shares);
        let written = parts.filter(|(share, _)| *share >= 5);
        written.map(|(share, words)| format!("{words} {}", self.share(share))).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn href(&self, code: &str) -> String {
        self.explored.known_then(format!("{}regions/{code}?year={}", self.explored.path, self.year_text()))
    }
}

/// What most of a score rests on, as the server decides it.
pub(super) fn basis(standing: Standing) -> Basis {
    let (_, _, observed, carried, substituted, imputed, _) = standing;
    let shares = [
        (Basis::Observed, observed),
        (Basis::Carried, carried),
        (Basis::Substituted, substituted),
        (Basis::Imputed, imputed),
    ];
    let first = shares[0];
    shares.into_iter().fold(first, |most, next| if next.1 > most.1 { next } else { most }).0
}

/// The ranks an area takes when the method is varied.
fn interval(standing: Standing) -> Option<RankInterval> {
    standing.6.map(|(best, worst)| RankInterval { best: u32::from(best), worst: u32::from(worst) })
}

pub(super) fn value(tenths: u16) -> f64 {
    f64::from(tenths) / 10.0
}

/// A missing value is hatched; the pattern stands in the same drawing.
fn hatch(mark: &Element, is_missing: bool) {
    let size = if matches!(mark.closest("svg.wide"), Ok(Some(_))) { "wide" } else { "compact" };
    for selector in ["path", "rect", "circle"] {
        let Ok(Some(shape)) = mark.query_selector(selector) else { continue };
        let _ = if is_missing {
            shape.set_attribute("fill", &format!("url(#map-{size}-hatch)"))
        } else {
            shape.remove_attribute("fill")
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::islands::explorer::tests::sample;

    #[test]
    fn what_is_said_follows_the_choice() {
        let explored = sample();
        let shown = |year, measure| Shown { explored: &explored, year, measure };
        assert_eq!(shown(0, 0).finding(), "Astana 78,3, Abai 41,2");
        assert_eq!(shown(0, 0).subtitle(), "Index, 2023");
        assert_eq!(shown(1, 1).finding(), "all 50,0");
        assert_eq!(shown(0, 0).share(625), "62\u{a0}%");
        assert_eq!(shown(0, 0).ranking("").caption.title, "1 of 2 above");
        assert_eq!(shown(1, 1).ranking("").caption.title, "Ranking", "without a national figure there is no yardstick");
    }

    #[test]
    fn a_region_without_a_score_comes_last_and_one_that_did_not_exist_not_at_all() {
        let explored = sample();
        let order = |year, measure| -> Vec<usize> {
            Shown { explored: &explored, year, measure }.in_order().into_iter().map(|(area, _)| area).collect()
        };
        assert_eq!(order(0, 0), [1, 0]);
        assert_eq!(order(0, 1), [1]);
        assert_eq!(order(1, 0), [1, 0]);
    }
}
