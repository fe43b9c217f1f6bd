//! The reader's own weights: sliders and choices that compute the index anew in the browser.
//!
//! Without scripts it is a form that asks the server for the same computation.

#![expect(
    clippy::absolute_paths,
    clippy::too_many_lines,
    reason = "the island and view macros write full paths and one body"
)]

mod repaint;

use std::time::Duration;

use leptos::prelude::*;

use crate::scenario::ground::GroundCriterion;
use crate::scenario::picture::Weighed;
use crate::scenario::{Aggregating, Normalising, Points, Scenario, Substitutes};

/// How long a slider rests before ranks are studied again: a thousand recomputations are for the
/// weight that was chosen, not for those passed on the way.
const REST: Duration = Duration::from_millis(120);

/// The form, alive.
#[island]
pub fn Weighing(
    /// What it knows.
    weighed: Weighed,
) -> impl IntoView {
    let scenario = RwSignal::new(weighed.scenario.clone());
    let alive = RwSignal::new(false);
    let said = RwSignal::new(String::new());
    let words = weighed.words.clone();
    let path = weighed.path.clone();
    let year = weighed.year.map(|year| view! { <input type="hidden" name="year" value=year.to_string() /> });
    let reset = format!("{path}{}", Weighed::query_of(weighed.year, &Scenario::default()));
    let criteria = weighed.ground.criteria.clone();
    let initial = weighed.scenario.clone();
    let known = StoredValue::new(weighed);
    let shares = Memo::new(move |_| known.with_value(|weighed| weighed.ground.shares(&scenario.read())));
    let share_of = move |index: usize| {
        let share = shares.read().as_ref().and_then(|shares| shares.get(index).copied());
        known.with_value(|weighed| weighed.share(share.unwrap_or(0.0)))
    };

    let slider = move |(index, criterion): (usize, GroundCriterion)| {
        let field = Scenario::field(&criterion.code);
        let (value, name, code) = (initial.points(&criterion.code), criterion.name, criterion.code);
        let now = code.clone();
        let slide = move |event| {
            if let Some(points) = Points::read(&event_target_value(&event)) {
                scenario.update(|scenario| scenario.set_points(code.clone(), points));
            }
        };
        view! {
            <div class="weight">
                <label for=field.clone()>{name}</label>
                <input
                    type="range"
                    id=field.clone()
                    name=field.clone()
                    min="0"
                    max=Points::MOST.number().to_string()
                    step="1"
                    list="published-weight"
                    value=value.number().to_string()
                    prop:value=move || scenario.read().points(&now).number().to_string()
                    aria-valuetext=move || share_of(index)
                    on:input=slide
                />
                <output for=field>{move || share_of(index)}</output>
            </div>
        }
    };
    let sliders = criteria.into_iter().enumerate().map(slider).collect_view();

    let first = known.with_value(|weighed| weighed.scenario.clone());
    let choices = [
        choice(
            "normalise",
            words.normalising.clone(),
            codes(Normalising::ALL, Normalising::code),
            first.normalising.code(),
            scenario,
        ),
        choice(
            "aggregate",
            words.aggregating.clone(),
            codes(Aggregating::ALL, Aggregating::code),
            first.aggregating.code(),
            scenario,
        ),
        choice(
            "substitutes",
            words.substitutes.clone(),
            codes(Substitutes::ALL, Substitutes::code),
            first.substitutes.code(),
            scenario,
        ),
    ];

    let waiting = StoredValue::new(None::<TimeoutHandle>);
    // Effects run in the browser only: there the figures on the page are repainted.
    Effect::new(move |before: Option<Scenario>| {
        let now = scenario.get();
        alive.set(true);
        if before.is_some_and(|before| before != now) {
            known.with_value(|weighed| repaint::ranks(weighed, &now));
            if let Some(handle) = waiting.get_value() {
                handle.clear();
            }
            let chosen = now.clone();
            let study = move || {
                said.set(known.with_value(|weighed| repaint::scores(weighed, &chosen)));
            };
            waiting.set_value(set_timeout_with_handle(study, REST).ok());
        }
        now
    });

    let no_weight = words.no_weight.clone();
    view! {
        <form class="chooser scenario" method="get" action=path>
            {year}
            <fieldset class="weights">
                <legend>{words.weights}</legend>
                {sliders}
                <datalist id="published-weight">
                    <option value=Points::PUBLISHED.number().to_string()></option>
                </datalist>
            </fieldset>
            <fieldset class="method">
                <legend>{words.method}</legend>
                {choices}
            </fieldset>
            <p class="notice" hidden=move || shares.read().is_some()>
                {no_weight}
            </p>
            <p class="buttons">
                <button type="submit" hidden=move || alive.get()>
                    {words.show}
                </button>
                <a class="reset" href=reset>{words.reset}</a>
            </p>
            <p class="unseen" role="status" aria-live="polite">
                {move || said.get()}
            </p>
        </form>
    }
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| code(*one)).collect()
}

/// One choice of the method.
fn choice(
    name: &'static str,
    (heading, options): (String, Vec<String>),
    codes: Vec<&'static str>,
    chosen: &'static str,
    scenario: RwSignal<Scenario>,
) -> AnyView {
    let options = codes
        .into_iter()
        .zip(options)
        .map(|(code, words)| view! { <option value=code selected=code == chosen>{words}</option> })
        .collect_view();
    let choose = move |event| {
        let value = event_target_value(&event);
        scenario.update(|scenario| {
            scenario.take(name, &value);
        });
    };
    view! {
        <label class="criterion">
            <span>{heading}</span>
            <select name=name on:change=choose>{options}</select>
        </label>
    }
    .into_any()
}
