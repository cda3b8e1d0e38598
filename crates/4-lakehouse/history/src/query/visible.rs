//! Which series an actor may see, as a set that every view filters by (SEMANTICS 2, 25: rights as they are now).

use kernel::actor::Scope;
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
                if scope.sees(&info.areas, info.classification) {
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
