//! A number where it stands in a payload, and the observation it becomes: [`Written`]. How numbers are written is
//! [`super::numeral`]'s to say; whose number it is, each parser's.

use indicators::code::IndicatorCode;
use indicators::observation::{Breakdown, TimePeriod};

use super::delimited::unexpected;
use super::error::{SourceError, excerpt};
use super::finding::{Finding, FindingKind, Place};
use super::numeral::{self, Numeral};
use super::parsed::{ProviderArea, ProviderObservation};

/// A cell that was read as a number or as the mark of a gap.
#[derive(Debug)]
pub(super) struct Written {
    place: Place,
    raw: String,
    numeral: Numeral,
}

impl Written {
    /// A number of a provider that writes decimal points.
    pub(super) fn with_point(place: Place, raw: &str) -> Result<Self, SourceError> {
        match numeral::read(raw) {
            Some(numeral) if !numeral.had_decimal_comma => Ok(Self { place, raw: raw.to_owned(), numeral }),
            _ => Err(unexpected(place, "a number with a decimal point", raw)),
        }
    }

    /// The same, where a decimal comma may stand for the point. It is told.
    pub(super) fn with_point_or_comma(
        place: Place,
        raw: &str,
        findings: &mut Vec<Finding>,
    ) -> Result<Self, SourceError> {
        let Some(numeral) = numeral::read(raw) else {
            return Err(unexpected(place, "a number or one of - x ...", raw));
        };
        if numeral.had_decimal_comma {
            findings.push(comma(place.clone(), raw));
        }
        Ok(Self { place, raw: raw.to_owned(), numeral })
    }

    /// The value; `None` for a gap.
    pub(super) const fn value(&self) -> Option<f64> {
        self.numeral.value
    }

    /// What it says of a place as a whole, in no breakdown.
    pub(super) fn of(self, area: ProviderArea, indicator: &IndicatorCode, period: TimePeriod) -> ProviderObservation {
        let Self { place, raw, numeral } = self;
        ProviderObservation {
            place,
            area,
            indicator: indicator.clone(),
            breakdown: Breakdown::total(),
            period,
            value: numeral.value,
            status: numeral.status,
            raw,
        }
    }
}

/// That a decimal comma was read as a point.
pub(super) fn comma(place: Place, found: &str) -> Finding {
    Finding {
        kind: FindingKind::DecimalComma,
        place,
        expected: "a decimal point".to_owned(),
        found: excerpt(found),
        action: "read as a decimal point".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use indicators::observation::ObsStatus;

    use super::*;

    fn observed(raw: &str, findings: &mut Vec<Finding>) -> Result<(Option<f64>, ObsStatus, String), SourceError> {
        let place = Place::cell("table", 7, "VAL");
        let written = Written::with_point_or_comma(place.clone(), raw, findings)?;
        let period = TimePeriod::Year(2024);
        let made = written.of(ProviderArea::National, &"population".parse().unwrap(), period);
        assert_eq!((made.place, made.period, made.breakdown), (place, period, Breakdown::total()));
        Ok((made.value, made.status, made.raw))
    }

    #[test]
    fn a_cell_becomes_a_value_or_a_gap_with_its_reason() {
        for (raw, value, status, is_told) in [
            ("89.7", Some(89.7), ObsStatus::Normal, false),
            ("89,7", Some(89.7), ObsStatus::Normal, true),
            ("0", Some(0.0), ObsStatus::Normal, false),
            ("…", None, ObsStatus::Missing, false),
            ("x", None, ObsStatus::Confidential, false),
        ] {
            let mut findings = Vec::new();
            assert_eq!(observed(raw, &mut findings).unwrap(), (value, status, raw.to_owned()));
            assert_eq!(findings.len(), usize::from(is_told), "{raw}: {findings:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_with_its_place() {
        let refused = [
            observed("в 4 раза", &mut Vec::new()).unwrap_err(),
            Written::with_point(Place::cell("table", 7, "VAL"), "89,7").unwrap_err(),
        ];
        for (error, found) in refused.iter().zip(["в 4 раза", "89,7"]) {
            let told = error.to_finding();
            assert_eq!((told.place.row, told.found.as_str()), (Some(7), found), "{error}");
        }
    }
}
