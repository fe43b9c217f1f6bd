//! The index under the reader's own weights: a scenario beside the official result, never instead of it.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

mod form;

use indicators::assembly::CellStatus;
use indicators::definition::Panel;
use indicators::text::Language;
use indicators::wire::{CellEntry, Profile};
use leptos::prelude::*;

use crate::components::choosers;
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows;
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::overview;
use crate::route::Page;
use crate::scenario::ground::{Ground, GroundArea, GroundCriterion, GroundIndicator};
use crate::scenario::outcome::{Outcome, Placed, REPLICATES, stability};
use crate::scenario::picture::{Weighed, Words};
use crate::template::open;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let title = context.say(message::WEIGHTS_TITLE);
    let description = context.say(message::WEIGHTS_INTRO);
    let Some(release) = context.release(Panel::Regions) else { return overview::empty(context) };
    let weighed = weighed(context, &release);
    let scenario = &weighed.scenario;
    let outcome = Outcome::of(&weighed.ground, scenario).ok();
    let intervals = outcome.as_ref().and_then(|_| stability(&weighed.ground, scenario).ok()).unwrap_or_default();
    let hidden = outcome.is_none();
    // Without any weight there is nothing to show; the frames stay for the script to fill.
    let nothing = || vec![Placed { score: None, rank: None }; weighed.ground.areas.len()];
    let outcome = outcome.unwrap_or_else(|| Outcome { placed: nothing() });
    let moves = weighed.moves(scenario, &outcome);
    let standing = weighed.standing(&outcome, &intervals);
    let stability_note = context.fill(
        message::WEIGHTS_STABILITY_NOTE,
        [("count", context.formats.count(u64::try_from(REPLICATES).unwrap_or_default()).into())],
    );
    let figures = [
        Figure {
            key: Some(move_key(context)),
            notes: vec![context.say(message::WEIGHTS_SCENARIO_NOTE)],
            ..Figure::of("figure-moves", moves, dataflows(context, None))
        },
        Figure { notes: vec![stability_note], ..Figure::of("figure-standing", standing, dataflows(context, None)) },
    ]
    .map(|drawn| figure(context, drawn));
    let unmeasured = unmeasured(context);
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p>{description.clone()}</p>
            <p class="notice">{context.say(message::WEIGHTS_NOTICE)} " " <a href=context.href(Page::Method)>{context.say(message::NAV_METHOD)}</a></p>
        </div>
        {choosers::years(context, Panel::Regions, release.year())}
        {form::form(context, &weighed)}
        {unmeasured}
        <div class="scenario-figures" id="scenario-figures" hidden=hidden>{figures}</div>
    };
    Content { title, description, body: body.into_any(), found: true }
}

/// Criteria that have no slider, because nothing is published about the regions.
fn unmeasured(context: &PageContext<'_>) -> AnyView {
    let names: Vec<String> = context
        .site
        .criteria
        .iter()
        .filter(|criterion| criterion.region_indicators.is_empty())
        .map(|criterion| context.text(&criterion.name))
        .collect();
    if names.is_empty() {
        return ().into_any();
    }
    let words = context.fill(message::CRITERIA_WITHOUT_DATA, [("criteria", names.join(", ").into())]);
    view! { <p class="note">{words}</p> }.into_any()
}

/// What the colours of the lines mean.
fn move_key(context: &PageContext<'_>) -> AnyView {
    let entries = [("up", message::MOVES_UP), ("down", message::MOVES_DOWN), ("same", message::MOVES_SAME)].into_iter();
    let items = entries.map(|(class, words)| view! { <li class=class>{context.say(words)}</li> }).collect_view();
    view! { <ul class="move-key">{items}</ul> }.into_any()
}

fn weighed(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> Weighed {
    let address = context.address;
    Weighed {
        ground: ground(context, release),
        scenario: address.selection.scenario.clone(),
        words: words(context),
        path: Page::Weights.path(address.language),
        regions: format!("/{}/regions/", address.language),
        year: address.selection.year,
    }
}

/// The cells of a release with the tree they are judged by.
fn ground(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> Ground {
    let framework = context.site.framework;
    let declared: Vec<_> = framework.indicators_of(Panel::Regions).collect();
    let criteria: Vec<GroundCriterion> = framework
        .criteria
        .iter()
        .filter(|criterion| declared.iter().any(|indicator| indicator.criterion == criterion.code))
        .map(|criterion| GroundCriterion {
            code: criterion.code.clone(),
            name: context.text(&criterion.name),
            weight: criterion.weight,
        })
        .collect();
    let indicators: Vec<GroundIndicator> = declared
        .iter()
        .filter_map(|indicator| {
            Some(GroundIndicator {
                code: indicator.code.clone(),
                criterion: criteria.iter().position(|criterion| criterion.code == indicator.criterion)?,
                direction: indicator.direction,
                low: indicator.goalposts.low,
                high: indicator.goalposts.high,
                weight: indicator.weight,
            })
        })
        .collect();
    let index = &release.answer.index;
    let cells: Vec<Option<&CellEntry>> = indicators
        .iter()
        .flat_map(|indicator| {
            index.iter().map(|entry| cell(release.profiles.get(&entry.area)?, indicator.code.as_str()))
        })
        .collect();
    let places = |status: CellStatus| {
        let all = cells.iter().enumerate();
        all.filter(|(_, cell)| cell.is_some_and(|cell| cell.status == status))
            .filter_map(|(position, _)| u16::try_from(position).ok())
            .collect()
    };
    Ground {
        criteria,
        areas: index
            .iter()
            .map(|entry| GroundArea {
                code: entry.area.clone(),
                name: context.area_name(&entry.area),
                short: context.short_name(&entry.area),
                rank: entry.rank,
            })
            .collect(),
        values: cells.iter().map(|cell| cell.and_then(|cell| cell.value)).collect(),
        former: places(CellStatus::PredecessorSubstitute),
        national: places(CellStatus::NationalSubstitute),
        indicators,
    }
}

fn cell<'a>(profile: &'a Profile, indicator: &str) -> Option<&'a CellEntry> {
    profile
        .criteria
        .iter()
        .flat_map(|criterion| &criterion.indicators)
        .find(|cell| cell.indicator.as_str() == indicator)
}

fn words(context: &PageContext<'_>) -> Words {
    let say = |words| context.say(words);
    let moved = |words| {
        context.fill(words, [("area", open("area").into()), ("from", open("from").into()), ("to", open("to").into())])
    };
    Words {
        official: say(message::WEIGHTS_OFFICIAL),
        yours: say(message::WEIGHTS_YOURS),
        published: say(message::WEIGHTS_AS_PUBLISHED),
        unmoved: say(message::WEIGHTS_UNMOVED),
        climb: moved(message::WEIGHTS_CLIMB),
        fall: moved(message::WEIGHTS_FALL),
        no_weight: say(message::WEIGHTS_NO_WEIGHT),
        moves_subtitle: say(message::WEIGHTS_MOVES_SUBTITLE),
        standing_title: say(message::WEIGHTS_STANDING_TITLE),
        least_certain: context.fill(
            message::WEIGHTS_LEAST_CERTAIN,
            [("area", open("area").into()), ("interval", open("interval").into())],
        ),
        standing_subtitle: say(message::WEIGHTS_STANDING_SUBTITLE),
        officially: context.fill(message::WEIGHTS_OFFICIALLY, [("rank", open("rank").into())]),
        missing: context.missing(),
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
