//! The index as the method in force gives it on what was known on a day. Nothing of it is published or kept: the
//! figures are those of the view, the computation is that of a release.

use indicators::assembly::{BookedValue, ObservationBook};
use indicators::definition::{Panel, SeriesRef};
use indicators::observation::{Breakdown, SeriesKey};
use indicators::wire::ObservationEntry;
use jiff::civil::Date;

use crate::definitions::Definitions;
use crate::release::{Release, ReleaseError, compute_one};
use crate::store::VintageId;
use crate::view::View;

/// The release of a panel and reference year as it would be, had it been made at the end of that day.
///
/// # Errors
/// When it cannot be computed.
pub fn as_known_on(view: &View, day: Date, panel: Panel, year: i16) -> Result<Release, ReleaseError> {
    let known = view.as_of(day);
    let definitions = Definitions { areas: view.area_list.clone(), framework: view.framework.clone() };
    let vintages = known.observations.iter().filter_map(|entry| entry.vintage.parse::<VintageId>().ok());
    let data_as_of = vintages.map(|vintage| vintage.date).max();
    compute_one(&definitions, &book(&known.observations), panel, year, data_as_of)
}

fn book(observations: &[ObservationEntry]) -> ObservationBook {
    let mut book = ObservationBook::default();
    for entry in observations {
        let breakdown =
            Breakdown { urbanisation: entry.urbanisation.clone(), sex: entry.sex.clone(), age: entry.age.clone() };
        let series = SeriesKey { indicator: entry.indicator.clone(), breakdown };
        let value = BookedValue { value: entry.value, status: entry.status, vintage: entry.vintage.clone() };
        book.enter(SeriesRef { dataflow: entry.dataflow.clone(), series }, entry.area.clone(), entry.period, value);
    }
    book
}
