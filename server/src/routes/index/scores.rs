//! Scores as a table: a row for the index and for each criterion of the nation and of every area.

use indicators::definition::Panel;
use indicators::observation::ObsStatus;
use indicators::text::{Language, LocalText};
use indicators::wire::{Coverage, IndexAnswer, IndexEntry, RankInterval};

use super::area_name;
use crate::code_lists;
use crate::formats::table::{Flow, shown};
use crate::formats::{Column, Head, Row, Table, Values};
use crate::view::View;

/// Columns of the scores.
pub(crate) const COLUMNS: &[Column] = &[
    Column::attribute("release", "Content address of the release.").as_concept("RELEASE"),
    Column::attribute("framework", "Code and version of the framework."),
    Column::attribute("panel", "`regions` or `countries`."),
    Column::dimension("reference_year", "Reference year.").of(Values::Period).as_concept("TIME_PERIOD"),
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::label("area_name", "Name of the area."),
    Column::dimension("criterion", "Code of the criterion; `index` for the index itself.").as_concept("CRITERION"),
    Column::label("criterion_name", "Name of the criterion."),
    Column::measure("score", "Score, 0 to 100; empty when it cannot be computed.").as_concept("OBS_VALUE"),
    Column::attribute("status", "SDMX observation status of the score: `A` when there is one, `O` when there is none.")
        .as_concept("OBS_STATUS"),
    Column::measure("rank", "Place among the areas that have a score, 1 for the highest.")
        .of(Values::Count)
        .as_concept("RANK"),
    Column::measure("rank_low", "Better end of the rank interval.").of(Values::Count).as_concept("RANK_LOW"),
    Column::measure("rank_high", "Worse end of the rank interval.").of(Values::Count).as_concept("RANK_HIGH"),
    Column::measure("observed", "Share of weight on the area's own value of the year.").as_concept("COVERAGE_OBSERVED"),
    Column::measure("carried_forward", "Share of weight on an earlier value."),
    Column::measure("predecessor_substitute", "Share of weight on the predecessor's value."),
    Column::measure("national_substitute", "Share of weight on the national value."),
    Column::measure("imputed", "Share of weight on values filled by the recipe."),
    Column::measure("missing", "Share of weight without a value.").as_concept("COVERAGE_MISSING"),
    Column::measure("mean_age_years", "Mean age of the values used, in years.").as_concept("MEAN_AGE"),
    Column::attribute("boundary_break", "Whether the territory changed in the reference year.").of(Values::Flag),
];

/// The table of an answer. Whom to name the head says already.
pub(crate) fn table(view: &View, head: Head, answer: &IndexAnswer) -> Table {
    let release = &answer.release;
    let language = head.language;
    let head = Head {
        codes: vec![
            ("area", code_lists::areas(view)),
            ("criterion", code_lists::criteria(view)),
            ("status", code_lists::statuses()),
        ],
        flow: Flow::One(flow_of(release.panel).to_owned()),
        release: Some(release.clone()),
        ..head
    };
    Table::held(head, rows(view, answer, language))
}

/// The SDMX dataflow of a panel's scores.
pub(crate) const fn flow_of(panel: Panel) -> &'static str {
    match panel {
        Panel::Regions => "INDEX_REGIONS",
        Panel::Countries => "INDEX_COUNTRIES",
    }
}

/// A row for each score: the nation and every area, the index and every criterion.
pub(crate) fn rows(view: &View, answer: &IndexAnswer, language: Language) -> Vec<Row> {
    let release = &answer.release;
    let add = |entry: &IndexEntry, score: ScoreRow<'_>| -> Row {
        let ScoreRow { code, name, score, rank, interval, coverage } = score;
        vec![
            (&release.id).into(),
            (&release.framework).into(),
            release.panel.code().into(),
            shown(Some(release.reference_year)),
            entry.area.as_str().into(),
            area_name(view, entry.area.as_str(), language).into(),
            code.into(),
            name.map_or("", |name| name.get(language)).into(),
            score.into(),
            if score.is_some() { ObsStatus::Normal } else { ObsStatus::Missing }.code().into(),
            rank.into(),
            interval.map(|interval| interval.low).into(),
            interval.map(|interval| interval.high).into(),
            coverage.observed.into(),
            coverage.carried_forward.into(),
            coverage.predecessor_substitute.into(),
            coverage.national_substitute.into(),
            coverage.imputed.into(),
            coverage.missing.into(),
            coverage.mean_age_years.into(),
            entry.boundary_break.into(),
        ]
    };
    let mut rows = Vec::new();
    for entry in answer.national.iter().chain(&answer.index) {
        rows.push(add(entry, ScoreRow::index(entry, &view.framework.name)));
        for one in &entry.criteria {
            let name = view.criteria.iter().find(|criterion| criterion.code == one.criterion);
            rows.push(add(
                entry,
                ScoreRow {
                    code: one.criterion.as_str(),
                    name: name.map(|criterion| &criterion.name),
                    score: one.score,
                    rank: one.rank,
                    interval: None,
                    coverage: one.coverage,
                },
            ));
        }
    }
    rows
}

/// A score, of the index or of a criterion, as one row of the table.
struct ScoreRow<'a> {
    code: &'a str,
    name: Option<&'a LocalText>,
    score: Option<f64>,
    rank: Option<u32>,
    interval: Option<RankInterval>,
    coverage: Coverage,
}

impl<'a> ScoreRow<'a> {
    fn index(entry: &IndexEntry, name: &'a LocalText) -> Self {
        Self {
            code: "index",
            name: Some(name),
            score: entry.score,
            rank: entry.rank,
            interval: entry.rank_interval,
            coverage: entry.coverage,
        }
    }
}
