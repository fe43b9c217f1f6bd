//! The choice of criterion and year on the overview: repaints the page without a reload.
//!
//! Without scripts it is a form that asks for the page anew. The figures of all years travel with
//! the island, rounded as they are shown; texts come translated.

#![expect(
    clippy::absolute_paths,
    clippy::must_use_candidate,
    clippy::too_many_lines,
    reason = "the island and view macros write full paths, a plain function and one body"
)]

mod repaint;
mod surroundings;

use std::time::Duration;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

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
    /// Heading of the choice of criterion.
    pub choose_measure: String,
    /// Heading of the choice of year.
    pub choose_year: String,
    /// The button that asks for the whole page.
    pub show: String,
    /// Starts the walk through the years.
    pub play: String,
    /// Ends it.
    pub stop: String,
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

/// The form, alive.
#[island]
pub fn Explorer(
    /// What it knows.
    explored: Explored,
) -> impl IntoView {
    let year = RwSignal::new(explored.year);
    let measure = RwSignal::new(explored.measure);
    let playing = RwSignal::new(None::<IntervalHandle>);
    let alive = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let words = explored.words.clone();
    let path = explored.path.clone();
    let as_of = explored.as_of.clone().map(|day| view! { <input type="hidden" name="as_of" value=day /> });
    let (initial_year, initial_measure) = (explored.year, explored.measure);
    let last = explored.years.len().saturating_sub(1);

    let options = explored
        .measures
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let selected = index == initial_measure;
            view! { <option value=one.code.clone() selected=selected>{one.name.clone()}</option> }
        })
        .collect_view();
    let codes: Vec<String> = explored.measures.iter().map(|one| one.code.clone()).collect();
    let choose = move |event| {
        let value = event_target_value(&event);
        if let Some(index) = codes.iter().position(|code| *code == value) {
            measure.set(index);
        }
    };
    let stop = move || {
        if let Some(handle) = playing.get_untracked() {
            handle.clear();
            playing.set(None);
        }
    };
    let years = explored
        .years
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let text = one.to_string();
            view! {
                <label>
                    <input
                        type="radio"
                        name="year"
                        value=text.clone()
                        checked=index == initial_year
                        prop:checked=move || year.get() == index
                        on:change=move |_| {
                            stop();
                            year.set(index);
                        }
                    />
                    <span>{text}</span>
                </label>
            }
        })
        .collect_view();
    let play = move |_| {
        if playing.get_untracked().is_some() {
            stop();
            return;
        }
        if year.get_untracked() == last {
            year.set(0);
        }
        let next = move || {
            let now = year.get_untracked();
            if now < last {
                year.set(now + 1);
            }
            if now + 1 >= last {
                stop();
            }
        };
        playing.set(set_interval_with_handle(next, STEP).ok());
    };
    let (play_word, stop_word) = (words.play.clone(), words.stop.clone());

    let knowledge = StoredValue::new(explored);
    // Effects run in the browser only: there the figures on the page are repainted.
    Effect::new(move |before: Option<(usize, usize)>| {
        let now = (year.get(), measure.get());
        alive.set(true);
        if before.is_some_and(|before| before != now) {
            said.set(knowledge.with_value(|explored| repaint::repaint(explored, now.0, now.1)));
        }
        now
    });

    view! {
        <form class="chooser" method="get" action=path>
            {as_of}
            <label class="criterion">
                <span>{words.choose_measure}</span>
                <select name="criterion" on:change=choose>
                    {options}
                </select>
            </label>
            <fieldset class="years">
                <legend>{words.choose_year}</legend>
                {years}
            </fieldset>
            <button type="button" class="plain" hidden=move || !alive.get() on:click=play>
                {move || if playing.get().is_some() { stop_word.clone() } else { play_word.clone() }}
            </button>
            <button type="submit">{words.show}</button>
            <p class="unseen" role="status" aria-live="polite">
                {move || said.get()}
            </p>
        </form>
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
                choose_measure: text("What"),
                choose_year: text("Year"),
                show: text("Show"),
                play: text("Play"),
                stop: text("Stop"),
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
