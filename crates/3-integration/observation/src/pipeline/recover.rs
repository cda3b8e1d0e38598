//! The state after a start: the newest snapshot, then the rest of the log; the same as if nothing had happened.

use super::fold::{Fold, print};
use super::signals::Publisher;
use super::{Ground, Recovered, snapshot};
use crate::error::ObservationError;
use kernel::position::Position;
use rule::evaluate::Evaluator;
use rule::model::Rule;

const BYTES: usize = 8 << 20;

/// Builds the fold. Signals of the replayed part are published again; their ids are derived, so nothing is said twice.
pub(super) async fn recover(
    ground: &Ground,
    rules: Vec<Rule>,
    publisher: &mut Publisher,
) -> Result<(Fold, Recovered), ObservationError> {
    let unreadable = |error: rule::error::RuleError| ObservationError::Unreadable {
        what: "the rules".to_owned(),
        why: error.to_string(),
    };
    let mut fold = Fold::new(Evaluator::new(rules).map_err(unreadable)?, ground.limits.snapshot_bytes);
    let mut recovered = Recovered::default();
    let mut transitions = Vec::new();
    let restored = snapshot::read(ground).await?;
    recovered.from_snapshot = restored.is_some();
    if let Some(restored) = restored {
        fold.bind(&ground.registry, ground.clock.now(), &mut transitions);
        if let Err(error) = fold.rules.restore(&restored.rules, &mut transitions) {
            tracing::warn!(%error, "the state of the rules is not taken over; they judge anew");
        }
        ground.latest.restore(restored.latest, restored.position);
        fold.seen = restored.seen;
        fold.keys = restored.keys;
        fold.spans = restored.spans;
        fold.position = restored.position;
    }
    let head = *ground.log.head().borrow();
    while fold.position < head {
        let before: Position = fold.position;
        for (position, block) in ground.log.read(before, BYTES).await? {
            recovered.blocks += 1;
            recovered.rows += block.batch.len() as u64;
            let batch = &block.batch;
            for row in 0..batch.len() {
                fold.note(batch.series[row], batch.time[row], batch.bits[row], print(batch, row));
            }
            fold.apply(&block, position, &ground.latest);
            fold.judge(&block, &ground.registry, &mut transitions);
            fold.position = position;
        }
        if fold.position == before {
            break;
        }
    }
    fold.bind(&ground.registry, ground.clock.now(), &mut transitions);
    fold.rules.resume(ground.clock.now());
    publisher.send(&transitions, &ground.registry).await;
    Ok((fold, recovered))
}
