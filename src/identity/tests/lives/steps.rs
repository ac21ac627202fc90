//! What each step does, to the store and to the reference.

use super::{reference::*, *};
use crate::{
    Agreed, ClientInfo, Decision, DeskOp, UserChange, access, desk, method, moderation,
    outside::{self, Asked, OutsideSignUp},
    provider::{self, Outside},
    sign_up, state, throttle, upkeep,
};

fn client() -> ClientInfo {
    ClientInfo {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        user_agent: String::new(),
    }
}

fn outside(n: u8) -> Outside {
    let (module, identifier) = identity(n);
    Outside {
        module,
        identifier,
        ..Outside::default()
    }
}

impl Run {
    pub(super) fn step(&mut self, step: &Step) {
        match *step {
            Step::SignUp(n, invitation) => self.sign_up(n, invitation),
            Step::Follow(n) => self.follow(n),
            Step::Resend(n) => self.resend(n),
            Step::ByLink(n, accept) => self.by_link(n, accept),
            Step::Decide(n, what, page) => self.decide(n, what, page),
            Step::SetEmail(n, to, page) => self.set_email(n, to, page),
            Step::Change(n, to) => self.change(n, to),
            Step::Answer(n, yes) => self.answer(n, yes),
            Step::Arrive(n) => self.arrive(n),
            Step::OutsideSignUp(n, to) => self.outside_sign_up(n, to),
            Step::AddMethod(n, identity) => self.add_method(n, identity),
            Step::Adopt(n, arrival) => self.adopt(n, arrival),
            Step::RemoveMethod(n, which) => self.remove_method(n, which),
            Step::Invite(n, to) => self.invite(n, to),
            Step::AskReset(n) => {
                if let Some(user) = self.at(n) {
                    self.write(move |tx, cx, r| access::request_reset(tx, cx, r, &user))
                        .unwrap();
                }
            }
            Step::UseReset(n) => self.use_reset(n),
            Step::LogIn(n) => self.log_in(n),
            Step::Wait(n) => {
                let long = [40 * MINUTE, 30 * 60 * MINUTE, 4 * DAY, 11 * DAY];
                self.clock.advance(long[usize::from(n)]);
            }
            Step::Renew(n) => self.renew(n),
            Step::Moderation(on) => self.moderation(on),
            Step::Tidy => self.tidy(),
            Step::Reopen => self.reopen(),
        }
    }

    fn sign_up(&mut self, n: u8, invitation: Option<usize>) {
        let new = NewUser {
            email: address(n),
            first_name: String::new(),
            last_name: String::new(),
            language: "en".into(),
            password_hash: format!("password {}", self.told),
        };
        let there = self.wanted.invited.len();
        let invitation = invitation.and_then(|n| there.checked_sub(n + 1));
        let invited = invitation.map(|n| self.wanted.invited[n].clone());
        let along = sign_up::Along {
            code: invited.as_ref().map(|one| one.code.clone()),
            ..sign_up::Along::default()
        };
        let password = new.password_hash.clone();
        let made = self.write(move |tx, cx, r| sign_up::sign_up(tx, cx, r, &new, &along));
        if let Some(one) = &invited
            && (one.used || self.wanted.taken(&one.email))
        {
            assert!(made.is_err());
            return;
        }
        assert_eq!(made.is_ok(), self.wanted.free(&address(n), None));
        let Ok((user, _)) = made else { return };
        let mut person = Person::new(address(n), self.cx().now);
        person.methods.push(("local".into(), String::new()));
        (person.password, person.invitation) = (Some(password), invitation);
        let proven = invited.is_some_and(|one| one.email == person.username());
        self.wanted.people.insert(user.no.0, person);
        if proven {
            self.wanted.verify(user.no.0);
        }
    }

    fn follow(&mut self, n: usize) {
        let Some(mailed) = newest(&self.wanted.codes, n) else {
            return;
        };
        let now = self.cx().now;
        let good = self.wanted.people.iter().find(|(_, one)| {
            let code = one.code.as_ref();
            code.is_some_and(|code| code.text == mailed && code.good(now, 10 * DAY))
        });
        let wanted = good.map(|(no, _)| *no);
        let followed = self.write(move |tx, cx, r| access::follow(tx, cx, r, &mailed, &client()));
        assert_eq!(followed.is_ok(), wanted.is_some());
        if let (Some(no), Ok((user, _, opened))) = (wanted, followed) {
            assert_eq!(user.no.0, no);
            self.wanted.verify(no);
            assert_eq!(opened.is_some(), self.wanted.people[&no].active);
        }
    }

    fn resend(&mut self, n: u8) {
        let Some(user) = self.at(n) else { return };
        let wanted = !self.wanted.people[&user.no.0].verified;
        let sent =
            self.write(move |tx, cx, r| state::send_verification(tx, cx, r, &mut user.clone()));
        assert_eq!(sent.is_ok(), wanted);
    }

    fn by_link(&mut self, n: usize, accept: bool) {
        let Some((link, no)) = newest(&self.wanted.links, n) else {
            return;
        };
        let decision = match accept {
            true => Decision::Accept,
            false => Decision::Reject("no".into()),
        };
        let good = link.good(self.cx().now, 14 * DAY);
        let decided = good && self.wanted.decide(no, accept);
        let done = self.write(move |tx, cx, r| {
            moderation::decide(tx, cx, r, &link.text, &decision, &client())
        });
        match done {
            Ok(seen) => assert_eq!(seen.decided.unwrap().just_now, decided),
            Err(_) => assert!(!decided),
        }
    }

    /// An act of an administrator, by page or command; did it work?
    fn act(&self, user: &User, change: UserChange, page: bool) -> bool {
        let (desk, no) = (self.desk.clone(), user.no);
        let done = self.write(move |tx, cx, r| match page {
            true => {
                let op = DeskOp::Change(change.clone());
                desk::act(tx, cx, r, &desk, no, &op, "").map(drop)
            }
            false => {
                let changes = [Change::Other(change.clone())];
                admin::modify(tx, cx, r, &root(), no, &changes).map(drop)
            }
        });
        done.is_ok()
    }

    fn decide(&mut self, n: u8, what: u8, page: bool) {
        let Some(user) = self.at(n) else { return };
        let why = if page { "" } else { "no" };
        let change = match what {
            0 => UserChange::Accept,
            1 => UserChange::Reject(why.into()),
            2 => UserChange::Deactivate(why.into()),
            3 => UserChange::Activate,
            4 => UserChange::Verify,
            _ => UserChange::Delete,
        };
        let wanted = self.wanted.command(user.no.0, what, why);
        assert_eq!(self.act(&user, change, page), wanted);
    }

    fn set_email(&mut self, n: u8, to: u8, page: bool) {
        let Some(user) = self.at(n) else { return };
        let (no, to) = (user.no.0, address(to));
        let refused = page && self.wanted.people[&no].active;
        let wanted = !refused && self.wanted.free(&to, Some(no));
        assert_eq!(self.act(&user, UserChange::Email(to.clone()), page), wanted);
        if wanted {
            self.wanted.moved(no, &to);
        }
    }

    fn change(&mut self, n: u8, to: u8) {
        let Some(user) = self.inside(n) else { return };
        let wanted = !self.wanted.taken(&address(to));
        let (no, to_there) = (user.no.0, address(to));
        let asked = self.write(move |tx, cx, r| email_change::request(tx, cx, r, &user, &to_there));
        assert_eq!(asked.is_ok(), wanted);
        if wanted {
            // The keys are known once the mails are read.
            let waiting = Waiting {
                to: address(to),
                keys: [String::new(), String::new()],
                agreed: [false, false],
                at: self.cx().now,
            };
            self.wanted.waiting.insert(no, waiting);
        }
    }

    fn answer(&mut self, n: usize, yes: bool) {
        let Some(key) = newest(&self.wanted.keys, n) else {
            return;
        };
        let now = self.cx().now;
        let found = self.wanted.waiting.iter().find_map(|(no, one)| {
            let side = one.keys.iter().position(|own| *own == key)?;
            let good = now < one.at + 10 * DAY && !self.wanted.people[no].is_off();
            good.then(|| (*no, side, one.clone()))
        });
        if !yes {
            let refused = self.write(move |tx, cx, r| email_change::refuse(tx, cx, r, &key, None));
            assert_eq!(refused.is_ok(), found.is_some());
            if let Some((no, ..)) = found {
                self.wanted.waiting.remove(&no);
            }
            return;
        }
        let agreed = self.write(move |tx, cx, r| email_change::agree(tx, cx, r, &key, None));
        let Some((no, side, mut waiting)) = found else {
            assert!(agreed.is_err());
            return;
        };
        let taken = self.wanted.of(&waiting.to).filter(|holder| *holder != no);
        if taken.is_some_and(|holder| self.wanted.people[&holder].verified) {
            assert!(agreed.is_err());
            return;
        }
        waiting.agreed[side] = true;
        if waiting.agreed != [true, true] {
            assert_eq!(agreed.unwrap(), Agreed::Waits);
            self.wanted.waiting.insert(no, waiting);
            return;
        }
        assert_eq!(agreed.unwrap(), Agreed::Changed);
        assert!(self.wanted.free(&waiting.to, Some(no)));
        self.wanted.moved(no, &waiting.to);
    }

    /// Somebody proves an identity; `user` is who is in.
    fn prove(&self, n: u8, user: Option<UserNo>) -> kernel::Result<outside::Arrived> {
        let outside = outside(n);
        let mapped = provider::mapped(&self.rules.settings, &outside).unwrap();
        self.write(move |tx, cx, r| {
            let both = (&outside, &mapped);
            outside::arrive(tx, cx, r, user, both, &Asked::default(), &client())
        })
    }

    fn arrive(&mut self, n: u8) {
        let identity = identity(n);
        let holder = self.wanted.holder(&identity);
        match (self.prove(n, None).unwrap(), holder) {
            (outside::Arrived::Known(user, entry), Some(no)) => {
                assert_eq!(user.no.0, no);
                assert!(self.wanted.people[&no].active);
                assert!(matches!(entry, access::Entry::In(_)));
                self.wanted.forget_resets(no);
            }
            (outside::Arrived::Refused(Some(user), _), Some(no)) => {
                assert_eq!(user.no.0, no);
                assert!(!self.wanted.people[&no].active);
            }
            (outside::Arrived::SignUp(text), None) => {
                self.wanted.arrived.iter_mut().for_each(|one| {
                    one.there &= one.identity != identity;
                });
                let at = self.cx().now;
                self.wanted.arrived.push(Arrived {
                    token: Mailed { text, at },
                    identity,
                    there: true,
                });
            }
            (other, holder) => panic!("{other:?} though {holder:?} holds {identity:?}"),
        }
    }

    fn outside_sign_up(&mut self, n: usize, to: u8) {
        let Some(n) = self.wanted.arrived.len().checked_sub(n + 1) else {
            return;
        };
        let arrived = self.wanted.arrived[n].clone();
        let form = OutsideSignUp {
            email: address(to),
            language: "en".into(),
            ..OutsideSignUp::default()
        };
        let token = arrived.token.text.clone();
        let made =
            self.write(move |tx, cx, r| outside::sign_up(tx, cx, r, &token, &form, &client()));
        let good = arrived.there && arrived.token.good(self.cx().now, 60 * MINUTE);
        if good && self.wanted.holder(&arrived.identity).is_some() {
            self.wanted.arrived[n].there = false;
        }
        if !self.wanted.arrived[n].there || !good {
            assert!(made.unwrap().is_none());
            return;
        }
        assert_eq!(made.is_ok(), self.wanted.free(&address(to), None));
        let Ok(Some(outside::Arrived::Made(user, ..))) = made else {
            return;
        };
        let person = Person::new(address(to), self.cx().now);
        self.wanted.people.insert(user.no.0, person);
        assert!(self.wanted.add(user.no.0, &arrived.identity));
        self.wanted.arrived[n].there = false;
    }

    fn add_method(&mut self, n: u8, which: u8) {
        let Some(user) = self.inside(n) else { return };
        let identity = identity(which);
        let holder = self.wanted.holder(&identity);
        let done = self.prove(which, Some(user.no));
        match holder {
            Some(no) => {
                let said = if no == user.no.0 {
                    ""
                } else {
                    "AUTH_PROVIDER_ADD_EXISTS"
                };
                assert!(matches!(done, Ok(outside::Arrived::Profile(text)) if text == said));
            }
            None => assert_eq!(done.is_ok(), self.wanted.add(user.no.0, &identity)),
        }
    }

    fn adopt(&mut self, n: u8, arrival: usize) {
        let Some(user) = self.inside(n) else { return };
        let Some(arrival) = self.wanted.arrived.len().checked_sub(arrival + 1) else {
            return;
        };
        let arrived = self.wanted.arrived[arrival].clone();
        let (no, token) = (user.no, arrived.token.text.clone());
        let done = self
            .write(move |tx, cx, r| outside::adopt(tx, cx, r, no, &token, &crate::tests::here()));
        let good = arrived.there && arrived.token.good(self.cx().now, 60 * MINUTE);
        let wanted = good && self.wanted.add(no.0, &arrived.identity);
        assert_eq!(done.is_ok(), wanted);
        if wanted {
            self.wanted.arrived[arrival].there = false;
        }
    }

    fn remove_method(&mut self, n: u8, which: usize) {
        let Some(user) = self.inside(n) else { return };
        let rows = self.store.read_now(|tx| methods(tx, user.no)).unwrap();
        let row = rows[which % rows.len()].clone();
        let (no, id) = (user.no.0, row.id);
        let done = self.write(move |tx, cx, r| {
            method::remove(tx, cx, r, &mut user.clone(), id, &crate::tests::here())
        });
        assert_eq!(done.is_ok(), rows.len() > 1);
        if done.is_err() {
            return;
        }
        let gone = (row.module, row.identifier);
        if gone.0 == "local" {
            self.wanted.forget_resets(no);
        }
        let person = self.wanted.people.get_mut(&no).unwrap();
        person.methods.retain(|one| *one != gone);
        if gone.0 == "local" {
            person.password = None;
        }
    }

    fn invite(&mut self, n: u8, to: u8) {
        let Some(user) = self.inside(n) else { return };
        let (no, to) = (user.no.0, address(to).to_lowercase());
        let mut all = self.wanted.invited.iter();
        let once = all.all(|one| one.email != to);
        let wanted = once && self.wanted.people[&no].invitations > 0;
        let done = self.write(move |tx, cx, r| {
            invitations::send(tx, cx, r, &mut user.clone(), &to, "Somebody")
        });
        assert_eq!(done.is_ok(), wanted);
        let person = self.wanted.people.get_mut(&no).unwrap();
        person.invitations -= u32::from(wanted);
    }

    fn use_reset(&mut self, n: usize) {
        let Some(reset) = newest(&self.wanted.resets, n) else {
            return;
        };
        let mut parts = reset.link.text.trim_end_matches('/').rsplit('/');
        let (secret, user) = (parts.next().unwrap(), parts.next().unwrap());
        let (secret, user) = (secret.to_owned(), user.to_owned());
        let hash = format!("password by link {n}");
        let password = hash.clone();
        let done = self.write(move |tx, cx, r| {
            let mut user = access::of_reset(tx, cx, r, &user, &secret)?;
            access::new_password(tx, cx, r, &mut user, &hash, false)?;
            session::flush(tx, user.no, None)
        });
        let active = |p: &Person| p.active;
        let person = self.wanted.people.get_mut(&reset.no);
        let good = reset.there && reset.link.good(self.source.cx().now, 3 * DAY);
        let person = person.filter(|person| good && active(person));
        assert_eq!(done.is_ok(), person.is_some());
        if let Some(person) = person {
            person.password = Some(password);
            self.wanted.forget_resets(reset.no);
            self.wanted.waiting.remove(&reset.no);
        }
    }

    /// With the right password, if there is one.
    fn log_in(&mut self, n: u8) {
        let Some(user) = self.at(n) else { return };
        let address = user.email.to_uppercase();
        let known = self
            .store
            .read_now(|tx| access::credentials(tx, &address))
            .unwrap();
        let person = self.wanted.of(&address);
        let person = person.map(|no| self.wanted.people[&no].clone());
        let password = person.as_ref().and_then(|p| p.password.clone());
        assert_eq!(known.as_ref().map(|(_, hash)| hash), password.as_ref());
        let (Some((user, hash)), Some(person)) = (known, person) else {
            return;
        };
        let (no, who) = (user.no.0, throttle::Who::Inside(user.username.clone()));
        let right = Arc::new(access::Right {
            who,
            hash,
            user,
            better: None,
        });
        let (_, entry) = self
            .write(move |tx, cx, r| access::enter(tx, cx, r, &right, &client()))
            .unwrap();
        assert_eq!(matches!(entry, access::Entry::In(_)), person.active);
        if person.active {
            self.wanted.forget_resets(no);
        }
    }

    fn renew(&self, n: u8) {
        let Some(user) = self.at(n) else { return };
        assert!(self.act(&user, UserChange::RenewToken, false));
        let before = user.token.unwrap().hash;
        let dead = self
            .store
            .read_now(|tx| token::owner(tx, &before, self.cx().now));
        assert!(dead.is_err(), "the former token works");
    }

    fn moderation(&mut self, on: bool) {
        let mut settings = (*self.rules.settings).clone();
        settings.set("ASTAKOS_MODERATION_ENABLED", Value::Bool(on));
        self.rules.settings = Arc::new(settings);
        self.wanted.moderation = on;
    }

    fn tidy(&mut self) {
        while self.write(upkeep::tidy).unwrap() > 0 {}
        let now = self.cx().now;
        let old = |p: &Person| !p.verified && now >= p.joined + 30 * DAY;
        let people = self.wanted.people.iter();
        let gone: Vec<u64> = people.filter(|(_, p)| old(p)).map(|(no, _)| *no).collect();
        for no in gone {
            self.wanted.remove(no);
        }
    }
}
