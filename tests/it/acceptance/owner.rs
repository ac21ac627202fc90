//! What the owner of a cloud changes: templates and branding; and the desk where people are
//! administered.

use super::{all_letters, follow, letters, link, person, send, shown, sign_up, status};
use crate::{
    client::{PASSWORD, Visit},
    server::Server,
};

const USER: &str = "kpap@example.org";

// Acceptance checks of templates (ID-TPL-01 ID-TPL-02 ID-TPL-03 ID-TPL-04 ID-MAIL-07)
#[test]
fn templates() {
    let server = Server::start("ASTAKOS_EMAILCHANGE_ENABLED = True\n");
    let dir = server.config().join("templates");
    std::fs::create_dir_all(dir.join("im")).unwrap();
    std::fs::create_dir_all(dir.join("registration")).unwrap();
    let setting = format!("TEMPLATE_DIRS = ['{}']\n", dir.display());
    std::fs::write(server.config().join("60.conf"), setting).unwrap();
    server.manage_ok(&["settings-reload"]);
    let write = |name: &str, text: &str| std::fs::write(dir.join(name), text).unwrap();
    write(
        "im/email.txt",
        "{% block content %}{% endblock %}\n-- \nThe lab of {{ BRANDING_COMPANY_NAME|lower }}\n",
    );
    person(&server, USER);
    sign_up(&server, "new@example.org");
    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    let form = "/ui/email_change";
    visit.fill(form, form, &[("new_email_address", "kpap2@example.org")]);
    let all = all_letters(&server);
    assert!(all.len() >= 3, "{}", all.len());
    for letter in &all {
        assert!(
            letter.text.contains("The lab of grnet"),
            "{}: {}",
            letter.subject,
            letter.text
        );
    }

    write(
        "registration/email_change_email.txt",
        "{% extends \"im/email.txt\" %}{% block content %}Old name {{ url }}{% endblock %}",
    );
    visit.fill(form, form, &[("new_email_address", "kpap3@example.org")]);
    let text = |to: &str| {
        let all = all_letters(&server);
        all.into_iter()
            .rev()
            .find(|letter| letter.to == to)
            .unwrap()
            .text
    };
    assert!(
        text("kpap3@example.org").contains("Old name http"),
        "{}",
        text("kpap3@example.org")
    );
    assert!(!text(USER).contains("Old name"));
    write(
        "registration/email_change_email_new_email.txt",
        "{% extends \"im/email.txt\" %}{% block content %}New name {{ url }}{% endblock %}",
    );
    visit.fill(form, form, &[("new_email_address", "kpap4@example.org")]);
    assert!(
        text("kpap4@example.org").contains("New name http"),
        "{}",
        text("kpap4@example.org")
    );

    write(
        "im/activation_email.txt",
        "{% block content %} never closed",
    );
    sign_up(&server, "late@example.org");
    link(&server, "late@example.org", "/ui/activate?auth=");
    assert!(
        server.log().contains("im/activation_email.txt"),
        "{}",
        server.log()
    );
    assert_eq!(server.manage(&["template-check"]).status.code(), Some(1));
    write("im/activation_email.txt", "Here is {{ url }}");
    std::fs::create_dir_all(dir.join("im/projects")).unwrap();
    write(
        "im/projects/project_approval_notification.txt",
        "{{ BRANDING_COMPANY_NAME|upper }} {{ object.end_date|date:\"d/m/Y\" }}",
    );
    server.manage_ok(&["template-check"]);
    let preview = server.manage_ok(&["email-preview", "project_approval_notification"]);
    assert!(preview.contains("GRNET "), "{preview}");
    let date = preview.split_whitespace().any(|word| {
        let parts: Vec<_> = word.split('/').map(str::len).collect();
        parts == [2, 2, 4]
    });
    assert!(date, "{preview}");
}

// Acceptance checks of branding 1, 2, 3, 5 (ID-BRD-01 ID-BRD-03 ID-BRD-05 ID-BRD-10)
#[test]
fn branding() {
    let server = Server::start("BRANDING_SERVICE_NAME = 'My cloud'\n");
    person(&server, USER);
    let visit = Visit::start(&server).log_in(USER, PASSWORD);
    let page = visit.get("/ui/landing");
    assert!(
        page.contains("<title>My cloud ") && page.contains("alt=\"My cloud"),
        "{page}"
    );
    assert!(visit.get("/ui/.kamakirc").contains("[cloud \"my_cloud\"]"));
    sign_up(&server, "new@example.org");
    link(&server, "new@example.org", "/ui/activate?auth=");
    assert!(
        letters(&server)
            .iter()
            .all(|one| one.text.contains("My cloud"))
    );
    assert!(!page.contains("Copyright (c)"), "{page}");
    let set = |text: &str| {
        std::fs::write(server.config().join("60.conf"), text).unwrap();
        server.manage_ok(&["settings-reload"]);
        visit.get("/ui/landing")
    };
    let page = set(
        "BRANDING_SHOW_COPYRIGHT = True\nBRANDING_FOOTER_EXTRA_MESSAGE = '<b>x</b><script>alert(1)</script>'\n",
    );
    assert!(
        page.contains("Copyright (c) 2011-") && page.contains(" GRNET."),
        "{page}"
    );
    assert!(
        page.contains("<b>x</b>") && !page.contains("alert(1)"),
        "{page}"
    );
    let page = set("BRANDING_IMAGE_MEDIA_URL = '/static/mybranding/images/'\n");
    assert!(
        page.contains("src=\"/static/mybranding/images/")
            && !page.contains("src=\"/static/branding/images/"),
        "{page}"
    );
    let page = set("BRANDING_DASHBOARD_LOGO_URL = '/static/one.png'\n");
    assert!(page.contains("src=\"/static/one.png\""), "{page}");
}

// Acceptance checks of the desk (ID-ADU-01 ID-ADU-02 ID-ADU-22 ID-ADU-40)
#[test]
fn the_desk() {
    let server = Server::start("ASTAKOS_MODERATION_ENABLED = True\n");
    let groups = ["admin-readonly", "helpdesk", "admin"];
    for group in groups {
        server.manage_ok(&["group-add", group]);
        let user = format!("{group}@example.org");
        person(&server, &user);
        server.manage_ok(&["user-modify", &user, "--add-group", group]);
    }
    person(&server, USER);
    for name in ["one@example.org", "two@example.org"] {
        server.manage_ok(&["user-add", name, "First", "Last"]);
        server.manage_ok(&["user-modify", name, "--verify"]);
    }
    let enter = |user: &str| Visit::start(&server).log_in(user, PASSWORD);
    assert_eq!(enter(USER).ask("/admin/user").0, 403);
    let uuid = |user: &str| shown(&server, user, "uuid");
    let act = |visit: &Visit, op: &str, ids: &[&str]| {
        let page = visit.get("/ui/profile");
        let ids: Vec<String> = ids.iter().map(|user| uuid(user)).collect();
        let body = serde_json::json!({
            "target": "user", "op": op, "items": ids, "sender": "desk@example.org",
            "subject": "Hello {{ first_name }}", "text": "You are {{ email }}",
        });
        visit.send_json("/admin/actions", &page, &body)
    };
    let reader = enter("admin-readonly@example.org");
    // The index follows the accounts at its own pace.
    crate::server::wait_for("the list", || {
        let page = reader.get("/admin/user");
        let all = ["one@example.org", "two@example.org", USER];
        all.iter().all(|user| page.contains(user)).then_some(())
    });
    for op in ["accept", "contact", "deactivate"] {
        assert_eq!(act(&reader, op, &["one@example.org"]).0, 403, "{op}");
    }
    let helper = enter("helpdesk@example.org");
    assert_eq!(act(&helper, "accept", &["one@example.org"]).0, 403);
    let answer = act(&helper, "contact", &["one@example.org"]);
    assert_eq!(answer.0, 200, "{}", answer.2);
    assert_eq!(status(&server, "one@example.org"), "Pending moderation");

    let admin = enter("admin@example.org");
    let list = admin.get("/admin/user?q=status%3Apending+moderation");
    for (user, there) in [
        ("one@example.org", true),
        ("two@example.org", true),
        (USER, false),
    ] {
        assert_eq!(list.contains(user), there, "{user}: {list}");
    }
    let answer = act(&admin, "accept", &["one@example.org", USER]);
    assert_eq!(answer.0, 400, "{}", answer.2);
    let told: serde_json::Value = serde_json::from_str(&answer.2).unwrap();
    assert_eq!(told["error_ids"], serde_json::json!([uuid(USER)]), "{told}");
    assert!(status(&server, "one@example.org").starts_with("Accepted/Active"));
    let greeted = all_letters(&server);
    let welcome = greeted
        .iter()
        .filter(|one| one.to == "one@example.org")
        .count();
    assert!(welcome >= 2, "contact and greeting");

    let path = format!("/admin/user/{}", uuid("two@example.org"));
    let page = admin.get(&path);
    assert!(page.contains("accept"), "{page}");
    let act = format!("{path}/accept");
    let answer = send(&admin, &admin.get(&act), &act, "admin-act-form", &[]);
    follow(&admin, &answer);
    assert!(status(&server, "two@example.org").starts_with("Accepted/Active"));
    std::fs::write(server.config().join("60.conf"), "ADMIN_ENABLED = False\n").unwrap();
    server.manage_ok(&["settings-reload"]);
    for path in ["/admin", "/admin/user", path.as_str()] {
        assert_eq!(admin.ask(path).0, 404, "{path}");
    }
    assert_eq!(admin.ask("/admin/stats").0, 200);
}
