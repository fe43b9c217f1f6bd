//! Parts that several pages share: figures with their source line, tables, bars, words for statuses.

pub(crate) mod answer_files;
pub(crate) mod choosers;
pub(crate) mod context;
pub(crate) mod coverage;
pub(crate) mod exploring;
pub(crate) mod figure;
pub(crate) mod scoreboard;
pub(crate) mod scoring;
pub(crate) mod series;
pub(crate) mod small_multiple;
pub(crate) mod sources;
pub(crate) mod values;
pub(crate) mod wide_table;
