//! Two to five regions side by side: where they differ, since when, and by which values.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::AreaCode;
use indicators::definition::Panel;
use indicators::wire::{IndexEntry, IndicatorEntry};
use leptos::prelude::*;

use crate::charts::axis::ValueAxis;
use crate::charts::bump::Bump;
use crate::charts::dumbbell::{Dumbbell, DumbbellRow};
use crate::charts::heat_table::{HeatColumn, HeatRow, HeatTable, HeatTablePlot};
use crate::charts::line::{Line, Point};
use crate::charts::radar::{Profile as RadarProfile, Radar};
use crate::charts::{Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::{choosers, coverage, scoreboard, values};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::pages::document::Content;
use crate::pages::{MOST_COMPARED, overview};
use crate::route::{Address, Page};
use crate::selection::Selection;
use crate::shades;

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
                let class = format!("compared {}", Emphasis::Peer(u8::try_from(place).unwrap_or(u8::MAX)).class());
                let removal = self.is_chosen.then(|| {
                    view! { <a class="remove" href=self.href(others) aria-label=remove.clone() title=remove>"\u{d7}"</a> }
                });
                view! {
                    <li class=class>
                        <a href=context.href(Page::Region(entry.area.clone()))>{name}</a>
                        <span class="score">{score}</span>
                        <span class="rank">{interval}</span>
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
        let year = context.address.selection.year;
        let year = year.map(|year| view! { <input type="hidden" name="year" value=year.to_string() /> });
        view! {
            <form class="chooser" method="get" action=Page::Compare.path(context.address.language)>
                {year}
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

    /// Criterion by criterion, the widest gap named.
    fn gaps(&self) -> AnyView {
        let context = self.context;
        let mut widest: Option<(String, f64)> = None;
        let rows: Vec<DumbbellRow> = context
            .site
            .criteria
            .iter()
            .map(|criterion| {
                let values: Vec<Option<Point>> =
                    self.points(|entry| Some(&criterion.code).and_then(|code| point(context, entry, code)));
                let name = context.text(&criterion.name);
                let gap = gap(&values);
                if let Some(gap) = gap.filter(|gap| widest.as_ref().is_none_or(|(_, known)| gap > known)) {
                    widest = Some((name.clone(), gap));
                }
                DumbbellRow {
                    code: criterion.code.to_string(),
                    name,
                    values,
                    gap: gap.map(|gap| context.formats.score(gap)).unwrap_or_default(),
                    href: Some(context.href(Page::Criterion(criterion.code.clone()))),
                    emphasis: Emphasis::Context,
                }
            })
            .collect();
        let title = match widest {
            Some((criterion, gap)) if gap >= 0.05 => context.fill(
                message::COMPARE_WIDEST,
                [("criterion", criterion.into()), ("gap", context.formats.score(gap).into())],
            ),
            _ => context.say(message::COMPARE_NO_GAP),
        };
        let subtitle = context.fill(message::COMPARE_GAPS_SUBTITLE, [("year", self.release.year().to_string().into())]);
        let chart = Dumbbell {
            caption: Caption { id: "gaps".to_owned(), title, description: subtitle },
            rows,
            ends: self.names(),
            axis: ValueAxis::scores(context.formats.marks()),
            heading: context.say(message::CRITERION),
            gap_heading: context.say(message::COMPARE_GAP),
            missing: context.missing(),
        };
        let figure_of = Figure {
            notes: self.sign_notes(),
            dataflows: overview::dataflows(context, None),
            ..Figure::of("figure-gaps", chart)
        };
        figure(context, figure_of)
    }

    fn points(&self, of: impl Fn(&IndexEntry) -> Option<Point>) -> Vec<Option<Point>> {
        self.entries.iter().map(|entry| of(entry)).collect()
    }

    fn sign_notes(&self) -> Vec<String> {
        vec![self.context.say(message::COMPARE_HOLLOW)]
    }

    /// The shape of each region over the criteria.
    fn profiles(&self) -> AnyView {
        let context = self.context;
        let profiles = self.entries.iter().enumerate().map(|(place, entry)| RadarProfile {
            name: context.area_name(&entry.area),
            values: context.site.criteria.iter().map(|criterion| point(context, entry, &criterion.code)).collect(),
            emphasis: Emphasis::Peer(u8::try_from(place).unwrap_or(u8::MAX)),
        });
        let title = context.say(message::COMPARE_PROFILES);
        let subtitle =
            context.fill(message::COMPARE_PROFILES_SUBTITLE, [("year", self.release.year().to_string().into())]);
        let chart = Radar {
            caption: Caption { id: "profiles".to_owned(), title, description: subtitle },
            spokes: context.site.criteria.iter().map(|criterion| context.text(&criterion.name)).collect(),
            profiles: profiles.collect(),
            heading: context.say(message::CRITERION),
            missing: context.missing(),
            marks: context.formats.marks(),
        };
        let figure_of = Figure::of("figure-profiles", chart);
        figure(context, figure_of)
    }

    /// Ranks over the years, the one that moved most named.
    fn ranks(&self) -> AnyView {
        let context = self.context;
        let chart = scoreboard::ranks(context, None, &self.codes());
        let title = moved_most(context, &chart);
        let chart = Bump { caption: Caption { title, ..chart.caption }, ..chart };
        let figure_of = Figure { notes: vec![context.say(message::TREND_NOTE)], ..Figure::of("figure-ranks", chart) };
        figure(context, figure_of)
    }

    /// Scores over the years.
    fn trend(&self) -> AnyView {
        let context = self.context;
        let chart = scoreboard::trend(context, None, &self.codes());
        let title = self.gap_over_time(&chart);
        let chart = Line { caption: Caption { title, ..chart.caption }, ..chart };
        let figure_of = Figure { notes: vec![context.say(message::TREND_NOTE)], ..Figure::of("figure-trend", chart) };
        figure(context, figure_of)
    }

    /// Whether the regions have drawn closer since the first year in which all have a score.
    fn gap_over_time(&self, chart: &Line) -> String {
        let context = self.context;
        let series: Vec<_> =
            chart.series.iter().filter(|series| matches!(series.emphasis, Emphasis::Peer(_))).collect();
        let gaps: Vec<(&str, f64)> = chart
            .periods
            .iter()
            .enumerate()
            .filter_map(|(index, period)| {
                let points: Vec<Option<Point>> =
                    series.iter().map(|series| series.points.get(index).cloned().flatten()).collect();
                points
                    .iter()
                    .all(Option::is_some)
                    .then(|| gap(&points))
                    .flatten()
                    .map(|gap| (period.text.as_str(), gap))
            })
            .collect();
        match (gaps.first(), gaps.last()) {
            (Some((first, from)), Some((last, to))) if first != last => context.fill(
                message::COMPARE_GAP_OVER_TIME,
                [
                    ("first", (*first).into()),
                    ("from", context.formats.score(*from).into()),
                    ("last", (*last).into()),
                    ("to", context.formats.score(*to).into()),
                ],
            ),
            _ => context.say(message::COMPARE_TREND),
        }
    }

    /// Every indicator with the values of the regions.
    fn values(&self) -> AnyView {
        let context = self.context;
        let used = |indicator: &&IndicatorEntry| indicator.panel == Panel::Regions && !indicator.national_only;
        let rows = context.site.indicators.iter().filter(used).map(|indicator| HeatRow {
            code: indicator.code.to_string(),
            name: format!("{}, {}", context.text(&indicator.name), context.unit_words(indicator)),
            href: Some(context.indicator_href(Panel::Regions, &indicator.code)),
            selected: false,
            cells: self
                .entries
                .iter()
                .map(|entry| values::shaded(context, self.release.profiles.get(&entry.area), indicator))
                .collect(),
        });
        let columns = self.entries.iter().map(|entry| HeatColumn {
            title: context.area_name(&entry.area),
            href: Some(context.href(Page::Region(entry.area.clone()))),
        });
        let subtitle = context.fill(message::VALUES_SUBTITLE, [("year", self.release.year().to_string().into())]);
        let table = HeatTable {
            id: "values".to_owned(),
            caption: subtitle.clone(),
            corner: context.say(message::INDICATOR),
            columns: columns.collect(),
            rows: rows.collect(),
            classes: shades::scores(),
            missing: context.missing(),
            signs: values::signs(context),
        };
        let figure_of = Figure {
            dataflows: overview::dataflows(context, None),
            ..Figure::new(
                "figure-values",
                context.say(message::VALUES_TITLE),
                subtitle,
                view! { <HeatTablePlot table=table /> },
            )
        };
        figure(context, figure_of)
    }
}

/// The score of an area in a criterion.
fn point(context: &PageContext<'_>, entry: &IndexEntry, criterion: &indicators::code::CriterionCode) -> Option<Point> {
    let standing = scoreboard::standing(entry, Some(criterion));
    let value = standing.score?;
    Some(Point { value, text: context.formats.score(value), basis: coverage::basis(standing.coverage) })
}

/// From the lowest to the highest of at least two values.
fn gap(values: &[Option<Point>]) -> Option<f64> {
    let known = || values.iter().flatten().map(|point| point.value);
    if known().count() < FEWEST {
        return None;
    }
    Some(known().reduce(f64::max)? - known().reduce(f64::min)?)
}

/// The region chosen whose rank changed most between its first and its last year.
fn moved_most(context: &PageContext<'_>, chart: &Bump) -> String {
    let ends = chart.items.iter().filter(|item| matches!(item.emphasis, Emphasis::Peer(_))).filter_map(|item| {
        let known = || item.ranks.iter().zip(&chart.periods).filter_map(|(rank, period)| Some(((*rank)?, period)));
        let ((from, first), (to, last)) = (known().next()?, known().next_back()?);
        Some((item.name.as_str(), from, first.text.as_str(), to, last.text.as_str()))
    });
    match ends.max_by_key(|(_, from, _, to, _)| from.abs_diff(*to)) {
        Some((area, from, first, to, last)) if from != to => context.fill(
            message::COMPARE_RANKS,
            [
                ("area", area.into()),
                ("from", context.formats.count(u64::from(from)).into()),
                ("first", first.into()),
                ("to", context.formats.count(u64::from(to)).into()),
                ("last", last.into()),
            ],
        ),
        _ => context.say(message::COMPARE_RANKS_SAME),
    }
}
