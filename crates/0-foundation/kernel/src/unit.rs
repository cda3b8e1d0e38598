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

/// `value_in_base = value * times / over + offset`, where base is a unit of the quantity. A fraction, as in RFC 8798, so
/// that whole numbers stay whole.
struct Known {
    code: &'static str,
    quantity: &'static str,
    times: f64,
    over: f64,
    offset: f64,
}

const fn known(code: &'static str, quantity: &'static str, times: f64, over: f64) -> Known {
    Known {
        code,
        quantity,
        times,
        over,
        offset: 0.0,
    }
}

/// The units that can be turned into one another, among them all secondary units of SenML (RFC 8798 section 3) with their
/// primary ones. Codes that are absent here are accepted only as they stand.
const TABLE: &[Known] = &[
    known("m", "length", 1.0, 1.0),
    known("mm", "length", 1.0, 1e3),
    known("cm", "length", 1.0, 1e2),
    known("km", "length", 1e3, 1.0),
    known("m/s", "speed", 1.0, 1.0),
    known("km/h", "speed", 10.0, 36.0),
    known("m/h", "speed", 1.0, 3600.0),
    known("mm/h", "speed", 1.0, 3.6e6),
    known("mm/min", "speed", 1.0, 6e4),
    known("Cel", "temperature", 1.0, 1.0),
    Known {
        offset: -273.15,
        ..known("K", "temperature", 1.0, 1.0)
    },
    known("%", "ratio", 1.0, 1.0),
    known("1", "ratio", 1e2, 1.0),
    known("[ppth]", "ratio", 1.0, 10.0),
    known("[ppm]", "ratio", 1.0, 1e4),
    known("Pa", "pressure", 1.0, 1.0),
    known("hPa", "pressure", 1e2, 1.0),
    known("kPa", "pressure", 1e3, 1.0),
    known("bar", "pressure", 1e5, 1.0),
    known("ug/m3", "mass concentration", 1.0, 1.0),
    known("mg/m3", "mass concentration", 1e3, 1.0),
    known("kg/m3", "mass concentration", 1e9, 1.0),
    known("V", "voltage", 1.0, 1.0),
    known("mV", "voltage", 1.0, 1e3),
    known("kV", "voltage", 1e3, 1.0),
    known("A", "current", 1.0, 1.0),
    known("mA", "current", 1.0, 1e3),
    known("C", "charge", 1.0, 1.0),
    known("A.h", "charge", 3600.0, 1.0),
    known("W", "power", 1.0, 1.0),
    known("kW", "power", 1e3, 1.0),
    known("MW", "power", 1e6, 1.0),
    known("W.h", "energy", 3600.0, 1.0),
    known("kW.h", "energy", 3.6e6, 1.0),
    known("MW.h", "energy", 3.6e9, 1.0),
    known("J", "energy", 1.0, 1.0),
    known("W.s", "energy", 1.0, 1.0),
    known("V.A", "apparent power", 1.0, 1.0),
    known("kV.A", "apparent power", 1e3, 1.0),
    known("V.A.s", "apparent energy", 1.0, 1.0),
    known("kV.A.h", "apparent energy", 3.6e6, 1.0),
    known("V.A{reactive}", "reactive power", 1.0, 1.0),
    known("kV.A{reactive}", "reactive power", 1e3, 1.0),
    known("V.A.s{reactive}", "reactive energy", 1.0, 1.0),
    known("V.A.h{reactive}", "reactive energy", 3600.0, 1.0),
    known("kV.A.h{reactive}", "reactive energy", 3.6e6, 1.0),
    known("J/m", "energy per distance", 1.0, 1.0),
    known("W.h/km", "energy per distance", 36.0, 10.0),
    known("dB[W]", "power level", 1.0, 1.0),
    Known {
        offset: -30.0,
        ..known("dB[mW]", "power level", 1.0, 1.0)
    },
    known("dB[SPL]", "sound pressure level", 1.0, 1.0),
    known("B[SPL]", "sound pressure level", 10.0, 1.0),
    known("dB", "level", 1.0, 1.0),
    known("s", "duration", 1.0, 1.0),
    known("ms", "duration", 1.0, 1e3),
    known("min", "duration", 60.0, 1.0),
    known("h", "duration", 3600.0, 1.0),
    known("Hz", "frequency", 1.0, 1.0),
    known("MHz", "frequency", 1e6, 1.0),
    known("/s", "event rate", 1.0, 1.0),
    known("/min", "event rate", 1.0, 60.0),
    known("/h", "event rate", 1.0, 3600.0),
    known("m3", "volume", 1.0, 1.0),
    known("L", "volume", 1.0, 1e3),
    known("m3/s", "flow", 1.0, 1.0),
    known("m3/h", "flow", 1.0, 3600.0),
    known("L/s", "flow", 1.0, 1e3),
    known("lx", "illuminance", 1.0, 1.0),
    known("kg", "mass", 1.0, 1.0),
    known("g", "mass", 1.0, 1e3),
    known("rad", "angle", 1.0, 1.0),
    known("deg", "angle", std::f64::consts::PI, 180.0),
    known("By", "information", 1.0, 1.0),
    known("KiBy", "information", 1024.0, 1.0),
    known("GBy", "information", 1e9, 1.0),
    known("bit/s", "data rate", 1.0, 1.0),
    known("Mbit/s", "data rate", 1e6, 1.0),
    known("By/s", "data rate", 8.0, 1.0),
    known("MBy/s", "data rate", 8e6, 1.0),
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
        factor: (from.times * to.over) / (from.over * to.times),
        offset: (from.offset - to.offset) * to.over / to.times,
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
            (1.0, "mm/min", "mm/h", 60.0),
            (2.0, "kW.h", "J", 7.2e6),
            (25.0, "Cel", "K", 298.15),
            (-20.0, "dB[W]", "dB[mW]", 10.0),
        ] {
            let got = conversion(from, to).unwrap().apply(value);
            assert!((got - expected).abs() < 1e-9, "{value} {from} = {got} {to}");
        }
    }

    /// RFC 8798 section 3: rain comes as m/s from a device that keeps to primary units.
    #[test]
    fn whole_numbers_stay_whole() {
        for (from, to, factor) in [
            ("mm/min", "mm/h", 60.0),
            ("m/s", "mm/h", 3.6e6),
            ("km/h", "m/h", 1000.0),
            ("1", "[ppm]", 1e6),
        ] {
            assert_eq!(conversion(from, to).map(|found| found.factor), Some(factor), "{from}");
        }
    }

    #[test]
    fn no_code_is_listed_twice() {
        for unit in TABLE {
            assert_eq!(
                TABLE.iter().filter(|other| other.code == unit.code).count(),
                1,
                "{}",
                unit.code
            );
        }
    }

    #[test]
    fn different_quantities_do_not_mix() {
        assert_eq!(conversion("m", "V"), None);
        assert_eq!(conversion("parsec", "m"), None);
        assert_eq!(accepted_for("m"), ["m", "mm", "cm", "km"]);
    }
}
