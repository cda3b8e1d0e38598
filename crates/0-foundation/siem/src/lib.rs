//! Security events and the audit trail on their way to a security centre's SIEM: RFC 5424 messages over TLS (RFC 5425),
//! with OCSF JSON or CEF inside.
//!
//! What a reader may rely on: every record of the trail arrives at least once, in order, whatever the other end does; each
//! message bears the record's number, so that what arrived twice is recognised. The place up to which everything arrived
//! is a pin of the audit log, so nothing is given back before it was sent. No value of a record can begin a second message
//! or a second field.

pub mod error;
pub mod export;
pub mod format;
pub mod sink;
pub mod watch;
