//! Order-preserving byte form of keys: comparing the bytes compares the keys,
//! and the bytes of a tuple start with the bytes of its first members.

use jiff::Timestamp;
use kernel::{
    BackendId, Digest, FlavorId, NetworkId, PortId, ProjectId, ServerId, SubnetId, UserId, UserNo,
    VolumeId,
};

/// Something with an order-preserving byte form.
pub trait Encode {
    /// Appends the byte form to `out`.
    fn encode(&self, out: &mut Vec<u8>);

    /// The byte form alone.
    fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(24);
        self.encode(&mut out);
        out
    }
}

/// A key of a table: encodes and decodes.
pub trait Key: Encode + Sized + Clone + Send + Sync + 'static {
    /// Takes one key off the front of `input`; None when it is malformed.
    fn decode(input: &mut &[u8]) -> Option<Self>;

    /// Reads a whole byte string as a key.
    fn from_bytes(mut input: &[u8]) -> Option<Self> {
        let key = Self::decode(&mut input)?;
        input.is_empty().then_some(key)
    }
}

/// The smallest byte string greater than all that start with `prefix`; None when there is none.
pub fn prefix_end(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < 0xFF {
            end.push(last + 1);
            return Some(end);
        }
    }
    None
}

fn take<'a>(input: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, rest) = input.split_at_checked(n)?;
    *input = rest;
    Some(head)
}

macro_rules! unsigned {
    ($($t:ty),*) => {$(
        impl Encode for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_be_bytes());
            }
        }
        impl Key for $t {
            fn decode(input: &mut &[u8]) -> Option<Self> {
                take(input, size_of::<$t>())?.try_into().ok().map(<$t>::from_be_bytes)
            }
        }
    )*};
}
unsigned!(u8, u16, u32, u64, u128);

impl Encode for i64 {
    fn encode(&self, out: &mut Vec<u8>) {
        ((*self as u64) ^ (1 << 63)).encode(out);
    }
}
impl Key for i64 {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        u64::decode(input).map(|n| (n ^ (1 << 63)) as i64)
    }
}

impl Encode for bool {
    fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
}
impl Key for bool {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        match u8::decode(input)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

/// Microseconds since the epoch.
impl Encode for Timestamp {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_microsecond().encode(out);
    }
}
impl Key for Timestamp {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        Timestamp::from_microsecond(i64::decode(input)?).ok()
    }
}

/// Zero bytes are escaped and two of them end the text, so `a` sorts before `ab`.
impl Encode for str {
    fn encode(&self, out: &mut Vec<u8>) {
        for byte in self.as_bytes().iter().copied() {
            out.push(byte);
            if byte == 0 {
                out.push(0xFF);
            }
        }
        out.extend_from_slice(&[0, 0]);
    }
}

impl Encode for String {
    fn encode(&self, out: &mut Vec<u8>) {
        self.as_str().encode(out);
    }
}
impl Key for String {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        let mut text = Vec::new();
        loop {
            match take(input, 1)? {
                [0] => match take(input, 1)? {
                    [0] => return String::from_utf8(text).ok(),
                    [0xFF] => text.push(0),
                    _ => return None,
                },
                byte => text.extend_from_slice(byte),
            }
        }
    }
}

impl<const N: usize> Encode for [u8; N] {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self);
    }
}
impl<const N: usize> Key for [u8; N] {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        take(input, N)?.try_into().ok()
    }
}

impl Encode for uuid::Uuid {
    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}
impl Key for uuid::Uuid {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        <[u8; 16]>::decode(input).map(uuid::Uuid::from_bytes)
    }
}

macro_rules! newtypes {
    ($($t:ident),*) => {$(
        impl Encode for $t {
            fn encode(&self, out: &mut Vec<u8>) {
                self.0.encode(out);
            }
        }
        impl Key for $t {
            fn decode(input: &mut &[u8]) -> Option<Self> {
                Key::decode(input).map($t)
            }
        }
    )*};
}
newtypes!(
    BackendId, Digest, FlavorId, NetworkId, PortId, ProjectId, ServerId, SubnetId, UserId, UserNo,
    VolumeId
);

/// Absent sorts before present.
impl<T: Encode> Encode for Option<T> {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            None => out.push(0),
            Some(inner) => {
                out.push(1);
                inner.encode(out);
            }
        }
    }
}
impl<T: Key> Key for Option<T> {
    fn decode(input: &mut &[u8]) -> Option<Self> {
        match u8::decode(input)? {
            0 => Some(None),
            1 => T::decode(input).map(Some),
            _ => None,
        }
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, out: &mut Vec<u8>) {
        (**self).encode(out);
    }
}

impl Encode for () {
    fn encode(&self, _: &mut Vec<u8>) {}
}
impl Key for () {
    fn decode(_: &mut &[u8]) -> Option<Self> {
        Some(())
    }
}

macro_rules! tuples {
    ($(($($name:ident),+);)*) => {$(
        impl<$($name: Encode),+> Encode for ($($name,)+) {
            #[allow(non_snake_case, reason = "the type names serve as variable names")]
            fn encode(&self, out: &mut Vec<u8>) {
                let ($($name,)+) = self;
                $($name.encode(out);)+
            }
        }
        impl<$($name: Key),+> Key for ($($name,)+) {
            fn decode(input: &mut &[u8]) -> Option<Self> {
                Some(($($name::decode(input)?,)+))
            }
        }
    )*};
}
tuples! { (A); (A, B); (A, B, C); (A, B, C, D); (A, B, C, D, E); }

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn bytes_order_as_keys_do(a: (String, i64, Option<u32>, bool), b: (String, i64, Option<u32>, bool)) {
            prop_assert_eq!(a.bytes().cmp(&b.bytes()), a.cmp(&b));
        }

        #[test]
        fn keys_come_back(a: (String, i64, Option<String>, u128)) {
            prop_assert_eq!(Key::from_bytes(&a.bytes()), Some(a));
        }

        #[test]
        fn garbage_is_refused_or_round_trips(bytes: Vec<u8>) {
            if let Some(key) = <(String, Option<u16>, bool)>::from_bytes(&bytes) {
                prop_assert_eq!(key.bytes(), bytes);
            }
        }

        #[test]
        fn prefix_end_bounds_the_prefix(prefix: Vec<u8>, more: Vec<u8>) {
            let mut longer = prefix.clone();
            longer.extend(more);
            if let Some(end) = prefix_end(&prefix) {
                prop_assert!(longer < end);
            }
        }
    }
}
