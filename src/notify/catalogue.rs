//! Every message there is: its template, its subject, and what its template may know
//! (ID-MAIL-06 … ID-MAIL-35).
//!
//! Whoever asks for a mail (`kernel::mail::MailRequest`) names the template without
//! `.txt` and gives these values; all others are dropped before the template sees them.
//! `support`, `baseurl` and the `BRANDING_…` settings need not be given.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Who reads a message: its language follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The person it is about, in the language of the request.
    Person,
    /// The people who run the service, in its language (`LANGUAGE_CODE`).
    Staff,
}

/// One kind of message.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Name of its template, without `.txt`.
    pub template: &'static str,
    /// `ASTAKOS_<KEY>_MESSAGE` is its subject.
    pub subject_key: &'static str,
    /// The subject where that is not set; `<S>` is the service's name.
    pub subject: &'static str,
    /// Who reads it.
    pub audience: Audience,
    /// Names of the values it may use, parted by blanks.
    pub values: &'static str,
    /// It is of no use without its `url` (ID-TPL-04).
    pub needs_url: bool,
    /// Where an answer goes: the address of `user`, or nowhere in particular.
    pub reply_to_user: bool,
    /// What it is called in commands and lists.
    pub about: &'static str,
}

const fn kind(
    template: &'static str,
    subject_key: &'static str,
    subject: &'static str,
    audience: Audience,
    values: &'static str,
    about: &'static str,
) -> Kind {
    Kind {
        template,
        subject_key,
        subject,
        audience,
        values,
        needs_url: false,
        reply_to_user: false,
        about,
    }
}

const fn with_url(kind: Kind) -> Kind {
    Kind {
        needs_url: true,
        ..kind
    }
}

const fn answered(kind: Kind) -> Kind {
    Kind {
        reply_to_user: true,
        ..kind
    }
}

use Audience::{Person, Staff};

/// All of them.
#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    with_url(kind("im/activation_email", "VERIFICATION_EMAIL_SUBJECT", "<S> account verification",
        Person, "user url", "verification of an address")),
    with_url(kind("registration/email_change_email_new_email", "EMAIL_CHANGE_NEW_EMAIL_SUBJECT", "<S> e-mail change notification",
        Person, "ec url both days", "change of an address, to the new one")),
    kind("registration/email_change_email_old_email", "EMAIL_CHANGE_OLD_EMAIL_SUBJECT", "<S> e-mail change notification",
        Person, "ec url both days", "change of an address, to the old one"),
    kind("im/welcome_email", "GREETING_EMAIL_SUBJECT", "Welcome to <S>",
        Person, "user url", "an account is ready"),
    answered(kind("im/account_pending_moderation_notification", "ACCOUNT_CREATION_SUBJECT", "<S> account created (%(user)s)",
        Staff, "user url message expires", "an account waits for a decision")),
    kind("im/moderation_digest", "MODERATION_DIGEST_SUBJECT", "<S> accounts that wait for a decision (%(count)s)",
        Staff, "applicants count more", "all accounts that wait for a decision"),
    kind("im/account_activated_notification", "HELPDESK_NOTIFICATION_EMAIL_SUBJECT", "<S> account activated (%(user)s)",
        Staff, "user", "an account was activated"),
    with_url(kind("registration/password_email", "PASSWORD_RESET_EMAIL_SUBJECT", "Password reset on <S>",
        Person, "user email url why again link", "a link for a new password")),
    with_url(kind("im/account_notice", "ACCOUNT_NOTICE_SUBJECT", "<S> account: a security notice",
        Person, "user event detail when from url", "a change to the security of an account")),
    with_url(kind("im/invitation", "INVITATION_EMAIL_SUBJECT", "Invitation to <S>",
        Person, "invitation url", "invitation to sign up")),
    answered(kind("im/feedback_mail", "FEEDBACK_EMAIL_SUBJECT", "Feedback from <S>",
        Staff, "user message data", "feedback")),
    with_url(kind("im/switch_accounts_email", "SWITCH_ACCOUNT_EMAIL_SUBJECT", "<S> account association",
        Person, "user url detail from", "one more way to log in")),
    kind("im/log_record", "", "A message of the log of <S>",
        Staff, "line subject", "a message of the log (AdminEmailHandler)"),
    kind("im/plain_email", "PLAIN_EMAIL_SUBJECT", "New e-mail from <S>",
        Person, "user text subject", "a message of the administrators"),
    kind("im/projects/project_creation_notification", "PROJECT_CREATION_SUBJECT", "<S> application for a new project created (%s)",
        Staff, "object", "application for a project"),
    kind("im/projects/project_modification_notification", "PROJECT_MODIFICATION_SUBJECT", "<S> application for a project modification created (%s)",
        Staff, "object", "application for a change of a project"),
    kind("im/projects/project_approval_notification", "PROJECT_APPROVED_SUBJECT", "<S> project application approved (%s)",
        Person, "object", "an application was approved"),
    kind("im/application_approved_admin_email", "EMAIL_ADMIN_APPLICATION_APPROVED", "<S> project application approved ({0})",
        Staff, "object application previous_state", "an application was approved, to the staff"),
    kind("im/projects/project_denial_notification", "PROJECT_DENIED_SUBJECT", "<S> project application denied (%s)",
        Person, "object", "an application was denied"),
    kind("im/projects/project_termination_notification", "PROJECT_TERMINATION_SUBJECT", "<S> project terminated (%s)",
        Person, "object", "a project was terminated"),
    kind("im/projects/project_reinstatement_notification", "PROJECT_REINSTATEMENT_SUBJECT", "<S> project reinstated (%s)",
        Person, "object", "a project was reinstated"),
    kind("im/projects/project_suspension_notification", "PROJECT_SUSPENSION_SUBJECT", "<S> project suspended (%s)",
        Person, "object", "a project was suspended"),
    kind("im/projects/project_unsuspension_notification", "PROJECT_UNSUSPENSION_SUBJECT", "<S> project resumed (%s)",
        Person, "object", "a project was resumed"),
    kind("im/projects/project_membership_change_notification", "PROJECT_MEMBERSHIP_CHANGE_SUBJECT", "<S> project membership changed (%(name)s)",
        Person, "object action user", "a membership changed"),
    kind("im/projects/project_membership_enroll_notification", "PROJECT_MEMBERSHIP_ENROLL_SUBJECT", "<S> project enrollment (%(name)s)",
        Person, "object user", "a member was added"),
    kind("im/projects/project_membership_request_notification", "PROJECT_MEMBERSHIP_REQUEST_SUBJECT", "<S> project membership request (%(name)s)",
        Person, "object user", "somebody asks to join"),
    kind("im/projects/project_membership_leave_request_notification", "PROJECT_MEMBERSHIP_LEAVE_REQUEST_SUBJECT", "<S> project membership leave request (%(name)s)",
        Person, "object user", "somebody asks to leave"),
    kind("im/template_problem", "", "a mail template cannot be used",
        Staff, "file line problem", "a template of the owner is bad"),
    kind("im/test_email", "", "<S> test message",
        Staff, "", "a test of the mail server"),
];

/// The kind of a template's name, with or without directory and `.txt`.
pub fn find(name: &str) -> Option<&'static Kind> {
    let plain = name.strip_suffix(".txt").unwrap_or(name);
    let full = super::files::canonical(&format!("{plain}.txt"))?;
    let full = full.strip_suffix(".txt")?;
    let last = |kind: &&Kind| kind.template.rsplit('/').next() == Some(plain);
    KINDS
        .iter()
        .find(|kind| kind.template == full)
        .or_else(|| KINDS.iter().find(last))
}

/// All templates in English, for whoever translates them: the frame of all others first.
pub fn english() -> Vec<words::EnglishMail> {
    let text = |name: &str| match super::files::built_in(&format!("{name}.txt")) {
        Some(found) => found.text.unwrap_or_default(),
        None => String::new(),
    };
    let mail = |(name, subject): (&str, &str)| words::EnglishMail {
        name: name.to_owned(),
        subject: subject.to_owned(),
        text: text(name),
    };
    let kinds = KINDS.iter().map(|kind| (kind.template, kind.subject));
    [(FRAME, "")].into_iter().chain(kinds).map(mail).collect()
}

/// What all templates extend.
const FRAME: &str = "im/email";

const USER: &str = "id pk uuid email first_name last_name realname level invitations is_active \
    accepted_policy get_auth_provider";
const PROVIDER: &str = "module name title get_title_msg get_method_prompt_msg";
const OBJECT: &str = "id uuid name realname homepage description end_date creation_date owner \
    applicant chain comments issue_date start_date member_join_policy_display \
    member_leave_policy_display limit_on_members_number response response_actor \
    resource_policies projectresourcegrant_set project_id state_display";
const APPLICANT: &str = "id pk uuid email first_name last_name realname accepted_policy message url \
    since get_auth_provider";

/// What a template may see of a value called `name` (ID-MAIL-34): data only, of known
/// fields.
pub(crate) fn seen(name: &str, value: &Value) -> Value {
    let fields = match name {
        "user" | "inviter" | "owner" | "applicant" | "response_actor" => USER,
        "get_auth_provider" => PROVIDER,
        "object" | "project" | "application" | "chain" => OBJECT,
        "ec" => "user new_email_address requested_at",
        "invitation" => "realname username inviter",
        "applicants" => APPLICANT,
        _ => "",
    };
    match value {
        Value::Object(map) if fields.is_empty() => match name {
            "projectresourcegrant_set" => Value::Object(picked(map, "all")),
            _ => Value::Null,
        },
        Value::Object(map) => Value::Object(picked(map, fields)),
        Value::Array(items) => items.iter().map(|item| seen(name, item)).collect(),
        plain => plain.clone(),
    }
}

fn picked(map: &Map<String, Value>, fields: &str) -> Map<String, Value> {
    fields
        .split_ascii_whitespace()
        .filter_map(|field| Some((field.to_owned(), seen(field, map.get(field)?))))
        .collect()
}

impl Kind {
    /// The values of a request that its template may see.
    pub(crate) fn seen(&self, context: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
        self.values
            .split_ascii_whitespace()
            .filter_map(|name| Some((name.to_owned(), seen(name, context.get(name)?))))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    // ID-MAIL-34
    #[test]
    fn templates_see_known_fields_only() {
        let kind = find("registration/email_change_email.txt").unwrap();
        assert_eq!(kind.template, "registration/email_change_email_new_email");
        let context = BTreeMap::from([
            (
                "ec".to_owned(),
                json!({"user": {"email": "a@b", "auth_token": "x", "password": "y"},
                       "new_email_address": "c@d", "activation_key": "k"}),
            ),
            ("url".to_owned(), json!("https://x")),
            ("token".to_owned(), json!("x")),
        ]);
        let seen = kind.seen(&context);
        assert_eq!(
            serde_json::to_value(seen).unwrap(),
            json!({"ec": {"user": {"email": "a@b"}, "new_email_address": "c@d"}, "url": "https://x"})
        );
        let grants =
            json!({"all": ["Max vm per member: 1; project total: 2", {"secret": 1}], "x": 1});
        assert_eq!(
            super::seen(
                "object",
                &json!({"projectresourcegrant_set": grants, "token": 1})
            ),
            json!({"projectresourcegrant_set": {"all": ["Max vm per member: 1; project total: 2", null]}})
        );
    }

    #[test]
    fn kinds_are_found_by_any_of_their_names() {
        for (name, template) in [
            ("im/activation_email", "im/activation_email"),
            ("activation_email.txt", "im/activation_email"),
            (
                "projects/project_denial_notification",
                "im/projects/project_denial_notification",
            ),
            (
                "project_denial_notification",
                "im/projects/project_denial_notification",
            ),
        ] {
            assert_eq!(
                find(name).map(|kind| kind.template),
                Some(template),
                "{name}"
            );
        }
        assert!(find("../im/email").is_none() && find("im/email").is_none());
    }
}
