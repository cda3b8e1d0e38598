//! Where decisions take their time from.

use crate::time::Timestamp;

/// The clock of rules, timers, deadlines and skew checks. It may run on virtual time.
///
/// TLS, sessions, tokens, rate limits, audit and fsync timers never use it: they need wall or monotonic time.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present instant of this clock.
    fn now(&self) -> Timestamp;
}
