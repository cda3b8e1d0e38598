//! What is another value than before.

use crate::model::{Change, Settings};

/// A value that nobody has set.
const DEFAULT: &str = "default";

/// The changes from the settings before to those of now, by key. Without a before: what somebody has set. A value that only
/// moved to another line or source is no change.
pub fn changes(before: Option<&Settings>, now: &Settings) -> Vec<Change> {
    let Some(before) = before else {
        let set = now.iter().filter(|(_, held)| held.source != DEFAULT);
        return set
            .map(|(key, held)| Change {
                key: key.clone(),
                before: None,
                after: Some(held.clone()),
            })
            .collect();
    };
    let mut keys: Vec<&String> = before.keys().chain(now.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let value = |settings: &Settings, key: &String| settings.get(key).map(|held| held.value.clone());
    keys.into_iter()
        .filter(|key| value(before, key) != value(now, key))
        .map(|key| Change {
            key: key.clone(),
            before: before.get(key).cloned(),
            after: now.get(key).cloned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Held;

    fn settings(all: &[(&str, &str, &str)]) -> Settings {
        let held = |(key, value, source): &(&str, &str, &str)| {
            let (value, source) = ((*value).to_owned(), (*source).to_owned());
            ((*key).to_owned(), Held { value, source })
        };
        all.iter().map(held).collect()
    }

    #[test]
    fn a_change_is_another_value_a_new_key_or_one_that_is_gone() {
        let one = [("a", "1", "default"), ("b", "\"x\"", "site.toml:3")];
        type Rows = &'static [(&'static str, &'static str, &'static str)];
        let cases: [(&str, Rows, &[&str]); 6] = [
            ("the same", &[("a", "1", "default"), ("b", "\"x\"", "site.toml:3")], &[]),
            (
                "another line",
                &[("a", "1", "default"), ("b", "\"x\"", "site.toml:9")],
                &[],
            ),
            (
                "written down as it was",
                &[("a", "1", "site.toml:1"), ("b", "\"x\"", "site.toml:3")],
                &[],
            ),
            (
                "another value",
                &[("a", "2", "site.toml:1"), ("b", "\"x\"", "site.toml:3")],
                &["a"],
            ),
            (
                "back to the default",
                &[("a", "1", "default"), ("b", "\"\"", "default")],
                &["b"],
            ),
            (
                "one gone, one new",
                &[("a", "1", "default"), ("c", "7", "default")],
                &["b", "c"],
            ),
        ];
        for (what, now, changed) in cases {
            let told = changes(Some(&settings(&one)), &settings(now));
            let keys: Vec<&str> = told.iter().map(|change| change.key.as_str()).collect();
            assert_eq!(keys, changed, "{what}");
        }
    }

    #[test]
    fn the_first_version_says_what_somebody_has_set() {
        let told = changes(
            None,
            &settings(&[("a", "1", "default"), ("b", "2", "environment HANOI_IOC_B")]),
        );
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].key.as_str(), told[0].before.as_ref()), ("b", None));
    }
}
