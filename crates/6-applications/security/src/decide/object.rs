//! Which objects a question means, and what a review leaves behind.

use crate::error::SecurityError;
use crate::model::object::{Listed, Object, Review, Reviewed};
use kernel::id::OrgId;
use kernel::text::{self, LangText};

/// Reviews that are kept of an object; their facts tell of all.
pub const MAX_REVIEWS: usize = 20;
/// Longest note, in characters.
const MAX_NOTE: usize = 1_000;

/// What a list is narrowed to; an empty list asks for no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    /// States, as the sources call them.
    pub states: Vec<String>,
    /// Beginnings of words of id, title, or code or name of the owner, with or without tones.
    pub words: Option<String>,
}

impl Narrow {
    /// Whether an object is in one of the states; a source may leave out the others.
    pub fn means(&self, object: &Object) -> bool {
        self.states.is_empty() || self.states.iter().any(|state| state == object.state)
    }

    /// Whether the words are those of an object: of its id, its title, or code and name of who answers for it.
    pub fn speaks_of(&self, listed: &Listed, name: &impl Fn(&OrgId) -> Option<LangText>) -> bool {
        let Some(asked) = &self.words else { return true };
        let object = &listed.object;
        let owner = listed.owner().map_or("", |owner| owner.as_str());
        let called = listed.owner().and_then(name).unwrap_or_default();
        let LangText { vi, en } = &object.title;
        let has = text::words(&format!("{} {vi} {en} {owner} {} {}", object.id, called.vi, called.en));
        text::words(asked)
            .iter()
            .all(|word| has.iter().any(|has| has.starts_with(word)))
    }
}

/// Refuses a note that cannot be kept.
pub fn check(note: &str) -> Result<(), SecurityError> {
    if note.chars().count() > MAX_NOTE || note.chars().any(|c| c.is_control() && c != '\n') {
        let what = format!("write at most {MAX_NOTE} characters, without control characters");
        return Err(SecurityError::invalid("note", what));
    }
    Ok(())
}

/// What is kept of an object after a review. An owner that is not named stays.
pub fn review(object: &Object, known: Option<Reviewed>, owner: Option<OrgId>, review: Review) -> Reviewed {
    let mut kept = known.unwrap_or_else(|| Reviewed {
        kind: object.kind,
        id: object.id.clone(),
        owner: None,
        reviews: Vec::new(),
        count: 0,
    });
    kept.owner = owner.or(kept.owner);
    kept.count = kept.count.saturating_add(1);
    kept.reviews.push(review);
    let over = kept.reviews.len().saturating_sub(MAX_REVIEWS);
    kept.reviews.drain(..over);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::object::{Finding, Kind};
    use kernel::actor::ActorId;
    use kernel::time::Timestamp;
    use std::collections::BTreeMap;

    fn object() -> Object {
        Object {
            kind: Kind::Link,
            id: "siem".into(),
            title: LangText::new("Gửi nhật ký tới SOC", "The trail on its way to the SOC"),
            owner: OrgId::new("so-kh-cn").ok(),
            state: "on",
            detail: BTreeMap::new(),
        }
    }

    fn listed(owner: Option<OrgId>) -> Listed {
        let reviewed = owner.map(|owner| Reviewed {
            kind: Kind::Link,
            id: "siem".into(),
            owner: Some(owner),
            reviews: Vec::new(),
            count: 0,
        });
        Listed {
            object: object(),
            reviewed,
            version: 0,
        }
    }

    fn name(org: &OrgId) -> Option<LangText> {
        let names = [
            (
                "so-kh-cn",
                "Sở Khoa học và Công nghệ",
                "Department of Science and Technology",
            ),
            ("so-y-te", "Sở Y tế", "Department of Health"),
        ];
        let found = names.into_iter().find(|(code, ..)| *code == org.as_str());
        found.map(|(_, vi, en)| LangText::new(vi, en))
    }

    #[test]
    fn words_are_found_with_or_without_tones_and_states_as_they_are() {
        let narrow = |states: &[&str], words: &str| Narrow {
            states: states.iter().map(|state| (*state).to_owned()).collect(),
            words: (!words.is_empty()).then(|| words.to_owned()),
        };
        for (narrow, means) in [
            (narrow(&[], ""), true),
            (narrow(&["on"], "nhat ky"), true),
            (narrow(&["off", "on"], "siem SO-KH"), true),
            (narrow(&["off"], ""), false),
            (narrow(&[], "nhat camera"), false),
            (narrow(&[], "SO KHOA siem"), true),
            (narrow(&[], "so y te"), false),
        ] {
            let listed = listed(None);
            let found = narrow.means(&listed.object) && narrow.speaks_of(&listed, &name);
            assert_eq!(found, means, "{narrow:?}");
        }
        let given = listed(OrgId::new("so-y-te").ok());
        assert!(narrow(&[], "sở y tế").speaks_of(&given, &name));
        assert!(
            !narrow(&[], "so-kh-cn").speaks_of(&given, &name),
            "a review's owner goes first"
        );
    }

    #[test]
    fn the_newest_reviews_are_kept_and_all_are_counted() {
        let mut kept = None;
        for second in 0..30 {
            let one = Review {
                by: ActorId::Anonymous,
                at: Timestamp::from_seconds(second),
                finding: Finding::Keep,
                note: String::new(),
            };
            let owner = (second == 3).then(|| OrgId::new("so-y-te").unwrap());
            kept = Some(review(&object(), kept, owner, one));
        }
        let kept = kept.unwrap();
        assert_eq!((kept.count, kept.reviews.len()), (30, MAX_REVIEWS));
        assert_eq!(kept.reviews[0].at, Timestamp::from_seconds(10));
        assert_eq!(
            kept.owner.unwrap().as_str(),
            "so-y-te",
            "an owner that is not named stays"
        );
    }
}
