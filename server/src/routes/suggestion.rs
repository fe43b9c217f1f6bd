//! Known codes that look like one that is not known.

/// Texts longer than this are not compared: nobody misspells a code at that length.
const LONGEST: usize = 64;
/// How alike two texts must be, 1 for equal.
const ALIKE: f64 = 0.8;
/// How many are offered.
const MOST: usize = 3;

/// A known code with the names people call it by.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The code.
    pub code: &'a str,
    /// Names, empty where there is none.
    pub names: [&'a str; 3],
}

/// The codes that look like the text, by code or by name, best first.
#[must_use]
pub fn near<'a>(found: &str, candidates: impl Iterator<Item = Candidate<'a>>) -> Vec<String> {
    let found = found.trim().to_lowercase();
    if found.is_empty() || found.chars().count() > LONGEST {
        return Vec::new();
    }
    let mut alike: Vec<(f64, &str)> = candidates
        .map(|candidate| {
            let best = [candidate.code]
                .into_iter()
                .chain(candidate.names)
                .filter(|name| !name.is_empty())
                .map(|name| strsim::jaro_winkler(&found, &name.to_lowercase()))
                .fold(0.0, f64::max);
            (best, candidate.code)
        })
        .filter(|(score, _)| *score >= ALIKE)
        .collect();
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    alike.dedup_by(|a, b| a.1 == b.1);
    alike.into_iter().take(MOST).map(|(_, code)| code.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_codes_are_found_by_case_typo_and_name() {
        let candidates = || {
            [
                Candidate {
                    code: "KZ-61", names: ["Түркістан облысы", "Туркестанская область", "Turkistan Region"]
                },
                Candidate { code: "KZ-71", names: ["Астана", "Астана", "Astana"] },
                Candidate { code: "KZ-75", names: ["Алматы", "Алматы", "Almaty"] },
            ]
            .into_iter()
        };
        let first = |found: &str| near(found, candidates()).first().cloned();
        assert_eq!(first("kz-61").as_deref(), Some("KZ-61"));
        assert_eq!(first("turkistan").as_deref(), Some("KZ-61"));
        assert_eq!(first("астана").as_deref(), Some("KZ-71"));
        assert_eq!(first("Almatty").as_deref(), Some("KZ-75"));
        assert_eq!(first("zzzzzzzz"), None);
        assert_eq!(first(""), None);
        assert_eq!(first(&"k".repeat(1000)), None);
    }
}
