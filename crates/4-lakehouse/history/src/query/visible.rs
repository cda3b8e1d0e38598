//! Which series an actor may see, as a set that every view filters by (SEMANTICS 2, 25: rights as they are now).

use kernel::actor::Scope;
use kernel::series::SeriesId;
use observation::series::SeriesRegistry;

/// Series numbers that may be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visible {
    /// One bit per series; `None` when every known series is visible.
    bits: Option<Vec<u64>>,
    /// How many series are known.
    known: u32,
    /// How many are visible.
    count: u32,
}

impl Visible {
    /// Asks the registry about every series.
    pub fn of(registry: &SeriesRegistry, scope: &Scope) -> Self {
        const CHUNK: usize = 65_536;
        let (mut bits, mut first, mut count) = (Vec::new(), 0_u32, 0_u32);
        loop {
            let chunk = registry.from(first, CHUNK);
            bits.resize((first as usize + chunk.len()).div_ceil(64), 0_u64);
            for info in &chunk {
                if scope.sees_of(&info.org, &info.areas, info.classification) {
                    bits[info.id.0 as usize / 64] |= 1 << (info.id.0 % 64);
                    count += 1;
                }
            }
            first += chunk.len() as u32;
            if chunk.len() < CHUNK {
                break;
            }
        }
        Self {
            bits: (count < first).then_some(bits),
            known: first,
            count,
        }
    }

    /// These series only, of which is known already that they may be seen.
    pub(crate) fn only(series: impl IntoIterator<Item = SeriesId>) -> Self {
        let (mut bits, mut count, mut known) = (Vec::new(), 0, 0);
        for SeriesId(series) in series {
            let word = series as usize / 64;
            if bits.len() <= word {
                bits.resize(word + 1, 0_u64);
            }
            count += u32::from(bits[word] >> (series % 64) & 1 == 0);
            bits[word] |= 1 << (series % 64);
            known = known.max(series.saturating_add(1));
        }
        Self {
            bits: Some(bits),
            known,
            count,
        }
    }

    /// Whether this series may be seen.
    pub fn holds(&self, series: u32) -> bool {
        match &self.bits {
            None => series < self.known,
            Some(bits) => bits
                .get(series as usize / 64)
                .is_some_and(|word| word >> (series % 64) & 1 == 1),
        }
    }

    /// Whether nothing is hidden.
    pub fn is_all(&self) -> bool {
        self.bits.is_none()
    }

    /// How many series may be seen.
    pub fn count(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_named_is_seen() {
        let visible = Visible::only([SeriesId(3), SeriesId(64), SeriesId(3)]);
        assert_eq!(visible.count(), 2);
        assert!(!visible.is_all());
        let seen: Vec<u32> = (0..200).filter(|series| visible.holds(*series)).collect();
        assert_eq!(seen, [3, 64]);
        assert!(!Visible::only([]).holds(0));
    }
}
