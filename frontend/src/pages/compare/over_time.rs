//! The criteria over the years: many small charts of one form, all on one scale.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::wire::CriterionEntry;
use leptos::prelude::*;

use super::Compared;
use super::figures::gap;
use crate::charts::axis::{Extent, ValueAxis};
use crate::charts::line::{Line, Point};
use crate::charts::{Caption, Emphasis};
use crate::components::scoreboard;
use crate::components::small_multiple::{Heading, small_multiple};
use crate::components::sources::{dataflows, source_line};
use crate::locale::message;
use crate::route::Page;

impl Compared<'_> {
    /// One chart for each criterion that has scores, the one whose gap changed most named.
    pub(super) fn criteria_over_time(&self) -> AnyView {
        let context = self.context;
        let charts: Vec<(&CriterionEntry, Line)> = context
            .site
            .criteria
            .iter()
            .filter(|criterion| !criterion.region_indicators.is_empty())
            .map(|criterion| (criterion, self.small_line(criterion)))
            .collect();
        let changes = charts.iter().filter_map(|(criterion, chart)| Some((*criterion, gap_change(chart)?)));
        let most =
            changes.max_by(|(_, left), (_, right)| (left.1 - left.0).abs().total_cmp(&(right.1 - right.0).abs()));
        let title = match most {
            Some((criterion, (from, to))) => context.fill(
                message::COMPARE_GAP_CHANGED,
                [
                    ("criterion", context.text(&criterion.name).into()),
                    ("from", context.formats.score(from).into()),
                    ("to", context.formats.score(to).into()),
                ],
            ),
            None => context.say(message::COMPARE_TREND),
        };
        let charts = charts
            .into_iter()
            .map(|(criterion, chart)| {
                let heading = Heading {
                    name: context.text(&criterion.name),
                    href: context.href(Page::Criterion(criterion.code.clone())),
                    unit: None,
                };
                small_multiple(context, heading, chart)
            })
            .collect_view();
        view! {
            <section class="figure" id="criteria-over-time" aria-labelledby="criteria-over-time-title">
                <h2 id="criteria-over-time-title">{title}</h2>
                <p class="subtitle">{context.say(message::COMPARE_MULTIPLES_SUBTITLE)}</p>
                <div class="small-multiples">{charts}</div>
                <p class="note">{context.say(message::TREND_NOTE)}</p>
                {source_line(context, &dataflows(context, None))}
            </section>
        }
        .into_any()
    }

    /// The regions chosen and the country, without the others.
    fn small_line(&self, criterion: &CriterionEntry) -> Line {
        let context = self.context;
        let chart = scoreboard::trend(context, Some(&criterion.code), &self.codes());
        let name = context.text(&criterion.name);
        Line {
            caption: Caption {
                id: format!("years-{}", criterion.code.as_str().replace('_', "-")),
                title: name.clone(),
                description: name,
            },
            series: chart.series.into_iter().filter(|series| series.emphasis != Emphasis::Context).collect(),
            axis: ValueAxis { extent: Extent::Fixed(0.0, 100.0), ..chart.axis },
            ..chart
        }
    }
}

/// The gap between the regions chosen in the first and in the last year in which all have a score.
fn gap_change(chart: &Line) -> Option<(f64, f64)> {
    let chosen = || chart.series.iter().filter(|series| matches!(series.emphasis, Emphasis::Peer(_)));
    let gaps: Vec<f64> = (0..chart.periods.len())
        .filter_map(|index| {
            let points: Vec<Option<Point>> =
                chosen().map(|series| series.points.get(index).cloned().flatten()).collect();
            points.iter().all(Option::is_some).then(|| gap(&points)).flatten()
        })
        .collect();
    (gaps.len() > 1).then_some((*gaps.first()?, *gaps.last()?))
}
