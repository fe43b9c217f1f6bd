//! The entry of `POST /compute` in the `OpenAPI` document.

use serde_json::Value;
use utoipa::openapi::path::OperationBuilder;
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AdditionalProperties, KnownFormat, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, RefOr, Required, ResponseBuilder, Schema};

use crate::compute::ComputeAnswer;
use crate::error::ErrorCode;
use crate::formats::{Format, Writing};
use crate::openapi::SchemaOf;

/// Shape of the JSON answer.
pub(crate) const SCHEMA: SchemaOf = SchemaOf::of::<ComputeAnswer>();

/// Refusals of its own, beside those every address shares.
pub(crate) const REFUSALS: &[ErrorCode] = &[
    ErrorCode::UnsupportedMediaType,
    ErrorCode::MalformedBody,
    ErrorCode::FaultyTables,
    ErrorCode::NotComputable,
    ErrorCode::TooMuchWork,
    ErrorCode::Busy,
    ErrorCode::MethodNotAllowed,
];

const DESCRIPTION: &str = "Data, a tree and a recipe in; scores, ranks, effective weights and findings out. Data and \
    tree come as tables in the layout of the R package COINr (`idata`, `imeta`), as JSON (`data`, `framework`) or as a \
    workbook of the JRC COIN Tool (`coin_tool`, in a form). Decimal commas are read and reported under `reading`. A \
    fault names table, row and column. `explain` adds every area's way from values to score, `robustness` rank \
    intervals and Sobol' indices, `analysis` statistics, availability, correlations, consistency, profiles and the ranks \
    without each element, `rank_reversals` pairs whose order turns when a third area is taken out, `alternatives` the index by other recipes. Methods and their parameters are in docs/METHODOLOGY.md, the schemas are printed by \
    `sandyq schema recipe|framework|data|robustness`. Nothing is kept.";

fn object(description: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
        .description(Some(description))
}

fn text(description: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).description(Some(description))
}

fn file(description: &str) -> ObjectBuilder {
    text(description).format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))
}

/// A body that is computed as it stands.
fn example() -> Option<Value> {
    serde_json::from_str(include_str!("example.json")).ok()
}

/// The operation; shared refusals are added by the caller.
pub(crate) fn operation(suffix: Option<&str>, formats: &[&'static Format], shape: &RefOr<Schema>) -> OperationBuilder {
    let json = ObjectBuilder::new()
        .property("recipe", object("The method of the index."))
        .required("recipe")
        .property("idata", text("The data as CSV in the layout of iData."))
        .property("imeta", text("The tree as CSV in the layout of iMeta."))
        .property("data", object("The data: areas with their values by indicator."))
        .property("framework", object("The tree: its nodes."))
        .property("explain", ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)))
        .property("analysis", ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)))
        .property("rank_reversals", ObjectBuilder::new().schema_type(SchemaType::Type(Type::Boolean)))
        .property("alternatives", object("Other recipes to set beside the result, by name."))
        .property("robustness", object("What to vary, how often, and the seed."));
    let form = ObjectBuilder::new()
        .property("recipe", file("The method of the index (JSON)."))
        .required("recipe")
        .property("idata", file("The data (CSV)."))
        .property("imeta", file("The tree (CSV)."))
        .property("data", file("The data (JSON)."))
        .property("framework", file("The tree (JSON)."))
        .property("coin_tool", file("A workbook of the COIN Tool (.xlsx, .xlsm)."))
        .property("explain", text("`true` or `false`."))
        .property("analysis", text("`true` or `false`."))
        .property("rank_reversals", text("`true` or `false`."))
        .property("alternatives", file("Other recipes by name (JSON)."))
        .property("robustness", file("What to vary (JSON)."));
    let body = RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content("application/json", ContentBuilder::new().schema(Some(json)).example(example()).build())
        .content("multipart/form-data", ContentBuilder::new().schema(Some(form)).build())
        .build();
    let mut answer = ResponseBuilder::new().description("The answer.");
    for format in formats {
        let schema: RefOr<Schema> = match format.writing {
            Writing::Own => shape.clone(),
            Writing::Standard | Writing::ByRow(_) | Writing::Whole(_) => text(format.about).into(),
        };
        answer = answer.content(format.full_media_type(), ContentBuilder::new().schema(Some(schema)).build());
    }
    OperationBuilder::new()
        .operation_id(Some(suffix.map_or_else(|| "compute".to_owned(), |suffix| format!("compute_{suffix}"))))
        .summary(Some("Your own data through the engine"))
        .description(Some(DESCRIPTION))
        .request_body(Some(body))
        .response("200", answer)
}
