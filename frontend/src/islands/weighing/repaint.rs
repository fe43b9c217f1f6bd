//! What changes on the page when a weight or a choice does: ranks and the address at once, scores
//! with their rank intervals when the slider rests.

use leptos::prelude::window;

use crate::charts::Chart;
use crate::islands::rewriting::{all, first, redraw, set_address, set_hidden, set_text};
use crate::scenario::Scenario;
use crate::scenario::outcome::{Outcome, Stability};
use crate::scenario::picture::Weighed;

/// The name under which the browser keeps how long the study of ranks took.
const MEASURE: &str = "rank-stability";

/// What every weight comes to, or that there is none.
pub(super) fn shares(weighed: &Weighed, scenario: &Scenario) {
    let shares = weighed.ground.shares(scenario);
    for (index, criterion) in weighed.ground.criteria.iter().enumerate() {
        let share = weighed.share(shares.as_ref().and_then(|shares| shares.get(index).copied()).unwrap_or(0.0));
        let field = Scenario::field(&criterion.code);
        if let Some(slider) = first(&format!("#{field}")) {
            let _ = slider.set_attribute("aria-valuetext", &share);
        }
        set_text(&format!("output[for={field}]"), &share);
    }
    set_hidden("form.scenario .notice", shares.is_some());
}

/// Ranks beside the official ones, and the address.
pub(super) fn ranks(weighed: &Weighed, scenario: &Scenario) {
    let outcome = Outcome::of(&weighed.ground, scenario).ok();
    set_hidden("#scenario-figures", outcome.is_none());
    if let Some(outcome) = outcome {
        let chart = weighed.moves(scenario, &outcome);
        set_text("#figure-moves-title", &chart.caption.title);
        redraw("figure-moves", &chart);
    }
    set_address(&weighed.path, &weighed.query(scenario));
    for link in all(".year-links a") {
        let year = link.text_content().and_then(|text| text.trim().parse().ok());
        let _ = link.set_attribute("href", &format!("{}{}", weighed.path, Weighed::query_of(year, scenario)));
    }
}

/// Begins to study the ranks; there is nothing to study where no criterion counts.
pub(super) fn study(weighed: &Weighed, scenario: &Scenario) -> Option<Stability> {
    if let Some(clock) = window().performance() {
        let _ = clock.mark(MEASURE);
    }
    Stability::begin(&weighed.ground, scenario).ok()
}

/// Scores with the ranks they take around the scenario, as studied; gives the sentence to be read out.
pub(super) fn scores(weighed: &Weighed, scenario: &Scenario, studied: Option<Stability>) -> String {
    let Ok(outcome) = Outcome::of(&weighed.ground, scenario) else { return weighed.words.no_weight.clone() };
    let intervals = studied.and_then(|study| study.intervals().ok()).unwrap_or_default();
    if let Some(clock) = window().performance() {
        let _ = clock.measure_with_start_mark(MEASURE, MEASURE);
    }
    let chart = weighed.standing(&outcome, &intervals);
    set_text("#figure-standing-title", &chart.caption.title);
    redraw("figure-standing", &chart);
    weighed.moves(scenario, &outcome).twin().caption
}
