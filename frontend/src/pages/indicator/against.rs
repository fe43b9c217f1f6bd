//! One indicator against another: whether regions that have more of the one have more of the other.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::assembly::CellStatus;
use indicators::definition::Panel;
use indicators::descriptive::correlation::spearman;
use indicators::wire::{IndicatorEntry, Profile};
use leptos::prelude::*;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::scatter::{Scatter, ScatterPoint};
use crate::charts::{Caption, Emphasis};
use crate::components::choosers;
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::values::cell_of;
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::route::Page;

/// Fewer places than this say nothing about a link.
const FEWEST: usize = 8;
/// From here on a rank correlation is called a link.
const LINK: f64 = 0.5;

/// A place with its own values of both indicators: code, name, values.
type Pair = (String, String, f64, f64);

/// The figure with the choice of the other indicator. Nothing when no other has enough own values.
pub(super) fn against_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    indicator: &IndicatorEntry,
) -> Option<AnyView> {
    let candidates: Vec<(&IndicatorEntry, Vec<Pair>, f64)> = context
        .site
        .indicators
        .iter()
        .filter(|other| other.panel == indicator.panel && !other.national_only && other.code != indicator.code)
        .filter_map(|other| {
            let pairs = pairs(context, release, indicator, other);
            let numbers: Vec<(f64, f64)> = pairs.iter().map(|(_, _, x, y)| (*x, *y)).collect();
            let link = spearman(&numbers).filter(|_| numbers.len() >= FEWEST)?;
            Some((other, pairs, link))
        })
        .collect();
    let asked = context.address.selection.against.as_ref();
    let (other, pairs, link) = candidates
        .iter()
        .find(|(other, _, _)| Some(&other.code) == asked)
        .or_else(|| candidates.iter().max_by(|(_, _, left), (_, _, right)| left.abs().total_cmp(&right.abs())))?;
    let names = [context.text(&indicator.name), context.text(&other.name)];
    let key = if *link >= LINK {
        message::AGAINST_MORE
    } else if *link <= -LINK {
        message::AGAINST_LESS
    } else {
        message::AGAINST_NONE
    };
    let title = context.fill(key, [("one", names[0].clone().into()), ("other", names[1].clone().into())]);
    let subtitle = context.fill(
        message::AGAINST_SUBTITLE,
        [
            ("link", context.formats.number(*link, 2).into()),
            ("count", pairs.len().to_string().into()),
            ("year", release.year().to_string().into()),
        ],
    );
    let is_regions = indicator.panel == Panel::Regions;
    let points = pairs.iter().map(|(code, name, x, y)| ScatterPoint {
        code: code.clone(),
        name: name.clone(),
        at: (*x, *y),
        texts: [context.value(*x, indicator), context.value(*y, other)],
        href: if is_regions { code.parse().ok().map(|area| context.href(Page::Region(area))) } else { None },
        emphasis: if code == context.country().as_str() { Emphasis::Chosen } else { Emphasis::Context },
    });
    let axis = |indicator: &IndicatorEntry| ValueAxis {
        extent: Extent::Fitted,
        marks: context.formats.marks(),
        unit: context.formats.tick_unit(&indicator.unit),
        name: format!("{}, {}", context.text(&indicator.name), context.text(&indicator.unit.name)),
    };
    let chart = Scatter {
        caption: Caption { id: "against".to_owned(), title, description: subtitle },
        points: points.collect(),
        x: axis(indicator),
        y: axis(other),
        heading: context.say(if is_regions { message::REGION } else { message::COUNTRY }),
    };
    let chooser = chooser(context, &candidates, other);
    let mut dataflows = indicator.dataflows.clone();
    dataflows.extend(other.dataflows.iter().filter(|code| !indicator.dataflows.contains(code)).cloned());
    let drawn = Figure::of("figure-against", chart, dataflows);
    let body = view! { {chooser} {drawn.body} }.into_any();
    Some(figure(context, Figure { body, notes: vec![context.say(message::AGAINST_NOTE)], ..drawn }))
}

fn pairs(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    one: &IndicatorEntry,
    other: &IndicatorEntry,
) -> Vec<Pair> {
    let places = release.answer.index.iter().filter_map(|entry| {
        let profile = release.profiles.get(&entry.area)?;
        Some((entry.area.to_string(), context.area_name(&entry.area), own(profile, one)?, own(profile, other)?))
    });
    places.collect()
}

/// A place's own value: a substitute says nothing about the place.
fn own(profile: &Profile, indicator: &IndicatorEntry) -> Option<f64> {
    let cell = cell_of(profile, indicator)?;
    let is_own = matches!(cell.status, CellStatus::Observed | CellStatus::CarriedForward);
    cell.value.filter(|_| is_own)
}

/// The other indicator as a form that needs no script.
fn chooser(
    context: &PageContext<'_>,
    candidates: &[(&IndicatorEntry, Vec<Pair>, f64)],
    chosen: &IndicatorEntry,
) -> AnyView {
    let options = candidates
        .iter()
        .map(|(other, _, _)| {
            let name = context.text(&other.name);
            view! { <option value=other.code.to_string() selected=other.code == chosen.code>{name}</option> }
        })
        .collect_view();
    let path = format!("{}#figure-against", context.address.page.path(context.address.language));
    view! {
        <form class="chooser" method="get" action=path>
            {choosers::kept(context)}
            <label class="criterion">
                <span>{context.say(message::AGAINST_LABEL)}</span>
                <select name="against">{options}</select>
            </label>
            <button type="submit">{context.say(message::SHOW)}</button>
        </form>
    }
    .into_any()
}
