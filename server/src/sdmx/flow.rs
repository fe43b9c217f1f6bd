//! Dataflows and their figures: which there are, and the table of one.

use std::sync::Arc;

use indicators::definition::Panel;
use indicators::text::{Language, LocalText};
use indicators::wire::Citation;

use super::query::DataQuery;
use super::structure::{INDEX, OBSERVATIONS, Structure};
use crate::formats::table::{Flow as FlowOfRows, Role};
use crate::formats::{Head, Row, Table};
use crate::routes::answer::{citations, citations_behind};
use crate::routes::index::scores;
use crate::routes::observations::rows;
use crate::view::View;

/// A dataflow as SDMX knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Identifier.
    pub id: String,
    /// Name.
    pub name: LocalText,
    /// What its figures look like.
    pub structure: &'static Structure,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Measured,
    Scores(Panel),
}

/// Every dataflow: the providers' in the order of the catalogue, then the scores.
#[must_use]
pub fn flows(view: &View) -> Vec<Flow> {
    let measured = view.sources.iter().map(|source| Flow {
        id: source.dataflow.to_string(),
        name: source.name.clone(),
        structure: &OBSERVATIONS,
        kind: Kind::Measured,
    });
    let scores = view.framework.panels.iter().map(|panel| {
        let both = |index: &str, panel: &str| format!("{index}: {panel}");
        let (index, panel_name) = (&view.framework.name, &panel.name);
        Flow {
            id: scores::flow_of(panel.panel).to_owned(),
            name: LocalText {
                kk: both(&index.kk, &panel_name.kk),
                ru: both(&index.ru, &panel_name.ru),
                en: both(&index.en, &panel_name.en),
            },
            structure: &INDEX,
            kind: Kind::Scores(panel.panel),
        }
    });
    measured.chain(scores).collect()
}

impl Flow {
    /// The panel whose scores they are; none for observations.
    #[must_use]
    pub fn panel(&self) -> Option<Panel> {
        match self.kind {
            Kind::Measured => None,
            Kind::Scores(panel) => Some(panel),
        }
    }

    /// Whom to name: the provider, or for scores the providers of everything behind them.
    fn citations(&self, view: &View) -> Vec<Citation> {
        match self.kind {
            Kind::Measured => citations(view, |dataflow| dataflow == self.id),
            Kind::Scores(panel) => {
                let releases = view.releases.range((panel, i16::MIN)..=(panel, i16::MAX));
                citations_behind(view, releases.map(|(_, release)| &**release))
            }
        }
    }

    /// The figures of the dataflow that answer a question.
    #[must_use]
    pub fn table(&self, view: &Arc<View>, query: &DataQuery, address: &str) -> Table {
        let head = Head {
            name: self.id.clone(),
            title: self.name.en.clone(),
            description: String::new(),
            address: address.to_owned(),
            language: Language::En,
            columns: self.structure.columns.to_vec(),
            codes: Vec::new(),
            flow: FlowOfRows::One(self.id.clone()),
            release: None,
            citations: self.citations(view),
            is_cut: false,
        };
        match self.kind {
            Kind::Measured => {
                let all = view.observations.iter().enumerate();
                let all = all.filter(|(_, entry)| entry.dataflow.as_str() == self.id).map(|(place, _)| place);
                let all: Vec<usize> = all.collect();
                // Rows are made twice, to be judged and to be written, so that nobody has to hold a long answer.
                let rows_at = |places| rows::rows(view, Language::En, places);
                let chosen = query.places(&head, rows_at(all.clone()));
                let chosen: Vec<usize> = chosen.into_iter().filter_map(|at| all.get(at).copied()).collect();
                Table { head, length: chosen.len(), rows: Box::new(rows_at(chosen)) }
            }
            Kind::Scores(panel) => {
                let releases = view.releases.range((panel, i16::MIN)..=(panel, i16::MAX));
                let all: Vec<Row> =
                    releases.flat_map(|(_, release)| scores::rows(view, &release.answer, Language::En)).collect();
                let chosen = query.places(&head, all.iter());
                Table::held(head, chosen.into_iter().filter_map(|at| all.get(at).cloned()).collect())
            }
        }
    }
}

/// The concepts of the columns that make the key, in their order, the period last.
#[must_use]
pub fn dimensions(structure: &Structure) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = structure
        .columns
        .iter()
        .filter(|column| column.role == Role::Dimension)
        .filter_map(|column| column.concept)
        .collect();
    all.sort_by_key(|concept| *concept == "TIME_PERIOD");
    all
}
