//! From a concentration to an index: a broken line without gaps (QĐ 1459/QĐ-TCMT, công thức 1 and Bảng 2).

use crate::standard::air_index::Step;

/// The index of a concentration, before rounding. Below the first step it is the first index (instruments show small
/// negative values in clean air), above the last step the last one; no number gives nothing.
pub fn index_of(concentration: f64, steps: &[Step]) -> Option<f64> {
    if concentration.is_nan() {
        return None;
    }
    let (first, last) = (steps.first()?, steps.last()?);
    if concentration <= first.concentration {
        return Some(first.index);
    }
    if concentration >= last.concentration {
        return Some(last.index);
    }
    let above = steps.partition_point(|step| step.concentration <= concentration);
    let (low, high) = (steps.get(above.checked_sub(1)?)?, steps.get(above)?);
    let slope = (high.index - low.index) / (high.concentration - low.concentration);
    Some(slope * (concentration - low.concentration) + low.index)
}
