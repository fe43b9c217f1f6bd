//! What of the API is on its way out: [`DEPRECATED`], the one place where it is declared. From it follow the headers
//! of an answer (`Deprecation`, RFC 9745; `Sunset`, RFC 8594; links to the successor and to the policy), the mark in
//! the `OpenAPI` document, and a test that holds every entry against the policy in `docs/API.md`.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, LINK};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Where the policy stands.
const POLICY: &str = "/api/docs#deprecation";

/// What is deprecated of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "nothing is deprecated; what the tests invent is"))]
pub(crate) enum Part {
    /// The address.
    Whole,
    /// A query parameter: told to those who use it.
    Parameter(&'static str),
    /// A field of the answer: told to everybody, because nobody says which fields he reads.
    Field(&'static str),
}

/// One thing on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Deprecated {
    /// The operation, as in the document.
    pub(crate) operation: &'static str,
    /// What of it.
    pub(crate) part: Part,
    /// The day it was deprecated.
    pub(crate) since: Date,
    /// The day from which it need not answer any more; at least a year later.
    pub(crate) sunset: Date,
    /// The address to use instead.
    pub(crate) successor: &'static str,
}

/// Everything that is deprecated. Nothing is, so far.
pub(crate) static DEPRECATED: &[Deprecated] = &[];

impl Deprecated {
    /// Whether a request meets it.
    fn is_met(&self, operation: &str, query: &str) -> bool {
        let names = || query.split('&').map(|pair| pair.split('=').next().unwrap_or_default());
        self.operation == operation
            && match self.part {
                Part::Whole | Part::Field(_) => true,
                Part::Parameter(name) => names().any(|given| given == name),
            }
    }
}

/// Whether the document marks an operation.
pub(crate) fn marks_operation(list: &[Deprecated], operation: &str) -> bool {
    list.iter().any(|one| one.operation == operation && one.part == Part::Whole)
}

/// Whether the document marks a parameter of an operation.
pub(crate) fn marks_parameter(list: &[Deprecated], operation: &str, parameter: &str) -> bool {
    let is_it = |part| matches!(part, Part::Parameter(name) if name == parameter);
    list.iter().any(|one| one.operation == operation && is_it(one.part))
}

/// Tells of what a request met, the earliest days first to count.
pub(crate) fn tell(list: &[Deprecated], operation: &str, query: &str, headers: &mut HeaderMap) {
    let met: Vec<&Deprecated> = list.iter().filter(|one| one.is_met(operation, query)).collect();
    let (Some(since), Some(sunset)) = (met.iter().map(|one| one.since).min(), met.iter().map(|one| one.sunset).min())
    else {
        return;
    };
    let mut links: Vec<String> =
        met.iter().map(|one| format!("<{}>; rel=\"successor-version\"", one.successor)).collect();
    links.push(format!("<{POLICY}>; rel=\"deprecation\"; type=\"text/html\""));
    let told = [
        (HeaderName::from_static("deprecation"), format!("@{}", midnight(since).as_second())),
        (HeaderName::from_static("sunset"), http_date(sunset)),
        (LINK, links.join(", ")),
    ];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.append(name, value);
        }
    }
}

fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

fn http_date(day: Date) -> String {
    day.strftime("%a, %d %b %Y 00:00:00 GMT").to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::routes::routes;

    const INVENTED: &[Deprecated] = &[
        Deprecated {
            operation: "index",
            part: Part::Parameter("period"),
            since: date(2026, 3, 1),
            sunset: date(2027, 6, 1),
            successor: "/api/v1/releases",
        },
        Deprecated {
            operation: "sources",
            part: Part::Whole,
            since: date(2025, 1, 1),
            sunset: date(2026, 12, 31),
            successor: "/api/v2/sources",
        },
        Deprecated {
            operation: "sources",
            part: Part::Field("bundled"),
            since: date(2024, 1, 1),
            sunset: date(2027, 1, 1),
            successor: "/api/v1/runs",
        },
    ];

    fn told(operation: &str, query: &str) -> Vec<(String, String)> {
        let mut headers = HeaderMap::new();
        tell(INVENTED, operation, query, &mut headers);
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let mut told: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        told.sort();
        told
    }

    #[test]
    fn headers_tell_those_who_meet_it_and_nobody_else() {
        assert_eq!(told("index", "area=KZ-61"), []);
        assert_eq!(told("areas", "period=2023"), []);
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let policy = "</api/docs#deprecation>; rel=\"deprecation\"; type=\"text/html\"";
        let link = format!("</api/v1/releases>; rel=\"successor-version\", {policy}");
        assert_eq!(
            told("index", "area=KZ-61&period=2023"),
            pairs(&[("deprecation", "@1772323200"), ("link", &link), ("sunset", "Tue, 01 Jun 2027 00:00:00 GMT")])
        );
        let told = told("sources", "");
        assert_eq!(told[0].1, "@1704067200", "the earliest day of several counts");
        assert_eq!(told[2].1, "Thu, 31 Dec 2026 00:00:00 GMT");
        assert_eq!(told[1].1.matches("successor-version").count(), 2);
    }

    #[test]
    fn the_document_marks_what_is_declared() {
        assert!(marks_operation(INVENTED, "sources") && !marks_operation(INVENTED, "index"));
        assert!(marks_parameter(INVENTED, "index", "period"));
        assert!(!marks_parameter(INVENTED, "index", "area") && !marks_parameter(INVENTED, "sources", "period"));
    }

    #[test]
    fn what_is_deprecated_exists_and_lasts_a_year() {
        let operations: BTreeSet<&str> = routes().map(|route| route.operation).collect();
        for one in DEPRECATED.iter().chain(INVENTED) {
            assert!(operations.contains(one.operation), "{one:?}");
            assert!(one.since.checked_add(1.year()).is_ok_and(|year| year <= one.sunset), "{one:?}");
            if let Part::Parameter(name) = one.part {
                let route = routes().find(|route| route.operation == one.operation);
                assert!(route.is_some_and(|route| route.parameters.iter().any(|known| known.name == name)), "{one:?}");
            }
        }
    }
}
