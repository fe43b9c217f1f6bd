//! The overview: where the country and its regions stand, since when, and how sure that is.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::CriterionCode;
use indicators::definition::Panel;
use leptos::prelude::*;

use crate::charts::choropleth::MapLabels;
use crate::components::context::PageContext;
use crate::components::exploring::{self, lead};
use crate::components::figure::{Figure, figure};
use crate::components::scoreboard;
use crate::components::sources::dataflows;
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::route::Page;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let Some(release) = context.release(Panel::Regions) else { return empty(context) };
    let criterion = context.address.selection.criterion.as_ref().filter(|code| context.site.criterion(code).is_some());
    let lead = lead(context, &release);
    let headline = lead.headline.clone();
    let body = view! {
        <div class="lead">
            <h1 id="headline">{headline.clone()}</h1>
            <p class="rests-on" id="standing-line">{lead.standing}</p>
            {recordings_notice(context)}
        </div>
        {exploring::chooser(context, &release, criterion)}
        <div class="overview-charts">
            {map_figure(context, &release, criterion, MapLabels::NamesAndValues)}
            {ranking_figure(context, &release, criterion)}
            {trend_figure(context, criterion)}
        </div>
        {heat_figure(context, &release)}
    };
    Content {
        title: context.text(&context.site.framework.name),
        description: headline,
        body: body.into_any(),
        found: true,
    }
}

/// Before the first release: says so instead of an empty frame.
pub(crate) fn empty(context: &PageContext<'_>) -> Content {
    let title = context.text(&context.site.framework.name);
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p class="notice">{context.say(message::NOTHING_PUBLISHED)}</p>
        </div>
    };
    Content { title, description: context.say(message::NOTHING_PUBLISHED), body: body.into_any(), found: true }
}

/// Says when figures come from recordings that were bundled with the program.
fn recordings_notice(context: &PageContext<'_>) -> AnyView {
    let mut days: Vec<_> =
        context.site.sources.iter().filter(|source| source.bundled).filter_map(|source| source.as_of).collect();
    days.sort_unstable();
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return ().into_any() };
    let words = context.fill(
        message::RECORDINGS_NOTICE,
        [
            ("count", days.len().into()),
            ("first", context.formats.day(*first).into()),
            ("last", context.formats.day(*last).into()),
        ],
    );
    view! {
        <p class="note">
            {words} " "
            <a href=context.href(Page::Sources)>{context.say(message::NOTICE_SOURCES)}</a>
        </p>
    }
    .into_any()
}

pub(crate) fn map_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
    labels: MapLabels,
) -> AnyView {
    let chart = scoreboard::map(context, release, criterion, labels);
    figure(
        context,
        Figure {
            csv: Some(csv(release.year())),
            with_map: true,
            follows_measure: follows_measure(context),
            ..Figure::of("figure-map", chart, dataflows(context, criterion))
        },
    )
}

/// The overview lets the reader choose; the page of a criterion and a figure taken out of either do not.
fn follows_measure(context: &PageContext<'_>) -> bool {
    context.address.page == Page::Overview && !context.wants_one()
}

/// The scores of a year for machines.
fn csv(year: i16) -> String {
    format!("/api/v1/index.csv?panel=regions&period={year}")
}

pub(crate) fn ranking_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
) -> AnyView {
    let chart = scoreboard::ranking(context, release, criterion);
    figure(
        context,
        Figure {
            key: Some(coverage_key(context)),
            csv: Some(csv(release.year())),
            follows_measure: follows_measure(context),
            ..Figure::of("figure-ranking", chart, dataflows(context, criterion))
        },
    )
}

/// What the parts of a coverage bar mean.
pub(crate) fn coverage_key(context: &PageContext<'_>) -> AnyView {
    let entries = [
        ("observed", message::STATUS_OBSERVED),
        ("carried", message::STATUS_CARRIED_FORWARD),
        ("substituted", message::KEY_SUBSTITUTED),
        ("missing", message::NO_DATA),
    ];
    let items =
        entries.into_iter().map(|(class, words)| view! { <li class=class>{context.say(words)}</li> }).collect_view();
    view! { <ul class="coverage-key">{items}</ul> }.into_any()
}

pub(crate) fn trend_figure(context: &PageContext<'_>, criterion: Option<&CriterionCode>) -> AnyView {
    let chart = scoreboard::trend(context, criterion, &[]);
    figure(
        context,
        Figure {
            notes: vec![context.say(message::TREND_NOTE)],
            follows_measure: follows_measure(context),
            ..Figure::of("figure-trend", chart, dataflows(context, criterion))
        },
    )
}

fn heat_figure(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> AnyView {
    let table = scoreboard::heat_table(context, release);
    let subtitle = scoreboard::subtitle(context, None, release.year());
    let unmeasured: Vec<String> = context
        .site
        .criteria
        .iter()
        .filter(|criterion| {
            release.answer.index.iter().all(|entry| scoreboard::standing(entry, Some(&criterion.code)).score.is_none())
        })
        .map(|criterion| context.text(&criterion.name))
        .collect();
    let notes = if unmeasured.is_empty() {
        Vec::new()
    } else {
        vec![context.fill(message::CRITERIA_WITHOUT_DATA, [("criteria", unmeasured.join(", ").into())])]
    };
    figure(
        context,
        Figure {
            notes,
            csv: Some(csv(release.year())),
            ..Figure::of_table(
                "figure-heat",
                (scoreboard::widest_criterion(context, release), subtitle),
                table,
                dataflows(context, None),
            )
        },
    )
}
