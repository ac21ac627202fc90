//! The administration pages' rights and acts.

use super::*;
use crate::{Desk, DeskOp, audit::Filter, follow};
use kernel::{Error, Origin};
use store::Row as _;

fn origin(user: &UserView) -> Origin {
    Origin::user(user.uuid, &user.email, "192.0.2.9", Some("r7".into()))
}

pub(super) async fn member(world: &World, email: &str, group: &str) -> UserView {
    let name = group.to_owned();
    let found = world.store.write(move |tx| {
        if tx.find_one::<crate::rows::Group>("name", &name)?.is_none() {
            tx.put(&crate::rows::Group {
                id: tx.next_id("identity.group")?,
                name: name.clone(),
                permissions: Default::default(),
            })?;
        }
        Ok(())
    });
    found.await.unwrap();
    let user = world.person(email).await;
    world
        .modify(&user, UserChange::AddGroup(group.into()))
        .await
        .unwrap()
}

pub(super) fn desk(world: &World, user: &UserView) -> Option<Desk> {
    world.service.desk(user, origin(user))
}

// ID-ADU-01 ID-ADU-02 ID-ADU-03: acceptance check 1; groups and superusers are distinct
// (ID-SEC-28).
#[tokio::test]
async fn who_may_do_what_is_in_the_table() {
    let world = World::new();
    let nobody = world.person("nobody@example.org").await;
    assert!(desk(&world, &nobody).is_none());
    let reader = member(&world, "reader@example.org", "admin-readonly").await;
    let helper = member(&world, "helper@example.org", "helpdesk").await;
    let admin = member(&world, "admin@example.org", "admin").await;
    let root = world
        .modify(
            &world.person("root@example.org").await,
            UserChange::Admin(true),
        )
        .await
        .unwrap();
    let settings = world.settings.now();
    for (user, contact, accept, modify) in [
        (&reader, false, false, false),
        (&helper, true, false, false),
        (&admin, true, true, false),
        (&root, true, true, true),
    ] {
        let desk = desk(&world, user).unwrap();
        let may = |action| desk.may(&settings, "user", action);
        assert_eq!(
            (may("contact"), may("accept"), may("modify")),
            (contact, accept, modify),
            "{}",
            user.email
        );
        let said = world
            .service
            .desk_act(&desk, nobody.no, DeskOp::Change(UserChange::Level(3)))
            .await;
        match modify {
            true => assert_eq!(said.unwrap().0.said, ["Level: 3"]),
            false => assert!(matches!(said, Err(Error::Forbidden { .. }))),
        }
    }
    let table = Value::Dict(vec![(
        text("user"),
        Value::Dict(vec![(text("accept"), Value::List(vec![text("helpdesk")]))]),
    )]);
    world.set("ADMIN_RBAC", table);
    let helper = desk(&world, &helper).unwrap();
    let settings = world.settings.now();
    assert!(helper.may(&settings, "user", "accept") && !helper.may(&settings, "user", "contact"));
    world.set("ADMIN_ENABLED", Value::Bool(false));
    assert!(desk(&world, &root).is_none());
    world.mails().await;
}

// ID-ADU-04 ID-ADU-42 ID-ADU-44 ID-SEC-28: acts, their entries, the placeholders.
#[tokio::test]
async fn acts_of_the_desk_are_carried_out_and_recorded() {
    let world = World::new();
    let admin = member(&world, "admin@example.org", "admin").await;
    let user = world.person("eva@example.org").await;
    let desk = desk(&world, &admin).unwrap();
    let act = |op| world.service.desk_act(&desk, user.no, op);
    let contact = DeskOp::Contact {
        about: "user",
        sender: String::new(),
        subject: "For {{ first_name }}".into(),
        text: "{{full_name}} <{{ email }}> {{ 7*7 }} {{ user.token }}".into(),
    };
    act(contact).await.unwrap();
    let mails = world.mails().await;
    assert_eq!(mails[0].template, "im/plain_email");
    assert_eq!(mails[0].context["subject"], "For Maria");
    assert_eq!(
        mails[0].context["text"],
        "Maria Doe <eva@example.org> {{ 7*7 }} {{ user.token }}"
    );
    let failed = act(DeskOp::Change(UserChange::Email("b@example.org".into()))).await;
    assert!(matches!(failed, Err(Error::Conflict { .. })), "active");
    assert!(matches!(
        act(DeskOp::ReleaseShibboleth).await,
        Err(Error::Conflict { .. })
    ));
    assert!(matches!(
        act(DeskOp::EnableLocal).await,
        Err(Error::Conflict { .. })
    ));
    let deactivate = DeskOp::Change(UserChange::Deactivate("spam".into()));
    act(deactivate).await.unwrap();
    act(DeskOp::Change(UserChange::Email("b@example.org".into())))
        .await
        .unwrap();
    let failed = act(DeskOp::RenewPassword).await;
    assert!(
        matches!(failed, Err(Error::Forbidden { .. })),
        "superusers only"
    );
    let filter = Filter {
        target: Some(("user".into(), Some(user.no.to_string()))),
        who: Some(admin.uuid.to_string()),
        ..Filter::default()
    };
    let trail = world.trail(filter).await;
    let actions: Vec<&str> = trail.iter().map(|entry| &*entry.action).collect();
    assert_eq!(actions, ["user.email", "user.deactivate", "user.contact"]);
    let last = &trail[0];
    assert_eq!(
        (&*last.name, &*last.from),
        ("admin@example.org", "192.0.2.9")
    );
    assert_eq!(last.request.as_deref(), Some("r7"));
    let field = &last.fields[0];
    assert_eq!(
        (&*field.name, &*field.before, &*field.after),
        ("email", "eva@example.org", "b@example.org")
    );
}

// ID-SEC-28: no secret is in the trail.
#[tokio::test]
async fn secrets_are_recorded_as_changed_only() {
    let world = World::new();
    let root = world
        .modify(
            &world.person("root@example.org").await,
            UserChange::Admin(true),
        )
        .await
        .unwrap();
    let user = world.person("eva@example.org").await;
    let desk = desk(&world, &root).unwrap();
    let (_, password) = world
        .service
        .desk_act(&desk, user.no, DeskOp::RenewPassword)
        .await
        .unwrap();
    world
        .service
        .desk_act(&desk, user.no, DeskOp::Change(UserChange::RenewToken))
        .await
        .unwrap();
    use kernel::secret::ExposeSecret;
    let password = password.unwrap().expose_secret().to_owned();
    assert!(world.log_in("eva@example.org", &password).await.is_ok());
    let token = world.token(&user).await;
    let trail = serde_json::to_string(&world.trail(Filter::default()).await).unwrap();
    assert!(!trail.contains(&password) && !trail.contains(&token));
    assert!(trail.contains("user.password") && trail.contains("user.renew-token"));
}

// Issue 3 (5): what can be found of an account, and that every change is told.
#[tokio::test]
async fn changes_are_told_to_those_who_follow() {
    let world = World::new();
    let user = member(&world, "eva@example.org", "helpers").await;
    let told = || {
        let read = |tx: &store::ReadTx| tx.outbox::<u64>(follow::CHANGED, 0, 1000);
        world.store.read_now(read).unwrap().len()
    };
    let found = || {
        let read = |tx: &store::ReadTx| follow::searchable(tx, user.no.0);
        world.store.read_now(read).unwrap()
    };
    let before = told();
    let there = found().unwrap();
    assert!(there.texts.contains(&"Maria Doe".to_owned()));
    assert!(there.ids.contains(&user.uuid.to_string()));
    for facet in ["state:active", "group:helpers", "provider:local"] {
        assert!(there.facets.contains(&facet.to_owned()), "{facet}");
    }
    world
        .modify(&user, UserChange::FirstName("Eva".into()))
        .await
        .unwrap();
    assert!(told() > before);
    assert!(found().unwrap().texts.contains(&"Eva Doe".to_owned()));
    let (gone, _) = world.sign_up("gone@example.org").await;
    let gone = gone.user.unwrap();
    let before = told();
    let (root, delete) = (root(), vec![UserChange::Delete]);
    let deleted = world.service.admin_modify(&root, gone.no, delete);
    assert!(deleted.await.unwrap().1.is_none());
    assert!(told() > before);
}

// ID-SEC-28: groups, profiles, second factors and clients are administered too.
#[tokio::test]
async fn acts_on_groups_profiles_factors_and_clients_are_recorded() {
    let world = World::new();
    world.person("eva@example.org").await;
    let (root, service) = (root(), &world.service);
    service.group_add(&root, "helpers").await.unwrap();
    service.group_add(&root, "helpers").await.unwrap();
    service.group_remove(&root, "helpers").await.unwrap();
    let with = crate::policy::PolicyChange::default();
    service
        .authpolicy_add(&root, "p", "local", with)
        .await
        .unwrap();
    let people = vec!["eva@example.org".to_owned()];
    service
        .authpolicy_set(&root, "p", vec![], people)
        .await
        .unwrap();
    service.authpolicy_remove(&root, "p").await.unwrap();
    let trail = world.trail(Filter::default()).await;
    let actions: Vec<&str> = trail.iter().rev().map(|entry| &*entry.action).collect();
    assert_eq!(
        actions,
        [
            "group.add",
            "group.remove",
            "policy.add",
            "policy.assign",
            "policy.remove"
        ]
    );
    assert!(trail.iter().all(|entry| entry.from == "command line"));
}

// ID-ADU-03 ID-ADU-42: the local method is switched on again with the password there
// was, and none is shown that is not in force; who is no superuser gets into no
// superuser's account this way.
#[tokio::test]
async fn a_password_is_shown_only_where_it_was_made() {
    let world = World::new();
    let admin = member(&world, "admin@example.org", "admin").await;
    let user = world.person("eva@example.org").await;
    let desk = desk(&world, &admin).unwrap();
    let no = user.no;
    for keep in [true, false] {
        let without = world.store.write(move |tx| {
            for method in crate::rows::methods(tx, no)? {
                tx.remove::<crate::rows::Method>(&method.key())?;
            }
            if !keep {
                tx.remove::<crate::rows::Password>(&no)?;
            }
            Ok(())
        });
        without.await.unwrap();
        let done = world.service.desk_act(&desk, no, DeskOp::EnableLocal).await;
        assert_eq!(done.unwrap().1.is_none(), keep);
    }
    let boss = world.person("boss@example.org").await;
    let all = vec![UserChange::Admin(true), UserChange::Deactivate("x".into())];
    let root = root();
    let changed = world.service.admin_modify(&root, boss.no, all);
    changed.await.unwrap();
    let email = DeskOp::Change(UserChange::Email("mine@example.org".into()));
    for op in [email, DeskOp::EnableLocal] {
        let refused = world.service.desk_act(&desk, boss.no, op).await;
        assert!(matches!(refused, Err(Error::Forbidden { .. })));
    }
    world.mails().await;
}
