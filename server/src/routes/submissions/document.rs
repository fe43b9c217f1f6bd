//! The entries of `/submissions` in the `OpenAPI` document.

use indicators::wire::{SubmissionAnswer, SubmissionCheckAnswer, SubmissionsAnswer};
use serde_json::json;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, HttpMethod, ObjectBuilder, RefOr, Required, Response, ResponseBuilder, Schema};

use super::form::PARAMETERS;
use super::{LIST_PARAMETERS, PATH};
use crate::error::ErrorCode;
use crate::openapi::{Entry, SchemaOf, Schemas, header, parameter, secured};
use crate::routes::query::{Kind, Parameter};

const ID: Parameter =
    Parameter { name: "id", kind: Kind::Token, description: "Identifier of a submission.", example: "" };

const WHO: &[ErrorCode] = &[ErrorCode::KeyRequired, ErrorCode::ScopeMissing];
const QUERY: &[ErrorCode] = &[ErrorCode::BadParameter, ErrorCode::RepeatedParameter];

const DELIVERY: &str = "Figures in the layout of `/submissions/template`: CSV, a workbook, or SDMX-CSV 1.0 or 2.0. They \
    are checked like a provider's; every fault is answered with its row and column, and nothing of a faulty delivery \
    is kept. A sound one is held until an operator accepts it: until then nobody sees its figures but holders of its \
    key and operators. Accepted, its figures are a vintage of the dataflow, with the name of the key's holder beside \
    each. Needs a key of scope `submit`.";

/// Every operation with its path below the base and its own refusals.
pub(crate) fn operations(schemas: &mut Schemas) -> Vec<Entry> {
    let one = SchemaOf::of::<SubmissionAnswer>().collect(schemas);
    let all = SchemaOf::of::<SubmissionsAnswer>().collect(schemas);
    let checked = SchemaOf::of::<SubmissionCheckAnswer>().collect(schemas);
    let mut entries = vec![
        Entry {
            path: PATH.to_owned(),
            method: HttpMethod::Get,
            operation: listing(all),
            refusals: [WHO, QUERY].concat(),
        },
        Entry {
            path: PATH.to_owned(),
            method: HttpMethod::Post,
            operation: delivery(one.clone(), checked),
            refusals: [WHO, QUERY, DELIVERY_REFUSALS].concat(),
        },
        Entry {
            path: format!("{PATH}/{{id}}"),
            method: HttpMethod::Get,
            operation: secured(
                OperationBuilder::new()
                    .operation_id(Some("submission"))
                    .summary(Some("One submission"))
                    .description(Some(
                        "How it stands, what was found in it and what was decided. Needs the key it came with, or one \
                         of scope `operate`.",
                    ))
                    .parameter(parameter(&ID, ParameterIn::Path)),
            )
            .response("200", answer("The submission.", one.clone())),
            refusals: [WHO, &[ErrorCode::NoSubmission]].concat(),
        },
    ];
    for (word, summary, description) in DECISIONS {
        let operation = OperationBuilder::new()
            .operation_id(Some(format!("{word}_submission")))
            .summary(Some(*summary))
            .description(Some(*description))
            .parameter(parameter(&ID, ParameterIn::Path))
            .request_body(Some(reason()));
        entries.push(Entry {
            path: format!("{PATH}/{{id}}/{word}"),
            method: HttpMethod::Post,
            operation: secured(operation).response("200", answer("The submission as it stands now.", one.clone())),
            refusals: [WHO, DECISION_REFUSALS].concat(),
        });
    }
    entries
}

/// A delivery that is sound as it stands.
const CSV_EXAMPLE: &str = "indicator,area,period,value,status\r\nschools_with_electronic_journal,KZ-75,2024,91.5,\r\n\
                           schools_with_electronic_journal,KZ-71,2024,,O\r\n";
/// The same as SDMX-CSV 2.0.
const SDMX_EXAMPLE: &str = "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,INDICATOR,URBANISATION,SEX,AGE,REF_AREA,TIME_PERIOD,OBS_VALUE\r\n\
                            dataflow,SANDYQ:EDU_DIGITAL_SCHOOLS(1.0.0),I,A,schools_with_electronic_journal,_T,_T,_T,KZ-75,\
                            2024,91.5\r\n";

const DELIVERY_REFUSALS: &[ErrorCode] = &[
    ErrorCode::UnknownCode,
    ErrorCode::MalformedBody,
    ErrorCode::UnsupportedMediaType,
    ErrorCode::FaultyTables,
    ErrorCode::IdempotencyKeyReused,
    ErrorCode::TooManyHeld,
];

const DECISION_REFUSALS: &[ErrorCode] = &[
    ErrorCode::NoSubmission,
    ErrorCode::SubmissionDecided,
    ErrorCode::MalformedBody,
    ErrorCode::BadParameter,
    ErrorCode::UnsupportedMediaType,
    ErrorCode::FaultyTables,
];

const DECISIONS: &[(&str, &str, &str)] = &[
    (
        "accept",
        "Accept a submission",
        "Its figures are a new vintage, published within moments. Needs a key of scope `operate`.",
    ),
    (
        "reject",
        "Reject a submission",
        "Its figures are not used; what was received stays on record. Needs a key of scope `operate`.",
    ),
    (
        "withdraw",
        "Withdraw a submission",
        "Takes it back, held or accepted. A new vintage stands without its figures; earlier vintages stay as they \
         were, so what was known on a day can still be asked for with `as_of`. Needs the key it came with, or one of \
         scope `operate`.",
    ),
];

fn listing(all: RefOr<Schema>) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .operation_id(Some("submissions"))
        .summary(Some("What was submitted"))
        .description(Some(
            "Newest first, at most 500: with a key of scope `submit` what was delivered with it, with one of scope \
             `operate` everything.",
        ));
    for one in LIST_PARAMETERS {
        operation = operation.parameter(parameter(one, ParameterIn::Query));
    }
    secured(operation).response("200", answer("The submissions.", all))
}

fn delivery(one: RefOr<Schema>, checked: RefOr<Schema>) -> OperationBuilder {
    let file = |description: &str| {
        ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
            .description(Some(description))
    };
    let content = |description: &str| ContentBuilder::new().schema(Some(file(description))).build();
    let with_example = |description: &str, example: &str| {
        ContentBuilder::new().schema(Some(file(description))).example(Some(example.into())).build()
    };
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("text/csv", with_example("The table as CSV, separated by commas or semicolons.", CSV_EXAMPLE))
        .content("application/vnd.sdmx.data+csv", with_example("The table as SDMX-CSV 1.0 or 2.0.", SDMX_EXAMPLE))
        .content(
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            content("A workbook whose first sheet is the table."),
        )
        .build();
    let mut operation = OperationBuilder::new()
        .operation_id(Some("submit"))
        .summary(Some("Deliver figures"))
        .description(Some(DELIVERY))
        .request_body(Some(body));
    for one in PARAMETERS {
        operation = operation.parameter(parameter(one, ParameterIn::Query));
    }
    operation = operation.parameter(
        ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "Your own name for this delivery. Repeated with the same body it gets the same answer and is held once.",
            ))
            .schema(Some(
                ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).pattern(Some("^[!-~]{1,128}$")),
            ))
            .build(),
    );
    let held = ResponseBuilder::new()
        .description("Held for an operator.")
        .content("application/json", ContentBuilder::new().schema(Some(one)).build())
        .header("Location", header("The address of the submission."))
        .header("Idempotency-Replayed", header("`true` when the delivery had come before."))
        .build();
    secured(operation).response("200", answer("Checked only: sound, and not kept.", checked)).response("201", held)
}

fn reason() -> RequestBody {
    let schema = ObjectBuilder::new()
        .property(
            "reason",
            ObjectBuilder::new()
                .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
                .max_length(Some(500))
                .pattern(Some("^[^\\u0000-\\u001f\\u007f-\\u009f]*$"))
                .description(Some("Why; kept with the decision.")),
        )
        .additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false)));
    let example = json!({ "reason": "agreed by letter 12/345" });
    RequestBodyBuilder::new()
        .required(Some(Required::False))
        .content("application/json", ContentBuilder::new().schema(Some(schema)).example(Some(example)).build())
        .build()
}

fn answer(description: &str, schema: RefOr<Schema>) -> Response {
    ResponseBuilder::new()
        .description(description)
        .content("application/json", ContentBuilder::new().schema(Some(schema)).build())
        .build()
}
