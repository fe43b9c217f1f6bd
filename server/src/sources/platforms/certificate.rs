//! Until when a certificate holds: [`ends`]. Whether it is to be trusted was settled by the connection.

use jiff::Timestamp;
use x509_parser::parse_x509_certificate;

/// The last moment of a certificate's validity; `None` when the bytes are no certificate.
pub(super) fn ends(der: &[u8]) -> Option<Timestamp> {
    let (_, certificate) = parse_x509_certificate(der).ok()?;
    Timestamp::from_second(certificate.validity().not_after.timestamp()).ok()
}
