//! How many connections one address may hold at a time, so that somebody who opens many
//! and says nothing does not keep everybody else out.
//!
//! Invariant: a place is given back when its connection ends, however it ends.

use kernel::Settings;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

type Held = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The connections there are, by address.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd(Held);

/// A place that is held until dropped.
#[derive(Debug)]
pub(super) struct Place(Option<(Held, IpAddr)>);

/// What one customer has: an address of IPv4, a /64 of IPv6.
fn customer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let net = u128::from(v6) & !u128::from(u64::MAX);
            IpAddr::V6(net.into())
        }
        v4 => v4,
    }
}

impl Crowd {
    /// A place for a connection from there; None when that address holds too many.
    /// Proxies that are trusted bring everybody's, so they are not counted.
    pub(super) fn admit(&self, settings: &Settings, from: IpAddr) -> Option<Place> {
        let most = usize::try_from(settings.int("HTTP_MAX_CONNECTIONS_PER_ADDRESS")).unwrap_or(0);
        let address = from.to_canonical();
        let trusted = settings.strings("TRUSTED_PROXIES");
        match most == 0 || trusted.iter().any(|one| one.parse() == Ok(address)) {
            true => Some(Place(None)),
            false => self.admit_up_to(most, from),
        }
    }

    /// The same with a bound of its own.
    pub(super) fn admit_up_to(&self, most: usize, from: IpAddr) -> Option<Place> {
        let customer = customer(from);
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(customer).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Place(Some((self.0.clone(), customer))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((held, customer)) = &self.0 else {
            return;
        };
        let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.get_mut(customer) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(held.remove(customer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    // ID-SEC-24
    #[test]
    fn one_address_does_not_take_all_places() {
        let mut settings = Settings::default();
        settings.set("HTTP_MAX_CONNECTIONS_PER_ADDRESS", Value::Int(2));
        let crowd = Crowd::default();
        let admit = |from: &str| crowd.admit(&settings, from.parse().unwrap());
        let first = admit("192.0.2.1");
        let _second = admit("::ffff:192.0.2.1").unwrap();
        assert!(admit("192.0.2.1").is_none(), "a third");
        assert!(admit("192.0.2.2").is_some());
        drop(first);
        assert!(admit("192.0.2.1").is_some(), "a place was given back");
        let net: Vec<_> = ["2001:db8::1", "2001:db8::2", "2001:db8::3"]
            .iter()
            .map(|one| admit(one))
            .collect();
        assert!(net[1].is_some() && net[2].is_none(), "a /64 is one");
        for _ in 0..9 {
            std::mem::forget(admit("127.0.0.1").unwrap());
        }
        drop(net);
        assert!(crowd.0.lock().unwrap().len() <= 1);
        settings.set("HTTP_MAX_CONNECTIONS_PER_ADDRESS", Value::Int(0));
        assert!(
            crowd
                .admit(&settings, "192.0.2.1".parse().unwrap())
                .is_some()
        );
    }
}
