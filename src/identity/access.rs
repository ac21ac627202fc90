//! Logging in, new passwords, following links (identity.md §6, §7).

use crate::{
    email_change, factor,
    keys::{Use, random_token},
    mails,
    policy::{self, Policy},
    provider::{About, Texts},
    rows::{Method, Password, Reset, User, by_email, methods, save},
    rules::Rules,
    session, sign_up, state, throttle, token,
    view::{AccountState, ClientInfo, Outcome},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{Cx, Error, Result, Timestamp};
use std::time::Duration;
use store::{Reads, WriteTx};

/// How long a mailed link to another verification mail is good.
const RESEND: Duration = Duration::from_secs(86_400);
/// How long a link for a new password is good (ID-PWD-03).
const RESET: Duration = Duration::from_secs(3 * 86_400);

/// A fresh session: the cookie and its end.
pub(crate) type Opened = (String, Timestamp);
/// The same with the person.
pub(crate) type Fresh = (User, String, Timestamp);

/// What a proof of identity leads to.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// Not in; the key says why.
    Refused(&'static str),
    /// A session.
    In(Opened),
    /// The second factor is missing.
    Half(Opened),
}

/// The person of an address and the password hash to compare with.
pub(crate) fn credentials(tx: &impl Reads, email: &str) -> Result<Option<(User, String)>> {
    let Some(user) = by_email(tx, email)? else {
        return Ok(None);
    };
    // An account without any method is older than methods (ID-LOG-05).
    if sign_up::local(tx, &user)?.is_none() && !methods(tx, user.no)?.is_empty() {
        return Ok(None);
    }
    let password = tx.get::<Password>(&user.no)?;
    Ok(password.map(|password| (user, password.hash)))
}

/// Why a person with the right password may not log in (ID-LOG-03).
pub(crate) fn refusal(user: &User) -> Option<&'static str> {
    match user.state() {
        AccountState::Active => None,
        AccountState::Unverified => Some("AUTH_PROVIDER_PENDING_ACTIVATION"),
        AccountState::Unmoderated => Some("AUTH_PROVIDER_PENDING_MODERATION"),
        AccountState::Rejected => Some("ACCOUNT_REJECTED"),
        AccountState::Inactive => Some("AUTH_PROVIDER_ACCOUNT_INACTIVE"),
    }
}

/// A right password was given.
pub(crate) struct Right {
    pub(crate) user: User,
    /// The hash it was compared with.
    pub(crate) hash: String,
    /// A better hash of the same password.
    pub(crate) better: Option<String>,
    /// Whose attempt it was.
    pub(crate) who: throttle::Who,
}

/// The account whose password was compared, as it is now; None when account or password
/// are others since.
pub(crate) fn still(tx: &impl Reads, before: &User, hash: &str) -> Result<Option<User>> {
    let stored = tx.get::<Password>(&before.no)?;
    if stored.is_none_or(|stored| stored.hash != hash) {
        return Ok(None);
    }
    let user = tx.get::<User>(&before.no)?;
    Ok(user.filter(|user| user.username == before.username))
}

/// Logs a person in whose password was right (ID-LOG-03 … 07).
pub(crate) fn enter(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    right: &Right,
    client: &ClientInfo,
) -> Result<(User, Entry)> {
    let user = still(tx, &right.user, &right.hash)?
        .ok_or_else(|| Error::unauthorized("INVALID_LOGIN_CREDENTIALS"))?;
    throttle::succeeded_by(tx, cx, &right.who)?;
    if let Some(better) = &right.better {
        let mut stored: Password = tx.must(&user.no, "INVALID_LOGIN_CREDENTIALS")?;
        stored.hash.clone_from(better);
        tx.put(&stored)?;
    }
    if let Some(message) = refusal(&user) {
        return Ok((user, Entry::Refused(message)));
    }
    if methods(tx, user.no)?.is_empty() {
        for module in r.settings.strings("ASTAKOS_IM_MODULES") {
            let add = policy::resolve(tx, r, &user, &module, None)?.allows(Policy::Add);
            if module != "local" && add {
                return Ok((user, Entry::Refused("NO_LOCAL_AUTH")));
            }
        }
        sign_up::add_local(tx, cx, &user)?;
    }
    if !policy::stated(tx, r, &user, "local")?.allows(Policy::Login) {
        return Ok((user, Entry::Refused("AUTH_PROVIDER_LOGIN_DISABLED")));
    }
    pass(tx, cx, r, user, ("local", ""), client)
}

/// Module and identity somebody logs in with.
pub(crate) type Way<'a> = (&'a str, &'a str);

/// Lets somebody in who proved an identity, unless a second factor is wanted first.
pub(crate) fn pass(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: User,
    way: Way<'_>,
    client: &ClientInfo,
) -> Result<(User, Entry)> {
    let wanted = factor::wanted(tx, r, &user, way.0)?;
    if wanted != factor::Wanted::Nothing {
        let opened = factor::open(tx, cx, r, &user, way, wanted, client)?;
        return Ok((user, Entry::Half(opened)));
    }
    let (user, cookie, end) = complete(tx, cx, r, user, way, client, false)?;
    Ok((user, Entry::In((cookie, end))))
}

/// Everything is proven: the session begins (ID-LOG-06, ID-LOG-07).
pub(crate) fn complete(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    mut user: User,
    (module, identifier): Way<'_>,
    client: &ClientInfo,
    second: bool,
) -> Result<Fresh> {
    let expired = user
        .token
        .as_ref()
        .is_none_or(|token| cx.now >= token.expires);
    if expired {
        token::renew(tx, cx, r, &mut user)?;
        session::flush(tx, user.no, None)?;
    }
    let mine = methods(tx, user.no)?;
    let used = |m: &Method| m.module == module && m.identifier == identifier && m.active;
    if let Some(mut method) = mine.into_iter().find(used) {
        method.last_login = Some(cx.now);
        tx.put(&method)?;
    }
    begin(tx, cx, r, user, client, second)
}

/// Opens a session for a person and notes the login; who may do what is unchanged,
/// so nobody is woken.
fn begin(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    mut user: User,
    client: &ClientInfo,
    second: bool,
) -> Result<Fresh> {
    user.last_login = Some(cx.now);
    tx.put(&user)?;
    sign_up::forget_resets(tx, &user)?;
    let (cookie, session) = session::open(tx, cx, r, &user, client, second)?;
    Ok((user, cookie, session.expires))
}

/// Follows a verification link (ID-VER-02): a person who is active afterwards is
/// logged in with a new token.
pub(crate) fn follow(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    code: &str,
    client: &ClientInfo,
) -> Result<(User, Outcome, Option<Opened>)> {
    let mut user = state::of_code(tx, cx, r, code)?;
    let module = first_module(tx, &user)?;
    let outcome = state::verify(tx, cx, r, &mut user, &module, true)?;
    if !user.is_active {
        return Ok((user, outcome, None));
    }
    token::renew(tx, cx, r, &mut user)?;
    if factor::wanted(tx, r, &user, &module)? != factor::Wanted::Nothing {
        // A mailed link is no second factor.
        return Ok((user, outcome, None));
    }
    let (user, cookie, end) = begin(tx, cx, r, user, client, false)?;
    Ok((user, outcome, Some((cookie, end))))
}

/// The module a person signed up with.
pub(crate) fn first_module(tx: &impl Reads, user: &User) -> Result<String> {
    let all: Vec<Method> = methods(tx, user.no)?;
    let first = all.into_iter().min_by_key(|method| method.id);
    Ok(first.map_or_else(|| "local".to_owned(), |method| method.module))
}

/// Opens a session for somebody who is active already, as after a sign-up.
pub(crate) fn admit(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: User,
    client: &ClientInfo,
) -> Result<Fresh> {
    begin(tx, cx, r, user, client, false)
}

/// The path parts of a link for a new password: user and secret (ID-PWD-03).
fn link(r: &Rules, user: &User, secret: &str) -> String {
    let no = URL_SAFE_NO_PAD.encode(user.no.0.to_string());
    let base = r.settings.base_url();
    format!("{base}/ui/local/reset/confirm/{no}/{secret}/")
}

/// Why no link can be sent: the message key, None when one can (ID-PWD-01). Who has no
/// password of ours is told so before the state of the account.
pub(crate) fn no_reset(tx: &impl Reads, user: &User) -> Result<Option<&'static str>> {
    Ok(match (sign_up::local(tx, user)?, refusal(user)) {
        (None, _) => Some("AUTH_PROVIDER_UNUSABLE_PASSWORD"),
        (Some(method), Some(_)) if method.backend != "astakos" => {
            Some("AUTH_PROVIDER_UNUSABLE_PASSWORD")
        }
        (Some(_), Some(key)) => Some(key),
        (Some(method), None) if method.backend != "astakos" => {
            Some("AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD")
        }
        (Some(_), None) => None,
    })
}

/// What is said of a person's other ways to log in.
fn others(tx: &WriteTx, r: &Rules, user: &User) -> Result<About> {
    let mut others: Vec<String> = Vec::new();
    for method in methods(tx, user.no)? {
        let title = Texts::new(&r.settings, &method.module).get("METHOD_PROMPT");
        if method.active && method.module != "local" && !others.contains(&title) {
            others.push(title);
        }
    }
    let local = Texts::new(&r.settings, "local").get("METHOD_PROMPT");
    let about = About::default().with("method_prompt", local);
    let others = others.join(", ");
    Ok(about
        .with("available_methods", &others)
        .with("available_methods_links", others))
}

/// Mails a link for a new password, or why there is none; who has yet to verify the
/// address gets a link to another verification mail (ID-VER-04).
pub(crate) fn request_reset(tx: &WriteTx, cx: &Cx, r: &Rules, user: &User) -> Result<()> {
    if let Some(key) = no_reset(tx, user)? {
        let others = others(tx, r, user)?;
        let texts = Texts::about(&r.settings, "local", others.clone());
        let none = others.value("available_methods_links").is_empty();
        let key = match key {
            "AUTH_PROVIDER_UNUSABLE_PASSWORD" if none => "AUTH_PROVIDER_CANNOT_CHANGE_PASSWORD",
            key => key,
        };
        let mut more = vec![("why", mails::message(key, &texts, &others))];
        if !user.email_verified {
            let link = r.keys.sign(Use::Link, user.no.0, cx.now + RESEND);
            let link = format!("{}/ui/send/activation/{link}", r.settings.base_url());
            let again = mails::message("ACCOUNT_RESEND_ACTIVATION", &texts, &others);
            more.extend([("again", again), ("link", link.into())]);
        }
        return mails::reset(tx, r, user, more);
    }
    let secret = random_token(&*cx.ids);
    tx.put(&Reset {
        hash: r.keys.hash(Use::Reset, secret.as_bytes()),
        user: user.no,
        expires: cx.now + RESET,
    })?;
    mails::reset(tx, r, user, vec![("url", link(r, user, &secret).into())])
}

/// The two parts of an old link for a new password, `<number in base 36>-<secret>`, as
/// today's links have them (ID-PWD-03).
pub(crate) fn old_link(link: &str) -> Option<(String, String)> {
    let (no, secret) = link.split_once('-')?;
    let no = u64::from_str_radix(no, 36).ok()?;
    (!secret.is_empty()).then(|| (URL_SAFE_NO_PAD.encode(no.to_string()), secret.to_owned()))
}

/// The person a link for a new password is for.
pub(crate) fn of_reset(
    tx: &impl Reads,
    cx: &Cx,
    r: &Rules,
    user: &str,
    secret: &str,
) -> Result<User> {
    let invalid = || Error::not_found("INVALID_RESET_LINK");
    let hash = r.keys.hash(Use::Reset, secret.as_bytes());
    let reset = tx.get::<Reset>(&hash)?;
    let reset = reset.filter(|_| r.enabled("local")).ok_or_else(invalid)?;
    let no = URL_SAFE_NO_PAD.decode(user).ok();
    let no = no.and_then(|bytes| String::from_utf8(bytes).ok());
    if cx.now >= reset.expires || no.as_deref() != Some(reset.user.to_string().as_str()) {
        return Err(invalid());
    }
    let person = tx.get::<User>(&reset.user)?;
    person.filter(|user| user.is_active).ok_or_else(invalid)
}

/// A new password takes effect: sessions end, and the token where wanted
/// (ID-PWD-04, ID-PWD-12). The address of a change that waited for it and is called off
/// (see `email_change`), so that its owner is told.
pub(crate) fn new_password(
    tx: &WriteTx,
    cx: &Cx,
    r: &Rules,
    user: &mut User,
    hash: &str,
    renew: bool,
) -> Result<Option<String>> {
    sign_up::set_password(tx, cx, user, hash)?;
    sign_up::add_local(tx, cx, user)?;
    let called_off = email_change::call_off(tx, cx, r, user.no)?;
    match renew || r.settings.bool("ASTAKOS_NEWPASSWD_INVALIDATE_TOKEN") {
        true => token::renew(tx, cx, r, user)?,
        false => save(tx, cx, user)?,
    }
    Ok(called_off)
}
