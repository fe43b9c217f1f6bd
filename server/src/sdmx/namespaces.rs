//! The namespaces of SDMX-ML 2.1.

/// Namespace of messages.
pub(super) const MESSAGE: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message";
/// Namespace of structures.
pub(super) const STRUCTURE: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure";
/// Namespace of what all messages share.
pub(super) const COMMON: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common";
/// Namespace of generic data.
pub(super) const GENERIC: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic";
/// Namespace of structure-specific data.
pub(super) const SPECIFIC: &str = "http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific";
