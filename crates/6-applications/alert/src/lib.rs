//! Alerts: signals gathered into something that one person must look at.
//!
//! This is the exemplary slice: read it from the bottom to the top, and build the next one in the same shape.
//!
//! # Who acts
//! - **Whatever notices something** (a rule, the watch over silent devices, a forecast) publishes a
//!   [`Signal`](kernel::signal::Signal) into the journal. This slice knows none of them.
//! - **The duty officer** (`duty_officer`, `administrator`) acknowledges, comments, shelves and clears.
//! - **The leader** (`leader`) looks.
//! - **Time** brings shelved alerts back.
//!
//! # Walkthrough: a gauge rises over its limit
//! 1. The rule `flood-depth` publishes `signal.published.v1` with the group `flood_depth/00070`.
//! 2. [`react::Gathering`] reads it from the journal, among up to 1,000 others, and loads the newest alert of each group
//!    with one look-up.
//! 3. [`decide::fold`] takes the signals one by one; [`decide::hear`] says what each does. There is no alert of this group,
//!    so one begins. Its id follows from the signal's id: after a crash the same signal makes the same alert.
//! 4. [`store::Store::save`] commits the alert, the fact `alert.raised.v1` and the consumer's cursor together.
//! 5. The fact carries the alert as the API shows it ([`wire::Alert`]); the screen draws it without asking again.
//! 6. The duty officer presses a key: `POST /api/v1/alerts/{id}/acknowledge`. [`service::Alerts::act`] checks role and
//!    scope, [`decide::act`] decides, and alert and `alert.acknowledged.v1` are committed if nothing came in between;
//!    otherwise it decides anew on the newest state.
//! 7. The water rises further: a graver signal ends the acknowledgement, and the timeline says so.
//! 8. The water falls: when the last cause of the group is over, the alert is cleared.
//!
//! # Invariants
//! - An alert that is not cleared has a cause that goes on, and its severity is that of the gravest one.
//! - An alert whose causes go on is cleared only by a person with a reason.
//! - Nobody is acknowledged, shelved or cleared anonymously: each [`model::Phase`] carries its witness.
//! - The timeline only grows; each line has the id of the fact that told it.
//! - The same signals taken twice change nothing: an alert knows the journal number of the last one.
//!
//! **Boundary:** this crate knows no rule, no device and no observation; only signals and what people do.

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

pub use http::{AlertState, mount};
