//! Refusals in the manner of SDMX: a number of the standard's list and a text, as XML or JSON.

use serde_json::json;

use super::namespaces::{COMMON, MESSAGE};
use crate::xml::Xml;

/// The number of the standard's list for a status of HTTP.
#[must_use]
pub const fn number(status: u16) -> u16 {
    match status {
        404 => 100,
        413 | 414 | 431 => 130,
        429 | 503 => 503,
        500..=599 => 500,
        _ => 140,
    }
}

/// The refusal as an SDMX-ML message.
#[must_use]
pub fn xml(number: u16, text: &str) -> Vec<u8> {
    let written = Xml::new().and_then(|mut xml| {
        xml.within("mes:Error", &[("xmlns:mes", MESSAGE), ("xmlns:com", COMMON)], |xml| {
            xml.within("mes:ErrorMessage", &[("code", &number.to_string())], |xml| {
                xml.text("com:Text", &[("xml:lang", "en")], text)
            })
        })?;
        Ok(xml.finish())
    });
    // Memory never refuses.
    written.unwrap_or_default()
}

/// The refusal as an SDMX-JSON message.
#[must_use]
pub fn json(number: u16, title: &str, text: &str, request_id: &str) -> Vec<u8> {
    let message = json!({
        "meta": { "id": request_id },
        "errors": [{ "code": number, "title": title, "detail": text }],
    });
    serde_json::to_vec(&message).unwrap_or_default()
}
