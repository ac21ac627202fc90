//! Bytes of every row as release 0.1.0 wrote them (`tests/golden/identity-rows.json`).
//! A row that changes its shape gets a new version and keeps its old bytes here.

use crate::handover::{Consent, Handover};
use crate::oauth2::{ClientKind, OauthClient, OauthCode, OauthToken};
use crate::rows::{
    Attempts, Code, Group, Limit, Method, Password, Project, ProjectState, Reset, Session, Token,
    User,
};
use crate::scoped::Revoked;
use kernel::{Digest, ProjectId, Timestamp, UserId, UserNo};
use std::collections::BTreeMap;
use store::{Encode, Row};
use uuid::Uuid;

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_microsecond(second * 1_000_000 + 5).unwrap()
}

fn user() -> User {
    User {
        no: UserNo(7),
        uuid: UserId(Uuid::from_bytes([1; 16])),
        email: "Eva@example.org".into(),
        username: "eva@example.org".into(),
        first_name: "Εύα".into(),
        last_name: "O'Hara".into(),
        language: "el".into(),
        is_active: true,
        is_superuser: false,
        email_verified: true,
        verified_at: Some(at(1)),
        code: Some(Code {
            hash: Digest([2; 32]),
            expires: Some(at(2)),
            sealed: String::new(),
        }),
        activation_sent: None,
        moderated: true,
        moderated_at: Some(at(3)),
        moderated_data: Some("{}".into()),
        is_rejected: false,
        rejected_reason: None,
        accepted_policy: Some("manual".into()),
        accepted_email: Some("eva@example.org".into()),
        deactivated_reason: Some("x".into()),
        deactivated_at: None,
        is_verified: true,
        has_signed_terms: true,
        date_signed_terms: Some(at(4)),
        token: Some(Token {
            hash: Digest([3; 32]),
            sealed: "c2VhbGVk".into(),
            created: at(5),
            expires: at(6),
        }),
        level: 4,
        invitations: 0,
        affiliation: None,
        default_project: Some(ProjectId(Uuid::from_bytes([1; 16]))),
        joined: at(7),
        updated: at(8),
        last_login: Some(at(9)),
        groups: [1, 9].into(),
        permissions: ["p".to_owned()].into(),
        life: crate::rows::Life::default(),
    }
}

pub(super) struct Golden {
    recorded: BTreeMap<String, [String; 2]>,
    now: BTreeMap<String, [String; 2]>,
}

impl Golden {
    /// Against the rows recorded in this text.
    pub(super) fn against(text: &str) -> Self {
        Golden {
            recorded: serde_json::from_str(text).unwrap(),
            now: BTreeMap::new(),
        }
    }

    /// All rows as they are written now.
    pub(super) fn now(&self) -> String {
        serde_json::to_string_pretty(&self.now).unwrap()
    }

    /// Compares a row with its bytes, both ways.
    pub(super) fn row<R: Row>(&mut self, row: &R) {
        let value = store::encode(R::VERSION, row).unwrap();
        if let Some([_, recorded]) = self.recorded.get(R::TABLE) {
            let bytes = hex::decode(recorded).unwrap();
            let (version, rest) = bytes.split_first().unwrap();
            let read: R = match *version == R::VERSION {
                true => store::decode(rest).unwrap(),
                false => R::upgrade(*version, rest).unwrap(),
            };
            assert_eq!(serde_json::json!(read), serde_json::json!(row));
        }
        let pair = [hex::encode(row.key().bytes()), hex::encode(value)];
        self.now.insert(R::TABLE.to_owned(), pair);
    }
}

// Every row that was ever written can be read.
#[test]
fn rows_are_written_as_ever() {
    let text = include_str!("../../../tests/golden/identity-rows.json");
    let mut golden = Golden {
        recorded: serde_json::from_str(text).unwrap(),
        now: BTreeMap::new(),
    };
    golden.row(&user());
    golden.row(&Method {
        user: UserNo(7),
        id: 3,
        module: "shibboleth".into(),
        identifier: "eva@uni".into(),
        backend: "astakos".into(),
        active: true,
        affiliation: None,
        info: "{\"eppn\":\"eva\"}".into(),
        created: at(1),
        last_login: Some(at(2)),
    });
    golden.row(&Password {
        user: UserNo(7),
        hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".into(),
        set: at(1),
    });
    golden.row(&Session {
        hash: Digest([4; 32]),
        user: UserNo(7),
        created: at(1),
        seen: at(2),
        expires: at(3),
        address: "2001:db8::1".into(),
        user_agent: "Browser/1.0".into(),
        second: false,
    });
    golden.row(&Reset {
        hash: Digest([5; 32]),
        user: UserNo(7),
        expires: at(1),
    });
    golden.row(&Attempts {
        kind: 1,
        subject: "eva@example.org".into(),
        count: 3,
        last: at(1),
    });
    golden.row(&Group {
        id: 9,
        name: "helpers".into(),
        permissions: ["view".to_owned()].into(),
    });
    let limit = Limit {
        project: 1 << 40,
        member: 2,
        explicit: true,
    };
    golden.row(&Project {
        uuid: ProjectId(Uuid::from_bytes([1; 16])),
        no: 2,
        realname: "system:x".into(),
        description: "d".into(),
        user: UserNo(7),
        created: at(1),
        end_date: at(2),
        is_base: true,
        private: true,
        state: ProjectState::Suspended,
        reason: "user_deactivation".into(),
        limits: [("cyclades.vm".to_owned(), limit)].into(),
    });
    let now = serde_json::to_string_pretty(&golden.now).unwrap();
    assert_eq!(now, text.trim_end(), "{now}");
}

fn oauth2_rows(golden: &mut Golden) {
    golden.row(&OauthClient {
        id: 1,
        identifier: "client1".into(),
        secret: Some(Digest([6; 32])),
        kind: ClientKind::Confidential,
        is_trusted: true,
        urls: vec!["https://c.example.org/cb".into()],
    });
    golden.row(&OauthCode {
        hash: Digest([7; 32]),
        client: 1,
        user: UserNo(7),
        redirect_uri: "https://c.example.org/cb".into(),
        scope: "/x".into(),
        state: Some("s".into()),
        challenge: Some("c".into()),
        expires: at(1),
    });
    golden.row(&OauthToken {
        hash: Digest([8; 32]),
        client: 1,
        user: UserNo(7),
        scope: "/x".into(),
        online: true,
        made_under: Some(Digest([3; 32])),
        expires: at(1),
    });
}

// The same of the rows of tokens and of whom people handed theirs to.
#[test]
fn rows_of_tokens_are_written_as_ever() {
    let text = include_str!("../../../tests/golden/identity-token-rows.json");
    let mut golden = Golden {
        recorded: serde_json::from_str(text).unwrap(),
        now: BTreeMap::new(),
    };
    oauth2_rows(&mut golden);
    golden.row(&Revoked {
        hash: Digest([9; 32]),
        expires: at(1),
    });
    golden.row(&Consent {
        user: UserNo(7),
        scheme: "pithos".into(),
        at: at(1),
    });
    golden.row(&Handover {
        hash: Digest([10; 32]),
        user: UserNo(7),
        expires: at(1),
    });
    let now = serde_json::to_string_pretty(&golden.now).unwrap();
    assert_eq!(now, text.trim_end(), "{now}");
}
