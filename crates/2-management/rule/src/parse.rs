//! Reading a rule file: everything that can be wrong with it is found here, and said with file, line and way out.

mod threshold;
mod trial;

use crate::error::RuleError;
use crate::model::{After, Confidence, GROUP_KEYS, Kind, Legal, Place, Rule, Select, Silence};
use crate::read::Source;
use crate::written::{WrittenRule, WrittenSilence};
use kernel::unit::Unit;
use serde_saphyr::{Location, Spanned};

/// Most entries of one list in `select`.
pub const MAX_SELECTED: usize = 500;
/// Longest text of one value, in bytes.
const MAX_TEXT: usize = 500;

/// Reads and checks one rule. `file` is the name that errors bear.
pub fn parse(file: &str, text: &str) -> Result<Rule, RuleError> {
    let source = Source { file, text };
    let written = source.read()?;
    check_head(source, &written)?;
    let kind = match (&written.when, &written.no_data) {
        (Some(_), None) => Kind::Threshold(threshold::threshold(source, &written)?),
        (None, Some(no_data)) => Kind::Silence(silence(source, &written, no_data)?),
        (Some(when), Some(_)) => {
            let advice = "write two rules, one with 'when' and one with 'no_data'";
            return Err(source.wrong(when.referenced, "'when' and 'no_data' stand in one rule", advice));
        }
        (None, None) => {
            let advice = "add 'when' (limits) or 'no_data' (silence)";
            return Err(source.wrong(written.version.referenced, "the rule looks for nothing", advice));
        }
    };
    let tests = trial::trials(source, &written, &kind)?;
    let needs = written.when.as_ref().map(|when| when.referenced);
    let unit_at = written.unit.as_ref().map(|unit| unit.referenced).or(needs);
    let group = written
        .group
        .map_or_else(|| "{code}/{entity}".to_owned(), |group| group.value);
    Ok(Rule {
        id: written.rule,
        version: written.version.value,
        title: written.title.value,
        code: written.code.value,
        select: written.select.map(|select| select.value).unwrap_or_default(),
        unit: written.unit.map_or_else(Unit::none, |unit| Unit::new(&unit.value)),
        unit_place: unit_at.map_or_else(Place::default, |at| Place {
            line: at.line(),
            column: at.column(),
        }),
        group,
        kind,
        legal: written.legal.map(|legal| legal.value),
        assumed: written.assumed.value,
        tests,
    })
}

fn check_head(source: Source<'_>, written: &WrittenRule) -> Result<(), RuleError> {
    if written.version.value == 0 {
        return Err(source.wrong(written.version.referenced, "version 0", "count versions from 1"));
    }
    let title = &written.title;
    if title.value.vi.is_empty() || title.value.vi.len() > MAX_TEXT || title.value.en.len() > MAX_TEXT {
        let advice = format!("write title.vi, at most {MAX_TEXT} bytes");
        return Err(source.wrong(title.referenced, "the Vietnamese title is empty or too long", advice));
    }
    let code = &written.code;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if code.value.is_empty() || code.value.len() > 64 || !code.value.bytes().all(plain) {
        let advice = "use 1 to 64 of a-z, 0-9 and _, such as flood_depth";
        return Err(source.wrong(code.referenced, format!("the code '{}'", cut(&code.value)), advice));
    }
    if let Some(unit) = written
        .unit
        .as_ref()
        .filter(|unit| unit.value.len() > 32 || unit.value.is_empty())
    {
        let advice = "write a UCUM code such as m, mm/h or ug/m3, or leave the key out";
        return Err(source.wrong(unit.referenced, format!("the unit '{}'", cut(&unit.value)), advice));
    }
    if let Some(group) = &written.group {
        check_group(source, group)?;
    }
    if let Some(select) = &written.select {
        check_select(source, select)?;
    }
    check_legal(source, written.legal.as_ref(), &written.assumed)
}

fn check_select(source: Source<'_>, select: &Spanned<Select>) -> Result<(), RuleError> {
    let value = &select.value;
    let longest = [
        value.profiles.len(),
        value.areas.len(),
        value.orgs.len(),
        value.devices.len(),
    ];
    if longest.into_iter().any(|length| length > MAX_SELECTED) {
        let advice = format!("list at most {MAX_SELECTED}, or select by profile or type");
        return Err(source.wrong(select.referenced, "a list in 'select' is too long", advice));
    }
    for (key, text) in [("attribute", &value.attribute), ("entity_type", &value.entity_type)] {
        if let Some(text) = text.as_ref().filter(|text| !kernel::id::is_name(text)) {
            let advice = "write a Smart Data Models name such as waterLevel, at most 64 letters and digits";
            return Err(source.wrong(
                select.referenced,
                format!("the {key} '{}' in 'select'", cut(text)),
                advice,
            ));
        }
    }
    Ok(())
}

fn check_group(source: Source<'_>, group: &Spanned<String>) -> Result<(), RuleError> {
    let allowed = || format!("use text and {{{}}}, at most {MAX_TEXT} bytes", GROUP_KEYS.join("}, {"));
    let wrong = |what: String| Err(source.wrong(group.referenced, what, allowed()));
    if group.value.is_empty() || group.value.len() > MAX_TEXT {
        return wrong("the group is empty or too long".to_owned());
    }
    let mut rest = group.value.as_str();
    while let Some((_, after)) = rest.split_once('{') {
        let Some((key, tail)) = after.split_once('}') else {
            return wrong(format!("the group '{}' has an open brace", cut(&group.value)));
        };
        if !GROUP_KEYS.contains(&key) {
            return wrong(format!("'{{{}}}' in the group", cut(key)));
        }
        rest = tail;
    }
    Ok(())
}

fn check_legal(source: Source<'_>, legal: Option<&Spanned<Legal>>, assumed: &Spanned<bool>) -> Result<(), RuleError> {
    let official = legal.is_some_and(|legal| legal.value.confidence == Confidence::A);
    if !official && !assumed.value {
        let advice = "give 'legal' with its source and confidence A, or write 'assumed: true'";
        return Err(source.wrong(
            assumed.referenced,
            "'assumed: false' without an official source",
            advice,
        ));
    }
    let Some(legal) = legal else { return Ok(()) };
    if legal.value.source.is_empty() || legal.value.source.len() > MAX_TEXT {
        let advice = format!("name document, number and clause, at most {MAX_TEXT} bytes");
        return Err(source.wrong(legal.referenced, "the legal source is empty or too long", advice));
    }
    for day in [&legal.value.effective_from, &legal.value.effective_to]
        .into_iter()
        .flatten()
    {
        if kernel::time::Timestamp::parse(&format!("{day}T00:00:00Z")).is_err() {
            return Err(source.wrong(
                legal.referenced,
                format!("'{}' is not a day", cut(day)),
                "write YYYY-MM-DD",
            ));
        }
    }
    Ok(())
}

fn silence(source: Source<'_>, written: &WrittenRule, no_data: &Spanned<WrittenSilence>) -> Result<Silence, RuleError> {
    let foreign: [(&str, Option<Location>); 6] = [
        ("window", written.window.as_ref().map(|key| key.referenced)),
        ("for", written.hold.as_ref().map(|key| key.referenced)),
        ("hysteresis", written.hysteresis.as_ref().map(|key| key.referenced)),
        ("renew", written.renew.as_ref().map(|key| key.referenced)),
        ("hours", written.hours.as_ref().map(|key| key.referenced)),
        (
            "per_series_limits",
            written.per_series_limits.as_ref().map(|key| key.referenced),
        ),
    ];
    if let Some((key, at)) = foreign.into_iter().find_map(|(key, at)| at.map(|at| (key, at))) {
        return Err(source.wrong(
            at,
            format!("'{key}' stands in a rule about silence"),
            "remove it; it goes with 'when'",
        ));
    }
    let after = match (no_data.value.after, no_data.value.factor) {
        (Some(after), None) if after.0.as_secs() >= 1 => After::Time(after),
        (None, Some(factor)) if (1.0..=1_000.0).contains(&factor) => After::Factor(factor),
        _ => {
            let advice = "give either 'after' (PT1S or more) or 'factor' (1 to 1000 times the contract's interval)";
            return Err(source.wrong(
                no_data.referenced,
                "'no_data' does not say how long is too long",
                advice,
            ));
        }
    };
    Ok(Silence {
        severity: no_data.value.severity,
        after,
    })
}

/// A wrong value as errors quote it.
fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}
