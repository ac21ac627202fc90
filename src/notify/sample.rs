//! Sample values for every kind of message: previews, and the check of the owner's
//! templates.

use crate::catalogue::Kind;
use kernel::{Settings, mail::MailRequest};
use serde_json::{Value, json};

/// The link of samples; a template that needs one must show it.
pub(crate) const LINK: &str = "/ui/sample?auth=0f8a4c1e-7d52-4b0e-9a57-6d3c2b1a0f9e";

/// A request with a value for everything that the kind's template may use.
pub(crate) fn request(kind: &Kind, settings: &Settings, language: &str) -> MailRequest {
    let all = values(settings);
    let context = kind
        .values
        .split_ascii_whitespace()
        .filter(|name| *name != "subject")
        .filter_map(|name| {
            let value = own(kind.template, name).or_else(|| all.get(name).cloned())?;
            Some((name.to_owned(), value))
        })
        .collect();
    MailRequest {
        to: "eva.sample@example.org".to_owned(),
        template: kind.template.to_owned(),
        context,
        language: language.to_owned(),
        ..MailRequest::default()
    }
}

/// What a name means in one kind of message only.
fn own(template: &str, name: &str) -> Option<Value> {
    let text = match (template, name) {
        ("im/log_record", "line") => "2026-11-25 21:40:00,125 ERROR synnefo.mail: no answer",
        ("im/switch_accounts_email", "detail") => "Academic login: eva@university.example.org",
        _ => return None,
    };
    Some(text.into())
}

fn person(first: &str, last: &str, email: &str, id: u64) -> Value {
    json!({
        "id": id, "pk": id, "uuid": format!("5f0c1f62-0b0e-4c52-9f0d-0000000000{id:02}"),
        "email": email, "first_name": first, "last_name": last,
        "realname": format!("{first} {last}"), "level": 4, "invitations": 2,
        "is_active": true, "accepted_policy": "manual",
        "get_auth_provider": {"module": "local"},
    })
}

fn values(settings: &Settings) -> Value {
    let base = settings.base_url();
    let base = if base.is_empty() {
        "https://cloud.example.org"
    } else {
        base
    };
    let link = format!("{base}{LINK}");
    let eva = person("Eva", "Sample", "eva.sample@example.org", 42);
    let ben = person("Ben", "Example", "ben@example.org", 7);
    let limits = json!([
        "Max cyclades.vm per member: 2; project total: 20",
        "Max cyclades.ram per member: 4 GiB; project total: 40 GiB",
    ]);
    let project = json!({
        "id": 12, "uuid": "9b2a7c1e-3f5d-4e8a-b6c0-1d2e3f4a5b6c", "name": "science.example.org",
        "realname": "science.example.org", "homepage": "https://science.example.org/",
        "description": "Measurements and what follows from them", "chain": 12,
        "end_date": "2027-05-31T00:00:00Z", "creation_date": "2026-11-02T10:20:30Z",
        "issue_date": "2026-11-01T09:00:00Z", "start_date": null, "owner": eva, "applicant": eva,
        "comments": "For the spring term", "member_join_policy_display": "moderated",
        "member_leave_policy_display": "automatic", "limit_on_members_number": 30,
        "response": "Welcome; please tell us when you are done.", "response_actor": ben,
        "resource_policies": limits, "projectresourcegrant_set": {"all": limits},
    });
    json!({
        "user": eva,
        "url": link,
        "expires": "2026-12-09T12:00:00Z",
        "email": "eva.sample@example.org",
        "why": "This account has no password: log in as you did when you signed up.",
        "ec": {"user": eva, "new_email_address": "eva.new@example.org"},
        "invitation": {"realname": "Eva Sample", "username": "eva.sample@example.org", "inviter": ben},
        "message": "The new pages are a pleasure.\nThank you!",
        "data": "page: /ui/landing",
        "text": "On Friday between 18:00 and 19:00 we move to new machines. What you\nhave keeps running.",
        "object": project,
        "application": project,
        "previous_state": "Pending review",
        "action": "accepted",
        "applicants": [
            {"id": 42, "email": "eva.sample@example.org", "first_name": "Eva", "last_name": "Sample",
             "url": format!("{link}&for=42"), "since": "2026-11-20T08:15:00Z"},
            {"id": 43, "email": "dan@example.org", "first_name": "Dan", "last_name": "Doe",
             "url": format!("{link}&for=43"), "since": "2026-11-23T17:40:00Z"},
        ],
        "count": 2,
        "more": false,
        "both": true,
        "days": 2,
        "event": "factor-added",
        "detail": "Telephone",
        "when": "2026-11-25T21:40:00Z",
        "from": "192.0.2.17",
        "file": "/etc/synnefo/templates/im/email.txt",
        "line": 3,
        "problem": "{% block %} is not closed",
    })
}
