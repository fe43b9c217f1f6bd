//! What changed from one reference year to the next: whose rank moved, and what moved the score.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use std::cmp::Reverse;

use indicators::code::{AreaCode, CriterionCode};
use indicators::definition::Panel;
use indicators::wire::{IndexEntry, Profile};
use leptos::prelude::*;

use crate::components::choosers;
use crate::components::context::PageContext;
use crate::components::wide_table::{Cell, Group, Row, WideTable, wide_table};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::downloads::panel_words;
use crate::route::Page;

/// The criteria that moved a score most, as many as are named.
const MOST_NAMED: usize = 2;
/// A smaller change is none to a reader.
const SEEN: f64 = 0.05;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let later = context.release(Panel::Regions);
    let earlier = later.and_then(|release| {
        let year = context.site.years(Panel::Regions).into_iter().rfind(|year| *year < release.year())?;
        context.site.releases.get(&(Panel::Regions, year)).copied()
    });
    let (title, finding, body) = if let (Some(earlier), Some(later)) = (earlier, later) {
        compared(context, &earlier, &later)
    } else {
        (context.say(message::NAV_RELEASES), context.say(message::RELEASES_NONE), ().into_any())
    };
    let years = later.map(|release| choosers::years(context, Panel::Regions, release.year()));
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p class="finding">{finding.clone()}</p>
        </div>
        {years}
        {body}
        {list(context)}
    };
    Content { title, description: finding, body: body.into_any(), found: true }
}

fn compared(
    context: &PageContext<'_>,
    earlier: &PublishedRelease<'_>,
    later: &PublishedRelease<'_>,
) -> (String, String, AnyView) {
    let title = context.fill(
        message::RELEASES_TITLE,
        [("year", later.year().to_string().into()), ("previous", earlier.year().to_string().into())],
    );
    let moved: Vec<(&IndexEntry, i64)> = later
        .answer
        .index
        .iter()
        .filter_map(|entry| Some((entry, places(earlier.entry(&entry.area)?, entry)?)))
        .collect();
    let columns = [
        message::REGION,
        message::RELEASES_PLACE,
        message::RELEASES_SCORE,
        message::RELEASES_CHANGE,
        message::RELEASES_VALUES,
        message::RELEASES_SET,
        message::RELEASES_STRONGEST,
    ];
    let mut order: Vec<&IndexEntry> = later.answer.index.iter().collect();
    order.sort_by_key(|entry| entry.rank.unwrap_or(u32::MAX));
    let table = WideTable {
        named_by: "moves-title",
        kind: "moves",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: vec![Group {
            title: None,
            rows: order.into_iter().map(|entry| row(context, earlier, later, entry)).collect(),
            empty: None,
        }],
    };
    let body = view! {
        <section class="figure" aria-labelledby="moves-title">
            <h2 id="moves-title">{context.say(message::RELEASES_TABLE_TITLE)}</h2>
            <p class="subtitle">{context.say(message::RELEASES_INTRO)}</p>
            {wide_table(table)}
        </section>
    };
    (title, finding(context, &moved), body.into_any())
}

/// By how many places an area rose; negative when it fell.
fn places(before: &IndexEntry, after: &IndexEntry) -> Option<i64> {
    Some(i64::from(before.rank?) - i64::from(after.rank?))
}

fn signed(context: &PageContext<'_>, change: i64) -> String {
    let size = context.formats.count(change.unsigned_abs());
    match change {
        0 => "0".to_owned(),
        1.. => format!("+{size}"),
        _ => format!("\u{2212}{size}"),
    }
}

fn signed_points(context: &PageContext<'_>, change: f64) -> String {
    let size = context.formats.number(change.abs(), 1);
    if change.abs() < SEEN {
        context.formats.number(0.0, 1)
    } else if change > 0.0 {
        format!("+{size}")
    } else {
        format!("\u{2212}{size}")
    }
}

fn finding(context: &PageContext<'_>, moved: &[(&IndexEntry, i64)]) -> String {
    let up = moved.iter().max_by_key(|(_, change)| *change).filter(|(_, change)| *change > 0);
    let down = moved.iter().min_by_key(|(_, change)| *change).filter(|(_, change)| *change < 0);
    match (up, down) {
        (Some((up, rose)), Some((down, fell))) => context.fill(
            message::RELEASES_MOST,
            [
                ("up", context.area_name(&up.area).into()),
                ("up_places", signed(context, *rose).into()),
                ("down", context.area_name(&down.area).into()),
                ("down_places", signed(context, *fell).into()),
            ],
        ),
        _ => context.say(message::RELEASES_STILL),
    }
}

fn row(
    context: &PageContext<'_>,
    earlier: &PublishedRelease<'_>,
    later: &PublishedRelease<'_>,
    entry: &IndexEntry,
) -> Row {
    let before = earlier.entry(&entry.area);
    let dash = || "\u{2013}".to_owned();
    let rank = |entry: Option<&IndexEntry>| {
        entry.and_then(|entry| entry.rank).map_or_else(dash, |rank| context.formats.count(u64::from(rank)))
    };
    let moved = before.and_then(|before| places(before, entry)).filter(|moved| *moved != 0);
    let moved = moved.map(|moved| {
        let class = if moved > 0 { "state good" } else { "state fault" };
        view! { " " <span class=class>{signed(context, moved)}</span> }
    });
    let place = view! { {rank(before)} " \u{2192} " {rank(Some(entry))} {moved} };
    let score = format!(
        "{} \u{2192} {}",
        before.and_then(|before| before.score).map_or_else(dash, |score| context.formats.score(score)),
        entry.score.map_or_else(dash, |score| context.formats.score(score))
    );
    let points = |change: Option<f64>| change.map_or_else(dash, |change| signed_points(context, change));
    let total = entry.change.map(|change| change.total);
    let values = entry.change.and_then(|change| change.like_for_like);
    let set = total.zip(values).map(|(total, values)| total - values);
    let strongest = strongest(context, earlier, later, &entry.area).into_iter().map(|(criterion, change)| {
        context.fill(
            message::RELEASES_CRITERIA,
            [
                ("criterion", context.criterion_name(&criterion).into()),
                ("points", signed_points(context, change).into()),
            ],
        )
    });
    let strongest: Vec<String> = strongest.collect();
    let boundary =
        entry.boundary_break.then(|| view! { <span class="remark">{context.say(message::RELEASES_BOUNDARY)}</span> });
    let head = view! {
        <a href=context.href(Page::Region(entry.area.clone()))>{context.area_name(&entry.area)}</a>
        {boundary}
    };
    Row {
        head: head.into_any(),
        cells: vec![
            Cell::number(place),
            Cell::number(score),
            Cell::number(points(total)),
            Cell::number(points(values)),
            Cell::number(points(set)),
            Cell::long(strongest.join("; ")),
        ],
    }
}

/// The criteria whose contributions changed most. All contributions sum to the score, so their
/// changes sum to the change of the score.
fn strongest(
    context: &PageContext<'_>,
    earlier: &PublishedRelease<'_>,
    later: &PublishedRelease<'_>,
    area: &AreaCode,
) -> Vec<(CriterionCode, f64)> {
    let (Some(before), Some(after)) = (earlier.profiles.get(area), later.profiles.get(area)) else { return Vec::new() };
    let contribution = |profile: &Profile, code: &CriterionCode| {
        let found = profile.criteria.iter().find(|criterion| criterion.score.criterion == *code);
        found.and_then(|criterion| criterion.contribution).unwrap_or_default()
    };
    let mut changes: Vec<(CriterionCode, f64)> = context
        .site
        .criteria
        .iter()
        .map(|criterion| {
            let change = contribution(after, &criterion.code) - contribution(before, &criterion.code);
            (criterion.code.clone(), change)
        })
        .filter(|(_, change)| change.abs() >= SEEN)
        .collect();
    changes.sort_by(|(_, left), (_, right)| right.abs().total_cmp(&left.abs()));
    changes.truncate(MOST_NAMED);
    changes
}

/// Every release in force, by the code that names its content.
fn list(context: &PageContext<'_>) -> AnyView {
    let columns =
        [message::PERIOD, message::RELEASES_PANEL, message::RELEASES_AS_OF, message::NAV_METHOD, message::RELEASES_ID];
    let mut releases: Vec<_> = context.site.releases.iter().collect();
    releases.sort_by_key(|((panel, year), _)| (*panel, Reverse(*year)));
    let rows = releases.into_iter().map(|((panel, year), release)| {
        let reference = &release.answer.release;
        let href = format!("/api/v1/releases/{}", reference.id);
        let short: String = reference.id.chars().take(12).collect();
        Row {
            head: year.to_string().into_any(),
            cells: vec![
                Cell::words(panel_words(context, *panel)),
                Cell::words(reference.data_as_of.map(|day| context.formats.day(day))),
                Cell::words(reference.framework.clone()),
                Cell::words(view! { <a href=href><code>{short}</code></a> }),
            ],
        }
    });
    let table = WideTable {
        named_by: "releases-list-title",
        kind: "releases",
        columns: columns.into_iter().map(|words| context.say(words)).collect(),
        groups: vec![Group { title: None, rows: rows.collect(), empty: None }],
    };
    view! {
        <section class="figure" aria-labelledby="releases-list-title">
            <h2 id="releases-list-title">{context.say(message::RELEASES_LIST_TITLE)}</h2>
            <p class="subtitle">{context.say(message::RELEASES_LIST_NOTE)}</p>
            {wide_table(table)}
        </section>
    }
    .into_any()
}
