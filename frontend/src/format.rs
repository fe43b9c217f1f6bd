//! Numbers, units and dates for people, by language. Never used for JSON or CSV.
//!
//! The rules are Unicode's (ICU4X): Kazakh and Russian write a decimal comma and a no-break space
//! between groups, English a point and a comma. Rounding happens here and only here.

use icu_calendar::{Date as CalendarDate, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter;
use icu_datetime::fieldsets::{YM, YMD};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_decimal::options::{DecimalFormatterOptions, GroupingStrategy};
use icu_locale_core::locale;
use indicators::definition::UnitOfMeasure;
use indicators::observation::TimePeriod;
use indicators::text::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use crate::charts::axis::NumberMarks;

/// How a language writes numbers and dates.
pub(crate) struct Formats {
    language: Language,
    decimal: Option<DecimalFormatter>,
    day: Option<FixedCalendarDateTimeFormatter<Gregorian, YMD>>,
    month: Option<FixedCalendarDateTimeFormatter<Gregorian, YM>>,
}

/// A true minus sign.
const MINUS: char = '\u{2212}';
/// Behind a value that is not a place's own of the period.
const SIGNS: [char; 3] = ['\u{2020}', '\u{2021}', '*'];
/// Keeps a number and its unit on one line.
const NO_BREAK: char = '\u{a0}';

impl Formats {
    /// The formats of a language, from the data compiled in. A language without data falls back to
    /// plain forms; the test below shows that ours have them.
    pub(crate) fn of(language: Language) -> Self {
        let locale = match language {
            Language::Kk => locale!("kk"),
            Language::Ru => locale!("ru"),
            Language::En => locale!("en-GB"),
        };
        let mut options = DecimalFormatterOptions::default();
        // Four digits read well without a gap, five do not.
        options.grouping_strategy = Some(GroupingStrategy::Min2);
        Self {
            language,
            decimal: DecimalFormatter::try_new(locale.clone().into(), options).ok(),
            day: FixedCalendarDateTimeFormatter::try_new(locale.clone().into(), YMD::long()).ok(),
            month: FixedCalendarDateTimeFormatter::try_new(locale.into(), YM::long()).ok(),
        }
    }

    /// A number with a fixed count of decimals.
    pub(crate) fn number(&self, value: f64, decimals: u8) -> String {
        // Rounded once, here; "-0.0" is zero.
        let plain = format!("{:.*}", usize::from(decimals), value.abs());
        let negative = value < 0.0 && plain.bytes().any(|digit| matches!(digit, b'1'..=b'9'));
        let written = match (&self.decimal, plain.parse::<Decimal>()) {
            (Some(formatter), Ok(decimal)) => formatter.format(&decimal).to_string(),
            _ => plain,
        };
        if negative { format!("{MINUS}{written}") } else { written }
    }

    /// A score: one decimal.
    pub(crate) fn score(&self, value: f64) -> String {
        self.number(value, 1)
    }

    /// A whole number.
    pub(crate) fn count(&self, count: u64) -> String {
        match &self.decimal {
            Some(formatter) => formatter.format(&Decimal::from(count)).to_string(),
            None => count.to_string(),
        }
    }

    /// A share of one as a whole percentage.
    pub(crate) fn share(&self, share: f64) -> String {
        self.percent(&self.number(share * 100.0, 0))
    }

    fn percent(&self, number: &str) -> String {
        match self.language {
            Language::En => format!("{number}%"),
            Language::Kk | Language::Ru => format!("{number}{NO_BREAK}%"),
        }
    }

    /// A value with its unit.
    pub(crate) fn value(&self, value: f64, decimals: u8, unit: &UnitOfMeasure) -> String {
        let number = self.number(value, decimals);
        match unit.code.as_str() {
            "PT" => self.percent(&number),
            // An index has no unit to speak of.
            "IX" => number,
            _ => {
                let unit = unit.name.get(self.language);
                // "11.1 100 people" would read as one number.
                if unit.starts_with(|first: char| first.is_ascii_digit()) {
                    format!("{number} ({unit})")
                } else {
                    format!("{number}{NO_BREAK}{unit}")
                }
            }
        }
    }

    /// A value where its unit is said beside it: only the sign of a share stays.
    pub(crate) fn value_under_unit(&self, value: f64, decimals: u8, unit: &UnitOfMeasure) -> String {
        if unit.code.as_str() == "PT" { self.value(value, decimals, unit) } else { self.number(value, decimals) }
    }

    /// The unit as it stands behind the ticks of an axis; empty when it is too long for that.
    pub(crate) fn tick_unit(&self, unit: &UnitOfMeasure) -> String {
        match (unit.code.as_str(), self.language) {
            ("PT", Language::En) => "%".to_owned(),
            ("PT", _) => format!("{NO_BREAK}%"),
            _ => String::new(),
        }
    }

    /// The signs of numbers, for the ticks of charts.
    pub(crate) const fn marks(&self) -> NumberMarks {
        match self.language {
            Language::Kk | Language::Ru => NumberMarks::COMMA,
            Language::En => NumberMarks::POINT,
        }
    }

    /// A number in the words of the language as machines read it: a decimal point, no groups, a plain minus, no unit. The
    /// sign of what a value rests on stays behind it, and what does not begin with a number is left as it is.
    pub(crate) fn plain(&self, words: &str) -> String {
        let unsigned = words.strip_prefix(MINUS).unwrap_or(words);
        let (decimal, group) = match self.language {
            Language::Kk | Language::Ru => (',', NO_BREAK),
            Language::En => ('.', ','),
        };
        let mut number = String::new();
        let mut letters = unsigned.char_indices().peekable();
        let mut end = 0;
        while let Some((at, letter)) = letters.next() {
            let goes_on = letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            match letter {
                '0'..='9' => number.push(letter),
                _ if letter == decimal && goes_on && !number.is_empty() && !number.contains('.') => number.push('.'),
                _ if letter == group && goes_on && !number.is_empty() && !number.contains('.') => {}
                _ => break,
            }
            end = at + letter.len_utf8();
        }
        if number.is_empty() {
            return words.to_owned();
        }
        let minus = if unsigned.len() < words.len() { "-" } else { "" };
        let rest = unsigned.get(end..).unwrap_or_default();
        let is_unit = rest.starts_with([NO_BREAK, '%']) || rest.starts_with(" (");
        let rest = if is_unit { rest.trim_start_matches(|letter| !SIGNS.contains(&letter)) } else { rest };
        format!("{minus}{number}{rest}")
    }

    /// A day.
    pub(crate) fn day(&self, day: Date) -> String {
        let date = CalendarDate::try_new_gregorian(i32::from(day.year()), unsigned(day.month()), unsigned(day.day()));
        match (&self.day, date) {
            (Some(formatter), Ok(date)) => formatter.format(&date).to_string(),
            _ => day.to_string(),
        }
    }

    /// A moment, in the time of Kazakhstan (UTC+5 since 1 March 2024), to the minute.
    pub(crate) fn moment(&self, moment: Timestamp) -> String {
        let local = moment.to_zoned(TimeZone::fixed(Offset::constant(5)));
        format!("{}, {:02}:{:02}", self.day(local.date()), local.hour(), local.minute())
    }

    /// A period as it stands beside a value.
    pub(crate) fn period(&self, period: TimePeriod) -> String {
        match period {
            TimePeriod::Year(year) => year.to_string(),
            TimePeriod::Quarter(year, quarter) => {
                format!("{year}, {}", ["I", "II", "III", "IV"][quarter_index(quarter)])
            }
            TimePeriod::Month(year, month) => {
                let date = CalendarDate::try_new_gregorian(i32::from(year), month, 1);
                match (&self.month, date) {
                    (Some(formatter), Ok(date)) => formatter.format(&date).to_string(),
                    _ => period.to_string(),
                }
            }
        }
    }
}

fn unsigned(part: i8) -> u8 {
    u8::try_from(part).unwrap_or(1)
}

fn quarter_index(quarter: u8) -> usize {
    usize::from(quarter.clamp(1, 4)) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_language() {
        for (language, value, decimals, expected) in [
            (Language::Kk, 97.3, 1, "97,3"),
            (Language::Ru, 1_234_567.5, 1, "1\u{a0}234\u{a0}567,5"),
            (Language::En, 1_234_567.5, 1, "1,234,567.5"),
            (Language::En, 0.90093, 5, "0.90093"),
            (Language::Kk, -0.04, 1, "0,0"),
            (Language::Ru, -12.34, 1, "\u{2212}12,3"),
            (Language::Ru, 5480.0, 0, "5480"),
        ] {
            assert_eq!(Formats::of(language).number(value, decimals), expected, "{language} {value}");
        }
        assert_eq!(Formats::of(Language::Ru).share(0.834), "83\u{a0}%");
        assert_eq!(Formats::of(Language::En).share(0.834), "83%");
    }

    #[test]
    fn numbers_are_plain_again_for_machines() {
        for language in Language::ALL {
            let formats = Formats::of(language);
            for (value, decimals, expected) in
                [(97.3, 1, "97.3"), (1_234_567.5, 1, "1234567.5"), (-12.34, 1, "-12.3"), (12_345.0, 0, "12345")]
            {
                assert_eq!(formats.plain(&formats.number(value, decimals)), expected, "{language}");
            }
            assert_eq!(formats.plain(&formats.share(0.834)), "83", "{language}");
            for words in ["", "4\u{2013}7", "3=", "2023", "89 people", "\u{2212}", "I, II", "no number: 1,5"] {
                assert_eq!(formats.plain(words), words, "{language}");
            }
        }
        let russian = Formats::of(Language::Ru);
        for (words, expected) in [
            ("89,4\u{2020}", "89.4\u{2020}"),
            ("4,87\u{a0}% \u{412}\u{412}\u{41f}\u{2021}", "4.87\u{2021}"),
            ("1,2 (\u{43d}\u{430} 100 \u{447}\u{435}\u{43b}\u{43e}\u{432}\u{435}\u{43a})", "1.2"),
        ] {
            assert_eq!(russian.plain(words), expected);
        }
    }

    #[test]
    fn dates_follow_the_language() {
        let day = Date::constant(2024, 9, 9);
        for (language, expected) in [
            (Language::Kk, "2024 ж. 9 қыркүйек"),
            (Language::Ru, "9 сентября 2024\u{202f}г."),
            (Language::En, "9 September 2024"),
        ] {
            let written = Formats::of(language).day(day);
            let plain = |text: &str| text.replace(['\u{a0}', '\u{202f}'], " ");
            assert_eq!(plain(&written), plain(expected), "{language}");
        }
        assert_eq!(Formats::of(Language::En).period(TimePeriod::Month(2024, 8)), "August 2024");
    }
}
