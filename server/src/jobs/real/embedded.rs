//! What tests run the steps of the service with.

use std::path::Path;
use std::sync::Arc;

use super::Upstream;
use crate::definitions::Definitions;
use crate::sources::Catalogue;
use crate::sources::client::{Client, ClientConfig, Timing};

impl Upstream {
    /// The embedded catalogue over real HTTP, with everything else in a folder.
    #[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    pub(crate) fn embedded_in(folder: &Path) -> Self {
        Self {
            catalogue: Arc::new(Catalogue::embedded().unwrap()),
            areas: Definitions::embedded().unwrap().areas,
            client: Client::new(ClientConfig::standard(), Timing::real()).unwrap(),
            drop_folder: folder.join("drop"),
            scratch: folder.to_owned(),
        }
    }
}
