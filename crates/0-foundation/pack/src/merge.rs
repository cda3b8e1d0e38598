//! Differences of texts for people, and the proposal that joins two changes of one text. The only place that knows `diffy`.

use diffy::{DiffOptions, MergeOptions};

/// Longest difference that an answer holds, in characters.
const MAX_DIFF: usize = 20_000;
/// Texts with more lines together are not compared line by line.
const MAX_LINES: usize = 20_000;

/// The unified difference of two texts; empty when they are equal.
pub fn difference(from: &str, to: &str) -> String {
    if from == to {
        return String::new();
    }
    let (before, after) = (from.lines().count(), to.lines().count());
    if before + after > MAX_LINES {
        return format!("@@ {before} lines became {after}; too many to show @@\n");
    }
    let patch = DiffOptions::new().set_context_len(2).create_patch(from, to).to_string();
    // the first two lines name files, which these texts are not
    let body: String = patch.split_inclusive('\n').skip(2).collect();
    match body.char_indices().nth(MAX_DIFF) {
        Some((end, _)) => format!("{}\n… (cut)\n", &body[..end]),
        None => body,
    }
}

/// Both changes of a text in one, if they touch different lines. Somebody has to look at it: what fits line by line need not
/// make sense together.
pub fn proposal(before: &str, pack: &str, person: &str) -> Option<String> {
    let lines = [before, pack, person]
        .iter()
        .map(|text| text.lines().count())
        .sum::<usize>();
    if lines > MAX_LINES {
        return None;
    }
    MergeOptions::new().merge(before, person, pack).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "rule: a\nversion: 1\nunit: m\nfor: PT1M\nassumed: true\n";

    #[test]
    fn a_difference_shows_what_went_and_what_came() {
        let text = difference(BEFORE, &BEFORE.replace("PT1M", "PT5M"));
        assert!(text.starts_with("@@ "), "{text}");
        assert!(text.contains("-for: PT1M\n") && text.contains("+for: PT5M\n"), "{text}");
        assert_eq!(difference(BEFORE, BEFORE), "");
        let long = "x\n".repeat(15_000);
        assert!(difference(&long, &long.replace('x', "y")).contains("15000 lines"));
    }

    #[test]
    fn changes_of_different_lines_join_and_of_one_line_do_not() {
        let pack = BEFORE.replace("version: 1", "version: 2");
        let person = BEFORE.replace("assumed: true", "assumed: false");
        let joined = proposal(BEFORE, &pack, &person).unwrap();
        assert!(
            joined.contains("version: 2") && joined.contains("assumed: false"),
            "{joined}"
        );
        assert_eq!(
            proposal(BEFORE, &pack, &BEFORE.replace("version: 1", "version: 3")),
            None
        );
    }
}
