//! Relative links in Markdown lead somewhere, and so do their anchors.

use crate::repo::Source;
use crate::tidy::finding::Finding;
use std::collections::BTreeSet;

/// Checks all Markdown files.
pub(crate) fn check(paths: &[String], sources: &[Source]) -> Vec<Finding> {
    let files: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    let mut findings = Vec::new();
    for source in sources.iter().filter(|s| s.path.ends_with(".md")) {
        for (line, target) in links(&source.text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() {
                source.path.clone()
            } else {
                resolve(&source.path, file)
            };
            let folder = format!("{}/", path.trim_end_matches('/'));
            let exists = files.contains(path.as_str())
                || files
                    .range(folder.as_str()..)
                    .next()
                    .is_some_and(|f| f.starts_with(&folder));
            if !exists {
                let what = format!("the link {target} leads nowhere");
                findings.push(Finding::new(
                    &source.path,
                    line,
                    what,
                    format!("there is no {path}; mend the link"),
                ));
                continue;
            }
            let page = sources.iter().find(|s| s.path == path && path.ends_with(".md"));
            if !anchor.is_empty() && page.is_some_and(|page| !anchors(&page.text).contains(anchor)) {
                let what = format!("the anchor #{anchor} leads nowhere");
                findings.push(Finding::new(
                    &source.path,
                    line,
                    what,
                    format!("{path} has no such heading; mend the link"),
                ));
            }
        }
    }
    findings
}

/// The targets of inline links outside code, with their lines.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, line) in prose(text) {
        for (open, _) in line.match_indices("](") {
            let quoted = line[..open].matches('`').count() % 2 == 1;
            let rest = &line[open + 2..];
            let end = rest.find([')', ' ']).unwrap_or(rest.len());
            if !quoted && end > 0 {
                found.push((at, rest[..end].trim_matches(['<', '>'])));
            }
        }
    }
    found
}

/// The lines outside fenced code, numbered from 1.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if !fenced && !fence {
            lines.push((at + 1, line));
        }
    }
    lines
}

/// A link's file as a path from the root.
fn resolve(from: &str, file: &str) -> String {
    let mut parts: Vec<&str> = if file.starts_with('/') {
        Vec::new()
    } else {
        from.split('/').collect()
    };
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The anchors of a page: its headings in lower case, words joined by hyphens, other signs dropped.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).into_iter().filter(|(_, line)| line.starts_with('#'));
    let slug = |heading: &str| {
        let kept = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = kept
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(|(_, line)| slug(line)).collect()
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::repo::Source;

    fn found(text: &str) -> usize {
        let page = Source {
            path: "docs/a.md".into(),
            text: format!("# Lần đầu: đọc\n{text}\n"),
        };
        let paths = ["docs/a.md", "docs/adr/0001-x.md", "README.md"].map(str::to_owned);
        check(&paths, &[page]).len()
    }

    #[test]
    fn links_that_lead_somewhere_are_quiet() {
        for text in [
            "[a](adr/0001-x.md)",
            "[a](../README.md)",
            "[a](adr)",
            "[a](#lần-đầu-đọc)",
            "[a](https://example.org/x)",
            "`[a](nowhere.md)`",
            "```\n[a](nowhere.md)\n```",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }

    #[test]
    fn broken_links_are_found() {
        for text in [
            "[a](adr/0002.md)",
            "![a](images/x.png)",
            "[a](../docs)x [b](../x.md)",
            "[a](#không-có)",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
    }
}
