//! A receipt as the text of a QR code, for paper (proto/README.md, section 25): the same proof in a third less room.
//! It carries no event: whoever verifies it has the event's bytes from elsewhere, or from a second code beside it.

use super::{BadReceipt, Receipt};
use crate::base45;
use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::note::{KeyName, Note, NoteSignature};
use crate::tree::{PROOF_HASHES_MAX, TREE_SIZE_MAX, TreeHead};

/// What the text begins with.
pub(super) const PREFIX: &str = "PAR1:";
/// The most characters of the text: what the largest code holds.
const CODE_CHARS_MAX: usize = 4_296;

impl Receipt {
    /// The receipt as a code's text, without what an application has added to it; none where it has something that no code
    /// holds: lines behind the checkpoint's root, or names or signatures of more than 255 bytes.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        let checkpoint = Checkpoint::parse(self.checkpoint.text()).ok().filter(|c| c.extensions.is_empty())?;
        let mut bytes = Vec::new();
        let short = |bytes: &mut Vec<u8>, piece: &[u8]| {
            bytes.push(u8::try_from(piece.len()).ok()?);
            bytes.extend_from_slice(piece);
            Some(())
        };
        short(&mut bytes, checkpoint.origin.as_bytes())?;
        bytes.extend(checkpoint.head.size.to_be_bytes());
        bytes.extend(self.index.to_be_bytes());
        bytes.extend(checkpoint.head.root.0);
        bytes.push(u8::try_from(self.proof.len()).ok()?);
        self.proof.iter().for_each(|hash| bytes.extend(hash.0));
        bytes.push(u8::try_from(self.checkpoint.signatures().len()).ok()?);
        for signature in self.checkpoint.signatures() {
            let name = Some(signature.name.as_str()).filter(|name| *name != checkpoint.origin);
            short(&mut bytes, name.unwrap_or_default().as_bytes())?;
            bytes.extend(signature.id);
            short(&mut bytes, &signature.signature)?;
        }
        let text = format!("{PREFIX}{}", base45::encode(&bytes));
        (text.len() <= CODE_CHARS_MAX).then_some(text)
    }

    /// Reads a code's text. Nobody has verified it yet.
    pub(super) fn from_code(text: &str) -> Result<Self, BadReceipt> {
        let form = || BadReceipt::Form("it is no code of a receipt");
        let text = text.strip_prefix(PREFIX).filter(|text| text.len() <= CODE_CHARS_MAX).ok_or_else(form)?;
        let bytes = base45::decode(text).ok_or_else(form)?;
        let mut left = &bytes[..];
        let read = Self::from_bytes(&mut left).ok_or_else(form)?;
        if left.is_empty() { Ok(read) } else { Err(form()) }
    }

    fn from_bytes(left: &mut &[u8]) -> Option<Self> {
        let origin = text(left)?;
        let (size, index) = (number(left)?, number(left)?);
        let root = hash(left)?;
        let many = usize::from(take(left, 1)?[0]);
        if many > PROOF_HASHES_MAX || index >= TREE_SIZE_MAX {
            return None;
        }
        let proof = (0..many).map(|_| hash(left)).collect::<Option<_>>()?;
        let checkpoint = Checkpoint::new(&origin, TreeHead { size, root }).to_string();
        // A code says nothing that a checkpoint could not, and no line of its origin passes for another one.
        Checkpoint::parse(&checkpoint).ok().filter(|c| c.origin == origin && c.extensions.is_empty())?;
        let mut checkpoint = Note::new(checkpoint).ok()?;
        for _ in 0..take(left, 1)?[0] {
            let name = match text(left)? {
                name if name.is_empty() => origin.clone(),
                // The log's own name has one spelling.
                name if name == origin => return None,
                name => name,
            };
            let id = take(left, 4)?.try_into().expect("four bytes");
            let long = usize::from(take(left, 1)?[0]);
            let signature = take(left, long).filter(|signature| !signature.is_empty())?.to_vec();
            checkpoint.push(NoteSignature { name: KeyName::parse(&name).ok()?, id, signature }).ok()?;
        }
        Some(Self { extra: None, index, proof, checkpoint })
    }
}

fn take<'b>(left: &mut &'b [u8], many: usize) -> Option<&'b [u8]> {
    let (taken, rest) = left.split_at_checked(many)?;
    *left = rest;
    Some(taken)
}

fn number(left: &mut &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(take(left, 8)?.try_into().expect("eight bytes")))
}

fn hash(left: &mut &[u8]) -> Option<Hash> {
    Some(Hash(take(left, 32)?.try_into().expect("32 bytes")))
}

fn text(left: &mut &[u8]) -> Option<String> {
    let long = usize::from(take(left, 1)?[0]);
    String::from_utf8(take(left, long)?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::Receipt;
    use crate::checkpoint::Checkpoint;
    use crate::hash::Hash;
    use crate::note::{KeyKind, KeyName, Note, NoteSigner};
    use crate::policy::Policy;
    use crate::tree::{CompactRange, TreeHead, Wanted};

    /// A tree of so many entries as a receipt needs it, and the receipt of one of them.
    fn receipt(size: u64, index: u64, origin: &str, witnesses: u8) -> (Receipt, Vec<NoteSigner>) {
        let entry = |i: u64| Hash::entry(i.to_string().as_bytes());
        let mut range = CompactRange::default();
        (0..size).for_each(|i| range.append(entry(i)));
        let over = |s: crate::tree::Subtree| {
            let mut range = CompactRange::default();
            (s.index << s.level..(s.index + 1) << s.level).for_each(|i| range.append(entry(i)));
            Ok::<_, ()>(range.root())
        };
        let proof = Wanted::inclusion(index, size).expect("within").prove(over).expect("made");
        let head = TreeHead { size, root: range.root() };
        let mut note = Note::new(Checkpoint::new(origin, head).to_string()).expect("a note");
        let key = |name: &str, kind, n: u8| {
            NoteSigner::new(KeyName::parse(name).expect("a name"), kind, &[n; 32]).expect("a key")
        };
        let mut signers = vec![key(origin, KeyKind::Log, 1)];
        signers.extend((0..witnesses).map(|n| key(&format!("witness-{n}.example"), KeyKind::Witness, n + 2)));
        for signer in &signers {
            let line = signer.sign(note.text(), 1_700_000_000);
            note.push(line).expect("few");
        }
        (Receipt { extra: None, index, proof, checkpoint: note }, signers)
    }

    #[test]
    fn a_code_reads_back_the_same_receipt_and_nothing_else_reads() {
        let (made, signers) = receipt(1_000, 817, "parindex.example/hanoi-2022", 2);
        let code = made.code().expect("it has one");
        let read = Receipt::parse(code.as_bytes()).expect("reads");
        assert_eq!(read, made);
        assert_eq!(
            Receipt::parse(format!("{code}\n").as_bytes()).as_ref(),
            Ok(&made),
            "as a scanner writes it to a file"
        );
        let policy = Policy::of_logs([signers[0].key().clone()]);
        assert!(read.verify(Hash::entry(b"817"), &policy).is_ok());
        assert!(read.verify(Hash::entry(b"818"), &policy).is_err());
        let with_event = Receipt { extra: Some(b"x".to_vec()), ..made.clone() };
        assert_eq!(with_event.code().as_ref(), Some(&code), "the event stands beside it");
        for cut in 0..code.len() {
            assert!(Receipt::parse(&code.as_bytes()[..cut]).is_err(), "{cut}");
        }
        assert!(Receipt::parse(format!("{code}000").as_bytes()).is_err(), "something behind it");
        let mut line = made;
        line.checkpoint = Note::new(line.checkpoint.text().to_owned() + "more\n").expect("a note");
        assert_eq!(line.code(), None, "a line that no code holds");
    }

    #[test]
    fn at_a_million_events_it_is_about_eight_hundred_bytes() {
        // 20 hashes, as the tree of 1,000,000 entries has them, without a million entries being hashed here.
        let (mut made, _) = receipt(4, 1, "parindex.example/hanoi-2022", 0);
        made.proof = vec![Hash([7; 32]); 20];
        let code = made.code().expect("it has one");
        let bytes = (code.len() - super::PREFIX.len()) / 3 * 2;
        assert!((780..=800).contains(&bytes) && code.len() < 1_210, "{bytes} bytes, {} characters", code.len());
    }
}
