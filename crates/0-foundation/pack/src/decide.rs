//! The three-way comparison of an upgrade: the base before, the base that comes, and what a person put over it. Pure.

pub mod act;

use serde::{Deserialize, Serialize};

/// What an upgrade makes of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody has changed anything.
    Unchanged,
    /// The pack brings it for the first time, or again.
    Added,
    /// The pack's new text counts.
    Taken,
    /// The pack no longer has it, and it no longer counts.
    Removed,
    /// Only a person has changed it: their text goes on counting.
    Kept,
    /// The pack has come to the person's own text.
    Same,
    /// Both have changed it: the person's text goes on counting until somebody chooses.
    Conflict,
}

/// The overlay of an item in the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Over<'a> {
    /// Its text.
    pub text: &'a str,
    /// The base on which it stands; absent when there was none.
    pub on: Option<&'a str>,
}

/// Compares. `base` is the pack's text up to now and `new` the one that comes; absent where a pack does not have the item.
pub fn upgrade(base: Option<&str>, new: Option<&str>, overlay: Option<Over<'_>>) -> Outcome {
    match overlay {
        None if base == new => Outcome::Unchanged,
        None => match (base, new) {
            (None, _) => Outcome::Added,
            (_, None) => Outcome::Removed,
            _ => Outcome::Taken,
        },
        // what lies between is passed over: a pack that has gone back to the base of the overlay asks nothing of anybody
        Some(over) if over.on == new => Outcome::Kept,
        Some(over) if Some(over.text) == new => Outcome::Same,
        Some(_) => Outcome::Conflict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_cases_of_the_three_way_comparison() {
        let over = |text, on| Some(Over { text, on });
        let (a, b, c) = (Some("a"), Some("b"), Some("c"));
        for (base, new, overlay, outcome) in [
            // nobody has put anything over it
            (None, None, None, Outcome::Unchanged),
            (a, a, None, Outcome::Unchanged),
            (None, a, None, Outcome::Added),
            (a, b, None, Outcome::Taken),
            (a, None, None, Outcome::Removed),
            // a person has, and the pack stays
            (a, a, over("x", a), Outcome::Kept),
            (None, None, over("x", None), Outcome::Kept),
            // the pack changes, too
            (a, b, over("x", a), Outcome::Conflict),
            (a, b, over("b", a), Outcome::Same),
            (a, None, over("x", a), Outcome::Conflict),
            (None, a, over("x", None), Outcome::Conflict),
            (None, a, over("a", None), Outcome::Same),
            // a conflict waits, and another pack comes
            (b, b, over("x", a), Outcome::Conflict),
            (b, c, over("x", a), Outcome::Conflict),
            (b, c, over("c", a), Outcome::Same),
            (b, a, over("x", a), Outcome::Kept),
            (None, a, over("x", a), Outcome::Kept),
            (b, None, over("x", a), Outcome::Conflict),
            (b, None, over("x", None), Outcome::Kept),
            // a person has written the base itself again
            (a, a, over("a", a), Outcome::Kept),
            (a, b, over("a", a), Outcome::Conflict),
        ] {
            assert_eq!(upgrade(base, new, overlay), outcome, "{base:?} {new:?} {overlay:?}");
        }
    }
}
