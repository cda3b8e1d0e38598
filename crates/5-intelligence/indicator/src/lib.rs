//! Indicators: numbers that the pack defines, computed from what is stored. Today the VN_AQI of stations and areas.
//!
//! # Who acts
//! - **The log of observations** tells which hours have new, late or corrected values ([`reconcile::Computing`]).
//! - **Everybody who may look** (`duty_officer`, `administrator`, `leader`) reads values and their sources.
//!
//! # Walkthrough: a bad hour at a station
//! 1. Rows of PM2.5 and NO2 arrive; [`reconcile`] notes that their hour, the eleven hours after it and their day are
//!    touched, and waits until the hour is over and settled.
//! 2. It asks the port [`store::ground::HourlyMeans`] for the means of the last twelve hours, and the pack for the edition
//!    of the standard that was in force ([`standard`]).
//! 3. [`decide::nowcast`], [`decide::scale`] and [`decide::hourly`] give the index, exact on the examples of the decision.
//! 4. The value enters the main road as a computed series with its inputs ([`store::ground::Outlet`]): the same value again
//!    is a duplicate, another one a correction.
//! 5. [`decide::level`] sees that the band is now "Xấu"; level, signal and fact are committed together, and `alert` shows it.
//!
//! # Invariants
//! - What is computed twice from the same values is the same, and told once: ids of facts follow from their cause.
//! - Values above the last step stay at 500; without PM10 and PM2.5 there is no index.
//! - A value that the standard does not give (the nearest station for an area without one) is marked and never stored.
//!
//! **Boundary:** this crate imports no other slice. Means, series and the way back are ports that the server joins.

pub mod decide;
pub mod error;
pub mod fact;
pub mod http;
pub mod model;
pub mod reconcile;
pub mod record;
pub mod service;
pub mod standard;
pub mod store;
pub mod wire;

pub use http::{IndicatorState, mount};
