//! Which versions of an artefact a question asks for, by the rules of SDMX 3.0: three numbers are that version and no
//! other; a plus sign behind one of them is the newest from there on that may differ in what stands behind the sign.

/// A version as three numbers.
type Numbers = [u32; 3];

/// The versions asked for.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a>(&'a str);

impl<'a> Versions<'a> {
    /// Reads the part of an address; nothing asks for the newest.
    #[must_use]
    pub const fn read(text: &'a str) -> Self {
        Self(text)
    }

    /// Which of those there are, oldest first, is asked for.
    #[must_use]
    pub fn takes(&self, version: &str, known: &[&str]) -> bool {
        match self.0 {
            "" | "latest" | "~" | "+" => known.last() == Some(&version),
            "*" | "all" => true,
            some => some.split(',').any(|one| newest(one, known) == Some(version)),
        }
    }
}

/// The newest of those there are that one text asks for.
fn newest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    let (least, free) = read(text)?;
    let is_asked = |version: &Numbers| match free {
        None => *version == least,
        Some(place) => version[..place] == least[..place] && *version >= least,
    };
    known.iter().rev().copied().find(|version| read(version).is_some_and(|(numbers, _)| is_asked(&numbers)))
}

/// The numbers of a version, those left out being zero, and the place of the one that may be greater.
fn read(text: &str) -> Option<(Numbers, Option<usize>)> {
    let mut numbers = Numbers::default();
    let mut free = None;
    for (place, part) in text.split('.').enumerate() {
        let number = match part.strip_suffix(['+', '~']) {
            Some(number) if free.is_none() => {
                free = Some(place);
                number
            }
            Some(_) => return None,
            None => part,
        };
        *numbers.get_mut(place)? = number.parse().ok()?;
    }
    Some((numbers, free))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_chosen_by_the_rules_of_the_standard() {
        fn check(text: &str, expected: &[&str]) {
            const KNOWN: [&str; 4] = ["1.0.0", "1.0.1", "1.1.0", "2.0.0"];
            let taken: Vec<&str> =
                KNOWN.into_iter().filter(|version| Versions::read(text).takes(version, &KNOWN)).collect();
            assert_eq!(taken, expected, "{text:?}");
        }
        for newest in ["", "latest", "~", "+", "1+.0.0", "1+", "2.0.0", "2.0"] {
            check(newest, &["2.0.0"]);
        }
        check("*", &["1.0.0", "1.0.1", "1.1.0", "2.0.0"]);
        check("all", &["1.0.0", "1.0.1", "1.1.0", "2.0.0"]);
        check("1.0.0", &["1.0.0"]);
        check("1.0", &["1.0.0"]);
        check("1.0+.0", &["1.1.0"]);
        check("1.0+", &["1.1.0"]);
        check("1.0.0+", &["1.0.1"]);
        check("1.1.0,1.0.0", &["1.0.0", "1.1.0"]);
        for nothing in ["1.2.0", "3+.0.0", "1.1.1+", "x", "1.0.0.0", "1+.0+.0", "-1"] {
            check(nothing, &[]);
        }
    }
}
