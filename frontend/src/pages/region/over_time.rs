//! What a region published over time, beside the country: many small charts of one form.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::code::AreaCode;
use indicators::definition::{Derivation, Direction, Panel};
use indicators::observation::TimePeriod;
use indicators::wire::{AreaEntry, IndicatorEntry};
use leptos::prelude::*;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::strip::{Strip, StripPoint};
use crate::charts::{Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::series::{Drawn, Names, Strand, history, line};
use crate::components::small_multiple::{Heading, small_multiple};
use crate::components::sources::{dataflows, source_line};
use crate::locale::message;

/// Lines of the indicators that regions publish themselves.
pub(super) fn section(context: &PageContext<'_>, area: &AreaEntry) -> AnyView {
    let measured = || {
        let of_regions = context.site.indicators.iter().filter(|indicator| indicator.panel == Panel::Regions);
        of_regions.filter(|indicator| is_measured(context, indicator))
    };
    let drawn: Vec<AnyView> = measured().filter_map(|indicator| small_line(context, area, indicator)).collect();
    if drawn.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="figure" aria-labelledby="lines-title">
            <h2 id="lines-title">{finding(context, area, measured())}</h2>
            <p class="subtitle">{context.say(message::LINES_SUBTITLE)}</p>
            <div class="small-multiples">{drawn}</div>
            {source_line(context, &dataflows(context, None))}
        </section>
    }
    .into_any()
}

/// In how many of the indicators the newest value of the region is better than the country's of the same period, as both
/// are written.
fn finding<'a>(
    context: &PageContext<'_>,
    area: &AreaEntry,
    indicators: impl Iterator<Item = &'a IndicatorEntry>,
) -> String {
    let (mut ahead, mut count) = (0_usize, 0_usize);
    for indicator in indicators.filter(|_| area.code != *context.country()) {
        let (own, national) = (history(context, indicator, &area.code), history(context, indicator, context.country()));
        let newest = own.iter().rev().find_map(|(period, own)| Some((own.value, national.get(period)?.value)));
        let Some((own, national)) = newest else { continue };
        let is_better = match indicator.direction {
            Direction::HigherIsBetter => own > national,
            Direction::LowerIsBetter => own < national,
        };
        count += 1;
        ahead += usize::from(is_better && context.value(own, indicator) != context.value(national, indicator));
    }
    if count == 0 {
        return context.say(message::LINES_TITLE);
    }
    let words = [("area", context.area_name(&area.code).into()), ("ahead", ahead.into()), ("count", count.into())];
    context.fill(message::LINES_AHEAD, words)
}

fn is_measured(context: &PageContext<'_>, indicator: &IndicatorEntry) -> bool {
    let definition = context.site.framework.indicators_of(indicator.panel).find(|one| one.code == indicator.code);
    matches!(
        definition.and_then(|definition| definition.derivation.as_ref()),
        Some(Derivation::Observed { .. } | Derivation::Ratio { .. })
    )
}

fn small_line(context: &PageContext<'_>, area: &AreaEntry, indicator: &IndicatorEntry) -> Option<AnyView> {
    let own = history(context, indicator, &area.code);
    let newest = own.keys().next_back().copied()?;
    let country = context.country();
    let national = history(context, indicator, country);
    let unit = context.unit_words(indicator);
    let heading = Heading {
        name: context.text(&indicator.name),
        href: context.indicator_href(Panel::Regions, &indicator.code),
        unit: Some(unit.clone()),
    };
    if own.len() == 1 && national.keys().all(|period| *period == newest) {
        return Some(small_multiple(context, heading, strip(context, area, indicator, newest)));
    }
    let mut strands = Vec::new();
    if area.code != *country {
        let (emphasis, history) = (Emphasis::Yardstick, national);
        strands.push(Strand { area: country.clone(), emphasis, history, href: None });
    }
    strands.push(Strand { area: area.code.clone(), emphasis: Emphasis::Chosen, history: own, href: None });
    let drawn = Drawn {
        id: small_id(indicator),
        title: context.text(&indicator.name),
        description: unit,
        indicator,
        heading: context.say(message::REGION),
        names: Names::Short,
    };
    let chart = line(context, drawn, strands);
    Some(small_multiple(context, heading, chart))
}

fn small_id(indicator: &IndicatorEntry) -> String {
    format!("line-{}", indicator.code.as_str().replace('_', "-"))
}

/// What was measured once is no line: the region stands among all others on one scale.
fn strip(context: &PageContext<'_>, area: &AreaEntry, indicator: &IndicatorEntry, period: TimePeriod) -> Strip {
    let value_in = |code: &AreaCode| history(context, indicator, code).get(&period).map(|found| found.value);
    let regions = context.site.areas.iter().filter(|other| other.parent.as_ref() == Some(context.country()));
    let points = regions.filter_map(|other| {
        let value = value_in(&other.code)?;
        let is_own = other.code == area.code;
        Some(StripPoint {
            code: other.code.to_string(),
            name: if is_own { context.short_name(&other.code) } else { context.text(&other.name) },
            value,
            text: context.value_under_unit(value, indicator),
            href: None,
            emphasis: if is_own { Emphasis::Chosen } else { Emphasis::Context },
        })
    });
    let country = context.country();
    let national = value_in(country).map(|value| {
        let words = format!("{} {}", context.area_name(country), context.value_under_unit(value, indicator));
        (value, words)
    });
    Strip {
        caption: Caption {
            id: small_id(indicator),
            title: context.text(&indicator.name),
            description: format!("{}, {}", context.unit_words(indicator), context.formats.period(period)),
        },
        points: points.collect(),
        axis: ValueAxis {
            extent: Extent::Fitted,
            marks: context.formats.marks(),
            unit: context.formats.tick_unit(&indicator.unit),
            name: String::new(),
        },
        yardstick: national,
        headings: [context.say(message::REGION), context.say(message::VALUE)],
    }
}
