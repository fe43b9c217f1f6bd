//! Values of an indicator over time, as an area published them: for lines and tables.
//!
//! An indicator that is an observation is read from the observations, with all their years. One that
//! is derived is read from the profiles of the releases, where the derivation was done.

use std::collections::{BTreeMap, BTreeSet};

use indicators::area::AreaLevel;
use indicators::assembly::{CellFinding, CellStatus};
use indicators::code::AreaCode;
use indicators::definition::{Derivation, IndicatorDefinition, SeriesRef};
use indicators::observation::{ObsStatus, TimePeriod};
use indicators::wire::IndicatorEntry;
use jiff::civil::Date;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::line::{Break, Line, Period, Point, Series};
use crate::charts::{Basis, Caption, Emphasis};
use crate::components::context::PageContext;
use crate::locale::message;

/// A value of one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Dated {
    /// The value in the indicator's unit.
    pub(crate) value: f64,
    /// Whether the series breaks at it.
    pub(crate) is_break: bool,
}

/// The values of an area by period.
pub(crate) type History = BTreeMap<TimePeriod, Dated>;

/// An area's own values of an indicator. Nothing is shown for a time before the area existed.
pub(crate) fn history(context: &PageContext<'_>, indicator: &IndicatorEntry, area: &AreaCode) -> History {
    let definition =
        context.site.framework.indicators_of(indicator.panel).find(|definition| definition.code == indicator.code);
    let Some(definition) = definition else { return History::new() };
    let mut history = match derivation_for(context, definition, area) {
        Some(Derivation::Observed { of }) => observed(context, of, area),
        Some(_) => computed(context, indicator, area),
        None => History::new(),
    };
    if let Some(entry) = context.site.area(area).filter(|entry| entry.level == AreaLevel::Region) {
        let from = entry.valid_from.map_or(i16::MIN, Date::year);
        history.retain(|period, _| period.year() >= from);
        for change in &entry.breaks {
            mark_break(&mut history, change.date.year());
        }
    }
    history
}

/// The values of one observed series.
pub(crate) fn observed(context: &PageContext<'_>, of: &SeriesRef, area: &AreaCode) -> History {
    let breakdown = &of.series.breakdown;
    context
        .site
        .observations_of(&of.series.indicator)
        .iter()
        .filter(|entry| {
            entry.area == *area
                && entry.dataflow == of.dataflow
                && entry.urbanisation == breakdown.urbanisation
                && entry.sex == breakdown.sex
                && entry.age == breakdown.age
        })
        .filter_map(|entry| {
            let is_break = entry.status == ObsStatus::Break;
            entry.value.map(|value| (entry.period, Dated { value, is_break }))
        })
        .collect()
}

/// What was known of an area before its newest revision: the values that differ from today's, with those beside them,
/// and the day since which they had been known. Nothing for what was never revised, or is made from several series.
pub(crate) fn earlier(
    context: &PageContext<'_>,
    indicator: &IndicatorEntry,
    area: &AreaCode,
    now: &History,
) -> Option<(Date, History)> {
    let mut definitions = context.site.framework.indicators_of(indicator.panel);
    let definition = definitions.find(|definition| definition.code == indicator.code)?;
    let Derivation::Observed { of } = derivation_for(context, definition, area)? else { return None };
    let breakdown = &of.series.breakdown;
    let revised = || {
        context.site.revisions.iter().filter(|revised| {
            let entry = &revised.entry;
            entry.area == *area
                && entry.dataflow == of.dataflow
                && entry.indicator == of.series.indicator
                && entry.urbanisation == breakdown.urbanisation
                && entry.sex == breakdown.sex
                && entry.age == breakdown.age
        })
    };
    let newest = revised().map(|revised| revised.after_since).max()?;
    let mut since = Date::MIN;
    let mut history = History::new();
    for one in revised().filter(|revised| revised.after_since == newest) {
        since = since.max(one.before_since);
        let period = one.entry.period;
        history.insert(period, Dated { value: one.entry.before, is_break: false });
    }
    let beside: Vec<(TimePeriod, Dated)> = history
        .keys()
        .flat_map(|period| [now.range(..*period).next_back(), now.range(*period..).find(|(next, _)| *next > period)])
        .flatten()
        .filter(|(period, _)| !history.contains_key(*period))
        .map(|(period, found)| (*period, Dated { is_break: false, ..*found }))
        .collect();
    history.extend(beside);
    Some((since, history))
}

/// The country's own value may come another way than the regions'.
fn derivation_for<'a>(
    context: &PageContext<'_>,
    definition: &'a IndicatorDefinition,
    area: &AreaCode,
) -> Option<&'a Derivation> {
    if area == context.country() { definition.national() } else { definition.derivation.as_ref() }
}

fn computed(context: &PageContext<'_>, indicator: &IndicatorEntry, area: &AreaCode) -> History {
    let mut history = History::new();
    for ((panel, _), release) in &context.site.releases {
        if *panel != indicator.panel {
            continue;
        }
        let Some(profile) = release.profiles.get(area) else { continue };
        let cells = profile.criteria.iter().flat_map(|criterion| &criterion.indicators);
        for cell in cells.filter(|cell| cell.indicator == indicator.code) {
            let own = matches!(cell.status, CellStatus::Observed | CellStatus::CarriedForward);
            if let (true, Some(period), Some(value)) = (own, cell.period, cell.value) {
                let is_break = cell.findings.iter().any(|found| matches!(found, CellFinding::BreakInSeries { .. }));
                history.insert(period, Dated { value, is_break });
            }
        }
    }
    history
}

/// Marks the first value of the year of a boundary change, when there are values on both sides.
fn mark_break(history: &mut History, year: i16) {
    let has_earlier = history.keys().any(|period| period.year() < year);
    if let Some((_, first)) = history.iter_mut().find(|(period, _)| period.year() >= year).filter(|_| has_earlier) {
        first.is_break = true;
    }
}

/// One line of a chart before it is laid on the axis of all periods.
pub(crate) struct Strand {
    /// Whose values.
    pub(crate) area: AreaCode,
    /// How it stands out.
    pub(crate) emphasis: Emphasis,
    /// The values.
    pub(crate) history: History,
    /// A page about it.
    pub(crate) href: Option<String>,
}

/// How a line chart is called and measured.
pub(crate) struct Drawn<'a> {
    /// Unique on its page.
    pub(crate) id: String,
    /// The finding.
    pub(crate) title: String,
    /// What is drawn.
    pub(crate) description: String,
    /// The indicator, for unit and decimals.
    pub(crate) indicator: &'a IndicatorEntry,
    /// Heading over the names in the table.
    pub(crate) heading: String,
    /// How areas are named at the ends of lines, and with them the values.
    pub(crate) names: Names,
}

/// How areas are named, and whether values bear their unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Names {
    /// In full, values with their unit.
    Full,
    /// As on a tile of the map, values under the unit of the chart: for small charts.
    Short,
}

/// Lays strands on one axis of time.
pub(crate) fn line(context: &PageContext<'_>, drawn: Drawn<'_>, strands: Vec<Strand>) -> Line {
    let periods: BTreeSet<TimePeriod> = strands.iter().flat_map(|strand| strand.history.keys().copied()).collect();
    let series = strands.into_iter().map(|strand| {
        let points = periods.iter().map(|period| {
            let found = strand.history.get(period)?;
            let text = match drawn.names {
                Names::Full => context.value(found.value, drawn.indicator),
                Names::Short => context.value_under_unit(found.value, drawn.indicator),
            };
            Some(Point { value: found.value, text, basis: Basis::Observed })
        });
        let breaks = periods.iter().enumerate().filter_map(|(index, period)| {
            let is_break = strand.history.get(period).is_some_and(|found| found.is_break);
            is_break.then(|| Break { before: index, note: context.say(message::BOUNDARY_BREAK) })
        });
        let (short, full) = (context.short_name(&strand.area), context.area_name(&strand.area));
        let (code, name, short) = match (strand.emphasis, drawn.names) {
            (Emphasis::Earlier, _) => {
                let name = context.fill(message::LINE_EARLIER, [("area", short.into())]);
                (format!("{}-earlier", strand.area), name, context.say(message::LINE_EARLIER_SHORT))
            }
            (_, Names::Full) => (strand.area.to_string(), full, short),
            (_, Names::Short) => (strand.area.to_string(), short.clone(), short),
        };
        Series {
            code,
            name,
            short,
            emphasis: strand.emphasis,
            points: points.collect(),
            breaks: breaks.collect(),
            href: strand.href,
        }
    });
    let series = series.collect();
    Line {
        caption: Caption { id: drawn.id, title: drawn.title, description: drawn.description },
        periods: periods
            .iter()
            .map(|period| Period { at: position(*period), text: context.formats.period(*period) })
            .collect(),
        series,
        axis: ValueAxis {
            extent: Extent::Fitted,
            marks: context.formats.marks(),
            unit: context.formats.tick_unit(&drawn.indicator.unit),
            name: String::new(),
        },
        events: Vec::new(),
        heading: drawn.heading,
        missing: context.missing(),
    }
}

/// Where a period lies on the axis: a year at its number, a month inside it.
fn position(period: TimePeriod) -> f64 {
    match period {
        TimePeriod::Year(year) => f64::from(year),
        TimePeriod::Quarter(year, quarter) => f64::from(year) + (f64::from(quarter) - 0.5) / 4.0,
        TimePeriod::Month(year, month) => f64::from(year) + (f64::from(month) - 0.5) / 12.0,
    }
}
