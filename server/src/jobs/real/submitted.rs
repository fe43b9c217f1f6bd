//! What was submitted, read and checked. Unlike a provider's table it is looked at to its end, and every row is told
//! of: whoever sent it can mend it.

use indicators::wire::RunFinding;

use super::{Upstream, finding, refused};
use crate::checks;
use crate::jobs::steps::{Checks, ReadOrder, Reading};
use crate::sources::harmonise;
use crate::sources::{DataflowDefinition, Finding, FindingKind, Parsed, Payload, Place, ProviderArea, submission};

impl Upstream {
    /// Reads submissions in the order they came; a later one has the last word on each cell.
    pub(super) fn read_submitted(&self, definition: &DataflowDefinition, order: &ReadOrder<'_>) -> Reading {
        let mut reading = Reading::default();
        let mut parsed = Vec::new();
        for payload in order.payloads {
            let content_type = payload.content_type.as_deref();
            let given = Payload { part: &payload.part, content_type, bytes: &payload.bytes };
            let (mut rows, faults) = submission::read(definition, &given);
            reading.reasons.extend(faults.iter().map(refused));
            reading.reasons.extend(self.without_unknown_areas(&mut rows));
            parsed.push(rows);
        }
        submission::supersede(&mut parsed);
        let harmonised = harmonise::harmonise(definition, &self.areas, &[], parsed);
        let before: Vec<_> = order.before.iter().map(|stored| stored.observation.clone()).collect();
        let report = checks::check(definition, harmonised, &before, order.as_of);
        reading.observations = report.observations;
        reading.findings.extend(report.findings.iter().map(finding));
        let doubts = report.reasons.iter().map(finding);
        match order.checks {
            Checks::Apply => reading.reasons.extend(doubts),
            Checks::Waive => reading.findings.extend(doubts),
        }
        reading
    }

    /// Takes out the rows whose area is not in the code list, with a fault for each.
    fn without_unknown_areas(&self, rows: &mut Parsed) -> Vec<RunFinding> {
        let column = rows.area_column.clone();
        let mut faults = Vec::new();
        rows.observations.retain(|row| {
            let ProviderArea::Code { code, .. } = &row.area else { return true };
            if self.areas.iter().any(|area| area.code.as_str() == code) {
                return true;
            }
            let place = Place { column: column.clone(), ..row.place.clone() };
            let expected = "a code of /api/v1/areas".to_owned();
            let fault =
                Finding { kind: FindingKind::UnknownArea, place, expected, found: code.clone(), action: String::new() };
            faults.push(finding(&fault));
            false
        });
        faults
    }
}
