//! The weighted mean of the last hours (QĐ 1459/QĐ-TCMT, 2.2.1 a).

use crate::standard::air_index::Nowcast;

/// `values[0]` is the newest hour, `values[1]` the hour before, and so on; `None` where there is no value. Longer lists are
/// cut at `rule.hours`.
///
/// w* is the smallest over the largest value and w the larger of w* and 1/2. With w above 1/2 the sum is divided by the
/// weights of the hours that are there. With w = 1/2 the decision prints the sum of (1/2)^i · c_i without a division, and so
/// it is done here: the weights of twelve hours add up to 0.99976, those of fewer to less.
pub fn nowcast(values: &[Option<f64>], rule: &Nowcast) -> Option<f64> {
    let values = &values[..values.len().min(rule.hours)];
    let recent = values.iter().take(rule.recent).flatten().count();
    if recent < rule.recent_needed {
        return None;
    }
    let known = || values.iter().flatten().copied();
    let (least, most) = (known().fold(f64::INFINITY, f64::min), known().fold(0.0, f64::max));
    // nothing in the air at all: every weight gives 0
    let ratio = if most > 0.0 { least / most } else { 1.0 };
    let even = ratio <= rule.least_weight;
    let weight = if even { rule.least_weight } else { ratio };
    let (mut sum, mut weights, mut factor) = (0.0, 0.0, 1.0);
    for value in values {
        if let Some(value) = value {
            sum += factor * value;
            weights += factor;
        }
        factor *= weight;
    }
    // (1 - w) · w^(i-1) is (1/2)^i for w = 1/2
    Some(if even { (1.0 - weight) * sum } else { sum / weights })
}
