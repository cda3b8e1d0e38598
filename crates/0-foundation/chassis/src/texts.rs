//! The texts of errors that people read, in Vietnamese and English, from `resources/problems.toml`.

use kernel::text::LangText;
use std::collections::HashMap;
use std::sync::LazyLock;

static PROBLEMS: LazyLock<HashMap<String, LangText>> =
    LazyLock::new(|| toml::from_str(include_str!("../resources/problems.toml")).unwrap_or_default());

/// The title of a problem; a code without a text gets the one of `internal`.
pub fn problem(code: &str) -> LangText {
    PROBLEMS
        .get(code)
        .or_else(|| PROBLEMS.get("internal"))
        .cloned()
        .unwrap_or_default()
}

/// Whether a code has a text.
pub fn is_known(code: &str) -> bool {
    PROBLEMS.contains_key(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_stands_in_both_languages() {
        assert!(PROBLEMS.len() > 10, "the resource file must parse");
        for (code, text) in PROBLEMS.iter() {
            assert!(!text.vi.is_empty() && !text.en.is_empty(), "{code}");
        }
    }
}
