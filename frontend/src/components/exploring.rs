//! The choice of criterion and year on the overview: a form, and what the island that answers it knows, the
//! figures of all years, rounded as they are shown, with its texts.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::CriterionCode;
use indicators::definition::Panel;
use indicators::text::Language;
use indicators::wire::{AreaEntry, IndexEntry};
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::components::{coverage, scoreboard};
use crate::data::PublishedRelease;
use crate::islands::explorer::{Explored, Explorer, FORM, KNOWLEDGE, Lead, Measure, Place, Standing, Words};
use crate::islands::knowledge;
use crate::locale::message;
use crate::route::Page;
use crate::template::open;

/// The form with its island.
pub(crate) fn chooser(
    context: &PageContext<'_>,
    shown: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
) -> AnyView {
    let explored = explored(context, shown, criterion);
    let known = knowledge::block(KNOWLEDGE, &explored);
    let (chosen_year, chosen_measure) = (explored.year, explored.measure);
    let as_of = explored.as_of.map(|day| view! { <input type="hidden" name="as_of" value=day /> });
    let measures = explored.measures.into_iter().enumerate();
    let options = measures
        .map(|(index, one)| view! { <option value=one.code selected=index == chosen_measure>{one.name}</option> })
        .collect_view();
    let years = explored
        .years
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let text = one.to_string();
            view! {
                <label>
                    <input type="radio" name="year" value=text.clone() checked=index == chosen_year />
                    <span>{text}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <form class="chooser" id=FORM method="get" action=explored.path>
            {as_of}
            <label class="criterion">
                <span>{context.say(message::CHOOSE_CRITERION)}</span>
                <select name="criterion">{options}</select>
            </label>
            <fieldset class="years">
                <legend>{context.say(message::CHOOSE_YEAR)}</legend>
                {years}
            </fieldset>
            <button type="button" class="plain play" hidden data-play=context.say(message::PLAY) data-stop=context.say(message::STOP)>
                {context.say(message::PLAY)}
            </button>
            <button type="submit">{context.say(message::SHOW)}</button>
            <p class="unseen" role="status" aria-live="polite"></p>
        </form>
        {known}
        <Explorer />
    }
    .into_any()
}

/// Everything the island needs, with what is shown at first.
fn explored(context: &PageContext<'_>, shown: &PublishedRelease<'_>, criterion: Option<&CriterionCode>) -> Explored {
    let years = context.site.years(Panel::Regions);
    let releases: Vec<PublishedRelease<'_>> =
        years.iter().filter_map(|year| context.site.releases.get(&(Panel::Regions, *year)).copied()).collect();
    let codes: Vec<Option<&CriterionCode>> =
        [None].into_iter().chain(context.site.criteria.iter().map(|criterion| Some(&criterion.code))).collect();
    let areas: Vec<&AreaEntry> =
        context.site.areas.iter().filter(|area| releases.iter().any(|one| one.entry(&area.code).is_some())).collect();
    let standings = releases.iter().flat_map(|release| {
        let areas = &areas;
        codes.iter().flat_map(move |code| {
            areas.iter().map(move |area| release.entry(&area.code).map(|entry| packed(entry, *code)))
        })
    });
    let national = releases.iter().flat_map(|release| {
        codes.iter().map(|code| release.answer.national.as_ref().map(|entry| packed(entry, *code)))
    });
    let measures = codes.iter().map(|code| Measure {
        code: code.map(ToString::to_string).unwrap_or_default(),
        name: code.map_or_else(|| context.say(message::WHOLE_INDEX), |code| context.criterion_name(code)),
        title: scoreboard::measure(context, *code),
    });
    Explored {
        measures: measures.collect(),
        areas: areas
            .iter()
            .map(|area| Place {
                code: area.code.to_string(),
                name: context.text(&area.name),
                short: context.short_name(&area.code),
            })
            .collect(),
        country: context.area_name(context.country()),
        standings: standings.collect(),
        national: national.collect(),
        breaks: areas
            .iter()
            .enumerate()
            .flat_map(|(area, entry)| {
                let broken = |release: &PublishedRelease<'_>| {
                    release.entry(&entry.code).is_some_and(|entry| entry.boundary_break)
                };
                let years = releases.iter().enumerate().filter(move |(_, release)| broken(release));
                years.map(move |(year, _)| (area, year))
            })
            .collect(),
        leads: releases.iter().map(|release| lead(context, release)).collect(),
        words: words(context),
        path: Page::Overview.path(context.address.language),
        as_of: context.address.selection.as_of.map(|day| day.to_string()),
        year: years.iter().position(|year| *year == shown.year()).unwrap_or_default(),
        measure: codes.iter().position(|code| *code == criterion).unwrap_or_default(),
        years,
    }
}

/// The national figure of a year: how it moved, what it rests on and how old that is stand beside it,
/// never behind a click.
pub(crate) fn lead(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> Lead {
    let national = release.answer.national.as_ref();
    let rests_on = national.map(|entry| {
        let coverage = coverage::words(context, &entry.coverage);
        context.fill(message::RESTS_ON, [("coverage", coverage.into())])
    });
    let age = national
        .and_then(|entry| entry.coverage.mean_age_years)
        .map(|age| context.fill(message::MEAN_AGE, [("years", context.formats.number(age, 1).into())]));
    let sentences: Vec<String> = [change_line(context, release), rests_on, age].into_iter().flatten().collect();
    Lead { headline: headline(context, release), standing: sentences.join(" ") }
}

/// The national figure of the year.
fn headline(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> String {
    let (country, year) = (context.area_name(context.country()), release.year().to_string());
    match release.answer.national.as_ref().and_then(|entry| entry.score) {
        Some(score) => context.fill(
            message::HEADLINE,
            [("country", country.into()), ("year", year.into()), ("score", context.formats.score(score).into())],
        ),
        None => context.fill(message::HEADLINE_NO_SCORE, [("country", country.into()), ("year", year.into())]),
    }
}

/// How the national figure moved, like for like: a new indicator is no fall.
fn change_line(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> Option<String> {
    let change = release.answer.national.as_ref()?.change?;
    let moved = change.like_for_like?;
    let key = if moved >= 0.05 {
        message::CHANGE_UP
    } else if moved <= -0.05 {
        message::CHANGE_DOWN
    } else {
        let previous = change.from_reference_year.to_string();
        return Some(context.fill(message::CHANGE_SAME, [("previous", previous.into())]));
    };
    let size = context.formats.score(moved.abs());
    Some(context.fill(key, [("change", size.into()), ("previous", change.from_reference_year.to_string().into())]))
}

fn packed(entry: &IndexEntry, criterion: Option<&CriterionCode>) -> Standing {
    let standing = scoreboard::standing(entry, criterion);
    let coverage = standing.coverage;
    (
        standing.score.map(|score| whole(score * 10.0)),
        standing.rank.and_then(|rank| u8::try_from(rank).ok()),
        whole(coverage.observed * 1000.0),
        whole(coverage.carried_forward * 1000.0),
        whole((coverage.predecessor_substitute + coverage.national_substitute) * 1000.0),
        whole(coverage.imputed * 1000.0),
        standing.interval.and_then(|interval| Some((interval.low.try_into().ok()?, interval.high.try_into().ok()?))),
    )
}

/// A number of at most four digits, rounded.
fn whole(value: f64) -> u16 {
    // Written and read, because there is no checked conversion from a floating-point number.
    format!("{:.0}", value.clamp(0.0, 9999.0)).parse().unwrap_or_default()
}

fn words(context: &PageContext<'_>) -> Words {
    let say = |words| context.say(words);
    Words {
        finding: context.fill(
            message::FINDING_ENDS,
            [
                ("first", open("first").into()),
                ("high", open("high").into()),
                ("last", open("last").into()),
                ("low", open("low").into()),
            ],
        ),
        all_equal: context.fill(message::FINDING_ALL_EQUAL, [("score", open("score").into())]),
        none: say(message::FINDING_NONE),
        subtitle: context
            .fill(message::SUBTITLE_SCORE, [("measure", open("measure").into()), ("year", open("year").into())]),
        ranking: say(message::RANKING_TITLE),
        ranking_above: context
            .fill(message::RANKING_ABOVE, [("above", open("above").into()), ("count", open("count").into())]),
        heat: say(message::HEAT_TITLE),
        heat_widest: context.fill(
            message::HEAT_WIDEST,
            [("criterion", open("criterion").into()), ("low", open("low").into()), ("high", open("high").into())],
        ),
        rank_is: context.fill(message::RANK_IS, [("rank", open("rank").into())]),
        trend_title: context.fill(
            message::TREND_TITLE,
            [
                ("first", open("first").into()),
                ("from", open("from").into()),
                ("last", open("last").into()),
                ("to", open("to").into()),
            ],
        ),
        trend_subtitle: context.fill(message::TREND_SUBTITLE, [("measure", open("measure").into())]),
        boundary_break: say(message::BOUNDARY_BREAK),
        break_criteria: say(message::BREAK_CRITERIA),
        unmeasured: context.fill(message::CRITERIA_WITHOUT_DATA, [("criteria", open("criteria").into())]),
        missing: context.missing(),
        shares: [
            say(message::STATUS_OBSERVED),
            say(message::STATUS_CARRIED_FORWARD),
            say(message::KEY_SUBSTITUTED),
            say(message::STATUS_IMPUTED),
            say(message::NO_DATA),
        ],
        headings: [
            say(message::RANK),
            say(message::REGION),
            say(message::SCORE),
            say(message::RANK_INTERVAL),
            say(message::COVERAGE),
        ],
        decimal_comma: context.address.language != Language::En,
    }
}
