//! What changes on the page when another year or criterion is chosen: shades, names and numbers of
//! the map, the ranking, titles, tables, the address.

use leptos::prelude::{document, window};
use leptos::wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::{Explored, Standing};
use crate::charts::axis::{NumberMarks, ValueAxis};
use crate::charts::plot::{Sizes, markup};
use crate::charts::ranking::{Coverage, Ranking, RankingHeadings, RankingRow};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Basis, Caption, Chart, Emphasis};
use crate::shades;

/// Repaints the figures and gives the sentence to be read out.
pub(super) fn repaint(explored: &Explored, year: usize, measure: usize) -> String {
    let shown = Shown { explored, year, measure };
    let (finding, subtitle) = (shown.finding(), shown.subtitle());
    shown.paint_map(&finding, &subtitle);
    shown.paint_ranking(&subtitle);
    for id in ["figure-map", "figure-ranking"] {
        set_text(&format!("#{id} > .subtitle"), &subtitle);
        shown.set_download(id);
    }
    set_text("#figure-map-title", &finding);
    shown.set_address();
    format!("{subtitle}. {finding}")
}

/// What is on the page now.
struct Shown<'a> {
    explored: &'a Explored,
    year: usize,
    measure: usize,
}

impl Shown<'_> {
    fn marks(&self) -> NumberMarks {
        if self.explored.words.decimal_comma { NumberMarks::COMMA } else { NumberMarks::POINT }
    }

    fn score(&self, standing: Option<Standing>) -> String {
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

    fn measure_name(&self) -> &str {
        self.explored.measures.get(self.measure).map_or("", |measure| measure.name.as_str())
    }

    fn year_text(&self) -> String {
        self.explored.years.get(self.year).map(ToString::to_string).unwrap_or_default()
    }

    fn subtitle(&self) -> String {
        filled(&self.explored.words.subtitle, &[("measure", self.measure_name()), ("year", &self.year_text())])
    }

    /// The areas of the year, best first, those without a score last.
    fn in_order(&self) -> Vec<(usize, Standing)> {
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
        standing
            .and_then(|found| found.1)
            .map(|rank| filled(&self.explored.words.rank_is, &[("rank", &rank.to_string())]))
            .unwrap_or_default()
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
            let standing = self.explored.standing(self.year, self.measure, index)?;
            let sign = if standing.0.is_some() { basis(standing).sign() } else { "" };
            let cells = vec![format!("{}{sign}", self.score(Some(standing)))];
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

    fn paint_ranking(&self, subtitle: &str) {
        let chart = self.ranking(subtitle);
        if let Some(plot) = first("#figure-ranking .plot") {
            plot.set_inner_html(&markup(&chart, Sizes::Both));
        }
        set_table("figure-ranking", &chart.twin());
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
        Ranking {
            caption: Caption {
                id: "ranking".to_owned(),
                title: first("#figure-ranking-title").and_then(|title| title.text_content()).unwrap_or_default(),
                description: subtitle.to_owned(),
            },
            rows,
            axis: ValueAxis::scores(self.marks()),
            headings: RankingHeadings { rank, area, value: heading, interval, coverage },
            missing: self.explored.words.missing.clone(),
        }
    }

    fn row(&self, name: &str, code: &str, standing: Standing, emphasis: Emphasis) -> RankingRow {
        let (score, rank, observed, carried, substituted, imputed) = standing;
        let missing = 1000_u16.saturating_sub(observed + carried + substituted + imputed);
        let note: Vec<String> = [observed, carried, substituted, imputed, missing]
            .into_iter()
            .zip(&self.explored.words.shares)
            .filter(|(share, _)| *share >= 5)
            .map(|(share, words)| format!("{words} {}", self.share(share)))
            .collect();
        let part = |thousandths: u16| f64::from(thousandths) / 1000.0;
        RankingRow {
            code: code.to_owned(),
            name: name.to_owned(),
            rank: rank.map(|rank| rank.to_string()).unwrap_or_default(),
            value: score.map(value),
            text: self.score(Some(standing)),
            interval: None,
            coverage: Some(Coverage {
                observed: part(observed),
                carried: part(carried),
                substituted: part(substituted),
                imputed: part(imputed),
                text: self.share(observed + carried),
            }),
            note: note.join(", "),
            href: (!code.is_empty()).then(|| self.href(code)),
            emphasis,
        }
    }

    fn href(&self, code: &str) -> String {
        format!("{}regions/{code}?year={}", self.explored.path, self.year_text())
    }

    fn set_download(&self, id: &str) {
        if let Some(link) = first(&format!("#{id} .download")) {
            let href = format!("/api/v1/index.csv?panel=regions&period={}", self.year_text());
            let _ = link.set_attribute("href", &href);
        }
    }

    /// The address says what is shown, so that it can be kept and sent; the links to the other
    /// languages keep it too.
    fn set_address(&self) {
        let query = self.explored.query(self.year, self.measure);
        if let Ok(history) = window().history() {
            let address = format!("{}{query}", self.explored.path);
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
        }
        for link in all(".languages a") {
            let language = link.get_attribute("hreflang").unwrap_or_default();
            let _ = link.set_attribute("href", &format!("/{language}/{query}"));
        }
    }
}

/// What most of a score rests on, as the server decides it.
fn basis(standing: Standing) -> Basis {
    let (_, _, observed, carried, substituted, imputed) = standing;
    let shares = [
        (Basis::Observed, observed),
        (Basis::Carried, carried),
        (Basis::Substituted, substituted),
        (Basis::Imputed, imputed),
    ];
    let first = shares[0];
    shares.into_iter().fold(first, |most, next| if next.1 > most.1 { next } else { most }).0
}

fn value(tenths: u16) -> f64 {
    f64::from(tenths) / 10.0
}

/// Puts names and numbers where the braces are.
fn filled(words: &str, fillings: &[(&str, &str)]) -> String {
    fillings.iter().fold(words.to_owned(), |text, (name, filling)| text.replace(&format!("{{{name}}}"), filling))
}

fn first(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn all(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}

fn set_text(selector: &str, text: &str) {
    if let Some(element) = first(selector) {
        element.set_text_content(Some(text));
    }
}

fn set_text_in(element: &Element, selector: &str, text: &str) {
    if let Ok(Some(found)) = element.query_selector(selector) {
        found.set_text_content(Some(text));
    }
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

/// Rewrites the rows of a table twin; its headings stay.
fn set_table(id: &str, twin: &Twin) {
    set_text(&format!("#{id} .twin caption"), &twin.caption);
    let Some(body) = first(&format!("#{id} .twin tbody")) else { return };
    body.set_inner_html("");
    for row in &twin.rows {
        let line = element("tr", None);
        let name = element("th", row.href.is_none().then_some(row.name.as_str()));
        if let (Some(name), Some(href)) = (&name, &row.href)
            && let Some(link) = element("a", Some(&row.name))
        {
            let _ = link.set_attribute("href", href);
            let _ = name.append_child(&link);
        }
        if let Some(name) = &name {
            let _ = name.set_attribute("scope", "row");
        }
        let cells = row.cells.iter().map(|cell| element("td", Some(cell)));
        let Some(line) = line else { return };
        for cell in [name].into_iter().chain(cells).flatten() {
            let _ = line.append_child(&cell);
        }
        let _ = body.append_child(&line);
    }
}

fn element(tag: &str, text: Option<&str>) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    if text.is_some() {
        element.set_text_content(text);
    }
    Some(element)
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
