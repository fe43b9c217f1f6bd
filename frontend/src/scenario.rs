//! A reader's own method: [`Scenario`], what she changed about weights, normalisation, aggregation
//! and substitutes, as it stands in the query of the address.
//!
//! The same code answers on the server, for a form without scripts, and in the browser, for a
//! slider: [`ground`] is what there is to compute from, [`outcome`] what comes of it, [`picture`]
//! how it is drawn. The mathematics is all in `indicators`; nothing here is ever published.

pub mod ground;
pub mod outcome;
pub mod picture;

use std::collections::BTreeMap;
use std::fmt::Write;

use indicators::code::CriterionCode;
use indicators::recipe::{Aggregate, Normalise, Outside, PerLevel, Recipe, Ties};
use serde::{Deserialize, Serialize};

/// How much a criterion counts: [`Points::PUBLISHED`] is as much as in the official index, 0 not at
/// all, [`Points::MOST`] twice as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Points(u8);

impl Points {
    /// As in the official index.
    pub const PUBLISHED: Self = Self(10);
    /// Twice the official weight.
    pub const MOST: Self = Self(20);

    /// Reads a whole number; what is above the most counts as the most.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(|points: u8| Self(points.min(Self::MOST.0)))
    }

    /// The number on the slider.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// What the official weight is multiplied by.
    #[must_use]
    pub fn factor(self) -> f64 {
        f64::from(self.0) / f64::from(Self::PUBLISHED.0)
    }
}

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            /// All of them, the published one first.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in an address.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// Reads a code.
            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.code() == code)
            }
        }
    };
}

choice! {
    /// How values become comparable.
    Normalising {
        /// Between the fixed goalposts of the framework.
        #[default]
        Goalposts = "goalposts",
        /// Between the worst and the best region.
        MinMax = "min_max",
        /// Standard scores with mean 50 and standard deviation 10.
        ZScore = "z_score",
        /// The share of regions that are not better.
        PercentileRank = "percentile_rank",
    }
}

choice! {
    /// How scores become one.
    Aggregating {
        /// A good score makes up for a bad one.
        #[default]
        Arithmetic = "arithmetic",
        /// It does so in part.
        Geometric = "geometric",
        /// It hardly does.
        Harmonic = "harmonic",
    }
}

choice! {
    /// Which values may stand in for one that is not published.
    Substitutes {
        /// That of the former region and the national one.
        #[default]
        All = "all",
        /// Only that of the former region.
        Former = "former",
        /// None: what is not published stays missing.
        None = "none",
    }
}

/// What a reader changed about the method. The default is the official index.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Scenario {
    points: BTreeMap<CriterionCode, Points>,
    /// How values become comparable.
    pub normalising: Normalising,
    /// How scores become one.
    pub aggregating: Aggregating,
    /// Which values may stand in.
    pub substitutes: Substitutes,
}

/// What the name of a criterion's weight begins with in an address.
const WEIGHT: &str = "w_";

impl Scenario {
    /// Whether nothing was changed.
    #[must_use]
    pub fn is_published(&self) -> bool {
        *self == Self::default()
    }

    /// How much a criterion counts.
    #[must_use]
    pub fn points(&self, criterion: &CriterionCode) -> Points {
        self.points.get(criterion).copied().unwrap_or(Points::PUBLISHED)
    }

    /// Lets a criterion count more or less.
    pub fn set_points(&mut self, criterion: CriterionCode, points: Points) {
        if points == Points::PUBLISHED {
            self.points.remove(&criterion);
        } else {
            self.points.insert(criterion, points);
        }
    }

    /// Takes in one pair of a query; `false` when it is about something else. What is malformed
    /// counts as not changed.
    pub fn take(&mut self, name: &str, value: &str) -> bool {
        if let Some(code) = name.strip_prefix(WEIGHT) {
            if let (Ok(code), Some(points)) = (code.parse(), Points::read(value)) {
                self.set_points(code, points);
            }
            return true;
        }
        match name {
            "normalise" => self.normalising = Normalising::from_code(value).unwrap_or_default(),
            "aggregate" => self.aggregating = Aggregating::from_code(value).unwrap_or_default(),
            "substitutes" => self.substitutes = Substitutes::from_code(value).unwrap_or_default(),
            _ => return false,
        }
        true
    }

    /// Forgets weights of criteria that are not known.
    #[must_use]
    pub fn only(mut self, is_known: impl Fn(&CriterionCode) -> bool) -> Self {
        self.points.retain(|criterion, _| is_known(criterion));
        self
    }

    /// The changes as pairs of a query, in one order, each followed by `&`.
    #[must_use]
    pub fn pairs(&self) -> String {
        let mut pairs = String::new();
        for (criterion, points) in &self.points {
            // Writing into a String cannot fail.
            let _ = write!(pairs, "{WEIGHT}{criterion}={}&", points.number());
        }
        let choices = [
            ("normalise", self.normalising.code(), Normalising::default().code()),
            ("aggregate", self.aggregating.code(), Aggregating::default().code()),
            ("substitutes", self.substitutes.code(), Substitutes::default().code()),
        ];
        for (name, code, _) in choices.into_iter().filter(|(_, code, published)| code != published) {
            let _ = write!(pairs, "{name}={code}&");
        }
        pairs
    }

    /// The name of a criterion's weight in a form.
    #[must_use]
    pub fn field(criterion: &CriterionCode) -> String {
        format!("{WEIGHT}{criterion}")
    }

    /// The steps of the computation.
    ///
    /// Where scores are multiplied or divided they begin at 1, as in the robustness of a release, so
    /// that one worst value does not make a whole index zero.
    #[must_use]
    pub fn recipe(&self) -> Recipe {
        let (aggregate, lower) = match self.aggregating {
            Aggregating::Arithmetic => (Aggregate::Arithmetic {}, 0.0),
            Aggregating::Geometric => (Aggregate::Geometric {}, 1.0),
            Aggregating::Harmonic => (Aggregate::Harmonic {}, 1.0),
        };
        let upper = 100.0;
        let normalise = match self.normalising {
            Normalising::Goalposts => Normalise::Goalposts { lower, upper, outside: Outside::Clip },
            Normalising::MinMax => Normalise::MinMax { lower, upper },
            Normalising::ZScore => Normalise::ZScore { mean: 50.0, standard_deviation: 10.0 },
            Normalising::PercentileRank => Normalise::PercentileRank { ties: Ties::Min, lower, upper },
        };
        Recipe { normalise, aggregate: PerLevel::All(aggregate), ..Recipe::published() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Scenario {
        let mut scenario = Scenario::default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            scenario.take(name, value);
        }
        scenario
    }

    #[test]
    fn changes_are_read_and_written_in_one_order() {
        for (query, written) in [
            ("", ""),
            ("w_investment=10&normalise=goalposts&aggregate=arithmetic&substitutes=all", ""),
            ("w_investment=20&w_edtech_market=0", "w_edtech_market=0&w_investment=20&"),
            ("w_investment=99", "w_investment=20&"),
            ("w_investment=-1&w_=3&w_a b=3&normalise=other&unknown=1", ""),
            (
                "substitutes=none&normalise=min_max&aggregate=harmonic",
                "normalise=min_max&aggregate=harmonic&substitutes=none&",
            ),
        ] {
            assert_eq!(read(query).pairs(), written, "{query}");
            assert_eq!(read(query).is_published(), written.is_empty(), "{query}");
            assert_eq!(read(&read(query).pairs()), read(query), "{query}");
        }
    }

    #[test]
    fn criteria_that_are_not_known_are_forgotten() {
        let scenario = read("w_investment=5&w_other=5").only(|code| code.as_str() == "investment");
        assert_eq!(scenario.pairs(), "w_investment=5&");
    }

    #[test]
    fn nothing_changed_is_the_published_recipe() {
        assert_eq!(Scenario::default().recipe(), Recipe::published());
    }
}
