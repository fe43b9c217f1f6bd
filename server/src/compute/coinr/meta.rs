//! iMeta: from its rows to the nodes of a tree, and from a fault of the tree back to its row. Reading
//! the bytes is the parent module's work.

use std::collections::BTreeMap;

use indicators::code::{IndicatorCode, NodeCode};
use indicators::framework::{Direction, Framework, FrameworkError, Goalposts, NodeKind, NodeSpec, Weight};

use super::{Reader, Table};
use crate::compute::number::{self, Written};
use crate::compute::{ReadFinding, TableName};

/// What iMeta says.
#[derive(Default)]
pub(super) struct Nodes {
    pub(super) specs: Vec<NodeSpec>,
    /// The row of each node.
    pub(super) rows: Vec<usize>,
    /// Columns of iData that are groupings.
    pub(super) groups: Vec<String>,
    /// Columns of iData that are denominators.
    pub(super) others: Vec<String>,
}

impl Reader {
    /// The nodes of iMeta, the columns that are groups, and the denominators.
    pub(super) fn nodes(&mut self, meta: &Table) -> Nodes {
        let name = TableName::Meta;
        let mut nodes = Nodes::default();
        let columns = ["iCode", "Type", "Parent", "Direction"].map(|column| self.need(name, meta, column));
        let [Some(code_at), Some(type_at), Some(parent_at), Some(direction_at)] = columns else { return nodes };
        let mut optional = BTreeMap::new();
        for column in ["Weight", "Target", "goalpost_lower", "goalpost_upper", "scaled_lower", "scaled_upper"] {
            if let Some(at) = meta.at(column) {
                optional.insert(column, self.numbers(name, meta, at));
            }
        }
        let denominator_at = meta.at("Denominator");
        for row in 0..meta.rows.len() {
            let line = meta.lines[row];
            let number = |column: &str| optional.get(column).and_then(|numbers| numbers[row]);
            let text = meta.cell(row, code_at);
            let kind = match meta.cell(row, type_at) {
                "Indicator" => NodeKind::Indicator,
                "Aggregate" => NodeKind::Group,
                "Group" => {
                    nodes.groups.push(text.to_owned());
                    continue;
                }
                "Denominator" => {
                    nodes.others.push(text.to_owned());
                    continue;
                }
                "Other" => continue,
                found => {
                    let expected = "Indicator, Aggregate, Group, Denominator or Other";
                    self.fault(name, Some(line), Some("Type"), format!("{found:?}"), expected);
                    continue;
                }
            };
            let Some(code) = self.code::<NodeCode>(name, line, "iCode", text) else { continue };
            let parent = match meta.cell(row, parent_at) {
                "" => None,
                text => self.code::<NodeCode>(name, line, "Parent", text),
            };
            let mut spec = NodeSpec { kind, ..NodeSpec::group(code, parent) };
            spec.direction = self.direction(line, kind, meta.cell(row, direction_at));
            if let Some(weight) = number("Weight") {
                match Weight::try_from(weight) {
                    Ok(weight) => spec.weight = weight,
                    Err(error) => self.fault(name, Some(line), Some("Weight"), error.to_string(), "0 or above"),
                }
            }
            if kind == NodeKind::Indicator {
                spec.target = number("Target");
                spec.goalposts = self.goalposts(line, spec.code.as_str(), &number);
                spec.denominator = match denominator_at.map_or("", |at| meta.cell(row, at)) {
                    "" => None,
                    text => self.code::<IndicatorCode>(name, line, "Denominator", text),
                };
            }
            nodes.specs.push(spec);
            nodes.rows.push(line);
        }
        nodes
    }

    /// The goalposts of an indicator, or its limits of scaling where it has no goalposts.
    fn goalposts(&mut self, line: usize, node: &str, number: &impl Fn(&str) -> Option<f64>) -> Option<Goalposts> {
        let mut found = Vec::new();
        for [low, high] in [["goalpost_lower", "goalpost_upper"], ["scaled_lower", "scaled_upper"]] {
            match (number(low), number(high)) {
                (Some(from), Some(to)) => match Goalposts::new(from, to) {
                    Ok(goalposts) => found.push(goalposts),
                    Err(error) => {
                        self.fault(TableName::Meta, Some(line), Some(low), error.to_string(), "low below high");
                    }
                },
                (None, None) => {}
                (given, _) => {
                    let missing = if given.is_some() { high } else { low };
                    self.fault(TableName::Meta, Some(line), Some(missing), "nothing", "both bounds or neither");
                }
            }
        }
        if let [goalposts, limits] = found.as_slice()
            && goalposts != limits
        {
            self.findings.push(ReadFinding::LimitsIgnored { table: TableName::Meta, row: line, node: node.to_owned() });
        }
        found.first().copied()
    }

    /// Where a fault of the tree stands in iMeta.
    pub(super) fn tell(&mut self, error: &FrameworkError, specs: &[NodeSpec], rows: &[usize]) {
        let row_of = |code: &NodeCode| specs.iter().position(|spec| spec.code == *code).map(|at| rows[at]);
        let (line, column) = match error {
            FrameworkError::CodeTwice { second, .. } => (rows.get(second - 1).copied(), Some("iCode")),
            FrameworkError::UnknownParent { code, .. }
            | FrameworkError::ParentIsIndicator { code, .. }
            | FrameworkError::IndicatorWithoutParent { code } => (row_of(code), Some("Parent")),
            FrameworkError::Cycle { path } => (path.first().and_then(row_of), Some("Parent")),
            FrameworkError::Roots { codes } => (codes.last().and_then(row_of), Some("Parent")),
            FrameworkError::GroupWithoutData { code } => (row_of(code), Some("iCode")),
            FrameworkError::DirectionMissing { code } | FrameworkError::FieldOnGroup { code, .. } => {
                (row_of(code), Some("Direction"))
            }
            FrameworkError::Target { code, .. } => (row_of(code), Some("Target")),
            FrameworkError::WeightsSumToZero { code } => (row_of(code), Some("Weight")),
            _ => (None, None),
        };
        self.fault(TableName::Meta, line, column, error.to_string(), "a tree of groups and indicators");
    }

    /// Tells of levels that are written otherwise than the tree has them.
    pub(super) fn compare_levels(&mut self, meta: &Table, framework: &Framework, rows: &[usize]) {
        let Some(at) = meta.at("Level") else { return };
        for (node, &line) in framework.nodes().iter().zip(rows) {
            let Some(row) = meta.lines.iter().position(|found| *found == line) else { continue };
            let written = meta.cell(row, at);
            if !written.is_empty() && written != node.level().to_string() {
                self.findings.push(ReadFinding::LevelIgnored {
                    table: TableName::Meta,
                    row: line,
                    node: node.code().to_string(),
                    found: written.to_owned(),
                    level: node.level(),
                });
            }
        }
    }

    fn direction(&mut self, line: usize, kind: NodeKind, text: &str) -> Option<Direction> {
        let sign = match number::read(text) {
            Some(Written::Point(sign)) => Some(sign),
            _ => None,
        };
        let (expected, direction) = match (kind, sign) {
            (NodeKind::Indicator, Some(1.0)) => return Some(Direction::HigherIsBetter),
            (NodeKind::Indicator, Some(-1.0)) => return Some(Direction::LowerIsBetter),
            // The reference package writes 1 beside every aggregate; it means nothing there.
            (NodeKind::Group, Some(1.0)) => return None,
            (NodeKind::Group, _) if text.is_empty() => return None,
            (NodeKind::Group, _) => ("1 or nothing: only an indicator has a direction", None),
            // Reported here; the tree is still checked for the rest.
            (NodeKind::Indicator, _) => ("1 or -1", Some(Direction::HigherIsBetter)),
        };
        let found = if kind == NodeKind::Group { format!("{text:?} on an aggregate") } else { format!("{text:?}") };
        self.fault(TableName::Meta, Some(line), Some("Direction"), found, expected);
        direction
    }
}
