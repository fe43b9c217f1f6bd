//! Observations as a table, whose rows are read from the view as they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indicators::observation::TimePeriod;
use indicators::text::Language;
use indicators::wire::ObservationEntry;

use crate::code_lists;
use crate::formats::table::{Flow, shown};
use crate::formats::{Column, Head, Row, Table, Values};
use crate::routes::answer::citations;
use crate::view::View;

/// Columns of the observations.
pub(crate) const COLUMNS: &[Column] = &[
    Column::dimension("dataflow", "The dataflow."),
    Column::dimension("freq", "`A` annual, `Q` quarterly, `M` monthly.").as_concept("FREQ"),
    Column::dimension("indicator", "The measured indicator.").as_concept("INDICATOR"),
    Column::dimension("urbanisation", "`_T` total, `U` urban, `R` rural.").as_concept("URBANISATION"),
    Column::dimension("sex", "`_T` total, `M` male, `F` female.").as_concept("SEX"),
    Column::dimension("age", "`_T` total, or an SDMX age code.").as_concept("AGE"),
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::label("area_name", "Name of the area."),
    Column::dimension("period", "The period the value describes.").of(Values::Period).as_concept("TIME_PERIOD"),
    Column::measure("value", "Value in the unit; empty when missing.").as_concept("OBS_VALUE"),
    Column::attribute("status", "SDMX observation status: why the value is as it is.").as_concept("OBS_STATUS"),
    Column::attribute("unit", "Code of the unit of measure.").as_concept("UNIT_MEASURE"),
    Column::attribute("vintage", "The vintage it was taken from.").as_concept("VINTAGE"),
    Column::attribute(
        "snapshot",
        "SHA-256 of the bytes it was read from, for `/snapshots`; empty where the vintage was read from several payloads, \
         which `/runs?vintage=` lists, and where the figures were delivered with a key.",
    ),
    Column::attribute("submitted_by", "Who delivered it, where it was submitted; empty elsewhere.")
        .as_concept("SUBMITTED_BY"),
];

/// Names of the columns, for a choice of them.
pub(super) const NAMES: &[&str] = &[
    "dataflow",
    "freq",
    "indicator",
    "urbanisation",
    "sex",
    "age",
    "area",
    "area_name",
    "period",
    "value",
    "status",
    "unit",
    "vintage",
    "snapshot",
    "submitted_by",
];

/// The table of the observations at some places of the view.
pub(crate) fn table(view: &Arc<View>, head: Head, places: Vec<usize>) -> Table {
    let entries = || places.iter().filter_map(|&place| view.observations.get(place));
    let used: BTreeSet<&str> = entries().map(|entry| entry.dataflow.as_str()).collect();
    let citations = citations(view, |dataflow| used.contains(dataflow));
    let language = head.language;
    let head = Head {
        codes: vec![
            ("dataflow", code_lists::dataflows(view)),
            ("freq", code_lists::frequencies()),
            ("indicator", code_lists::measured_indicators(view)),
            ("urbanisation", code_lists::urbanisation()),
            ("sex", code_lists::sex()),
            ("age", code_lists::ages(view)),
            ("area", code_lists::areas(view)),
            ("status", code_lists::statuses()),
            ("unit", code_lists::units(view)),
        ],
        flow: Flow::Column("dataflow"),
        citations,
        ..head
    };
    Table { head, length: places.len(), rows: Box::new(rows(view, language, places)) }
}

/// The rows of the observations at some places of the view, made as they are asked for.
pub(crate) fn rows(view: &Arc<View>, language: Language, places: Vec<usize>) -> impl Iterator<Item = Row> + use<> {
    let (words, view) = (Words::new(view, language), Arc::clone(view));
    places.into_iter().filter_map(move |place| view.observations.get(place).map(|entry| words.row(entry)))
}

/// What a row says beside the observation itself.
struct Words {
    areas: BTreeMap<String, String>,
    units: BTreeMap<(String, String), String>,
}

impl Words {
    fn new(view: &View, language: Language) -> Self {
        let areas = view.areas.iter().map(|area| (area.code.to_string(), area.name.get(language).to_owned()));
        let units = view
            .measured
            .iter()
            .map(|measured| ((measured.dataflow.to_string(), measured.code.to_string()), measured.unit.code.clone()));
        Self { areas: areas.collect(), units: units.collect() }
    }

    fn row(&self, entry: &ObservationEntry) -> Row {
        let key = (entry.dataflow.to_string(), entry.indicator.to_string());
        vec![
            entry.dataflow.as_str().into(),
            frequency(entry.period).into(),
            entry.indicator.as_str().into(),
            (&entry.urbanisation).into(),
            (&entry.sex).into(),
            (&entry.age).into(),
            entry.area.as_str().into(),
            self.areas.get(entry.area.as_str()).map_or("", String::as_str).into(),
            shown(Some(entry.period)),
            entry.value.into(),
            entry.status.code().into(),
            self.units.get(&key).map_or("", String::as_str).into(),
            (&entry.vintage).into(),
            shown(entry.snapshot.as_ref()),
            entry.submitted_by.as_deref().unwrap_or_default().into(),
        ]
    }
}

/// The SDMX frequency of a period.
pub(crate) const fn frequency(period: TimePeriod) -> &'static str {
    match period {
        TimePeriod::Year(_) => "A",
        TimePeriod::Quarter(..) => "Q",
        TimePeriod::Month(..) => "M",
    }
}
