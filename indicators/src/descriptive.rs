//! Describing columns with missing cells: moments, quantiles, correlations, principal components,
//! consistency, trends. What follows from them for an index is decided elsewhere.

pub mod consistency;
pub mod correlation;
mod moments;
mod principal;
mod statistics;
mod trend;

pub use moments::{kurtosis, mean, median, quantile, skewness, standard_deviation};
pub(crate) use moments::{quantile_of_sorted, skewness_and_kurtosis};
pub use principal::{PrincipalComponents, principal_components};
pub use statistics::{
    ColumnStatistics, FlagLimits, Profile, Standing, availability_below, statistics, strengths_and_weaknesses,
};
pub use trend::{growth_rate, percent_change, robust_slope};
