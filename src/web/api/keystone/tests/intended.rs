//! What the replay of identity's recordings tolerates, and why (ID-REC): a row that is no
//! difference any more fails it.

use kernel::UserId;
use serde_json::{Value, json};

/// A difference that is intended: everything else must be as it was.
pub(super) struct Row {
    /// Names of the exchanges.
    pub(super) names: &'static [&'static str],
    /// The requirement behind it.
    pub(super) why: &'static str,
    /// Our status.
    pub(super) status: u16,
    /// The exchange whose recorded body is meant; none: the row's own.
    pub(super) like: Option<&'static str>,
    /// Makes the recorded body ours.
    pub(super) body: fn(&Value, &Value) -> Value,
}

fn as_recorded(recorded: &Value, _: &Value) -> Value {
    recorded.clone()
}

/// The recorded document with the second spelling of a key, and with our own documentation
/// in place of a foreign manual (ID-KST-02).
fn both_spellings(recorded: &Value, _: &Value) -> Value {
    let mut body = recorded.clone();
    let types = body["version"]["media_types"].clone();
    body["version"]["media-types"] = types;
    assert_eq!(body["version"]["links"][1]["rel"], "describedby");
    body["version"]["links"][1]["href"] = "http://host/guide".into();
    body
}

/// The document of v3, which was not there (ID-KST-03).
fn document() -> Value {
    json!({
        "id": "v3.14", "status": "stable", "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": "http://host/astakos/identity/v3/"}],
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v3+json",
        }],
    })
}

/// The recorded list with that document behind it (ID-KST-01).
fn with_third(recorded: &Value, _: &Value) -> Value {
    let mut body = recorded.clone();
    let all = body["versions"]["values"].as_array_mut();
    all.unwrap().push(document());
    body
}

fn third(_: &Value, _: &Value) -> Value {
    json!({"version": document()})
}

/// The recorded list with one key more in each resource (ID-RES-09).
fn with_projects(recorded: &Value, ours: &Value) -> Value {
    let mut body = recorded.clone();
    for (name, resource) in body.as_object_mut().unwrap() {
        let more = ours[name]["allow_in_projects"].as_bool().unwrap();
        resource["allow_in_projects"] = more.into();
    }
    body
}

/// Who asks (ID-ACC-01).
fn who_am_i(_: &Value, ours: &Value) -> Value {
    let instant = |key: &str| {
        let at = ours[key].as_i64().unwrap();
        assert!(at > 1_000_000_000_000, "milliseconds: {key} {at}");
        at
    };
    assert!(ours["id"].as_u64().unwrap() > 0);
    json!({
        "id": ours["id"], "username": "alice@example.org", "uuid": "{{ALICE_UUID}}",
        "email": ["alice@example.org"], "name": "Alice Liddell", "groups": ours["groups"],
        "auth_token": "{{ALICE_TOKEN}}",
        "auth_token_created": instant("auth_token_created"),
        "auth_token_expires": instant("auth_token_expires"),
    })
}

/// The account that was made (ID-ADM-04).
fn made(_: &Value, ours: &Value) -> Value {
    let user = &ours["user"];
    assert_eq!(user["auth_token"].as_str().unwrap().len(), 43, "{ours}");
    user["id"].as_str().unwrap().parse::<UserId>().unwrap();
    json!({"user": {
        "id": user["id"], "password": "NewPass12", "auth_token": user["auth_token"],
    }})
}

/// A fault of this name and code, in our own words (ID-REC-08).
fn fault(name: &str, code: u16, ours: &Value) -> Value {
    let message = ours[name]["message"].as_str().unwrap();
    assert!(!message.is_empty());
    json!({name: {"message": message, "code": code, "details": ""}})
}

fn bad_request(_: &Value, ours: &Value) -> Value {
    fault("badRequest", 400, ours)
}

/// A message that the original left empty.
fn forbidden(recorded: &Value, ours: &Value) -> Value {
    assert_eq!(recorded["forbidden"]["message"], "");
    fault("forbidden", 403, ours)
}

fn not_allowed(_: &Value, ours: &Value) -> Value {
    fault("notAllowed", 405, ours)
}

/// The recorded text, with a code of RFC 6749 (ID-OA2-02).
fn with_code(recorded: &Value, ours: &Value) -> Value {
    let codes = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unsupported_response_type",
    ];
    assert!(codes.contains(&ours["error"].as_str().unwrap()));
    let text = &recorded["exception"];
    json!({"exception": text, "error_description": text, "error": ours["error"]})
}

pub(super) const INTENDED: &[Row] = &[
    Row {
        names: &["versions"],
        why: "ID-KST-01",
        status: 200,
        like: None,
        body: with_third,
    },
    Row {
        names: &["versions-noslash"],
        why: "ID-API-07",
        status: 200,
        like: Some("versions"),
        body: with_third,
    },
    Row {
        names: &["unknown-version"],
        why: "ID-KST-03",
        status: 200,
        like: None,
        body: third,
    },
    Row {
        names: &["account-authenticate"],
        why: "ID-ACC-01",
        status: 200,
        like: None,
        body: who_am_i,
    },
    Row {
        names: &[
            "version-details",
            "version-details-slash",
            "version-details-json",
            "version-details-xml-accept",
        ],
        why: "ID-KST-02 ID-API-04",
        status: 200,
        like: None,
        body: both_spellings,
    },
    Row {
        names: &["tokens-by-token-no-content-type"],
        why: "ID-API-01",
        status: 200,
        like: Some("tokens-by-token"),
        body: as_recorded,
    },
    Row {
        names: &["users-create-new"],
        why: "ID-ADM-04",
        status: 200,
        like: None,
        body: made,
    },
    Row {
        names: &["tokens-list-body"],
        why: "ID-API-13",
        status: 400,
        like: None,
        body: bad_request,
    },
    Row {
        names: &["users-delete"],
        why: "ID-ADM-10",
        status: 405,
        like: None,
        body: not_allowed,
    },
    Row {
        names: &["users-list-not-admin", "stats-detail-not-admin"],
        why: "ID-REC-08",
        status: 403,
        like: None,
        body: forbidden,
    },
    Row {
        names: &["resources", "resources-with-token"],
        why: "ID-RES-09",
        status: 200,
        like: None,
        body: with_projects,
    },
    Row {
        names: &["tokens-xml-accept", "tokens-format-xml"],
        why: "ID-KST-15: the prefix of the attributes is declared",
        status: 200,
        like: None,
        body: as_recorded,
    },
    Row {
        names: &[
            "oauth2-auth-plain-http",
            "oauth2-auth-no-params",
            "oauth2-token-no-client",
            "oauth2-token-bad-secret",
            "oauth2-token-code-used-again",
            "oauth2-auth-bad-client",
            "oauth2-auth-bad-redirect",
            "oauth2-auth-bad-response-type",
        ],
        why: "ID-OA2-02",
        status: 400,
        like: None,
        body: with_code,
    },
    Row {
        names: &["oauth2-token"],
        why: "ID-OA2-02: the type of the content",
        status: 200,
        like: None,
        body: as_recorded,
    },
];
