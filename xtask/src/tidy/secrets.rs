//! No key and no token of a real service stands in a file.
//!
//! What is looked for has a form of its own: PEM of private keys, tokens with a known head, a header with a real bearer. Passwords
//! in words have none; those of tests are made up and say so.

use super::finding::Finding;
use crate::repo::Source;

/// Heads of tokens: how many signs have to follow, and whose they are.
const HEADS: [(&str, usize, &str); 9] = [
    ("AKIA", 16, "an access key of a cloud"),
    ("ghp_", 36, "a token of a code host"),
    ("github_pat_", 40, "a token of a code host"),
    ("glpat-", 20, "a token of a code host"),
    ("xoxb-", 20, "a token of a chat"),
    ("sk_live_", 20, "a key of a payment service"),
    ("npm_", 36, "a token of a registry"),
    ("pypi-", 40, "a token of a registry"),
    ("eyJhbGciOi", 60, "a signed token"),
];

/// Checks one file, line by line.
pub(crate) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut lines = source.text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let key = line.contains(concat!("-----BEGIN ", "")) && line.contains(concat!("PRIVATE", " KEY-----"));
        let body = |line: &str| line.trim().len() >= 40 && line.trim().chars().all(is_base64);
        let found = match key {
            // one that is looked for or made has no body
            true => lines
                .peek()
                .is_some_and(|(_, next)| body(next))
                .then_some("a private key"),
            false => token(line),
        };
        if let Some(what) = found {
            let fix = "take it out, and revoke it if it was ever real; tests make their keys when they run";
            findings.push(Finding::new(
                &source.path,
                at + 1,
                format!("this looks like {what}"),
                fix,
            ));
        }
    }
    findings
}

fn token(line: &str) -> Option<&'static str> {
    HEADS.iter().find_map(|(head, least, what)| {
        line.match_indices(head).find_map(|(at, _)| {
            let before = line[..at].chars().next_back();
            let rest = line[at + head.len()..].chars().take_while(|c| is_base64(*c)).count();
            (before.is_none_or(|c| !c.is_ascii_alphanumeric()) && rest >= *least).then_some(*what)
        })
    })
}

fn is_base64(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=_-".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_are_found_and_their_names_are_not() {
        let body = "A".repeat(64);
        let begin = ["-----BEGIN ", "PRIVATE KEY-----"].concat();
        for (text, bad) in [
            (format!("{begin}\n{body}\n"), true),
            (format!("{begin}\\n\n"), false),
            (format!("key = \"{}{}\"", "AKIA", &body[..16]), true),
            ("let head = \"AKIA\";".to_owned(), false),
            (format!("token: {}{}", "ghp_", &body[..36]), true),
            (format!("{}{}", "eyJhbGciOi", body), true),
            ("npm_config_registry is read by npm".to_owned(), false),
        ] {
            let path = "a.txt".to_owned();
            let found = check(&Source {
                path,
                text: text.clone(),
            });
            assert_eq!(!found.is_empty(), bad, "{text}");
        }
    }
}
