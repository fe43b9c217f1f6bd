//! Data as JSON: areas with their values by indicator.

use std::collections::{BTreeMap, BTreeSet};

use indicators::code::{AreaCode, IndicatorCode};
use indicators::framework::Framework;
use indicators::matrix::ScoreMatrix;
use indicators::observation::TimePeriod;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Fault, Faults, ReadFinding, TableName, Tables};

/// Areas × indicators.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataSpec {
    /// The areas; of a panel, one entry per area and period.
    pub areas: Vec<DataRow>,
}

/// The values of one area (in one period).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DataRow {
    /// The area.
    pub code: AreaCode,
    /// The period, in a panel: `2023`, `2024-Q3`, `2024-08`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub period: Option<TimePeriod>,
    /// The group the area is in, by grouping.
    #[serde(default)]
    pub groups: BTreeMap<String, String>,
    /// Values by indicator or denominator; `null` or nothing when missing.
    pub values: BTreeMap<IndicatorCode, Option<f64>>,
}

impl DataSpec {
    /// The table of a framework.
    ///
    /// # Errors
    /// With every fault: an indicator no area has, a code that is no indicator, an area twice,
    /// periods beside some areas only.
    pub fn tables(self, framework: Framework) -> Result<Tables, Faults> {
        let mut faults = Vec::new();
        let mut fault = |row: Option<usize>, column: Option<&str>, found: String, expected: &str| {
            faults.push(Fault {
                table: TableName::Json,
                row: row.map(|row| row + 1),
                column: column.map(str::to_owned),
                found,
                expected: expected.to_owned(),
            });
        };
        let named: BTreeSet<&IndicatorCode> = self.areas.iter().flat_map(|row| row.values.keys()).collect();
        for indicator in framework.indicators() {
            if !named.contains(&indicator.code) {
                fault(
                    None,
                    Some(indicator.code.as_str()),
                    "no value in any area".to_owned(),
                    "values of the indicator",
                );
            }
        }
        let known = |code: &IndicatorCode| {
            framework.indicators().iter().any(|node| node.code == *code || node.denominator.as_ref() == Some(code))
        };
        let findings = named
            .iter()
            .filter(|code| !known(code))
            .map(|code| ReadFinding::NotInFramework { table: TableName::Json, column: code.to_string() })
            .collect();
        let has_periods = self.areas.iter().any(|row| row.period.is_some());
        for (at, row) in self.areas.iter().enumerate() {
            if row.period.is_none() && has_periods {
                fault(Some(at), Some("period"), "nothing".to_owned(), "a period, as other areas have");
            }
        }
        let areas: Vec<AreaCode> = self.areas.iter().map(|row| row.code.clone()).collect();
        let columns: Vec<IndicatorCode> = named.into_iter().cloned().collect();
        let values: Vec<Option<f64>> = columns
            .iter()
            .flat_map(|column| self.areas.iter().map(move |row| row.values.get(column).copied().flatten()))
            .collect();
        let built = if has_periods {
            let periods = self.areas.iter().filter_map(|row| row.period).collect();
            ScoreMatrix::panel_from_columns(areas, periods, columns, &values)
        } else {
            ScoreMatrix::from_columns(areas, columns, &values)
        };
        let mut matrix = match built {
            Ok(matrix) if faults.is_empty() => matrix,
            Ok(_) => return Err(Faults { faults }),
            Err(error) => {
                faults.push(Fault {
                    table: TableName::Json,
                    row: None,
                    column: None,
                    found: error.to_string(),
                    expected: "one entry per area, or per area and period".to_owned(),
                });
                return Err(Faults { faults });
            }
        };
        let groupings: BTreeSet<&String> = self.areas.iter().flat_map(|row| row.groups.keys()).collect();
        for grouping in groupings {
            let labels = self.areas.iter().map(|row| row.groups.get(grouping).cloned()).collect();
            // There is a label for every row by construction.
            if let Ok(labelled) = matrix.clone().with_grouping(grouping, labels) {
                matrix = labelled;
            }
        }
        Ok(Tables { framework, matrix, findings })
    }
}
