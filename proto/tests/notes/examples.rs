//! The examples of the specifications, verbatim, as far as these give what is needed to check them.
//! Where an example is cut short in its text, what stands for the missing part is said.

use proto::Hash;
use proto::checkpoint::Checkpoint;
use proto::note::{Key, KeyKind, Note, NoteSigner};
use proto::policy::Policy;
use proto::receipt::Receipt;
use proto::tree::{TreeHead, Wanted, verify_consistency, verify_inclusion};

use super::signer;

/// golang.org/x/mod/sumdb/note, package documentation.
const PETER: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const PETER_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_SECRET: &str = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

/// C2SP signed-note.
const POEM: &str = "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n\u{2014} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

/// C2SP tlog-checkpoint; tlog-cosignature has it too, with one line more.
const SOFA: &str = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
const SOFA_WITNESS: &str = "\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";

/// C2SP tlog-witness: a request's body, and the lines of an answer.
const REQUEST: &str = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n\u{2014} example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
const ANSWER: &str = "\u{2014} witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==\n\u{2014} witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==\n\u{2014} witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==\n";

#[test]
fn the_note_of_go_verifies_and_is_signed_again_to_the_byte() {
    let note = Note::parse(PETER.as_bytes()).expect("a note");
    let key = Key::parse(PETER_KEY).expect("a key");
    let keys = [key.clone()];
    assert_eq!(note.verify(&keys).expect("signed")[0].key, &key);
    let secret = NoteSigner::parse(PETER_SECRET).expect("a secret key");
    assert_eq!((secret.key(), secret.secret().as_str()), (&key, PETER_SECRET));
    let mut again = Note::new(note.text().to_owned()).expect("a text");
    again.push(secret.sign(note.text(), 0)).expect("room");
    assert_eq!(again.to_string(), PETER);
    assert_eq!(key.to_string(), PETER_KEY);
    let other = PETER.replace("your problem is", "our problem is");
    assert!(Note::parse(other.as_bytes()).expect("a note").verify(&keys).is_err());
}

#[test]
fn the_notes_of_the_specifications_read_and_print_back() {
    let witnessed = format!("{SOFA}{SOFA_WITNESS}");
    let of_request = REQUEST.split_once("\n\n").expect("a blank line").1;
    for (text, signatures) in [(PETER, 1), (POEM, 1), (SOFA, 1), (witnessed.as_str(), 2), (of_request, 2)] {
        let note = Note::parse(text.as_bytes()).expect("a note");
        assert_eq!((note.to_string().as_str(), note.signatures().len()), (text, signatures));
    }
    let poem = Note::parse(POEM.as_bytes()).expect("a note");
    assert!(poem.text().ends_with("sole:\n\ned \u{e8} subito sera.\n"), "the text holds a blank line");
    let answered = format!("{SOFA}{ANSWER}");
    assert_eq!(Note::parse(answered.as_bytes()).expect("a note").signatures().len(), 4);
}

#[test]
fn the_checkpoint_of_the_specifications_says_what_stands_there() {
    let note = Note::parse(format!("{SOFA}{SOFA_WITNESS}").as_bytes()).expect("a note");
    let checkpoint = Checkpoint::parse(note.text()).expect("a checkpoint");
    assert_eq!((checkpoint.origin.as_str(), checkpoint.head.size), ("example.com/behind-the-sofa", 20_852_163));
    assert_eq!(checkpoint.to_string(), note.text());
    // The specification's signed message says `time 1679315147`.
    let (time, signature) = note.signatures()[1].signature.split_first_chunk::<8>().expect("a time");
    assert_eq!((u64::from_be_bytes(*time), signature.len()), (1_679_315_147, 64));
}

#[test]
fn the_request_and_the_answer_of_a_witness_read_as_far_as_they_are_ours() {
    let (head, note) = REQUEST.split_once("\n\n").expect("a blank line");
    let hashes: Option<Vec<Hash>> = head.lines().skip(1).map(Hash::from_base64).collect();
    assert_eq!(hashes.expect("hashes").len(), 4);
    let checkpoint = Checkpoint::parse(Note::parse(note.as_bytes()).expect("a note").text()).expect("a checkpoint");
    // The example was not taken from a tree: the proof from this older size has another length.
    assert_ne!(Wanted::consistency(20_852_014, checkpoint.head.size).expect("in order").subtrees().count(), 4);
}

/// The example of C2SP tlog-policy, with a key at each `<vkey>`.
#[test]
fn the_policy_of_the_specification_asks_for_two_of_the_xs_and_one_of_the_ys() {
    let log = signer("log.example", KeyKind::Log, 1);
    let witnesses: Vec<NoteSigner> = (0..6).map(|i| signer("w.example", KeyKind::Witness, 10 + i)).collect();
    let mut text = format!("log {}\n\n", log.key());
    for (name, witness) in ["X1", "X2", "X3"].iter().zip(&witnesses) {
        text += &format!("witness {name} {}\n", witness.key());
    }
    text += "group X-witnesses 2 X1 X2 X3\n\n";
    for (name, witness) in ["Y1", "Y2", "Y3"].iter().zip(&witnesses[3..]) {
        text += &format!("witness {name} {}\n", witness.key());
    }
    text += "group Y-witnesses any Y1 Y2 Y3\n\ngroup X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n";
    let policy = Policy::parse(&text).expect("a policy");
    assert_eq!(policy.least_witnesses(), 3);
    let checkpoint = Checkpoint::new("log.example", TreeHead { size: 9, root: Hash::digest(b"any") }).to_string();
    for by in 0..64_u32 {
        let mut note = Note::new(checkpoint.clone()).expect("a text");
        note.push(log.sign(&checkpoint, 0)).expect("room");
        for (_, witness) in witnesses.iter().enumerate().filter(|(i, _)| by >> i & 1 == 1) {
            note.push(witness.sign(&checkpoint, 1)).expect("room");
        }
        let enough = (by & 0b111).count_ones() >= 2 && by & 0b11_1000 != 0;
        assert_eq!(policy.open(&note).expect("signed").quorum_met, enough, "{by:06b}");
    }
}

/// RFC 9162, 2.1.5: a tree of seven entries, d0 to d6.
#[test]
fn the_proofs_of_the_rfc_are_these_nodes() {
    let entry: Vec<Hash> = (0..7).map(|i: u8| Hash::entry(&[b'd', i])).collect();
    let [a, b, c, d, e, f, j] = entry[..] else { panic!("seven") };
    let (g, h, i) = (Hash::node(&a, &b), Hash::node(&c, &d), Hash::node(&e, &f));
    let (k, l) = (Hash::node(&g, &h), Hash::node(&i, &j));
    let root = Hash::node(&k, &l);
    for (index, proof) in [(0, vec![b, h, l]), (3, vec![c, g, l]), (4, vec![f, j, k]), (6, vec![i, k])] {
        verify_inclusion(index as u64, entry[index], 7, root, &proof).expect("it holds");
    }
    let new = TreeHead { size: 7, root };
    let of_six = Hash::node(&k, &i);
    for (size, root, proof) in [(3, Hash::node(&g, &c), vec![c, d, g, l]), (4, k, vec![l]), (6, of_six, vec![i, j, k])]
    {
        verify_consistency(TreeHead { size, root }, new, &proof).expect("it goes on");
    }
}

/// RFC 8032, 7.1: the tests whose message is text.
#[test]
fn signatures_are_those_of_the_rfc() {
    let of = |hex: &str| -> Vec<u8> {
        let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
        pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal")).collect()
    };
    for (seed, public, text, signature) in [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "r",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ] {
        let seed = of(seed).try_into().expect("32 bytes");
        let signer =
            NoteSigner::new(super::KeyName::parse("rfc").expect("a name"), KeyKind::Log, &seed).expect("a key");
        assert_eq!(signer.key().bytes().as_slice(), of(public));
        assert_eq!(signer.sign(text, 0).signature, of(signature));
    }
}

/// C2SP tlog-proof. Its signatures and its extra data are cut short in the text: the latter is left out here, and
/// a whole line stands for the signatures.
#[test]
fn the_receipt_of_the_specification_reads_once_it_is_whole() {
    let text = "c2sp.org/tlog-proof@v1\nindex 73894\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\nEKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\nRoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\nAHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n\nexample.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n";
    let log = signer("example.com/fancylog", KeyKind::Log, 1);
    let checkpoint = text.split_once("\n\n").expect("a blank line").1.strip_suffix('\n').expect("a blank line");
    let whole = format!("{text}{}", log.sign(checkpoint, 0));
    let receipt = Receipt::parse(whole.as_bytes()).expect("a receipt");
    assert_eq!((receipt.index, receipt.proof.len(), receipt.to_string()), (73_894, 5, whole));
    let policy = Policy::of_logs([log.key().clone()]);
    assert_eq!(policy.open(&receipt.checkpoint).expect("signed").checkpoint.head.size, 109_482);
    // Five hashes cannot lead from this entry to the root of 109,482.
    assert!(receipt.verify(Hash::digest(b"any"), &policy).is_err());
    assert!(Receipt::parse(format!("{text}\u{2014} example.com/fancylog hI2DJw[...]1roloI=\n").as_bytes()).is_err());
}
