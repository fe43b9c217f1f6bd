//! Values of indicators in tables: in their own unit, shaded by the score they make. Lines over time
//! are in [`super::series`].

use indicators::assembly::CellStatus;
use indicators::wire::{CellEntry, IndicatorEntry, Profile};

use crate::charts::Basis;
use crate::charts::heat_table::HeatCell;
use crate::components::context::PageContext;
use crate::components::coverage;
use crate::locale::message;

/// The cell of an area's profile that holds an indicator.
pub(crate) fn cell_of<'a>(profile: &'a Profile, indicator: &IndicatorEntry) -> Option<&'a CellEntry> {
    let all = profile.criteria.iter().flat_map(|criterion| &criterion.indicators);
    all.into_iter().find(|cell| cell.indicator == indicator.code)
}

/// A value with its period and status in the tooltip.
pub(crate) fn shaded(context: &PageContext<'_>, profile: Option<&Profile>, indicator: &IndicatorEntry) -> HeatCell {
    let Some(cell) = profile.and_then(|profile| cell_of(profile, indicator)) else {
        return HeatCell {
            value: None,
            text: context.missing(),
            basis: coverage::basis_of_status(CellStatus::Missing),
            note: String::new(),
            href: None,
        };
    };
    let status = coverage::status_words(context, cell.status);
    HeatCell {
        value: cell.normalised,
        text: cell.value.map_or_else(|| context.missing(), |value| context.formats.number(value, indicator.decimals)),
        basis: coverage::basis_of_status(cell.status),
        note: match cell.period {
            Some(period) => format!("{}, {status}", context.formats.period(period)),
            None => status,
        },
        href: None,
    }
}

/// The indicator in which places are farthest apart by their own values, with the lowest and the highest of these.
pub(crate) struct Widest<'a> {
    pub(crate) indicator: &'a IndicatorEntry,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Of some indicators the one in which places are farthest apart by their scores. A substitute says nothing about a
/// place, so it does not count; nothing where values look the same as they are written.
pub(crate) fn widest<'a>(
    context: &PageContext<'_>,
    profiles: &[&Profile],
    indicators: impl Iterator<Item = &'a IndicatorEntry>,
) -> Option<Widest<'a>> {
    let spreads = indicators.filter_map(|indicator| {
        let cells = profiles.iter().filter_map(|profile| cell_of(profile, indicator));
        let own = cells.filter(|cell| matches!(cell.status, CellStatus::Observed | CellStatus::CarriedForward));
        let known: Vec<(f64, f64)> = own.filter_map(|cell| Some((cell.normalised?, cell.value?))).collect();
        let ends = |of: fn(&(f64, f64)) -> f64| {
            let values = || known.iter().map(of);
            Some((values().reduce(f64::min)?, values().reduce(f64::max)?))
        };
        let ((least, most), (low, high)) = (ends(|(score, _)| *score)?, ends(|(_, value)| *value)?);
        let is_seen = context.value(low, indicator) != context.value(high, indicator);
        is_seen.then_some((most - least, Widest { indicator, low, high }))
    });
    spreads.max_by(|(left, _), (right, _)| left.total_cmp(right)).map(|(_, widest)| widest)
}

/// What the signs behind values mean.
pub(crate) fn signs(context: &PageContext<'_>) -> Vec<(Basis, String)> {
    vec![
        (Basis::Carried, context.say(message::STATUS_CARRIED_FORWARD)),
        (Basis::Substituted, context.say(message::KEY_SUBSTITUTED)),
    ]
}
