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

/// What the signs behind values mean.
pub(crate) fn signs(context: &PageContext<'_>) -> Vec<(Basis, String)> {
    vec![
        (Basis::Carried, context.say(message::STATUS_CARRIED_FORWARD)),
        (Basis::Substituted, context.say(message::KEY_SUBSTITUTED)),
    ]
}
