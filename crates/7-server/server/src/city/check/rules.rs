//! Rules against the rest of the pack: what they select exists and is reported by some profile, and their own tests pass.

use super::{allowed, areas};
use crate::city::place::{BEGIN, mistake, word_after};
use crate::city::read::{Parsed, prospects};
use chassis::yaml::Mistake;
use indicator::model::library::ATTRIBUTES;
use pack::model::Files;
use rule::evaluate::MAX_RULES;
use rule::model::Rule;

pub(super) fn all(files: &Files, parsed: &Parsed, wrong: &mut Vec<Mistake>) {
    for (rule, file) in parsed.rules.iter().zip(&parsed.rule_files) {
        let text = files.get(file).map(String::as_str).unwrap_or_default();
        selection(rule, file, text, files, parsed, wrong);
        let failures = rule::virtual_time::run_tests(rule);
        wrong.extend(failures.into_iter().map(|failure| {
            let what = format!(
                "test '{}', step {} ({}): expected {}, found {}",
                failure.test, failure.step, failure.at, failure.expected, failure.found
            );
            mistake(
                file,
                (failure.line, 1),
                what,
                "correct the rule or what its test expects",
            )
        }));
    }
    if let Some(file) = parsed.rule_files.get(MAX_RULES) {
        let what = format!("this is the {}th rule of {}", MAX_RULES + 1, parsed.rules.len());
        wrong.push(mistake(
            file,
            BEGIN,
            what,
            format!("at most {MAX_RULES} are taken; join or remove some"),
        ));
    }
}

fn selection(rule: &Rule, file: &str, text: &str, files: &Files, parsed: &Parsed, wrong: &mut Vec<Mistake>) {
    let select = &rule.select;
    let told = wrong.len();
    let mut say = |key: &str, word: &str, what: String, advice: String| {
        wrong.push(mistake(file, word_after(text, key, word), what, advice));
    };
    for profile in &select.profiles {
        let mut known = parsed.profiles.iter();
        let stands =
            known.any(|known| known.profile == *profile) || files.contains_key(&format!("profiles/{profile}.yaml"));
        if !parsed.profiles.is_empty() && !stands {
            let advice = format!(
                "write some of {}",
                allowed(parsed.profiles.iter().map(|known| known.profile.as_str()))
            );
            say(
                "profiles",
                profile.as_str(),
                format!("there is no profile '{profile}'"),
                advice,
            );
        }
    }
    for area in &select.areas {
        if !parsed.areas.is_empty() && parsed.areas.get(area).is_none() {
            say(
                "areas",
                area.as_str(),
                format!("there is no area '{area}'"),
                areas::ADVICE.to_owned(),
            );
        }
    }
    for org in &select.orgs {
        if !parsed.orgs.is_empty() && parsed.orgs.get(org).is_none() {
            let advice = "write an id of orgs.yaml, or ubnd- and the code of a commune".to_owned();
            say(
                "orgs",
                org.as_str(),
                format!("there is no organisation '{org}'"),
                advice,
            );
        }
    }
    let profiles = files.keys().filter(|file| file.starts_with("profiles/")).count();
    // a profile that cannot be read is told of in its own file
    if parsed.profiles.is_empty() || parsed.profiles.len() < profiles {
        return;
    }
    let prospects = prospects(&parsed.profiles);
    let derived = !parsed.library.indicators().is_empty();
    let computed = |attribute: &str| derived && ATTRIBUTES.contains(&attribute);
    if let Some(attribute) = &select.attribute
        && !computed(attribute)
        && !prospects.iter().any(|prospect| prospect.attribute == attribute)
    {
        let computed = ATTRIBUTES.into_iter().filter(|_| derived);
        let known = allowed(prospects.iter().map(|prospect| prospect.attribute).chain(computed));
        let what = format!("no profile reports the attribute '{attribute}'");
        say(
            "attribute",
            attribute,
            what,
            format!("write one of {known}, or add a profile that binds it"),
        );
    }
    if let Some(entity) = &select.entity_type
        && !prospects.iter().any(|prospect| prospect.entity_type == entity)
    {
        let known = allowed(prospects.iter().map(|prospect| prospect.entity_type));
        say(
            "entity_type",
            entity,
            format!("no profile is of the type '{entity}'"),
            format!("write one of {known}"),
        );
    }
    let fits = |prospect: &rule::units::Prospect<'_>| {
        select
            .attribute
            .as_deref()
            .is_none_or(|wanted| wanted == prospect.attribute)
            && select
                .entity_type
                .as_deref()
                .is_none_or(|wanted| wanted == prospect.entity_type)
            && (select.profiles.is_empty() || select.profiles.contains(prospect.profile))
    };
    let by_index = select.attribute.as_deref().is_some_and(computed);
    if wrong.len() == told && !by_index && !prospects.iter().any(fits) {
        let advice = "select what one of the profiles reports";
        let what = "nothing that is reported fits all conditions of 'select'";
        wrong.push(mistake(file, crate::city::place::key(text, "select"), what, advice));
    }
}
