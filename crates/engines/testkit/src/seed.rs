//! Random numbers that a failed test can be repeated with.

use rand::SeedableRng;
use rand::rngs::StdRng;

/// The variable that sets the seed of a repeated run.
pub const SEED: &str = "HANOI_IOC_SEED";
/// The variable that sets how many seeds a test goes through.
pub const SEEDS: &str = "HANOI_IOC_SEEDS";

/// A random number generator with the seed of [`SEED`], or a fresh one. The seed is printed; the harness shows it when the
/// test fails.
pub fn rng(test: &str) -> (u64, StdRng) {
    let seed = number(SEED).unwrap_or_else(rand::random);
    eprintln!("{test}: repeat with {SEED}={seed}");
    (seed, StdRng::seed_from_u64(seed))
}

/// A generator for one round of a test.
pub fn rng_of(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// The seeds that a test goes through: only [`SEED`] if that is set, else `0..count` with the count of [`SEEDS`], or `usual`
/// without it.
pub fn seeds(usual: u64) -> Vec<u64> {
    match number(SEED) {
        Some(seed) => vec![seed],
        None => (0..number(SEEDS).unwrap_or(usual)).collect(),
    }
}

/// Runs one round; if it panics, prints how to repeat it.
pub fn round<T>(test: &str, seed: u64, work: impl FnOnce() -> T) -> T {
    struct Tell<'a>(&'a str, u64);
    impl Drop for Tell<'_> {
        fn drop(&mut self) {
            if std::thread::panicking() {
                eprintln!("{}: repeat with {SEED}={}", self.0, self.1);
            }
        }
    }
    let _tell = Tell(test, seed);
    work()
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn equal_seeds_give_equal_numbers() {
        assert_eq!(rng_of(7).random::<u64>(), rng_of(7).random::<u64>());
        assert_ne!(rng_of(7).random::<u64>(), rng_of(8).random::<u64>());
    }
}
