//! What a device measured, and how it is written: SenML JSON (RFC 8428) with an explicit time in microseconds.

use kernel::time::Timestamp;
use std::fmt::Write;

/// One measured value; the unit is that of the profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Name in the payload.
    pub name: &'static str,
    /// What was measured.
    pub value: Measured,
}

/// A value as the sensor gives it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Measured {
    /// A number that was rounded to `decimals` digits after the point.
    Number {
        /// The rounded number.
        value: f64,
        /// What the sensor resolves.
        decimals: u8,
    },
    /// Yes or no.
    Flag(bool),
    /// Where something is.
    Point {
        /// Degrees east.
        lon: f64,
        /// Degrees north.
        lat: f64,
    },
}

impl Reading {
    /// A number as a sensor with that many decimals gives it.
    pub(crate) fn number(name: &'static str, value: f64, decimals: u8) -> Self {
        let scale = 10_f64.powi(i32::from(decimals));
        // adding zero turns -0 into 0
        let value = (value * scale).round() / scale + 0.0;
        Self {
            name,
            value: Measured::Number { value, decimals },
        }
    }

    pub(crate) fn point(name: &'static str, lon: f64, lat: f64) -> Self {
        Self {
            name,
            value: Measured::Point { lon, lat },
        }
    }

    pub(crate) fn flag(name: &'static str, value: bool) -> Self {
        Self {
            name,
            value: Measured::Flag(value),
        }
    }
}

/// A SenML pack in the making. Device ids and names have no characters that JSON would want escaped.
#[derive(Debug)]
pub(crate) struct Pack(String);

impl Pack {
    /// Room for so many readings.
    pub(crate) fn new(readings: usize) -> Self {
        let mut text = String::with_capacity(64 + readings * 48);
        text.push('[');
        Self(text)
    }

    /// Adds what one device measured.
    pub(crate) fn add(&mut self, device: &str, at: Timestamp, readings: &[Reading]) {
        let micros = at.micros().max(0);
        let text = &mut self.0;
        for (position, reading) in readings.iter().enumerate() {
            text.push_str(if text.len() == 1 { "{" } else { ",{" });
            // writing to a String cannot fail
            if position == 0 {
                let (second, micro) = (micros / 1_000_000, micros % 1_000_000);
                let _ = write!(text, r#""bn":"{device}/","bt":{second}.{micro:06},"#);
            }
            let _ = write!(text, r#""n":"{}","#, reading.name);
            let _ = match reading.value {
                Measured::Number { value, decimals } => write!(text, r#""v":{value:.*}}}"#, usize::from(decimals)),
                Measured::Flag(value) => write!(text, r#""vb":{value}}}"#),
                Measured::Point { lon, lat } => write!(text, r#""vs":"{lon:.6},{lat:.6}"}}"#),
            };
        }
    }

    /// Whether nobody measured anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.len() == 1
    }

    /// The bytes of the payload.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.push(']');
        self.0.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_are_written_exactly() {
        let at = Timestamp::from_micros(1_795_000_000_000_042);
        for (readings, text) in [
            (vec![], "[]"),
            (
                vec![Reading::number("depth", 0.01249, 3)],
                r#"[{"bn":"g-1/","bt":1795000000.000042,"n":"depth","v":0.012}]"#,
            ),
            (
                vec![Reading::flag("state", true), Reading::number("intensity", 1200.4, 0)],
                r#"[{"bn":"g-1/","bt":1795000000.000042,"n":"state","vb":true},{"n":"intensity","v":1200}]"#,
            ),
            (
                vec![Reading::number("depth", -0.0001, 2)],
                r#"[{"bn":"g-1/","bt":1795000000.000042,"n":"depth","v":0.00}]"#,
            ),
        ] {
            let mut pack = Pack::new(readings.len());
            pack.add("g-1", at, &readings);
            assert_eq!(pack.is_empty(), readings.is_empty());
            assert_eq!(String::from_utf8(pack.finish()).unwrap(), text);
        }
    }

    #[test]
    fn a_double_keeps_the_microsecond() {
        let at = Timestamp::from_micros(1_795_000_000_123_457);
        let mut pack = Pack::new(2);
        pack.add("g", at, &[Reading::flag("state", false)]);
        pack.add("h", at, &[Reading::point("position", 105.85, 21.03)]);
        let pack: serde_json::Value = serde_json::from_slice(&pack.finish()).unwrap();
        assert_eq!(
            (&pack[1]["bn"], &pack[1]["vs"]),
            (&"h/".into(), &"105.850000,21.030000".into())
        );
        assert_eq!((pack[0]["bt"].as_f64().unwrap() * 1e6).round() as i64, at.micros());
    }
}
