//! First light: a person signs up in the browser, confirms the address, is let in,
//! uploads a disk, makes an image of it and a machine of the image on real Ganeti;
//! the machine boots from its own disk; then it goes. With and without script.

use crate::{
    browser::Driver,
    client::PASSWORD,
    lab::{self, Cloud, Cluster, Plan},
    server::{BINARY, wait_for},
};
use std::{
    fs,
    io::{Read, Seek, SeekFrom},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};
use thirtyfour::{By, WebDriver, WebElement, error::WebDriverResult};

/// A browser window, used step by step.
pub struct Window<'a> {
    /// Where the driver's requests run.
    pub runtime: &'a tokio::runtime::Runtime,
    /// The window.
    pub driver: WebDriver,
    /// Address of the service.
    pub base: String,
}

impl Window<'_> {
    /// Goes to a page of the service, or a whole address.
    pub fn open(&self, path: &str) {
        let url = match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("{}{path}", self.base),
        };
        self.runtime.block_on(self.driver.goto(url)).unwrap();
    }

    /// The first element of a selector; waits for it.
    pub fn find(&self, css: &str) -> WebElement {
        let found: WebDriverResult<_> = self.runtime.block_on(self.driver.find(By::Css(css)));
        found.unwrap_or_else(|error| panic!("no {css}: {error}\n{}", self.source()))
    }

    /// The page as it is now.
    pub fn source(&self) -> String {
        self.runtime
            .block_on(self.driver.source())
            .unwrap_or_default()
    }

    /// What an element says.
    pub fn text(&self, css: &str) -> String {
        let element = self.find(css);
        self.runtime.block_on(element.text()).unwrap()
    }

    /// Types into a field.
    pub fn fill(&self, name: &str, text: &str) {
        let field = self.find(&format!("[name='{name}']"));
        if name != "file" {
            self.runtime.block_on(field.clear()).unwrap();
        }
        self.runtime.block_on(field.send_keys(text)).unwrap();
    }

    /// Clicks.
    pub fn press(&self, css: &str) {
        let element = self.find(css);
        // What lies below the fold is brought into view first.
        self.runtime.block_on(element.scroll_into_view()).ok();
        self.runtime
            .block_on(element.click())
            .unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Clicks on what leads to another page, and waits until this one is gone: whoever
    /// goes on earlier breaks the request off.
    pub fn send(&self, css: &str) {
        let element = self.find(css);
        self.press(css);
        wait_for(&format!("the page after {css}"), || {
            let here = self.runtime.block_on(element.tag_name());
            here.is_err().then_some(())
        });
    }

    /// Where the window is.
    pub fn address(&self) -> String {
        self.runtime
            .block_on(self.driver.current_url())
            .unwrap()
            .to_string()
    }

    /// Waits until the page says something; without script it has to be loaded again.
    pub fn wait_for(&self, text: &str, reload: bool) {
        wait_for(text, || {
            if reload {
                self.runtime.block_on(self.driver.refresh()).unwrap();
            }
            self.source().contains(text).then_some(())
        });
    }

    /// Closes the window.
    pub fn close(self) {
        self.runtime.block_on(self.driver.quit()).unwrap();
    }
}

/// The product's own OS definition in the lab, removed when dropped.
struct Os {
    name: String,
    dir: PathBuf,
}

impl Os {
    /// Scripts that call the program under test, trusting the service's certificate.
    fn install(name: String) -> Self {
        let share = Path::new("/var/lib/gntlab/share");
        let dir = share.join("os").join(&name);
        fs::create_dir_all(&dir).unwrap();
        let settings = dir.join("node.conf");
        fs::write(
            &settings,
            format!("CA_FILE = '/srv/ganeti/lab/os/{name}/ca.pem'\n"),
        )
        .unwrap();
        for script in ["create", "import", "export", "rename", "verify"] {
            let text = format!(
                "#!/bin/sh\nexport SYNNEFO_NODE_CONFIG=/srv/ganeti/lab/os/{name}/node.conf\nexec {BINARY} node os {script} \"$@\"\n"
            );
            let path = dir.join(script);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(dir.join("ganeti_api_version"), "20\n").unwrap();
        fs::write(dir.join("variants.list"), "default\n").unwrap();
        let parameters = [
            "config_url",
            "img_id",
            "img_format",
            "img_passwd",
            "img_properties",
            "img_personality",
            "auth_keys",
            "cloud_userdata",
        ];
        let lines: String = parameters
            .iter()
            .map(|p| format!("{p} of the build\n"))
            .collect();
        fs::write(dir.join("parameters.list"), lines).unwrap();
        Os { name, dir }
    }

    fn trust(&self, certificate: &Path) {
        fs::copy(certificate, self.dir.join("ca.pem")).unwrap();
    }
}

impl Drop for Os {
    fn drop(&mut self) {
        // Left behind it would only be litter.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Directory of the cluster's node on this machine.
fn cell(cluster: &Cluster) -> PathBuf {
    Path::new(&cluster.luxi)
        .ancestors()
        .nth(4)
        .unwrap()
        .to_owned()
}

/// Reads the serial console of an instance until it says `wanted`.
fn console_says(cluster: &Cluster, instance: &str, wanted: &str) {
    let socket = cell(cluster).join(format!("run/ganeti/kvm-hypervisor/ctrl/{instance}.serial"));
    let mut heard = Vec::new();
    let mut stream: Option<UnixStream> = None;
    wait_for(wanted, || {
        if stream.is_none() {
            stream = UnixStream::connect(&socket).ok();
            let patience = Some(Duration::from_millis(200));
            stream
                .as_ref()
                .inspect(|s| s.set_read_timeout(patience).unwrap());
        }
        let mut buffer = [0; 4096];
        match stream.as_mut()?.read(&mut buffer) {
            Ok(0) => stream = None,
            Ok(n) => heard.extend_from_slice(&buffer[..n]),
            // Nothing said within the patience.
            Err(_) => {}
        }
        String::from_utf8_lossy(&heard)
            .contains(wanted)
            .then_some(())
    });
}

/// The disk begins with the image and has only zeros behind it.
fn disk_equals(cluster: &Cluster, instance: &str, image: &Path) {
    let dir = cell(cluster).join("srv/ganeti/file-storage").join(instance);
    let disk = fs::read_dir(&dir)
        .unwrap_or_else(|error| panic!("{}: {error}", dir.display()))
        .map(|entry| entry.unwrap().path())
        .next()
        .expect("a disk");
    let image = fs::read(image).unwrap();
    let mut file = fs::File::open(&disk).unwrap();
    let mut start = vec![0; image.len()];
    file.read_exact(&mut start).unwrap();
    assert!(start == image, "the disk is not the image");
    file.seek(SeekFrom::Start(image.len() as u64)).unwrap();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).unwrap() {
            0 => break,
            n => assert!(
                buffer[..n].iter().all(|b| *b == 0),
                "something lies behind the image"
            ),
        }
    }
}

fn build_image(dir: &Path, marker: &str) -> PathBuf {
    let image = dir.join("guest.img");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guest/build");
    let done = Command::new(script)
        .arg(&image)
        .arg(marker)
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    image
}

/// Signs up, follows the mail's link, is accepted, logs in.
fn become_somebody(window: &Window<'_>, cloud: &Cloud, email: &str) {
    window.open("/ui/signup");
    for (name, text) in [
        ("email", email),
        ("first_name", "Ada"),
        ("last_name", "Lovelace"),
        ("password1", PASSWORD),
        ("password2", PASSWORD),
    ] {
        window.fill(name, text);
    }
    window.send("#signup-form button[type=submit]");
    let mail = wait_for("the verification mail", || {
        cloud
            .server
            .mails()
            .into_iter()
            .find(|m| m.contains(email) && m.contains("/activate?"))
    });
    let mail = mail.replace("=\r\n", "").replace("=3D", "=");
    let link = mail
        .split_whitespace()
        .find(|word| word.contains("/activate?"))
        .expect("a link of its own line");
    window.open(link);
    window.open("/ui/login");
    window.fill("username", email);
    window.fill("password", PASSWORD);
    window.send("#login-form button[type=submit]");
    assert!(
        !window.address().contains("/landing"),
        "let in before anybody decided"
    );
    cloud.server.manage_ok(&["user-modify", email, "--accept"]);
    window.open("/ui/login");
    window.fill("username", email);
    window.fill("password", PASSWORD);
    window.send("#login-form button[type=submit]");
    window.open("/ui/landing");
    assert!(window.source().contains("Ada"), "{}", window.source());
}

fn first_light(window: &Window<'_>, cloud: &Cloud, email: &str, script: bool) {
    let dir = tempfile::tempdir().unwrap();
    let marker = format!("m{}", uuid_like(email));
    let image = build_image(dir.path(), &marker);
    become_somebody(window, cloud, email);

    window.open("/pithos/ui/containers");
    window.fill("name", "images");
    window.send("form[action='/pithos/ui/containers'] button[type=submit]");
    window.open("/pithos/ui/containers/images");
    window.fill("file", image.to_str().unwrap());
    window.press("form[enctype] button[type=submit]");
    window.wait_for("guest.img", false);
    window.press("a[href*='images/register?']");
    window.fill("name", "guest");
    window.send("#image-form button[type=submit]");
    window.open("/cyclades/ui/images");
    assert!(window.source().contains("guest"));

    window.open("/cyclades/ui/machines/create");
    window.press("label.radio:has(input[name=image])");
    window.press("label.radio:has(input[name=flavor])");
    window.fill("name", "first");
    window.press("#machine-form button[type=submit]");
    wait_for("the machine's page", || {
        let address = window.address();
        address
            .trim_end_matches(|c: char| c.is_ascii_digit())
            .ends_with("/machines/")
            .then_some(())
    });
    window.wait_for("badge--success", !script);
    let id = window.address().rsplit('/').next().unwrap().to_owned();
    let instance = format!("{}{id}", cloud.prefix);
    console_says(
        &cloud.cluster,
        &instance,
        &format!("SYNNEFO-MARKER {marker}"),
    );
    disk_equals(&cloud.cluster, &instance, &image);

    window.open(&format!("/cyclades/ui/machines/{id}/destroy"));
    window.fill("name", "first");
    window.send("form button.button--danger");
    assert!(
        !window.address().ends_with("/destroy"),
        "{}",
        window.source()
    );
    cloud.wait_empty();
}

fn uuid_like(text: &str) -> String {
    let sum = text
        .bytes()
        .fold(u64::from(std::process::id()), |sum, byte| {
            sum.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
        });
    format!("{sum:016x}")
}

// ID-REG-03 ID-VER-02 ID-ACT-06 ID-LOG-01 CY-IMG-33 CY-SRV-11 CY-VMA-02
#[test]
fn from_sign_up_to_a_running_machine() {
    let (Some(clusters), Some(driver)) = (lab::clusters(), Driver::start()) else {
        return;
    };
    let os = Os::install(format!("synnefo-{}", std::process::id()));
    let mut plan = Plan {
        hypervisor: "kvm",
        hvparams: "{'kernel_path': '', 'initrd_path': '', 'serial_console': True, 'boot_order': 'disk'}",
        settings: "ASTAKOS_MODERATION_ENABLED = True\n",
        ..Plan::default()
    };
    let variant = format!("{}+default", os.name);
    plan.os = &variant;
    let cloud = Cloud::start_tls(&clusters[0], &plan);
    os.trust(&cloud.server.data().join("tls/cert.pem"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (script, email) in [(true, "ada@example.org"), (false, "countess@example.org")] {
        let window = Window {
            runtime: &runtime,
            driver: runtime.block_on(driver.window(script, 1280)),
            base: cloud.server.url.clone(),
        };
        first_light(&window, &cloud, email, script);
        window.close();
    }
}
