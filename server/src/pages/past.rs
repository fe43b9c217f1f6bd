//! Views of past days: made when somebody asks for one, and kept while others may ask for the same. What was known on a
//! day is [`hindsight`]'s to say; what is done for who comes when too many ask is [`super`]'s.

use std::sync::Arc;

use actix_web::web;
use jiff::civil::Date;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use crate::hindsight;
use crate::view::View;

/// How many views of past days are kept; each holds all observations.
const KEPT: usize = 4;
/// How many askers wait for one to be made; who comes later is asked to come again.
const WAITING: usize = 8;

/// Why there is no view of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// Too many are waiting.
    Busy,
    /// It could not be computed.
    Failed,
}

/// The views made so far. One is made at a time, so that the days nobody published cost the readers of today little.
#[derive(Debug)]
pub(super) struct Past {
    kept: Cache<(String, Date), Arc<View>>,
    places: Semaphore,
    turn: Semaphore,
}

impl Default for Past {
    fn default() -> Self {
        Self { kept: Cache::new(KEPT), places: Semaphore::new(WAITING), turn: Semaphore::new(1) }
    }
}

impl Past {
    /// Everything as it was known at the end of a day.
    pub(super) async fn view(&self, view: &Arc<View>, day: Date) -> Result<Arc<View>, Refused> {
        // Between two arrivals every day knows the same.
        let arrived = view.arrivals.range(..=day).next_back().map_or(day, |(arrived, _)| *arrived);
        let key = (view.edition(), arrived);
        if let Some(known) = self.kept.get(&key) {
            return Ok(known);
        }
        let Ok(_place) = self.places.try_acquire() else { return Err(Refused::Busy) };
        let Ok(_turn) = self.turn.acquire().await else { return Err(Refused::Busy) };
        if let Some(known) = self.kept.get(&key) {
            return Ok(known);
        }
        let of = Arc::clone(view);
        let known = match web::block(move || hindsight::view_as_known_on(&of, arrived)).await {
            Ok(Ok(known)) => Arc::new(known),
            Ok(Err(error)) => {
                tracing::error!(%error, %day, "the pages of a day could not be computed");
                return Err(Refused::Failed);
            }
            Err(error) => {
                tracing::error!(%error, %day, "the pages of a day were not computed");
                return Err(Refused::Failed);
            }
        };
        self.kept.insert(key, Arc::clone(&known));
        Ok(known)
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
        let all = past.places.acquire_many(u32::try_from(WAITING).unwrap()).await.unwrap();
        assert_eq!(past.view(&view, day).await.err(), Some(Refused::Busy));
        drop(all);
        let made = past.view(&view, day).await.unwrap();
        // Who asks for what is kept needs no place.
        let _all = past.places.acquire_many(u32::try_from(WAITING).unwrap()).await.unwrap();
        assert!(Arc::ptr_eq(&past.view(&view, day).await.unwrap(), &made));
    }
}
