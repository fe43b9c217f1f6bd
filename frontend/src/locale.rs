//! Texts of the pages by language: [`Locale`] answers with a finished sentence.
//!
//! Messages are Fluent files in `locales/{kk,ru,en}`; `build.rs` turns their keys into the constants
//! of [`message`] and refuses a key that is missing in a language. Numbers and dates come in as
//! finished text from [`crate::format`], counts as numbers, so that plural forms are chosen by the
//! rules of the language. Names of areas, criteria and indicators are data, not messages.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use indicators::text::Language;
use unic_langid::LanguageIdentifier;

use crate::format::Formats;

/// The key of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Message(&'static str);

/// One constant a message.
pub(crate) mod message {
    use super::Message;

    include!(concat!(env!("OUT_DIR"), "/messages.rs"));
}

/// What a message is filled with.
#[derive(Debug, Clone)]
pub(crate) enum Filling {
    /// A finished text.
    Text(String),
    /// A count that chooses a plural form; shown with the digits of the language.
    Count(usize),
}

impl From<String> for Filling {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Filling {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&str> for Filling {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<usize> for Filling {
    fn from(count: usize) -> Self {
        Self::Count(count)
    }
}

/// A language with its messages and its formats.
pub(crate) struct Locale {
    /// Numbers and dates.
    pub(crate) formats: Formats,
    bundle: FluentBundle<FluentResource>,
}

static LOCALES: LazyLock<[Locale; 3]> = LazyLock::new(|| Language::ALL.map(Locale::read));

impl Locale {
    /// The locale of a language. Read once.
    pub(crate) fn of(language: Language) -> &'static Self {
        let [kk, ru, en] = &*LOCALES;
        match language {
            Language::Kk => kk,
            Language::Ru => ru,
            Language::En => en,
        }
    }

    fn read(language: Language) -> Self {
        let text = match language {
            Language::Kk => message::KK,
            Language::Ru => message::RU,
            Language::En => message::EN,
        };
        // Our tags are well-formed; the empty identifier has the plural rules of no language.
        let identifier: LanguageIdentifier = language.tag().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![identifier]);
        bundle.set_use_isolating(false);
        // The build has parsed the same text; what could be read of it is used in any case.
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        Self { formats: Formats::of(language), bundle }
    }

    /// A message without variables.
    pub(crate) fn say(&self, message: Message) -> String {
        self.write(message, None)
    }

    /// A message with its variables.
    pub(crate) fn fill<const N: usize>(&self, message: Message, fillings: [(&'static str, Filling); N]) -> String {
        let mut arguments = FluentArgs::with_capacity(N);
        for (name, filling) in fillings {
            match filling {
                Filling::Text(text) => arguments.set(name, FluentValue::from(text)),
                Filling::Count(count) => arguments.set(name, FluentValue::from(count)),
            }
        }
        self.write(message, Some(&arguments))
    }

    fn write(&self, message: Message, arguments: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(message.0).and_then(|found| found.value()) else {
            return message.0.to_owned();
        };
        let mut errors = Vec::new();
        self.bundle.format_pattern(pattern, arguments, &mut errors).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plural_forms_follow_the_language() {
        let say = |language, count: usize| Locale::of(language).fill(message::MAX_AGE_YEARS, [("count", count.into())]);
        for (language, count, expected) in [
            (Language::Kk, 1, "1 жыл"),
            (Language::Kk, 20, "20 жыл"),
            (Language::Ru, 1, "1 год"),
            (Language::Ru, 3, "3 года"),
            (Language::Ru, 20, "20 лет"),
            (Language::En, 1, "1 year"),
            (Language::En, 20, "20 years"),
        ] {
            assert_eq!(say(language, count), expected);
        }
    }

    #[test]
    fn every_message_can_be_written_in_every_language() {
        for language in Language::ALL {
            let locale = Locale::of(language);
            assert_ne!(locale.say(message::SITE_NAME), "site-name", "{language}");
        }
    }
}
