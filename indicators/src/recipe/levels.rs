//! One choice for all levels, or one for each. What is chosen is not this module's matter.

#[cfg(feature = "schema")]
use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::WeightRule;

/// One choice for all levels of groups, or one per level from the bottom: the first is for groups
/// of indicators, the second for groups of those, and so on to the index.
#[derive(Debug, Clone, PartialEq)]
pub enum PerLevel<T> {
    /// The same at every level.
    All(T),
    /// One for each level of groups, from the bottom.
    Each(Vec<T>),
}

impl<T> PerLevel<T> {
    /// The choice for groups of a level (2 is the lowest), if the list reaches so far.
    #[must_use]
    pub fn at(&self, level: usize) -> Option<&T> {
        match self {
            Self::All(choice) => Some(choice),
            Self::Each(choices) => choices.get(level.checked_sub(2)?),
        }
    }
}

impl PerLevel<WeightRule> {
    pub(super) fn given_weights() -> Self {
        Self::All(WeightRule::Given {})
    }

    pub(super) fn is_given_weights(&self) -> bool {
        *self == Self::given_weights()
    }
}

impl<T: Serialize> Serialize for PerLevel<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All(choice) => choice.serialize(serializer),
            Self::Each(choices) => choices.serialize(serializer),
        }
    }
}

struct LevelsVisitor<T>(PhantomData<T>);

// A visitor rather than an untagged enum, so that an error names the unknown method or field.
impl<'de, T: Deserialize<'de>> Visitor<'de> for LevelsVisitor<T> {
    type Value = PerLevel<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("one choice for all levels, or a list with one per level from the bottom")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(PerLevel::All)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(list)).map(PerLevel::Each)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(PerLevel::All)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(PerLevel::All)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        T::deserialize(number.into_deserializer()).map(PerLevel::All)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PerLevel<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LevelsVisitor(PhantomData))
    }
}

#[cfg(feature = "schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for PerLevel<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}PerLevel", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<T>();
        schemars::json_schema!({
            "description": "One choice for all levels, or a list with one per level of groups from the bottom.",
            "anyOf": [one, {"type": "array", "items": one, "minItems": 1}]
        })
    }
}
