//! Messages as a receiver reads them, by the grammar of each format and without a word of the program's own code.

use serde_json::Value;
use std::collections::BTreeMap;

/// A message of RFC 5424 in its parts.
#[derive(Debug, PartialEq)]
pub(crate) struct Read {
    pub(crate) header: Vec<String>,
    /// Structured data: element, parameter, value.
    pub(crate) data: Vec<(String, String, String)>,
    pub(crate) body: String,
}

/// By RFC 5424 section 6; `None` for what is none.
pub(crate) fn syslog(message: &str) -> Option<Read> {
    let mut header: Vec<String> = message.splitn(7, ' ').map(str::to_owned).collect();
    let mut rest = header.pop()?;
    if header.len() != 6
        || header
            .iter()
            .any(|field| field.is_empty() || !field.bytes().all(|byte| byte.is_ascii_graphic()))
    {
        return None;
    }
    let mut data = Vec::new();
    while let Some(element) = rest.strip_prefix('[') {
        let (id, mut inside) = element.split_once([' ', ']'])?;
        while let Some((name, value)) = inside.trim_start_matches(' ').split_once("=\"") {
            if inside.starts_with(']') {
                break;
            }
            let end = unescaped(value, '"')?;
            let text = unescape(&value[..end]);
            data.push((id.to_owned(), name.to_owned(), text));
            inside = &value[end + 1..];
        }
        rest = inside.strip_prefix(']')?.to_owned();
    }
    let body = rest.strip_prefix(" \u{feff}")?.to_owned();
    Some(Read { header, data, body })
}

/// Where a sign stands for the first time without a backslash before it.
fn unescaped(text: &str, wanted: char) -> Option<usize> {
    let mut escaped = false;
    for (at, sign) in text.char_indices() {
        match sign {
            _ if std::mem::take(&mut escaped) => {}
            '\\' => escaped = true,
            sign if sign == wanted => return Some(at),
            _ => {}
        }
    }
    None
}

/// What stands behind each backslash, without it.
fn unescape(text: &str) -> String {
    let mut signs = text.chars();
    std::iter::from_fn(|| {
        signs.next().map(|sign| {
            if sign == '\\' {
                signs.next().unwrap_or(sign)
            } else {
                sign
            }
        })
    })
    .collect()
}

/// The parts between signs that no backslash escapes, still escaped.
fn split(mut text: &str, by: char) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some(at) = unescaped(text, by) {
        parts.push(&text[..at]);
        text = &text[at + by.len_utf8()..];
    }
    parts.push(text);
    parts
}

/// A CEF line as a receiver splits it: seven fields, then names with values.
pub(crate) fn cef(line: &str) -> Option<(Vec<String>, BTreeMap<String, String>)> {
    let parts = split(line, '|');
    let head: Vec<String> = parts.get(..7)?.iter().map(|field| unescape(field)).collect();
    let begin: usize = parts[..7].iter().map(|field| field.len() + 1).sum();
    // a name is the word before an equals sign that no backslash escapes
    let pieces = split(line.get(begin..)?, '=');
    let (mut name, mut pairs) = (pieces[0].to_owned(), BTreeMap::new());
    for (number, piece) in pieces.iter().enumerate().skip(1) {
        let (value, next) = match number + 1 == pieces.len() {
            true => (*piece, ""),
            false => piece.rsplit_once(' ')?,
        };
        if pairs.insert(name, unescape(value)).is_some() {
            return None;
        }
        name = next.to_owned();
    }
    Some((head, pairs))
}

/// The details in `msg` of a CEF line.
pub(crate) fn details(msg: &str) -> Vec<(String, String)> {
    let one = |part: &str| {
        let part = part.strip_prefix(' ').unwrap_or(part);
        let at = unescaped(part, ':').unwrap_or(part.len());
        let value = part.get(at + 2..).unwrap_or_default();
        (unescape(&part[..at]), unescape(value))
    };
    split(msg, ';').into_iter().map(one).collect()
}

/// Every value in a JSON text, by the path to it.
pub(crate) fn leaves(value: &Value, path: &str, all: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => map
            .iter()
            .for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), all)),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, &format!("{path}[]"), all)),
        Value::String(text) => all.push((path.to_owned(), text.clone())),
        other => all.push((path.to_owned(), other.to_string())),
    }
}

/// How many names a JSON value has.
pub(crate) fn names(value: &Value) -> usize {
    match value {
        Value::Object(map) => map.values().map(|value| 1 + names(value)).sum(),
        Value::Array(items) => items.iter().map(names).sum(),
        _ => 0,
    }
}

/// How many names stand in a JSON text, those that stand there twice included.
pub(crate) fn colons(json: &str) -> usize {
    let (mut quoted, mut escaped, mut count) = (false, false, 0);
    for sign in json.chars() {
        match sign {
            _ if std::mem::take(&mut escaped) => {}
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ':' if !quoted => count += 1,
            _ => {}
        }
    }
    count
}
