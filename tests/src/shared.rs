//! One service on a filled folder for all tests that only read.

use std::ops::Deref;
use std::sync::{Arc, Weak};

use anyhow::Result;
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::data;
use crate::service::Service;

static SHARED: Mutex<Weak<SharedService>> = Mutex::const_new(Weak::new());

/// The service and its folder. It ends when the last test that uses it ends.
pub struct SharedService {
    service: Service,
    _data: TempDir,
}

impl Deref for SharedService {
    type Target = Service;

    fn deref(&self) -> &Service {
        &self.service
    }
}

/// The shared service, started when nobody holds it.
///
/// # Errors
/// When it does not start.
pub async fn service() -> Result<Arc<SharedService>> {
    let mut shared = SHARED.lock().await;
    if let Some(running) = shared.upgrade() {
        return Ok(running);
    }
    let data = data::filled().await?;
    let service = Service::start(data.path()).await?;
    let started = Arc::new(SharedService { service, _data: data });
    *shared = Arc::downgrade(&started);
    Ok(started)
}
