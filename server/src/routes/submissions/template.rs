//! `/submissions/template`: the tables to be filled in, with every code in its place. What is filled in comes back
//! to `/submissions`.

use indicators::area::AreaLevel;
use indicators::observation::TimePeriod;
use indicators::wire::{AreaEntry, SubmittableDataflow, TemplateAnswer};

use crate::code_lists;
use crate::error::{ApiError, ErrorCode};
use crate::formats::table::{Flow, shown};
use crate::formats::{Column, Field, Format, Head, JSON, Row, Table, Values, csv, sdmx_csv, xlsx};
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
use crate::routes::observations::rows::frequency;
use crate::routes::query::{Kind, LANG, Parameter};
use crate::routes::suggestion::{Candidate, near};
use crate::view::View;

static FORMATS: &[&Format] = &[&JSON, &csv::CSV, &xlsx::XLSX, &sdmx_csv::VERSION_2, &sdmx_csv::VERSION_1];

const COLUMNS: &[Column] = &[
    Column::dimension("dataflow", "The dataflow."),
    Column::dimension("freq", "`A` annual, `Q` quarterly, `M` monthly; must agree with the period.").as_concept("FREQ"),
    Column::dimension("indicator", "The measured indicator.").as_concept("INDICATOR"),
    Column::dimension("urbanisation", "`_T` total, `U` urban, `R` rural.").as_concept("URBANISATION"),
    Column::dimension("sex", "`_T` total, `M` male, `F` female.").as_concept("SEX"),
    Column::dimension("age", "`_T` total, or an SDMX age code such as `Y15T24`.").as_concept("AGE"),
    Column::dimension("area", "Code of the area.").as_concept("REF_AREA"),
    Column::label("area_name", "Name of the area, for reading; not taken in."),
    Column::dimension("period", "The period the value describes: `2024`, `2024-Q3`, `2024-08`.")
        .of(Values::Period)
        .as_concept("TIME_PERIOD"),
    Column::measure("value", "To be filled in, in the unit. A row without value and status says nothing.")
        .as_concept("OBS_VALUE"),
    Column::attribute(
        "status",
        "Empty for a normal value; `E` estimated, `P` provisional, `B` break; without a value `M` data cannot exist, \
         `O` missing, `Q` suppressed, `N` not significant.",
    )
    .as_concept("OBS_STATUS"),
    Column::attribute("unit", "Code of the unit of measure.").as_concept("UNIT_MEASURE"),
];

pub(super) const PATH: &str = "/submissions/template";

pub(in crate::routes) static ROUTE: Route = Route {
    path: PATH,
    operation: "submission_template",
    summary: "A table to be filled in and submitted",
    description: "A row for each indicator and area, codes filled in, values empty. As JSON: what may be submitted, \
                  with units and the smallest and largest value that can be true. Needs no key.",
    segments: &[],
    parameters: &[
        Parameter {
            name: "dataflow",
            kind: Kind::Token,
            description: "Only this dataflow.",
            example: "EDU_DIGITAL_SCHOOLS",
        },
        Parameter {
            name: "period",
            kind: Kind::Period,
            description: "The period of the rows (default the last whole year).",
            example: "2024",
        },
        LANG,
    ],
    formats: FORMATS,
    caching: Caching::Minutes,
    effort: Effort::Reading,
    refusals: &[ErrorCode::UnknownCode],
    schema: SchemaOf::of::<TemplateAnswer>(),
    answer,
};

fn answer(question: &Question<'_>) -> Result<Content, ApiError> {
    let Question { view, query, format, .. } = question;
    let language = query.language()?;
    let period =
        query.period("period")?.unwrap_or_else(|| TimePeriod::Year(view.today.year().saturating_sub(1).max(1900)));
    let wanted = query.one("dataflow");
    let dataflows: Vec<SubmittableDataflow> =
        view.submittable.iter().filter(|one| wanted.is_none_or(|id| one.dataflow.as_str() == id)).cloned().collect();
    if let Some(found) = wanted.filter(|_| dataflows.is_empty()) {
        let known = view.submittable.iter().map(|one| Candidate { code: one.dataflow.as_str(), names: [""; 3] });
        return Err(ApiError::UnknownCode {
            name: "dataflow",
            list: "/api/v1/submissions/template",
            found: found.to_owned(),
            did_you_mean: near(found, known),
        });
    }
    if format.is_own() {
        return Content::json(&TemplateAnswer { dataflows });
    }
    let areas: Vec<&AreaEntry> = view.areas.iter().filter(|area| is_asked_for(view, area, period)).collect();
    let mut rows: Vec<Row> = Vec::new();
    for dataflow in &dataflows {
        for indicator in &dataflow.indicators {
            rows.extend(areas.iter().map(|area| {
                vec![
                    dataflow.dataflow.as_str().into(),
                    frequency(period).into(),
                    indicator.code.as_str().into(),
                    "_T".into(),
                    "_T".into(),
                    "_T".into(),
                    area.code.as_str().into(),
                    area.name.get(language).into(),
                    shown(Some(period)),
                    Field::Number(None),
                    "".into(),
                    indicator.unit.code.as_str().into(),
                ]
            }));
        }
    }
    let head = Head {
        codes: vec![
            ("dataflow", code_lists::submittable(view)),
            ("indicator", code_lists::submittable_indicators(view)),
            ("urbanisation", code_lists::urbanisation()),
            ("sex", code_lists::sex()),
            ("area", code_lists::areas(view)),
            ("status", code_lists::statuses()),
        ],
        flow: Flow::Column("dataflow"),
        ..question.head(COLUMNS, language)
    };
    Ok(Content::table(Table::held(head, rows)))
}

/// The country and its regions as they were in the period.
fn is_asked_for(view: &View, area: &AreaEntry, period: TimePeriod) -> bool {
    let country = &view.framework.country;
    match area.level {
        AreaLevel::Country => &area.code == country,
        AreaLevel::Region => {
            let begins = area.valid_from.is_none_or(|day| day.year() <= period.year());
            let lasts = area.valid_to.is_none_or(|day| day.year() > period.year());
            area.parent.as_ref() == Some(country) && begins && lasts
        }
    }
}
