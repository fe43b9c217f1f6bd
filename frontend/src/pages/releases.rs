//! What changed from one reference year to the next: whose rank moved, and what moved the score.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use std::cmp::Reverse;
use std::collections::BTreeSet;

use indicators::code::{AreaCode, CriterionCode, DataflowId};
use indicators::comparison::ScoreChange;
use indicators::definition::{INDEX, Panel};
use indicators::wire::{IndexEntry, Profile};
use jiff::civil::Date;
use leptos::prelude::*;

use crate::components::answer_files::answer_files;
use crate::components::choosers;
use crate::components::context::PageContext;
use crate::components::wide_table::{Cell, Group, Row, WideTable, dated, wide_table};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::downloads::panel_words;
use crate::route::{Address, Page};
use crate::selection::Selection;

/// The criteria that moved a score most, as many as are named.
const MOST_NAMED: usize = 2;
/// The newest days are listed.
const MOST_DAYS: usize = 24;
/// A smaller change is none to a reader.
const SEEN: f64 = 0.05;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let pair = context.site.pair(Panel::Regions, context.address.selection.year);
    let (title, finding, body) = match &pair {
        Some((earlier, later)) => Compared { context, earlier, later }.content(),
        None => (context.say(message::NAV_RELEASES), context.say(message::RELEASES_NONE), ().into_any()),
    };
    let later = context.release(Panel::Regions);
    let years = later.map(|release| choosers::years(context, Panel::Regions, release.year()));
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p class="finding">{finding.clone()}</p>
        </div>
        {years}
        {body}
        {days(context)}
        {list(context)}
    };
    Content { title, description: finding, body: body.into_any(), found: true }
}

/// Two releases of neighbouring years.
struct Compared<'a> {
    context: &'a PageContext<'a>,
    earlier: &'a PublishedRelease<'a>,
    later: &'a PublishedRelease<'a>,
}

impl Compared<'_> {
    fn content(&self) -> (String, String, AnyView) {
        let context = self.context;
        let title = context.fill(
            message::RELEASES_TITLE,
            [("year", self.later.year().to_string().into()), ("previous", self.earlier.year().to_string().into())],
        );
        let mut order: Vec<&IndexEntry> = self.later.answer.index.iter().collect();
        order.sort_by_key(|entry| entry.rank.unwrap_or(u32::MAX));
        let steps: Vec<(&IndexEntry, i64)> =
            order.iter().filter_map(|entry| Some((*entry, places(self.earlier.entry(&entry.area)?, entry)?))).collect();
        let has_moved = |entry: &IndexEntry| steps.iter().any(|(other, by)| other.area == entry.area && *by != 0);
        let (moved, stayed): (Vec<&IndexEntry>, Vec<&IndexEntry>) = order.iter().partition(|entry| has_moved(entry));
        let group = |words, entries: Vec<&IndexEntry>| Group {
            title: Some(context.say(words).into_any()),
            rows: entries.into_iter().map(|entry| self.row(entry)).collect(),
            empty: None,
        };
        let groups = [(message::RELEASES_MOVED, moved), (message::RELEASES_STAYED, stayed)];
        let columns = [
            message::REGION,
            message::RELEASES_PLACE,
            message::RELEASES_SCORE,
            message::RELEASES_CHANGE,
            message::RELEASES_NEW,
            message::RELEASES_REVISED,
            message::RELEASES_METHOD,
            message::RELEASES_PEERS,
            message::RELEASES_WHY,
        ];
        let table = WideTable {
            named_by: "moves-title",
            kind: "moves",
            columns: columns.into_iter().map(|words| context.say(words)).collect(),
            groups: groups
                .into_iter()
                .filter(|(_, entries)| !entries.is_empty())
                .map(|(words, entries)| group(words, entries))
                .collect(),
        };
        let (earlier, later) = (&self.earlier.answer.release.id, &self.later.answer.release.id);
        let files = answer_files(context, &title, &format!("/releases/{earlier}/diff/{later}"), "");
        let body = view! {
            <section class="figure" aria-labelledby="moves-title">
                <h2 id="moves-title">{context.say(message::RELEASES_TABLE_TITLE)}</h2>
                <p class="subtitle">{context.say(message::RELEASES_INTRO)}</p>
                {wide_table(table)}
                {files}
            </section>
        };
        let finding = finding(context, &steps);
        (title, finding, body.into_any())
    }

    fn row(&self, entry: &IndexEntry) -> Row {
        let context = self.context;
        let before = self.earlier.entry(&entry.area);
        let rank = |entry: Option<&IndexEntry>| {
            entry.and_then(|entry| entry.rank).map_or_else(dash, |rank| context.formats.count(u64::from(rank)))
        };
        let moved = before.and_then(|before| places(before, entry)).filter(|moved| *moved != 0);
        let moved = moved.map(|moved| {
            let class = if moved > 0 { "state good" } else { "state fault" };
            view! { " " <span class=class>{signed(context, moved)}</span> }
        });
        let place = view! { {rank(before)} " \u{2192} " {rank(Some(entry))} {moved} };
        let score = |score: Option<f64>| score.map_or_else(dash, |score| context.formats.score(score));
        let scores = format!("{} \u{2192} {}", score(before.and_then(|before| before.score)), score(entry.score));
        let change =
            context.site.changes.iter().find(|change| change.area == entry.area && change.node.as_str() == INDEX);
        let part = |of: fn(&ScoreChange) -> f64| {
            Cell::number(change.map_or_else(dash, |change| signed_points(context, of(change))))
        };
        let boundary = entry
            .boundary_break
            .then(|| view! { <span class="remark">{context.say(message::RELEASES_BOUNDARY)}</span> });
        let head = view! {
            <a href=context.href(Page::Region(entry.area.clone()))>{context.area_name(&entry.area)}</a>
            {boundary}
        };
        Row {
            head: head.into_any(),
            cells: vec![
                Cell::number(place),
                Cell::number(scores),
                part(|change| change.after - change.before),
                part(|change| change.new_data),
                part(|change| change.revised_data),
                part(|change| change.method),
                part(|change| change.peers),
                Cell::long(self.reasons(entry)),
            ],
        }
    }

    /// Why a rank is another: who is above and below now, and which criteria moved the score.
    fn reasons(&self, entry: &IndexEntry) -> AnyView {
        let context = self.context;
        let passed = |sign: i64| -> Vec<String> {
            let Some(own) = self.earlier.entry(&entry.area).and_then(|before| Some((before.rank?, entry.rank?))) else {
                return Vec::new();
            };
            let others = self.later.answer.index.iter().filter(|other| {
                let ranks = self.earlier.entry(&other.area).and_then(|before| Some((before.rank?, other.rank?)));
                ranks.is_some_and(|(before, after)| {
                    let (first, last) = (i64::from(before) - i64::from(own.0), i64::from(after) - i64::from(own.1));
                    first * sign < 0 && last * sign > 0
                })
            });
            others.map(|other| context.short_name(&other.area)).collect()
        };
        let told = |words, areas: Vec<String>| {
            (!areas.is_empty()).then(|| context.fill(words, [("areas", areas.join(", ").into())]))
        };
        let passings = [told(message::RELEASES_BELOW, passed(1)), told(message::RELEASES_ABOVE, passed(-1))];
        let strongest = strongest(context, self.earlier, self.later, &entry.area).into_iter().map(|(code, change)| {
            let words = [
                ("criterion", context.criterion_name(&code).into()),
                ("points", signed_points(context, change).into()),
            ];
            context.fill(message::RELEASES_CRITERIA, words)
        });
        let strongest = strongest.collect::<Vec<_>>().join("; ");
        let passings = passings.into_iter().flatten().map(|words| view! { <span class="passed">{words}</span> });
        view! { {passings.collect_view()} <span class="remark">{strongest}</span> }.into_any()
    }
}

fn dash() -> String {
    "\u{2013}".to_owned()
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

/// The days on which figures came in, each the way to the index as it was known on its evening.
fn days(context: &PageContext<'_>) -> Option<AnyView> {
    // On the newest day everything is known that is known now.
    let rows: Vec<Row> =
        context.site.arrivals.iter().rev().skip(1).take(MOST_DAYS).map(|day| row_of(context, day)).collect();
    if rows.is_empty() {
        return None;
    }
    let table = WideTable {
        named_by: "days-title",
        kind: "days",
        columns: [message::DAYS_DAY, message::DAYS_CAME].into_iter().map(|words| context.say(words)).collect(),
        groups: vec![Group { title: None, rows, empty: None }],
    };
    Some(
        view! {
            <section class="figure" aria-labelledby="days-title">
                <h2 id="days-title">{context.say(message::DAYS_TITLE)}</h2>
                <p class="subtitle">{context.say(message::DAYS_NOTE)}</p>
                {wide_table(table)}
            </section>
        }
        .into_any(),
    )
}

fn row_of(context: &PageContext<'_>, (day, dataflows): (&Date, &BTreeSet<DataflowId>)) -> Row {
    let selection = Selection { as_of: Some(*day), ..Selection::default() };
    let href = Address { page: Page::Overview, language: context.address.language, selection }.href();
    let names = dataflows.iter().filter_map(|dataflow| context.site.source(dataflow));
    let names: Vec<String> = names.map(|source| context.text(&source.name)).collect();
    Row {
        head: view! { <a href=href>{dated(context.formats.day(*day), day.to_string())}</a> }.into_any(),
        cells: vec![Cell::long(names.join("; "))],
    }
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
        Row {
            head: year.to_string().into_any(),
            cells: vec![
                Cell::words(panel_words(context, *panel)),
                Cell::words(reference.data_as_of.map(|day| dated(context.formats.day(day), day.to_string()))),
                Cell::words(reference.framework.clone()),
                Cell::words(view! { <a href=href><code>{reference.id.clone()}</code></a> }),
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
            <p><a href="/api/v1/releases?state=superseded">{context.say(message::RELEASES_SUPERSEDED)}</a></p>
        </section>
    }
    .into_any()
}
