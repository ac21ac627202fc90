//! Tests of the store from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod copy;
mod disk;
mod golden;
mod migrate;
mod power;

/// In two halves, to use two processors; the long run is `tests/bench/power.rs`.
fn cuts(seed: u64) {
    let run = power::survive(seed, 500, 0, 160);
    assert!(run.acknowledged > 5_000, "{} is no load", run.acknowledged);
    assert!(run.unanswered_but_done > 0, "no cut was close");
}

#[test]
fn five_hundred_power_cuts() {
    cuts(1);
}

#[test]
fn five_hundred_other_power_cuts() {
    cuts(2);
}
