//! The queue of mail as administrators see it.

use super::{admin::*, *};

// ID-MAIL-03: the queue is seen by all who may enter; who may write to people may have
// it tried again. Texts, which may hold links that log people in, are not shown.
#[tokio::test]
async fn the_queue_of_mail_is_seen_and_tried_again() {
    let desk = Desk::new().await;
    let reader = desk.member("reader@example.org", "admin-readonly").await;
    let boss = desk.superuser("boss@example.org").await;
    let empty = reader.get("/admin/mail").await.is(200);
    assert!(empty.contains("No messages here"), "{empty}");
    let request = MailRequest {
        to: "eva@example.org".into(),
        template: "im/activation_email".into(),
        context: BTreeMap::from([("url".into(), "https://cloud.example.org/secret".into())]),
        language: "en".into(),
        ..MailRequest::default()
    };
    let store = &desk.house.0.store;
    store
        .write(move |tx| tx.publish(TOPIC, &request))
        .await
        .unwrap();
    let mut settings = Settings::default();
    settings.set("EMAIL_BACKEND", Value::Str("pigeon".into()));
    let settings = kernel::SettingsHandle::new(settings);
    let carrier = notify::Carrier::new(settings.clone(), "/nowhere".into());
    let now = desk.house.0.state.cx.cx().now;
    notify::step(store, &settings, &carrier, now).await.unwrap();
    let page = reader.get("/admin/mail?state=queued").await.is(200);
    assert!(
        page.contains("eva@example.org") && page.contains("pigeon"),
        "{page}"
    );
    assert!(
        !page.contains("secret") && !page.contains("Try again"),
        "{page}"
    );
    let page = boss.get("/admin/mail").await.is(200);
    assert!(page.contains("Try all again"), "{page}");
    let sent = boss
        .submit("/admin/mail", "/admin/mail", &[("message", "1")])
        .await;
    assert_eq!(sent.leads_to(), "/admin/mail");
    assert!(desk.house.0.state.mail.get(1).await.unwrap().at <= now);
    let all = boss.submit("/admin/mail", "/admin/mail", &[]).await;
    assert_eq!(all.leads_to(), "/admin/mail");
    let from = "/ui/profile";
    let refused = reader
        .submit(from, "/admin/mail", &[("message", "1")])
        .await;
    assert_eq!(refused.status, 403, "{}", refused.text);
}
