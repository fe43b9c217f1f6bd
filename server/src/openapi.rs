//! `OpenAPI` 3.1, made from the route table: what is mounted is what is documented.

use std::collections::{BTreeMap, BTreeSet};

use indicators::wire::ProblemDetails;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{
    OperationBuilder, Parameter as DocumentedParameter, ParameterBuilder, ParameterIn, ParameterStyle, PathItemBuilder,
};
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, SchemaType, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContactBuilder, ContentBuilder, Deprecated, HttpMethod, InfoBuilder, License, ObjectBuilder,
    OpenApi, OpenApiBuilder, PathsBuilder, Ref, RefOr, Required, Response, ResponseBuilder, Schema, ServerBuilder,
};
use utoipa::{PartialSchema, ToSchema};

use crate::error::{ErrorCode, PROBLEM_MEDIA_TYPE};
use crate::formats::{Format, Writing};
use crate::routes::answer::{Effort, Route};

use crate::routes::deprecation::{self, DEPRECATED};
use crate::routes::query::{Kind, Parameter};
use crate::routes::{BASE, compute, decisions, refreshing, routes, submissions};

/// The schemas met, by name.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// Name of the way to show a key.
const KEY: &str = "key";

/// An operation that is not made from the route table.
pub(crate) struct Entry {
    /// The path below [`BASE`].
    pub(crate) path: String,
    /// The method.
    pub(crate) method: HttpMethod,
    /// The operation without its refusals.
    pub(crate) operation: OperationBuilder,
    /// Refusals of its own.
    pub(crate) refusals: Vec<ErrorCode>,
}

/// An operation that needs a key. Which scopes stands in its description: only `OAuth` has a place for them.
pub(crate) fn secured(operation: OperationBuilder) -> OperationBuilder {
    let none: [&str; 0] = [];
    operation.security(SecurityRequirement::new(KEY, none))
}

/// What operations are grouped by: the beginning of their paths, and what stands there.
const TAGS: &[(&str, &[&str], &str)] = &[
    ("codes", &["/areas", "/criteria", "/indicators", "/frameworks"], "Code lists and the framework."),
    (
        "scores",
        &["/index", "/releases", "/robustness", "/what-if", "/compute"],
        "The index, its releases, and scores under other choices.",
    ),
    ("observations", &["/observations"], "The figures as published."),
    ("submissions", &["/submissions"], "Figures that are delivered with a key."),
    (
        "provenance",
        &["/sources", "/runs", "/snapshots", "/catalogue", "/citations", "/feed.atom"],
        "Where figures come from, and what changed.",
    ),
    ("sdmx", &["/sdmx"], "Structures and data by the SDMX protocol."),
    ("service", &["/status", "/limits", "/openapi.json"], "The service itself."),
];

/// The group of a path below [`BASE`].
fn tag_of(path: &str) -> &'static str {
    let is_of = |beginnings: &[&str]| beginnings.iter().any(|beginning| path.starts_with(beginning));
    TAGS.iter().find(|(_, beginnings, _)| is_of(beginnings)).map_or("service", |(name, ..)| name)
}

/// The shape of an answer: collects the schemas it needs and refers to its own.
#[derive(Debug, Clone, Copy)]
pub struct SchemaOf(fn(&mut Schemas) -> RefOr<Schema>);

impl SchemaOf {
    /// The shape of a wire type.
    #[must_use]
    pub const fn of<T: ToSchema>() -> Self {
        Self(collect::<T>)
    }

    /// Collects the schemas it needs and refers to its own.
    pub(crate) fn collect(self, schemas: &mut Schemas) -> RefOr<Schema> {
        (self.0)(schemas)
    }

    /// A JSON object of any shape.
    #[must_use]
    pub const fn any_object() -> Self {
        Self(|_schemas| {
            ObjectBuilder::new()
                .schema_type(SchemaType::Type(Type::Object))
                .additional_properties(Some(AdditionalProperties::FreeForm(true)))
                .into()
        })
    }
}

fn collect<T: ToSchema>(schemas: &mut Schemas) -> RefOr<Schema> {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), <T as PartialSchema>::schema()));
    Ref::from_schema_name(T::name()).into()
}

/// Refusals that any address may answer with.
const SHARED: &[ErrorCode] = &[
    ErrorCode::KeyRefused,
    ErrorCode::MalformedQuery,
    ErrorCode::UnknownParameter,
    ErrorCode::NotAcceptable,
    ErrorCode::BodyTooLarge,
    ErrorCode::UriTooLong,
    ErrorCode::TooManyRequests,
    ErrorCode::HeadersTooLarge,
    ErrorCode::Internal,
    ErrorCode::TimedOut,
];

/// The description of the whole API.
#[must_use]
pub fn document() -> OpenApi {
    let mut schemas: Schemas = Vec::new();
    let problem = collect::<ProblemDetails>(&mut schemas);
    let mut paths = PathsBuilder::new();
    let mut refusals = Refusals::default();
    for route in routes() {
        let shape = (route.schema.0)(&mut schemas);
        for suffix in [None].into_iter().chain(route.formats.iter().filter_map(|format| format.suffix.map(Some))) {
            let (path, formats) = match suffix {
                None => (format!("{BASE}{}", route.path), route.formats.to_vec()),
                Some(suffix) => (
                    format!("{BASE}{}.{suffix}", route.path),
                    route.formats.iter().copied().filter(|format| format.suffix == Some(suffix)).collect(),
                ),
            };
            let operation = operation(route, suffix, &formats, &shape, &problem, &mut refusals).tag(tag_of(route.path));
            paths = paths.path(path, PathItemBuilder::new().operation(HttpMethod::Get, operation).build());
        }
    }
    let shape = (compute::SCHEMA.0)(&mut schemas);
    for suffix in [None].into_iter().chain(compute::FORMATS.iter().filter_map(|format| format.suffix.map(Some))) {
        let formats: Vec<_> =
            compute::FORMATS.iter().copied().filter(|format| suffix.is_none() || format.suffix == suffix).collect();
        let operation = compute::operation(suffix, &formats, &shape);
        let codes = SHARED.iter().chain(compute::REFUSALS);
        let operation = refusals.added_to(operation, compute::PATH, codes, &problem).tag(tag_of(compute::PATH));
        let path = format!("{BASE}{}{}", compute::PATH, suffix.map(|suffix| format!(".{suffix}")).unwrap_or_default());
        paths = paths.path(path, PathItemBuilder::new().operation(HttpMethod::Post, operation).build());
    }
    let mut items: BTreeMap<String, PathItemBuilder> = BTreeMap::new();
    let mut keyed = submissions::operations(&mut schemas);
    keyed.extend(refreshing::operations(&mut schemas));
    keyed.extend(decisions::operations(&mut schemas));
    for Entry { path, method, operation, refusals: own } in keyed {
        let operation = refusals.added_to(operation, &path, SHARED.iter().chain(&own), &problem).tag(tag_of(&path));
        let item = items.remove(&path).unwrap_or_default().operation(method, operation);
        items.insert(path, item);
    }
    for (path, item) in items {
        paths = paths.path(format!("{BASE}{path}"), item.build());
    }
    let unique: BTreeMap<String, RefOr<Schema>> = schemas.into_iter().collect();
    let none: [&str; 0] = [];
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A key that the operator of the service made with `sandyq keys create`."))
        .build();
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Sandyq")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(
                    "Indicators of the digitalisation of education: an index of eight criteria by area, the \
                     observations behind it, and where each comes from. Reading needs no key. Names come in Kazakh, \
                     Russian and English; a missing value is `null`; refusals are RFC 9457 problems.",
                ))
                .contact(Some(ContactBuilder::new().name(Some("Whoever runs this service")).build()))
                .license(Some(License::new("MIT OR Apache-2.0")))
                .build(),
        )
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .paths(paths)
        .components(Some(
            ComponentsBuilder::new()
                .schemas_from_iter(unique)
                .responses_from_iter(refusals.responses)
                .security_scheme(KEY, SecurityScheme::Http(bearer))
                .build(),
        ))
        .tags(Some(TAGS.iter().map(|(name, _, about)| TagBuilder::new().name(*name).description(Some(*about)).build())))
        // Reading needs no key; one of scope `read-more` gives a larger quota.
        .security(Some([SecurityRequirement::default(), SecurityRequirement::new(KEY, none)]))
        .build()
}

fn operation(
    route: &Route,
    suffix: Option<&str>,
    formats: &[&'static Format],
    shape: &RefOr<Schema>,
    problem: &RefOr<Schema>,
    refusals: &mut Refusals,
) -> OperationBuilder {
    let mut operation = OperationBuilder::new()
        .operation_id(Some(match suffix {
            Some(suffix) => format!("{}_{}", route.operation, suffix.replace(['.', '-'], "_")),
            None => route.operation.to_owned(),
        }))
        .summary(Some(match suffix {
            Some(_) => format!("{}, as {}", route.summary, formats.first().map_or("", |format| format.name)),
            None => route.summary.to_owned(),
        }))
        .description(Some(route.description));
    for segment in route.segments {
        operation = operation.parameter(parameter(segment, ParameterIn::Path));
    }
    for one in route.parameters {
        let mut documented = parameter(one, ParameterIn::Query);
        if deprecation::marks_parameter(DEPRECATED, route.operation, one.name) {
            documented.deprecated = Some(Deprecated::True);
        }
        operation = operation.parameter(documented);
    }
    if deprecation::marks_operation(DEPRECATED, route.operation) {
        operation = operation.deprecated(Some(Deprecated::True));
    }

    let mut answer = ResponseBuilder::new().description("The answer.");
    for format in formats {
        let schema = match format.writing {
            Writing::Own => shape.clone(),
            // The shape is the standard's to describe.
            _ if format.media_type.ends_with("json") => {
                ObjectBuilder::new().schema_type(SchemaType::AnyValue).description(Some(format.about)).into()
            }
            Writing::ByRow(_) | Writing::Whole(_) | Writing::Standard => {
                ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).description(Some(format.about)).into()
            }
        };
        answer = answer.content(format.full_media_type(), ContentBuilder::new().schema(Some(schema)).build());
    }
    for (name, description) in HEADERS {
        answer = answer.header(*name, header(description));
    }
    operation = operation.response("200", answer);
    operation =
        operation.response("304", ResponseBuilder::new().description("Unchanged since the `ETag` in `If-None-Match`."));

    let value_faults: &[ErrorCode] =
        if route.parameters.is_empty() { &[] } else { &[ErrorCode::BadParameter, ErrorCode::RepeatedParameter] };
    let bounded: &[ErrorCode] = if route.formats.len() > 1 { &[ErrorCode::AnswerTooLarge] } else { &[] };
    let is_long = route.effort != Effort::Reading || formats.iter().any(|format| format.is_whole());
    let waiting: &[ErrorCode] = if is_long { &[ErrorCode::Busy] } else { &[] };
    let codes = SHARED.iter().chain(bounded).chain(waiting).chain(value_faults).chain(route.refusals);
    refusals.added_to(operation, route.path, codes, problem)
}

/// Refusals, each described once however many addresses answer with it.
#[derive(Default)]
struct Refusals {
    responses: BTreeMap<String, Response>,
}

impl Refusals {
    /// Adds the refusals of an address, by status.
    fn added_to<'a>(
        &mut self,
        mut operation: OperationBuilder,
        path: &str,
        codes: impl Iterator<Item = &'a ErrorCode>,
        problem: &RefOr<Schema>,
    ) -> OperationBuilder {
        let mut by_status: BTreeMap<u16, BTreeSet<&str>> = BTreeMap::new();
        for code in codes {
            let entry = code.entry();
            by_status.entry(entry.status).or_default().insert(entry.code);
        }
        for (status, codes) in by_status {
            let name = self.name_of(path, status, &codes, problem);
            operation = operation.response(status.to_string(), RefOr::Ref(Ref::from_response_name(name)));
        }
        operation
    }

    fn name_of(&mut self, path: &str, status: u16, codes: &BTreeSet<&str>, problem: &RefOr<Schema>) -> String {
        let is_sdmx = path.starts_with("/sdmx");
        let words: Vec<&str> = codes.iter().copied().collect();
        let name = format!("{}{status}_{}", if is_sdmx { "sdmx_" } else { "" }, words.join("_"));
        let codes: Vec<String> = codes.iter().map(|code| format!("`{code}`")).collect();
        let mut refusal = ResponseBuilder::new()
            .description(format!("Refused: {}.", codes.join(", ")))
            .content(PROBLEM_MEDIA_TYPE, ContentBuilder::new().schema(Some(problem.clone())).build());
        if is_sdmx {
            let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
            let object = (SchemaOf::any_object().0)(&mut Vec::new());
            refusal = refusal
                .content("application/xml", ContentBuilder::new().schema(Some(text)).build())
                .content(SDMX_JSON, ContentBuilder::new().schema(Some(object)).build());
        }
        self.responses.entry(name.clone()).or_insert_with(|| refusal.build());
        name
    }
}

/// Media type of refusals of the SDMX protocol, when JSON is asked for.
const SDMX_JSON: &str = "application/vnd.sdmx.structure+json;version=2.0.0";

const HEADERS: &[(&str, &str)] = &[
    ("ETag", "Strong: the hash of the answer in its representation."),
    ("Last-Modified", "When the newest vintage was taken in."),
    ("Link", "The next page, and the CSVW metadata of a CSV file."),
    ("Cache-Control", "How long others may keep it."),
    ("RateLimit", "What is left of the quota, by draft-ietf-httpapi-ratelimit-headers."),
    ("RateLimit-Policy", "The quota."),
    ("X-Request-Id", "Identifier of the request."),
];

pub(crate) fn header(description: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(SchemaType::Type(Type::String))))
        .description(Some(description))
        .build()
}

pub(crate) fn parameter(parameter: &Parameter, place: ParameterIn) -> DocumentedParameter {
    let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    let list = |item: ObjectBuilder| ArrayBuilder::new().items(item).into();
    let is_list = matches!(parameter.kind, Kind::Codes | Kind::Choices(_));
    let schema: RefOr<Schema> = match parameter.kind {
        Kind::Codes => list(text()),
        Kind::Choices(words) => list(text().enum_values(Some(words.iter().copied()))),
        Kind::Choice(words) => text().enum_values(Some(words.iter().copied())).into(),
        // Empty is as not given.
        Kind::Year => text().pattern(Some("^((18|19|20|21)[0-9]{2})?$")).into(),
        Kind::Date => text().pattern(Some(DAY)).into(),
        Kind::Period => text().pattern(Some(PERIOD)).into(),
        Kind::Integer { least, most } => ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Integer))
            .minimum(Some(f64::from(least)))
            .maximum(Some(f64::from(most)))
            .into(),
        Kind::PeriodRange | Kind::Token => text().into(),
    };
    let required = match place {
        ParameterIn::Path => Required::True,
        _ => Required::False,
    };
    let mut builder = ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(place)
        .required(required)
        .description(Some(parameter.description))
        .schema(Some(schema));
    if is_list {
        builder = builder.style(Some(ParameterStyle::Form)).explode(Some(false));
    }
    if !parameter.example.is_empty() {
        builder = builder.example(Some(if is_list {
            parameter.example.split(',').collect::<Vec<_>>().into()
        } else if let Ok(number) = parameter.example.parse::<u32>()
            && matches!(parameter.kind, Kind::Integer { .. })
        {
            number.into()
        } else {
            parameter.example.into()
        }));
    }
    builder.build()
}

/// A day, or an instant that stands for its day.
const DAY: &str = "^([0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\
                   (\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])?)?)?$";
const PERIOD: &str = "^((18|19|20|21)[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?)?$";
