//! How the regions moved in a criterion since the year before.

use indicators::code::CriterionCode;
use indicators::definition::Panel;
use leptos::prelude::*;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::line::Point;
use crate::charts::slope::{Names, Slope, SlopeItem, Top};
use crate::charts::{Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows;
use crate::components::{coverage, scoreboard};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::route::Page;

/// Scores of the year before at the left, of the year at the right. Nothing when there is no year
/// before, or no region with a score in both.
pub(super) fn change_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    criterion: &CriterionCode,
) -> Option<AnyView> {
    let before = *context.site.releases.get(&(Panel::Regions, release.year() - 1))?;
    let point = |standing: scoreboard::Standing<'_>| {
        let value = standing.score?;
        Some(Point { value, text: context.formats.score(value), basis: coverage::basis(standing.coverage) })
    };
    let mut items: Vec<SlopeItem> = scoreboard::in_order(release, Some(criterion))
        .into_iter()
        .map(|(entry, now)| {
            // Across a boundary change the two years describe two territories.
            let earlier = before.entry(&entry.area).filter(|_| !entry.boundary_break);
            SlopeItem {
                code: entry.area.to_string(),
                name: context.area_name(&entry.area),
                short: context.short_name(&entry.area),
                values: [earlier.and_then(|earlier| point(scoreboard::standing(earlier, Some(criterion)))), point(now)],
                href: Some(context.href(Page::Region(entry.area.clone()))),
                emphasis: Emphasis::Context,
            }
        })
        .collect();
    let moved = |item: &SlopeItem| match &item.values {
        [Some(from), Some(to)] => Some(to.value - from.value),
        _ => None,
    };
    let most = |sign: f64| {
        let all = items.iter().enumerate().filter_map(|(index, item)| Some((index, sign * moved(item)?)));
        all.filter(|(_, points)| *points >= 0.05).max_by(|(_, left), (_, right)| left.total_cmp(right))
    };
    let (up, down) = (most(1.0), most(-1.0));
    items.iter().find_map(moved)?;
    let told = |key, (index, points): (usize, f64)| {
        let name = items.get(index).map(|item| item.name.clone()).unwrap_or_default();
        context.fill(key, [("area", name.into()), ("points", context.formats.score(points).into())])
    };
    let said: Vec<String> =
        [up.map(|found| told(message::CRITERION_ROSE, found)), down.map(|found| told(message::CRITERION_FELL, found))]
            .into_iter()
            .flatten()
            .collect();
    let title = match said.as_slice() {
        [] => context.say(message::CRITERION_STOOD),
        // A heading of one sentence ends without a stop.
        [only] => only.trim_end_matches('.').to_owned(),
        _ => said.join(" "),
    };
    for (found, emphasis) in [(up, Emphasis::Peer(0)), (down, Emphasis::Peer(1))] {
        if let Some(item) = found.and_then(|(index, _)| items.get_mut(index)) {
            item.emphasis = emphasis;
        }
    }
    let moments = [before.year().to_string(), release.year().to_string()];
    let subtitle = context.fill(
        message::CRITERION_CHANGE_SUBTITLE,
        [
            ("measure", context.criterion_name(criterion).into()),
            ("before", moments[0].clone().into()),
            ("year", moments[1].clone().into()),
        ],
    );
    let chart = Slope {
        caption: Caption { id: "change".to_owned(), title, description: subtitle },
        moments,
        items,
        axis: ValueAxis { extent: Extent::Fitted, ..scoreboard::score_axis(context.formats.marks()) },
        top: Top::Highest,
        names: Names::All,
        heading: context.say(message::REGION),
        missing: context.missing(),
    };
    let drawn = Figure::of("figure-change", chart, dataflows(context, Some(criterion)));
    Some(figure(context, Figure { notes: vec![context.say(message::CRITERION_CHANGE_NOTE)], ..drawn }))
}
