//! One replay of an item at a time.

use kernel::id::QuarantineId;
use parking_lot::Mutex;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// The items that are being sent again right now. One process writes a tenant, so this settles who was first; should an item
/// change all the same, the version of its document tells.
#[derive(Debug, Default)]
pub(crate) struct UnderWay(Mutex<FxHashSet<QuarantineId>>);

impl UnderWay {
    /// Begins with an item; `None` while somebody else is at it.
    pub(crate) fn begin(self: &Arc<Self>, id: QuarantineId) -> Option<Turn> {
        let first = self.0.lock().insert(id);
        first.then(|| Turn {
            of: Arc::clone(self),
            id,
        })
    }
}

/// Ends when it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    of: Arc<UnderWay>,
    id: QuarantineId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.of.0.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_free_again_when_its_turn_ends() {
        let (all, one, other) = (Arc::<UnderWay>::default(), uuid::Uuid::nil(), uuid::Uuid::max());
        let turn = all.begin(QuarantineId(one));
        assert!(turn.is_some());
        assert!(all.begin(QuarantineId(one)).is_none());
        assert!(all.begin(QuarantineId(other)).is_some());
        drop(turn);
        assert!(all.begin(QuarantineId(one)).is_some());
    }
}
