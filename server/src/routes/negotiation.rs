//! Which representation a client gets: format by `Accept`, content coding by `Accept-Encoding`.

use actix_web::http::header::{self, HeaderMap};

use crate::error::ApiError;
use crate::formats::Format;

/// The format that a client accepts best; the first offered when it accepts several as much.
///
/// # Errors
/// When it accepts none.
pub fn format(headers: &HeaderMap, offered: &[&'static Format]) -> Result<&'static Format, ApiError> {
    let given: Vec<&str> = headers.get_all(header::ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    let given = given.join(",");
    if given.trim().is_empty() {
        return offered.first().copied().ok_or(ApiError::Internal);
    }
    let mut best: Option<(u16, &Format)> = None;
    for format in offered {
        let by_alias = format.also.iter().map(|alias| quality_of(&given, alias, None)).max().unwrap_or_default();
        let quality = quality_of(&given, format.media_type, format.version).max(by_alias);
        if quality > 0 && best.is_none_or(|(highest, _)| quality > highest) {
            best = Some((quality, format));
        }
    }
    best.map(|(_, format)| format).ok_or_else(|| ApiError::NotAcceptable {
        found: given,
        offered: offered.iter().map(|format| format.full_media_type()).collect(),
    })
}

/// The quality a list of media ranges gives to a media type, 0 to 1000: that of the most specific
/// range that covers it. A range that insists on a version covers no other.
fn quality_of(ranges: &str, media_type: &str, version: Option<&str>) -> u16 {
    let kind = media_type.split('/').next().unwrap_or_default();
    let mut found = (0, 0);
    for range in ranges.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specific = match name.as_str() {
            "*/*" | "*" => 1,
            name if name.strip_suffix("/*") == Some(kind) => 2,
            name if name == media_type => 3,
            _ => continue,
        };
        let parameters: Vec<&str> = parts.collect();
        let insisted = parameters.iter().find_map(|parameter| parameter.strip_prefix("version="));
        let specific = match (insisted, version) {
            (None, _) => specific,
            (Some(insisted), Some(version)) if insisted.trim_matches('"') == version => specific + 1,
            _ => continue,
        };
        let quality = parameters.into_iter().find_map(quality).unwrap_or(1000);
        if specific > found.0 || (specific == found.0 && quality > found.1) {
            found = (specific, quality);
        }
    }
    found.1
}

/// Reads `q=0.5` as 500. A quality that cannot be read counts as 0: the client did not ask for it
/// in a way that can be honoured.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let value = value.trim();
    let (whole, digits) = value.split_once('.').unwrap_or((value, ""));
    if digits.len() > 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(0);
    }
    let thousandths: u16 = format!("{digits:0<3}").parse().unwrap_or_default();
    match whole {
        "1" if thousandths == 0 => Some(1000),
        "0" => Some(thousandths),
        _ => Some(0),
    }
}

/// How the bytes of an answer are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// As they are.
    Identity,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
    /// gzip.
    Gzip,
}

impl Coding {
    /// The name in `Content-Encoding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }

    /// The coding that a client accepts best; ours in the order brotli, zstd, gzip when it accepts
    /// several as much. A client that refuses even identity gets it all the same, as RFC 9110
    /// allows: an answer that can be read beats none.
    #[must_use]
    pub fn negotiate(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::Identity);
        // Plain bytes count as wanted where they are named; `*` speaks of codings.
        let mut plain = 0;
        for value in headers.get_all(header::ACCEPT_ENCODING).filter_map(|value| value.to_str().ok()) {
            for coding in [Self::Brotli, Self::Zstd, Self::Gzip] {
                let quality = coding_quality(value, coding.name());
                if quality > best.0 {
                    best = (quality, coding);
                }
            }
            plain = plain.max(named_quality(value, Self::Identity.name()).unwrap_or(0));
        }
        if plain > best.0 { Self::Identity } else { best.1 }
    }
}

fn coding_quality(list: &str, coding: &str) -> u16 {
    named_quality(list, coding).or_else(|| named_quality(list, "*")).unwrap_or(0)
}

fn named_quality(list: &str, wanted: &str) -> Option<u16> {
    list.split(',').find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        name.eq_ignore_ascii_case(wanted).then(|| parts.find_map(quality).unwrap_or(1000))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    use crate::formats::{JSON, csv::CSV, sdmx_csv};

    const BOTH: &[&Format] = &[&JSON, &CSV];

    #[test]
    fn the_most_specific_range_decides() {
        fn check(accept: &str, expected: Option<&Format>) {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).expect("a header"));
            assert_eq!(format(&headers, BOTH).ok(), expected, "{accept:?}");
        }
        check("", Some(&JSON));
        check("*/*", Some(&JSON));
        check("text/csv", Some(&CSV));
        check("TEXT/CSV; charset=utf-8", Some(&CSV));
        check("text/*;q=0.5, application/json;q=0.4", Some(&CSV));
        check("text/csv;q=0, */*", Some(&JSON));
        check("application/json;q=0, */*;q=0.1", Some(&CSV));
        check("text/html,application/xhtml+xml,*/*;q=0.8", Some(&JSON));
        check("text/html", None);
        check("application/json;q=nonsense", None);
        check("application/json;q=0.0005", None);
    }

    #[test]
    fn a_version_that_is_insisted_on_is_given() {
        fn check(accept: &str, expected: Option<&Format>) {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_str(accept).expect("a header"));
            let offered = &[&JSON, &sdmx_csv::VERSION_2, &sdmx_csv::VERSION_1];
            assert_eq!(format(&headers, offered).ok(), expected, "{accept:?}");
        }
        check("application/vnd.sdmx.data+csv", Some(&sdmx_csv::VERSION_2));
        check("application/vnd.sdmx.data+csv;version=1.0.0", Some(&sdmx_csv::VERSION_1));
        check("application/vnd.sdmx.data+csv; version=2.0.0; labels=id", Some(&sdmx_csv::VERSION_2));
        check("application/vnd.sdmx.data+csv;version=3.0.0", None);
        check("application/vnd.sdmx.data+csv;version=3.0.0, */*;q=0.1", Some(&JSON));
    }

    #[test]
    fn codings_follow_quality_then_our_order() {
        fn check(accept: &str, expected: Coding) {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_str(accept).expect("a header"));
            assert_eq!(Coding::negotiate(&headers), expected, "{accept:?}");
        }
        check("", Coding::Identity);
        check("gzip, deflate, br, zstd", Coding::Brotli);
        check("gzip, zstd", Coding::Zstd);
        check("br;q=0.5, gzip", Coding::Gzip);
        check("br;q=0, *", Coding::Zstd);
        check("identity", Coding::Identity);
        check("identity, br;q=0.5", Coding::Identity);
        check("identity, br", Coding::Brotli);
        check("identity;q=0.5, *;q=0.1", Coding::Identity);
        check("deflate", Coding::Identity);
    }
}
