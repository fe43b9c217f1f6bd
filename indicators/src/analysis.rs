//! An index described for the statistician who built it: statistics, availability, treatment,
//! correlations, consistency, profiles, trends. The figures are [`crate::descriptive`]'s; here they are
//! taken of every part of one result. Robustness is [`crate::sensitivity`]'s.

mod correlations;

use serde::Serialize;

pub use correlations::{CorrelationLine, DenominatorCorrelation, Relation};

use crate::code::{AreaCode, IndicatorCode, NodeCode};
use crate::composite::Composite;
use crate::descriptive::consistency::{Sphericity, cronbach_alpha, sampling_adequacy, sphericity};
use crate::descriptive::{
    ColumnStatistics, FlagLimits, PrincipalComponents, Profile, availability_below, growth_rate, percent_change,
    principal_components, robust_slope, statistics, strengths_and_weaknesses,
};
use crate::imputation::years;
use crate::matrix::{Cell, ScoreMatrix};
use crate::observation::TimePeriod;
use crate::screening::availability;
use crate::treatment::{OutlierTest, Tail};

/// Strengths and weaknesses listed of each area.
const LISTED: usize = 5;

/// Everything said of an index beside scores and ranks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// Statistics of each indicator as the data came, before anything was filled.
    pub data: Vec<ColumnStatistics>,
    /// Statistics of each indicator after filling and treatment.
    pub treated: Vec<ColumnStatistics>,
    /// How much data each area has, before anything was filled.
    pub availability: Vec<AreaAvailability>,
    /// What treatment did; empty when the recipe treats nothing.
    pub treatment: Vec<TreatmentLine>,
    /// Correlations of scores: children of one group with each other, nodes with the groups above.
    pub correlations: Vec<CorrelationLine>,
    /// Correlations of the data with denominators the table has.
    pub denominators: Vec<DenominatorCorrelation>,
    /// Whether the children of each group measure one thing.
    pub groups: Vec<GroupAnalysis>,
    /// The best and worst indicators of each area.
    pub profiles: Vec<ProfileLine>,
    /// How values and scores moved, in a panel.
    pub trends: Vec<TrendLine>,
}

/// How much data one area has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AreaAvailability {
    /// The area.
    pub area: AreaCode,
    /// The period, in a panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimePeriod>,
    /// Indicators with a value.
    pub available: usize,
    /// Values that are zero.
    pub zero: usize,
    /// Indicators in all.
    pub indicators: usize,
    /// Share of indicators with a value below each group.
    pub groups: Vec<(NodeCode, f64)>,
}

/// What treatment did to one indicator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TreatmentLine {
    /// The indicator.
    pub indicator: IndicatorCode,
    /// The period, when the periods of a panel are treated apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimePeriod>,
    /// The test before.
    pub before: Option<OutlierTest>,
    /// Areas pulled in, and from which end.
    pub winsorised: Vec<(AreaCode, Tail)>,
    /// The test after winsorising, where that was tried.
    pub after_winsorising: Option<OutlierTest>,
    /// The transformation of the whole indicator, where one was used.
    pub transformed: Option<&'static str>,
    /// The test after it.
    pub after_transform: Option<OutlierTest>,
}

/// How the children of one group go together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupAnalysis {
    /// The group.
    pub group: NodeCode,
    /// Its children.
    pub children: Vec<NodeCode>,
    /// Cronbach's alpha of their scores.
    pub cronbach_alpha: Option<f64>,
    /// Cronbach's alpha of all indicators below the group.
    pub indicator_alpha: Option<f64>,
    /// Kaiser–Meyer–Olkin measure of sampling adequacy.
    pub sampling_adequacy: Option<f64>,
    /// Bartlett's test of sphericity.
    pub sphericity: Option<Sphericity>,
    /// Principal components; elements of the vectors are in the order of the children.
    pub components: Option<PrincipalComponents>,
}

/// The best and worst indicators of one area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileLine {
    /// The period, in a panel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<TimePeriod>,
    /// Area, strengths, weaknesses.
    #[serde(flatten)]
    pub profile: Profile,
}

/// How one area moved over the periods of a panel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrendLine {
    /// The area.
    pub area: AreaCode,
    /// An indicator (its values, in its own unit) or a group (its scores).
    pub node: NodeCode,
    /// Periods with a value.
    pub periods: usize,
    /// Compound growth a year.
    pub growth_rate: Option<f64>,
    /// Change a year along the least-squares line, in percent of its start.
    pub percent_change: Option<f64>,
    /// Theil–Sen slope, per year.
    pub robust_slope: Option<f64>,
}

/// Describes a result. `matrix` is the table it was computed from.
///
/// Columns of a panel are described over all periods together; availability and profiles are of each
/// row. Ranks in profiles are over the rows of the same period.
#[must_use]
pub fn analyse(composite: &Composite, matrix: &ScoreMatrix) -> Analysis {
    let framework = composite.framework();
    let columns: Vec<usize> =
        framework.indicators().iter().filter_map(|indicator| matrix.column_of(indicator.code.as_str())).collect();
    let data = matrix.select_columns(&columns);
    Analysis {
        data: statistics(&data, FlagLimits::handbook()),
        treated: statistics(composite.treated(), FlagLimits::handbook()),
        availability: available(composite, &data),
        treatment: treatment(composite),
        correlations: correlations::of_scores(composite),
        denominators: correlations::with_denominators(framework, matrix),
        groups: groups(composite),
        profiles: profiles(composite, &data),
        trends: trends(composite),
    }
}

fn available(composite: &Composite, data: &ScoreMatrix) -> Vec<AreaAvailability> {
    let framework = composite.framework();
    let below: Vec<(NodeCode, Vec<f64>)> = framework
        .groups_bottom_up()
        .iter()
        .rev()
        .map(|&group| (framework.nodes()[group].code().clone(), availability_below(framework, data, group)))
        .collect();
    availability(data)
        .into_iter()
        .enumerate()
        .map(|(row, count)| AreaAvailability {
            area: data.areas()[row].clone(),
            period: data.periods().map(|periods| periods[row]),
            available: count.available,
            zero: count.zero,
            indicators: count.indicators,
            groups: below.iter().map(|(group, shares)| (group.clone(), shares[row])).collect(),
        })
        .collect()
}

fn treatment(composite: &Composite) -> Vec<TreatmentLine> {
    let indicators = composite.framework().indicators();
    let per_indicator = (composite.treatments().len() / indicators.len().max(1)).max(1);
    let of = composite.treatments().chunks(per_indicator).zip(indicators);
    of.flat_map(|(details, indicator)| {
        details.iter().filter(|detail| detail.before.is_some()).map(|detail| TreatmentLine {
            indicator: indicator.code.clone(),
            period: detail.period,
            before: detail.before,
            winsorised: detail.winsorised.iter().map(|(row, tail)| (composite.areas()[*row].clone(), *tail)).collect(),
            after_winsorising: detail.after_winsorising,
            transformed: detail.transformed,
            after_transform: detail.after_transform,
        })
    })
    .collect()
}

fn groups(composite: &Composite) -> Vec<GroupAnalysis> {
    let framework = composite.framework();
    let nodes = framework.nodes();
    framework
        .groups_bottom_up()
        .iter()
        .rev()
        .map(|&group| {
            let columns: Vec<&[Cell]> =
                nodes[group].children().iter().map(|&child| composite.scores_of(child)).collect();
            let below: Vec<&[Cell]> = framework
                .indicators_below(group)
                .into_iter()
                .map(|indicator| composite.normalised().column(indicator))
                .collect();
            GroupAnalysis {
                group: nodes[group].code().clone(),
                children: nodes[group].children().iter().map(|&child| nodes[child].code().clone()).collect(),
                cronbach_alpha: cronbach_alpha(&columns),
                indicator_alpha: cronbach_alpha(&below),
                sampling_adequacy: sampling_adequacy(&columns),
                sphericity: sphericity(&columns),
                components: principal_components(&columns),
            }
        })
        .collect()
}

fn profiles(composite: &Composite, data: &ScoreMatrix) -> Vec<ProfileLine> {
    let mut lines: Vec<(usize, ProfileLine)> = Vec::with_capacity(data.n_rows());
    for block in data.blocks() {
        let part = data.select_rows(&block);
        for (at, &row) in block.iter().enumerate() {
            if let Some(profile) = strengths_and_weaknesses(composite.framework(), &part, at, LISTED) {
                lines.push((row, ProfileLine { period: data.periods().map(|periods| periods[row]), profile }));
            }
        }
    }
    lines.sort_by_key(|(row, _)| *row);
    lines.into_iter().map(|(_, line)| line).collect()
}

fn trends(composite: &Composite) -> Vec<TrendLine> {
    let Some(periods) = composite.periods() else { return Vec::new() };
    let framework = composite.framework();
    let mut areas: Vec<&AreaCode> = composite.areas().iter().collect();
    areas.sort_unstable();
    areas.dedup();
    let mut lines = Vec::new();
    for area in areas {
        let rows: Vec<usize> = (0..periods.len()).filter(|&row| composite.areas()[row] == *area).collect();
        let times: Vec<f64> = rows.iter().map(|&row| years(periods[row])).collect();
        for (node, about) in framework.nodes().iter().enumerate() {
            let column = match about.indicator() {
                Some(indicator) => composite.values().column(indicator),
                None => composite.scores_of(node),
            };
            let series: Vec<Cell> = rows.iter().map(|&row| column[row]).collect();
            lines.push(TrendLine {
                area: area.clone(),
                node: about.code().clone(),
                periods: series.iter().filter(|cell| !cell.is_missing()).count(),
                growth_rate: growth_rate(&times, &series),
                percent_change: percent_change(&times, &series, 1.0),
                robust_slope: robust_slope(&times, &series),
            });
        }
    }
    lines
}
