//! Finding regions, criteria, indicators and platforms by name, as people write them: in Kazakh, Russian or
//! English, in Cyrillic or Latin letters, with slips, or with the keyboard in the other language.
//!
//! Names and words are brought to one rough spelling ([`rough`]) in which the usual romanisations of
//! a name fall together (Жамбыл, Zhambyl, Jambyl); what remains is told apart by edit distance.

use indicators::code::{AreaCode, CriterionCode, DataflowId, IndicatorCode};
use indicators::definition::Panel;
use indicators::text::Language;
use strsim::normalized_damerau_levenshtein;

use crate::data::Site;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// A region, or the country.
    Region(AreaCode),
    /// A criterion.
    Criterion(CriterionCode),
    /// An indicator of a panel.
    Indicator(Panel, IndicatorCode),
    /// A learning platform by its name, with the dataflow that measures it.
    Platform(String, DataflowId),
}

/// Below this a name is not what was meant.
const ENOUGH: f64 = 0.68;
/// A slip in a shorter word makes another word.
const SHORTEST_WITH_SLIPS: usize = 4;
/// How alike two words must be for one to be a slip of the other.
const ALIKE: f64 = 0.7;
/// Most that is shown.
const MOST: usize = 20;

/// What is like the words, best first.
pub(crate) fn find(site: &Site<'_>, words: &str) -> Vec<Found> {
    let entries = entries(site);
    let found = ranked(&entries, words);
    if found.is_empty() { ranked(&entries, &other_keyboard(words)) } else { found }
}

/// Something with the words it is known by.
struct Entry {
    found: Found,
    words: Vec<String>,
}

fn entries(site: &Site<'_>) -> Vec<Entry> {
    let country = &site.framework.country;
    let areas = site.areas.iter().filter(|area| area.parent.as_ref() == Some(country) || area.code == *country);
    let areas = areas.map(|area| {
        let short = site.geography.areas.get(area.code.as_str()).map(|shape| &shape.short);
        let names = Language::ALL.into_iter().flat_map(|language| {
            [Some(area.name.get(language)), short.map(|short| short.get(language))].into_iter().flatten()
        });
        Entry { words: spelled(names.chain([area.code.as_str()])), found: Found::Region(area.code.clone()) }
    });
    let criteria = site.criteria.iter().map(|criterion| Entry {
        words: spelled(Language::ALL.map(|language| criterion.name.get(language)).into_iter()),
        found: Found::Criterion(criterion.code.clone()),
    });
    let indicators = site.indicators.iter().map(|indicator| Entry {
        words: spelled(Language::ALL.map(|language| indicator.name.get(language)).into_iter()),
        found: Found::Indicator(indicator.panel, indicator.code.clone()),
    });
    let platforms = site.platforms.iter().map(|(name, dataflow)| Entry {
        words: spelled([name.as_str()].into_iter()),
        found: Found::Platform(name.clone(), dataflow.clone()),
    });
    areas.chain(criteria).chain(indicators).chain(platforms).collect()
}

fn spelled<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut words: Vec<String> = names.flat_map(parts).collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// The words of a text in the rough spelling. One letter, or one again and again, names nothing: "и", "к", "qqqq".
fn parts(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric()).map(rough);
    words.filter(|word| word.chars().nth(1).is_some()).collect()
}

fn ranked(entries: &[Entry], words: &str) -> Vec<Found> {
    let wanted = parts(words);
    if wanted.is_empty() {
        return Vec::new();
    }
    // A word of many names (region, share, internet) says less than a word of one.
    let weights: Vec<f64> = wanted
        .iter()
        .map(|word| {
            let known = entries.iter().filter(|entry| entry.words.iter().any(|other| likeness(word, other) > 0.9));
            1.0 / f64::from(u32::try_from(known.count().max(1)).unwrap_or(u32::MAX)).sqrt()
        })
        .collect();
    let total: f64 = weights.iter().sum();
    let mut found: Vec<(f64, &Entry)> = entries
        .iter()
        .filter_map(|entry| {
            let sum: f64 = wanted
                .iter()
                .zip(&weights)
                .map(|(word, weight)| {
                    weight * entry.words.iter().map(|other| likeness(word, other)).fold(0.0, f64::max)
                })
                .sum();
            (sum / total >= ENOUGH).then_some((sum / total, entry))
        })
        .collect();
    found.sort_by(|(left, _), (right, _)| right.total_cmp(left));
    found.into_iter().take(MOST).map(|(_, entry)| entry.found.clone()).collect()
}

/// How well a word that somebody wrote stands for a word of a name, 0 to 1.
fn likeness(word: &str, name: &str) -> f64 {
    if word == name {
        return 1.0;
    }
    let length = word.chars().count();
    if length >= 2 && name.starts_with(word) {
        return 0.95;
    }
    if length < SHORTEST_WITH_SLIPS {
        return 0.0;
    }
    if name.contains(word) {
        return 0.85;
    }
    // A word not yet finished may hold a slip too, and endings differ by case.
    let beginning: String = name.chars().take(length).collect();
    let alike = normalized_damerau_levenshtein(word, name).max(0.97 * normalized_damerau_levenshtein(word, &beginning));
    if alike >= ALIKE { alike } else { 0.0 }
}

/// The rough spelling of a word: Latin letters without the distinctions that romanisations disagree
/// about.
fn rough(word: &str) -> String {
    let mut latin = String::with_capacity(word.len());
    for letter in word.chars().flat_map(char::to_lowercase) {
        match letter {
            'а' | 'ә' | 'ä' | 'á' => latin.push('a'),
            'б' => latin.push('b'),
            'в' | 'w' => latin.push('v'),
            'г' | 'ғ' | 'ğ' => latin.push('g'),
            'д' => latin.push('d'),
            'е' | 'ё' | 'э' | 'é' => latin.push('e'),
            'ж' => latin.push('j'),
            'з' => latin.push('z'),
            'и' | 'й' | 'ы' | 'і' | 'y' | 'ı' | 'í' => latin.push('i'),
            'к' | 'қ' | 'q' | 'c' => latin.push('k'),
            'л' => latin.push('l'),
            'м' => latin.push('m'),
            'н' | 'ң' | 'ñ' => latin.push('n'),
            'о' | 'ө' | 'ö' | 'ó' => latin.push('o'),
            'п' => latin.push('p'),
            'р' => latin.push('r'),
            'с' | 'ш' | 'щ' | 'ş' => latin.push('s'),
            'т' => latin.push('t'),
            'у' | 'ұ' | 'ү' | 'ü' | 'ū' | 'ú' => latin.push('u'),
            'ф' => latin.push('f'),
            'х' | 'һ' => latin.push('h'),
            'ц' => latin.push_str("ts"),
            'ч' => latin.push_str("ch"),
            'ю' => latin.push_str("iu"),
            'я' => latin.push_str("ia"),
            'x' => latin.push_str("ks"),
            'ь' | 'ъ' | '\'' => {}
            other => latin.push(other),
        }
    }
    // Digraphs of romanisations. A Latin "ch" has become "kh" by now, like the letter х.
    let mut rough = latin;
    for (written, meant) in [("zh", "j"), ("dj", "j"), ("sh", "s"), ("ch", "h"), ("kh", "h"), ("gh", "g"), ("ph", "f")]
    {
        rough = rough.replace(written, meant);
    }
    let mut previous = None;
    rough.retain(|letter| {
        let is_new = previous != Some(letter);
        previous = Some(letter);
        is_new
    });
    rough
}

/// The same keys of the keyboard in the other script.
fn other_keyboard(words: &str) -> String {
    const LATIN: &str = "qwertyuiop[]asdfghjkl;'zxcvbnm,.";
    const CYRILLIC: &str = "йцукенгшщзхъфывапролджэячсмитьбю";
    words
        .to_lowercase()
        .chars()
        .map(|key| {
            let pair = LATIN.chars().zip(CYRILLIC.chars()).find(|(latin, cyrillic)| *latin == key || *cyrillic == key);
            pair.map_or(key, |(latin, cyrillic)| if latin == key { cyrillic } else { latin })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fall_together() {
        for spellings in [
            &["Жамбыл", "Zhambyl", "Jambyl", "Žambyl", "жамбыл"][..3],
            &["Алматы", "Almaty", "алматы"],
            &["Қызылорда", "Кызылорда", "Qyzylorda", "Kyzylorda"],
            &["Жетісу", "Жетысу", "Zhetysu", "Jetisu"],
            &["Шымкент", "Shymkent", "Şymkent"],
            &["Ұлытау", "Улытау", "Ulytau"],
            &["Ақмола", "Акмола", "Akmola", "Aqmola"],
            &["Көкшетау", "Кокшетау", "Kokshetau"],
        ] {
            let all: Vec<String> = spellings.iter().map(|word| rough(word)).collect();
            assert!(all.iter().all(|word| *word == all[0]), "{spellings:?} {all:?}");
        }
        assert_ne!(rough("Абай"), rough("Атырау"));
    }

    #[test]
    fn slips_are_forgiven_and_other_words_are_not() {
        let like = |word: &str, name: &str| likeness(&rough(word), &rough(name));
        for (word, name) in [
            ("Астан", "Астана"),
            ("Астнаа", "Астана"),
            ("Карганда", "Карагандинская"),
            ("Павлодарь", "Павлодарская"),
            ("Mangistay", "Маңғыстау"),
            ("интернт", "интернет"),
        ] {
            assert!(like(word, name) >= ENOUGH, "{word} {name} {}", like(word, name));
        }
        for (word, name) in [("Астана", "Атырау"), ("Абай", "Алматы"), ("интернет", "инвестиции"), ("а", "Астана")]
        {
            assert!(like(word, name) < ENOUGH, "{word} {name} {}", like(word, name));
        }
    }

    #[test]
    fn one_letter_is_no_word() {
        assert_eq!(parts("Доступ к интернету, qqqq"), ["dostup", "internetu"]);
        assert_eq!(parts("KZ-71"), ["kz", "71"]);
    }

    #[test]
    fn the_keyboard_may_be_in_the_other_language() {
        assert_eq!(other_keyboard("fcnfyf"), "астана");
        assert_eq!(other_keyboard("фыефтф"), "astana");
    }
}
