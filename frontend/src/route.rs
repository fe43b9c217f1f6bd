//! The addresses of the pages: [`Page`] ⇄ path. The server mounts them; pages link by them.

use form_urlencoded::{byte_serialize, parse};
use indicators::code::{AreaCode, CriterionCode, IndicatorCode};
use indicators::definition::Panel;
use indicators::text::Language;

use crate::selection::Selection;

/// A page of the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Page {
    /// Map, ranking, heat table, trend.
    Overview,
    /// One region.
    Region(AreaCode),
    /// One criterion over all regions.
    Criterion(CriterionCode),
    /// One indicator over all areas of its panel.
    Indicator(Panel, IndicatorCode),
    /// Two to five regions side by side.
    Compare,
    /// The index under the reader's own weights.
    Weights,
    /// The country among its peers.
    Countries,
    /// Where the data come from and how fresh they are.
    Sources,
    /// How the index is made.
    Method,
    /// Who stands behind it; licences and attributions.
    About,
    /// What changed from one reference year to the next, and why.
    Releases,
    /// Every dataset in every format.
    Downloads,
    /// Regions, criteria and indicators whose names are like the words asked for.
    Search(String),
}

impl Page {
    /// Reads a path behind the language, without slashes at its ends: `regions/KZ-71`.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [""] => Some(Self::Overview),
            ["regions", area] => Some(Self::Region(area.parse().ok()?)),
            ["criteria", criterion] => Some(Self::Criterion(criterion.parse().ok()?)),
            ["indicators", panel, indicator] => {
                let panel = Panel::ALL.into_iter().find(|known| known.code() == *panel)?;
                Some(Self::Indicator(panel, indicator.parse().ok()?))
            }
            ["compare"] => Some(Self::Compare),
            ["weights"] => Some(Self::Weights),
            ["countries"] => Some(Self::Countries),
            ["sources"] => Some(Self::Sources),
            ["method"] => Some(Self::Method),
            ["about"] => Some(Self::About),
            ["releases"] => Some(Self::Releases),
            ["downloads"] => Some(Self::Downloads),
            ["search"] => Some(Self::Search(String::new())),
            _ => None,
        }
    }

    /// Whether the page can show what was known on a day in the past.
    #[must_use]
    pub const fn looks_back(&self) -> bool {
        match self {
            Self::Overview
            | Self::Region(_)
            | Self::Criterion(_)
            | Self::Indicator(..)
            | Self::Compare
            | Self::Countries => true,
            Self::Weights
            | Self::Sources
            | Self::Method
            | Self::About
            | Self::Releases
            | Self::Downloads
            | Self::Search(_) => false,
        }
    }

    /// The path in a language.
    #[must_use]
    pub fn path(&self, language: Language) -> String {
        let rest = match self {
            Self::Overview => String::new(),
            Self::Region(area) => format!("regions/{area}"),
            Self::Criterion(criterion) => format!("criteria/{criterion}"),
            Self::Indicator(panel, indicator) => format!("indicators/{}/{indicator}", panel.code()),
            Self::Compare => "compare".to_owned(),
            Self::Weights => "weights".to_owned(),
            Self::Countries => "countries".to_owned(),
            Self::Sources => "sources".to_owned(),
            Self::Method => "method".to_owned(),
            Self::About => "about".to_owned(),
            Self::Releases => "releases".to_owned(),
            Self::Downloads => "downloads".to_owned(),
            Self::Search(_) => "search".to_owned(),
        };
        format!("/{language}/{rest}")
    }
}

/// The name of the searched words in a query.
pub const SEARCHED: &str = "q";
/// Most characters that are searched for.
const MOST_SEARCHED: usize = 80;

/// The words to search for, from a query.
#[must_use]
pub fn searched(query: &str) -> String {
    let words = parse(query.as_bytes()).find(|(name, _)| name == SEARCHED).map(|(_, words)| words.into_owned());
    words.unwrap_or_default().trim().chars().take(MOST_SEARCHED).collect()
}

/// A page with everything its address says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The page.
    pub page: Page,
    /// The language it is read in.
    pub language: Language,
    /// What the reader chose.
    pub selection: Selection,
}

impl Address {
    /// The address as a link.
    #[must_use]
    pub fn href(&self) -> String {
        let path = self.page.path(self.language);
        match &self.page {
            Page::Search(words) if !words.is_empty() => {
                let words: String = byte_serialize(words.as_bytes()).collect();
                format!("{path}?{SEARCHED}={words}")
            }
            _ => format!("{path}{}", self.selection.query()),
        }
    }

    /// The same page and choice in another language.
    #[must_use]
    pub fn in_language(&self, language: Language) -> Self {
        Self { language, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_words_survive_the_address() {
        for words in ["Алматы", "a&b=c d", "Ұлытау 100%", ""] {
            let page = Page::Search(words.to_owned());
            let href = Address { page, language: Language::Kk, selection: Selection::default() }.href();
            assert_eq!(searched(href.split_once('?').map_or("", |(_, query)| query)), words, "{href}");
        }
        assert_eq!(searched(&format!("q={}", "a".repeat(1000))).len(), MOST_SEARCHED);
    }

    #[test]
    fn pages_are_read_and_written() {
        for path in [
            "",
            "regions/KZ-71",
            "criteria/internet_access",
            "indicators/countries/egdi_osi",
            "compare",
            "weights",
            "countries",
            "sources",
            "method",
            "about",
            "releases",
            "downloads",
            "search",
        ] {
            let page = Page::from_path(path);
            assert_eq!(page.map(|page| page.path(Language::Ru)), Some(format!("/ru/{path}")));
        }
        for path in ["region", "regions", "regions/a b", "indicators/planets/x", "about/us"] {
            assert_eq!(Page::from_path(path), None, "{path}");
        }
    }
}
