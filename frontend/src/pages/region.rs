//! One region: score, criteria, every indicator from value to contribution, lines over time.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

mod drill;
mod over_time;
mod standing;
mod values;

use indicators::code::AreaCode;
use indicators::definition::Panel;
use indicators::wire::{AreaEntry, Profile, ProfileCriterion};
use leptos::prelude::*;

use crate::charts::ranking::{Ranking, RankingRow};
use crate::charts::twin::{Twin, TwinRow};
use crate::charts::{Caption, Emphasis};
use crate::components::choosers;
use crate::components::context::{NOTHING, PageContext};
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows;
use crate::components::{coverage, scoreboard};
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::overview::coverage_key;
use crate::route::{Address, Page};
use crate::selection::Selection;

/// From this share of own values on, a score is the region's own.
const MOSTLY: f64 = 0.5;

pub(crate) fn content(context: &PageContext<'_>, code: &AreaCode) -> Option<Content> {
    let area = context.site.area(code)?;
    let is_ours = area.parent.as_ref() == Some(context.country()) || area.code == *context.country();
    if !is_ours {
        return None;
    }
    let release = context.release(Panel::Regions)?;
    let name = context.text(&area.name);
    let year = release.year();
    let choice = choosers::years(context, Panel::Regions, year);
    let trail = view! {
        <p class="trail"><a href=context.href(Page::Overview)>{context.say(message::NAV_OVERVIEW)}</a> " \u{203a} " {name.clone()}</p>
    };
    let Some(profile) = release.profiles.get(code) else {
        // The region did not exist in the year, or was dissolved before it.
        let words = context
            .fill(message::REGION_NOT_IN_YEAR, [("area", name.clone().into()), ("year", year.to_string().into())]);
        let body = view! {
            <div class="lead">{trail} <h1>{name.clone()}</h1> <p class="notice">{words.clone()}</p> {notes(context, area)}</div>
            {choice}
        };
        return Some(Content { title: name, description: words, body: body.into_any(), found: true });
    };
    let national = release.profiles.get(context.country());
    let headline = headline(context, &name, year, profile);
    let body = view! {
        <div class="lead">
            {trail}
            <h1>{headline.clone()}</h1>
            <p class="rests-on">{rests_on(context, profile)}</p>
            {rank_interval(context, profile)}
            {notes(context, area)}
            <p><a href=compare_href(context, code)>{context.say(message::COMPARE_WITH)}</a></p>
        </div>
        {choice}
        {criteria_figure(context, profile, national, year)}
        {standing::contributions_figure(context, &release, profile, national)}
        <div class="two-columns">
            {standing::strip_figure(context, &release, profile)}
            {standing::radar_figure(context, &release, profile, national)}
        </div>
        {over_time::section(context, area)}
        {values::table(context, profile, national)}
    };
    Some(Content { title: name, description: headline, body: body.into_any(), found: true })
}

fn headline(context: &PageContext<'_>, name: &str, year: i16, profile: &Profile) -> String {
    let Some(score) = profile.score else {
        return context.fill(message::HEADLINE_NO_SCORE, [("country", name.into()), ("year", year.to_string().into())]);
    };
    let score = context.formats.score(score);
    match profile.rank {
        Some(rank) => context.fill(
            message::REGION_HEADLINE,
            [
                ("area", name.into()),
                ("year", year.to_string().into()),
                ("score", score.into()),
                ("rank", context.formats.count(u64::from(rank)).into()),
                ("ranked", context.formats.count(u64::from(profile.ranked)).into()),
            ],
        ),
        None => context.fill(
            message::HEADLINE,
            [("country", name.into()), ("year", year.to_string().into()), ("score", score.into())],
        ),
    }
}

/// What the score rests on and how old that is.
fn rests_on(context: &PageContext<'_>, profile: &Profile) -> String {
    let coverage = context.fill(message::RESTS_ON, [("coverage", coverage::words(context, &profile.coverage).into())]);
    let age = profile.coverage.mean_age_years.map(|age| {
        let years = context.formats.number(age, 1);
        context.fill(message::MEAN_AGE, [("years", years.into())])
    });
    [Some(coverage), age].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// How far the rank can be relied on.
fn rank_interval(context: &PageContext<'_>, profile: &Profile) -> Option<AnyView> {
    let interval = scoreboard::drawn_interval(profile.rank_interval?);
    let words = context.fill(message::REGION_RANK_INTERVAL, [("interval", interval.text().into())]);
    Some(view! { <p class="rests-on">{words}</p> }.into_any())
}

/// The region beside another.
fn compare_href(context: &PageContext<'_>, code: &AreaCode) -> String {
    let chosen = &context.address.selection;
    let areas = if code == context.country() { Vec::new() } else { vec![code.clone()] };
    let selection = Selection { year: chosen.year, areas, as_of: chosen.as_of, ..Selection::default() };
    Address { page: Page::Compare, language: context.address.language, selection }.href()
}

/// When and from what the region was formed, and how its territory changed.
fn notes(context: &PageContext<'_>, area: &AreaEntry) -> AnyView {
    let mut notes = Vec::new();
    if let Some(day) = area.valid_from {
        let from: Vec<String> = area.predecessors.iter().map(|code| context.area_name(code)).collect();
        let words = [("day", context.formats.day(day).into()), ("from", from.join(", ").into())];
        notes.push(context.fill(message::REGION_FORMED, words));
    }
    if let Some(day) = area.valid_to {
        notes.push(context.fill(message::REGION_DISSOLVED, [("day", context.formats.day(day).into())]));
    }
    notes.extend(area.breaks.iter().map(|change| {
        let words = [("day", context.formats.day(change.date).into()), ("reason", context.text(&change.reason).into())];
        context.fill(message::REGION_BREAK, words)
    }));
    notes.into_iter().map(|note| view! { <p class="note">{note}</p> }).collect_view().into_any()
}

/// The eight criteria as bars, the national score in the table beside.
fn criteria_figure(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>, year: i16) -> AnyView {
    let rows = profile.criteria.iter().map(|criterion| {
        let score = &criterion.score;
        RankingRow {
            code: score.criterion.to_string(),
            name: context.criterion_name(&score.criterion),
            rank: score.rank.map(|rank| context.formats.count(u64::from(rank))).unwrap_or_default(),
            value: score.score,
            text: context.score(score.score),
            interval: None,
            coverage: Some(coverage::shares(context, &score.coverage)),
            note: coverage::words(context, &score.coverage),
            href: Some(context.href(Page::Criterion(score.criterion.clone()))),
            emphasis: Emphasis::Context,
        }
    });
    let mut headings = scoreboard::ranking_headings(context);
    headings.area = context.say(message::CRITERION);
    let title = strongest_and_weakest(context, profile);
    let measured = context.fill(message::REGION_CRITERIA_SUBTITLE, [("year", year.to_string().into())]);
    // The figure is shown without its page too.
    let subtitle = format!("{} \u{b7} {measured}", context.area_name(&profile.area));
    let chart = Ranking {
        caption: Caption { id: "criteria".to_owned(), title: title.clone(), description: subtitle },
        rows: rows.collect(),
        axis: scoreboard::score_axis(context.formats.marks()),
        headings,
        missing: context.missing(),
    };
    let csv = format!("/api/v1/index/{}.csv?period={year}", profile.area);
    let twin = criteria_twin(context, profile, national, title);
    figure(
        context,
        Figure {
            key: Some(coverage_key(context)),
            twin: Some(twin),
            // The API gives the profile of a release, and what was known on a day is none.
            csv: context.address.selection.as_of.is_none().then_some(csv),
            ..Figure::of("figure-criteria", chart, dataflows(context, None))
        },
    )
}

/// The ends of what is the region's own: a score that rests on the country's values is the same everywhere and says
/// nothing about the region.
fn strongest_and_weakest(context: &PageContext<'_>, profile: &Profile) -> String {
    let own = profile.criteria.iter().filter(|criterion| coverage::own(&criterion.score.coverage) >= MOSTLY);
    let mut scored: Vec<(&ProfileCriterion, f64)> =
        own.filter_map(|criterion| Some((criterion, criterion.score.score?))).collect();
    scored.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    match (scored.first(), scored.last()) {
        (Some((best, high)), Some((worst, low))) if scored.len() > 1 => context.fill(
            message::REGION_ENDS,
            [
                ("best", context.criterion_name(&best.score.criterion).into()),
                ("high", context.formats.score(*high).into()),
                ("worst", context.criterion_name(&worst.score.criterion).into()),
                ("low", context.formats.score(*low).into()),
            ],
        ),
        _ => context.say(message::HEAT_TITLE_REGION),
    }
}

fn criteria_twin(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>, caption: String) -> Twin {
    let rows = profile.criteria.iter().map(|criterion| {
        let beside = national
            .and_then(|national| {
                national.criteria.iter().find(|other| other.score.criterion == criterion.score.criterion)
            })
            .and_then(|other| other.score.score);
        TwinRow {
            name: context.criterion_name(&criterion.score.criterion),
            href: Some(context.href(Page::Criterion(criterion.score.criterion.clone()))),
            cells: vec![
                context.score(criterion.score.score),
                context.score(beside),
                criterion.score.rank.map_or_else(dash, |rank| context.formats.count(u64::from(rank))),
                context.formats.share(criterion.weight),
                criterion.contribution.map_or_else(dash, |points| context.formats.number(points, 2)),
                coverage::words(context, &criterion.score.coverage),
            ],
        }
    });
    Twin {
        caption,
        header: vec![
            context.say(message::CRITERION),
            context.say(message::SCORE),
            context.area_name(context.country()),
            context.say(message::RANK),
            context.say(message::WEIGHT),
            context.say(message::CONTRIBUTION),
            context.say(message::COVERAGE),
        ],
        rows: rows.collect(),
    }
}

fn dash() -> String {
    NOTHING.to_owned()
}
