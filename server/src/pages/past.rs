//! Views of past days: made when somebody asks for one, and kept while others may ask for the same. What was known on a
//! day is [`hindsight`]'s to say; what is done for who comes when too many ask is [`super`]'s.

use std::sync::Arc;

use jiff::civil::Date;
use quick_cache::sync::Cache;

use crate::hindsight;
use crate::places::{Places, Undone, long};
use crate::release::ReleaseError;
use crate::view::View;

/// How many views of past days are kept; each holds all observations.
const KEPT: usize = 4;

/// Why there is no view of a day.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoView {
    /// Nobody worked on it.
    #[error(transparent)]
    Undone(#[from] Undone),
    /// It could not be computed.
    #[error(transparent)]
    Failed(#[from] ReleaseError),
}

/// The views made so far.
#[derive(Debug)]
pub(super) struct Past {
    kept: Arc<Cache<(String, Date), Arc<View>>>,
}

impl Default for Past {
    fn default() -> Self {
        Self { kept: Arc::new(Cache::new(KEPT)) }
    }
}

impl Past {
    /// Everything as it was known at the end of a day. What is not kept is made in one of the places for long work; who
    /// asks for a day that is just being made waits for it.
    pub(super) async fn view(&self, view: &Arc<View>, day: Date, places: &Places) -> Result<Arc<View>, NoView> {
        // Between two arrivals every day knows the same.
        let arrived = view.arrivals.range(..=day).next_back().map_or(day, |(arrived, _)| *arrived);
        let key = (view.edition(), arrived);
        if let Some(known) = self.kept.get(&key) {
            return Ok(known);
        }
        let (of, kept) = (Arc::clone(view), Arc::clone(&self.kept));
        let make = move || hindsight::view_as_known_on(&of, arrived).map(Arc::new);
        Ok(long(places, move || kept.get_or_insert_with(&key, make)).await??)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::super::tests::nothing_measured;
    use super::*;

    #[actix_web::test]
    async fn who_comes_when_all_places_are_taken_is_asked_to_come_again() {
        let (past, view) = (Past::default(), Arc::new(nothing_measured()));
        let day = Date::constant(2024, 12, 31);
        let refused = past.view(&view, day, &Places::all_taken()).await.unwrap_err();
        assert!(matches!(refused, NoView::Undone(Undone::Busy { .. })), "{refused}");
        let made = past.view(&view, day, &Places::default()).await.unwrap();
        // Who asks for what is kept needs no place.
        assert!(Arc::ptr_eq(&past.view(&view, day, &Places::all_taken()).await.unwrap(), &made));
    }
}
