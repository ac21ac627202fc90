//! Settings whose name has a variable part: message texts, provider policies and
//! texts, outside endpoints. Unset members have no value; the reader of the
//! setting knows what then holds.

use super::{Kind, MODULES};

/// A family of settings.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    /// The name's fixed beginning.
    prefix: &'static str,
    /// What may follow first.
    first: First,
    /// What may follow then; a member has one of each.
    second: &'static [&'static str],
    /// What a value must be.
    pub kind: Kind,
    /// How the names are made, for people.
    pub pattern: &'static str,
    /// Its meaning, one line.
    pub about: &'static str,
    /// The file it belongs to.
    pub file: &'static str,
}

/// What may follow the beginning of a name.
#[derive(Clone, Copy, Debug)]
enum First {
    /// One of these.
    Of(&'static [&'static str]),
    /// `R_` and one of [`MODULES`].
    Module,
    /// The same, or `RS` for all of them.
    AnyModule,
}

impl First {
    /// What follows it in `rest`, for each way to read it.
    fn strip(self, rest: &str) -> Vec<&str> {
        match self {
            First::Of(all) => all
                .iter()
                .filter_map(|one| rest.strip_prefix(one))
                .collect(),
            First::Module | First::AnyModule => {
                let modules = MODULES.iter().filter_map(|module| {
                    let module = module.to_ascii_uppercase();
                    rest.strip_prefix("R_")?.strip_prefix(module.as_str())
                });
                let all = rest.strip_prefix("RS");
                let all = all.filter(|_| matches!(self, First::AnyModule));
                modules.chain(all).collect()
            }
        }
    }
}

impl Family {
    /// The family of a name.
    pub fn of(name: &str) -> Option<&'static Family> {
        FAMILIES.iter().find(|family| family.has(name))
    }

    fn has(&self, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(self.prefix) else {
            return false;
        };
        let mut ways = self.first.strip(rest).into_iter();
        ways.any(|rest| self.second.contains(&rest))
    }
}

const FILE: &str = "20-snf-astakos-app-settings.conf";

/// All families.
pub const FAMILIES: &[Family] = &[
    Family {
        prefix: "ASTAKOS_",
        first: First::Of(MESSAGES),
        second: &["_MESSAGE"],
        kind: Kind::Str,
        pattern: "ASTAKOS_<KEY>_MESSAGE",
        about: "Text of a message or subject, as ASTAKOS_VERIFICATION_SENT_MESSAGE",
        file: FILE,
    },
    Family {
        prefix: "ASTAKOS_AUTH_PROVIDE",
        first: First::AnyModule,
        second: &[
            "_ADD_POLICY",
            "_CREATE_POLICY",
            "_REMOVE_POLICY",
            "_LOGIN_POLICY",
            "_LIMIT_POLICY",
            "_SWITCH_POLICY",
            "_REQUIRED_POLICY",
            "_AUTOMODERATE_POLICY",
            "_AUTOVERIFY_POLICY",
            "_ADD_GROUPS_POLICY",
            "_CREATION_GROUPS_POLICY",
            "_MIRROR_GROUPS_POLICY",
        ],
        kind: Kind::Any,
        pattern: "ASTAKOS_AUTH_PROVIDER_<MODULE>_<POLICY>_POLICY, ASTAKOS_AUTH_PROVIDERS_<POLICY>_POLICY",
        about: "What a way to log in is good for, as ASTAKOS_AUTH_PROVIDER_SHIBBOLETH_AUTOMODERATE_POLICY",
        file: FILE,
    },
    Family {
        prefix: "ASTAKOS_AUTH_PROVIDE",
        first: First::AnyModule,
        second: &[
            "_TITLE",
            "_LOGIN_TITLE",
            "_METHOD_PROMPT",
            "_ACCOUNT_PROMPT",
            "_SIGNUP_TITLE",
            "_PROFILE_TITLE",
            "_METHOD_DETAILS",
            "_PRIMARY_LOGIN_PROMPT",
            "_REQUIRED",
            "_LOGIN_PROMPT",
            "_ADD_PROMPT",
            "_LOGIN_EXTRA",
            "_USERNAME",
            "_DISABLED_FOR_CREATE",
            "_SWITCH_SUCCESS",
            "_CANNOT_LOGIN",
            "_LOGIN_DESCRIPTION",
            "_LOGIN_SUCCESS",
            "_LOGOUT_SUCCESS_EXTRA",
            "_MODULE_ICON",
            "_MODULE_MEDIUM_ICON",
        ],
        kind: Kind::Str,
        pattern: "ASTAKOS_AUTH_PROVIDER_<MODULE>_<TEXT>, ASTAKOS_AUTH_PROVIDERS_<TEXT>",
        about: "A text of a way to log in, as ASTAKOS_AUTH_PROVIDER_LOCAL_TITLE",
        file: FILE,
    },
    Family {
        prefix: "ASTAKOS_AUTH_PROVIDE",
        first: First::Module,
        second: &["_USER_ATTR_MAP"],
        kind: Kind::Dict,
        pattern: "ASTAKOS_AUTH_PROVIDER_<MODULE>_USER_ATTR_MAP",
        about: "User attribute to (provider attribute, whether the user may change it)",
        file: FILE,
    },
    Family {
        prefix: "ASTAKOS_",
        first: First::Of(&["GOOGLE", "TWITTER", "LINKEDIN"]),
        second: &[
            "_AUTHENTICATE_URL",
            "_REQUEST_TOKEN_URL",
            "_ACCESS_TOKEN_URL",
            "_USERINFO_URL",
            "_TOKEN_SCOPE",
        ],
        kind: Kind::Str,
        pattern: "ASTAKOS_<GOOGLE|TWITTER|LINKEDIN>_<ENDPOINT>_URL, …_TOKEN_SCOPE",
        about: "Endpoint of an outside identity service other than its usual one",
        file: FILE,
    },
];

#[rustfmt::skip]
pub(super) const MESSAGES: &[&str] = &[
    "LOGGED_IN_WARNING", "ACCOUNT_ALREADY_VERIFIED", "ACCOUNT_ALREADY_MODERATED", "ACCOUNT_ALREADY_ACTIVE",
    "ACCOUNT_REJECTED", "ACCOUNT_NOT_ACTIVE", "ACCOUNT_NOT_MODERATED", "ACCOUNT_NOT_VERIFIED",
    "ACCOUNT_RESEND_ACTIVATION", "ACCOUNT_PENDING_ACTIVATION_HELP", "ACCOUNT_ACTIVATED", "ACCOUNT_DEACTIVATED",
    "ACCOUNT_UNKNOWN", "PASSWORD_RESET_DONE", "PASSWORD_RESET_CONFIRM_DONE", "PASSWORD_CHANGED", "TOKEN_UPDATED",
    "PROFILE_UPDATED", "FEEDBACK_SENT", "EMAIL_CHANGED", "EMAIL_CHANGE_REGISTERED", "PENDING_EMAIL_CHANGE_REQUEST",
    "GENERIC_ERROR", "MAX_INVITATION_NUMBER_REACHED", "NO_APPROVAL_TERMS", "REQUIRED_FIELD", "EMAIL_USED",
    "ACTIVE_USER_SET_EMAIL", "SHIBBOLETH_MISSING_USER_ID", "SHIBBOLETH_MISSING_NAME", "SIGN_TERMS",
    "CAPTCHA_VALIDATION_ERR", "EMAIL_UNKNOWN", "INVITATION_EMAIL_EXISTS", "INVITATION_CONSUMED_ERR", "UNKNOWN_USERS",
    "INVALID_ACTIVATION_KEY", "EMAIL_RESERVED", "NO_LOCAL_AUTH", "SWITCH_ACCOUNT_FAILURE", "SWITCH_ACCOUNT_LINK_SENT",
    "SWITCH_ACCOUNT_SUCCESS", "INVITATION_SENT", "VERIFICATION_SENT", "VERIFICATION_FAILED", "NOTIFICATION_SENT",
    "ACTIVATION_SENT", "NOT_ALLOWED_NEXT_PARAM", "DOMAIN_VALUE_ERR", "BASE_PROJECT_NAME_ERR", "NOT_ALIVE_PROJECT",
    "NOT_INITIALIZED_PROJECT", "SUSPENDED_PROJECT", "NOT_SUSPENDED_PROJECT", "NOT_TERMINATED_PROJECT",
    "BASE_NO_TERMINATE", "NOT_ALLOWED", "MEMBER_NUMBER_LIMIT_REACHED", "MEMBER_JOIN_POLICY_CLOSED",
    "MEMBER_LEAVE_POLICY_CLOSED", "NOT_MEMBERSHIP_REQUEST", "NOT_ACCEPTED_MEMBERSHIP", "MEMBERSHIP_ACCEPTED",
    "MEMBERSHIP_ASSOCIATED", "NO_APPLICANT", "INVALID_PROJECT_START_DATE", "INVALID_PROJECT_END_DATE",
    "INCONSISTENT_PROJECT_DATES", "UNKNOWN_USER_ID", "UNKNOWN_PROJECT_ID", "UNKNOWN_PROJECT_APPLICATION_ID",
    "USER_MEMBERSHIP_ACCEPTED", "USER_MEMBERSHIP_REMOVED", "USER_MEMBERSHIP_REJECTED", "USER_LEFT_PROJECT",
    "USER_LEAVE_REQUEST_SUBMITTED", "USER_JOIN_REQUEST_SUBMITTED", "USER_JOINED_PROJECT", "USER_REQUEST_CANCELLED",
    "APPLICATION_CANNOT_APPROVE", "APPLICATION_CANNOT_DENY", "APPLICATION_CANNOT_DISMISS",
    "APPLICATION_CANNOT_CANCEL", "APPLICATION_CANCELLED", "APPLICATION_APPROVED", "APPLICATION_DENIED",
    "APPLICATION_DISMISSED", "REACHED_PENDING_APPLICATION_LIMIT", "PENDING_APPLICATION_LIMIT_ADD",
    "PENDING_APPLICATION_LIMIT_MODIFY", "UNINITIALIZED_NO_MODIFY", "BASE_NO_MODIFY_FIELDS", "INVALID_RESOURCE_DATA",
    "LOCAL_PROVIDER_ACTIVE", "SHIBBOLETH_NOT_FOUND", "VERIFICATION_EMAIL_SUBJECT", "EMAIL_CHANGE_NEW_EMAIL_SUBJECT",
    "EMAIL_CHANGE_OLD_EMAIL_SUBJECT", "GREETING_EMAIL_SUBJECT", "ACCOUNT_CREATION_SUBJECT", "MODERATION_DIGEST_SUBJECT",
    "HELPDESK_NOTIFICATION_EMAIL_SUBJECT", "PASSWORD_RESET_EMAIL_SUBJECT", "ACCOUNT_NOTICE_SUBJECT", "INVITATION_EMAIL_SUBJECT",
    "FEEDBACK_EMAIL_SUBJECT", "SWITCH_ACCOUNT_EMAIL_SUBJECT", "PLAIN_EMAIL_SUBJECT", "PROJECT_CREATION_SUBJECT",
    "PROJECT_MODIFICATION_SUBJECT", "PROJECT_APPROVED_SUBJECT", "EMAIL_ADMIN_APPLICATION_APPROVED",
    "PROJECT_DENIED_SUBJECT", "PROJECT_TERMINATION_SUBJECT", "PROJECT_REINSTATEMENT_SUBJECT",
    "PROJECT_SUSPENSION_SUBJECT", "PROJECT_UNSUSPENSION_SUBJECT", "PROJECT_MEMBERSHIP_CHANGE_SUBJECT",
    "PROJECT_MEMBERSHIP_ENROLL_SUBJECT", "PROJECT_MEMBERSHIP_REQUEST_SUBJECT",
    "PROJECT_MEMBERSHIP_LEAVE_REQUEST_SUBJECT", "AUTH_PROVIDER_LOGIN_SUCCESS", "AUTH_PROVIDER_LOGOUT_SUCCESS",
    "AUTH_PROVIDER_LOGOUT_SUCCESS_EXTRA", "AUTH_PROVIDER_NOT_ACTIVE", "AUTH_PROVIDER_ADD_DISABLED",
    "AUTH_PROVIDER_NOT_ACTIVE_FOR_USER", "AUTH_PROVIDER_NOT_ACTIVE_FOR_CREATE", "AUTH_PROVIDER_NOT_ACTIVE_FOR_ADD",
    "AUTH_PROVIDER_ADDED", "AUTH_PROVIDER_SWITCHED", "AUTH_PROVIDER_REMOVED", "AUTH_PROVIDER_ADD_FAILED",
    "AUTH_PROVIDER_ADD_EXISTS", "AUTH_PROVIDER_LOGIN_TO_ADD", "AUTH_PROVIDER_INVALID_LOGIN",
    "AUTH_PROVIDER_REQUIRED", "AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD", "AUTH_PROVIDER_UNUSABLE_PASSWORD",
    "AUTH_PROVIDER_LOGIN_DISABLED", "AUTH_PROVIDER_AUTHENTICATION_FAILED", "AUTH_PROVIDER_PENDING_REGISTRATION",
    "AUTH_PROVIDER_PENDING_RESEND_ACTIVATION", "AUTH_PROVIDER_PENDING_MODERATION",
    "AUTH_PROVIDER_PENDING_ACTIVATION", "AUTH_PROVIDER_ACCOUNT_INACTIVE", "AUTH_PROVIDER_ADD_TO_EXISTING_ACCOUNT",
    "DISABLED_FOR_CREATE", "EMAIL_CHANGE_EXPIRED", "EMAIL_CHANGE_REFUSED", "EMAIL_CHANGE_UNKNOWN",
    "EMAIL_CHANGE_WAITS", "INVALID_EMAIL", "INVALID_LOGIN_CREDENTIALS", "INVALID_RESET_LINK", "LOGIN_AGAIN",
    "MISSING_NEXT_PARAMETER", "MODERATION_LINK_INVALID", "NAME_TOO_LONG", "PASSKEYS_NOT_SUPPORTED", "PASSKEY_REFUSED",
    "PASSWORDS_DIFFER", "PASSWORD_INCORRECT", "PASSWORD_LIKE_ACCOUNT", "PASSWORD_TOO_COMMON", "PASSWORD_TOO_LONG",
    "PASSWORD_TOO_SHORT", "PENDING_EMAIL_CHANGE_CALLED_OFF", "PROJECT_MODIFICATION_SUBMITTED", "PROJECT_SUBMITTED", "SECOND_FACTOR_NONE",
    "SECOND_FACTOR_OVER", "SECOND_FACTOR_REQUIRED", "SECOND_FACTOR_TOO_MANY", "SECOND_FACTOR_WRONG",
    "TOO_MANY_REQUESTS",
];
