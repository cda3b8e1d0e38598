//! Rules: a file that says what is worth a look, and an evaluator that finds it in the stream of observations.
//!
//! A rule file is read by [`parse::parse`], which checks everything and says precisely what is wrong. An
//! [`evaluate::Evaluator`] holds the rules and one small piece of state per (rule, series): the *slot*. Its owner
//! (`observation`) binds every series, feeds batches in log order, ticks it with its clock, and stores its snapshot.
//! What comes out are [`transition::Transition`]s; each becomes one [`kernel::signal::Signal`] with a derived id, so
//! that a replay after a crash says nothing twice.
//!
//! **Invariants:** no I/O, no async, no threads, no clock of its own: time comes in as `now`. A row about which nothing
//! changes costs two comparisons and allocates nothing. Every ring, list and timer is bounded.
//!
//! How time counts (SEMANTICS 31): windows use phenomenon time, with the newest row of the series as watermark; `for:`,
//! renewals and silence use the clock. A row older than the newest one of its series never changes a state (inside a
//! window it still counts from the next row on); a row of the same time and another value is a correction and does. A
//! window moves only with the rows of its series: when they stop, the last judgement stands, and a silence rule is what
//! notices. Rows graded bad are not used, not even as a sign of life.
//!
//! Start of the owner: [`evaluate::Evaluator::new`], [`evaluate::Evaluator::bind`] for every series, then
//! [`evaluate::Evaluator::restore`], replay of the log's tail with the times of receipt as `now`,
//! [`evaluate::Evaluator::resume`], and from then on live rows and ticks.

pub mod bind;
pub mod duration;
pub mod error;
pub mod evaluate;
mod hours;
mod judge;
pub mod model;
pub mod parse;
mod read;
mod select;
pub mod snapshot;
mod state;
mod timer;
pub mod transition;
pub mod units;
pub mod virtual_time;
mod window;
mod written;
