//! What accounts, links and codes must be, told in a few maps.
//!
//! Knows addresses, proofs, decisions and the ways people log in; knows nothing of rows,
//! keys or hashes. A link or code is the text that was mailed and when.

use kernel::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

pub(super) const MINUTE: Duration = Duration::from_secs(60);
pub(super) const DAY: Duration = Duration::from_secs(86_400);

/// A text that was mailed.
#[derive(Clone, Debug)]
pub(super) struct Mailed {
    pub(super) text: String,
    pub(super) at: Timestamp,
}

impl Mailed {
    pub(super) fn good(&self, now: Timestamp, life: Duration) -> bool {
        now < self.at + life
    }
}

/// An account.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// As typed.
    pub(super) email: String,
    pub(super) verified: bool,
    /// Accepted or rejected; None while nobody decided.
    pub(super) decision: Option<bool>,
    pub(super) active: bool,
    pub(super) policy: String,
    pub(super) rejected_for: String,
    pub(super) off_for: String,
    /// The one code that is good.
    pub(super) code: Option<Mailed>,
    /// Module and identity, the first one first.
    pub(super) methods: Vec<(String, String)>,
    /// What stands for the hash of the password.
    pub(super) password: Option<String>,
    pub(super) joined: Timestamp,
    pub(super) level: u32,
    pub(super) invitations: u32,
    /// The invitation the person signed up with.
    pub(super) invitation: Option<usize>,
}

impl Person {
    pub(super) fn new(email: String, now: Timestamp) -> Self {
        Person {
            email,
            verified: false,
            decision: None,
            active: false,
            policy: String::new(),
            rejected_for: String::new(),
            off_for: String::new(),
            code: None,
            methods: Vec::new(),
            password: None,
            joined: now,
            level: 4,
            invitations: invitations(4),
            invitation: None,
        }
    }

    pub(super) fn username(&self) -> String {
        self.email.to_lowercase()
    }

    /// What `user-show` prints (ID-UST-01, ID-UST-10).
    pub(super) fn status(&self) -> String {
        let why = |text: &str| match text {
            "" => String::new(),
            text => format!(" ({text})"),
        };
        let policy = format!(" (accepted policy: {})", self.policy);
        match (self.verified, self.decision, self.active) {
            (false, ..) => "Pending email verification".into(),
            (_, None, _) => "Pending moderation".into(),
            (_, Some(false), _) => format!("Rejected{}", why(&self.rejected_for)),
            (_, _, true) => format!("Accepted/Active{policy}"),
            _ => format!("Accepted/Inactive{}{policy}", why(&self.off_for)),
        }
    }

    /// Was it switched off, or turned away?
    pub(super) fn is_off(&self) -> bool {
        self.verified && self.decision.is_some() && !self.active
    }

    pub(super) fn has(&self, module: &str) -> bool {
        self.methods.iter().any(|(name, _)| name == module)
    }

    fn accept(&mut self, policy: &str) {
        self.decision = Some(true);
        self.active = true;
        policy.clone_into(&mut self.policy);
        self.rejected_for.clear();
        self.off_for.clear();
    }
}

/// Invitations of a level, as the settings of the run say.
fn invitations(level: u32) -> u32 {
    match level {
        4 => 2,
        5 => 1,
        _ => 0,
    }
}

/// An invitation that was mailed.
#[derive(Clone, Debug)]
pub(super) struct Invited {
    pub(super) inviter: u64,
    pub(super) email: String,
    pub(super) code: String,
    pub(super) used: bool,
}

/// A change of address that waits.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) to: String,
    pub(super) keys: [String; 2],
    pub(super) agreed: [bool; 2],
    pub(super) at: Timestamp,
}

/// An identity somebody proved who has no account.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) token: Mailed,
    pub(super) identity: (String, String),
    pub(super) there: bool,
}

/// A link for a new password.
#[derive(Clone, Debug)]
pub(super) struct Reset {
    pub(super) link: Mailed,
    pub(super) no: u64,
    pub(super) there: bool,
}

#[derive(Default)]
pub(super) struct Reference {
    /// Are there decisions?
    pub(super) moderation: bool,
    pub(super) people: BTreeMap<u64, Person>,
    pub(super) waiting: BTreeMap<u64, Waiting>,
    /// Codes, links of moderators and keys of changes, in the order of the mails.
    pub(super) codes: Vec<String>,
    pub(super) links: Vec<(Mailed, u64)>,
    pub(super) keys: Vec<String>,
    pub(super) invited: Vec<Invited>,
    pub(super) arrived: Vec<Arrived>,
    pub(super) resets: Vec<Reset>,
    /// Which addresses were proven by whom.
    pub(super) proven: BTreeSet<(u64, String)>,
}

impl Reference {
    pub(super) fn of(&self, address: &str) -> Option<u64> {
        let address = address.to_lowercase();
        let found = self.people.iter().find(|(_, p)| p.username() == address);
        found.map(|(no, _)| *no)
    }

    /// Does somebody keep the address from others?
    pub(super) fn taken(&self, address: &str) -> bool {
        self.of(address).is_some_and(|no| self.people[&no].verified)
    }

    pub(super) fn remove(&mut self, no: u64) {
        self.people.remove(&no);
        self.waiting.remove(&no);
        self.forget_resets(no);
    }

    /// Frees an address of whoever has not proven it; is it free then?
    pub(super) fn free(&mut self, address: &str, but: Option<u64>) -> bool {
        match self.of(address).filter(|no| Some(*no) != but) {
            Some(no) if self.people[&no].verified => false,
            Some(no) => {
                self.remove(no);
                true
            }
            None => true,
        }
    }

    /// The verified person an identity belongs to.
    pub(super) fn holder(&self, identity: &(String, String)) -> Option<u64> {
        let holds = |p: &Person| p.verified && p.methods.contains(identity);
        let found = self.people.iter().find(|(_, p)| holds(p));
        found.map(|(no, _)| *no)
    }

    /// Adds an identity to an account; were the rules to allow it?
    pub(super) fn add(&mut self, no: u64, identity: &(String, String)) -> bool {
        if self.holder(identity).is_some() || self.people[&no].has(&identity.0) {
            return false;
        }
        let others = self.people.iter().filter(|(other, _)| **other != no);
        let unproven: Vec<u64> = others
            .filter(|(_, p)| p.methods.contains(identity))
            .map(|(other, _)| *other)
            .collect();
        for other in unproven {
            self.remove(other);
        }
        let person = self.people.get_mut(&no).unwrap();
        person.methods.push(identity.clone());
        true
    }

    pub(super) fn forget_resets(&mut self, no: u64) {
        for reset in self.resets.iter_mut().filter(|reset| reset.no == no) {
            reset.there = false;
        }
    }

    /// The address is proven: what follows (ID-ACT-01 … 04b).
    pub(super) fn verify(&mut self, no: u64) {
        let person = self.people.get_mut(&no).unwrap();
        person.verified = true;
        person.code = None;
        let username = person.username();
        let brought = person.invitation.filter(|n| !self.invited[*n].used);
        let mut all = self.invited.iter();
        let sent = || all.position(|one| one.email == username && !one.used);
        let invitation = brought.or_else(sent);
        if let Some(n) = invitation {
            self.invited[n].used = true;
            let level = self.people[&self.invited[n].inviter].level + 1;
            let person = self.people.get_mut(&no).unwrap();
            (person.level, person.invitations) = (level, invitations(level));
        }
        let person = self.people.get_mut(&no).unwrap();
        if !self.moderation {
            person.accept("auto_moderation");
        } else if person.email.starts_with("bob@") {
            person.accept("email");
        } else if person.methods[0].0 == "google" {
            person.accept("auth_provider_google");
        } else if invitation.is_some() {
            person.accept("invitation");
        }
        self.proven.insert((no, username));
    }

    /// A moderator's link.
    pub(super) fn decide(&mut self, no: u64, accept: bool) -> bool {
        let Some(person) = self.people.get_mut(&no) else {
            return false;
        };
        if !person.verified || person.decision.is_some() {
            return false;
        }
        match accept {
            true => person.accept("manual"),
            false => {
                person.decision = Some(false);
                "no".clone_into(&mut person.rejected_for);
            }
        }
        true
    }

    /// An administrator's act, as ID-UST-02 has it.
    pub(super) fn command(&mut self, no: u64, what: u8, why: &str) -> bool {
        let person = self.people.get_mut(&no).unwrap();
        match (what, person.verified, person.decision, person.active) {
            (0, true, None | Some(false), _) => person.accept("manual"),
            (1, true, None, _) => {
                person.decision = Some(false);
                why.clone_into(&mut person.rejected_for);
            }
            (2, true, Some(true), _) => {
                person.active = false;
                why.clone_into(&mut person.off_for);
            }
            (3, true, Some(true), false) => {
                person.active = true;
                person.off_for.clear();
            }
            (4, false, ..) => self.verify(no),
            (5, _, None | Some(false), _) => self.remove(no),
            _ => return false,
        }
        true
    }

    /// The account has another address now.
    pub(super) fn moved(&mut self, no: u64, email: &str) {
        self.waiting.remove(&no);
        self.forget_resets(no);
        let person = self.people.get_mut(&no).unwrap();
        email.clone_into(&mut person.email);
        person.code = None;
        if person.verified {
            self.proven.insert((no, email.to_lowercase()));
        }
    }
}
