//! Two to five regions side by side: where they differ, since when, and by which values.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

mod figures;
mod over_time;

use indicators::code::AreaCode;
use indicators::definition::Panel;
use indicators::wire::IndexEntry;
use leptos::prelude::*;

use crate::charts::Emphasis;
use crate::components::context::PageContext;
use crate::components::{choosers, coverage, scoreboard};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::{MOST_COMPARED, overview};
use crate::route::{Address, Page};
use crate::selection::Selection;

/// Fewer than these cannot be compared.
const FEWEST: usize = 2;

pub(crate) fn content(context: &PageContext<'_>) -> Content {
    let Some(release) = context.release(Panel::Regions) else { return overview::empty(context) };
    let compared = Compared::new(context, release);
    let title = context.say(message::COMPARE_TITLE);
    let finding = compared.finding();
    let figures = (compared.entries.len() >= FEWEST).then(|| {
        view! {
            {compared.gaps()}
            {compared.trend()}
            {compared.criteria_over_time()}
            {compared.ranks()}
            {compared.profiles()}
            {compared.values()}
        }
    });
    let body = view! {
        <div class="lead">
            <h1>{title.clone()}</h1>
            <p class="finding">{finding.clone()}</p>
            {compared.notices()}
        </div>
        {choosers::years(context, Panel::Regions, release.year())}
        {compared.picker()}
        {figures}
    };
    Content {
        title: format!("{title}: {}", compared.names().join(", ")),
        description: finding,
        body: body.into_any(),
        found: true,
    }
}

/// The regions compared in one release.
struct Compared<'a> {
    context: &'a PageContext<'a>,
    release: PublishedRelease<'a>,
    /// In the order chosen.
    entries: Vec<&'a IndexEntry>,
    /// Chosen, but not there in the year.
    absent: Vec<AreaCode>,
    /// Whether the reader has chosen enough of them herself.
    is_chosen: bool,
}

impl<'a> Compared<'a> {
    fn new(context: &'a PageContext<'a>, release: PublishedRelease<'a>) -> Self {
        let asked = &context.address.selection.areas;
        let mut entries: Vec<&IndexEntry> = asked.iter().filter_map(|code| release.entry(code)).collect();
        let absent = asked.iter().filter(|code| release.entry(code).is_none()).cloned().collect();
        let is_chosen = entries.len() >= FEWEST;
        // Until two are chosen, the first and the last of the ranking show what the page can do.
        let order = scoreboard::in_order(&release, None);
        let ends = [order.first(), order.iter().rev().find(|(_, standing)| standing.score.is_some())];
        for (entry, _) in ends.into_iter().flatten() {
            if entries.len() < FEWEST && !entries.iter().any(|known| known.area == entry.area) {
                entries.push(entry);
            }
        }
        Self { context, release, entries, absent, is_chosen }
    }

    fn codes(&self) -> Vec<AreaCode> {
        self.entries.iter().map(|entry| entry.area.clone()).collect()
    }

    fn names(&self) -> Vec<String> {
        self.entries.iter().map(|entry| self.context.area_name(&entry.area)).collect()
    }

    fn href(&self, areas: Vec<AreaCode>) -> String {
        let selection = Selection { areas, ..self.context.address.selection.clone() };
        Address { selection, ..self.context.address.clone() }.href()
    }

    /// Who is ahead and by how much.
    fn finding(&self) -> String {
        let context = self.context;
        let mut scored: Vec<(&IndexEntry, f64)> =
            self.entries.iter().filter_map(|entry| Some((*entry, entry.score?))).collect();
        scored.sort_by(|(_, left), (_, right)| right.total_cmp(left));
        match (scored.first(), scored.last()) {
            (Some((first, high)), Some((last, low))) if scored.len() >= FEWEST => context.fill(
                message::COMPARE_FINDING,
                [
                    ("first", context.area_name(&first.area).into()),
                    ("high", context.formats.score(*high).into()),
                    ("last", context.area_name(&last.area).into()),
                    ("low", context.formats.score(*low).into()),
                    ("gap", context.formats.score(high - low).into()),
                    ("year", self.release.year().to_string().into()),
                ],
            ),
            _ => context.say(message::FINDING_NONE),
        }
    }

    fn notices(&self) -> AnyView {
        let context = self.context;
        let year = self.release.year().to_string();
        let mut notices: Vec<String> = self
            .absent
            .iter()
            .map(|code| {
                let words = [("area", context.area_name(code).into()), ("year", year.clone().into())];
                context.fill(message::REGION_NOT_IN_YEAR, words)
            })
            .collect();
        if !self.is_chosen {
            notices.push(context.say(message::COMPARE_ENDS_SHOWN));
        }
        notices.into_iter().map(|words| view! { <p class="note">{words}</p> }).collect_view().into_any()
    }

    /// The regions chosen, each to be taken out, and a form to add one.
    fn picker(&self) -> AnyView {
        let context = self.context;
        let codes = self.codes();
        let chosen = self
            .entries
            .iter()
            .enumerate()
            .map(|(place, entry)| {
                let name = context.area_name(&entry.area);
                let others = codes.iter().filter(|code| **code != entry.area).cloned().collect();
                let remove = context.fill(message::COMPARE_REMOVE, [("area", name.clone().into())]);
                let score = context.score(entry.score);
                let interval = scoreboard::rank_words(context, entry.rank, entry.rank_interval);
                let resting = coverage::short(context, &entry.coverage);
                let class = format!("compared {}", Emphasis::Peer(u8::try_from(place).unwrap_or(u8::MAX)).class());
                let removal = self.is_chosen.then(|| {
                    view! { <a class="remove" href=self.href(others) aria-label=remove.clone() title=remove>"\u{d7}"</a> }
                });
                view! {
                    <li class=class>
                        <span class="stands">
                            <a href=context.href(Page::Region(entry.area.clone()))>{name}</a>
                            <span class="score">{score}</span>
                            <span class="rank">{interval}</span>
                            <span class="remark">{resting}</span>
                        </span>
                        {removal}
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="picker" aria-label=context.say(message::COMPARE_CHOSEN)>
                <ul class="compared-areas">{chosen}</ul>
                {self.adding()}
            </section>
        }
        .into_any()
    }

    fn adding(&self) -> AnyView {
        let context = self.context;
        let codes = self.codes();
        if codes.len() >= MOST_COMPARED {
            return view! { <p class="note">{context.say(message::COMPARE_FULL)}</p> }.into_any();
        }
        let options = self
            .release
            .answer
            .index
            .iter()
            .filter(|entry| !codes.contains(&entry.area))
            .map(|entry| {
                view! { <option value=entry.area.to_string()>{context.area_name(&entry.area)}</option> }
            })
            .collect_view();
        let kept = if self.is_chosen { codes } else { context.address.selection.areas.clone() };
        let kept = kept
            .into_iter()
            .map(|code| view! { <input type="hidden" name="area" value=code.to_string() /> })
            .collect_view();
        view! {
            <form class="chooser" method="get" action=Page::Compare.path(context.address.language)>
                {choosers::kept(context)}
                {kept}
                <label class="criterion">
                    <span>{context.say(message::COMPARE_ADD_LABEL)}</span>
                    <select name="area">{options}</select>
                </label>
                <button type="submit">{context.say(message::COMPARE_ADD)}</button>
            </form>
        }
        .into_any()
    }
}
