//! Charts over the scores of a release: map, ranking, heat table, trend. The whole index or one
//! criterion, by the same code.

use indicators::code::{AreaCode, CriterionCode};
use indicators::definition::Panel;
use indicators::wire::{Coverage, IndexEntry, RankInterval};

use crate::charts::axis::{Extent, NumberMarks, ValueAxis};
use crate::charts::bump::{Bump, BumpItem};
use crate::charts::choropleth::{Choropleth, MapArea, MapLabels};
use crate::charts::heat_table::{HeatCell, HeatColumn, HeatRow, HeatTable};
use crate::charts::legend::ClassLegend;
use crate::charts::line::{Break, Line, Period, Point, Series};
use crate::charts::ranking::{self, Ranking, RankingHeadings, RankingRow};
use crate::charts::{Basis, Caption, Emphasis};
use crate::components::context::PageContext;
use crate::components::coverage;
use crate::data::PublishedRelease;
use crate::locale::message;
use crate::route::Page;
use crate::shades;

/// The score of an area in a criterion, or in the whole index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing<'a> {
    pub(crate) score: Option<f64>,
    pub(crate) rank: Option<u32>,
    /// The ranks it takes when the method is varied; known of the whole index only.
    pub(crate) interval: Option<RankInterval>,
    pub(crate) coverage: &'a Coverage,
}

/// How an area stands in a criterion; `None` is the whole index.
pub(crate) fn standing<'a>(entry: &'a IndexEntry, criterion: Option<&CriterionCode>) -> Standing<'a> {
    let whole =
        Standing { score: entry.score, rank: entry.rank, interval: entry.rank_interval, coverage: &entry.coverage };
    let Some(code) = criterion else { return whole };
    entry.criteria.iter().find(|one| one.criterion == *code).map_or(
        Standing { score: None, rank: None, interval: None, ..whole },
        |one| Standing { score: one.score, rank: one.rank, interval: None, coverage: &one.coverage },
    )
}

/// The areas of a release from the best to the worst, those without a score last.
pub(crate) fn in_order<'a>(
    release: &PublishedRelease<'a>,
    criterion: Option<&CriterionCode>,
) -> Vec<(&'a IndexEntry, Standing<'a>)> {
    let mut order: Vec<_> = release.answer.index.iter().map(|entry| (entry, standing(entry, criterion))).collect();
    // Stable: ties keep the order of the code list.
    order.sort_by(|(_, left), (_, right)| match (left.score, right.score) {
        (Some(left), Some(right)) => right.total_cmp(&left),
        (left, right) => right.is_some().cmp(&left.is_some()),
    });
    order
}

/// "Astana leads with 78.3, Ulytau is last with 41.0"; or that there is nothing to compare.
pub(crate) fn finding(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
) -> String {
    let order = in_order(release, criterion);
    let scored: Vec<_> = order.iter().filter_map(|(entry, standing)| Some((entry, standing.score?))).collect();
    match (scored.first(), scored.last()) {
        (Some((_, high)), Some((_, low))) if (high - low).abs() < 0.05 => {
            context.fill(message::FINDING_ALL_EQUAL, [("score", context.formats.score(*high).into())])
        }
        (Some((first, high)), Some((last, low))) => context.fill(
            message::FINDING_ENDS,
            [
                ("first", context.area_name(&first.area).into()),
                ("high", context.formats.score(*high).into()),
                ("last", context.area_name(&last.area).into()),
                ("low", context.formats.score(*low).into()),
            ],
        ),
        _ => context.say(message::FINDING_NONE),
    }
}

/// The name of what is scored: the criterion or the whole index.
pub(crate) fn measure(context: &PageContext<'_>, criterion: Option<&CriterionCode>) -> String {
    criterion.map_or_else(|| context.text(&context.site.framework.name), |code| context.criterion_name(code))
}

/// What is drawn: "Internet access, score 0–100, 2024".
pub(crate) fn subtitle(context: &PageContext<'_>, criterion: Option<&CriterionCode>, year: i16) -> String {
    context.fill(
        message::SUBTITLE_SCORE,
        [("measure", measure(context, criterion).into()), ("year", year.to_string().into())],
    )
}

fn rank_text(context: &PageContext<'_>, rank: Option<u32>) -> String {
    rank.map(|rank| context.formats.count(u64::from(rank))).unwrap_or_default()
}

/// The map of a release.
pub(crate) fn map(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
    labels: MapLabels,
) -> Choropleth {
    let year = release.year();
    let scored = release.answer.index.iter().map(|entry| {
        let standing = standing(entry, criterion);
        MapArea {
            code: entry.area.to_string(),
            name: context.area_name(&entry.area),
            short: context.short_name(&entry.area),
            value: standing.score,
            text: context.score(standing.score),
            basis: if standing.score.is_some() { coverage::basis(standing.coverage) } else { Basis::Observed },
            note: rank_words(context, standing.rank, standing.interval),
            href: Some(context.href(Page::Region(entry.area.clone()))),
            selected: false,
        }
    });
    // Regions of today that did not exist in the year keep their place on the map, without a value.
    let unborn = context
        .site
        .areas
        .iter()
        .filter(|area| {
            context.site.geography.areas.contains_key(area.code.as_str()) && release.entry(&area.code).is_none()
        })
        .map(|area| MapArea {
            code: area.code.to_string(),
            name: context.text(&area.name),
            short: context.short_name(&area.code),
            value: None,
            text: context.missing(),
            basis: Basis::Observed,
            note: String::new(),
            href: Some(context.href(Page::Region(area.code.clone()))),
            selected: false,
        });
    let areas = scored.chain(unborn).collect();
    Choropleth {
        caption: Caption {
            id: "map".to_owned(),
            title: finding(context, release, criterion),
            description: subtitle(context, criterion, year),
        },
        geography: context.site.geography.clone(),
        areas,
        classes: shades::scores(),
        legend: score_legend(context),
        headings: [context.say(message::REGION), context.say(message::SCORE)],
        labels,
    }
}

/// "rank 3 (2–5)": the rank with those it takes when the method is varied. Empty without a rank.
pub(crate) fn rank_words(context: &PageContext<'_>, rank: Option<u32>, interval: Option<RankInterval>) -> String {
    let words = rank.map(|_| context.fill(message::RANK_IS, [("rank", rank_text(context, rank).into())]));
    match (words, interval.map(drawn_interval)) {
        (Some(words), Some(interval)) if interval.best != interval.worst => format!("{words} ({})", interval.text()),
        (words, _) => words.unwrap_or_default(),
    }
}

/// An interval as the ranking draws it.
pub(crate) const fn drawn_interval(interval: RankInterval) -> ranking::RankInterval {
    ranking::RankInterval { best: interval.low, worst: interval.high }
}

fn score_legend(context: &PageContext<'_>) -> ClassLegend {
    ClassLegend {
        title: String::new(),
        missing: context.missing(),
        marks: context.formats.marks(),
        unit: String::new(),
    }
}

/// The headings of every ranking of scores.
pub(crate) fn ranking_headings(context: &PageContext<'_>) -> RankingHeadings {
    RankingHeadings {
        rank: context.say(message::RANK),
        area: context.say(message::REGION),
        value: context.say(message::SCORE),
        interval: context.say(message::RANK_INTERVAL),
        coverage: context.say(message::COVERAGE),
    }
}

/// The axis of scores in the reader's language.
pub(crate) const fn score_axis(marks: NumberMarks) -> ValueAxis {
    ValueAxis::scores(marks)
}

/// The ranking of a release, the national figure among the regions as a yardstick.
pub(crate) fn ranking(
    context: &PageContext<'_>,
    release: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
) -> Ranking {
    let row = |entry: &IndexEntry, standing: Standing<'_>, emphasis: Emphasis, href: Option<String>| RankingRow {
        code: entry.area.to_string(),
        name: context.area_name(&entry.area),
        rank: rank_text(context, standing.rank),
        value: standing.score,
        text: context.score(standing.score),
        interval: standing.interval.map(drawn_interval),
        coverage: Some(coverage::shares(context, standing.coverage)),
        note: coverage::words(context, standing.coverage),
        href,
        emphasis,
    };
    let mut rows: Vec<RankingRow> = in_order(release, criterion)
        .into_iter()
        .map(|(entry, standing)| {
            row(entry, standing, Emphasis::Context, Some(context.href(Page::Region(entry.area.clone()))))
        })
        .collect();
    if let Some(national) = &release.answer.national {
        let own = standing(national, criterion);
        let place = match own.score {
            Some(score) => rows.iter().position(|row| row.value.is_none_or(|value| value < score)),
            None => None,
        };
        let national = row(national, Standing { rank: None, interval: None, ..own }, Emphasis::Yardstick, None);
        rows.insert(place.unwrap_or(rows.len()), national);
    }
    let mut ranking = Ranking {
        caption: Caption {
            id: "ranking".to_owned(),
            title: context.say(message::RANKING_TITLE),
            description: subtitle(context, criterion, release.year()),
        },
        rows,
        axis: score_axis(context.formats.marks()),
        headings: ranking_headings(context),
        missing: context.missing(),
    };
    if let Some((above, count)) = ranking.above_yardstick() {
        let words = [("above", above.to_string().into()), ("count", count.to_string().into())];
        ranking.caption.title = context.fill(message::RANKING_ABOVE, words);
    }
    ranking
}

/// The criterion the areas differ most in, to the tenths that are shown.
pub(crate) fn widest_criterion(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> String {
    let mut widest: Option<(&CriterionCode, f64, f64)> = None;
    for criterion in context.site.criteria {
        let scores = release.answer.index.iter().filter_map(|entry| standing(entry, Some(&criterion.code)).score);
        let tenths: Vec<f64> = scores.map(|score| (score * 10.0).round()).collect();
        let low = tenths.iter().copied().fold(f64::INFINITY, f64::min);
        let high = tenths.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if high - low > widest.map_or(0.0, |(_, low, high)| high - low) {
            widest = Some((&criterion.code, low, high));
        }
    }
    let Some((criterion, low, high)) = widest else { return context.say(message::HEAT_TITLE) };
    context.fill(
        message::HEAT_WIDEST,
        [
            ("criterion", context.criterion_name(criterion).into()),
            ("low", context.formats.score(low / 10.0).into()),
            ("high", context.formats.score(high / 10.0).into()),
        ],
    )
}

/// The heat table of a release: areas by criteria, the national figure first.
pub(crate) fn heat_table(context: &PageContext<'_>, release: &PublishedRelease<'_>) -> HeatTable {
    let columns = [HeatColumn { title: context.say(message::INDEX), href: None }]
        .into_iter()
        .chain(context.site.criteria.iter().map(|criterion| HeatColumn {
            title: context.text(&criterion.name),
            href: Some(context.href(Page::Criterion(criterion.code.clone()))),
        }))
        .collect();
    let cell = |standing: Standing<'_>| HeatCell {
        value: standing.score,
        text: context.score(standing.score),
        basis: coverage::basis(standing.coverage),
        note: coverage::words(context, standing.coverage),
        href: None,
    };
    let row = |entry: &IndexEntry, href: Option<String>, selected: bool| HeatRow {
        code: entry.area.to_string(),
        name: context.area_name(&entry.area),
        href,
        selected,
        cells: [cell(standing(entry, None))]
            .into_iter()
            .chain(context.site.criteria.iter().map(|criterion| cell(standing(entry, Some(&criterion.code)))))
            .collect(),
    };
    let is_regions = release.answer.release.panel == Panel::Regions;
    let chosen = |entry: &IndexEntry| entry.area == *context.country();
    let national = release.answer.national.iter().filter(|_| is_regions).map(|entry| row(entry, None, false));
    let areas = in_order(release, None).into_iter().map(|(entry, _)| {
        let href = is_regions.then(|| context.href(Page::Region(entry.area.clone())));
        row(entry, href, chosen(entry))
    });
    HeatTable {
        id: "heat".to_owned(),
        caption: subtitle(context, None, release.year()),
        corner: context.say(if is_regions { message::REGION } else { message::COUNTRY }),
        columns,
        rows: national.chain(areas).collect(),
        classes: shades::scores(),
        missing: context.missing(),
        signs: signs(context),
    }
}

/// Regions chosen are told apart by colour, in the order chosen.
pub(crate) fn emphasis(chosen: &[AreaCode], area: &AreaCode) -> Emphasis {
    let place = chosen.iter().position(|one| one == area).and_then(|place| u8::try_from(place).ok());
    place.map_or(Emphasis::Context, Emphasis::Peer)
}

/// The ranks over the reference years, of every region.
pub(crate) fn ranks(context: &PageContext<'_>, criterion: Option<&CriterionCode>, chosen: &[AreaCode]) -> Bump {
    let years = context.site.years(Panel::Regions);
    let releases: Vec<PublishedRelease<'_>> =
        years.iter().filter_map(|year| context.site.releases.get(&(Panel::Regions, *year)).copied()).collect();
    let newest = releases.last().map(|release| release.answer.index.as_slice()).unwrap_or_default();
    let items = newest.iter().map(|entry| BumpItem {
        code: entry.area.to_string(),
        name: context.area_name(&entry.area),
        short: context.short_name(&entry.area),
        ranks: releases.iter().map(|release| standing(release.entry(&entry.area)?, criterion).rank).collect(),
        href: Some(context.href(Page::Region(entry.area.clone()))),
        emphasis: emphasis(chosen, &entry.area),
    });
    Bump {
        caption: Caption {
            id: "ranks".to_owned(),
            title: measure(context, criterion),
            description: context.fill(message::RANKS_SUBTITLE, [("measure", measure(context, criterion).into())]),
        },
        periods: years.iter().map(|year| Period { at: f64::from(*year), text: year.to_string() }).collect(),
        items: items.collect(),
        heading: context.say(message::REGION),
        missing: context.missing(),
    }
}

/// What the signs behind numbers mean.
pub(crate) fn signs(context: &PageContext<'_>) -> Vec<(Basis, String)> {
    vec![
        (Basis::Carried, context.say(message::SIGN_CARRIED)),
        (Basis::Substituted, context.say(message::SIGN_SUBSTITUTED)),
    ]
}

/// A break of the whole index between two years whose scores rest on different criteria. Single
/// indicators come and go more often; what that does is said below the chart and like for like above it.
fn criteria_break(
    context: &PageContext<'_>,
    criterion: Option<&CriterionCode>,
    before: usize,
    earlier: Option<&IndexEntry>,
    later: Option<&IndexEntry>,
) -> Option<Break> {
    let scored = |entry: &IndexEntry| entry.criteria.iter().map(|one| one.score.is_some()).collect::<Vec<_>>();
    let differs = criterion.is_none() && scored(earlier?) != scored(later?);
    differs.then(|| Break { before, note: context.say(message::BREAK_CRITERIA) })
}

/// The scores over the reference years: every region in grey, the country dark, the regions chosen
/// in colours of their own.
pub(crate) fn trend(context: &PageContext<'_>, criterion: Option<&CriterionCode>, chosen: &[AreaCode]) -> Line {
    let years = context.site.years(Panel::Regions);
    let releases: Vec<PublishedRelease<'_>> =
        years.iter().filter_map(|year| context.site.releases.get(&(Panel::Regions, *year)).copied()).collect();
    let point = |entry: Option<&IndexEntry>| {
        let standing = standing(entry?, criterion);
        let value = standing.score?;
        Some(Point { value, text: context.formats.score(value), basis: coverage::basis(standing.coverage) })
    };
    let newest = releases.last();
    let regions = newest.map(|release| release.answer.index.as_slice()).unwrap_or_default().iter().map(|entry| {
        let broken = |index: usize, release: &PublishedRelease<'_>| {
            let found = release.entry(&entry.area).is_some_and(|entry| entry.boundary_break);
            found.then(|| Break { before: index, note: context.say(message::BOUNDARY_BREAK) }).or_else(|| {
                let before = index.checked_sub(1).and_then(|earlier| releases.get(earlier));
                let earlier = before.and_then(|release| release.entry(&entry.area));
                criteria_break(context, criterion, index, earlier, release.entry(&entry.area))
            })
        };
        Series {
            code: entry.area.to_string(),
            name: context.area_name(&entry.area),
            short: context.short_name(&entry.area),
            emphasis: emphasis(chosen, &entry.area),
            points: releases.iter().map(|release| point(release.entry(&entry.area))).collect(),
            breaks: releases.iter().enumerate().filter_map(|(index, release)| broken(index, release)).collect(),
            href: Some(context.href(Page::Region(entry.area.clone()))),
        }
    });
    let national = Series {
        code: context.country().to_string(),
        name: context.area_name(context.country()),
        short: context.area_name(context.country()),
        emphasis: Emphasis::Yardstick,
        points: releases.iter().map(|release| point(release.answer.national.as_ref())).collect(),
        breaks: releases
            .windows(2)
            .enumerate()
            .filter_map(|(index, pair)| {
                let [before, after] = pair else { return None };
                let (before, after) = (before.answer.national.as_ref(), after.answer.national.as_ref());
                criteria_break(context, criterion, index + 1, before, after)
            })
            .collect(),
        href: None,
    };
    let ends: Vec<(i16, f64)> =
        years.iter().zip(&national.points).filter_map(|(year, point)| Some((*year, point.as_ref()?.value))).collect();
    let title = match (ends.first(), ends.last()) {
        (Some((first, from)), Some((last, to))) if first != last => context.fill(
            message::TREND_TITLE,
            [
                ("first", first.to_string().into()),
                ("from", context.formats.score(*from).into()),
                ("last", last.to_string().into()),
                ("to", context.formats.score(*to).into()),
            ],
        ),
        _ => measure(context, criterion),
    };
    Line {
        caption: Caption {
            id: "trend".to_owned(),
            title,
            description: context.fill(message::TREND_SUBTITLE, [("measure", measure(context, criterion).into())]),
        },
        periods: years.iter().map(|year| Period { at: f64::from(*year), text: year.to_string() }).collect(),
        series: regions.chain([national]).collect(),
        axis: ValueAxis { extent: Extent::Fitted, ..score_axis(context.formats.marks()) },
        events: Vec::new(),
        heading: context.say(message::REGION),
        missing: context.missing(),
    }
}
