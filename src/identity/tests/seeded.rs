//! Random histories that can be repeated: a failure names its seed, and `SEED=n` in the
//! environment runs exactly that one again.

use kernel::{Ids, RandomIds};
use proptest::{
    strategy::Strategy,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// A seed: that of the environment, or a fresh one.
pub(super) fn seed() -> u64 {
    let asked = std::env::var("SEED").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let mut bytes = [0; 8];
        RandomIds.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    })
}

/// Runs `run` on so many values; the smallest failing one is shown, and the seed.
pub(super) fn histories<S: Strategy>(cases: u32, strategy: S, run: impl Fn(S::Value)) {
    let seed = seed();
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let config = Config {
        cases,
        // No file of failures: it would lie where the workspace looks for crates.
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let ran = TestRunner::new_with_rng(config, rng).run(&strategy, |value| {
        run(value);
        Ok(())
    });
    if let Err(error) = ran {
        panic!("SEED={seed} repeats this: {error}");
    }
}
