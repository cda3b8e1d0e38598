//! The shape of a rule file, before anything is checked that needs two keys at once.

use crate::duration::Length;
use crate::model::{Expected, Function, Legal, Select};
use kernel::id::{DeviceId, RuleId};
use kernel::severity::Severity;
use kernel::text::LangText;
use kernel::time::Timestamp;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenRule {
    pub(crate) rule: RuleId,
    pub(crate) version: Spanned<u32>,
    pub(crate) title: Spanned<LangText>,
    pub(crate) code: Spanned<String>,
    #[serde(default)]
    pub(crate) select: Option<Spanned<Select>>,
    #[serde(default)]
    pub(crate) unit: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) when: Option<Spanned<Vec<Spanned<WrittenStep>>>>,
    #[serde(default)]
    pub(crate) window: Option<Spanned<WrittenWindow>>,
    #[serde(default, rename = "for")]
    pub(crate) hold: Option<Spanned<Length>>,
    #[serde(default)]
    pub(crate) hysteresis: Option<Spanned<f64>>,
    #[serde(default)]
    pub(crate) renew: Option<Spanned<Length>>,
    #[serde(default)]
    pub(crate) hours: Option<Spanned<WrittenHours>>,
    #[serde(default)]
    pub(crate) no_data: Option<Spanned<WrittenSilence>>,
    #[serde(default)]
    pub(crate) per_series_limits: Option<Spanned<BTreeMap<DeviceId, Spanned<Vec<f64>>>>>,
    #[serde(default)]
    pub(crate) group: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) legal: Option<Spanned<Legal>>,
    pub(crate) assumed: Spanned<bool>,
    pub(crate) tests: Spanned<Vec<Spanned<WrittenTrial>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenStep {
    pub(crate) severity: Severity,
    #[serde(default)]
    pub(crate) above: Option<WrittenLimit>,
    #[serde(default)]
    pub(crate) at_least: Option<WrittenLimit>,
    #[serde(default)]
    pub(crate) below: Option<WrittenLimit>,
    #[serde(default)]
    pub(crate) at_most: Option<WrittenLimit>,
    #[serde(default)]
    pub(crate) equals: Option<bool>,
}

/// A number, or the word `own`.
#[derive(Clone, Copy)]
pub(crate) enum WrittenLimit {
    Number(f64),
    Own,
}

impl<'de> Deserialize<'de> for WrittenLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Limit;
        impl Visitor<'_> for Limit {
            type Value = WrittenLimit;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a finite number, or the word own")
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<WrittenLimit, E> {
                if number.is_finite() {
                    Ok(WrittenLimit::Number(number))
                } else {
                    Err(E::custom(format!(
                        "{number} is not a limit; write a finite number, or the word own"
                    )))
                }
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<WrittenLimit, E> {
                self.visit_f64(number as f64)
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<WrittenLimit, E> {
                self.visit_f64(number as f64)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<WrittenLimit, E> {
                if text == "own" {
                    Ok(WrittenLimit::Own)
                } else {
                    Err(E::custom(format!(
                        "'{text}' is not a limit; write a finite number, or the word own"
                    )))
                }
            }
        }
        deserializer.deserialize_any(Limit)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenWindow {
    pub(crate) function: Function,
    pub(crate) length: Length,
    #[serde(default)]
    pub(crate) min_points: Option<u32>,
    #[serde(default)]
    pub(crate) min_span: Option<Length>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenHours {
    pub(crate) from: Spanned<String>,
    pub(crate) to: Spanned<String>,
    pub(crate) utc_offset: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenSilence {
    pub(crate) severity: Severity,
    #[serde(default)]
    pub(crate) after: Option<Length>,
    #[serde(default)]
    pub(crate) factor: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTrial {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) device: Option<DeviceId>,
    #[serde(default)]
    pub(crate) unit: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) interval: Option<Length>,
    #[serde(default)]
    pub(crate) start: Option<Timestamp>,
    pub(crate) steps: Vec<Spanned<WrittenTrialStep>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenTrialStep {
    pub(crate) at: Length,
    #[serde(default)]
    pub(crate) time: Option<Length>,
    #[serde(default)]
    pub(crate) value: Option<WrittenValue>,
    #[serde(default)]
    pub(crate) bad: bool,
    #[serde(default)]
    pub(crate) expect: Option<Expected>,
}

/// A number, or a truth value as 1 or 0.
#[derive(Clone, Copy)]
pub(crate) struct WrittenValue(pub(crate) f64);

impl<'de> Deserialize<'de> for WrittenValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Value;
        impl Visitor<'_> for Value {
            type Value = WrittenValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, true or false")
            }
            fn visit_f64<E: Error>(self, number: f64) -> Result<WrittenValue, E> {
                Ok(WrittenValue(number))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<WrittenValue, E> {
                Ok(WrittenValue(number as f64))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<WrittenValue, E> {
                Ok(WrittenValue(number as f64))
            }
            fn visit_bool<E: Error>(self, truth: bool) -> Result<WrittenValue, E> {
                Ok(WrittenValue(f64::from(u8::from(truth))))
            }
        }
        deserializer.deserialize_any(Value)
    }
}
