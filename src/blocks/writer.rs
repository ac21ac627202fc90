//! Cutting a stream of bytes into blocks while it arrives.
//!
//! Holds at most two blocks: one being filled, one being hashed and written. The
//! sender waits while both are busy.

use crate::{BlockList, Blocks, Buf, Lease};
use kernel::{BlockHash, Error, Result};
use md5::{Digest as _, Md5};
use tokio::task::JoinHandle;

/// Takes the bytes of one upload.
pub struct Writer {
    blocks: Blocks,
    lease: Lease,
    filling: Option<Buf>,
    storing: Option<JoinHandle<Result<(BlockHash, Md5)>>>,
    md5: Option<Md5>,
    hashes: Vec<BlockHash>,
    size: u64,
    max: u64,
}

/// A finished upload: all its blocks are durable.
pub struct Written {
    /// The content.
    pub list: BlockList,
    /// MD5 of the whole content.
    pub md5: [u8; 16],
    /// Hold it until the reference is committed.
    pub lease: Lease,
}

impl Writer {
    /// A writer that refuses more than `max` bytes.
    pub fn new(blocks: &Blocks, max: u64) -> Self {
        Writer {
            blocks: blocks.clone(),
            lease: blocks.lease(),
            filling: None,
            storing: None,
            md5: Some(Md5::new()),
            hashes: Vec::new(),
            size: 0,
            max,
        }
    }

    /// Bytes taken so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes.
    pub async fn push(&mut self, mut data: &[u8]) -> Result<()> {
        self.size = self.size.saturating_add(data.len() as u64);
        if self.size > self.max {
            return Err(Error::invalid("Maximum size is reached"));
        }
        while !data.is_empty() {
            let buf = match &mut self.filling {
                Some(buf) => buf,
                none => none.insert(Buf::new()?),
            };
            let taken = buf.fill(data);
            data = data.get(taken..).unwrap_or_default();
            if buf.is_full() {
                self.store().await?;
            }
        }
        Ok(())
    }

    /// Waits until everything is durable.
    pub async fn finish(mut self) -> Result<Written> {
        self.store().await?;
        self.settle().await?;
        let hashes = std::mem::take(&mut self.hashes);
        let md5 = self.md5.take().ok_or_else(lost)?;
        Ok(Written {
            list: BlockList::new(self.size, hashes)?,
            md5: md5.finalize().into(),
            lease: self.lease.clone(),
        })
    }

    /// Sends the block being filled to the disk, after the one before it.
    async fn store(&mut self) -> Result<()> {
        self.settle().await?;
        let Some(mut block) = self.filling.take() else {
            return Ok(());
        };
        let mut md5 = self.md5.take().ok_or_else(lost)?;
        let (blocks, lease) = (self.blocks.clone(), self.lease.clone());
        self.storing = Some(tokio::spawn(async move {
            blocks
                .run(move |blocks| {
                    md5.update(&*block);
                    Ok((blocks.put_now(&lease, &mut block)?, md5))
                })
                .await
        }));
        Ok(())
    }

    async fn settle(&mut self) -> Result<()> {
        if let Some(task) = &mut self.storing {
            let done = task.await;
            self.storing = None;
            let (hash, md5) = done.map_err(Error::broken)??;
            self.hashes.push(hash);
            self.md5 = Some(md5);
        }
        Ok(())
    }
}

fn lost() -> Error {
    Error::broken("a block of this upload failed before")
}

/// MD5 of content that is read block by block.
#[derive(Default)]
pub struct Md5Sum(Md5);

impl Md5Sum {
    /// Adds the next bytes.
    #[must_use]
    pub fn with(mut self, data: &[u8]) -> Self {
        self.0.update(data);
        self
    }

    /// The sum.
    pub fn finish(self) -> [u8; 16] {
        self.0.finalize().into()
    }
}
