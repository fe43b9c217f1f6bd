//! The entry of the refresh by hand in the `OpenAPI` document.

use utoipa::openapi::path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{ContentBuilder, HttpMethod, ObjectBuilder, Required, ResponseBuilder};

use super::{PATH, RefreshAnswer};
use crate::error::ErrorCode;
use crate::openapi::{Entry, SchemaOf, Schemas, header, secured};

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
        .parameter(dataflow());
    vec![Entry {
        path: PATH.to_owned(),
        method: HttpMethod::Post,
        operation: secured(operation).response("202", begun),
        refusals: REFUSALS.to_vec(),
    }]
}

fn dataflow() -> Parameter {
    ParameterBuilder::new()
        .name("dataflow")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("A code of `/sources`."))
        .schema(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))))
        .example(Some("BNS_SDG_17_8_1".into()))
        .build()
}
