//! The base score of CVSS 3.0 and 3.1 (FIRST, specification section 7.1), to grade advisories that give a vector only.

use crate::model::flaw::Grade;
use std::collections::BTreeMap;

/// The base score of a vector such as `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`; none for what is no such vector.
pub fn base_score(vector: &str) -> Option<f64> {
    let rest = vector.strip_prefix("CVSS:3.1/").or(vector.strip_prefix("CVSS:3.0/"))?;
    let metrics: BTreeMap<&str, &str> = rest.split('/').filter_map(|part| part.split_once(':')).collect();
    let get = |name: &str| metrics.get(name).copied();
    let changed = match get("S")? {
        "U" => false,
        "C" => true,
        _ => return None,
    };
    let vector = match get("AV")? {
        "N" => 0.85,
        "A" => 0.62,
        "L" => 0.55,
        "P" => 0.2,
        _ => return None,
    };
    let complexity = match get("AC")? {
        "L" => 0.77,
        "H" => 0.44,
        _ => return None,
    };
    let privileges = match (get("PR")?, changed) {
        ("N", _) => 0.85,
        ("L", false) => 0.62,
        ("L", true) => 0.68,
        ("H", false) => 0.27,
        ("H", true) => 0.5,
        _ => return None,
    };
    let interaction = match get("UI")? {
        "N" => 0.85,
        "R" => 0.62,
        _ => return None,
    };
    let weight = |value: &str| match value {
        "H" => Some(0.56),
        "L" => Some(0.22),
        "N" => Some(0.0),
        _ => None,
    };
    let (c, i, a): (f64, f64, f64) = (weight(get("C")?)?, weight(get("I")?)?, weight(get("A")?)?);
    let iss = 1.0 - (1.0 - c) * (1.0 - i) * (1.0 - a);
    let impact = if changed {
        7.52 * (iss - 0.029) - 3.25 * (iss - 0.02_f64).powi(15)
    } else {
        6.42 * iss
    };
    if impact <= 0.0 {
        return Some(0.0);
    }
    let exploitability = 8.22 * vector * complexity * privileges * interaction;
    let sum = impact + exploitability;
    Some(round_up(if changed { (1.08 * sum).min(10.0) } else { sum.min(10.0) }))
}

/// The smallest number with one decimal that is not less (appendix A, without the mistakes of binary fractions).
fn round_up(value: f64) -> f64 {
    let whole = (value * 100_000.0).round();
    if whole % 10_000.0 == 0.0 {
        whole / 100_000.0
    } else {
        ((whole / 10_000.0).floor() + 1.0) / 10.0
    }
}

/// The grade of a score (section 5).
pub fn grade(score: f64) -> Grade {
    match score {
        score if score >= 9.0 => Grade::Critical,
        score if score >= 7.0 => Grade::High,
        score if score >= 4.0 => Grade::Medium,
        _ => Grade::Low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores that FIRST published with its examples of CVSS 3.1.
    #[test]
    fn scores_are_those_of_the_published_examples() {
        for (vector, score) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
            ("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ] {
            assert_eq!(base_score(vector), Some(score), "{vector}");
        }
        for broken in [
            "",
            "CVSS:2.0/AV:N",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        ] {
            assert_eq!(base_score(broken), None, "{broken}");
        }
    }

    #[test]
    fn grades_begin_where_the_specification_says() {
        let codes = [0.0, 3.9, 4.0, 6.9, 7.0, 8.9, 9.0].map(|score| grade(score).code());
        assert_eq!(codes, ["low", "low", "medium", "medium", "high", "high", "critical"]);
    }
}
