//! The long run of the power cuts: `cargo bench -p store --bench power`.
//!
//! Goes on until 100,000 operations (or as many as the first argument says) were
//! acknowledged; the second argument is the seed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a proof fails by panicking"
)]

#[path = "../../src/store/tests/it/disk.rs"]
mod disk;
#[path = "../../src/store/tests/it/power.rs"]
mod power;

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse().ok());
    let operations = numbers.next().unwrap_or(100_000);
    let seed = numbers.next().unwrap_or(1);
    let started = std::time::Instant::now();
    let run = power::survive(seed, 1_000, operations, 600);
    println!(
        "seed {seed}: {} power cuts in {:.0} s, {} operations acknowledged, none lost; \
         {} more were done but not answered",
        run.cuts,
        started.elapsed().as_secs_f64(),
        run.acknowledged,
        run.unanswered_but_done,
    );
}
