//! The table of SDMX addresses: parts that may be left out at the end make an address each.

use super::{CSV_1, CSV_2, GENERIC, SPECIFIC, STRUCTURE_JSON, STRUCTURE_XML};
use super::{availability, data, schema, structures};
use crate::error::{ApiError, ErrorCode};
use crate::formats::Format;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Question, Route};
use crate::routes::query::{Kind, Parameter};

const fn segment(name: &'static str, description: &'static str, example: &'static str) -> Parameter {
    Parameter { name, kind: Kind::Token, description, example }
}

const RESOURCE: Parameter = segment(
    "resource",
    "`dataflow`, `datastructure`, `codelist`, `conceptscheme`, `agencyscheme` or `structure` for all.",
    "dataflow",
);
const AGENCY_ID: Parameter = segment("agency", "`SANDYQ`, `all` or `*`.", "SANDYQ");
const ID: Parameter = segment("id", "Identifiers, or `all` or `*`.", "*");
const VERSION_ID: Parameter = segment("version", "`latest`, `~`, `+`, `*` or `1.0.0`.", "1.0.0");
const CONTEXT: Parameter = segment("context", "`dataflow`.", "dataflow");
const FLOW_REFERENCE: Parameter =
    segment("flow", "Identifier, alone or as `SANDYQ,IDENTIFIER,VERSION`.", "BNS_SDG_17_8_1");
const FLOW_ID: Parameter = segment("flow", "Identifier.", "BNS_SDG_17_8_1");
const KEY: Parameter =
    segment("key", "Codes of the dimensions in their order, separated by `.`; `*` or `all` for all.", "*");
const COMPONENT: Parameter = segment("component", "A dimension, or `*`.", "*");
const PROVIDER: Parameter = segment("provider", "`all`.", "all");
const ITEM: Parameter = segment("item", "`*`; items come with their scheme.", "*");

const fn token(name: &'static str, description: &'static str, example: &'static str) -> Parameter {
    Parameter { name, kind: Kind::Token, description, example }
}

const STRUCTURE_PARAMETERS: &[Parameter] = &[
    token(
        "detail",
        "`full`, or `allstubs` and `allcompletestubs` for identifiers and names only. Other values give everything.",
        "allcompletestubs",
    ),
    token("references", "`none`, `children`, `descendants`, `parents`, `all`.", "all"),
];

const REFERENCES: Parameter = token("references", "`none`, or `all` for dataflow, structure and lists too.", "all");
const MODE: Parameter = Parameter {
    name: "mode",
    kind: Kind::Choice(&["exact", "available"]),
    description: "Both say what the question would give.",
    example: "exact",
};

const START: Parameter = token("startPeriod", "Not before this period.", "2021");
const END: Parameter = token("endPeriod", "Not after this period.", "2023");
const AT_OBSERVATION: Parameter =
    token("dimensionAtObservation", "`TIME_PERIOD`, another dimension, or `AllDimensions`.", "AllDimensions");
const FIRST: Parameter = Parameter {
    name: "firstNObservations",
    kind: Kind::Integer { least: 1, most: 1_000_000 },
    description: "Only the first observations of each series.",
    example: "1",
};
const LAST: Parameter = Parameter {
    name: "lastNObservations",
    kind: Kind::Integer { least: 1, most: 1_000_000 },
    description: "Only the last observations of each series.",
    example: "1",
};
const DETAIL: Parameter = token("detail", "`full`; everything is given whatever is asked.", "full");
const HISTORY: Parameter = Parameter {
    name: "includeHistory",
    kind: Kind::Choice(&["false"]),
    description: "Vintages are asked for one at a time, by `as_of` of `/observations`.",
    example: "false",
};

const AS_OF: Parameter = Parameter {
    name: "asOf",
    kind: Kind::Date,
    description: "The observations as they were known on this day. Scores are those in force.",
    example: "2026-01-01",
};

const DATA_2_1: &[Parameter] = &[AS_OF, START, END, AT_OBSERVATION, FIRST, LAST, DETAIL, HISTORY];
const AVAILABILITY_2_1: &[Parameter] = &[START, END, REFERENCES, MODE];

const fn condition(name: &'static str, example: &'static str) -> Parameter {
    token(
        name,
        "A condition: codes separated by `,`; `ge:`, `le:`, `ne:` and the like before one; `+` for and.",
        example,
    )
}

macro_rules! with_conditions {
    ($($more:expr),*) => {
        &[
            condition("c[FREQ]", "A"),
            condition("c[INDICATOR]", "internet_users"),
            condition("c[URBANISATION]", "_T"),
            condition("c[SEX]", "_T"),
            condition("c[AGE]", "_T"),
            condition("c[REF_AREA]", "KZ-61"),
            condition("c[TIME_PERIOD]", "ge:2021"),
            condition("c[OBS_STATUS]", "A"),
            condition("c[CRITERION]", ""),
            $($more),*
        ]
    };
}

const DATA_3_0: &[Parameter] = with_conditions!(
    AS_OF,
    AT_OBSERVATION,
    FIRST,
    LAST,
    HISTORY,
    token("attributes", "`dsd`; all attributes are given.", "dsd"),
    token("measures", "`all`.", "all")
);
const AVAILABILITY_3_0: &[Parameter] = with_conditions!(REFERENCES, MODE);

static STRUCTURE_2_1: &[&Format] = &[&STRUCTURE_XML, &STRUCTURE_JSON];
static STRUCTURE_3_0: &[&Format] = &[&STRUCTURE_JSON, &STRUCTURE_XML];
static DATA_FORMATS_2_1: &[&Format] = &[&GENERIC, &SPECIFIC, &CSV_2, &CSV_1];
static DATA_FORMATS_3_0: &[&Format] = &[&CSV_2, &CSV_1, &GENERIC, &SPECIFIC];

type Answer = fn(&Question<'_>) -> Result<Content, ApiError>;

const fn route(
    path: &'static str,
    operation: &'static str,
    segments: &'static [Parameter],
    parameters: &'static [Parameter],
    formats: &'static [&'static Format],
    answer: Answer,
) -> Route {
    Route {
        path,
        operation,
        summary: "SDMX",
        description: "The SDMX REST protocol. An empty result is 404; refusals come as SDMX errors. The same \
                      addresses stand at `/sdmx` too.",
        segments,
        parameters,
        formats,
        caching: Caching::Minutes,
        refusals: &[ErrorCode::NoResults, ErrorCode::BadParameter],
        schema: SchemaOf::any_object(),
        answer,
    }
}

const fn structure(
    path: &'static str,
    operation: &'static str,
    segments: &'static [Parameter],
    formats: &'static [&'static Format],
) -> Route {
    Route { summary: "SDMX structures", ..route(path, operation, segments, STRUCTURE_PARAMETERS, formats, structures) }
}

const fn figures(
    path: &'static str,
    operation: &'static str,
    segments: &'static [Parameter],
    parameters: &'static [Parameter],
    formats: &'static [&'static Format],
) -> Route {
    Route { summary: "SDMX data", ..route(path, operation, segments, parameters, formats, data) }
}

const fn what_is_there(
    path: &'static str,
    operation: &'static str,
    segments: &'static [Parameter],
    parameters: &'static [Parameter],
    formats: &'static [&'static Format],
) -> Route {
    Route { summary: "SDMX data availability", ..route(path, operation, segments, parameters, formats, availability) }
}

const fn schemas(path: &'static str, operation: &'static str, segments: &'static [Parameter]) -> Route {
    let formats = STRUCTURE_3_0;
    Route { summary: "SDMX schema of a dataflow", ..route(path, operation, segments, &[], formats, schema) }
}

/// Every address; data before structures, whose first part would take `data` for a type.
pub(in crate::routes) static ROUTES: [Route; 24] = [
    figures("/sdmx/2.1/data/{flow}", "sdmx21_data", &[FLOW_REFERENCE], DATA_2_1, DATA_FORMATS_2_1),
    figures("/sdmx/2.1/data/{flow}/{key}", "sdmx21_data_key", &[FLOW_REFERENCE, KEY], DATA_2_1, DATA_FORMATS_2_1),
    figures(
        "/sdmx/2.1/data/{flow}/{key}/{provider}",
        "sdmx21_data_provider",
        &[FLOW_REFERENCE, KEY, PROVIDER],
        DATA_2_1,
        DATA_FORMATS_2_1,
    ),
    what_is_there(
        "/sdmx/2.1/availableconstraint/{flow}",
        "sdmx21_available",
        &[FLOW_REFERENCE],
        AVAILABILITY_2_1,
        STRUCTURE_2_1,
    ),
    what_is_there(
        "/sdmx/2.1/availableconstraint/{flow}/{key}",
        "sdmx21_available_key",
        &[FLOW_REFERENCE, KEY],
        AVAILABILITY_2_1,
        STRUCTURE_2_1,
    ),
    what_is_there(
        "/sdmx/2.1/availableconstraint/{flow}/{key}/{provider}",
        "sdmx21_available_provider",
        &[FLOW_REFERENCE, KEY, PROVIDER],
        AVAILABILITY_2_1,
        STRUCTURE_2_1,
    ),
    what_is_there(
        "/sdmx/2.1/availableconstraint/{flow}/{key}/{provider}/{component}",
        "sdmx21_available_component",
        &[FLOW_REFERENCE, KEY, PROVIDER, COMPONENT],
        AVAILABILITY_2_1,
        STRUCTURE_2_1,
    ),
    structure("/sdmx/2.1/{resource}", "sdmx21_structures", &[RESOURCE], STRUCTURE_2_1),
    structure("/sdmx/2.1/{resource}/{agency}", "sdmx21_structures_of", &[RESOURCE, AGENCY_ID], STRUCTURE_2_1),
    structure("/sdmx/2.1/{resource}/{agency}/{id}", "sdmx21_structure", &[RESOURCE, AGENCY_ID, ID], STRUCTURE_2_1),
    structure(
        "/sdmx/2.1/{resource}/{agency}/{id}/{version}",
        "sdmx21_structure_version",
        &[RESOURCE, AGENCY_ID, ID, VERSION_ID],
        STRUCTURE_2_1,
    ),
    structure("/sdmx/3.0/structure/{resource}", "sdmx30_structures", &[RESOURCE], STRUCTURE_3_0),
    structure("/sdmx/3.0/structure/{resource}/{agency}", "sdmx30_structures_of", &[RESOURCE, AGENCY_ID], STRUCTURE_3_0),
    structure(
        "/sdmx/3.0/structure/{resource}/{agency}/{id}",
        "sdmx30_structure",
        &[RESOURCE, AGENCY_ID, ID],
        STRUCTURE_3_0,
    ),
    structure(
        "/sdmx/3.0/structure/{resource}/{agency}/{id}/{version}",
        "sdmx30_structure_version",
        &[RESOURCE, AGENCY_ID, ID, VERSION_ID],
        STRUCTURE_3_0,
    ),
    structure(
        "/sdmx/3.0/structure/{resource}/{agency}/{id}/{version}/{item}",
        "sdmx30_structure_item",
        &[RESOURCE, AGENCY_ID, ID, VERSION_ID, ITEM],
        STRUCTURE_3_0,
    ),
    figures(
        "/sdmx/3.0/data/{context}/{agency}/{flow}",
        "sdmx30_data",
        &[CONTEXT, AGENCY_ID, FLOW_ID],
        DATA_3_0,
        DATA_FORMATS_3_0,
    ),
    figures(
        "/sdmx/3.0/data/{context}/{agency}/{flow}/{version}",
        "sdmx30_data_version",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID],
        DATA_3_0,
        DATA_FORMATS_3_0,
    ),
    figures(
        "/sdmx/3.0/data/{context}/{agency}/{flow}/{version}/{key}",
        "sdmx30_data_key",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID, KEY],
        DATA_3_0,
        DATA_FORMATS_3_0,
    ),
    what_is_there(
        "/sdmx/3.0/availability/{context}/{agency}/{flow}/{version}",
        "sdmx30_availability",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID],
        AVAILABILITY_3_0,
        STRUCTURE_3_0,
    ),
    what_is_there(
        "/sdmx/3.0/availability/{context}/{agency}/{flow}/{version}/{key}",
        "sdmx30_availability_key",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID, KEY],
        AVAILABILITY_3_0,
        STRUCTURE_3_0,
    ),
    what_is_there(
        "/sdmx/3.0/availability/{context}/{agency}/{flow}/{version}/{key}/{component}",
        "sdmx30_availability_component",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID, KEY, COMPONENT],
        AVAILABILITY_3_0,
        STRUCTURE_3_0,
    ),
    schemas("/sdmx/3.0/schema/{context}/{agency}/{flow}", "sdmx30_schema", &[CONTEXT, AGENCY_ID, FLOW_ID]),
    schemas(
        "/sdmx/3.0/schema/{context}/{agency}/{flow}/{version}",
        "sdmx30_schema_version",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID],
    ),
];
