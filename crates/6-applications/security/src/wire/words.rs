//! What the server says of itself, in both languages, from `resources/texts.toml`.

use kernel::text::LangText;
use std::collections::HashMap;
use std::sync::LazyLock;

static TEXTS: LazyLock<HashMap<String, LangText>> =
    LazyLock::new(|| toml::from_str(include_str!("../../resources/texts.toml")).unwrap_or_default());

/// The text of a key; nothing when there is none.
pub fn known(key: &str) -> Option<LangText> {
    TEXTS.get(key).cloned()
}

/// The text of a key, with its parameters filled in.
pub fn words(key: &str, params: &[(&str, &str)]) -> LangText {
    let fill = |text: &str| {
        let named = |text: String, (name, value): &(&str, &str)| text.replace(&format!("{{{name}}}"), value);
        params.iter().fold(text.to_owned(), named)
    };
    let text = known(key).unwrap_or_default();
    LangText::new(fill(&text.vi), fill(&text.en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_stands_in_both_languages_with_the_same_parameters() {
        assert!(TEXTS.len() > 15, "the resource file must parse");
        let holes = |text: &str| text.matches('{').count();
        for (key, text) in TEXTS.iter() {
            assert!(!text.vi.is_empty() && !text.en.is_empty(), "{key}");
            assert_eq!(holes(&text.vi), holes(&text.en), "{key}");
        }
    }

    #[test]
    fn parameters_are_filled_in_and_a_word_that_is_not_there_is_empty() {
        let text = words("held", &[("target", "device/g-1"), ("action", "7")]);
        assert!(text.vi.starts_with("device/g-1 đang chịu biện pháp 7;"), "{}", text.vi);
        assert!(
            text.en.starts_with("device/g-1 is under action 7 already"),
            "{}",
            text.en
        );
        assert_eq!(words("no_such_text", &[]), LangText::default());
    }
}
