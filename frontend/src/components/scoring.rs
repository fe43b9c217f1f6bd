//! The rules by which a value becomes a score, in words: direction, goalposts, greatest age.

use indicators::definition::Direction;
use indicators::wire::IndicatorEntry;

use crate::components::context::PageContext;
use crate::locale::message;

/// Whether more is better or less.
pub(crate) fn direction(context: &PageContext<'_>, indicator: &IndicatorEntry) -> String {
    context.say(match indicator.direction {
        Direction::HigherIsBetter => message::HIGHER_IS_BETTER,
        Direction::LowerIsBetter => message::LOWER_IS_BETTER,
    })
}

/// The values that score 0 and 100, with their unit.
pub(crate) fn goalposts(context: &PageContext<'_>, indicator: &IndicatorEntry) -> String {
    context.fill(
        message::GOALPOSTS_RANGE,
        [
            ("low", context.number_trimmed(indicator.goalpost_low, indicator).into()),
            ("high", context.value_trimmed(indicator.goalpost_high, indicator).into()),
        ],
    )
}

/// How old a value may be.
pub(crate) fn max_age(context: &PageContext<'_>, indicator: &IndicatorEntry) -> String {
    context.fill(message::MAX_AGE_YEARS, [("count", usize::from(indicator.max_age_years).into())])
}
