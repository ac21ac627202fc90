//! How many bodies an account may have on their way at a time. Each holds a block or
//! two in memory for as long as its sender or reader likes, so their number is bounded.

use kernel::{Error, Result, UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Bodies of one account; clients send and fetch a handful at a time.
const MOST: usize = 32;

/// The bodies on their way.
#[derive(Clone, Default)]
pub(crate) struct Transfers(Arc<Mutex<HashMap<UserId, usize>>>);

impl Transfers {
    fn all(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more body of that account.
    pub(crate) fn begin(&self, user: UserId) -> Result<Transfer> {
        let mut all = self.all();
        let under_way = all.entry(user).or_default();
        if *under_way >= MOST {
            return Err(Error::Busy { retry_after: 5 });
        }
        *under_way += 1;
        Ok(Transfer {
            all: self.clone(),
            user,
        })
    }
}

/// A body on its way: hold it until the last byte.
pub struct Transfer {
    all: Transfers,
    user: UserId,
}

impl Drop for Transfer {
    fn drop(&mut self) {
        let mut all = self.all.all();
        let left = all.get(&self.user).copied().unwrap_or(0).saturating_sub(1);
        match left {
            0 => drop(all.remove(&self.user)),
            left => drop(all.insert(self.user, left)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_so_many_places_and_gets_them_back() {
        let transfers = Transfers::default();
        let user = |n| UserId(uuid::Uuid::from_bytes([n; 16]));
        let mut held: Vec<_> = (0..MOST).map(|_| transfers.begin(user(1))).collect();
        assert!(held.iter().all(Result::is_ok));
        assert!(matches!(transfers.begin(user(1)), Err(Error::Busy { .. })));
        assert!(transfers.begin(user(2)).is_ok());
        drop(held.pop());
        drop(transfers.begin(user(1)).unwrap());
        drop(held);
        assert!(transfers.all().is_empty());
    }
}
