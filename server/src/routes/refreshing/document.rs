//! The entry of the refresh by hand in the `OpenAPI` document.

use utoipa::openapi::path::{OperationBuilder, ParameterIn};
use utoipa::openapi::{ContentBuilder, HttpMethod, ResponseBuilder};

use super::{PATH, RefreshAnswer};
use crate::error::ErrorCode;
use crate::openapi::{Entry, SchemaOf, Schemas, header, parameter, secured};
use crate::routes::query::{Kind, Parameter};

const DATAFLOW: Parameter =
    Parameter { name: "dataflow", kind: Kind::Token, description: "A code of `/sources`.", example: "BNS_SDG_17_8_1" };

const REFUSALS: &[ErrorCode] = &[
    ErrorCode::KeyRequired,
    ErrorCode::ScopeMissing,
    ErrorCode::NoDataflow,
    ErrorCode::RefreshUnderWay,
    ErrorCode::NotAsked,
    ErrorCode::MalformedBody,
    ErrorCode::UnsupportedMediaType,
];

/// The operation with its path below the base and its own refusals.
pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Entry> {
    let shape = SchemaOf::of::<RefreshAnswer>().collect(schemas);
    let begun = ResponseBuilder::new()
        .description("The refresh has begun.")
        .content("application/json", ContentBuilder::new().schema(Some(shape)).build())
        .header("Location", header("Where the run will stand."))
        .build();
    let operation = OperationBuilder::new()
        .operation_id(Some("refresh_source"))
        .summary(Some("Ask a provider now"))
        .description(Some(
            "Begins a refresh of the dataflow and answers without waiting for it. The run stands in `/runs` with \
             the trigger `manual` once it has ended, also when the provider gave nothing. Takes no body. Needs a key \
             of scope `operate`.",
        ))
        .parameter(parameter(&DATAFLOW, ParameterIn::Path));
    vec![Entry {
        path: PATH.to_owned(),
        method: HttpMethod::Post,
        operation: secured(operation).response("202", begun),
        refusals: REFUSALS.to_vec(),
    }]
}
