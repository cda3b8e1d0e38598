//! Repeatable chance: smooth random curves and fixed random traits, computed from a seed without any state.

/// A source of chance of one device, or of the city.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    /// The chance of `name` in the world of `seed`.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        Self(mix(seed ^ hash(name)))
    }

    /// A trait that never changes, 0 to below 1.
    pub(crate) fn fixed(self, what: &str) -> f64 {
        self.point(what, 0)
    }

    /// A point of the curve `what`, 0 to below 1; neighbours have nothing to do with each other.
    pub(crate) fn point(self, what: &str, step: i64) -> f64 {
        let bits = mix(self.0 ^ mix(hash(what) ^ step as u64));
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A smooth curve between -1 and 1 that turns about every `period_s` seconds. It never moves by more than
    /// `3 / period_s` per second.
    pub(crate) fn wave(self, what: &str, at_us: i64, period_s: u32) -> f64 {
        let period_us = i64::from(period_s.max(1)) * 1_000_000;
        let step = at_us.div_euclid(period_us);
        let along = at_us.rem_euclid(period_us) as f64 / period_us as f64;
        let ease = along * along * (3.0 - 2.0 * along);
        let (from, to) = (self.point(what, step), self.point(what, step.wrapping_add(1)));
        2.0 * (from + (to - from) * ease) - 1.0
    }
}

/// FNV-1a over the bytes of a name.
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The finisher of SplitMix64: each bit of the result depends on each bit of the input.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_seeds_and_traits_are_kept_apart() {
        let a = Noise::new(1, "a");
        assert_eq!(a.fixed("x").to_bits(), Noise::new(1, "a").fixed("x").to_bits());
        for other in [
            Noise::new(2, "a").fixed("x"),
            Noise::new(1, "b").fixed("x"),
            a.fixed("y"),
            a.point("x", 1),
        ] {
            assert_ne!(a.fixed("x").to_bits(), other.to_bits());
        }
    }

    #[test]
    fn points_are_spread_evenly() {
        let noise = Noise::new(7, "spread");
        let mut tenths = [0_u32; 10];
        for step in 0..10_000 {
            tenths[(noise.point("x", step) * 10.0) as usize] += 1;
        }
        assert!(tenths.iter().all(|count| (850..1_150).contains(count)), "{tenths:?}");
    }

    proptest! {
        #[test]
        fn waves_are_bounded_and_smooth(seed: u64, at in -1_i64 << 52..1_i64 << 52, period in 1_u32..100_000, dt in 0_i64..5_000_000) {
            let noise = Noise::new(seed, "w");
            let (before, after) = (noise.wave("x", at, period), noise.wave("x", at + dt, period));
            prop_assert!((-1.0..=1.0).contains(&before));
            let steepest = 3.0 / f64::from(period) * (dt as f64 / 1e6);
            prop_assert!((after - before).abs() <= steepest + 1e-6, "{before} to {after} in {dt} us");
        }
    }
}
