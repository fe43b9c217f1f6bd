//! Where a region stands: among the others, against the country, and which criteria make the difference.

use indicators::descriptive::median;
use indicators::matrix::Cell;
use indicators::wire::Profile;
use leptos::prelude::*;

use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::contribution::{Contribution, ContributionRow, Contributions};
use crate::charts::line::Point;
use crate::charts::radar::{Profile as RadarProfile, Radar};
use crate::charts::strip::{Strip, StripPoint};
use crate::charts::{Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::figure::{Figure, figure};
use crate::components::sources::dataflows;
use crate::components::{coverage, scoreboard};
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::route::Page;

/// All regions on one line, this one named.
pub(super) fn strip_figure(context: &PageContext<'_>, release: &PublishedRelease<'_>, profile: &Profile) -> AnyView {
    let order = scoreboard::in_order(release, None);
    let scored: Vec<_> = order.iter().filter_map(|(entry, standing)| Some((entry, standing.score?))).collect();
    let (Some(own), true) = (profile.score, scored.len() > 1) else { return ().into_any() };
    let above = scored.iter().filter(|(_, score)| *score > own).count();
    let below = scored.iter().filter(|(_, score)| *score < own).count();
    let title = context.fill(
        message::REGION_STRIP_TITLE,
        [
            ("area", context.area_name(&profile.area).into()),
            ("above", above.to_string().into()),
            ("below", below.to_string().into()),
        ],
    );
    let subtitle = scoreboard::subtitle(context, None, release.year());
    let last = scored.len() - 1;
    let points = scored.iter().enumerate().map(|(place, (entry, score))| StripPoint {
        code: entry.area.to_string(),
        name: context.area_name(&entry.area),
        value: *score,
        text: context.formats.score(*score),
        href: Some(context.href(Page::Region(entry.area.clone()))),
        emphasis: if entry.area == profile.area {
            Emphasis::Chosen
        } else if place == 0 || place == last {
            Emphasis::Peer(0)
        } else {
            Emphasis::Context
        },
    });
    let cells: Vec<Cell> = scored.iter().map(|(_, score)| Cell::computed(*score)).collect();
    let yardstick = median(&cells).map(|middle| {
        let words = context.fill(message::REGION_STRIP_MEDIAN, [("score", context.formats.score(middle).into())]);
        (middle, words)
    });
    let chart = Strip {
        caption: Caption { id: "strip".to_owned(), title, description: subtitle },
        points: points.collect(),
        axis: ValueAxis { extent: Extent::Fitted, ..scoreboard::score_axis(context.formats.marks()) },
        yardstick,
        headings: [context.say(message::REGION), context.say(message::SCORE)],
    };
    let body = Figure::of("figure-strip", chart, dataflows(context, None));
    figure(context, body)
}

/// How the score adds up, beside the country, the first and the last region.
pub(super) fn contributions_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    profile: &Profile,
    national: Option<&Profile>,
) -> AnyView {
    if profile.score.is_none() {
        return ().into_any();
    }
    // Criteria without data add nothing and would only fill the key.
    let parts: Vec<usize> = (0..profile.criteria.len())
        .filter(|index| profile.criteria.get(*index).is_some_and(|criterion| criterion.contribution.is_some()))
        .collect();
    let order = scoreboard::in_order(release, None);
    let ends = [order.first(), order.iter().rev().find(|(_, standing)| standing.score.is_some())];
    let others = ends.into_iter().flatten().filter(|(entry, _)| entry.area != profile.area);
    let others = others.filter_map(|(entry, _)| release.profiles.get(&entry.area));
    let compared = [Some(profile), national.filter(|national| national.area != profile.area)];
    let rows = compared.into_iter().flatten().chain(others).map(|one| ContributionRow {
        code: one.area.to_string(),
        name: context.area_name(&one.area),
        total: context.score(one.score),
        parts: parts
            .iter()
            .map(|index| {
                let criterion = one.criteria.get(*index)?;
                let value = criterion.contribution?;
                let basis = coverage::basis(&criterion.score.coverage);
                Some(Contribution { value, text: context.formats.number(value, 1), basis })
            })
            .collect(),
        href: (one.area != *context.country()).then(|| context.href(Page::Region(one.area.clone()))),
        emphasis: if one.area == profile.area { Emphasis::Chosen } else { Emphasis::Context },
    });
    let title = against_the_country(context, profile, national);
    let subtitle = context.fill(message::REGION_CONTRIBUTIONS_SUBTITLE, [("year", release.year().to_string().into())]);
    let chart = Contributions {
        caption: Caption { id: "contributions".to_owned(), title, description: subtitle },
        parts: parts
            .iter()
            .filter_map(|index| profile.criteria.get(*index))
            .map(|criterion| context.criterion_name(&criterion.score.criterion))
            .collect(),
        rows: rows.collect(),
        axis: scoreboard::score_axis(context.formats.marks()),
        headings: [context.say(message::REGION), context.say(message::SCORE)],
        missing: context.missing(),
    };
    let body = Figure::of("figure-contributions", chart, dataflows(context, None));
    figure(context, body)
}

/// The criterion in which most points are won or lost against the country.
fn against_the_country(context: &PageContext<'_>, profile: &Profile, national: Option<&Profile>) -> String {
    let differences = profile.criteria.iter().filter_map(|criterion| {
        let other = national?.criteria.iter().find(|other| other.score.criterion == criterion.score.criterion)?;
        Some((&criterion.score.criterion, criterion.contribution? - other.contribution?))
    });
    let most = differences.max_by(|(_, left), (_, right)| left.abs().total_cmp(&right.abs()));
    let (key, criterion, points) = match most {
        Some((criterion, points)) if points >= 0.05 => (message::REGION_WON, criterion, points),
        Some((criterion, points)) if points <= -0.05 => (message::REGION_LOST, criterion, points),
        _ => return context.say(message::REGION_CONTRIBUTIONS_TITLE),
    };
    context.fill(
        key,
        [
            ("criterion", context.criterion_name(criterion).into()),
            ("points", context.formats.score(points.abs()).into()),
        ],
    )
}

/// The shape of the region over the criteria, the country's dashed behind it.
pub(super) fn radar_figure(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    profile: &Profile,
    national: Option<&Profile>,
) -> AnyView {
    let shape = |one: &Profile, emphasis| RadarProfile {
        name: context.area_name(&one.area),
        values: one
            .criteria
            .iter()
            .map(|criterion| {
                let value = criterion.score.score?;
                let basis = coverage::basis(&criterion.score.coverage);
                Some(Point { value, text: context.formats.score(value), basis })
            })
            .collect(),
        emphasis,
    };
    let behind = national.filter(|national| national.area != profile.area);
    let title = context.fill(
        message::REGION_RADAR_TITLE,
        [("area", context.area_name(&profile.area).into()), ("ahead", ahead(profile, behind).into())],
    );
    let subtitle = context.fill(message::COMPARE_PROFILES_SUBTITLE, [("year", release.year().to_string().into())]);
    let chart = Radar {
        caption: Caption { id: "radar".to_owned(), title, description: subtitle },
        spokes: profile.criteria.iter().map(|criterion| context.criterion_name(&criterion.score.criterion)).collect(),
        profiles: [Some(shape(profile, Emphasis::Chosen)), behind.map(|national| shape(national, Emphasis::Yardstick))]
            .into_iter()
            .flatten()
            .collect(),
        heading: context.say(message::CRITERION),
        missing: context.missing(),
        marks: context.formats.marks(),
    };
    let body = Figure::of("figure-radar", chart, dataflows(context, None));
    figure(context, body)
}

/// In how many criteria the region scores higher than the country.
fn ahead(profile: &Profile, national: Option<&Profile>) -> usize {
    let ahead = profile.criteria.iter().filter(|criterion| {
        let other = national.and_then(|national| {
            national.criteria.iter().find(|other| other.score.criterion == criterion.score.criterion)
        });
        matches!(
            (criterion.score.score, other.and_then(|other| other.score.score)),
            (Some(own), Some(national)) if own > national
        )
    });
    ahead.count()
}
