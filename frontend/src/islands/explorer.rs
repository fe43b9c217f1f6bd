//! The choice of criterion and year on the overview: repaints the page without a reload.
//!
//! Without scripts it is a form that asks for the page anew. The figures of all years travel with
//! the page, rounded as they are shown; texts come translated.

#![expect(clippy::must_use_candidate, reason = "the island macro writes a plain function")]

mod repaint;
mod surroundings;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use serde::{Deserialize, Serialize};
use web_sys::{Element, Event, HtmlInputElement};

use crate::islands::controls;
use crate::islands::explorer::repaint::{Part, Shown};
use crate::islands::knowledge::Knowledge;
use crate::islands::rewriting::{all_in, first, listen_to, set_hidden};

/// One area in one year and criterion.
///
/// Score in tenths, rank, then the shares of weight in thousandths that are observed, carried
/// forward, substituted and imputed, and the best and the worst rank when the method is varied.
pub type Standing = (Option<u16>, Option<u8>, u16, u16, u16, u16, Option<(u8, u8)>);

/// What the island knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explored {
    /// Reference years, oldest first.
    pub years: Vec<i16>,
    /// What can be shown: first the whole index, then the criteria.
    pub measures: Vec<Measure>,
    /// The regions of all years.
    pub areas: Vec<Place>,
    /// The country, the yardstick of the ranking.
    pub country: String,
    /// By year, measure and area; nothing where the area did not exist.
    pub standings: Vec<Option<Standing>>,
    /// By year and measure.
    pub national: Vec<Option<Standing>>,
    /// Position of an area and of the year in which its territory changed.
    pub breaks: Vec<(usize, usize)>,
    /// The headline of each year with what it rests on.
    pub leads: Vec<Lead>,
    /// Words.
    pub words: Words,
    /// Path of the page.
    pub path: String,
    /// The day whose knowledge is shown; what is known now when there is none.
    pub as_of: Option<String>,
    /// Position of the year shown at first.
    pub year: usize,
    /// Position of the measure shown at first.
    pub measure: usize,
}

/// Something that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Code of the criterion; empty for the whole index.
    pub code: String,
    /// Its name in the list to choose from.
    pub name: String,
    /// Its name under a chart.
    pub title: String,
}

/// What is said about a year over all charts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The national figure.
    pub headline: String,
    /// How it moved, what it rests on, how old that is.
    pub standing: String,
}

/// A region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name for a tile of the map.
    pub short: String,
}

/// Texts in the reader's language; braces mark where names and numbers go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// `{first}`, `{high}`, `{last}`, `{low}`.
    pub finding: String,
    /// `{score}`.
    pub all_equal: String,
    /// When there is nothing to compare.
    pub none: String,
    /// `{measure}`, `{year}`.
    pub subtitle: String,
    /// Title of the ranking when there is no national figure.
    pub ranking: String,
    /// `{above}`, `{count}`.
    pub ranking_above: String,
    /// Title of the heat table when nothing differs.
    pub heat: String,
    /// `{criterion}`, `{low}`, `{high}`.
    pub heat_widest: String,
    /// `{rank}`.
    pub rank_is: String,
    /// `{first}`, `{from}`, `{last}`, `{to}`.
    pub trend_title: String,
    /// `{measure}`.
    pub trend_subtitle: String,
    /// Where territory changed.
    pub boundary_break: String,
    /// Where the criteria that have a score changed.
    pub break_criteria: String,
    /// `{criteria}`: those without a score anywhere.
    pub unmeasured: String,
    /// For a missing value.
    pub missing: String,
    /// Observed, carried forward, substituted, imputed, missing.
    pub shares: [String; 5],
    /// Rank, region, score, rank interval, own data.
    pub headings: [String; 5],
    /// Whether numbers have a decimal comma and a space before the percent sign.
    pub decimal_comma: bool,
}

impl Explored {
    /// How an area stands.
    #[must_use]
    pub fn standing(&self, year: usize, measure: usize, area: usize) -> Option<Standing> {
        let position = (year * self.measures.len() + measure) * self.areas.len() + area;
        self.standings.get(position).copied().flatten()
    }

    /// How the country stands.
    #[must_use]
    pub fn country_standing(&self, year: usize, measure: usize) -> Option<Standing> {
        self.national.get(year * self.measures.len() + measure).copied().flatten()
    }

    /// The query that says what is shown.
    #[must_use]
    pub fn query(&self, year: usize, measure: usize) -> String {
        let year = self.years.get(year).map(|year| format!("?year={year}")).unwrap_or_default();
        let query = match self.measures.get(measure) {
            Some(chosen) if !chosen.code.is_empty() => format!("{year}&criterion={}", chosen.code),
            _ => year,
        };
        self.known_then(query)
    }

    /// A query that keeps the day whose knowledge is shown.
    #[must_use]
    pub fn known_then(&self, mut query: String) -> String {
        if let Some(day) = &self.as_of {
            query.push_str("&as_of=");
            query.push_str(day);
        }
        query
    }
}

/// How long each year stands while they play.
const STEP: Duration = Duration::from_millis(1200);

/// Where the island finds its form and what it knows.
pub(crate) const FORM: &str = "explorer";
pub(crate) const KNOWLEDGE: &str = "explored";

/// Answers the form.
#[island]
pub fn Explorer() -> impl IntoView {
    // Effects run in the browser only.
    Effect::new(move |_| {
        if let Some(form) = first(&format!("#{FORM}")) {
            Chooser::wake(form);
        }
    });
}

/// The form, alive.
struct Chooser {
    form: Element,
    explored: Knowledge<Explored>,
    /// The year and the measure on the page; none while it is as it was served.
    shown: Cell<Option<(usize, usize)>>,
    playing: Cell<Option<IntervalHandle>>,
}

impl Chooser {
    fn wake(form: Element) {
        let is_as_served = controls::are_as_served(&form);
        let explored = Knowledge::at(KNOWLEDGE);
        let chooser = Rc::new(Self { form, explored, shown: Cell::new(None), playing: Cell::new(None) });
        set_hidden(&format!("#{FORM} .play"), false);
        let answering = Rc::clone(&chooser);
        listen_to(&chooser.form, &["change", "click"], move |event| answering.answer(&event));
        if is_as_served {
            // Read ahead, so that the first choice is answered as fast as the second.
            set_timeout(move || chooser.explored.read_ahead(), Duration::ZERO);
        } else {
            chooser.follow();
        }
    }

    fn answer(self: &Rc<Self>, event: &Event) {
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        if event.type_() == "change" {
            if target.dyn_ref::<HtmlInputElement>().is_some() {
                self.stop();
            }
            self.follow();
        } else if let Ok(Some(button)) = target.closest(".play") {
            if self.playing.get().is_some() {
                self.stop();
            } else {
                self.play(&button);
            }
        }
    }

    /// Lets the page follow the form.
    fn follow(self: &Rc<Self>) {
        let Some(explored) = self.explored.get() else { return };
        let (mut year, mut measure) = (explored.year, explored.measure);
        for (name, value) in controls::pairs(&self.form) {
            match name.as_str() {
                "year" => year = explored.years.iter().position(|one| one.to_string() == value).unwrap_or(year),
                "criterion" => {
                    measure = explored.measures.iter().position(|one| one.code == value).unwrap_or(measure);
                }
                _ => {}
            }
        }
        let chosen = (year, measure);
        if self.shown.replace(Some(chosen)) != Some(chosen) {
            Rc::clone(self).paint(chosen, Part::ALL);
        }
    }

    /// One figure a task: what the reader does meanwhile is answered between two, and the rest of what she no
    /// longer wants to see is not drawn.
    fn paint(self: Rc<Self>, chosen: (usize, usize), parts: &'static [Part]) {
        let (Some(explored), Some((part, rest))) = (self.explored.get(), parts.split_first()) else { return };
        if self.shown.get() != Some(chosen) {
            return;
        }
        Shown { explored, year: chosen.0, measure: chosen.1 }.paint(*part);
        set_timeout(move || self.paint(chosen, rest), Duration::ZERO);
    }

    fn play(self: &Rc<Self>, button: &Element) {
        let years: Vec<HtmlInputElement> =
            all_in(&self.form, "input[name=year]").into_iter().filter_map(|input| input.dyn_into().ok()).collect();
        let at = |years: &[HtmlInputElement]| years.iter().position(HtmlInputElement::checked).unwrap_or_default();
        let last = years.len().saturating_sub(1);
        let show = |years: &[HtmlInputElement], chooser: &Rc<Self>, year: usize| {
            if let Some(input) = years.get(year) {
                input.set_checked(true);
                chooser.follow();
            }
        };
        if at(&years) == last {
            show(&years, self, 0);
        }
        let chooser = Rc::clone(self);
        let next = move || {
            let year = at(&years) + 1;
            show(&years, &chooser, year);
            if year >= last {
                chooser.stop();
            }
        };
        self.playing.set(set_interval_with_handle(next, STEP).ok());
        button.set_text_content(button.get_attribute("data-stop").as_deref());
    }

    fn stop(&self) {
        if let Some(handle) = self.playing.take() {
            handle.clear();
        }
        if let Ok(Some(button)) = self.form.query_selector(".play") {
            button.set_text_content(button.get_attribute("data-play").as_deref());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn sample() -> Explored {
        let text = str::to_owned;
        let place = |code: &str, name: &str| Place { code: text(code), name: text(name), short: text(name) };
        Explored {
            years: vec![2023, 2024],
            measures: vec![
                Measure { code: String::new(), name: text("Whole"), title: text("Index") },
                Measure {
                    code: text("internet_access"),
                    name: text("Internet access"),
                    title: text("Internet access"),
                },
            ],
            areas: vec![place("KZ-10", "Abai"), place("KZ-71", "Astana")],
            country: text("Kazakhstan"),
            standings: vec![
                Some((Some(412), Some(2), 500, 100, 400, 0, Some((2, 2)))),
                Some((Some(783), Some(1), 900, 0, 0, 0, None)),
                None,
                Some((Some(1000), Some(1), 1000, 0, 0, 0, None)),
                Some((None, None, 0, 0, 0, 0, None)),
                Some((Some(500), Some(1), 1000, 0, 0, 0, None)),
                Some((Some(500), Some(1), 1000, 0, 0, 0, None)),
                Some((Some(500), Some(1), 1000, 0, 0, 0, None)),
            ],
            national: vec![Some((Some(600), None, 1000, 0, 0, 0, None)), None, None, None],
            breaks: Vec::new(),
            leads: Vec::new(),
            words: Words {
                finding: text("{first} {high}, {last} {low}"),
                all_equal: text("all {score}"),
                none: text("nothing"),
                subtitle: text("{measure}, {year}"),
                ranking: text("Ranking"),
                ranking_above: text("{above} of {count} above"),
                heat: text("All alike"),
                heat_widest: text("{criterion}: {low} to {high}"),
                rank_is: text("rank {rank}"),
                trend_title: text("{from} in {first}, {to} in {last}"),
                trend_subtitle: text("{measure} over time"),
                boundary_break: text("other boundary"),
                break_criteria: text("other criteria"),
                unmeasured: text("nothing about {criteria}"),
                missing: text("no data"),
                shares: ["own", "earlier", "substitute", "imputed", "none"].map(text),
                headings: ["Rank", "Region", "Score", "Interval", "Own data"].map(text),
                decimal_comma: true,
            },
            path: text("/en/"),
            as_of: None,
            year: 1,
            measure: 0,
        }
    }

    #[test]
    fn standings_are_found_by_year_measure_and_area() {
        let explored = sample();
        assert_eq!(explored.standing(0, 0, 1).and_then(|found| found.0), Some(783));
        assert_eq!(explored.standing(0, 1, 0), None);
        assert_eq!(explored.standing(1, 0, 0).map(|found| found.0), Some(None));
        assert_eq!(explored.country_standing(0, 0).and_then(|found| found.0), Some(600));
        assert_eq!(explored.query(1, 0), "?year=2024");
        assert_eq!(explored.query(0, 1), "?year=2023&criterion=internet_access");
        let then = Explored { as_of: Some("2024-12-31".to_owned()), ..explored };
        assert_eq!(then.query(0, 1), "?year=2023&criterion=internet_access&as_of=2024-12-31");
    }
}
