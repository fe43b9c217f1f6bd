//! What a score rests on, as a bar's shares and in words.

use indicators::assembly::CellStatus;
use indicators::wire::Coverage;

use crate::charts::{Basis, ranking};
use crate::components::context::PageContext;
use crate::locale::message;

/// The shares as the ranking draws them.
pub(crate) fn shares(context: &PageContext<'_>, coverage: &Coverage) -> ranking::Coverage {
    ranking::Coverage {
        observed: coverage.observed,
        carried: coverage.carried_forward,
        substituted: coverage.predecessor_substitute + coverage.national_substitute,
        imputed: coverage.imputed,
        text: context.formats.share(own(coverage)),
    }
}

/// The share that rests on the area's own values, of the year or of an earlier one.
pub(crate) fn own(coverage: &Coverage) -> f64 {
    coverage.observed + coverage.carried_forward
}

/// What most of a score rests on.
pub(crate) fn basis(coverage: &Coverage) -> Basis {
    let shares = [
        (Basis::Observed, coverage.observed),
        (Basis::Carried, coverage.carried_forward),
        (Basis::Substituted, coverage.predecessor_substitute + coverage.national_substitute),
        (Basis::Imputed, coverage.imputed),
    ];
    let first = shares[0];
    shares.into_iter().fold(first, |most, next| if next.1 > most.1 { next } else { most }).0
}

/// What a single value rests on.
pub(crate) const fn basis_of_status(status: CellStatus) -> Basis {
    match status {
        CellStatus::CarriedForward => Basis::Carried,
        CellStatus::PredecessorSubstitute | CellStatus::NationalSubstitute => Basis::Substituted,
        CellStatus::Imputed => Basis::Imputed,
        CellStatus::Observed | CellStatus::Missing | CellStatus::NotApplicable => Basis::Observed,
    }
}

/// A status in words.
pub(crate) fn status_words(context: &PageContext<'_>, status: CellStatus) -> String {
    context.say(match status {
        CellStatus::Observed => message::STATUS_OBSERVED,
        CellStatus::CarriedForward => message::STATUS_CARRIED_FORWARD,
        CellStatus::PredecessorSubstitute => message::STATUS_PREDECESSOR_SUBSTITUTE,
        CellStatus::NationalSubstitute => message::STATUS_NATIONAL_SUBSTITUTE,
        CellStatus::Imputed => message::STATUS_IMPUTED,
        CellStatus::Missing => message::NO_DATA,
        CellStatus::NotApplicable => message::STATUS_NOT_APPLICABLE,
    })
}

/// What a score rests on in a few words: the share of own data, and how old the data are where that is known.
pub(crate) fn short(context: &PageContext<'_>, coverage: &Coverage) -> Option<String> {
    let years = context.formats.number(coverage.mean_age_years?, 1);
    let share = context.formats.share(own(coverage));
    Some(context.fill(message::RESTS_ON_SHORT, [("share", share.into()), ("years", years.into())]))
}

/// The shares in words, the empty ones left out: "own data 52 %, earlier years 31 %, no data 17 %".
pub(crate) fn words(context: &PageContext<'_>, coverage: &Coverage) -> String {
    let parts = [
        (message::STATUS_OBSERVED, coverage.observed),
        (message::STATUS_CARRIED_FORWARD, coverage.carried_forward),
        (message::STATUS_PREDECESSOR_SUBSTITUTE, coverage.predecessor_substitute),
        (message::STATUS_NATIONAL_SUBSTITUTE, coverage.national_substitute),
        (message::STATUS_IMPUTED, coverage.imputed),
        (message::NO_DATA, coverage.missing),
    ];
    let written = parts.into_iter().filter(|(_, share)| *share >= 0.005);
    written
        .map(|(words, share)| format!("{} {}", context.say(words), context.formats.share(share)))
        .collect::<Vec<_>>()
        .join(", ")
}
