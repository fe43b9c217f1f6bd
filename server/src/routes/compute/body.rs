//! What is sent: JSON, or the parts of a form. Bytes are counted as they come, and parsed elsewhere.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::http::header;
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use indicators::framework::Framework;
use indicators::recipe::Recipe;
use serde::Deserialize;

use super::refused;
use crate::compute::{
    ComputeRequestError, DataSpec, Robustness, Tables, Wishes, coin_tool, coinr, read_json, read_recipe,
};
use crate::error::ApiError;

/// The parts a form may have.
const PARTS: [&str; 11] = [
    "recipe",
    "idata",
    "imeta",
    "data",
    "framework",
    "coin_tool",
    "explain",
    "analysis",
    "rank_reversals",
    "robustness",
    "alternatives",
];

/// The media types taken in.
const MEDIA_TYPES: &str = "application/json or multipart/form-data";

/// What was sent, unread.
pub(super) enum Sent {
    /// A JSON document.
    Json(Bytes),
    /// The parts of a form, by name.
    Form(BTreeMap<&'static str, Bytes>),
}

/// What is asked for.
pub(super) struct Asked {
    pub(super) recipe: Recipe,
    pub(super) tables: Tables,
    pub(super) wishes: Wishes,
}

/// A request as JSON; tables in `COINr`'s layout are texts in it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    recipe: Recipe,
    idata: Option<String>,
    imeta: Option<String>,
    data: Option<DataSpec>,
    framework: Option<Framework>,
    #[serde(default)]
    explain: bool,
    #[serde(default)]
    analysis: bool,
    #[serde(default)]
    rank_reversals: bool,
    robustness: Option<Robustness>,
    #[serde(default)]
    alternatives: BTreeMap<String, Recipe>,
}

/// Takes a request in.
pub(super) async fn receive(request: &HttpRequest, payload: web::Payload, most: u32) -> Result<Sent, ApiError> {
    uncoded(request)?;
    let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = media_type.unwrap_or_default().to_ascii_lowercase();
    match media_type.split(';').next().unwrap_or_default().trim() {
        "application/json" => Ok(Sent::Json(whole(payload, most).await?)),
        "multipart/form-data" => Ok(Sent::Form(from_form(request, payload, most).await?)),
        found => Err(ApiError::UnsupportedMediaType { found: found.to_owned(), expected: MEDIA_TYPES }),
    }
}

impl Sent {
    /// Reads what was sent; tables may be large, so not on a thread that serves.
    pub(super) fn read(self) -> Result<Asked, ApiError> {
        match self {
            Self::Json(bytes) => from_json(&bytes),
            Self::Form(parts) => from_parts(parts),
        }
    }
}

/// The sources of data and tree that were given, of which one combination makes sense.
#[derive(Default)]
struct Sources {
    idata: Option<Bytes>,
    imeta: Option<Bytes>,
    data: Option<DataSpec>,
    framework: Option<Framework>,
    coin_tool: Option<Bytes>,
}

impl Sources {
    fn tables(self) -> Result<Tables, ApiError> {
        let given = [
            ("idata", self.idata.is_some()),
            ("imeta", self.imeta.is_some()),
            ("data", self.data.is_some()),
            ("framework", self.framework.is_some()),
            ("coin_tool", self.coin_tool.is_some()),
        ];
        let tables = match (self.coin_tool, self.idata, self.imeta, self.data, self.framework) {
            (Some(workbook), None, None, None, None) => coin_tool::read(&workbook),
            (None, Some(idata), Some(imeta), None, None) => coinr::read(&idata, &imeta),
            (None, Some(idata), None, None, Some(framework)) => coinr::read_data(&idata, framework),
            (None, None, None, Some(data), Some(framework)) => data.tables(framework),
            _ => {
                let given: Vec<&str> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
                let given = if given.is_empty() { "no data".to_owned() } else { given.join(", ") };
                let reason = format!(
                    "it has {given}; expected idata with imeta, idata with framework, data with framework, or \
                     coin_tool alone"
                );
                return Err(broken("body", &reason));
            }
        };
        tables.map_err(|faults| refused(ComputeRequestError::from(faults)))
    }
}

fn from_json(bytes: &[u8]) -> Result<Asked, ApiError> {
    let request: Request = read_json("body", bytes).map_err(refused)?;
    let sources = Sources {
        idata: request.idata.map(Bytes::from),
        imeta: request.imeta.map(Bytes::from),
        data: request.data,
        framework: request.framework,
        coin_tool: None,
    };
    let Request { explain, analysis, rank_reversals, robustness, alternatives, .. } = request;
    let wishes = Wishes { explain, analysis, rank_reversals, robustness, alternatives };
    Ok(Asked { recipe: request.recipe, tables: sources.tables()?, wishes })
}

fn from_parts(mut parts: BTreeMap<&'static str, Bytes>) -> Result<Asked, ApiError> {
    // A field of a form left empty counts as not given.
    parts.retain(|_, bytes| !bytes.is_empty());
    let mut part = |name: &str| parts.remove(name);
    let Some(recipe) = part("recipe") else {
        return Err(broken("body", &"no recipe; expected a part of this name"));
    };
    let recipe = read_recipe(&recipe).map_err(refused)?;
    let explain = flag("explain", part("explain").as_ref())?;
    let analysis = flag("analysis", part("analysis").as_ref())?;
    let rank_reversals = flag("rank_reversals", part("rank_reversals").as_ref())?;
    let robustness = part("robustness").map(|bytes| read_json("robustness", &bytes)).transpose().map_err(refused)?;
    let alternatives =
        part("alternatives").map(|bytes| read_json("alternatives", &bytes)).transpose().map_err(refused)?;
    let sources = Sources {
        idata: part("idata"),
        imeta: part("imeta"),
        data: part("data").map(|bytes| read_json("data", &bytes)).transpose().map_err(refused)?,
        framework: part("framework").map(|bytes| read_json("framework", &bytes)).transpose().map_err(refused)?,
        coin_tool: part("coin_tool"),
    };
    Ok(Asked {
        recipe,
        tables: sources.tables()?,
        wishes: Wishes {
            explain,
            analysis,
            rank_reversals,
            robustness,
            alternatives: alternatives.unwrap_or_default(),
        },
    })
}

fn flag(name: &'static str, part: Option<&Bytes>) -> Result<bool, ApiError> {
    match part.map(|bytes| bytes.trim_ascii()) {
        None | Some(b"false" | b"") => Ok(false),
        Some(b"true") => Ok(true),
        Some(_) => Err(broken(name, &"expected true or false")),
    }
}

/// Takes a body in whole, counting it as it comes.
pub(in crate::routes) async fn whole(payload: web::Payload, most: u32) -> Result<Bytes, ApiError> {
    let mut payload = payload.into_inner();
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| broken("body", &error))?;
        if bytes.len() + chunk.len() > usize::try_from(most).unwrap_or(usize::MAX) {
            return Err(ApiError::BodyTooLarge { most });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

/// Refuses a body that would have to be unpacked first: its length says nothing about what comes out.
pub(in crate::routes) fn uncoded(request: &HttpRequest) -> Result<(), ApiError> {
    match request.headers().get(header::CONTENT_ENCODING) {
        Some(coding) if coding != "identity" => Err(ApiError::UnsupportedMediaType {
            found: format!("coded as {}", coding.to_str().unwrap_or("something unreadable")),
            expected: "a body without Content-Encoding",
        }),
        _ => Ok(()),
    }
}

fn broken(place: &str, reason: &impl ToString) -> ApiError {
    ApiError::MalformedBody { place: place.to_owned(), reason: reason.to_string() }
}

async fn from_form(
    request: &HttpRequest,
    payload: web::Payload,
    most: u32,
) -> Result<BTreeMap<&'static str, Bytes>, ApiError> {
    let mut form =
        Multipart::from_request(request, &mut payload.into_inner()).await.map_err(|error| broken("body", &error))?;
    let mut parts = BTreeMap::new();
    let mut taken = 0_usize;
    while let Some(field) = form.next().await {
        let mut field = field.map_err(|error| broken("body", &error))?;
        let given = field.name().unwrap_or_default().to_owned();
        let Some(name) = PARTS.into_iter().find(|name| *name == given) else {
            let reason = format!("no such part; expected one of {}", PARTS.join(", "));
            return Err(ApiError::MalformedBody { place: format!("part {given:?}"), reason });
        };
        let mut bytes = BytesMut::new();
        while let Some(chunk) = field.next().await {
            let chunk = chunk.map_err(|error| broken(name, &error))?;
            taken += chunk.len();
            if taken > usize::try_from(most).unwrap_or(usize::MAX) {
                return Err(ApiError::BodyTooLarge { most });
            }
            bytes.extend_from_slice(&chunk);
        }
        if parts.insert(name, bytes.freeze()).is_some() {
            return Err(ApiError::MalformedBody {
                place: format!("part {name:?}"),
                reason: "it comes twice; expected each part once".to_owned(),
            });
        }
    }
    Ok(parts)
}
