//! Places in files, for messages: where a key or word stands, and mistakes made of them.

use chassis::yaml::Mistake;

/// Line and column, from 1.
pub(crate) type Place = (u64, u64);

/// The beginning of a file.
pub(crate) const BEGIN: Place = (1, 1);

/// A mistake at a place.
pub(crate) fn mistake(
    file: &str,
    (line, column): Place,
    what: impl Into<String>,
    advice: impl Into<String>,
) -> Mistake {
    Mistake {
        file: file.to_owned(),
        line,
        column,
        what: what.into(),
        advice: advice.into(),
    }
}

/// The place behind a text.
pub(crate) fn end_of(text: &str) -> Place {
    let line = text.matches('\n').count() as u64 + 1;
    let last = text.rsplit('\n').next().unwrap_or_default();
    (line, last.chars().count() as u64 + 1)
}

/// Where a word first stands by itself, not as part of a longer one and not in a comment line; the beginning if nowhere.
pub(crate) fn word(text: &str, word: &str) -> Place {
    places(text, word).next().unwrap_or(BEGIN)
}

/// Where a key first stands, with its colon; the beginning if nowhere.
pub(crate) fn key(text: &str, key: &str) -> Place {
    let with_colon = |(line, column): &Place| {
        let line = text.lines().nth(*line as usize - 1).unwrap_or_default();
        let after = line.chars().skip(*column as usize - 1 + key.chars().count());
        after.collect::<String>().trim_start_matches('"').starts_with(':')
    };
    places(text, key).find(with_colon).unwrap_or(BEGIN)
}

/// Where a word stands behind a key: on its line or one of those below it.
pub(crate) fn word_after(text: &str, after: &str, word: &str) -> Place {
    let begin = key(text, after);
    let mut all = places(text, word);
    all.find(|place| *place > begin).unwrap_or(begin)
}

fn places<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = Place> + 'a {
    let lines = text.lines().enumerate();
    let plain = lines.filter(|(_, line)| !line.trim_start().starts_with('#'));
    plain.flat_map(move |(number, line)| {
        let found = line.match_indices(word).filter(move |(at, _)| {
            let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
            let before = line[..*at].chars().next_back();
            let behind = line[*at + word.len()..].chars().next();
            !word.is_empty() && !before.is_some_and(part) && !behind.is_some_and(part)
        });
        found.map(move |(at, _)| (number as u64 + 1, line[..at].chars().count() as u64 + 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_keys_are_found_where_they_stand_by_themselves() {
        let text = "# unit: of what\nrule: unit-a\nselect: {unit: m, profiles: [pump-a, pump]}\nunit: m\n";
        assert_eq!(word(text, "pump"), (3, 38));
        assert_eq!(word(text, "unit-a"), (2, 7));
        assert_eq!(key(text, "unit"), (3, 10));
        assert_eq!(word_after(text, "profiles", "m"), (4, 7));
        assert_eq!(word(text, "nowhere"), BEGIN);
        assert_eq!(end_of("đa\nđb"), (2, 3));
    }
}
