//! stub
use serde::{Deserialize, Serialize};
/// Direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    /// More.
    HigherIsBetter,
    /// Less.
    LowerIsBetter,
}
