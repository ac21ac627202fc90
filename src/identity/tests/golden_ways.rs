//! Bytes of the rows of login methods, second factors and captchas
//! (`tests/golden/identity-ways-rows.json`).

use super::golden::{Golden, at};
use crate::{
    captcha::Spent,
    factor::{Factor, FactorKind, Half, Recovery, Setup},
    pending::Pending,
    policy::{Policy, Profile},
    switch::Switch,
};
use kernel::{Digest, UserNo};

// Every row that was ever written can be read.
#[test]
fn rows_of_ways_in_are_written_as_ever() {
    let text = include_str!("../../../tests/golden/identity-ways-rows.json");
    let mut golden = Golden::against(text);
    golden.row(&Profile {
        id: 4,
        name: "academic_strict".into(),
        provider: "shibboleth".into(),
        exclusive: true,
        priority: 2,
        active: true,
        policies: [(Policy::Login, 0), (Policy::Limit, 3)].into(),
        groups: [9].into(),
        users: [UserNo(7)].into(),
    });
    golden.row(&Pending {
        hash: Digest([6; 32]),
        provider: "google".into(),
        identifier: "g-1".into(),
        email: "eva@example.org".into(),
        first_name: "Εύα".into(),
        last_name: String::new(),
        affiliation: Some("Uni".into()),
        username: "0123".into(),
        info: "{}".into(),
        forced: ["email".to_owned()].into(),
        created: at(1),
    });
    golden.row(&Factor {
        user: UserNo(7),
        id: 5,
        kind: FactorKind::Totp,
        name: "Phone".into(),
        created: at(1),
        used: Some(at(2)),
        data: "c2VhbGVk".into(),
        step: 59_000_000,
    });
    golden.row(&Recovery {
        user: UserNo(7),
        hash: Digest([7; 32]),
    });
    golden.row(&Half {
        hash: Digest([8; 32]),
        user: UserNo(7),
        module: "local".into(),
        created: at(1),
        expires: at(2),
        tries: 1,
        setup: Some("c2VhbGVk".into()),
        ceremony: Some(("{}".into(), "{}".into())),
        identifier: String::new(),
        network: String::new(),
    });
    golden.row(&Setup {
        user: UserNo(7),
        kind: 1,
        session: Digest([9; 32]),
        expires: at(1),
        data: "{}".into(),
        state: "{}".into(),
    });
    golden.row(&Spent {
        hash: Digest([10; 32]),
        expires: at(1),
    });
    golden.row(&Switch {
        hash: Digest([11; 32]),
        user: UserNo(7),
        username: "eva@example.org".into(),
        provider: "shibboleth".into(),
        identifier: "eva@uni.example".into(),
        affiliation: Some("Uni".into()),
        info: "{}".into(),
        from: "192.0.2.1".into(),
        asked: at(1),
    });
    let now = golden.now();
    assert_eq!(now, text.trim_end(), "{now}");
}
