//! The structures: what a dataflow's figures look like, which concepts and code lists they refer
//! to, and which of all that a question asks for. How it is written is the message's matter.

use std::collections::BTreeMap;

use indicators::text::LocalText;

use super::VERSION;
use super::flow::{Flow, dimensions, flows};
use super::version::Versions;
use crate::code_lists::{self, CodeList};
use crate::formats::table::Role;
use crate::formats::{Column, Values};
use crate::routes::index::scores;
use crate::routes::observations::rows;
use crate::view::View;

/// A data structure definition.
#[derive(Debug, PartialEq, Eq)]
pub struct Structure {
    /// Identifier.
    pub id: &'static str,
    /// Its version, by semantic versioning: what is added and may be absent makes a minor one.
    pub version: &'static str,
    name: [&'static str; 3],
    /// The columns; those with a concept are its components.
    pub columns: &'static [Column],
    /// Attributes that every value carries.
    mandatory: &'static [&'static str],
    /// Components that later versions added.
    later: &'static [&'static str],
}

/// Observations of one dataflow.
pub static OBSERVATIONS: Structure = Structure {
    id: "OBSERVATIONS",
    version: "1.1.0",
    name: ["Бақылаулар", "Наблюдения", "Observations"],
    columns: rows::COLUMNS,
    mandatory: &["OBS_STATUS"],
    later: &[],
};

/// Scores of one panel. Every score has a status; that it may be absent is said because 1.0.0 had none, and what was
/// valid by it has to stay so.
pub static INDEX: Structure = Structure {
    id: "INDEX",
    version: "1.1.0",
    name: ["Индекс баллдары", "Баллы индекса", "Index scores"],
    columns: scores::COLUMNS,
    mandatory: &[],
    later: &[],
};

/// Every structure in force.
pub static STRUCTURES: [&Structure; 2] = [&OBSERVATIONS, &INDEX];

/// Former versions, oldest first. A version once published is answered for good to those who ask for it by its number.
static FORMER: [&Structure; 2] = [
    &Structure { version: "1.0.0", later: &["SUBMITTED_BY"], ..OBSERVATIONS },
    &Structure { version: "1.0.0", later: &["OBS_STATUS"], ..INDEX },
];

impl Structure {
    /// Name.
    #[must_use]
    pub fn name(&self) -> LocalText {
        text(self.name)
    }

    /// Dimensions but the period, in the order of a key.
    #[must_use]
    pub fn dimensions(&self) -> Vec<&'static str> {
        let mut all = dimensions(self);
        all.pop();
        all
    }

    /// The columns said about a value, with a concept.
    pub fn attributes(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().filter(|column| {
            let is_said = |concept| concept != "OBS_VALUE" && !self.later.contains(&concept);
            column.role != Role::Dimension && column.concept.is_some_and(is_said)
        })
    }

    /// Its versions, oldest first.
    fn versions(&self) -> Vec<&'static str> {
        let all = FORMER.into_iter().chain(STRUCTURES);
        all.filter(|known| known.id == self.id).map(|known| known.version).collect()
    }

    /// Whether every value carries an attribute.
    #[must_use]
    pub fn demands(&self, attribute: &str) -> bool {
        self.mandatory.contains(&attribute)
    }
}

/// A concept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Concept {
    /// Identifier.
    pub id: &'static str,
    name: [&'static str; 3],
    /// The code list of its values.
    pub codes: Option<&'static str>,
}

impl Concept {
    /// Name.
    #[must_use]
    pub fn name(&self) -> LocalText {
        text(self.name)
    }
}

const fn concept(id: &'static str, name: [&'static str; 3], codes: Option<&'static str>) -> Concept {
    Concept { id, name, codes }
}

/// Every concept.
pub static CONCEPTS: [Concept; 20] = [
    concept("FREQ", ["Кезеңділік", "Периодичность", "Frequency"], Some("CL_FREQ")),
    concept("INDICATOR", ["Көрсеткіш", "Показатель", "Indicator"], Some("CL_INDICATOR")),
    concept("URBANISATION", ["Қала мен ауыл", "Город и село", "Degree of urbanisation"], Some("CL_URBANISATION")),
    concept("SEX", ["Жынысы", "Пол", "Sex"], Some("CL_SEX")),
    concept("AGE", ["Жасы", "Возраст", "Age"], Some("CL_AGE")),
    concept("REF_AREA", ["Аумақ", "Территория", "Reference area"], Some("CL_AREA")),
    concept("TIME_PERIOD", ["Кезең", "Период", "Time period"], None),
    concept("OBS_VALUE", ["Мән", "Значение", "Observation value"], None),
    concept("OBS_STATUS", ["Бақылау мәртебесі", "Статус наблюдения", "Observation status"], Some("CL_OBS_STATUS")),
    concept("UNIT_MEASURE", ["Өлшем бірлігі", "Единица измерения", "Unit of measure"], Some("CL_UNIT")),
    concept("VINTAGE", ["Деректер нұсқасы", "Версия данных", "Vintage"], None),
    concept("SUBMITTED_BY", ["Ұсынған", "Кем представлено", "Submitted by"], None),
    concept("CRITERION", ["Өлшемшарт", "Критерий", "Criterion"], Some("CL_CRITERION")),
    concept("RELEASE", ["Шығарылым", "Выпуск", "Release"], None),
    concept("RANK", ["Орын", "Место", "Rank"], None),
    concept(
        "RANK_LOW",
        ["Орын аралығының жақсы шеті", "Лучшая граница места", "Better end of the rank interval"],
        None,
    ),
    concept(
        "RANK_HIGH",
        ["Орын аралығының нашар шеті", "Худшая граница места", "Worse end of the rank interval"],
        None,
    ),
    concept("COVERAGE_OBSERVED", ["Бақыланған үлес", "Доля наблюдённого", "Share observed"], None),
    concept("COVERAGE_MISSING", ["Жоқ үлес", "Доля отсутствующего", "Share missing"], None),
    concept("MEAN_AGE", ["Мәндердің орташа жасы", "Средний возраст значений", "Mean age of values"], None),
];

/// A concept by its identifier.
#[must_use]
pub fn concept_of(id: &str) -> Option<&'static Concept> {
    CONCEPTS.iter().find(|concept| concept.id == id)
}

/// How values without a code list are written.
#[must_use]
pub const fn text_type(values: Values) -> &'static str {
    match values {
        Values::Number => "Double",
        Values::Count => "Integer",
        Values::Flag => "Boolean",
        Values::Period => "ObservationalTimePeriod",
        Values::Date | Values::Instant | Values::Text => "String",
    }
}

fn text([kk, ru, en]: [&str; 3]) -> LocalText {
    LocalText { kk: kk.to_owned(), ru: ru.to_owned(), en: en.to_owned() }
}

/// Every code list.
#[must_use]
pub fn code_lists(view: &View) -> Vec<CodeList> {
    vec![
        code_lists::frequencies(),
        code_lists::measured_indicators(view),
        code_lists::urbanisation(),
        code_lists::sex(),
        code_lists::ages(view),
        code_lists::areas(view),
        code_lists::statuses(),
        code_lists::units(view),
        code_lists::criteria(view),
    ]
}

/// What of a dataflow there is: the values of each dimension and the number of observations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    /// The dataflow.
    pub flow: String,
    /// Values that occur, by concept.
    pub values: BTreeMap<&'static str, Vec<String>>,
    /// First and last period.
    pub periods: Option<(String, String)>,
    /// Number of series.
    pub n_series: usize,
    /// Number of observations.
    pub n_observations: usize,
}

/// The artefacts of one message.
#[derive(Debug, Default)]
pub struct Artefacts {
    /// Whether the agency scheme is among them.
    pub agency: bool,
    /// Dataflows.
    pub flows: Vec<Flow>,
    /// Structures.
    pub structures: Vec<&'static Structure>,
    /// Code lists.
    pub code_lists: Vec<CodeList>,
    /// Whether the concept scheme is among them.
    pub concepts: bool,
    /// Constraints.
    pub availability: Vec<Availability>,
    /// Whether only identifiers and names are wanted.
    pub stubs: bool,
    /// When the newest of what stands behind them was taken in.
    pub prepared: String,
}

/// What is asked for by type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Everything.
    All,
    /// Dataflows.
    Flow,
    /// Structures.
    Structure,
    /// Code lists.
    CodeList,
    /// The concept scheme.
    Concepts,
    /// The agency scheme.
    Agency,
}

impl Kind {
    /// Reads the name of a type, as both versions of the protocol write it.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        Some(match name {
            "*" | "structure" | "all" => Self::All,
            "dataflow" => Self::Flow,
            "datastructure" => Self::Structure,
            "codelist" => Self::CodeList,
            "conceptscheme" => Self::Concepts,
            "agencyscheme" => Self::Agency,
            _ => return None,
        })
    }
}

/// Which related artefacts come along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum References {
    /// None.
    None,
    /// Those that are named directly.
    Children,
    /// Those that are named, and what they name.
    Descendants,
    /// Those that name it.
    Parents,
    /// Everything related.
    All,
}

impl Artefacts {
    /// Those that are asked for, with those that come along.
    #[must_use]
    pub fn find(
        view: &View,
        kind: Kind,
        is_asked: impl Fn(&str) -> bool,
        versions: Versions<'_>,
        references: References,
    ) -> Self {
        let is_usual = versions.takes(VERSION, &[VERSION]);
        let of = |wanted: Kind| (kind == Kind::All || kind == wanted) && (is_usual || wanted == Kind::Structure);
        let mut found = Self {
            agency: of(Kind::Agency) && is_asked("AGENCIES"),
            concepts: of(Kind::Concepts) && is_asked(super::CONCEPTS),
            ..Self::default()
        };
        if of(Kind::Flow) {
            found.flows = flows(view).into_iter().filter(|flow| is_asked(&flow.id)).collect();
        }
        if of(Kind::Structure) {
            let all = FORMER.into_iter().chain(STRUCTURES);
            found.structures = all
                .filter(|structure| is_asked(structure.id) && versions.takes(structure.version, &structure.versions()))
                .collect();
        }
        if of(Kind::CodeList) {
            found.code_lists = code_lists(view).into_iter().filter(|list| is_asked(list.id)).collect();
        }
        found.extend(view, references);
        found
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.agency
            && !self.concepts
            && self.flows.is_empty()
            && self.structures.is_empty()
            && self.code_lists.is_empty()
            && self.availability.is_empty()
    }

    fn extend(&mut self, view: &View, references: References) {
        let up = matches!(references, References::Parents | References::All);
        let down = matches!(references, References::Children | References::Descendants | References::All);
        if up {
            if self.concepts && self.structures.is_empty() {
                self.structures = STRUCTURES.to_vec();
            }
            for list in &self.code_lists {
                for structure in STRUCTURES.into_iter().filter(|structure| refers_to(structure, list.id)) {
                    if !self.structures.contains(&structure) {
                        self.structures.push(structure);
                    }
                }
            }
            if self.flows.is_empty() {
                self.flows = flows(view).into_iter().filter(|flow| self.structures.contains(&flow.structure)).collect();
            }
        }
        if !down {
            return;
        }
        let had_structures = !self.structures.is_empty();
        for flow in &self.flows {
            if !self.structures.contains(&flow.structure) {
                self.structures.push(flow.structure);
            }
        }
        if references == References::Children && !had_structures {
            return;
        }
        if self.structures.is_empty() {
            return;
        }
        self.concepts = true;
        self.agency |= references == References::All;
        let held: Vec<&str> = self.code_lists.iter().map(|list| list.id).collect();
        let more: Vec<CodeList> = code_lists(view)
            .into_iter()
            .filter(|list| !held.contains(&list.id))
            .filter(|list| self.structures.iter().any(|structure| refers_to(structure, list.id)))
            .collect();
        self.code_lists.extend(more);
    }
}

fn refers_to(structure: &Structure, list: &str) -> bool {
    let concepts = structure.columns.iter().filter_map(|column| concept_of(column.concept?));
    concepts.filter(|concept| !structure.later.contains(&concept.id)).any(|concept| concept.codes == Some(list))
}
