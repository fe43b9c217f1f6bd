//! The query string: which parameters an address takes ([`Parameter`]) and what was given
//! ([`Query`]). Every refusal names the parameter, what was expected and what was found.

use indicators::code::AreaCode;
use indicators::definition::Panel;
use indicators::observation::TimePeriod;
use indicators::text::Language;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::borrow::Cow;

use crate::error::ApiError;
use crate::limits::Limits;
use crate::routes::suggestion::{Candidate, near};
use crate::view::View;

/// What may stand in a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Codes of a code list, separated by commas or given again.
    Codes,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Several of a few words.
    Choices(&'static [&'static str]),
    /// A reference year.
    Year,
    /// A year, quarter or month.
    Period,
    /// A period or a range of periods.
    PeriodRange,
    /// A day, or a moment that stands for its day.
    Date,
    /// A whole number between two bounds.
    Integer {
        /// Least.
        least: u32,
        /// Greatest.
        most: u32,
    },
    /// Anything, such as an identifier given by an earlier answer.
    Token,
}

impl Kind {
    const fn is_list(self) -> bool {
        matches!(self, Self::Codes | Self::Choices(_))
    }
}

/// A parameter that an address takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Name.
    pub name: &'static str,
    /// What may stand in it.
    pub kind: Kind,
    /// What it does.
    pub description: &'static str,
    /// A value that works.
    pub example: &'static str,
}

/// The language of the labels in a CSV file.
pub const LANG: Parameter = Parameter {
    name: "lang",
    kind: Kind::Choice(&["kk", "ru", "en"]),
    description: "Language of the name columns in CSV and of titles and labels in workbooks, JSON-stat and data packages (default `kk`). Codes are the same in every language; JSON always carries all three names.",
    example: "en",
};

/// The parameters given. Empty values count as not given, so that a plain form can be sent as it is.
#[derive(Debug, Clone, Default)]
pub struct Query {
    given: Vec<(&'static Parameter, String)>,
}

impl Query {
    /// Reads the part after `?`.
    ///
    /// # Errors
    /// When it is not UTF-8, names a parameter that does not exist, or repeats one that is no list.
    pub fn read(raw: &str, parameters: &'static [Parameter], limits: &Limits) -> Result<Self, ApiError> {
        let mut given: Vec<(&'static Parameter, String)> = Vec::new();
        let most = usize::try_from(limits.max_query_parameters).unwrap_or(usize::MAX);
        let found = raw.split('&').filter(|pair| !pair.is_empty()).count();
        if found > most {
            return Err(ApiError::TooManyParameters { found, most });
        }
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name, pair)?;
            let value = decode(value, pair)?;
            let Some(parameter) = parameters.iter().find(|known| known.name == name) else {
                let candidates = parameters.iter().map(|known| Candidate { code: known.name, names: [""; 3] });
                return Err(ApiError::UnknownParameter {
                    did_you_mean: near(&name, candidates),
                    name,
                    known: parameters.iter().map(|known| known.name).collect(),
                });
            };
            if value.is_empty() {
                continue;
            }
            if !parameter.kind.is_list() && given.iter().any(|(earlier, _)| earlier.name == parameter.name) {
                return Err(ApiError::RepeatedParameter { name: parameter.name });
            }
            given.push((parameter, value));
        }
        let query = Self { given };
        query.check_list_lengths(limits)?;
        query.check_kinds()?;
        Ok(query)
    }

    /// Holds every value against its kind, whether or not the answer depends on it: what is misspelt is misspelt in
    /// every format. Codes and identifiers are looked up by those who know the lists.
    fn check_kinds(&self) -> Result<(), ApiError> {
        for (parameter, _) in &self.given {
            let name = parameter.name;
            match parameter.kind {
                Kind::Choice(words) => _ = self.word::<String>(name, words)?,
                Kind::Choices(words) => _ = self.words::<String>(name, words)?,
                Kind::Year => _ = self.year(name)?,
                Kind::Period => _ = self.period(name)?,
                Kind::Date => _ = self.date(name)?,
                Kind::Integer { least, most } => _ = self.integer(name, least, most)?,
                Kind::Codes | Kind::PeriodRange | Kind::Token => {}
            }
        }
        Ok(())
    }

    fn check_list_lengths(&self, limits: &Limits) -> Result<(), ApiError> {
        let most = usize::try_from(limits.max_codes_per_parameter).unwrap_or(usize::MAX);
        for (parameter, value) in &self.given {
            if parameter.kind.is_list() && self.list(parameter.name).len() > most {
                return Err(ApiError::BadParameter {
                    name: parameter.name,
                    expected: format!("at most {most} codes"),
                    found: value.clone(),
                    did_you_mean: Vec::new(),
                });
            }
        }
        Ok(())
    }

    /// The value of a parameter that takes one.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        self.given.iter().find(|(parameter, _)| parameter.name == name).map(|(_, value)| value.as_str())
    }

    /// The values of a list.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<&str> {
        self.given
            .iter()
            .filter(|(parameter, _)| parameter.name == name)
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|value| !value.is_empty())
            .collect()
    }

    /// The language of labels.
    ///
    /// # Errors
    /// When it is none of the service's.
    pub fn language(&self) -> Result<Language, ApiError> {
        Ok(self.word("lang", &["kk", "ru", "en"])?.unwrap_or(Language::Kk))
    }

    /// One of a few words, read as the type that serialises to them.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn word<T: DeserializeOwned>(
        &self,
        name: &'static str,
        words: &'static [&'static str],
    ) -> Result<Option<T>, ApiError> {
        self.one(name).map(|found| read_word(name, found, words)).transpose()
    }

    /// Several of a few words.
    ///
    /// # Errors
    /// When one is none of them.
    pub fn words<T: DeserializeOwned>(
        &self,
        name: &'static str,
        words: &'static [&'static str],
    ) -> Result<Vec<T>, ApiError> {
        self.list(name).into_iter().map(|found| read_word(name, found, words)).collect()
    }

    /// A reference year.
    ///
    /// # Errors
    /// When it is no year.
    pub fn year(&self, name: &'static str) -> Result<Option<i16>, ApiError> {
        let Some(found) = self.one(name) else { return Ok(None) };
        match found.parse() {
            Ok(TimePeriod::Year(year)) => Ok(Some(year)),
            _ => Err(bad(name, "a reference year, YYYY", found)),
        }
    }

    /// A year, quarter or month.
    ///
    /// # Errors
    /// When it is none.
    pub fn period(&self, name: &'static str) -> Result<Option<TimePeriod>, ApiError> {
        self.one(name).map(|found| read_period(name, found)).transpose()
    }

    /// A day.
    ///
    /// # Errors
    /// When it is none.
    pub fn date(&self, name: &'static str) -> Result<Option<Date>, ApiError> {
        let Some(found) = self.one(name) else { return Ok(None) };
        read_day(found).map(Some).ok_or_else(|| {
            bad(name, "a day, YYYY-MM-DD, or a moment of it, YYYY-MM-DDThh:mm:ss with or without Z or ±hh:mm", found)
        })
    }

    /// A whole number.
    ///
    /// # Errors
    /// When it is none, or outside its bounds.
    pub fn integer(&self, name: &'static str, least: u32, most: u32) -> Result<Option<u32>, ApiError> {
        let Some(found) = self.one(name) else { return Ok(None) };
        let plain = found.bytes().all(|byte| byte.is_ascii_digit());
        found
            .parse()
            .ok()
            .filter(|number| plain && (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| bad(name, &format!("a whole number from {least} to {most}"), found))
    }

    /// The panel, where one is given.
    ///
    /// # Errors
    /// When it is none.
    pub fn panel(&self) -> Result<Option<Panel>, ApiError> {
        self.word("panel", PANELS)
    }

    /// Areas, each checked against the code list.
    ///
    /// # Errors
    /// When one is not in it.
    pub fn areas(&self, view: &View) -> Result<Vec<AreaCode>, ApiError> {
        self.list("area")
            .into_iter()
            .map(|found| match view.area(found) {
                Some(area) => Ok(area.code.clone()),
                None => Err(ApiError::UnknownCode {
                    name: "area",
                    list: "/api/v1/areas",
                    found: found.to_owned(),
                    did_you_mean: near_areas(view, found),
                }),
            })
            .collect()
    }
}

/// The codes of the panels.
pub const PANELS: &[&str] = &["regions", "countries"];

/// Codes of areas that look like the text, by code or by name.
#[must_use]
pub fn near_areas(view: &View, found: &str) -> Vec<String> {
    near(
        found,
        view.areas
            .iter()
            .map(|area| Candidate { code: area.code.as_str(), names: [&area.name.kk, &area.name.ru, &area.name.en] }),
    )
}

/// A day, or the day that stands in a moment: figures are counted by the days on which they came in, so neither the time
/// nor the zone of a moment changes the answer. SDMX asks by moments.
fn read_day(found: &str) -> Option<Date> {
    let Some((day, _)) = found.split_once('T') else { return found.parse().ok() };
    // A plus sign that was not encoded arrives as a space.
    let moment = found.replace(' ', "+");
    let is_moment = moment.parse::<Timestamp>().is_ok() || moment.parse::<DateTime>().is_ok();
    day.parse().ok().filter(|_| is_moment)
}

/// Reads a period.
///
/// # Errors
/// When it is none.
pub fn read_period(name: &'static str, found: &str) -> Result<TimePeriod, ApiError> {
    found.parse().map_err(|_unparsed| bad(name, "YYYY, YYYY-Qn or YYYY-MM between 1900 and 2199", found))
}

/// A refusal of a value.
#[must_use]
pub fn bad(name: &'static str, expected: &str, found: &str) -> ApiError {
    ApiError::BadParameter { name, expected: expected.to_owned(), found: found.to_owned(), did_you_mean: Vec::new() }
}

fn read_word<T: DeserializeOwned>(
    name: &'static str,
    found: &str,
    words: &'static [&'static str],
) -> Result<T, ApiError> {
    let refuse = || ApiError::BadParameter {
        name,
        expected: format!("one of {}", words.join(", ")),
        found: found.to_owned(),
        did_you_mean: near(found, words.iter().map(|word| Candidate { code: word, names: [""; 3] })),
    };
    if !words.contains(&found) {
        return Err(refuse());
    }
    let deserializer: StrDeserializer<'_, ValueError> = found.into_deserializer();
    T::deserialize(deserializer).map_err(|_unknown| refuse())
}

fn decode(text: &str, pair: &str) -> Result<String, ApiError> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_invalid| ApiError::QueryEncoding { found: pair.to_owned() })
}
