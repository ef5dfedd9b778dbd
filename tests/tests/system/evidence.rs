//! Files of evidence through the binary: taken in encrypted, handed out as they were, held against the log (ATTACKS T38), and
//! taken in by a process that is killed at any moment; each in a folder and in a bucket of a server that speaks S3.

mod faults;
mod orphans;
mod shelf;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use proto::Hash;
use proto::act::sheet::Evidence;
use proto::stored_file::FileReceipt;
use shelf::{MARKER, Shelf, pdf, under};
use sqlx::Connection;
use system_tests::seed::Seed;

#[test]
fn a_file_is_kept_encrypted_and_handed_out_as_it_was() {
    for shelf in Shelf::both() {
        is_kept_encrypted_and_handed_out(&shelf);
    }
}

fn is_kept_encrypted_and_handed_out(folder: &Shelf) {
    let plain = pdf(300_000);
    fs::write(folder.beside("Biên bản.pdf"), &plain).expect("writes");
    let said = folder.add("Biên bản.pdf", &["--page", "tr. 2", "--receipt", "receipt.json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let evidence: Evidence = serde_json::from_str(said.out.trim()).expect("a reference");
    assert_eq!((evidence.media_type.as_str(), evidence.page.as_str()), ("application/pdf", "tr. 2"));
    let bytes = fs::read(folder.stored(&evidence)).expect("it is stored");
    assert_eq!((Hash::digest(&bytes), bytes.len() as u64), (evidence.address, evidence.size));

    let receipt: FileReceipt =
        serde_json::from_slice(&fs::read(folder.beside("receipt.json")).expect("a receipt")).expect("reads");
    assert!(receipt.evidence == evidence && receipt.opening.opens(&evidence));
    assert_eq!((receipt.opening.digest, receipt.opening.name.as_str()), (Hash::digest(&plain), "Biên bản.pdf"));

    // The same bytes once more: another address, and the unit is told.
    let said = folder.add("Biên bản.pdf", &[]);
    assert!(said.code == Some(0) && said.err.contains(&evidence.address.to_string()), "{}", said.err);
    let second: Evidence = serde_json::from_str(said.out.trim()).expect("a reference");
    assert!(second.address != evidence.address && second.digest_commitment != evidence.digest_commitment);

    folder.refer(&[&evidence]);
    let said = folder.scrub().out;
    let all = "1 sound, 0 missing, 0 altered, 0 without a key, 0 erased; 1 more are stored, 0 broke off";
    assert!(said.contains(&format!("orphan  {}", second.address)) && said.contains(all), "{said}");
    assert_eq!(folder.get(&evidence, "out.pdf").code, Some(0));
    assert_eq!(fs::read(folder.beside("out.pdf")).expect("handed out"), plain);
    let taken = folder.get(&evidence, "out.pdf");
    assert!(taken.code == Some(2) && fs::read(folder.beside("out.pdf")).expect("it stands") == plain);

    // Neither bytes nor name stand anywhere in the folder, and nobody else reads the key.
    for path in under(&folder.data()).into_iter().chain(under(&folder.files())) {
        let bytes = fs::read(&path).expect("reads");
        for word in [MARKER, "Biên bản"] {
            assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()), "{word} stands in {}", path.display());
        }
    }
    folder.must(&["verify", "--data", "@"]);

    // A backup has the files and nothing that opens them; with the keys beside it everything is there again.
    folder.must(&["backup", "--data", "@", "copy"]);
    folder.must(&["restore", "--data", "back", "copy"]);
    let said = folder.say(&["scrub", "--data", "back"]);
    assert!(said.code == Some(1) && said.out.contains(" 0 sound"), "{}", said.out);
    for name in ["keys.db", "files.key"] {
        assert!(!folder.beside("copy").join(name).exists(), "{name} is in the backup");
        fs::copy(folder.data().join(name), folder.beside("back").join(name)).expect("copies");
    }
    assert!(folder.say(&["scrub", "--data", "back"]).out.contains(" 1 sound"));
    let open = fs::Permissions::from_mode(0o644);
    fs::set_permissions(folder.data().join("files.key"), open).expect("opens it");
    let said = folder.scrub();
    assert!(said.code == Some(2) && said.err.starts_with("error: key_file_open: "), "{}", said.err);
}

#[tokio::test]
async fn a_file_that_was_meddled_with_is_told_from_one_that_is_gone() {
    for mut shelf in Shelf::both() {
        meddled_with_is_told_from_gone(&mut shelf).await;
    }
}

async fn meddled_with_is_told_from_gone(folder: &mut Shelf) {
    let names = ["flipped", "first", "second", "emptied", "longer", "removed", "resealed", "keyless", "sound"];
    let files: Vec<Evidence> = names.iter().map(|n| folder.taken(&format!("{n}.pdf"), &pdf(100_000))).collect();
    let again = folder.taken("resealed.pdf", &pdf(100_000));
    folder.refer(&files.iter().collect::<Vec<_>>());
    let at = |i: usize| folder.stored(&files[i]);
    let mut bytes = fs::read(at(0)).expect("reads");
    bytes[70_000] ^= 1;
    fs::write(at(0), bytes).expect("writes");
    let (first, second) = (fs::read(at(1)).expect("reads"), fs::read(at(2)).expect("reads"));
    fs::write(at(1), second).expect("writes");
    fs::write(at(2), first).expect("writes");
    fs::write(at(3), b"").expect("writes");
    let mut bytes = fs::read(at(4)).expect("reads");
    bytes.push(0);
    fs::write(at(4), bytes).expect("writes");
    fs::remove_file(at(5)).expect("removes");
    // The same plain bytes, sealed under another key of the same store.
    fs::copy(folder.stored(&again), at(6)).expect("copies");
    let mut keys = folder.tamper("keys.db").await;
    let destroyed = sqlx::query("DELETE FROM files WHERE address = $1").bind(files[7].address.to_string());
    assert_eq!(destroyed.execute(&mut keys).await.expect("deletes").rows_affected(), 1);
    keys.close().await.expect("closes");
    folder.meddled();

    let said = folder.scrub();
    assert_eq!(said.code, Some(1), "{}", said.err);
    let told = |i: usize| {
        let address = files[i].address.to_string();
        let line = said.out.lines().find(|line| line.contains(&address)).unwrap_or_default();
        line.split(' ').next().unwrap_or_default().to_owned()
    };
    let found: Vec<String> = (0..names.len()).map(told).collect();
    let must = ["ALTERED", "ALTERED", "ALTERED", "ALTERED", "ALTERED", "MISSING", "ALTERED", "KEYLESS", ""];
    assert_eq!(found, must, "{}", said.out);
    assert!(said.out.contains(": 1 sound") && said.out.contains(" 6 altered, 1 without a key"), "{}", said.out);
    // Nothing but the sound one is handed out.
    let codes = ["file_altered", "file_missing", "file_key_missing"];
    for (i, file) in files.iter().enumerate().take(8) {
        let to = format!("out-{i}.pdf");
        let said = folder.get(file, &to);
        let code = codes.iter().find(|code| said.err.starts_with(&format!("error: {code}: ")));
        assert!(said.code == Some(2) && code.is_some() && !folder.beside(&to).exists(), "{}: {}", names[i], said.err);
    }
    assert_eq!(folder.get(&files[8], "out.pdf").code, Some(0));
    let path = folder.say(&["evidence", "get", "--data", "@", "../../etc/passwd", "path.pdf"]);
    assert!(path.code == Some(2) && !folder.beside("path.pdf").exists(), "{}", path.err);

    // Another master key opens nothing, and none is made in the place of one that was lost.
    let key = folder.data().join("files.key");
    let kept = fs::read(&key).expect("a key");
    fs::remove_file(&key).expect("removes");
    let said = folder.scrub();
    assert!(said.code == Some(2) && said.err.starts_with("error: key_file_unusable: "), "{}", said.err);
    fs::write(&key, format!("{}\n", Hash::digest(b"another"))).expect("writes");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("closes it");
    assert!(folder.scrub().out.contains(" 0 sound"));
    fs::write(&key, kept).expect("writes");
    assert!(folder.scrub().out.contains(" 1 sound"));
}

#[test]
fn what_is_no_evidence_is_refused_with_its_code_and_leaves_nothing() {
    for shelf in Shelf::both() {
        what_is_no_evidence_leaves_nothing(&shelf);
    }
}

fn what_is_no_evidence_leaves_nothing(folder: &Shelf) {
    let control = "a\u{7}b.pdf";
    let long = format!("{}.pdf", "a".repeat(251));
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("empty.pdf", Vec::new(), "file_refused: it is empty"),
        ("text.pdf", b"hello".to_vec(), "file_refused: it is none of"),
        ("page.html", b"<html><script>alert(1)</script>".to_vec(), "file_refused: it is none of"),
        ("program.exe", b"MZ\x90\0".to_vec(), "file_refused: it is none of"),
        ("archive.zip", b"PK\x05\x06".iter().copied().chain([0; 18]).collect(), "file_refused: it is an archive"),
        ("archive.7z", b"7z\xbc\xaf\x27\x1c".to_vec(), "file_refused: it is an archive"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj".to_vec(), "file_refused: it is damaged"),
        ("scan.docx", pdf(10), "file_name_differs: its name ends in .docx"),
        ("scan", pdf(10), "file_name_differs: its name ends in ."),
        ("scan.pdf.exe", pdf(10), "file_name_differs: its name ends in .exe"),
        (control, pdf(10), "file_name_bad: "),
        (&long, pdf(10), ""),
    ];
    for (name, bytes, code) in cases {
        fs::write(folder.beside(name), bytes).expect("writes");
        let said = folder.add(name, &[]);
        if code.is_empty() {
            assert_eq!(said.code, Some(0), "{name}: {}", said.err);
            continue;
        }
        let refused = said.err.starts_with(&format!("error: {code}"));
        assert!(said.code == Some(2) && said.out.is_empty() && refused, "{name}: {}", said.err);
    }
    let missing = folder.add("nothing.pdf", &[]);
    assert!(missing.code == Some(2) && missing.err.starts_with("error: file_missing: "), "{}", missing.err);
    folder.must(&["backup", "--data", "@", "copy"]);
    let kept = under(&folder.files());
    assert_eq!(kept.len(), 1, "what was refused has left something: {kept:?}");
}

#[test]
fn a_process_killed_while_it_takes_files_in_loses_none_that_it_acknowledged() {
    let mut seed = Seed::drawn();
    for shelf in Shelf::both() {
        killed_while_it_takes_files_in(&shelf, &mut seed);
    }
}

fn killed_while_it_takes_files_in(folder: &Shelf, seed: &mut Seed) {
    fs::write(folder.beside("large.pdf"), pdf(12 << 20)).expect("writes");
    let whole = std::time::Instant::now();
    let mut acknowledged = vec![folder.taken("first.pdf", &pdf(1_000))];
    assert_eq!(folder.add("large.pdf", &[]).code, Some(0));
    let most = u64::try_from(whole.elapsed().as_millis()).expect("short");
    let times = if std::env::var_os("PARINDEX_FULL").is_some() { 200 } else { 20 };
    for _ in 0..times {
        let mut command = folder.command_of(&["evidence", "add", "--data", "@", "--unit", "001", "large.pdf"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
        std::thread::sleep(Duration::from_millis(seed.next(0, most)));
        let _ = child.kill();
        let out = child.wait_with_output().expect("waits").stdout;
        if let Ok(evidence) = serde_json::from_slice::<Evidence>(&out) {
            acknowledged.push(evidence);
        }
    }
    folder.refer(&acknowledged.iter().collect::<Vec<_>>());
    let said = folder.scrub().out;
    assert!(said.contains(&format!(": {} sound", acknowledged.len())), "{said}");
    // What was not acknowledged is nobody's: it stands whole, or has broken off, and is told as such.
    let (more, broken_off) = (folder.whole().len() - acknowledged.len(), folder.broken_off().len());
    if folder.server.is_none() {
        assert!(said.contains(&format!("; {more} more are stored, {broken_off} broke off")), "{said}");
    }
    assert!(more + broken_off > 0, "no kill has met a file on its way");
}
