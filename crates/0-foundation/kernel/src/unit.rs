//! Units of measure by their UCUM codes (The Unified Code for Units of Measure, ucum.org).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A UCUM code, case sensitive, such as `m`, `mm/h`, `ug/m3`; `1` is a pure number and [`Unit::none`] stands for no unit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Unit(Arc<str>);

impl Unit {
    /// Takes a code as it is.
    pub fn new(code: &str) -> Self {
        Self(code.into())
    }
    /// For values without a unit (text, points, JSON).
    pub fn none() -> Self {
        Self("".into())
    }
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `value_in_base = value * factor + offset`, where base is the first unit of the same quantity in [`TABLE`].
struct Known {
    code: &'static str,
    quantity: &'static str,
    factor: f64,
    offset: f64,
}

const fn known(code: &'static str, quantity: &'static str, factor: f64) -> Known {
    Known {
        code,
        quantity,
        factor,
        offset: 0.0,
    }
}

/// The units that can be turned into one another. Codes that are absent here are accepted only as they stand.
const TABLE: &[Known] = &[
    known("m", "length", 1.0),
    known("mm", "length", 1e-3),
    known("cm", "length", 1e-2),
    known("km", "length", 1e3),
    known("m/s", "speed", 1.0),
    known("km/h", "speed", 1.0 / 3.6),
    known("mm/h", "rain rate", 1.0),
    known("mm/min", "rain rate", 60.0),
    known("Cel", "temperature", 1.0),
    Known {
        code: "K",
        quantity: "temperature",
        factor: 1.0,
        offset: -273.15,
    },
    known("%", "ratio", 1.0),
    known("1", "ratio", 100.0),
    known("Pa", "pressure", 1.0),
    known("hPa", "pressure", 100.0),
    known("kPa", "pressure", 1e3),
    known("bar", "pressure", 1e5),
    known("ug/m3", "mass concentration", 1.0),
    known("mg/m3", "mass concentration", 1e3),
    known("V", "voltage", 1.0),
    known("mV", "voltage", 1e-3),
    known("kV", "voltage", 1e3),
    known("A", "current", 1.0),
    known("mA", "current", 1e-3),
    known("W", "power", 1.0),
    known("kW", "power", 1e3),
    known("MW", "power", 1e6),
    known("W.h", "energy", 1.0),
    known("kW.h", "energy", 1e3),
    known("MW.h", "energy", 1e6),
    known("s", "duration", 1.0),
    known("min", "duration", 60.0),
    known("h", "duration", 3600.0),
    known("m3/s", "flow", 1.0),
    known("m3/h", "flow", 1.0 / 3600.0),
    known("L/s", "flow", 1e-3),
    known("lx", "illuminance", 1.0),
    known("dB", "level", 1.0),
    known("kg", "mass", 1.0),
    known("g", "mass", 1e-3),
];

/// How a number in one unit becomes a number in another: `to = from * factor + offset`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conversion {
    /// Multiply by this.
    pub factor: f64,
    /// Then add this.
    pub offset: f64,
}

impl Conversion {
    /// Applies it.
    pub fn apply(self, value: f64) -> f64 {
        value * self.factor + self.offset
    }
}

fn find(code: &str) -> Option<&'static Known> {
    TABLE.iter().find(|unit| unit.code == code)
}

/// How to turn `from` into `to`; `None` when they measure different things or one is unknown.
pub fn conversion(from: &str, to: &str) -> Option<Conversion> {
    let (from, to) = (find(from)?, find(to)?);
    (from.quantity == to.quantity).then(|| Conversion {
        factor: from.factor / to.factor,
        offset: (from.offset - to.offset) / to.factor,
    })
}

/// All codes that can be turned into `code`, itself first; for error texts.
pub fn accepted_for(code: &str) -> Vec<&str> {
    let quantity = find(code).map(|unit| unit.quantity);
    let others = TABLE
        .iter()
        .filter(|unit| Some(unit.quantity) == quantity && unit.code != code)
        .map(|unit| unit.code);
    std::iter::once(code).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_turn_into_each_other() {
        for (value, from, to, expected) in [
            (1500.0, "mm", "m", 1.5),
            (36.0, "km/h", "m/s", 10.0),
            (300.0, "K", "Cel", 26.85),
            (0.5, "1", "%", 50.0),
            (1.0, "mg/m3", "ug/m3", 1000.0),
        ] {
            let got = conversion(from, to).unwrap().apply(value);
            assert!((got - expected).abs() < 1e-9, "{value} {from} = {got} {to}");
        }
    }

    #[test]
    fn different_quantities_do_not_mix() {
        assert_eq!(conversion("m", "V"), None);
        assert_eq!(conversion("parsec", "m"), None);
        assert_eq!(accepted_for("m"), ["m", "mm", "cm", "km"]);
    }
}
