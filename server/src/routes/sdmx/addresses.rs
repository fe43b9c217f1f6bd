//! The table of SDMX addresses: parts that may be left out at the end make an address each.

use super::{CSV_1, CSV_2, GENERIC, SPECIFIC, STRUCTURE_JSON, STRUCTURE_XML};
use super::{availability, data, schema, structures};
use crate::error::{ApiError, ErrorCode};
use crate::formats::Format;
use crate::openapi::SchemaOf;
use crate::routes::answer::{Caching, Content, Effort, Question, Route};
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
const VERSION_ID: Parameter =
    segment("version", "`latest`, `~`, `+`, `*`, `1.0.0`, or a range such as `1.0+.0`.", "1.0.0");
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
    description: "The observations as they were known on this day; of a moment, as the protocol writes it, the day that \
                  stands in it counts. Scores are those that the method in force gives on them, of \
                  the reference years that had begun.",
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

/// What is asked for, in which version of the protocol.
#[derive(Clone, Copy)]
enum Asked {
    Structures21,
    Structures30,
    Data21,
    Data30,
    Availability21,
    Availability30,
    Schema30,
}

const fn address(asked: Asked, path: &'static str, operation: &'static str, segments: &'static [Parameter]) -> Route {
    let (summary, parameters, formats, answer): (_, &[Parameter], _, Answer) = match asked {
        Asked::Structures21 => ("SDMX structures", STRUCTURE_PARAMETERS, STRUCTURE_2_1, structures),
        Asked::Structures30 => ("SDMX structures", STRUCTURE_PARAMETERS, STRUCTURE_3_0, structures),
        Asked::Data21 => ("SDMX data", DATA_2_1, DATA_FORMATS_2_1, data),
        Asked::Data30 => ("SDMX data", DATA_3_0, DATA_FORMATS_3_0, data),
        Asked::Availability21 => ("SDMX data availability", AVAILABILITY_2_1, STRUCTURE_2_1, availability),
        Asked::Availability30 => ("SDMX data availability", AVAILABILITY_3_0, STRUCTURE_3_0, availability),
        Asked::Schema30 => ("SDMX schema of a dataflow", &[], STRUCTURE_3_0, schema),
    };
    Route {
        path,
        operation,
        summary,
        description: "The SDMX REST protocol. An empty result is 404; refusals come as SDMX errors. The same \
                      addresses stand at `/sdmx` too.",
        segments,
        parameters,
        formats,
        caching: Caching::Minutes,
        effort: match asked {
            Asked::Data21 | Asked::Data30 => Effort::ComputingWith("asOf"),
            _ => Effort::Reading,
        },
        refusals: &[ErrorCode::NoResults, ErrorCode::BadParameter],
        schema: SchemaOf::any_object(),
        answer,
    }
}

/// Every address; data before structures, whose first part would take `data` for a type.
pub(in crate::routes) static ROUTES: [Route; 24] = [
    address(Asked::Data21, "/sdmx/2.1/data/{flow}", "sdmx21_data", &[FLOW_REFERENCE]),
    address(Asked::Data21, "/sdmx/2.1/data/{flow}/{key}", "sdmx21_data_key", &[FLOW_REFERENCE, KEY]),
    address(
        Asked::Data21,
        "/sdmx/2.1/data/{flow}/{key}/{provider}",
        "sdmx21_data_provider",
        &[FLOW_REFERENCE, KEY, PROVIDER],
    ),
    address(Asked::Availability21, "/sdmx/2.1/availableconstraint/{flow}", "sdmx21_available", &[FLOW_REFERENCE]),
    address(
        Asked::Availability21,
        "/sdmx/2.1/availableconstraint/{flow}/{key}",
        "sdmx21_available_key",
        &[FLOW_REFERENCE, KEY],
    ),
    address(
        Asked::Availability21,
        "/sdmx/2.1/availableconstraint/{flow}/{key}/{provider}",
        "sdmx21_available_provider",
        &[FLOW_REFERENCE, KEY, PROVIDER],
    ),
    address(
        Asked::Availability21,
        "/sdmx/2.1/availableconstraint/{flow}/{key}/{provider}/{component}",
        "sdmx21_available_component",
        &[FLOW_REFERENCE, KEY, PROVIDER, COMPONENT],
    ),
    address(Asked::Structures21, "/sdmx/2.1/{resource}", "sdmx21_structures", &[RESOURCE]),
    address(Asked::Structures21, "/sdmx/2.1/{resource}/{agency}", "sdmx21_structures_of", &[RESOURCE, AGENCY_ID]),
    address(Asked::Structures21, "/sdmx/2.1/{resource}/{agency}/{id}", "sdmx21_structure", &[RESOURCE, AGENCY_ID, ID]),
    address(
        Asked::Structures21,
        "/sdmx/2.1/{resource}/{agency}/{id}/{version}",
        "sdmx21_structure_version",
        &[RESOURCE, AGENCY_ID, ID, VERSION_ID],
    ),
    address(Asked::Structures30, "/sdmx/3.0/structure/{resource}", "sdmx30_structures", &[RESOURCE]),
    address(
        Asked::Structures30,
        "/sdmx/3.0/structure/{resource}/{agency}",
        "sdmx30_structures_of",
        &[RESOURCE, AGENCY_ID],
    ),
    address(
        Asked::Structures30,
        "/sdmx/3.0/structure/{resource}/{agency}/{id}",
        "sdmx30_structure",
        &[RESOURCE, AGENCY_ID, ID],
    ),
    address(
        Asked::Structures30,
        "/sdmx/3.0/structure/{resource}/{agency}/{id}/{version}",
        "sdmx30_structure_version",
        &[RESOURCE, AGENCY_ID, ID, VERSION_ID],
    ),
    address(
        Asked::Structures30,
        "/sdmx/3.0/structure/{resource}/{agency}/{id}/{version}/{item}",
        "sdmx30_structure_item",
        &[RESOURCE, AGENCY_ID, ID, VERSION_ID, ITEM],
    ),
    address(Asked::Data30, "/sdmx/3.0/data/{context}/{agency}/{flow}", "sdmx30_data", &[CONTEXT, AGENCY_ID, FLOW_ID]),
    address(
        Asked::Data30,
        "/sdmx/3.0/data/{context}/{agency}/{flow}/{version}",
        "sdmx30_data_version",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID],
    ),
    address(
        Asked::Data30,
        "/sdmx/3.0/data/{context}/{agency}/{flow}/{version}/{key}",
        "sdmx30_data_key",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID, KEY],
    ),
    address(
        Asked::Availability30,
        "/sdmx/3.0/availability/{context}/{agency}/{flow}/{version}",
        "sdmx30_availability",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID],
    ),
    address(
        Asked::Availability30,
        "/sdmx/3.0/availability/{context}/{agency}/{flow}/{version}/{key}",
        "sdmx30_availability_key",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID, KEY],
    ),
    address(
        Asked::Availability30,
        "/sdmx/3.0/availability/{context}/{agency}/{flow}/{version}/{key}/{component}",
        "sdmx30_availability_component",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID, KEY, COMPONENT],
    ),
    address(
        Asked::Schema30,
        "/sdmx/3.0/schema/{context}/{agency}/{flow}",
        "sdmx30_schema",
        &[CONTEXT, AGENCY_ID, FLOW_ID],
    ),
    address(
        Asked::Schema30,
        "/sdmx/3.0/schema/{context}/{agency}/{flow}/{version}",
        "sdmx30_schema_version",
        &[CONTEXT, AGENCY_ID, FLOW_ID, VERSION_ID],
    ),
];
