//! The names of structures across all services of the world.

use super::structure::Structure;
use super::{AGENCY, CONCEPTS, VERSION};

const BASE: &str = "urn:sdmx:org.sdmx.infomodel";

pub(super) fn dataflow(id: &str) -> String {
    format!("{BASE}.datastructure.Dataflow={AGENCY}:{id}({VERSION})")
}

pub(super) fn data_structure(Structure { id, version, .. }: &Structure) -> String {
    format!("{BASE}.datastructure.DataStructure={AGENCY}:{id}({version})")
}

pub(super) fn code_list(id: &str) -> String {
    format!("{BASE}.codelist.Codelist={AGENCY}:{id}({VERSION})")
}

pub(super) fn code(list: &str, id: &str) -> String {
    format!("{BASE}.codelist.Code={AGENCY}:{list}({VERSION}).{id}")
}

pub(super) fn concept_scheme() -> String {
    format!("{BASE}.conceptscheme.ConceptScheme={AGENCY}:{CONCEPTS}({VERSION})")
}

pub(super) fn concept(id: &str) -> String {
    format!("{BASE}.conceptscheme.Concept={AGENCY}:{CONCEPTS}({VERSION}).{id}")
}
