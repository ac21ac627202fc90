//! Passkeys in headless Chromium with an authenticator of its own (CDP `WebAuthn`):
//! set up, asked for at login, refused where the key is another device's, removed.

use crate::{
    browser::Driver,
    client::PASSWORD,
    path::Window,
    server::{Server, wait_for},
};
use serde_json::{Value, json};
use std::net::TcpListener;

/// A device for passkeys in a window.
struct Device(String);

impl Window<'_> {
    fn tools(&self, command: &str, parameters: Value) -> Value {
        let tools = self.driver.cdp();
        let sent = tools.send_raw(command, parameters);
        let answer = self.runtime.block_on(sent);
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// A device that says yes whenever it is asked.
    fn device(&self) -> Device {
        self.tools("WebAuthn.enable", json!({}));
        let options = json!({"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true,
            "automaticPresenceSimulation": true,
        }});
        let made = self.tools("WebAuthn.addVirtualAuthenticator", options);
        Device(made["authenticatorId"].as_str().unwrap().to_owned())
    }

    fn without(&self, device: &Device) {
        let id = json!({"authenticatorId": device.0});
        self.tools("WebAuthn.removeVirtualAuthenticator", id);
    }

    /// Keys the device holds.
    fn keys(&self, device: &Device) -> usize {
        let id = json!({"authenticatorId": device.0});
        let held = self.tools("WebAuthn.getCredentials", id);
        held["credentials"].as_array().unwrap().len()
    }

    /// Types into the field of a selector.
    fn write(&self, css: &str, text: &str) {
        let field = self.find(css);
        self.runtime.block_on(field.send_keys(text)).unwrap();
    }

    fn log_in(&self, email: &str) {
        self.open("/ui/login");
        self.fill("username", email);
        self.fill("password", PASSWORD);
        self.send("#login-form button[type=submit]");
    }

    fn log_out(&self) {
        self.open("/ui/logout");
        self.find("body[data-page=login]");
    }

    /// Is an element shown?
    fn shows(&self, css: &str) -> bool {
        let script = format!("return document.querySelector('{css}')?.checkVisibility() ?? false");
        let seen = self.runtime.block_on(self.driver.execute(script, vec![]));
        seen.unwrap().convert().unwrap()
    }
}

/// Sets a passkey up, which the device holds then; the recovery codes.
fn set_up(window: &Window<'_>, device: &Device, name: &str) -> Vec<String> {
    window.open("/ui/second_factor");
    window.write("#passkey-begin-form [name=password]", PASSWORD);
    window.send("#passkey-begin-form button[type=submit]");
    window.write("#passkey-confirm-form [name=name]", name);
    window.send("#passkey-confirm-form button[type=submit]");
    let codes = window.text("#recovery-codes");
    assert_eq!(window.keys(device), 1);
    codes.split_whitespace().map(str::to_owned).collect()
}

// ID-SEC-29
#[test]
fn a_passkey_is_added_used_and_removed_in_a_browser() {
    let Some(driver) = Driver::start() else {
        return;
    };
    // Devices know sites by name, so the name and the port are known before.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let base = format!("http://localhost:{port}");
    let settings = format!("ASTAKOS_BASE_URL = '{base}'\n");
    let server = Server::start_on(&format!("127.0.0.1:{port}"), &settings);
    let email = "ada@example.org";
    server.manage_ok(&["user-add", email, "Ada", "Lovelace", "--password", PASSWORD]);
    server.manage_ok(&["user-modify", email, "--verify"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let window = Window {
        runtime: &runtime,
        driver: runtime.block_on(driver.window(true, 1280)),
        base,
    };
    let device = window.device();
    window.log_in(email);
    let codes = set_up(&window, &device, "Telephone");
    window.open("/ui/second_factor");
    assert!(window.text("#factors").contains("Telephone"));

    // The password alone opens nothing; the device does.
    window.log_out();
    window.log_in(email);
    window.find("body[data-page=login-second] #passkey-form");
    window.open("/ui/profile");
    window.find("body[data-page=login]");
    window.open("/ui/login/second");
    window.send("#passkey-form button[type=submit]");
    window.find("body[data-page=landing]");

    // Another device knows nothing of this account, and the page says so.
    window.log_out();
    window.without(&device);
    let other = window.device();
    window.log_in(email);
    window.press("#passkey-form button[type=submit]");
    wait_for("the page says that it did not work", || {
        window
            .shows("#passkey-form [data-passkey-error]")
            .then_some(())
    });
    window.open("/ui/landing");
    window.find("body[data-page=login]");
    window.without(&other);

    // A recovery code does what the lost device cannot; then the key comes off the list.
    window.log_in(email);
    window.write("#second-form [name=code]", &codes[0]);
    window.send("#second-form button[type=submit]");
    window.find("body[data-page=landing]");
    window.open("/ui/second_factor");
    window.press("#factors details summary");
    window.write("#factors details [name=password]", PASSWORD);
    window.send("#factors details button[type=submit]");
    window.find("#passkey-begin-form");
    assert!(!window.shows("#factors"), "{}", window.source());
    window.log_out();
    window.log_in(email);
    window.find("body[data-page=landing]");
    window.close();

    let mails = server.mails().join("\n");
    for told in ["Telephone", "recovery code was used", "factor was removed"] {
        assert!(mails.contains(told), "no mail says {told}: {mails}");
    }
}
