//! Topic filters: which are valid, what they match, and shared ones (MQTT 5 §4.7 and §4.8.2).

/// Whether a filter is one ([MQTT-4.7.1-1], [MQTT-4.7.1-2], [MQTT-4.7.3-1], [MQTT-4.7.3-2]).
pub(crate) fn is_valid(filter: &str) -> bool {
    if filter.is_empty() || filter.contains('\0') {
        return false;
    }
    let mut levels = filter.split('/').peekable();
    while let Some(level) = levels.next() {
        let lonely = !level.contains(['#', '+']) || level.len() == 1;
        if !lonely || (level == "#" && levels.peek().is_some()) {
            return false;
        }
    }
    true
}

/// Whether a text cannot be the name of a topic because of what it holds.
pub(crate) fn is_pattern(text: &str) -> bool {
    text.contains(['+', '#', '\0'])
}

/// Whether a topic matches a filter. A wildcard at the front does not match topics that begin with `$` ([MQTT-4.7.2-1]).
pub(crate) fn matches(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['#', '+']) {
        return false;
    }
    let (mut wanted, mut levels) = (filter.split('/'), topic.split('/'));
    loop {
        match (wanted.next(), levels.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(wanted), Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
}

/// What stands before the first wildcard: every topic that matches begins with it, a last `/` left out.
pub(crate) fn literal(filter: &str) -> &str {
    let end = filter.find(['#', '+']).unwrap_or(filter.len());
    filter[..end].trim_end_matches('/')
}

/// Takes `$share/{name}/{filter}` apart: name and filter. A plain filter has no name; `None` for a shared one that is
/// none ([MQTT-4.8.2-1], [MQTT-4.8.2-2]).
pub(crate) fn split(text: &str) -> Option<(Option<&str>, &str)> {
    let Some(rest) = text.strip_prefix("$share/") else {
        return (text != "$share").then_some((None, text));
    };
    let (name, filter) = rest.split_once('/')?;
    let good = !name.is_empty() && !name.contains(['+', '#']) && !filter.is_empty();
    good.then_some((Some(name), filter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_match_as_the_standard_says() {
        for (filter, topic, expected) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/x", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/x", true),
            ("a/b", "a/B", false),
        ] {
            assert_eq!(matches(filter, topic), expected, "{filter} {topic}");
        }
    }

    #[test]
    fn wildcards_stand_alone() {
        for (filter, expected) in [
            ("a/#", true),
            ("+/a/+", true),
            ("a/#/b", false),
            ("a#", false),
            ("a+/b", false),
            ("", false),
            ("a\0", false),
        ] {
            assert_eq!(is_valid(filter), expected, "{filter}");
        }
    }

    #[test]
    fn shared_filters_have_a_name_and_a_filter() {
        for (text, expected) in [
            ("a/b", Some((None, "a/b"))),
            ("$share/g/a/b", Some((Some("g"), "a/b"))),
            ("$share/g//b", Some((Some("g"), "/b"))),
            ("$share/g", None),
            ("$share/g/", None),
            ("$share//a", None),
            ("$share/g+/a", None),
            ("$share", None),
        ] {
            assert_eq!(split(text), expected, "{text}");
        }
        assert_eq!(literal("fleet/+/x"), "fleet");
        assert_eq!(literal("fleet/a"), "fleet/a");
    }
}
