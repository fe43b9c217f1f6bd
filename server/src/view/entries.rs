//! The code lists of a view: areas, criteria and indicators in the shapes of the API. Scores and
//! observations are not made here.

use indicators::area::Area;
use indicators::code::{DataflowId, IndicatorCode};
use indicators::definition::{CriterionDefinition, Derivation, FrameworkDefinition, IndicatorDefinition, Panel};
use indicators::wire::{AreaEntry, CriterionEntry, IndicatorEntry, SubmittableDataflow, SubmittableIndicator};

use super::Measured;
use crate::sources::{Catalogue, DataflowDefinition};

pub(super) fn area(area: &Area) -> AreaEntry {
    AreaEntry {
        code: area.code.clone(),
        level: area.level,
        kind: area.kind,
        name: area.name.clone(),
        parent: area.parent.clone(),
        predecessors: area.predecessors.clone(),
        valid_from: area.valid_from,
        valid_to: area.valid_to,
        breaks: area.breaks.clone(),
    }
}

pub(super) fn criterion(framework: &FrameworkDefinition, criterion: &CriterionDefinition) -> CriterionEntry {
    let total: f64 = framework.criteria.iter().map(|one| one.weight).sum();
    let indicators_of = |panel: Panel| -> Vec<IndicatorCode> {
        framework
            .indicators_of(panel)
            .filter(|indicator| indicator.criterion == criterion.code)
            .map(|indicator| indicator.code.clone())
            .collect()
    };
    CriterionEntry {
        code: criterion.code.clone(),
        name: criterion.name.clone(),
        description: criterion.description.clone(),
        weight: criterion.weight / total,
        region_indicators: indicators_of(Panel::Regions),
        country_indicators: indicators_of(Panel::Countries),
    }
}

pub(super) fn indicator(indicator: &IndicatorDefinition) -> IndicatorEntry {
    let mut dataflows: Vec<DataflowId> = [&indicator.derivation, &indicator.national_derivation]
        .into_iter()
        .flatten()
        .flat_map(Derivation::inputs)
        .map(|input| input.dataflow.clone())
        .collect();
    dataflows.sort_unstable();
    dataflows.dedup();
    IndicatorEntry {
        code: indicator.code.clone(),
        panel: indicator.panel,
        criterion: indicator.criterion.clone(),
        name: indicator.name.clone(),
        unit: indicator.unit.clone(),
        decimals: indicator.decimals,
        direction: indicator.direction,
        goalpost_low: indicator.goalposts.low,
        goalpost_high: indicator.goalposts.high,
        goalpost_reason: indicator.goalposts.reason.clone(),
        weight: indicator.weight,
        max_age_years: indicator.max_age_years,
        max_age_reason: indicator.max_age_reason.clone(),
        national_only: indicator.is_national_only(),
        proxy_note: indicator.proxy_note.clone(),
        dataflows,
    }
}

/// The platforms that a dataflow measures, by name.
pub(super) fn platforms(dataflow: &DataflowDefinition) -> impl Iterator<Item = (String, DataflowId)> {
    let platforms = dataflow.monitor.iter().flat_map(|monitor| &monitor.platforms);
    platforms.map(|platform| (platform.name.clone(), dataflow.id.clone()))
}

/// What may be submitted to a dataflow.
pub(super) fn submittable(catalogue: &Catalogue, dataflow: &DataflowDefinition) -> SubmittableDataflow {
    let provider = catalogue.provider_of(dataflow).map_or_else(|| dataflow.attribution.clone(), |one| one.name.clone());
    let indicators = dataflow.indicators.iter().map(|indicator| SubmittableIndicator {
        code: indicator.code.clone(),
        name: indicator.name.clone(),
        unit: indicator.unit.clone(),
        low: indicator.range.0,
        high: indicator.range.1,
    });
    SubmittableDataflow {
        dataflow: dataflow.id.clone(),
        name: dataflow.name.clone(),
        provider,
        indicators: indicators.collect(),
    }
}

pub(super) fn measured(dataflow: &DataflowDefinition) -> impl Iterator<Item = Measured> {
    dataflow.indicators.iter().map(|indicator| Measured {
        dataflow: dataflow.id.clone(),
        code: indicator.code.clone(),
        name: indicator.name.clone(),
        unit: indicator.unit.clone(),
        decimals: indicator.decimals,
    })
}
