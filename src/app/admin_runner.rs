//! Connects the command line's parser and printer with the commands themselves.

use crate::{reload::Reload, stack::Stack, upkeep::DirectoryUpkeep};
use std::sync::Arc;
use wire::admin::{Command, Io, IoFuture, Report};

/// Carries out administration commands over the services of a [`Stack`].
pub struct AdminRunner {
    admin: admin::Admin,
    services: Vec<String>,
}

impl AdminRunner {
    /// A runner over the open services.
    pub fn new(stack: &Stack) -> Self {
        Self::with(stack, DirectoryUpkeep::new(stack))
    }

    /// The same for a running service.
    pub fn serving(stack: &Stack, reload: Reload) -> Self {
        Self::with(stack, DirectoryUpkeep::serving(stack, reload))
    }

    fn with(stack: &Stack, upkeep: DirectoryUpkeep) -> Self {
        AdminRunner {
            services: stack.settings.now().strings("ENABLED_SERVICES"),
            admin: admin::Admin {
                identity: stack.identity.clone(),
                compute: stack.compute.clone(),
                images: stack.images.clone(),
                quota: stack.quota.clone(),
                settings: stack.settings.clone(),
                cx: stack.cx.clone(),
                mail: notify::Service::new(
                    stack.store.clone(),
                    stack.settings.clone(),
                    stack.cx.clone(),
                )
                .sealed(stack.mail_sealer.clone()),
                upkeep: Arc::new(upkeep),
                user: String::new(),
            },
        }
    }
}

impl cli::Runner for AdminRunner {
    fn run<'a>(&'a self, command: Command, io: &'a mut dyn Io) -> IoFuture<'a, Report> {
        Box::pin(async move {
            let done = self.admin.run(command, io).await;
            if let Err(error @ kernel::Error::Broken(_)) = &done {
                tracing::error!(cause = error.chain(), "administration command failed");
            }
            done
        })
    }

    fn services(&self) -> Vec<String> {
        self.services.clone()
    }

    fn keep(&self, log: &cli::CommandLog) -> kernel::Result<()> {
        let settings = self.admin.settings.now();
        crate::command_log::write(&settings, self.admin.cx.cx().now, log)
    }
}
