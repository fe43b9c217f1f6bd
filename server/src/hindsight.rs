//! The index as the method in force gives it on what was known on a day. Nothing of it is published: the figures are
//! those of the view, the computation is that of a release. How long it is kept is the asker's matter.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use indicators::assembly::{BookedValue, ObservationBook};
use indicators::code::DataflowId;
use indicators::definition::{Panel, SeriesRef};
use indicators::observation::{Breakdown, SeriesKey};
use indicators::wire::ObservationEntry;
use jiff::civil::Date;

use crate::definitions::Definitions;
use crate::release::{
    FoundIntervals, PublishedMethod, Release, ReleaseError, compute_all, compute_one, reference_years,
};
use crate::store::VintageId;
use crate::view::{View, arrival};

/// The release of a panel and reference year as it would be, had it been made at the end of that day; of the newest year
/// that was open then where none is named.
///
/// # Errors
/// When it cannot be computed.
pub fn as_known_on(view: &View, day: Date, panel: Panel, year: Option<i16>) -> Result<Release, ReleaseError> {
    let known = view.as_of(day);
    let (definitions, book) = (definitions(view), book(&known.observations));
    let year = year.unwrap_or_else(|| *years(&definitions, &book, panel).end());
    compute_one(&definitions, &book, panel, year)
}

/// Everything as it was known at the end of a day: observations, the releases of the reference years open by then,
/// and of each source the vintage it had. Runs, problems and freshness are those of the view.
///
/// # Errors
/// When a release cannot be computed.
pub fn view_as_known_on(view: &View, day: Date) -> Result<View, ReleaseError> {
    let mut known = view.as_of(day);
    let mut vintages: BTreeMap<DataflowId, VintageId> = BTreeMap::new();
    for vintage in known.observations.iter().filter_map(arrival) {
        let held = vintages.entry(vintage.dataflow.clone()).or_insert_with(|| vintage.clone());
        if (held.date, held.sequence) < (vintage.date, vintage.sequence) {
            *held = vintage;
        }
    }
    for source in &mut known.sources {
        let vintage = vintages.get(&source.dataflow);
        source.vintage = vintage.map(ToString::to_string);
        source.as_of = vintage.map(|vintage| vintage.date);
    }
    let definitions = definitions(view);
    let (method, found) = (PublishedMethod::current(), FoundIntervals::default());
    let releases = compute_all(&definitions, &method, &book(&known.observations), &found)?;
    known.releases = releases
        .into_iter()
        .map(|release| ((release.reference().panel, release.reference().reference_year), Arc::new(release)))
        .collect();
    known.id = format!("{}@{day}", view.id);
    Ok(known)
}

/// The scores of a panel as they would be, had they been made at the end of a day: of each reference year in force that had
/// begun by then. Observations are those known on that day, everything else is as it is in the view.
///
/// # Errors
/// When a release cannot be computed.
pub fn scores_as_known_on(view: &View, day: Date, panel: Panel) -> Result<View, ReleaseError> {
    let mut known = view.as_of(day);
    let (definitions, book) = (definitions(view), book(&known.observations));
    let years = view.years(panel).filter(|year| *year <= day.year());
    known.releases = years
        .map(|year| Ok(((panel, year), Arc::new(compute_one(&definitions, &book, panel, year)?))))
        .collect::<Result<_, ReleaseError>>()?;
    Ok(known)
}

/// The reference years that the method in force opens on what is known.
fn years(definitions: &Definitions, book: &ObservationBook, panel: Panel) -> RangeInclusive<i16> {
    reference_years(definitions, PublishedMethod::current().substitutes, book, panel)
}

fn definitions(view: &View) -> Definitions {
    Definitions { areas: view.area_list.clone(), framework: view.framework.clone() }
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
