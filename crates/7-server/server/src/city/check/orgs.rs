//! The list of organisations: codes, parents without a circle, areas.

use super::areas;
use crate::city::place::mistake;
use access::area::Areas;
use access::org;
use chassis::yaml::{Mistake, Source};
use kernel::id::OrgId;
use std::collections::BTreeMap;

const FILE: &str = "orgs.yaml";

pub(super) fn tree(text: &str, areas: &Areas, wrong: &mut Vec<Mistake>) {
    let source = Source { file: FILE, text };
    let lines = match org::lines(&source) {
        Ok(lines) => lines,
        Err(mistake) => {
            wrong.push(mistake);
            return;
        }
    };
    let parents: BTreeMap<&str, Option<&str>> = lines
        .iter()
        .map(|line| {
            (
                line.id.value.as_str(),
                line.parent.as_ref().map(|parent| parent.value.as_str()),
            )
        })
        .collect();
    let mut before: Vec<&str> = Vec::new();
    for line in &lines {
        let (id, at) = (line.id.value.as_str(), line.id.referenced);
        if let Err(error) = OrgId::new(id) {
            wrong.push(source.wrong(at, error.to_string(), "write a code such as so-xay-dung"));
        }
        if before.contains(&id) {
            wrong.push(source.wrong(at, format!("organisation '{id}' stands twice"), "keep one line"));
        }
        if line.name.value.vi.trim().is_empty() {
            wrong.push(source.wrong(
                line.name.referenced,
                format!("{id} has no Vietnamese name"),
                "write name.vi",
            ));
        }
        if let Some(parent) = &line.parent {
            let above = parent.value.as_str();
            let at = parent.referenced;
            if !parents.contains_key(above) {
                let advice = "write the id of an organisation of this file, or leave it out";
                wrong.push(source.wrong(at, format!("parent '{above}' is no organisation"), advice));
            } else if let Some(circle) = circle(id, &parents) {
                let advice = "let one of them stand under another, or under none";
                wrong.push(source.wrong(at, format!("a circle of parents: {circle}"), advice));
            } else if !before.contains(&above) {
                let what = format!("parent '{above}' does not stand before");
                wrong.push(source.wrong(at, what, "write the parent above, or leave it out"));
            }
        }
        if let Some(area) = &line.area
            && !areas.is_empty()
            && !areas::knows(areas, &area.value)
        {
            let what = format!("there is no area '{}'", area.value);
            wrong.push(source.wrong(area.referenced, what, areas::ADVICE));
        }
        before.push(id);
    }
    if lines.is_empty() {
        let advice = "write at least the one that stands above all others";
        wrong.push(mistake(
            FILE,
            crate::city::place::BEGIN,
            "there is no organisation",
            advice,
        ));
    }
}

/// The way from an organisation up to itself, if there is one.
fn circle(id: &str, parents: &BTreeMap<&str, Option<&str>>) -> Option<String> {
    let mut way = vec![id];
    while let Some(Some(parent)) = way.last().and_then(|last| parents.get(last)) {
        if *parent == id {
            way.push(parent);
            return Some(way.join(" → "));
        }
        if way.contains(parent) {
            return None;
        }
        way.push(parent);
    }
    None
}
