//! The body of a request as it arrives.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header, request::Parts};
use http_body_util::BodyExt;
use kernel::{Error, Result};
use std::time::Duration;

/// A sender that is silent for so long is given up.
const SILENCE: Duration = Duration::from_secs(120);

/// So much of a refused body is read away, so that the client sees the answer.
const DRAIN: u64 = 8 << 20;

/// A request body, its stated length, and whether it was touched.
pub(super) struct Incoming {
    body: Body,
    length: Option<u64>,
    chunked: bool,
    waits: bool,
    touched: bool,
}

impl Incoming {
    pub(super) fn new(parts: &Parts, body: Body) -> Self {
        let text = |headers: &HeaderMap, name| {
            let value = headers.get(name)?.to_str().ok()?;
            Some(value.trim().to_ascii_lowercase())
        };
        let headers = &parts.headers;
        Incoming {
            body,
            length: text(headers, header::CONTENT_LENGTH)
                .as_deref()
                .and_then(super::query::digits),
            chunked: text(headers, header::TRANSFER_ENCODING).is_some(),
            waits: headers.contains_key(header::EXPECT),
            touched: false,
        }
    }

    /// The stated length; none when it is sent in chunks.
    pub(super) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Does the request say how long its body is, or that it comes in chunks?
    pub(super) fn has_length(&self) -> bool {
        self.length.is_some() || self.chunked
    }

    /// Can there be anything in it?
    pub(super) fn may_have_content(&self) -> bool {
        self.chunked || self.length.is_some_and(|n| n > 0)
    }

    /// The next bytes; none at the end. A body that ends early is an error.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        self.touched = true;
        loop {
            let frame = tokio::time::timeout(SILENCE, self.body.frame())
                .await
                .map_err(|_| Error::invalid("The request body did not arrive in time."))?;
            match frame.transpose() {
                Ok(None) => return Ok(None),
                Ok(Some(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
                Err(_) => return Err(Error::invalid("The request body was cut off.")),
            }
        }
    }

    /// The whole body, at most `max` bytes.
    pub(super) async fn whole(&mut self, max: usize) -> Result<BytesMut> {
        let mut all = BytesMut::new();
        while let Some(data) = self.next().await? {
            if all.len() + data.len() > max {
                return Err(Error::invalid("The request body is too large."));
            }
            all.extend_from_slice(&data);
        }
        Ok(all)
    }

    /// Reads away the rest of a refused body when that is little, unless the client
    /// waits to be asked for it.
    pub(super) async fn drain(&mut self) {
        if (self.waits && !self.touched) || self.length.is_some_and(|n| n > DRAIN) {
            return;
        }
        let mut left = DRAIN;
        while let Ok(Some(data)) = self.next().await {
            match left.checked_sub(data.len() as u64) {
                Some(less) => left = less,
                None => return,
            }
        }
    }
}
