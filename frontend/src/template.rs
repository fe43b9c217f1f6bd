//! Finished sentences with places left open: what a script may fill in without knowing the language.
//! The sentences themselves come from the locale files, with braces where a name or number goes.

/// Puts names and numbers where the braces are.
#[must_use]
pub fn filled(words: &str, fillings: &[(&str, &str)]) -> String {
    fillings.iter().fold(words.to_owned(), |text, (name, filling)| text.replace(&format!("{{{name}}}"), filling))
}

/// A place left open, to be given to a message instead of a value.
#[must_use]
pub fn open(name: &str) -> String {
    format!("{{{name}}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_is_filled() {
        let words = format!("{}: {}, {}", open("area"), open("score"), open("area"));
        assert_eq!(filled(&words, &[("area", "Abai"), ("score", "41.2")]), "Abai: 41.2, Abai");
        assert_eq!(filled("nothing", &[("area", "Abai")]), "nothing");
    }
}
