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

#[cfg(test)]
mod tests {
    use super::*;

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
