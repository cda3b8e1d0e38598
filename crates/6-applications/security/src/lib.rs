//! What the city's security centre (SOC) and this program tell each other, and who uses its interfaces how much.
//!
//! # Who acts
//! - **The SOC's automation** (SOAR) takes measures: it blocks an account or a token, quarantines a device, cuts a session, and
//!   takes back what can be taken back ([`service::measure`]).
//! - **The SOC** reports its incidents, which become signals and so alerts ([`service::report`]); which alert that is, their
//!   facts say ([`react`]).
//! - **Security officers** look and do the same by hand.
//! - **Time** ends measures that were taken until a date.
//! - **Every client** of the API is counted and may be limited ([`service::usage`]).
//!
//! # Walkthrough: a device is quarantined
//! 1. `POST /api/v1/security/actions` with an `Idempotency-Key`. The door asks for `security.act`, [`service::measure`] for
//!    `security.quarantine_device`, and both of an API token, too.
//! 2. What was before is looked up and written down with the measure, which has *begun*; one commit also takes the hold on the
//!    device, so that a second measure upon it is refused with the number of the first.
//! 3. The device is blocked through the port [`service::ground::Devices`]; its open MQTT sessions end by that.
//! 4. The measure is *in force*, its fact is told, and the act is in the audit trail. Only then it is answered.
//! 5. A crash between 2 and 4 leaves a measure that has begun; [`reconcile::measure`] carries it out after the start.
//! 6. `DELETE` takes it back by the same two steps. What others have changed meanwhile stays as they left it.
//!
//! # Invariants
//! - A measure is durable before it takes effect, and what was before it as well.
//! - The same key with the same body is one measure; with another body it is refused.
//! - The same incident of the SOC told twice is one signal; an older report never undoes a newer one.
//! - Memory of the usage log is bounded, whatever clients there are.
//!
//! **Boundary:** this crate imports no device and no alert; it knows them by a port, by signals and by facts.

pub mod decide;
pub mod error;
pub mod fact;
pub mod http;
pub mod model;
pub mod react;
pub mod reconcile;
pub mod record;
pub mod service;
pub mod store;
pub mod wire;

pub use http::{SecurityState, mount};
