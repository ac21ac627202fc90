//! Captchas for forms.

use super::Service;
use crate::{
    captcha::{self, Answer, Guarded, Judge, Shown},
    email, throttle,
    view::ClientInfo,
};
use kernel::{Error, Result};
use std::sync::Arc;

impl Service {
    /// The same with an outside service that checks answers.
    #[must_use]
    pub fn with_judge(mut self, judge: Arc<dyn Judge>) -> Self {
        let settings = self.settings.now();
        if captcha::enabled(&settings) && !captcha::works(&settings) {
            tracing::warn!(target: "astakos.im",
                "ASTAKOS_RECAPTCHA_ENABLED is on, but there are no keys: forms with a captcha refuse");
        }
        self.judge = Some(judge);
        self
    }

    /// What a form with a captcha shows now (ID-CAP-01).
    pub fn captcha(&self) -> Shown {
        captcha::show(&self.cx.cx(), &self.rules())
    }

    /// Checks the answer of a form that may still be sent, when captchas are on.
    ///
    /// # Errors
    /// `Busy` past the limits of the form, and then nobody is asked; else as
    /// [`Service::solve_captcha`].
    pub async fn solve_captcha_for(
        &self,
        form: Guarded<'_>,
        answer: &Answer,
        client: &ClientInfo,
    ) -> Result<()> {
        if !captcha::enabled(&self.settings.now()) {
            return Ok(());
        }
        let (now, subject) = (self.now(), throttle::network(client.address));
        match form {
            Guarded::SignUp => self.recent.room(throttle::SIGN_UP, &subject, now)?,
            Guarded::Reset(address) => {
                self.recent.room(throttle::RESET, &subject, now)?;
                let name = email::key(address.trim());
                self.recent.room(throttle::RESET, &name, now)?;
            }
        }
        self.solve_captcha(answer, client).await
    }

    /// Checks an answer, when captchas are on; it counts once (ID-CAP-02).
    ///
    /// # Errors
    /// `Invalid` at `captcha` with CAPTCHA_VALIDATION_ERR; `Conflict` with GENERIC_ERROR
    /// when captchas are on and cannot work (ID-CAP-03); `Busy` past 60 answers in a minute.
    pub async fn solve_captcha(&self, answer: &Answer, client: &ClientInfo) -> Result<()> {
        let rules = self.rules();
        let settings = rules.settings.clone();
        if !captcha::enabled(&settings) {
            return Ok(());
        }
        if !captcha::works(&settings) {
            return Err(Error::conflict("GENERIC_ERROR"));
        }
        let own = captcha::builtin(&settings);
        if !captcha::readable(answer) || own == answer.token.is_empty() {
            return Err(captcha::wrong());
        }
        let subject = throttle::network(client.address);
        self.recent
            .note(throttle::CAPTCHA, &subject, 1, self.now())?;
        let given = answer.clone();
        self.write_anyway(move |tx, cx, r| captcha::spend(tx, cx, r, &given))
            .await?;
        let right = match (own, &self.judge) {
            (true, _) => captcha::sum_is_right(self.now(), &rules, answer),
            (false, Some(judge)) => {
                let verdict = judge.judge(&settings, &answer.answer, client.address);
                verdict.await.unwrap_or_else(|error| {
                    tracing::warn!(target: "astakos.im", "a captcha could not be checked: {}", error.chain());
                    false
                })
            }
            (false, None) => return Err(Error::conflict("GENERIC_ERROR")),
        };
        match right {
            true => Ok(()),
            false => Err(captcha::wrong()),
        }
    }
}
