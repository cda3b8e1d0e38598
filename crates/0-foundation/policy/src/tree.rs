//! Trees of areas and organisations: what lies under what.

use std::collections::{BTreeMap, BTreeSet};

/// Each member with the one above it.
#[derive(Clone, Debug)]
pub struct Tree<T: Ord> {
    above: BTreeMap<T, Option<T>>,
    below: BTreeMap<T, Vec<T>>,
}

impl<T: Ord> Default for Tree<T> {
    fn default() -> Self {
        Self {
            above: BTreeMap::new(),
            below: BTreeMap::new(),
        }
    }
}

/// Longest way up; more would be a circle.
const DEEPEST: usize = 32;

impl<T: Ord + Clone> Tree<T> {
    /// Takes members with the one above each. One that stands twice keeps its last place.
    pub fn new(members: impl IntoIterator<Item = (T, Option<T>)>) -> Self {
        let above: BTreeMap<T, Option<T>> = members.into_iter().collect();
        let mut below: BTreeMap<T, Vec<T>> = BTreeMap::new();
        for (member, parent) in &above {
            if let Some(parent) = parent {
                below.entry(parent.clone()).or_default().push(member.clone());
            }
        }
        Self { above, below }
    }

    /// Whether it is a member.
    pub fn holds(&self, member: &T) -> bool {
        self.above.contains_key(member)
    }

    /// Whether everything lies under it: it is the only member with nobody above.
    pub fn is_top(&self, member: &T) -> bool {
        let mut tops = self.above.iter().filter(|(_, parent)| parent.is_none());
        matches!((tops.next(), tops.next()), (Some((top, _)), None) if top == member)
    }

    /// The one above.
    pub fn parent(&self, member: &T) -> Option<&T> {
        self.above.get(member)?.as_ref()
    }

    /// From a member up to the top, itself first.
    pub fn way_up<'a>(&'a self, member: &'a T) -> impl Iterator<Item = &'a T> {
        std::iter::successors(Some(member), |member| self.parent(member)).take(DEEPEST)
    }

    /// A member and all that lie under it. One that is not known is alone.
    pub fn under(&self, member: &T) -> BTreeSet<T> {
        let mut found = BTreeSet::from([member.clone()]);
        let mut open = vec![member.clone()];
        while let Some(next) = open.pop() {
            for child in self.below.get(&next).into_iter().flatten() {
                if found.insert(child.clone()) {
                    open.push(child.clone());
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree<&'static str> {
        Tree::new([
            ("city", None),
            ("dept", Some("city")),
            ("office", Some("dept")),
            ("ward", Some("city")),
        ])
    }

    #[test]
    fn what_lies_under_and_above() {
        let tree = tree();
        assert_eq!(tree.under(&"dept"), BTreeSet::from(["dept", "office"]));
        assert_eq!(tree.under(&"unknown"), BTreeSet::from(["unknown"]));
        assert_eq!(
            tree.way_up(&"office").copied().collect::<Vec<_>>(),
            ["office", "dept", "city"]
        );
        assert!(tree.is_top(&"city") && !tree.is_top(&"ward"));
    }

    #[test]
    fn a_circle_ends_and_two_tops_are_none() {
        let circle = Tree::new([("a", Some("b")), ("b", Some("a"))]);
        assert_eq!(circle.under(&"a"), BTreeSet::from(["a", "b"]));
        assert_eq!(circle.way_up(&"a").count(), DEEPEST);
        assert!(!Tree::new([("a", None), ("b", None)]).is_top(&"a"));
    }
}
