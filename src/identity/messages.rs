//! Texts for people, by key (ID-MSG-01 … 04). Errors of this crate carry such a key
//! where the person is told by a page; [`resolve`] turns it into words at the edge.

use crate::provider::Texts;
use kernel::Settings;
use std::borrow::Cow;

/// How a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Something worked.
    Success,
    /// Good to know.
    Info,
    /// Worth a look.
    Warning,
    /// Something did not work.
    Error,
    /// Stands next to a form field.
    Field,
}

use Level::{Error, Field, Info, Success, Warning};

/// A message: key, level, default text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its key.
    pub key: &'static str,
    /// How it is shown.
    pub level: Level,
    /// Text unless `ASTAKOS_<KEY>_MESSAGE` says otherwise.
    pub text: &'static str,
}

const fn m(key: &'static str, level: Level, text: &'static str) -> Message {
    Message { key, level, text }
}

/// The message of a key.
pub fn find(key: &str) -> Option<&'static Message> {
    let at = ALL.binary_search_by(|message| message.key.cmp(key)).ok()?;
    ALL.get(at)
}

/// The text of a key with its parameters filled in: `%s` in order, `%(name)s` where our
/// own text has that name (ID-MSG-03: too few or too many places are no error). What is
/// no key comes back as it is.
pub fn text(settings: &Settings, key: &str, parameters: &[&str]) -> String {
    match find(key) {
        Some(message) => placed(message, raw(settings, message), parameters),
        None => key.to_owned(),
    }
}

/// The words of a message, as the owner or the product has them.
fn raw<'a>(settings: &'a Settings, message: &Message) -> &'a str {
    match settings.str(&format!("ASTAKOS_{}_MESSAGE", message.key)) {
        "" => message.text,
        set => set,
    }
}

/// As [`text`], with names in the places of its braces (ID-MSG-04): those of the login by
/// password, for messages that come without a login method. Parameters are text.
pub fn said(settings: &Settings, key: &str, parameters: &[&str]) -> String {
    match find(key) {
        Some(message) => {
            let named = Texts::new(settings, "local").filled(raw(settings, message));
            placed(message, &named, parameters)
        }
        None => key.to_owned(),
    }
}

/// Puts parameters where there is a place for them in the text of a message.
fn placed(message: &Message, text: &str, parameters: &[&str]) -> String {
    let names: Vec<&str> = places(message.text).filter_map(|(_, name)| name).collect();
    let mut out = String::with_capacity(text.len());
    let (mut from, mut next) = (0, 0);
    for (place, name) in places(text) {
        out.push_str(&text[from..place.start]);
        from = place.end;
        let at = match name.filter(|_| !names.is_empty()) {
            Some(name) => names.iter().position(|own| *own == name),
            None => Some(next),
        };
        next += 1;
        out.push_str(at.and_then(|at| parameters.get(at)).unwrap_or(&""));
    }
    out.push_str(&text[from..]);
    out
}

/// The places of a text for parameters, with the names of those that have one.
fn places(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, Option<&str>)> {
    let starts = text.match_indices('%').map(|(start, _)| start);
    starts.filter_map(|start| {
        let rest = &text[start + 1..];
        if rest.starts_with('s') {
            return Some((start..start + 2, None));
        }
        let (name, _) = rest.strip_prefix('(')?.split_once(")s")?;
        let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        word.then(|| (start..start + name.len() + 4, Some(name)))
    })
}

/// What an error's text says to people: the message when it is a key (with what
/// follows a colon as its parameter), else the text itself.
pub fn resolve<'a>(settings: &Settings, error: &'a str) -> Cow<'a, str> {
    let (key, parameter) = error.split_once(':').unwrap_or((error, ""));
    match find(key) {
        Some(_) => Cow::Owned(said(settings, key, &[parameter])),
        None => Cow::Borrowed(error),
    }
}

/// All messages, by key.
#[rustfmt::skip]
pub const ALL: &[Message] = &[
    m("ACCOUNT_ACTIVATED", Success, "Your account is active and you are logged in. Welcome!"),
    m("ACCOUNT_ALREADY_ACTIVE", Error, "The account is active already."),
    m("ACCOUNT_ALREADY_MODERATED", Error, "A decision about this account has been taken before."),
    m("ACCOUNT_ALREADY_VERIFIED", Error, "The email of this account has been verified before."),
    m("ACCOUNT_DEACTIVATED", Error, "Your account is not active."),
    m("ACCOUNT_NOT_ACTIVE", Error, "The account is not active."),
    m("ACCOUNT_NOT_MODERATED", Error, "The account has not been moderated."),
    m("ACCOUNT_NOT_VERIFIED", Error, "The email address of the account is not verified."),
    m("ACCOUNT_PENDING_ACTIVATION_HELP", Info, "We sent a verification email to the address given at sign-up. Open the link in it to continue; look in the spam folder as well."),
    m("ACCOUNT_REJECTED", Error, "The request for this account was rejected."),
    m("ACCOUNT_RESEND_ACTIVATION", Info, "Send the verification email again"),
    m("ACCOUNT_UNKNOWN", Error, "No such account."),
    m("ACTIVATION_SENT", Success, "A verification link was sent to your email address."),
    m("ACTIVE_USER_SET_EMAIL", Error, "The email of an active user cannot be set directly."),
    m("APPLICATION_APPROVED", Success, "The application was approved."),
    m("APPLICATION_CANCELLED", Success, "The application was cancelled."),
    m("APPLICATION_CANNOT_APPROVE", Error, "Application %s is in state '%s' and cannot be approved."),
    m("APPLICATION_CANNOT_CANCEL", Error, "Application %s is in state '%s' and cannot be cancelled."),
    m("APPLICATION_CANNOT_DENY", Error, "Application %s is in state '%s' and cannot be denied."),
    m("APPLICATION_CANNOT_DISMISS", Error, "Application %s is in state '%s' and cannot be dismissed."),
    m("APPLICATION_DENIED", Success, "The application was denied."),
    m("APPLICATION_DISMISSED", Success, "The application was dismissed."),
    m("AUTH_PROVIDER_ACCOUNT_INACTIVE", Error, "Your account is switched off."),
    m("AUTH_PROVIDER_ADDED", Success, "{method_prompt} added to your account."),
    m("AUTH_PROVIDER_ADD_DISABLED", Error, "{method_prompt} cannot be used with your account."),
    m("AUTH_PROVIDER_ADD_EXISTS", Error, "This {method_prompt} belongs to another account."),
    m("AUTH_PROVIDER_ADD_FAILED", Error, "{method_prompt} could not be added."),
    m("AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT", Info, "You can add {method_prompt} to your account on the profile page."),
    m("AUTH_PROVIDER_AUTHENTICATION_FAILED", Error, "The login failed."),
    m("AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD", Error, "The password of this account cannot be changed here."),
    m("AUTH_PROVIDER_INVALID_LOGIN", Error, "No account for this identity."),
    m("AUTH_PROVIDER_LOGIN_DISABLED", Error, "{method_prompt} is not available for your account. Log in with {available_methods_links}."),
    m("AUTH_PROVIDER_LOGIN_SUCCESS", Success, "Logged in."),
    m("AUTH_PROVIDER_LOGIN_TO_ADD", Info, "Log in to your account and the new login method will be added to it."),
    m("AUTH_PROVIDER_LOGOUT_SUCCESS", Success, "You are logged out of {service_name}."),
    m("AUTH_PROVIDER_LOGOUT_SUCCESS_EXTRA", Success, ""),
    m("AUTH_PROVIDER_NOT_ACTIVE", Error, "'{method_prompt}' is switched off."),
    m("AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD", Error, "You cannot add {method_prompt}."),
    m("AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE", Error, "You cannot sign up with {method_prompt}."),
    m("AUTH_PROVIDER_NOT_ACTIVE_FOR_USER", Error, "You cannot log in with {method_prompt}."),
    m("AUTH_PROVIDER_PENDING_ACTIVATION", Error, "Your account waits for the verification of its email address."),
    m("AUTH_PROVIDER_PENDING_MODERATION", Error, "Your account waits for approval."),
    m("AUTH_PROVIDER_PENDING_REGISTRATION", Warning, "There is an unfinished registration of {title} account {username} with the address {user_email}. Going on deletes it."),
    m("AUTH_PROVIDER_PENDING_RESEND_ACTIVATION", Info, "Send the verification email again"),
    m("AUTH_PROVIDER_REMOVED", Success, "{method_prompt} removed from your account."),
    m("AUTH_PROVIDER_REQUIRED", Error, "{method_prompt} is mandatory; add it on your profile page."),
    m("AUTH_PROVIDER_SWITCHED", Success, "{method_prompt} changed in your account."),
    m("AUTH_PROVIDER_UNUSABLE_PASSWORD", Error, "{method_prompt} is not available for your account. Log in with {available_methods_links}."),
    m("BASE_NO_MODIFY_FIELDS", Error, "System projects do not allow changing: %s."),
    m("BASE_NO_TERMINATE", Error, "%s is a system project and cannot be terminated."),
    m("BASE_PROJECT_NAME_ERR", Field, "This is not the name of a system project."),
    m("CAPTCHA_VALIDATION_ERR", Field, "The captcha was not solved. Please try again."),
    m("DISABLED_FOR_CREATE", Error, "{service_name} does not accept new users through this method at present."),
    m("DOMAIN_VALUE_ERR", Field, "The name must look like a domain name."),
    m("EMAIL_CHANGED", Success, "The email address of your account was changed."),
    m("EMAIL_CHANGE_EXPIRED", Error, "This link is too old. Ask for the change of your email address again."),
    m("EMAIL_CHANGE_REFUSED", Success, "The email address stays as it is. The links that were sent do not work any more."),
    m("EMAIL_CHANGE_REGISTERED", Success, "The change of your email address is registered. Confirm it with the link sent to the new address."),
    m("EMAIL_CHANGE_UNKNOWN", Error, "This link is invalid or was used before."),
    m("EMAIL_CHANGE_WAITS", Success, "Thank you. The change takes effect as soon as the other email address agrees too."),
    m("EMAIL_RESERVED", Error, "The address %(email)s is taken."),
    m("EMAIL_UNKNOWN", Field, "No account uses this email address."),
    m("EMAIL_USED", Field, "An account with this email address exists."),
    m("FEEDBACK_SENT", Success, "Thank you, your message is on its way to us."),
    m("GENERIC_ERROR", Error, "Something went wrong. Please contact the support team."),
    m("INCONSISTENT_PROJECT_DATES", Field, "The end date must come after the start date."),
    m("INVALID_ACTIVATION_KEY", Error, "This activation key is invalid or was used before."),
    m("INVALID_EMAIL", Field, "This is not a valid email address."),
    m("INVALID_LOGIN_CREDENTIALS", Error, "Wrong email or password."),
    m("INVALID_PROJECT_END_DATE", Field, "The end date lies in the past."),
    m("INVALID_PROJECT_START_DATE", Field, "The start date lies in the past."),
    m("INVALID_RESET_LINK", Error, "This link for a new password is invalid or was used before."),
    m("INVALID_RESOURCE_DATA", Field, "Some resource values are not valid."),
    m("INVITATION_CONSUMED_ERR", Error, "The invitation was used before."),
    m("INVITATION_EMAIL_EXISTS", Field, "This address was invited before."),
    m("INVITATION_SENT", Success, "The invitation was sent to %(email)s."),
    m("LOCAL_PROVIDER_ACTIVE", Error, "The local login method is active already."),
    m("LOGGED_IN_WARNING", Error, "You are logged in already."),
    m("LOGIN_AGAIN", Error, "Please log out and in again first, so that we know it is you."),
    m("MAX_INVITATION_NUMBER_REACHED", Error, "You have no invitations left."),
    m("MEMBERSHIP_ACCEPTED", Error, "The user is a member already."),
    m("MEMBERSHIP_ASSOCIATED", Error, "A request or membership exists already."),
    m("MEMBER_JOIN_POLICY_CLOSED", Error, "The project accepts no new members."),
    m("MEMBER_LEAVE_POLICY_CLOSED", Error, "Members cannot leave this project."),
    m("MEMBER_NUMBER_LIMIT_REACHED", Error, "The project is full."),
    m("MISSING_NEXT_PARAMETER", Error, "The next parameter is missing."),
    m("MODERATION_LINK_INVALID", Error, "This link is invalid or too old."),
    m("NAME_TOO_LONG", Field, "This is too long."),
    m("NOTIFICATION_SENT", Warning, "Your email is verified. The account now waits for approval; you will be told by email."),
    m("NOT_ACCEPTED_MEMBERSHIP", Error, "The membership is not an accepted one."),
    m("NOT_ALIVE_PROJECT", Error, "Project %s is not alive."),
    m("NOT_ALLOWED", Error, "You may not do this."),
    m("NOT_ALLOWED_NEXT_PARAM", Error, "The value of next is not allowed."),
    m("NOT_INITIALIZED_PROJECT", Error, "Project %s is not initialized."),
    m("NOT_MEMBERSHIP_REQUEST", Error, "There is no such membership request."),
    m("NOT_SUSPENDED_PROJECT", Error, "Project %s is not suspended."),
    m("NOT_TERMINATED_PROJECT", Error, "Project %s is not terminated."),
    m("NO_APPLICANT", Error, "The application has no applicant."),
    m("NO_APPROVAL_TERMS", Error, "There are no terms of service."),
    m("NO_LOCAL_AUTH", Error, "This account has no password; use one of its other login methods."),
    m("PASSKEYS_NOT_SUPPORTED", Error, "Passkeys do not work at this address."),
    m("PASSKEY_REFUSED", Field, "The device's answer was not accepted. Please try again."),
    m("PASSWORDS_DIFFER", Field, "The two passwords differ."),
    m("PASSWORD_CHANGED", Success, "The new password is set."),
    m("PASSWORD_INCORRECT", Field, "Your present password is not correct."),
    m("PASSWORD_LIKE_ACCOUNT", Field, "The password must differ from your name and email address."),
    m("PASSWORD_RESET_CONFIRM_DONE", Success, "Your password was changed. Use the new one to log in."),
    m("PASSWORD_RESET_DONE", Success, "If the account exists, instructions for setting a new password are in its mailbox now."),
    m("PASSWORD_TOO_COMMON", Field, "This password is too easy to guess."),
    m("PASSWORD_TOO_LONG", Field, "The password is too long."),
    m("PASSWORD_TOO_SHORT", Field, "The password is too short: at least %s characters are needed."),
    m("PENDING_APPLICATION_LIMIT_ADD", Error, "You have reached the limit of %s pending applications, so you cannot create a project now. Cancel one you do not need."),
    m("PENDING_APPLICATION_LIMIT_MODIFY", Error, "You have reached the limit of %s pending applications, so you cannot modify a project now. Cancel one you do not need."),
    m("PENDING_EMAIL_CHANGE_CALLED_OFF", Warning, "A new password ends a change of your email address that waits: it is called off. Ask for it again if you still want it."),
    m("PENDING_EMAIL_CHANGE_REQUEST", Warning, "A change of your email address is pending already; a new request replaces it."),
    m("PROFILE_UPDATED", Success, "Your profile was saved."),
    m("PROJECT_MODIFICATION_SUBMITTED", Success, "Your modification was received and will be reviewed."),
    m("PROJECT_SUBMITTED", Success, "Your application was received and will be reviewed."),
    m("REACHED_PENDING_APPLICATION_LIMIT", Error, "No more than %s pending project applications are allowed."),
    m("REQUIRED_FIELD", Field, "This field must be filled in."),
    m("SECOND_FACTOR_NONE", Error, "There is no second factor yet."),
    m("SECOND_FACTOR_OVER", Error, "That took too long or too many tries. Please begin again."),
    m("SECOND_FACTOR_REQUIRED", Error, "Your account must have a second factor: set one up, and keep it."),
    m("SECOND_FACTOR_TOO_MANY", Error, "There are too many already. Remove one first."),
    m("SECOND_FACTOR_WRONG", Field, "The code is not right, or it was used before."),
    m("SHIBBOLETH_MISSING_NAME", Error, "Your institution did not send your name."),
    m("SHIBBOLETH_MISSING_USER_ID", Error, "Your institution sent no identifier for you, so you cannot log in to %(domain)s with it. Write to %(contact_email)s for help."),
    m("SHIBBOLETH_NOT_FOUND", Error, "The user has no Shibboleth login method."),
    m("SIGN_TERMS", Field, "You have to accept the terms first."),
    m("SUSPENDED_PROJECT", Error, "Project %s is suspended already."),
    m("SWITCH_ACCOUNT_FAILURE", Error, "The account could not be switched."),
    m("SWITCH_ACCOUNT_LINK_SENT", Info, "A local account uses this address. A link for attaching your academic identity to it was sent to %(email)s."),
    m("SWITCH_ACCOUNT_SUCCESS", Success, "%(provider)s is now a login method of your account."),
    m("TOKEN_UPDATED", Success, "Your API token was renewed."),
    m("TOO_MANY_REQUESTS", Error, "Too many attempts. Please wait a moment and try again."),
    m("UNINITIALIZED_NO_MODIFY", Error, "Project %s is not initialized and cannot be modified."),
    m("UNKNOWN_PROJECT_APPLICATION_ID", Error, "No project application %s."),
    m("UNKNOWN_PROJECT_ID", Error, "No project %s."),
    m("UNKNOWN_USERS", Error, "No active account for: %s"),
    m("UNKNOWN_USER_ID", Error, "No user %s."),
    m("USER_JOINED_PROJECT", Success, "You are now a member of the project."),
    m("USER_JOIN_REQUEST_SUBMITTED", Success, "Your request to join was sent to the project owner."),
    m("USER_LEAVE_REQUEST_SUBMITTED", Success, "Your request to leave was sent to the project owner."),
    m("USER_LEFT_PROJECT", Success, "You left the project."),
    m("USER_MEMBERSHIP_ACCEPTED", Success, "%s is now a member."),
    m("USER_MEMBERSHIP_REJECTED", Success, "The request of %s was rejected."),
    m("USER_MEMBERSHIP_REMOVED", Success, "%s is no longer a member."),
    m("USER_REQUEST_CANCELLED", Success, "Your request to join was withdrawn."),
    m("VERIFICATION_FAILED", Error, "The email address could not be verified."),
    m("VERIFICATION_SENT", Success, "Your registration was received. Open the link in the verification email we sent to your address to go on."),
];

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;

    // ID-MSG-01 ID-MSG-03 ID-SET-90
    #[test]
    fn texts_are_found_filled_in_and_overridden() {
        let mut settings = Settings::default();
        assert!(ALL.is_sorted_by_key(|m| m.key));
        assert_eq!(
            text(&settings, "EMAIL_USED", &[]),
            "An account with this email address exists."
        );
        assert_eq!(text(&settings, "UNKNOWN_USER_ID", &["7"]), "No user 7.");
        assert_eq!(text(&settings, "UNKNOWN_USER_ID", &[]), "No user .");
        assert_eq!(
            text(&settings, "INVITATION_SENT", &["a%s@b.org"]),
            "The invitation was sent to a%s@b.org."
        );
        settings.set(
            "ASTAKOS_UNKNOWN_USER_ID_MESSAGE",
            Value::Str("Nobody".into()),
        );
        assert_eq!(text(&settings, "UNKNOWN_USER_ID", &["7"]), "Nobody");
        let short = "The password is too short: at least 8 characters are needed.";
        assert_eq!(resolve(&settings, "PASSWORD_TOO_SHORT:8"), short);
        assert_eq!(resolve(&settings, "No such: thing"), "No such: thing");
    }

    #[test]
    fn what_this_crate_says_has_a_text() {
        for key in [
            "ACCOUNT_ACTIVATED",
            "VERIFICATION_SENT",
            "NOTIFICATION_SENT",
            "INVALID_LOGIN_CREDENTIALS",
            "ACCOUNT_REJECTED",
            "AUTH_PROVIDER_ACCOUNT_INACTIVE",
            "AUTH_PROVIDER_PENDING_ACTIVATION",
            "AUTH_PROVIDER_PENDING_MODERATION",
            "PASSWORD_RESET_DONE",
            "INVALID_ACTIVATION_KEY",
        ] {
            assert!(find(key).is_some_and(|m| !m.text.is_empty()), "{key}");
        }
    }
}
