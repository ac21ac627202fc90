//! Made-up accounts for measurements and tests of long lists: as their rows would be,
//! without passwords, which would take hours to hash. The same number gives the same
//! person.

use crate::{
    policy, project,
    rows::{Method, User, save},
};
use kernel::{Cx, Result, UserId, UserNo};
use std::{collections::BTreeSet, ops::Range};
use store::{Row, WriteTx};

#[rustfmt::skip]
const FIRST: [&str; 24] = [
    "Maria", "Γιώργος", "Eleni", "Nikos", "Anna", "Δημήτρης", "Sofia", "Petros", "Ioanna", "Kostas", "Katerina",
    "Γιάννης", "Emma", "Lukas", "Chloé", "Jürgen", "Aisha", "Wei", "Olga", "Mateo", "Ingrid", "Pavel", "Noor", "Theo",
];
#[rustfmt::skip]
const LAST: [&str; 24] = [
    "Papadaki", "Παπαδόπουλος", "Vlachos", "Nikolaidis", "Georgiou", "Οικονόμου", "Andreou", "Katsaros", "Pappas",
    "Müller", "Schneider", "Dupont", "Rossi", "Novak", "Kowalski", "Jensen", "Virtanen", "García", "Silva", "Ivanova",
    "Chen", "Okafor", "O'Hara", "Lindqvist",
];
#[rustfmt::skip]
const PLACES: [&str; 12] = [
    "math.example.org", "physics.example.org", "chem.example.org", "library.example.org", "med.uni.example.net",
    "cs.uni.example.net", "law.uni.example.net", "example.com", "lab.example.com", "students.example.edu",
    "alumni.example.edu", "harbour.example.gr",
];
const GROUPS: [&str; 4] = ["researchers", "students", "staff", "guests"];

/// Address, first and last name of the n-th person.
pub fn person(n: u64) -> (String, &'static str, &'static str) {
    let pick = |all: &[&'static str], by: u64| {
        let at = (n.wrapping_mul(by) >> 16) as usize % all.len();
        all[at]
    };
    let (first, last) = (pick(&FIRST, 2_654_435_761), pick(&LAST, 40_503_000_017));
    let plain = |name: &str| {
        let letters = name.chars().filter(char::is_ascii_alphabetic);
        letters.collect::<String>().to_lowercase()
    };
    let place = pick(&PLACES, 97_003_000_003);
    let email = format!("{}.{}{n}@{place}", plain(first), plain(last));
    (email.trim_start_matches('.').to_owned(), first, last)
}

/// Adds the people of these numbers: nine in ten active, the rest in every state.
///
/// # Errors
/// Those of the store; `Conflict` when one is there.
pub fn add(tx: &WriteTx, cx: &Cx, numbers: Range<u64>) -> Result<()> {
    let groups = groups(tx)?;
    for n in numbers {
        let mut user = account(cx, UserNo(tx.next_id(User::TABLE)?), n);
        user.groups.extend(groups.get(n as usize % 6));
        save(tx, cx, &mut user)?;
        if user.is_accepted() {
            project::open(tx, cx, &user)?;
            if !user.is_active {
                project::suspend(tx, &user)?;
            }
        }
        tx.put(&way(tx.next_id(Method::TABLE)?, &user, n))?;
    }
    Ok(())
}

/// Numbers of the groups, made when missing.
fn groups(tx: &WriteTx) -> Result<Vec<u64>> {
    let made = GROUPS.into_iter().map(|name| policy::group_for(tx, name));
    made.collect()
}

/// One in five logs in elsewhere.
fn way(id: u64, user: &User, n: u64) -> Method {
    let outside = n.is_multiple_of(5);
    Method {
        user: user.no,
        id,
        module: if outside { "shibboleth" } else { "local" }.to_owned(),
        identifier: match outside {
            true => format!("eppn{n}@idp.example.net"),
            false => String::new(),
        },
        backend: "astakos".to_owned(),
        active: true,
        affiliation: None,
        info: "{}".to_owned(),
        created: user.joined,
        last_login: None,
    }
}

/// The n-th account.
fn account(cx: &Cx, no: UserNo, n: u64) -> User {
    let (email, first, last) = person(n);
    let kind = n % 40;
    let verified = kind != 0;
    let decided = verified && kind != 1;
    let rejected = decided && kind == 2;
    let accepted = decided && !rejected;
    User {
        no,
        uuid: UserId(cx.ids.uuid()),
        username: email.to_lowercase(),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        language: "en".to_owned(),
        is_active: accepted && kind != 3,
        is_superuser: false,
        email_verified: verified,
        verified_at: verified.then_some(cx.now),
        code: None,
        activation_sent: Some(cx.now),
        moderated: decided,
        moderated_at: decided.then_some(cx.now),
        moderated_data: None,
        is_rejected: rejected,
        rejected_reason: rejected.then(|| "spam".to_owned()),
        accepted_policy: accepted.then(|| "manual".to_owned()),
        accepted_email: accepted.then(|| email.clone()),
        deactivated_reason: None,
        deactivated_at: None,
        is_verified: accepted,
        has_signed_terms: true,
        date_signed_terms: Some(cx.now),
        token: None,
        level: 4,
        invitations: 0,
        affiliation: None,
        default_project: None,
        joined: cx.now,
        updated: cx.now,
        last_login: (kind > 5).then_some(cx.now),
        groups: BTreeSet::new(),
        permissions: BTreeSet::new(),
        email,
        life: Default::default(),
    }
}
