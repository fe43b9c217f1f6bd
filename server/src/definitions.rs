//! The definitions the service runs on: areas, framework. Embedded in the binary, checked when
//! read. Dataflows are declared in [`crate::sources`]; nothing here looks at observations.

use indicators::area::{Area, AreaList, AreaListError};
use indicators::definition::{DefinitionError, FrameworkDefinition};
use serde::Deserialize;
use toml::de::Error as TomlError;

const AREAS: &str = include_str!("../definitions/kz/areas.toml");
const COUNTRIES: &str = include_str!("../definitions/countries.toml");
const FRAMEWORK: &str = include_str!("../definitions/kz/framework.toml");

/// A definition file was refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DefinitionsError {
    /// Not the TOML expected.
    #[error("{file}: {source}")]
    Toml {
        /// Which file.
        file: &'static str,
        /// Where and why.
        source: TomlError,
    },
    /// The code list of areas contradicts itself.
    #[error("areas: {0}")]
    Areas(#[from] AreaListError),
    /// The framework contradicts itself.
    #[error("framework.toml: {0}")]
    Framework(#[from] DefinitionError),
}

/// Areas and framework, checked.
#[derive(Debug, Clone)]
pub struct Definitions {
    /// Countries first, then regions, each in the published order.
    pub areas: AreaList,
    /// The framework.
    pub framework: FrameworkDefinition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AreaFile {
    area: Vec<Area>,
}

impl Definitions {
    /// Reads the definitions embedded in the binary.
    ///
    /// # Errors
    /// [`DefinitionsError`] when a file does not parse or contradicts itself.
    pub fn embedded() -> Result<Self, DefinitionsError> {
        Self::read(COUNTRIES, AREAS, FRAMEWORK)
    }

    fn read(countries: &str, areas: &str, framework: &str) -> Result<Self, DefinitionsError> {
        let toml = |file: &'static str| move |source| DefinitionsError::Toml { file, source };
        let countries: AreaFile = toml::from_str(countries).map_err(toml("countries.toml"))?;
        let regions: AreaFile = toml::from_str(areas).map_err(toml("areas.toml"))?;
        let framework: FrameworkDefinition = toml::from_str(framework).map_err(toml("framework.toml"))?;
        framework.check()?;
        let areas = AreaList::new(countries.area.into_iter().chain(regions.area).collect())?;
        Ok(Self { areas, framework })
    }
}

#[cfg(test)]
#[expect(clippy::panic, reason = "tests fail by panicking")]
mod tests {
    use indicators::definition::Panel;

    use super::*;
    use crate::sources::Catalogue;

    #[test]
    fn the_embedded_definitions_are_sound() {
        let definitions = Definitions::embedded().expect("embedded definitions");
        let country = definitions.framework.country.clone();
        assert_eq!(definitions.areas.regions_of(&country, 2023).count(), 20);
        assert_eq!(definitions.areas.regions_of(&country, 2021).count(), 17);
        assert_eq!(definitions.areas.regions_of(&country, 2017).count(), 16);
        assert_eq!(definitions.framework.criteria.len(), 8);
    }

    #[test]
    fn every_series_of_the_framework_is_measured_by_its_dataflow() {
        let definitions = Definitions::embedded().expect("embedded definitions");
        let catalogue = Catalogue::embedded().expect("an embedded catalogue");
        for (id, series) in definitions.framework.inputs() {
            let dataflow = catalogue.find(&id).unwrap_or_else(|| panic!("{id} is not in the catalogue"));
            for key in series {
                assert!(dataflow.indicator(&key.indicator).is_some(), "{id} does not measure {}", key.indicator);
            }
        }
    }

    #[test]
    fn both_panels_make_a_tree() {
        let definitions = Definitions::embedded().expect("embedded definitions");
        for panel in Panel::ALL {
            let tree = definitions.framework.framework(panel).expect("a tree");
            assert_eq!(tree.n_levels(), 3, "{panel:?}");
        }
    }
}
