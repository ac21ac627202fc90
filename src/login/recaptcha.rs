//! The outside service that checks captchas: reCAPTCHA or one that speaks like it
//! (ID-CAP-02, ID-SET-26).

use identity::captcha::{Judge, Verdict};
use kernel::{Error, Result, Settings};
use std::{net::IpAddr, time::Duration};

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest answer of the service that is read.
const LONGEST: usize = 64 << 10;
/// Below this a person is taken for a program, where the service rates (v3).
const LEAST: f64 = 0.5;

/// Asks `ASTAKOS_RECAPTCHA_VERIFY_URL`.
#[derive(Clone, Debug)]
pub struct Recaptcha(reqwest::Client);

impl Recaptcha {
    /// A client that gives up in time and follows no redirect.
    ///
    /// # Errors
    /// Only when the TLS library refuses to work.
    pub fn new() -> Result<Self> {
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(Error::broken)?;
        Ok(Recaptcha(client))
    }

    async fn ask(&self, settings: &Settings, answer: &str, from: IpAddr) -> Result<bool> {
        let from = from.to_string();
        let form = [
            ("secret", settings.str("ASTAKOS_RECAPTCHA_PRIVATE_KEY")),
            ("response", answer),
            ("remoteip", &from),
        ];
        let url = settings.str("ASTAKOS_RECAPTCHA_VERIFY_URL");
        // The address of an error could hold a secret of the settings.
        let plain = |error: reqwest::Error| Error::broken(error.without_url());
        let mut reply = self.0.post(url).form(&form).send().await.map_err(plain)?;
        if !reply.status().is_success() {
            return Err(Error::broken(format!(
                "the captcha service says {}",
                reply.status()
            )));
        }
        let mut body = Vec::new();
        while let Some(chunk) = reply.chunk().await.map_err(plain)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(Error::broken("the captcha service says too much"));
            }
        }
        Ok(right(&body))
    }
}

/// Does the service's answer say yes?
fn right(body: &[u8]) -> bool {
    let Ok(said) = serde_json::from_slice::<serde_json::Value>(body) else {
        // The first version of the protocol: the word alone on its line.
        return body.split(|b| *b == b'\n').next() == Some(b"true");
    };
    let success = said.get("success").and_then(serde_json::Value::as_bool);
    let score = said.get("score").and_then(serde_json::Value::as_f64);
    success.or_else(|| said.as_bool()) == Some(true) && score.is_none_or(|score| score >= LEAST)
}

impl Judge for Recaptcha {
    fn judge<'a>(&'a self, settings: &'a Settings, answer: &'a str, from: IpAddr) -> Verdict<'a> {
        Box::pin(self.ask(settings, answer, from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::settings::Value;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    /// A service that answers one request so, and what it was sent.
    async fn service(reply: &'static str) -> (Settings, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut settings = Settings::default();
        let url = format!("http://{}/verify", listener.local_addr().unwrap());
        settings.set("ASTAKOS_RECAPTCHA_VERIFY_URL", Value::Str(url));
        settings.set("ASTAKOS_RECAPTCHA_PRIVATE_KEY", Value::Str("s3cret".into()));
        let heard = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            let mut piece = [0; 4096];
            while !String::from_utf8_lossy(&heard).contains("remoteip") {
                let n = stream.read(&mut piece).await.unwrap();
                assert!(n > 0, "the request ended early");
                heard.extend_from_slice(&piece[..n]);
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", reply.len());
            stream.write_all(head.as_bytes()).await.unwrap();
            stream.write_all(reply.as_bytes()).await.unwrap();
            String::from_utf8_lossy(&heard).into_owned()
        });
        (settings, heard)
    }

    fn judge() -> Recaptcha {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        Recaptcha::new().unwrap()
    }

    // ID-CAP-02 ID-SET-26
    #[tokio::test]
    async fn the_service_is_asked_with_key_answer_and_address() {
        let from: IpAddr = "192.0.2.7".parse().unwrap();
        let (settings, heard) = service(r#"{"success": true}"#).await;
        assert!(judge().judge(&settings, "a b&c", from).await.unwrap());
        let heard = heard.await.unwrap();
        assert!(heard.starts_with("POST /verify "), "{heard}");
        assert!(
            heard.contains("secret=s3cret&response=a+b%26c&remoteip=192.0.2.7"),
            "{heard}"
        );
        let (settings, _heard) = service(r#"{"success": false, "error-codes": []}"#).await;
        assert!(!judge().judge(&settings, "x", from).await.unwrap());
    }

    // ID-CAP-02: nobody there is no yes
    #[tokio::test]
    async fn a_service_out_of_reach_is_an_error_without_its_secrets() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut settings = Settings::default();
        let url = format!("http://{address}/verify?key=hidden");
        settings.set("ASTAKOS_RECAPTCHA_VERIFY_URL", Value::Str(url));
        let from: IpAddr = "192.0.2.7".parse().unwrap();
        let error = judge().judge(&settings, "x", from).await.unwrap_err();
        assert!(
            !error.chain().to_string().contains("hidden"),
            "{}",
            error.chain()
        );
    }

    // ID-SET-26
    #[test]
    fn answers_of_all_versions_are_read() {
        for yes in [
            r#"{"success":true}"#,
            r#"{"success":true,"score":0.9}"#,
            "true\nsuccess",
        ] {
            assert!(right(yes.as_bytes()), "{yes}");
        }
        for no in [
            "",
            "{}",
            "null",
            "false\nincorrect-captcha-sol",
            r#"{"success":"true"}"#,
            r#"{"success":true,"score":0.1}"#,
            r#"{"success":false}"#,
            "truethy",
        ] {
            assert!(!right(no.as_bytes()), "{no}");
        }
    }
}
