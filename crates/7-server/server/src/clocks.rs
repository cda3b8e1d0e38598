//! The two clocks of an instance (SEMANTICS 31): one that may be virtual, and one that never is.

use chassis::scaled::{ScaledClock, Scaling};
use chassis::wall::WallClock;
use kernel::clock::Clock;
use rule::duration::Length;
use rule::model::{Kind, Rule};
use std::sync::Arc;
use std::time::Duration;

/// What tells an instance the time.
#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    /// Rules, timers, deadlines, skew checks.
    pub(crate) clock: Arc<dyn Clock>,
    /// TLS, sessions, tokens, audit: the time of the machine, always.
    pub(crate) wall: Arc<dyn Clock>,
    /// How the first one is scaled, if it is.
    pub(crate) scaled: Option<Scaled>,
}

/// A scaled clock and what must be said of everything that is seen under it.
#[derive(Clone, Debug)]
pub(crate) struct Scaled {
    pub(crate) scaling: Scaling,
    pub(crate) label: String,
}

impl Clocks {
    /// Both show the time of the machine.
    pub(crate) fn real() -> Self {
        Self {
            clock: Arc::new(WallClock),
            wall: Arc::new(WallClock),
            scaled: None,
        }
    }

    /// The first one is scaled.
    pub(crate) fn scaled(scaling: Scaling, label: &str) -> Self {
        Self {
            clock: Arc::new(ScaledClock::new(scaling)),
            scaled: Some(Scaled {
                scaling,
                label: label.to_owned(),
            }),
            ..Self::real()
        }
    }

    /// How much time of `clock` passes in `real` time: for what limits work, which goes by the time of the machine.
    pub(crate) fn paced(&self, real: Duration) -> Duration {
        let scaled = self.scaled.as_ref();
        scaled.map_or(real, |scaled| scaled.scaling.stretch(real))
    }

    /// Rules whose renewals come as often as under a real clock: each one is a fact, and a screen that is told.
    pub(crate) fn pace(&self, mut rules: Vec<Rule>) -> Vec<Rule> {
        for rule in &mut rules {
            if let Kind::Threshold(threshold) = &mut rule.kind {
                threshold.renew = Length(self.paced(threshold.renew.0));
            }
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time::Timestamp;

    #[test]
    fn what_limits_work_goes_by_the_time_of_the_machine() {
        let scaling = Scaling::from_now(Timestamp::EPOCH, 60.0).unwrap();
        let minute = Duration::from_secs(60);
        assert_eq!(Clocks::real().paced(minute), minute);
        assert_eq!(Clocks::scaled(scaling, "x").paced(minute), minute * 60);
        let found = crate::city::find(std::path::Path::new("")).unwrap();
        let rules = crate::city::parse(&found.pack.files).rules;
        assert_eq!(Clocks::real().pace(rules.clone()), rules);
        let renewals = |rules: &[Rule]| -> Vec<Duration> {
            let thresholds = rules.iter().filter_map(|rule| match &rule.kind {
                Kind::Threshold(threshold) => Some(threshold.renew.0),
                _ => None,
            });
            thresholds.collect()
        };
        let (real, paced) = (
            renewals(&rules),
            renewals(&Clocks::scaled(scaling, "x").pace(rules.clone())),
        );
        assert!(!real.is_empty() && real.iter().zip(&paced).all(|(real, paced)| *real * 60 == *paced));
    }
}
