//! What is attacked: a log of more than 1,000 events over more than 20 streams, signed twice on its way, and what people
//! outside have kept of it: two checkpoints, the key, receipts.

use std::path::{Path, PathBuf};

use inspector::{Against, Kept, KeptHead, Source};
use platform::feed::Feed;
use platform::key_file;
use proto::note::{Key, NoteSigner};
use proto::policy::Policy;
use proto::receipt::Receipt;
use proto::tree::Levels;
use proto::{Hash, Origin};
use signer::{LogRows, Signer};
use tokio::runtime::Runtime;

use super::verifiers::{Verdict, inspector, python};
use crate::folder::Folder;

/// Self-scores under the first checkpoint, and those that follow under the second.
const SCORES: [usize; 2] = [500, 700];

/// The log and what is kept of it.
pub struct Ground {
    /// Where it is.
    pub folder: Folder,
    /// Its origin.
    pub origin: Origin,
    /// Its events' bodies.
    pub bodies: Vec<Vec<u8>>,
    /// Where the two checkpoints stand.
    pub sizes: [u64; 2],
    /// What runs the verifiers.
    pub runtime: Runtime,
}

/// What a verifier holds beside the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// Nothing.
    Nothing,
    /// Both checkpoints, as they were kept elsewhere.
    Checkpoints,
    /// Those, and the signer's folder.
    Tiles,
}

impl Default for Ground {
    fn default() -> Self {
        Self::new()
    }
}

impl Ground {
    /// Plays it.
    ///
    /// # Panics
    /// When the sample cannot be played.
    #[must_use]
    pub fn new() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let folder = Folder::small_round(SCORES[0]);
        let checkpoint = folder.data().join("signer/checkpoint");
        let keep = |i: usize| std::fs::copy(&checkpoint, folder.beside(&format!("kept.{i}"))).expect("copies");
        keep(0);
        folder.play_scores(SCORES[0], SCORES[1]);
        keep(1);
        let key = std::fs::read_to_string(folder.data().join("signer/key")).expect("a card");
        std::fs::write(folder.beside("policy"), format!("log {}\nquorum none\n", key.trim_end())).expect("writes");
        let origin = Origin::parse("test.example/small").expect("an origin");
        let mut ground = Self { bodies: Vec::new(), folder, origin, sizes: [0; 2], runtime };
        ground.bodies = ground.bodies_in(&ground.folder);
        ground.sizes = [0, 1].map(|i| ground.kept(i).head.size);
        assert!(ground.sizes[0] + 100 < ground.sizes[1] && ground.sizes[1] == ground.last(), "{:?}", ground.sizes);
        assert!(ground.last() >= 1_000 && ground.streams() >= 20, "{} events", ground.last());
        ground
    }

    /// The last position.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.bodies.len() as u64
    }

    fn streams(&self) -> usize {
        let stream = |body: &Vec<u8>| proto::tail::Tail::read(body).map(|tail| tail.stream.to_vec());
        self.bodies.iter().filter_map(stream).collect::<std::collections::BTreeSet<_>>().len()
    }

    /// The bodies of a log as they stand.
    pub fn bodies_in(&self, folder: &Folder) -> Vec<Vec<u8>> {
        self.runtime.block_on(async {
            let source = Source::open(folder.data().join("ledger.db")).await.expect("opens");
            let bodies = source.after(0, usize::MAX >> 1).await.expect("reads");
            source.close().await;
            bodies
        })
    }

    /// The file of a checkpoint that was kept.
    pub fn kept_file(&self, i: usize) -> PathBuf {
        self.folder.beside(&format!("kept.{i}"))
    }

    /// A checkpoint that was kept.
    pub fn kept(&self, i: usize) -> KeptHead {
        let bytes = std::fs::read(self.kept_file(i)).expect("reads");
        KeptHead::of_checkpoint(&format!("checkpoint {i}"), Kept::Outside, &bytes, &self.policy()).expect("holds")
    }

    /// Whom people outside believe.
    pub fn policy(&self) -> Policy {
        Policy::parse(&std::fs::read_to_string(self.policy_file()).expect("reads")).expect("a policy")
    }

    /// The same in a file.
    pub fn policy_file(&self) -> PathBuf {
        self.folder.beside("policy")
    }

    /// The log's key, its secret half.
    pub fn signer(&self) -> NoteSigner {
        key_file::read(&self.folder.data().join("signing.key")).expect("a key")
    }

    /// Its public half.
    pub fn key(&self) -> Key {
        self.signer().key().clone()
    }

    /// The log's tree.
    pub fn tree(&self) -> Levels {
        Levels::over(self.bodies.iter().map(|body| Hash::entry(body)).collect())
    }

    /// The receipt of the event at a position under a checkpoint that was kept, with the event in it.
    pub fn receipt(&self, position: u64, i: usize) -> Receipt {
        let checkpoint = proto::note::Note::parse(&std::fs::read(self.kept_file(i)).expect("reads")).expect("a note");
        let index = position - 1;
        let proof = self.tree().inclusion(index, self.sizes[i]).expect("it is in the tree");
        let extra = self.bodies[usize::try_from(index).expect("small")].clone();
        Receipt { extra: Some(extra), index, proof, checkpoint }
    }

    /// What the inspector holds a log against.
    fn against(&self, folder: &Folder, holding: Holding) -> Against {
        let mut against = Against::default();
        if holding != Holding::Nothing {
            against.heads.extend([self.kept(0), self.kept(1)]);
        }
        if holding == Holding::Tiles {
            against.tiles = Some((folder.data().join("signer"), self.kept(1).head));
        }
        against
    }

    /// What the inspector says of a log.
    pub fn inspected(&self, folder: &Folder, holding: Holding) -> Verdict {
        inspector(&self.runtime, folder, &self.origin, &self.against(folder, holding))
    }

    /// What the independent verifier says of a log.
    pub fn independent(&self, folder: &Folder, holding: Holding) -> Verdict {
        let (files, policy) = ([self.kept_file(0), self.kept_file(1)], self.policy_file());
        let mut more: Vec<&Path> = Vec::new();
        if holding != Holding::Nothing {
            for file in &files {
                more.extend([Path::new("--checkpoint"), file]);
            }
            more.extend([Path::new("--policy"), &policy]);
        }
        python(&self.runtime, folder, &self.origin, &more)
    }

    /// Signs what a folder's log holds now, by whoever has the key, as if nothing had been signed before.
    pub fn signed_anew(&self, folder: &Folder) {
        let store = folder.data().join("signer");
        std::fs::remove_dir_all(&store).expect("removes");
        signer::Store::create(&store, &self.key(), None).expect("makes a folder");
        self.runtime.block_on(async {
            let rows = LogRows::open(folder.data().join("ledger.db"), self.origin.clone()).await.expect("opens");
            let mut signer = Signer::new(rows.clone(), &store, vec![self.signer()]).expect("opens");
            signer.sign().await.expect("signs");
            rows.close().await;
        });
    }
}
