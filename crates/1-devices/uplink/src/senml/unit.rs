//! SenML unit names (RFC 8428 section 12.1, RFC 8798) as UCUM codes; how they convert is told by [`kernel::unit`].

/// Names that UCUM writes otherwise. All other registered names (`m`, `kg`, `Cel`, `Pa`, `lx`, `m3/s`, `mm/h`, `km/h`, ...)
/// are UCUM codes as they stand.
const DIFFERENT: &[(&str, &str)] = &[
    // RFC 8428 section 12.1
    ("l", "L"),
    ("l/s", "L/s"),
    ("lat", "deg"),
    ("lon", "deg"),
    ("pH", "[pH]"),
    ("dBW", "dB[W]"),
    ("Bspl", "B[SPL]"),
    ("count", "1"),
    ("/", "1"),
    // note 2: a ratio from 0 to 1 for historical reasons, NOT a percentage, which is "%RH", "%EL" or "/100"
    ("%", "1"),
    ("%RH", "%"),
    ("%EL", "%"),
    ("EL", "s"),
    ("1/s", "/s"),
    ("1/min", "/min"),
    ("beat/min", "/min"),
    ("beats", "1"),
    // RFC 8798 section 2: additional primary units
    ("B", "By"),
    ("VA", "V.A"),
    ("VAs", "V.A.s"),
    ("var", "V.A{reactive}"),
    ("vars", "V.A.s{reactive}"),
    // RFC 8798 section 3: secondary units
    ("kVA", "kV.A"),
    ("kvar", "kV.A{reactive}"),
    ("Ah", "A.h"),
    ("Wh", "W.h"),
    ("kWh", "kW.h"),
    ("varh", "V.A.h{reactive}"),
    ("kvarh", "kV.A.h{reactive}"),
    ("kVAh", "kV.A.h"),
    ("Wh/km", "W.h/km"),
    ("KiB", "KiBy"),
    ("GB", "GBy"),
    ("B/s", "By/s"),
    ("MB/s", "MBy/s"),
    // UCUM lists bels of W and kW only; this one is formed after them
    ("dBm", "dB[mW]"),
    ("ppm", "[ppm]"),
    ("/100", "%"),
    ("/1000", "[ppth]"),
];

/// The UCUM code of a SenML unit. What is not registered passes as it stands: it may be UCUM already, and the series'
/// contract decides.
pub(super) fn to_ucum(unit: &str) -> &str {
    DIFFERENT
        .iter()
        .find(|(senml, _)| *senml == unit)
        .map_or(unit, |(_, ucum)| ucum)
}

/// The UCUM code of a unit multiplied by seconds, which is the unit of a sum (RFC 8428 section 4.2); UCUM reads from left to
/// right, so that `m3/h.s` is `(m3/h).s`. Without a unit the sum has none either.
pub(super) fn times_second(ucum: &str) -> String {
    match ucum {
        "" => String::new(),
        "1" => "s".to_owned(),
        "/s" => "1".to_owned(),
        _ => format!("{ucum}.s"),
    }
}

#[cfg(test)]
mod tests;
