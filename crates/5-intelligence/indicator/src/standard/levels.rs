//! A scale of levels with colours, such as the levels of disaster risk.

use super::read::Source;
use crate::error::IndicatorError;
use kernel::severity::Severity;
use kernel::text::LangText;
use serde::Deserialize;
use serde_saphyr::Spanned;

/// A scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Levels {
    /// Lightest first.
    pub levels: Vec<Level>,
    /// By how much two hazards at once may raise the level.
    pub two_hazards_add: u8,
    /// By how much danger to life may raise it.
    pub danger_to_life_adds: u8,
}

/// One level.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// 1 to 5.
    pub level: Severity,
    /// The colour in words, as the document names it.
    pub colour: LangText,
}

impl Levels {
    /// A level raised as far as the document allows, never over the highest.
    pub fn raised(&self, level: Severity, two_hazards: bool, danger_to_life: bool) -> Severity {
        let mut number = level.level();
        if two_hazards {
            number = number.saturating_add(self.two_hazards_add);
        }
        if danger_to_life {
            number = number.saturating_add(self.danger_to_life_adds);
        }
        let highest = self.levels.last().map_or(Severity::FIVE, |last| last.level);
        Severity::try_from(number.min(highest.level())).unwrap_or(highest)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    highest: u8,
    two_hazards_add: u8,
    danger_to_life_adds: u8,
    levels: Spanned<Vec<Level>>,
}

pub(super) fn check(source: Source<'_>, written: Spanned<Written>) -> Result<Levels, IndicatorError> {
    let written = written.value;
    let numbers: Vec<u8> = written.levels.value.iter().map(|level| level.level.level()).collect();
    if numbers.is_empty() || numbers != (1..=written.highest).collect::<Vec<u8>>() {
        let what = format!("the levels {numbers:?} are not 1 to {}", written.highest);
        return Err(source.wrong(
            written.levels.referenced,
            what,
            "list every level once, from 1 up to 'highest'",
        ));
    }
    Ok(Levels {
        levels: written.levels.value,
        two_hazards_add: written.two_hazards_add,
        danger_to_life_adds: written.danger_to_life_adds,
    })
}
