//! Texts in two languages, and the folded form by which people search.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A name or label: Vietnamese first, English second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LangText {
    /// Vietnamese.
    pub vi: String,
    /// English; empty when nobody has written it.
    #[serde(default)]
    pub en: String,
}

impl LangText {
    /// Both languages at once.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }
}

/// Lower case without tones and marks, đ written d: "Đống Đa" becomes "dong da".
pub fn fold(text: &str) -> String {
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// The folded words by which a text is searched: runs of letters and digits, in their order (SEMANTICS 37).
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|c: char| !c.is_alphanumeric());
    parts.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        assert_eq!(
            words("Trạm đo PM2.5 \"Cầu-Giấy\"*"),
            ["tram", "do", "pm2", "5", "cau", "giay"]
        );
        assert_eq!(words(" -- \"* "), Vec::<String>::new());
    }

    #[test]
    fn folding_takes_tones_marks_and_the_stroke() {
        for (written, folded) in [
            ("Đống Đa", "dong da"),
            ("NGẬP ÚNG", "ngap ung"),
            ("Cầu Giấy", "cau giay"),
            ("e\u{301}", "e"),
            ("PM2.5", "pm2.5"),
        ] {
            assert_eq!(fold(written), folded);
        }
    }
}
