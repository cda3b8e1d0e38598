//! Sensor Measurement Lists (SenML, RFC 8428) in JSON and CBOR; both end in the same records and the same rules.

mod cbor;
mod json;
mod name;
mod pack;
mod record;
mod unit;

pub(crate) use cbor::decode as decode_cbor;
pub(crate) use json::decode as decode_json;
