//! The index itself: its fields, its folder, how documents become terms.

use crate::{Document, LABELS, words};
use kernel::{Error, Result};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, path::Path};
use tantivy::{
    IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    directory::MmapDirectory,
    schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
};

/// Name of the folder; another shape of the index gets another name.
const FOLDER: &str = "users-2";
/// Those of earlier shapes, which are of no use any more.
const EARLIER: [&str; 1] = ["users-1"];
/// Memory of the writer before it makes a segment.
const MEMORY: usize = 32 << 20;

/// What a commit says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Applied {
    /// The last message that was applied.
    pub(crate) seq: u64,
}

/// An open index.
pub(crate) struct Index {
    index: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
}

#[derive(Clone, Copy)]
pub(crate) struct Fields {
    pub(crate) key: Field,
    pub(crate) labels: [Field; LABELS],
    pub(crate) term: Field,
    pub(crate) facet: Field,
}

/// Names of the fields.
pub(crate) const KEY: &str = "key";

/// Name of the field of a label.
pub(crate) fn label(n: usize) -> String {
    format!("label{n}")
}

/// A label as documents are sorted by it: alike however it is written, and one of its
/// own for each document, so that a place between two of them can be named.
fn sorted_by(label: &str, key: u64) -> String {
    format!("{}{}{key:020}", words::fold(label), words::END)
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let bare = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let bare = TextOptions::default().set_indexing_options(bare);
    let fields = Fields {
        key: schema.add_u64_field(KEY, FAST | INDEXED),
        labels: std::array::from_fn(|n| {
            schema.add_text_field(&label(n), TextOptions::default().set_fast("raw"))
        }),
        term: schema.add_text_field("term", bare.clone()),
        facet: schema.add_text_field("facet", bare),
    };
    (schema.build(), fields)
}

impl Index {
    /// Opens the index below `dir`; one that cannot be read is thrown away.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        let folder = dir.join(FOLDER);
        for earlier in EARLIER.map(|name| dir.join(name)) {
            if earlier.exists() {
                std::fs::remove_dir_all(&earlier).map_err(Error::broken)?;
            }
        }
        let open = || -> tantivy::Result<Self> {
            std::fs::create_dir_all(&folder)?;
            let (schema, fields) = schema();
            let place = MmapDirectory::open(&folder)?;
            Self::over(tantivy::Index::open_or_create(place, schema)?, fields)
        };
        match open() {
            Ok(index) => Ok(index),
            Err(error) => {
                tracing::warn!(target: "synnefo::search", "the index is made anew: {error}");
                std::fs::remove_dir_all(&folder).map_err(Error::broken)?;
                open().map_err(Error::broken)
            }
        }
    }

    pub(crate) fn in_memory() -> Result<Self> {
        let (schema, fields) = schema();
        Self::over(tantivy::Index::create_in_ram(schema), fields).map_err(Error::broken)
    }

    fn over(index: tantivy::Index, fields: Fields) -> tantivy::Result<Self> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Index {
            index,
            reader,
            fields,
        })
    }

    /// The only writer there can be.
    pub(crate) fn writer(&self) -> Result<IndexWriter> {
        self.index
            .writer_with_num_threads(1, MEMORY)
            .map_err(Error::broken)
    }

    /// How far the last commit had gone; None when there was none.
    pub(crate) fn applied(&self) -> Result<Option<Applied>> {
        let metas = self.index.load_metas().map_err(Error::broken)?;
        let text = metas.payload.unwrap_or_default();
        Ok(serde_json::from_str(&text).ok())
    }

    /// Commits, and lets searches see it.
    pub(crate) fn commit(&self, writer: &mut IndexWriter, applied: Applied) -> Result<()> {
        let text = serde_json::to_string(&applied).map_err(Error::broken)?;
        let mut prepared = writer.prepare_commit().map_err(Error::broken)?;
        prepared.set_payload(&text);
        prepared.commit().map_err(Error::broken)?;
        self.reader.reload().map_err(Error::broken)
    }

    /// Replaces the document of a key; None removes it.
    pub(crate) fn replace(
        &self,
        writer: &IndexWriter,
        key: u64,
        document: Option<&Document>,
    ) -> Result<()> {
        writer.delete_term(Term::from_field_u64(self.fields.key, key));
        match document {
            Some(document) => self.add(writer, document),
            None => Ok(()),
        }
    }

    /// Adds a document whose key is not in the index.
    pub(crate) fn add(&self, writer: &IndexWriter, document: &Document) -> Result<()> {
        let mut row = TantivyDocument::default();
        row.add_u64(self.fields.key, document.key);
        // A document without a label is before those that have one.
        for (n, field) in self.fields.labels.iter().enumerate() {
            let label = document.labels.get(n).map_or("", String::as_str);
            row.add_text(*field, sorted_by(label, document.key));
        }
        let mut terms = BTreeSet::new();
        for token in tokens(document) {
            words::terms(&token, &mut terms);
        }
        for term in &terms {
            row.add_text(self.fields.term, term);
        }
        for facet in &document.facets {
            row.add_text(self.fields.facet, facet);
        }
        writer.add_document(row).map(drop).map_err(Error::broken)
    }
}

/// All tokens of a document.
pub(crate) fn tokens(document: &Document) -> BTreeSet<String> {
    let mut tokens = BTreeSet::new();
    for text in &document.texts {
        words::tokens(text, &mut tokens);
    }
    tokens.extend(document.ids.iter().map(|id| words::fold(id)));
    tokens.remove("");
    tokens
}
