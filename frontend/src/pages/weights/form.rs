//! The sliders and choices of the page of one's own weights: a form that asks the server, and the island that
//! answers it in the browser.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::islands::knowledge;
use crate::islands::weighing::{KNOWLEDGE, Weighing};
use crate::locale::message;
use crate::scenario::picture::Weighed;
use crate::scenario::{Aggregating, Normalising, Points, Scenario, Substitutes};

/// The form with its island.
pub(super) fn form(context: &PageContext<'_>, weighed: &Weighed) -> AnyView {
    let say = |words| context.say(words);
    let scenario = &weighed.scenario;
    let year = weighed.year.map(|year| view! { <input type="hidden" name="year" value=year.to_string() /> });
    let reset = format!("{}{}", weighed.path, Weighed::query_of(weighed.year, &Scenario::default()));
    let choices = [
        choice(
            "normalise",
            say(message::WEIGHTS_NORMALISE),
            codes(Normalising::ALL, Normalising::code).zip([
                say(message::NORMALISE_GOALPOSTS),
                say(message::NORMALISE_MIN_MAX),
                say(message::NORMALISE_Z_SCORE),
                say(message::NORMALISE_PERCENTILE_RANK),
            ]),
            scenario.normalising.code(),
        ),
        choice(
            "aggregate",
            say(message::WEIGHTS_AGGREGATE),
            codes(Aggregating::ALL, Aggregating::code).zip([
                say(message::AGGREGATE_ARITHMETIC),
                say(message::AGGREGATE_GEOMETRIC),
                say(message::AGGREGATE_HARMONIC),
            ]),
            scenario.aggregating.code(),
        ),
        choice(
            "substitutes",
            say(message::WEIGHTS_SUBSTITUTES),
            codes(Substitutes::ALL, Substitutes::code).zip([
                say(message::SUBSTITUTES_ALL),
                say(message::SUBSTITUTES_FORMER),
                say(message::SUBSTITUTES_NONE),
            ]),
            scenario.substitutes.code(),
        ),
    ];
    let has_index = weighed.ground.shares(scenario).is_some();
    view! {
        <form class="chooser scenario" method="get" action=weighed.path.clone()>
            {year}
            <fieldset class="weights">
                <legend>{say(message::WEIGHTS_LEGEND)}</legend>
                {sliders(weighed)}
                <datalist id="published-weight">
                    <option value=Points::PUBLISHED.number().to_string()></option>
                </datalist>
            </fieldset>
            <fieldset class="method">
                <legend>{say(message::WEIGHTS_METHOD)}</legend>
                {choices}
            </fieldset>
            <p class="notice" hidden=has_index>{weighed.words.no_weight.clone()}</p>
            <p class="buttons">
                <button type="submit">{say(message::WEIGHTS_COMPUTE)}</button>
                <a class="reset" href=reset>{say(message::WEIGHTS_RESET)}</a>
            </p>
            <p class="unseen" role="status" aria-live="polite"></p>
        </form>
        {knowledge::block(KNOWLEDGE, weighed)}
        <Weighing />
    }
    .into_any()
}

/// One for a criterion, with its share of the index.
fn sliders(weighed: &Weighed) -> AnyView {
    let shares = weighed.ground.shares(&weighed.scenario);
    let criteria = weighed.ground.criteria.iter().enumerate();
    let sliders = criteria.map(|(index, criterion)| {
        let field = Scenario::field(&criterion.code);
        let share = weighed.share(shares.as_ref().and_then(|shares| shares.get(index).copied()).unwrap_or(0.0));
        view! {
            <div class="weight">
                <label for=field.clone()>{criterion.name.clone()}</label>
                <input
                    type="range"
                    id=field.clone()
                    name=field.clone()
                    min="0"
                    max=Points::MOST.number().to_string()
                    step="1"
                    list="published-weight"
                    value=weighed.scenario.points(&criterion.code).number().to_string()
                    aria-valuetext=share.clone()
                />
                <output for=field>{share}</output>
            </div>
        }
    });
    sliders.collect_view().into_any()
}

fn codes<T: Copy>(all: &'static [T], code: fn(T) -> &'static str) -> impl Iterator<Item = &'static str> {
    all.iter().map(move |one| code(*one))
}

/// One choice of the method.
fn choice(
    name: &'static str,
    heading: String,
    options: impl Iterator<Item = (&'static str, String)>,
    chosen: &'static str,
) -> AnyView {
    let options = options
        .map(|(code, words)| view! { <option value=code selected=code == chosen>{words}</option> })
        .collect_view();
    view! {
        <label class="criterion">
            <span>{heading}</span>
            <select name=name>{options}</select>
        </label>
    }
    .into_any()
}
