//! Where the regions differ: charts of the chosen year and of all years.

use indicators::definition::Panel;
use indicators::wire::{IndexEntry, IndicatorEntry, Profile};
use leptos::prelude::*;

use super::{Compared, FEWEST};
use crate::charts::axis::ValueAxis;
use crate::charts::bump::Bump;
use crate::charts::dumbbell::{Dumbbell, DumbbellRow};
use crate::charts::heat_table::{HeatColumn, HeatRow, HeatTable};
use crate::charts::line::{Line, Point};
use crate::charts::radar::{Profile as RadarProfile, Radar};
use crate::charts::{Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows;
use crate::components::values::Widest;
use crate::components::{coverage, scoreboard, values};
use crate::locale::message;
use crate::route::Page;
use crate::shades;

impl Compared<'_> {
    /// Criterion by criterion, the widest gap named.
    pub(super) fn gaps(&self) -> AnyView {
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
        let figure_of =
            Figure { notes: self.sign_notes(), ..Figure::of("figure-gaps", chart, dataflows(context, None)) };
        figure(context, figure_of)
    }

    fn points(&self, of: impl Fn(&IndexEntry) -> Option<Point>) -> Vec<Option<Point>> {
        self.entries.iter().map(|entry| of(entry)).collect()
    }

    fn sign_notes(&self) -> Vec<String> {
        vec![self.context.say(message::COMPARE_HOLLOW)]
    }

    /// The shape of each region over the criteria.
    pub(super) fn profiles(&self) -> AnyView {
        let context = self.context;
        let profiles = self.entries.iter().enumerate().map(|(place, entry)| RadarProfile {
            name: context.area_name(&entry.area),
            values: context.site.criteria.iter().map(|criterion| point(context, entry, &criterion.code)).collect(),
            emphasis: Emphasis::Peer(u8::try_from(place).unwrap_or(u8::MAX)),
        });
        let title = self.ahead();
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
        let figure_of = Figure::of("figure-profiles", chart, dataflows(context, None));
        figure(context, figure_of)
    }

    /// Who is ahead in most criteria.
    fn ahead(&self) -> String {
        let context = self.context;
        let mut wins = vec![0_usize; self.entries.len()];
        let mut total = 0;
        for criterion in context.site.criteria {
            let scores: Vec<Option<f64>> =
                self.entries.iter().map(|entry| scoreboard::standing(entry, Some(&criterion.code)).score).collect();
            let Some(best) = scores.iter().flatten().copied().reduce(f64::max) else { continue };
            total += 1;
            let first: Vec<usize> = (0..scores.len()).filter(|place| scores[*place] == Some(best)).collect();
            // Who shares the first place is not ahead.
            if let [only] = first.as_slice() {
                wins[*only] += 1;
            }
        }
        let most = wins.iter().enumerate().rev().max_by_key(|(_, count)| **count).filter(|(_, count)| **count > 0);
        match most.and_then(|(place, count)| Some((self.entries.get(place)?, count))) {
            Some((entry, count)) => context.fill(
                message::COMPARE_AHEAD,
                [
                    ("area", context.area_name(&entry.area).into()),
                    ("ahead", count.to_string().into()),
                    ("total", total.to_string().into()),
                ],
            ),
            None => context.say(message::COMPARE_PROFILES),
        }
    }

    /// Ranks over the years, the one that moved most named.
    pub(super) fn ranks(&self) -> AnyView {
        let context = self.context;
        let chart = scoreboard::ranks(context, None, &self.codes());
        let title = moved_most(context, &chart);
        let chart = Bump { caption: Caption { title, ..chart.caption }, ..chart };
        let drawn = Figure::of("figure-ranks", chart, dataflows(context, None));
        figure(context, Figure { notes: vec![context.say(message::TREND_NOTE)], ..drawn })
    }

    /// Scores over the years.
    pub(super) fn trend(&self) -> AnyView {
        let context = self.context;
        let chart = scoreboard::trend(context, None, &self.codes());
        let title = self.gap_over_time(&chart);
        let chart = Line { caption: Caption { title, ..chart.caption }, ..chart };
        let drawn = Figure::of("figure-trend", chart, dataflows(context, None));
        figure(context, Figure { notes: vec![context.say(message::TREND_NOTE)], ..drawn })
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

    /// The indicator in which the regions differ most.
    fn values_finding(&self) -> String {
        let context = self.context;
        let used = context.site.indicators.iter().filter(|indicator| indicator.panel == Panel::Regions);
        let profiles = self.entries.iter().filter_map(|entry| self.release.profiles.get(&entry.area));
        let profiles: Vec<&Profile> = profiles.collect();
        let Some(Widest { indicator, low, high }) = values::widest(context, &profiles, used) else {
            return context.say(message::VALUES_TITLE);
        };
        context.fill(
            message::COMPARE_VALUES_WIDEST,
            [
                ("indicator", context.text(&indicator.name).into()),
                ("low", context.value_under_unit(low, indicator).into()),
                ("high", context.value(high, indicator).into()),
            ],
        )
    }

    /// Every indicator with the values of the regions.
    pub(super) fn values(&self) -> AnyView {
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
        let words = (self.values_finding(), subtitle);
        figure(context, Figure::of_table("figure-values", words, table, dataflows(context, None)))
    }
}

/// The score of an area in a criterion.
fn point(context: &PageContext<'_>, entry: &IndexEntry, criterion: &indicators::code::CriterionCode) -> Option<Point> {
    let standing = scoreboard::standing(entry, Some(criterion));
    let value = standing.score?;
    Some(Point { value, text: context.formats.score(value), basis: coverage::basis(standing.coverage) })
}

/// From the lowest to the highest of at least two values.
pub(super) fn gap(values: &[Option<Point>]) -> Option<f64> {
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
