//! One number all the way down: the observations it was made from, each with its vintage, then value,
//! treated value, normalised score, weight and contribution, written as the sums they are.

#![expect(clippy::absolute_paths, reason = "the view macro writes full paths")]

use indicators::definition::{Direction, Panel};
use indicators::wire::{CellEntry, IndicatorEntry, InputEntry};
use leptos::prelude::*;

use crate::components::context::PageContext;
use crate::locale::message;
use crate::route::Page;

/// Folded away under the name of the indicator. Nothing for a cell without a value.
pub(super) fn drill(context: &PageContext<'_>, cell: &CellEntry, indicator: &IndicatorEntry) -> Option<AnyView> {
    let value = cell.value?;
    let inputs = cell.inputs.iter().map(|one| input(context, one)).collect_view();
    let steps: Vec<String> = [
        cell.treated.filter(|treated| treated.to_bits() != value.to_bits()).map(|treated| {
            let words = [
                ("value", context.value(value, indicator).into()),
                ("treated", context.value(treated, indicator).into()),
            ];
            context.fill(message::DRILL_TREATED, words)
        }),
        cell.normalised.map(|score| normalised(context, cell.treated.unwrap_or(value), score, indicator)),
        cell.normalised.zip(cell.contribution).map(|(score, points)| {
            let words = [
                ("score", context.formats.number(score, 2).into()),
                ("weight", context.formats.number(cell.effective_weight, 4).into()),
                ("points", context.formats.number(points, 2).into()),
            ];
            context.fill(message::DRILL_CONTRIBUTION, words)
        }),
    ]
    .into_iter()
    .flatten()
    .collect();
    let steps = steps.into_iter().map(|words| view! { <li>{words}</li> }).collect_view();
    Some(
        view! {
            <details class="drill">
                <summary>{context.say(message::DRILL_SUMMARY)}</summary>
                <ol>{inputs} {steps}</ol>
            </details>
        }
        .into_any(),
    )
}

/// An observation with its place in the API and the dataflow it came by.
fn input(context: &PageContext<'_>, input: &InputEntry) -> AnyView {
    let own = context.site.indicators.iter().find(|indicator| {
        indicator.panel == Panel::Regions && input.series.split('.').next() == Some(indicator.code.as_str())
    });
    let value = match own {
        Some(indicator) => context.formats.number(input.value, indicator.decimals.max(1)),
        None => context.formats.number(input.value, 2),
    };
    let words = context.fill(
        message::DRILL_INPUT,
        [
            ("series", input.series.clone().into()),
            ("area", context.area_name(&input.area).into()),
            ("period", context.formats.period(input.period).into()),
            ("value", value.into()),
        ],
    );
    let code = input.series.split('.').next().unwrap_or_default();
    let observations = format!("/api/v1/observations?indicator={code}&area={}&period={}", input.area, input.period);
    let observations = context.api(&observations);
    let source = format!("{}#{}", context.href(Page::Sources), input.dataflow);
    // The bytes of the vintage, where the provider's terms let them be handed out.
    let open = context.site.source(&input.dataflow).filter(|source| source.raw_open);
    let run = open.and_then(|source| source.last_run.as_ref());
    let snapshot = run.filter(|run| run.vintage.as_ref() == Some(&input.vintage)).and_then(|run| run.snapshot.as_ref());
    let snapshot = snapshot.map(|snapshot| {
        view! { " \u{b7} " <a href=format!("/api/v1/snapshots/{snapshot}")>{context.say(message::RAW_FILE)}</a> }
    });
    // An older vintage is found among the runs, each of which names the file it received.
    let runs = open.filter(|_| snapshot.is_none()).map(|source| {
        let href = format!("/api/v1/runs?dataflow={}", source.dataflow);
        view! { " \u{b7} " <a href=href>{context.say(message::SOURCES_RUNS)}</a> }
    });
    view! {
        <li>
            <a href=observations>{words}</a>
            " \u{b7} "
            <a href=source>{context.fill(message::DRILL_VINTAGE, [("vintage", input.vintage.clone().into())])}</a>
            {snapshot}
            {runs}
        </li>
    }
    .into_any()
}

/// "(97.3 − 30) ÷ (100 − 30) × 100 = 96.14", held between 0 and 100.
fn normalised(context: &PageContext<'_>, value: f64, score: f64, indicator: &IndicatorEntry) -> String {
    let number = |value: f64| context.formats.number(value, if value.fract() == 0.0 { 0 } else { 2 });
    let (low, high) = (number(indicator.goalpost_low), number(indicator.goalpost_high));
    let above = match indicator.direction {
        Direction::HigherIsBetter => format!("({} \u{2212} {low})", number(value)),
        Direction::LowerIsBetter => format!("({high} \u{2212} {})", number(value)),
    };
    let sum = format!("{above} \u{f7} ({high} \u{2212} {low}) \u{d7} 100");
    let is_outside = !(indicator.goalpost_low..=indicator.goalpost_high).contains(&value);
    let key = if is_outside { message::DRILL_CLIPPED } else { message::DRILL_NORMALISED };
    context.fill(key, [("sum", sum.into()), ("score", context.formats.number(score, 2).into())])
}
