//! The SDG repository of Kazakhstan's Bureau of National Statistics, one CSV per indicator.
//!
//! Provider: Bureau of National Statistics, <https://github.com/kazstat/sdg-data-kazstat>, branch `develop`;
//! licence MIT. Calendar: irregular commits, most indicators once a year. Checked 2024-10-24.
//!
//! Quirks: the layout of 2019 has Russian headings and labels, the one since 2020 SDMX codes; some
//! rows lack the area cell altogether; one cell may be given twice; CRLF and LF both occur; shares above
//! 100 % were published. A blank area, sex or residence is the total. Any number of axes may be
//! absent from a file.

use indicators::observation::Breakdown;

use super::catalogue::{DataflowDefinition, MeasuredIndicator};
use super::delimited::{Row, Table, unexpected};
use super::error::SourceError;
use super::finding::{Finding, FindingKind, Place};
use super::numeral;
use super::parsed::{Parsed, ProviderArea, ProviderObservation};
use super::request::Payload;
use super::written::Written;

const SCHEME: &str = "kazstat_sdg";
const SCHEME_2019: &str = "kazstat_sdg_ru";

/// Headings of the axes, the codes since 2020 first and then the labels of 2019.
const AXES: [&[&str]; 5] = [
    &["SERIES", "COMPOSITE_BREAKDOWN", "Обеспеченность школ"],
    &["URBANISATION", "Местность"],
    &["SEX", "Пол"],
    &["AGE", "Возраст"],
    &["REF_AREA", "Регионы"],
];

/// The columns of a file; an axis that is absent is a total throughout.
struct Columns {
    year: usize,
    unit: usize,
    series: Option<usize>,
    urbanisation: Option<usize>,
    sex: Option<usize>,
    age: Option<usize>,
    area: Option<usize>,
    value: usize,
    layout: &'static str,
    scheme: &'static str,
}

impl Columns {
    fn of(table: &Table<'_>) -> Result<Self, SourceError> {
        let is_2019 = table.find(&["Регионы"]).is_some();
        let [series, urbanisation, sex, age, area] = AXES.map(|headings| table.find(headings));
        Ok(Self {
            year: table.require(&["Year"])?,
            unit: table.require(&["UNIT_MEASURE", "Units"])?,
            series,
            urbanisation,
            sex,
            age,
            area,
            value: table.require(&["Value"])?,
            layout: if is_2019 { "kazstat_sdg_2019" } else { "kazstat_sdg_2020" },
            scheme: if is_2019 { SCHEME_2019 } else { SCHEME },
        })
    }

    /// Refuses columns that are neither known nor declared: an axis we do not read would mix breakdowns with totals.
    fn refuse_unknown(&self, table: &Table<'_>) -> Result<(), SourceError> {
        let known = [
            Some(self.year),
            Some(self.unit),
            self.series,
            self.urbanisation,
            self.sex,
            self.age,
            self.area,
            Some(self.value),
        ];
        match (0..table.header.len()).find(|position| !known.contains(&Some(*position))) {
            None => Ok(()),
            Some(position) => Err(unexpected(
                Place::cell(table.part, 1, table.column(position)),
                "one of Year, UNIT_MEASURE, SERIES, COMPOSITE_BREAKDOWN, URBANISATION, SEX, AGE, REF_AREA, Value",
                table.column(position),
            )),
        }
    }
}

pub(super) fn parse(definition: &DataflowDefinition, payload: &Payload<'_>) -> Result<Parsed, SourceError> {
    let table = Table::read(payload, definition)?;
    for name in &definition.checks.required_columns {
        let headings = AXES.into_iter().find(|headings| headings.contains(&name.as_str()));
        table.require(headings.unwrap_or(&[name.as_str()]))?;
    }
    let columns = Columns::of(&table)?;
    columns.refuse_unknown(&table)?;
    if columns.scheme == SCHEME {
        table.require_final_newline()?;
    }
    let mut parsed = Parsed::new(columns.layout);
    parsed.area_column = columns.area.map(|area| table.column(area).to_owned());
    for row in &table.rows {
        parsed.rows_read += 1;
        read_row(definition, &table, &columns, row, &mut parsed)?;
    }
    Ok(parsed)
}

fn read_row(
    definition: &DataflowDefinition,
    table: &Table<'_>,
    columns: &Columns,
    row: &Row,
    parsed: &mut Parsed,
) -> Result<(), SourceError> {
    let lacks_area = lacks_area(table, columns, row);
    if !lacks_area {
        table.check_length(row)?;
    }
    // Cells behind the absent one have moved one place to the front.
    let cell = |position: usize| {
        let shift = usize::from(lacks_area && columns.area.is_some_and(|area| position > area));
        row.cells.get(position - shift).unwrap_or_default()
    };
    let optional = |position: Option<usize>| position.map_or("", cell);

    let label = optional(columns.series);
    let series_place = || table.place(row, columns.series.unwrap_or(columns.value));
    let Some(indicator) = definition.indicator_of_series(label) else {
        if definition.ignored_series.iter().any(|ignored| ignored == label) {
            return Ok(());
        }
        return Err(unexpected(series_place(), known_series(definition), label));
    };
    let unit = cell(columns.unit);
    if !indicator.upstream_units.is_empty() && !indicator.upstream_units.iter().any(|known| known == unit) {
        let expected = indicator.upstream_units.join(" or ");
        return Err(unexpected(table.place(row, columns.unit), expected, unit));
    }
    let Ok(period) = cell(columns.year).parse() else {
        return Err(unexpected(table.place(row, columns.year), "a year from 1900 to 2199", cell(columns.year)));
    };

    let place = table.place(row, columns.value);
    let written = Written::with_point_or_comma(place.clone(), cell(columns.value), &mut parsed.findings)?;
    let area = if lacks_area {
        let found = row.cells.iter().collect::<Vec<_>>().join(",");
        let place = Place { column: columns.area.map(|area| table.column(area).to_owned()), ..place };
        parsed.findings.push(Finding {
            kind: FindingKind::ShortRow,
            place,
            expected: "an area cell".to_owned(),
            found,
            action: "read as the country".to_owned(),
        });
        ProviderArea::National
    } else {
        match optional(columns.area) {
            "" => ProviderArea::National,
            code => ProviderArea::Code { scheme: columns.scheme, code: code.to_owned() },
        }
    };
    let breakdown = breakdown(table, columns, row, optional)?;
    parsed.observations.push(ProviderObservation { breakdown, ..written.of(area, &indicator.code, period) });
    Ok(())
}

fn breakdown<'r>(
    table: &Table<'_>,
    columns: &Columns,
    row: &Row,
    cell: impl Fn(Option<usize>) -> &'r str,
) -> Result<Breakdown, SourceError> {
    let mut breakdown = Breakdown::total();
    let refuse = |position: Option<usize>, expected: &str, found: &str| {
        Err(unexpected(table.place(row, position.unwrap_or(columns.value)), expected, found))
    };
    match cell(columns.urbanisation) {
        "" | "_T" => {}
        "U" | "городская местность" => "U".clone_into(&mut breakdown.urbanisation),
        "R" | "сельская местность" => "R".clone_into(&mut breakdown.urbanisation),
        found => return refuse(columns.urbanisation, "blank, U or R", found),
    }
    match cell(columns.sex) {
        "" | "_T" => {}
        sex @ ("M" | "F") => sex.clone_into(&mut breakdown.sex),
        found => return refuse(columns.sex, "blank, M or F", found),
    }
    match cell(columns.age) {
        "" | "_T" => {}
        age if is_age_code(age) => age.clone_into(&mut breakdown.age),
        found => return refuse(columns.age, "blank or an age code such as Y15T24, Y_GE15", found),
    }
    Ok(breakdown)
}

/// SDMX age codes: `Y15`, `Y15T24`, `Y_GE15`, `Y_LT15`.
fn is_age_code(text: &str) -> bool {
    let number = |digits: &str| (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = text.strip_prefix('Y') else { return false };
    if let Some(bound) = ["_GE", "_GT", "_LE", "_LT"].iter().find_map(|prefix| rest.strip_prefix(prefix)) {
        return number(bound);
    }
    match rest.split_once('T') {
        Some((from, to)) => number(from) && number(to),
        None => number(rest),
    }
}

/// Rows of `4-c-1-2` for the country stop one cell short: the area is not blank but absent. Recognised only when the
/// cell in the place of the area is the number and the last one.
fn lacks_area(table: &Table<'_>, columns: &Columns, row: &Row) -> bool {
    let Some(area) = columns.area else { return false };
    row.cells.len() + 1 == table.header.len()
        && columns.value + 1 == table.header.len()
        && area + 1 == columns.value
        && row.cells.get(area).and_then(numeral::read).is_some_and(|numeral| numeral.value.is_some())
}

fn known_series(definition: &DataflowDefinition) -> String {
    let labels: Vec<&str> = definition
        .indicators
        .iter()
        .flat_map(|indicator: &MeasuredIndicator| &indicator.series)
        .map(String::as_str)
        .collect();
    format!("one of the series {}", labels.join(", "))
}

#[cfg(test)]
mod tests;
