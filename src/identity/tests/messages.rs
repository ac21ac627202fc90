//! The catalogue of messages, row by row as the specification prints it.

use super::*;
use crate::{
    messages::{self, ALL, Level, Level::*},
    provider::Texts,
};
use std::collections::BTreeSet;

/// Requirement, key, level, default text. Of a row with several keys, each.
#[rustfmt::skip]
const TABLE: &[(&str, &str, Level, &str)] = &[
    ("ID-MSG-10", "LOGGED_IN_WARNING", Error, "You are logged in already."),
    ("ID-MSG-11", "ACCOUNT_ALREADY_VERIFIED", Error, "The email of this account has been verified before."),
    ("ID-MSG-12", "ACCOUNT_ALREADY_MODERATED", Error, "A decision about this account has been taken before."),
    ("ID-MSG-13", "ACCOUNT_ALREADY_ACTIVE", Error, "The account is active already."),
    ("ID-MSG-14", "ACCOUNT_REJECTED", Error, "The request for this account was rejected."),
    ("ID-MSG-15", "ACCOUNT_NOT_ACTIVE", Error, "The account is not active."),
    ("ID-MSG-16", "ACCOUNT_NOT_MODERATED", Error, "The account has not been moderated."),
    ("ID-MSG-17", "ACCOUNT_NOT_VERIFIED", Error, "The email address of the account is not verified."),
    ("ID-MSG-18", "ACCOUNT_RESEND_ACTIVATION", Info, "Send the verification email again"),
    ("ID-MSG-19", "ACCOUNT_PENDING_ACTIVATION_HELP", Info, "We sent a verification email to the address given at sign-up. Open the link in it to continue; look in the spam folder as well."),
    ("ID-MSG-20", "ACCOUNT_ACTIVATED", Success, "Your account is active and you are logged in. Welcome!"),
    ("ID-MSG-21", "ACCOUNT_DEACTIVATED", Error, "Your account is not active."),
    ("ID-MSG-22", "ACCOUNT_UNKNOWN", Error, "No such account."),
    ("ID-MSG-23", "VERIFICATION_SENT", Success, "Your registration was received. Open the link in the verification email we sent to your address to go on."),
    ("ID-MSG-24", "VERIFICATION_FAILED", Error, "The email address could not be verified."),
    ("ID-MSG-25", "NOTIFICATION_SENT", Warning, "Your email is verified. The account now waits for approval; you will be told by email."),
    ("ID-MSG-26", "ACTIVATION_SENT", Success, "A verification link was sent to your email address."),
    ("ID-MSG-27", "INVALID_ACTIVATION_KEY", Error, "This activation key is invalid or was used before."),
    ("ID-MSG-30", "PASSWORD_RESET_DONE", Success, "If the account exists, instructions for setting a new password are in its mailbox now."),
    ("ID-MSG-31", "PASSWORD_RESET_CONFIRM_DONE", Success, "Your password was changed. Use the new one to log in."),
    ("ID-MSG-32", "PASSWORD_CHANGED", Success, "The new password is set."),
    ("ID-MSG-33", "EMAIL_UNKNOWN", Field, "No account uses this email address."),
    ("ID-MSG-34", "TOKEN_UPDATED", Success, "Your API token was renewed."),
    ("ID-MSG-35", "PROFILE_UPDATED", Success, "Your profile was saved."),
    ("ID-MSG-36", "FEEDBACK_SENT", Success, "Thank you, your message is on its way to us."),
    ("ID-MSG-37", "EMAIL_CHANGED", Success, "The email address of your account was changed."),
    ("ID-MSG-38", "EMAIL_CHANGE_REGISTERED", Success, "The change of your email address is registered. Confirm it with the link sent to the new address."),
    ("ID-MSG-39", "PENDING_EMAIL_CHANGE_REQUEST", Warning, "A change of your email address is pending already; a new request replaces it."),
    ("ID-MSG-40", "GENERIC_ERROR", Error, "Something went wrong. Please contact the support team."),
    ("ID-MSG-41", "REQUIRED_FIELD", Field, "This field must be filled in."),
    ("ID-MSG-42", "EMAIL_USED", Field, "An account with this email address exists."),
    ("ID-MSG-43", "ACTIVE_USER_SET_EMAIL", Error, "The email of an active user cannot be set directly."),
    ("ID-MSG-44", "SIGN_TERMS", Field, "You have to accept the terms first."),
    ("ID-MSG-45", "CAPTCHA_VALIDATION_ERR", Field, "The captcha was not solved. Please try again."),
    ("ID-MSG-46", "NO_APPROVAL_TERMS", Error, "There are no terms of service."),
    ("ID-MSG-47", "MAX_INVITATION_NUMBER_REACHED", Error, "You have no invitations left."),
    ("ID-MSG-48", "INVITATION_EMAIL_EXISTS", Field, "This address was invited before."),
    ("ID-MSG-49", "INVITATION_CONSUMED_ERR", Error, "The invitation was used before."),
    ("ID-MSG-50", "INVITATION_SENT", Success, "The invitation was sent to %(email)s."),
    ("ID-MSG-51", "EMAIL_RESERVED", Error, "The address %(email)s is taken."),
    ("ID-MSG-52", "NO_LOCAL_AUTH", Error, "This account has no password; use one of its other login methods."),
    ("ID-MSG-53", "SHIBBOLETH_MISSING_USER_ID", Error, "Your institution sent no identifier for you, so you cannot log in to %(domain)s with it. Write to %(contact_email)s for help."),
    ("ID-MSG-54", "SHIBBOLETH_MISSING_NAME", Error, "Your institution did not send your name."),
    ("ID-MSG-55", "SHIBBOLETH_NOT_FOUND", Error, "The user has no Shibboleth login method."),
    ("ID-MSG-56", "LOCAL_PROVIDER_ACTIVE", Error, "The local login method is active already."),
    ("ID-MSG-57", "SWITCH_ACCOUNT_LINK_SENT", Info, "A local account uses this address. A link for attaching your academic identity to it was sent to %(email)s."),
    ("ID-MSG-58", "SWITCH_ACCOUNT_SUCCESS", Success, "%(provider)s is now a login method of your account."),
    ("ID-MSG-59", "SWITCH_ACCOUNT_FAILURE", Error, "The account could not be switched."),
    ("ID-MSG-60", "NOT_ALLOWED_NEXT_PARAM", Error, "The value of next is not allowed."),
    ("ID-MSG-61", "MISSING_NEXT_PARAMETER", Error, "The next parameter is missing."),
    ("ID-MSG-70", "DOMAIN_VALUE_ERR", Field, "The name must look like a domain name."),
    ("ID-MSG-71", "BASE_PROJECT_NAME_ERR", Field, "This is not the name of a system project."),
    ("ID-MSG-72", "NOT_ALIVE_PROJECT", Error, "Project %s is not alive."),
    ("ID-MSG-73", "NOT_INITIALIZED_PROJECT", Error, "Project %s is not initialized."),
    ("ID-MSG-74", "SUSPENDED_PROJECT", Error, "Project %s is suspended already."),
    ("ID-MSG-75", "NOT_SUSPENDED_PROJECT", Error, "Project %s is not suspended."),
    ("ID-MSG-76", "NOT_TERMINATED_PROJECT", Error, "Project %s is not terminated."),
    ("ID-MSG-77", "BASE_NO_TERMINATE", Error, "%s is a system project and cannot be terminated."),
    ("ID-MSG-78", "UNINITIALIZED_NO_MODIFY", Error, "Project %s is not initialized and cannot be modified."),
    ("ID-MSG-79", "BASE_NO_MODIFY_FIELDS", Error, "System projects do not allow changing: %s."),
    ("ID-MSG-80", "NOT_ALLOWED", Error, "You may not do this."),
    ("ID-MSG-81", "MEMBER_NUMBER_LIMIT_REACHED", Error, "The project is full."),
    ("ID-MSG-82", "MEMBER_JOIN_POLICY_CLOSED", Error, "The project accepts no new members."),
    ("ID-MSG-83", "MEMBER_LEAVE_POLICY_CLOSED", Error, "Members cannot leave this project."),
    ("ID-MSG-84", "NOT_MEMBERSHIP_REQUEST", Error, "There is no such membership request."),
    ("ID-MSG-85", "NOT_ACCEPTED_MEMBERSHIP", Error, "The membership is not an accepted one."),
    ("ID-MSG-86", "MEMBERSHIP_ACCEPTED", Error, "The user is a member already."),
    ("ID-MSG-87", "MEMBERSHIP_ASSOCIATED", Error, "A request or membership exists already."),
    ("ID-MSG-88", "NO_APPLICANT", Error, "The application has no applicant."),
    ("ID-MSG-89", "INVALID_PROJECT_START_DATE", Field, "The start date lies in the past."),
    ("ID-MSG-90", "INVALID_PROJECT_END_DATE", Field, "The end date lies in the past."),
    ("ID-MSG-91", "INCONSISTENT_PROJECT_DATES", Field, "The end date must come after the start date."),
    ("ID-MSG-92", "INVALID_RESOURCE_DATA", Field, "Some resource values are not valid."),
    ("ID-MSG-93", "UNKNOWN_USERS", Error, "No active account for: %s"),
    ("ID-MSG-94", "UNKNOWN_USER_ID", Error, "No user %s."),
    ("ID-MSG-95", "UNKNOWN_PROJECT_ID", Error, "No project %s."),
    ("ID-MSG-96", "UNKNOWN_PROJECT_APPLICATION_ID", Error, "No project application %s."),
    ("ID-MSG-97", "USER_MEMBERSHIP_ACCEPTED", Success, "%s is now a member."),
    ("ID-MSG-98", "USER_MEMBERSHIP_REMOVED", Success, "%s is no longer a member."),
    ("ID-MSG-99", "USER_MEMBERSHIP_REJECTED", Success, "The request of %s was rejected."),
    ("ID-MSG-100", "USER_JOINED_PROJECT", Success, "You are now a member of the project."),
    ("ID-MSG-101", "USER_JOIN_REQUEST_SUBMITTED", Success, "Your request to join was sent to the project owner."),
    ("ID-MSG-102", "USER_LEFT_PROJECT", Success, "You left the project."),
    ("ID-MSG-103", "USER_LEAVE_REQUEST_SUBMITTED", Success, "Your request to leave was sent to the project owner."),
    ("ID-MSG-104", "USER_REQUEST_CANCELLED", Success, "Your request to join was withdrawn."),
    ("ID-MSG-105", "APPLICATION_CANNOT_APPROVE", Error, "Application %s is in state '%s' and cannot be approved."),
    ("ID-MSG-105", "APPLICATION_CANNOT_DENY", Error, "Application %s is in state '%s' and cannot be denied."),
    ("ID-MSG-105", "APPLICATION_CANNOT_DISMISS", Error, "Application %s is in state '%s' and cannot be dismissed."),
    ("ID-MSG-105", "APPLICATION_CANNOT_CANCEL", Error, "Application %s is in state '%s' and cannot be cancelled."),
    ("ID-MSG-106", "APPLICATION_APPROVED", Success, "The application was approved."),
    ("ID-MSG-106", "APPLICATION_DENIED", Success, "The application was denied."),
    ("ID-MSG-106", "APPLICATION_DISMISSED", Success, "The application was dismissed."),
    ("ID-MSG-106", "APPLICATION_CANCELLED", Success, "The application was cancelled."),
    ("ID-MSG-107", "REACHED_PENDING_APPLICATION_LIMIT", Error, "No more than %s pending project applications are allowed."),
    ("ID-MSG-108", "PENDING_APPLICATION_LIMIT_ADD", Error, "You have reached the limit of %s pending applications, so you cannot create a project now. Cancel one you do not need."),
    ("ID-MSG-108", "PENDING_APPLICATION_LIMIT_MODIFY", Error, "You have reached the limit of %s pending applications, so you cannot modify a project now. Cancel one you do not need."),
    ("ID-MSG-109", "PROJECT_SUBMITTED", Success, "Your application was received and will be reviewed."),
    ("ID-MSG-109", "PROJECT_MODIFICATION_SUBMITTED", Success, "Your modification was received and will be reviewed."),
    ("ID-MSG-120", "AUTH_PROVIDER_LOGIN_SUCCESS", Success, "Logged in."),
    ("ID-MSG-121", "AUTH_PROVIDER_LOGOUT_SUCCESS", Success, "You are logged out of {service_name}."),
    ("ID-MSG-122", "AUTH_PROVIDER_LOGOUT_SUCCESS_EXTRA", Success, ""),
    ("ID-MSG-123", "AUTH_PROVIDER_NOT_ACTIVE", Error, "'{method_prompt}' is switched off."),
    ("ID-MSG-124", "AUTH_PROVIDER_ADD_DISABLED", Error, "{method_prompt} cannot be used with your account."),
    ("ID-MSG-125", "AUTH_PROVIDER_NOT_ACTIVE_FOR_USER", Error, "You cannot log in with {method_prompt}."),
    ("ID-MSG-125", "AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE", Error, "You cannot sign up with {method_prompt}."),
    ("ID-MSG-125", "AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD", Error, "You cannot add {method_prompt}."),
    ("ID-MSG-126", "AUTH_PROVIDER_ADDED", Success, "{method_prompt} added to your account."),
    ("ID-MSG-126", "AUTH_PROVIDER_SWITCHED", Success, "{method_prompt} changed in your account."),
    ("ID-MSG-126", "AUTH_PROVIDER_REMOVED", Success, "{method_prompt} removed from your account."),
    ("ID-MSG-127", "AUTH_PROVIDER_ADD_FAILED", Error, "{method_prompt} could not be added."),
    ("ID-MSG-128", "AUTH_PROVIDER_ADD_EXISTS", Error, "This {method_prompt} belongs to another account."),
    ("ID-MSG-129", "AUTH_PROVIDER_LOGIN_TO_ADD", Info, "Log in to your account and the new login method will be added to it."),
    ("ID-MSG-130", "AUTH_PROVIDER_INVALID_LOGIN", Error, "No account for this identity."),
    ("ID-MSG-131", "AUTH_PROVIDER_REQUIRED", Error, "{method_prompt} is mandatory; add it on your profile page."),
    ("ID-MSG-132", "AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD", Error, "The password of this account cannot be changed here."),
    ("ID-MSG-133", "AUTH_PROVIDER_UNUSABLE_PASSWORD", Error, "{method_prompt} is not available for your account. Log in with {available_methods_links}."),
    ("ID-MSG-133", "AUTH_PROVIDER_LOGIN_DISABLED", Error, "{method_prompt} is not available for your account. Log in with {available_methods_links}."),
    ("ID-MSG-134", "AUTH_PROVIDER_AUTHENTICATION_FAILED", Error, "The login failed."),
    ("ID-MSG-135", "AUTH_PROVIDER_PENDING_REGISTRATION", Warning, "There is an unfinished registration of {title} account {username} with the address {user_email}. Going on deletes it."),
    ("ID-MSG-136", "AUTH_PROVIDER_PENDING_MODERATION", Error, "Your account waits for approval."),
    ("ID-MSG-137", "AUTH_PROVIDER_PENDING_ACTIVATION", Error, "Your account waits for the verification of its email address."),
    ("ID-MSG-138", "AUTH_PROVIDER_PENDING_RESEND_ACTIVATION", Info, "Send the verification email again"),
    ("ID-MSG-139", "AUTH_PROVIDER_ACCOUNT_INACTIVE", Error, "Your account is switched off."),
    ("ID-MSG-140", "AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT", Info, "You can add {method_prompt} to your account on the profile page."),
    ("ID-MSG-141", "DISABLED_FOR_CREATE", Error, "{service_name} does not accept new users through this method at present."),
    ("ID-MSG-142", "INVALID_LOGIN_CREDENTIALS", Error, "Wrong email or password."),
];

/// Messages of ours beside the catalogue's.
const OURS: &[&str] = &[
    "EMAIL_CHANGE_EXPIRED",
    "EMAIL_CHANGE_REFUSED",
    "EMAIL_CHANGE_UNKNOWN",
    "EMAIL_CHANGE_WAITS",
    "INVALID_EMAIL",
    "INVALID_RESET_LINK",
    "LOGIN_AGAIN",
    "MODERATION_LINK_INVALID",
    "NAME_TOO_LONG",
    "PASSKEYS_NOT_SUPPORTED",
    "PASSKEY_REFUSED",
    "PASSWORDS_DIFFER",
    "PASSWORD_INCORRECT",
    "PASSWORD_LIKE_ACCOUNT",
    "PASSWORD_TOO_COMMON",
    "PASSWORD_TOO_LONG",
    "PASSWORD_TOO_SHORT",
    "PENDING_EMAIL_CHANGE_CALLED_OFF",
    "SECOND_FACTOR_NONE",
    "SECOND_FACTOR_OVER",
    "SECOND_FACTOR_REQUIRED",
    "SECOND_FACTOR_TOO_MANY",
    "SECOND_FACTOR_WRONG",
    "TOO_MANY_REQUESTS",
];

// ID-MSG-10 … ID-MSG-142, each in its row.
#[test]
fn every_message_has_the_words_of_the_catalogue() {
    let settings = Settings::default();
    for (id, key, level, text) in TABLE {
        let message = messages::find(key).unwrap_or_else(|| panic!("{id}: no {key}"));
        assert_eq!((message.text, message.level), (*text, *level), "{id} {key}");
        if !text.contains('%') {
            assert_eq!(messages::text(&settings, key, &[]), *text, "{id} {key}");
        }
    }
    let mut rows: BTreeSet<&str> = TABLE.iter().map(|(_, key, ..)| *key).collect();
    assert_eq!(rows.len(), TABLE.len(), "a key twice");
    rows.extend(OURS);
    let all: BTreeSet<&str> = ALL.iter().map(|message| message.key).collect();
    assert_eq!(all, rows);
}

// ID-MSG-120 ID-MSG-122 ID-MSG-141 ID-MSG-126: a login method's own words.
#[test]
fn login_methods_have_their_own_words() {
    let settings = Settings::default();
    let say = |module: &str, key: &str| Texts::new(&settings, module).message(key);
    for (module, done, bye) in [
        ("local", "Logged in.", ""),
        ("ldap", "Logged in.", ""),
        (
            "shibboleth",
            "Logged in with Academic login.",
            "Your session at Academic may still be open; close all browser windows to end it.",
        ),
        (
            "google",
            "Logged in with Google login.",
            "Your session at Google may still be open; log out there too.",
        ),
    ] {
        assert_eq!(say(module, "AUTH_PROVIDER_LOGIN_SUCCESS"), done);
        assert_eq!(say(module, "AUTH_PROVIDER_LOGOUT_SUCCESS_EXTRA"), bye);
    }
    let closed = "Synnefo does not accept new users through this method at present.";
    assert_eq!(say("google", "DISABLED_FOR_CREATE"), closed);
    let added = "Google login added to your account.";
    assert_eq!(say("google", "AUTH_PROVIDER_ADDED"), added);
}

// ID-MSG-01 ID-MSG-03: every key is a setting, and what it is set to is said, with the
// parameters filled in where there is a place for them.
#[test]
fn every_message_can_be_set() {
    for message in ALL {
        let name = format!("ASTAKOS_{}_MESSAGE", message.key);
        let kind = kernel::settings::registry::kind(&name);
        assert!(kind.is_some(), "{name} is no setting");
        let mut settings = Settings::default();
        settings.set(&name, text("Ours, %s."));
        let said = |key: &str, parameters: &[&str]| messages::text(&settings, key, parameters);
        assert_eq!(said(message.key, &["7"]), "Ours, 7.");
        assert_eq!(said(message.key, &[]), "Ours, .");
        settings.set(&name, text("Without a place."));
        assert_eq!(
            messages::text(&settings, message.key, &["7"]),
            "Without a place."
        );
    }
}

// ID-MSG-01 ID-MSG-03: a name in an override means the same value wherever it stands and
// however often.
#[test]
fn names_of_values_keep_their_meaning_in_an_override() {
    let said = |key: &str, set: &str, values: &[&str]| {
        let mut settings = Settings::default();
        settings.set(&format!("ASTAKOS_{key}_MESSAGE"), text(set));
        messages::text(&settings, key, values)
    };
    let values = ["cloud.example.org", "help@example.org"];
    let set = "Write to %(contact_email)s about %(domain)s; to %(contact_email)s, %(nobody)s.";
    assert_eq!(
        said("SHIBBOLETH_MISSING_USER_ID", set, &values),
        "Write to help@example.org about cloud.example.org; to help@example.org, ."
    );
    assert_eq!(
        said("EMAIL_RESERVED", "%(email)s? %(email)s!", &["a@b"]),
        "a@b? a@b!"
    );
    // Of a text that names none, names are places like any other.
    assert_eq!(said("NOT_ALIVE_PROJECT", "%(name)s", &["p"]), "p");
}

// ID-MSG-133 ID-MSG-132 ID-PWD-02 ID-MSG-04: who has no password is told which other
// ways there are, in words without a hole.
#[tokio::test]
async fn a_lost_password_that_never_was_is_explained() {
    let world = World::new();
    let user = world.person("eva@example.org").await;
    let lost = async || {
        world.wait(3600);
        let from = here();
        let asked = world
            .service
            .request_password_reset("eva@example.org", &from);
        asked.await.unwrap();
        world.mails().await.remove(0).context["why"].clone()
    };
    let no = user.no;
    let swap = |from: &'static str, to: &'static str| {
        world.store.write(move |tx| {
            let mut all = crate::rows::methods(tx, no)?;
            let mut method = all.remove(all.iter().position(|m| m.module == from).unwrap());
            tx.remove::<crate::rows::Method>(&store::Row::key(&method))?;
            method.module = to.to_owned();
            tx.put(&method)
        })
    };
    swap("local", "google").await.unwrap();
    let why = lost().await;
    assert_eq!(why["message"], "AUTH_PROVIDER_UNUSABLE_PASSWORD");
    let said = "Classic login is not available for your account. Log in with Google login.";
    assert_eq!(why["text"], said);
    assert_eq!(why["values"]["available_methods_links"], "Google login");
    let deactivate = world.store.write(move |tx| {
        let mut all = crate::rows::methods(tx, no)?;
        let mut method = all.remove(0);
        method.active = false;
        tx.put(&method)
    });
    deactivate.await.unwrap();
    assert_eq!(
        lost().await["text"],
        "The password of this account cannot be changed here."
    );
    swap("google", "local").await.unwrap();
}

// ID-MAIL-03 ID-SEC-01: no link lies open while a mail waits to be written.
#[tokio::test]
async fn requests_for_mails_are_sealed() {
    let mut world = World::new();
    let (cx, _) = CxSource::fake();
    let requests = seal::mail::Requests::new(b"secret", cx.clone()).unwrap();
    let keys = Keys::from_bytes([7; 32])
        .unwrap()
        .sealing(Some(requests.clone()));
    world.service = Service::new(world.store.clone(), world.settings.clone(), cx, keys);
    let made = world
        .service
        .sign_up(form("eva@example.org"), &here())
        .await;
    made.unwrap();
    let mails = world.mails().await;
    assert!(!mails.is_empty());
    for mail in mails {
        assert!(
            mail.context.is_empty() && !mail.sealed.is_empty(),
            "{}",
            mail.template
        );
        let opened = requests.open(mail).unwrap();
        assert!(opened.context["url"].as_str().unwrap().contains("auth="));
    }
}
