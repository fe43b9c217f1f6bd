//! What the island of the overview is given: the figures of all years, rounded as they are shown,
//! and its texts.

use indicators::code::CriterionCode;
use indicators::definition::Panel;
use indicators::text::Language;
use indicators::wire::{AreaEntry, IndexEntry};

use crate::components::context::PageContext;
use crate::components::scoreboard;
use crate::data::PublishedRelease;
use crate::islands::explorer::{Explored, Measure, Place, Standing, Words};
use crate::locale::message;
use crate::route::Page;

/// Everything the island needs, with what is shown at first.
pub(crate) fn explored(
    context: &PageContext<'_>,
    shown: &PublishedRelease<'_>,
    criterion: Option<&CriterionCode>,
) -> Explored {
    let years = context.site.years(Panel::Regions);
    let releases: Vec<PublishedRelease<'_>> =
        years.iter().filter_map(|year| context.site.releases.get(&(Panel::Regions, *year)).copied()).collect();
    let codes: Vec<Option<&CriterionCode>> =
        [None].into_iter().chain(context.site.criteria.iter().map(|criterion| Some(&criterion.code))).collect();
    let areas: Vec<&AreaEntry> =
        context.site.areas.iter().filter(|area| releases.iter().any(|one| one.entry(&area.code).is_some())).collect();
    let standings = releases.iter().flat_map(|release| {
        let areas = &areas;
        codes.iter().flat_map(move |code| {
            areas.iter().map(move |area| release.entry(&area.code).map(|entry| packed(entry, *code)))
        })
    });
    let national = releases.iter().flat_map(|release| {
        codes.iter().map(|code| release.answer.national.as_ref().map(|entry| packed(entry, *code)))
    });
    let measures = codes.iter().map(|code| Measure {
        code: code.map(ToString::to_string).unwrap_or_default(),
        name: code.map_or_else(|| context.say(message::WHOLE_INDEX), |code| context.criterion_name(code)),
    });
    Explored {
        measures: measures.collect(),
        areas: areas
            .iter()
            .map(|area| Place {
                code: area.code.to_string(),
                name: context.text(&area.name),
                short: context.short_name(&area.code),
            })
            .collect(),
        country: context.area_name(context.country()),
        standings: standings.collect(),
        national: national.collect(),
        words: words(context),
        path: Page::Overview.path(context.address.language),
        year: years.iter().position(|year| *year == shown.year()).unwrap_or_default(),
        measure: codes.iter().position(|code| *code == criterion).unwrap_or_default(),
        years,
    }
}

fn packed(entry: &IndexEntry, criterion: Option<&CriterionCode>) -> Standing {
    let standing = scoreboard::standing(entry, criterion);
    let coverage = standing.coverage;
    (
        standing.score.map(|score| whole(score * 10.0)),
        standing.rank.and_then(|rank| u8::try_from(rank).ok()),
        whole(coverage.observed * 1000.0),
        whole(coverage.carried_forward * 1000.0),
        whole((coverage.predecessor_substitute + coverage.national_substitute) * 1000.0),
        whole(coverage.imputed * 1000.0),
    )
}

/// A number of at most four digits, rounded.
fn whole(value: f64) -> u16 {
    // Written and read, because there is no checked conversion from a floating-point number.
    format!("{:.0}", value.clamp(0.0, 9999.0)).parse().unwrap_or_default()
}

fn words(context: &PageContext<'_>) -> Words {
    let say = |words| context.say(words);
    let brace = |name: &str| format!("{{{name}}}");
    Words {
        choose_measure: say(message::CHOOSE_CRITERION),
        choose_year: say(message::CHOOSE_YEAR),
        show: say(message::SHOW),
        play: say(message::PLAY),
        stop: say(message::STOP),
        finding: context.fill(
            message::FINDING_ENDS,
            [
                ("first", brace("first").into()),
                ("high", brace("high").into()),
                ("last", brace("last").into()),
                ("low", brace("low").into()),
            ],
        ),
        all_equal: context.fill(message::FINDING_ALL_EQUAL, [("score", brace("score").into())]),
        none: say(message::FINDING_NONE),
        subtitle: context
            .fill(message::SUBTITLE_SCORE, [("measure", brace("measure").into()), ("year", brace("year").into())]),
        rank_is: context.fill(message::RANK_IS, [("rank", brace("rank").into())]),
        missing: context.missing(),
        shares: [
            say(message::STATUS_OBSERVED),
            say(message::STATUS_CARRIED_FORWARD),
            say(message::KEY_SUBSTITUTED),
            say(message::STATUS_IMPUTED),
            say(message::NO_DATA),
        ],
        headings: [
            say(message::RANK),
            say(message::REGION),
            say(message::SCORE),
            say(message::RANK_INTERVAL),
            say(message::COVERAGE),
        ],
        decimal_comma: context.address.language != Language::En,
    }
}
