//! The API against what the original answered, and what the recordings do not show.

mod floating;
mod wire;

use crate::api::compute::tests::{
    Cloud,
    replayed::{Bound, check, play},
};
use serde_json::Value;

const RECORDED: &str = include_str!("../../../../../tests/golden/network.json");

// CY-NWIRE-01 CY-NWIRE-02 CY-NET-20 CY-NET-21 CY-NET-22 CY-NET-23 CY-NET-25 CY-NET-26
// CY-SUB-01 CY-SUB-03 CY-SUB-04
#[tokio::test(start_paused = true)]
async fn recorded_exchanges_are_answered_alike() {
    let cloud = Cloud::new("NETWORK_CREATION_POLICY = 'lazy'").await;
    cloud.pools().await;
    cloud.backend().await;
    let mut bound = Bound::default();
    let mut failed = Vec::new();
    let exchanges: Vec<Value> = serde_json::from_str(RECORDED).unwrap();
    for exchange in &exchanges {
        let name = exchange["name"].as_str().unwrap();
        let path = bound.path(exchange["path"].as_str().unwrap());
        let got = play(&cloud, &bound, exchange, &path, |body| body).await;
        if let Err(why) = check(&mut bound, exchange, &got) {
            failed.push(format!("{name}: {why}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
