//! From observations to releases: assembles the cells of every panel and reference year, computes
//! the index and writes it in the shapes of the API. Storing and serving them is not done here.

mod change;
mod coverage;
mod robustness;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::slice;

use indicators::area::Area;
use indicators::assembly::{
    Assembly, Cell, CellInput, ObservationBook, SubstitutePolicy, assemble, last_reference_year,
};
use indicators::code::{AreaCode, CodeError};
use indicators::composite::{Composite, Explanation, compute};
use indicators::definition::{INDEX, Panel, TreeError};
use indicators::error::ComputeError;
use indicators::framework::Framework;
use indicators::matrix::{MatrixError, ScoreMatrix};
use indicators::recipe::Recipe;
use indicators::sensitivity::SensitivityError;
use indicators::wire::{
    CellEntry, Coverage, CriterionScore, IndexAnswer, IndexEntry, InputEntry, Profile, ProfileCriterion, ReleaseRef,
    ScoreChange,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::content_hash::ContentHash;
use crate::definitions::Definitions;
use crate::store::VintageId;
use coverage::Weighted;
pub use robustness::{FoundIntervals, Robustness};

/// A release could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseError {
    /// The framework makes no tree.
    #[error("the framework: {0}")]
    Tree(#[from] TreeError),
    /// The cells make no table.
    #[error("the cells: {0}")]
    Matrix(#[from] MatrixError),
    /// The computation was refused.
    #[error("the computation: {0}")]
    Compute(#[from] ComputeError),
    /// A code was refused.
    #[error("a code: {0}")]
    Code(#[from] CodeError),
    /// The uncertainty analysis was refused.
    #[error("the uncertainty analysis: {0}")]
    Robustness(#[from] SensitivityError),
    /// A release could not be written as JSON, or read back.
    #[error("a release as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// A release: one panel in one reference year, immutable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Scores and ranks.
    pub answer: IndexAnswer,
    /// The profile of every area compared, and of the country itself in the panel of regions.
    pub profiles: BTreeMap<AreaCode, Profile>,
}

impl Release {
    /// What the release is.
    #[must_use]
    pub fn reference(&self) -> &ReleaseRef {
        &self.answer.release
    }

    /// The release as it is stored.
    ///
    /// # Errors
    /// [`ReleaseError::Json`]; not for a release computed here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ReleaseError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// Reads a stored release.
    ///
    /// # Errors
    /// [`ReleaseError::Json`] when the bytes are no release.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ReleaseError> {
        Ok(serde_json::from_slice(bytes)?)
    }
}

/// The method of the published index: the recipe, the rules of substitution and the uncertainty analysis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedMethod {
    /// The steps of the computation.
    pub recipe: Recipe,
    /// Which substitutes may stand in for a missing value.
    pub substitutes: SubstitutePolicy,
    /// How rank intervals are found.
    pub robustness: Robustness,
}

impl PublishedMethod {
    /// Fixed goalposts, arithmetic means, both substitutes on.
    #[must_use]
    pub fn current() -> Self {
        Self {
            recipe: Recipe::published(),
            substitutes: SubstitutePolicy { predecessor: true, national: true },
            robustness: Robustness::PUBLISHED,
        }
    }
}

/// Computes every panel in every reference year.
///
/// # Errors
/// [`ReleaseError`] for the first panel and year that cannot be computed.
pub fn compute_all(
    definitions: &Definitions,
    method: &PublishedMethod,
    book: &ObservationBook,
    found: &FoundIntervals,
) -> Result<Vec<Release>, ReleaseError> {
    let mut releases = Vec::new();
    for panel in Panel::ALL {
        if definitions.framework.panel(panel).is_none() {
            continue;
        }
        let tree = definitions.framework.framework(panel)?;
        for year in reference_years(definitions, method.substitutes, book, panel) {
            let making = Making { definitions, tree: &tree, method, panel, year, found };
            releases.push(making.release(book)?);
        }
    }
    Ok(releases)
}

/// The reference years of a panel: from the first declared to the newest that opens by the panel's rule on what is known.
/// No year is later than the newest figure came in, whatever period a provider writes beside it.
#[must_use]
pub fn reference_years(
    definitions: &Definitions,
    substitutes: SubstitutePolicy,
    book: &ObservationBook,
    panel: Panel,
) -> RangeInclusive<i16> {
    let Definitions { areas, framework } = definitions;
    let first = framework.panel(panel).map_or(1, |declared| declared.first_year);
    let vintages: BTreeSet<&str> = book.iter().map(|(.., booked)| booked.vintage.as_str()).collect();
    let arrivals = vintages.into_iter().filter_map(|vintage| vintage.parse::<VintageId>().ok());
    let newest_arrival = arrivals.map(|vintage| vintage.date.year()).max().unwrap_or(first);
    let last = last_reference_year(framework, panel, newest_arrival, areas, book, substitutes);
    first..=last.unwrap_or_default()
}

/// Computes one panel in one reference year by the method in force.
///
/// # Errors
/// [`ReleaseError`] when it cannot be computed.
pub fn compute_one(
    definitions: &Definitions,
    book: &ObservationBook,
    panel: Panel,
    year: i16,
) -> Result<Release, ReleaseError> {
    let tree = definitions.framework.framework(panel)?;
    let (method, found) = (PublishedMethod::current(), FoundIntervals::default());
    Making { definitions, tree: &tree, method: &method, panel, year, found: &found }.release(book)
}

/// The day of the newest vintage that a value comes from. Vintages of which nothing entered do not count: figures that
/// stayed as they were stay the same release.
fn newest_day(assemblies: [&Assembly; 2]) -> Option<Date> {
    let cells = assemblies.into_iter().flat_map(|assembly| assembly.cells.iter().chain(&assembly.national));
    let vintages: BTreeSet<&str> = cells.flat_map(|cell| &cell.inputs).map(|input| input.vintage.as_str()).collect();
    vintages.into_iter().filter_map(|vintage| vintage.parse::<VintageId>().ok()).map(|vintage| vintage.date).max()
}

struct Making<'a> {
    definitions: &'a Definitions,
    tree: &'a Framework,
    method: &'a PublishedMethod,
    panel: Panel,
    year: i16,
    found: &'a FoundIntervals,
}

impl Making<'_> {
    fn release(&self, book: &ObservationBook) -> Result<Release, ReleaseError> {
        let Definitions { areas, framework } = self.definitions;
        let assembly = assemble(framework, self.panel, self.year, areas, book, self.method.substitutes);
        let before = assemble(framework, self.panel, self.year - 1, areas, book, self.method.substitutes);
        let without = SubstitutePolicy { predecessor: false, national: false };
        let bare = assemble(framework, self.panel, self.year, areas, book, without);
        let intervals = self.rank_intervals(&assembly, &bare)?;
        let mut profiles = BTreeMap::new();
        let mut index = Vec::new();
        let composite = self.compute(&assembly, &assembly.areas, &assembly.cells)?;
        for (position, code) in assembly.areas.iter().enumerate() {
            let cells: Vec<&Cell> =
                (0..assembly.indicators.len()).filter_map(|indicator| assembly.cell(position, indicator)).collect();
            let mut profile = self.profile(&composite, code, &cells);
            // Only what has a place can have an interval of places.
            profile.rank_interval = intervals.get(code).copied().filter(|_| profile.rank.is_some());
            let change = before
                .areas
                .iter()
                .position(|earlier| earlier == code)
                .map(|earlier| before.cells_of(earlier).collect::<Vec<_>>())
                .map(|earlier| self.change(&assembly, code, &earlier, &cells))
                .transpose()?
                .flatten();
            index.push(self.entry(&profile, areas.find(code), change));
            profiles.insert(code.clone(), profile);
        }
        let national = match self.panel {
            Panel::Countries => None,
            Panel::Regions => {
                let country = &framework.country;
                let alone = self.compute(&assembly, slice::from_ref(country), &assembly.national)?;
                let cells: Vec<&Cell> = assembly.national.iter().collect();
                let mut profile = self.profile(&alone, country, &cells);
                // The country is not one of the areas compared.
                profile.rank = None;
                profile.ranked = 0;
                for criterion in &mut profile.criteria {
                    criterion.score.rank = None;
                }
                let earlier: Vec<&Cell> = before.national.iter().collect();
                let entry = self.entry(&profile, None, self.change(&assembly, country, &earlier, &cells)?);
                profiles.insert(country.clone(), profile);
                Some(entry)
            }
        };
        let mut release = Release {
            answer: IndexAnswer {
                release: ReleaseRef {
                    id: String::new(),
                    panel: self.panel,
                    reference_year: self.year,
                    framework: format!("{}-{}", framework.id, framework.version),
                    recipe: short_address(&serde_json::to_vec(self.method)?),
                    data_as_of: newest_day([&assembly, &before]),
                },
                national,
                index,
            },
            profiles,
        };
        release.answer.release.id = short_address(&release.to_bytes()?);
        Ok(release)
    }

    /// The composite of some areas, whose cells come area by area.
    fn compute(&self, assembly: &Assembly, areas: &[AreaCode], cells: &[Cell]) -> Result<Composite, ReleaseError> {
        let matrix = table(assembly, areas, cells)?;
        Ok(compute(self.tree, &self.method.recipe, &matrix)?)
    }

    fn profile(&self, composite: &Composite, area: &AreaCode, cells: &[&Cell]) -> Profile {
        let explanation = composite.explain(area.as_str());
        let explanation = explanation.as_ref();
        let declared: Vec<_> = self.definitions.framework.indicators_of(self.panel).collect();
        let criteria: Vec<ProfileCriterion> = self
            .definitions
            .framework
            .criteria
            .iter()
            .map(|criterion| {
                let group = explanation
                    .and_then(|all| all.groups.iter().find(|line| line.group.as_str() == criterion.code.as_str()));
                let share = group.map_or(0.0, |line| line.effective_weight);
                let mut weighted = Vec::new();
                let mut indicators = Vec::new();
                for (indicator, cell) in declared.iter().zip(cells) {
                    if indicator.criterion == criterion.code {
                        weighted.push(Weighted { cell, weight: indicator.weight });
                        indicators.push(cell_entry(explanation, indicator.code.as_str(), cell, share));
                    }
                }
                ProfileCriterion {
                    score: CriterionScore {
                        criterion: criterion.code.clone(),
                        score: group.and_then(|line| line.score),
                        rank: group.and_then(|line| line.rank).and_then(|rank| u32::try_from(rank).ok()),
                        coverage: coverage::of_criterion(&weighted, self.year),
                    },
                    weight: share,
                    contribution: group.and_then(|line| line.contribution),
                    indicators: indicators.into_iter().flatten().collect(),
                }
            })
            .collect();
        let weights = self.definitions.framework.criteria.iter().map(|criterion| criterion.weight);
        let coverages: Vec<(Coverage, f64)> =
            criteria.iter().map(|criterion| criterion.score.coverage).zip(weights).collect();
        let ranked = self.tree.position(INDEX).map_or(0, |root| composite.ranks_of(root).iter().flatten().count());
        Profile {
            area: area.clone(),
            score: explanation.and_then(|all| all.score),
            rank: explanation.and_then(|all| all.rank).and_then(|rank| u32::try_from(rank).ok()),
            ranked: u32::try_from(ranked).unwrap_or(u32::MAX),
            rank_interval: None,
            coverage: coverage::of_index(&coverages),
            criteria,
        }
    }

    fn entry(&self, profile: &Profile, area: Option<&Area>, change: Option<ScoreChange>) -> IndexEntry {
        IndexEntry {
            area: profile.area.clone(),
            score: profile.score,
            rank: profile.rank,
            rank_interval: profile.rank_interval,
            coverage: profile.coverage,
            criteria: profile.criteria.iter().map(|criterion| criterion.score.clone()).collect(),
            change,
            boundary_break: area.is_some_and(|area| area.has_break_between(self.year - 1, self.year)),
        }
    }
}

/// The cells of some areas, given area by area, as the table the engine takes.
fn table(assembly: &Assembly, areas: &[AreaCode], cells: &[Cell]) -> Result<ScoreMatrix, MatrixError> {
    let n_indicators = assembly.indicators.len();
    let by_column: Vec<Option<f64>> = (0..n_indicators)
        .flat_map(|indicator| cells.iter().skip(indicator).step_by(n_indicators).map(|cell| cell.value))
        .collect();
    ScoreMatrix::from_columns(areas.to_vec(), assembly.indicators.clone(), &by_column)
}

fn cell_entry(
    explanation: Option<&Explanation>,
    indicator: &str,
    cell: &Cell,
    criterion_share: f64,
) -> Option<CellEntry> {
    let line = explanation?.indicators.iter().find(|line| line.indicator.as_str() == indicator)?;
    Some(CellEntry {
        indicator: line.indicator.clone(),
        value: cell.value,
        treated: line.treated,
        normalised: line.normalised,
        weight: if criterion_share > 0.0 { line.effective_weight / criterion_share } else { 0.0 },
        effective_weight: line.effective_weight,
        contribution: line.contribution,
        status: cell.status,
        period: cell.period,
        inputs: cell.inputs.iter().map(input_entry).collect(),
        findings: cell.findings.clone(),
    })
}

fn input_entry(input: &CellInput) -> InputEntry {
    InputEntry {
        dataflow: input.source.dataflow.clone(),
        series: input.source.series.to_string(),
        area: input.area.clone(),
        period: input.period,
        value: input.value,
        vintage: input.vintage.clone(),
    }
}

/// The first 16 hexadecimal digits of the content address: enough to tell releases apart, short enough to cite.
fn short_address(bytes: &[u8]) -> String {
    let mut address = ContentHash::of(bytes).to_string();
    address.truncate(16);
    address
}

#[cfg(test)]
mod tests;
