//! Incidents: alerts and calls that are being dealt with, each with a number, a timeline and somebody who answers for it.
//!
//! The slice has the shape of `alert`; read that one first.
//!
//! # Who acts
//! - **A grave alert** (severity 4 and above unless configured otherwise) opens an incident by itself.
//! - **The duty officer** (`duty_officer`, `administrator`) opens by hand or from alerts, assigns, notes, judges the
//!   severity, closes and reopens.
//! - **The leader** (`leader`) looks.
//!
//! # Walkthrough: deep water in a ward
//! 1. `alert.raised.v1` of severity 4 comes from the journal. [`react::Watch`] loads the register of numbers and every
//!    incident that the fact may concern, with three look-ups for up to 1,000 facts.
//! 2. [`decide::fold`] takes the facts one by one. [`decide::join`] finds no active incident with this group, nor one of this
//!    kind in this commune, so [`decide::open`] begins one. Its id follows from the id of the fact: after a crash the same
//!    fact makes the same incident.
//! 3. [`store::Store::save`] commits the incident, the register with the number taken, `incident.opened.v1` and the
//!    consumer's cursor together.
//! 4. A second gauge of the ward raises an alert: it joins (`incident.linked.v1`). A graver one raises the severity.
//! 5. The duty officer assigns a department, notes what is done, and starts: `POST /api/v1/incidents/{id}/work`.
//! 6. The water falls and the last alert is cleared: a line in the timeline says so. Nothing more: closing takes a person, a
//!    reason and words.
//!
//! # Invariants
//! - The numbers of a register are 1, 2, 3 ... without a gap or a double: they are given in the transaction that opens.
//! - An alert belongs to at most one active incident: whatever binds an alert writes the register in the same transaction, so
//!   that of two at once one decides anew.
//! - A closed incident has a person, a reason and words; nothing about it changes until it is reopened.
//! - The timeline only grows; each line has the id of the fact that told it.
//! - The same facts taken twice open nothing and tell nothing twice: an incident and each of its links know the journal
//!   number of the last one.
//! - Only an alert graver than all before raises the severity by itself, so nobody's judgement is undone by old news.
//!
//! **Boundary:** this crate imports `alert` to look at alerts that a person names; what happens to them it learns from facts.

pub mod decide;
pub mod error;
pub mod fact;
pub mod http;
pub mod model;
pub mod react;
pub mod record;
pub mod service;
pub mod store;
pub mod wire;

pub use http::{IncidentState, mount};
