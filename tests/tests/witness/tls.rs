//! A witness at another house, reached over TLS: real certificates, made by openssl, before a real witness.
//! Whoever cannot show one by an authority that is trusted here is not even asked.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use platform::clock::Clock;
use proto::policy::Policy;
use proto::receipt::Receipt;
use system_tests::folder::Folder;

use super::cosigned::{post, said, score, serve, token};
use super::fixture::Place;

/// A proxy that ends TLS; it is ended with the test.
struct Proxy {
    child: Child,
    url: String,
}

impl Proxy {
    fn before(url: &str, certificate: &Certificate) -> Self {
        let plain = url.rsplit(':').next().expect("a port");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/witness/tls.py");
        let mut command = Command::new("python3");
        command.args([script]).arg(&certificate.certificate).arg(&certificate.key).arg(plain);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("python3 starts");
        let mut port = String::new();
        BufReader::new(child.stdout.take().expect("it is piped")).read_line(&mut port).expect("a line");
        Self { child, url: format!("https://127.0.0.1:{}", port.trim()) }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A certificate, its key, and the authority's own.
struct Certificate {
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Certificate {
    /// An authority of its own, and a certificate by it for an address.
    fn by(name: &str, address: &str, folder: &Folder) -> Self {
        let path = |what: &str| folder.beside(&format!("{name}.{what}"));
        let [ca, ca_key, certificate, key, request, names] =
            ["ca.pem", "ca.key", "pem", "key", "csr", "names"].map(path);
        let of = |path: &Path| path.to_str().expect("text").to_owned();
        let run = |text: &str, files: &[(&str, &Path)]| {
            let mut command = Command::new("openssl");
            command.args(text.split(' '));
            for (option, file) in files {
                command.args([*option, &of(file)]);
            }
            let output = command.output().expect("openssl starts");
            assert!(output.status.success(), "{text}: {}", String::from_utf8_lossy(&output.stderr));
        };
        let new = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj";
        run(&format!("req -x509 -days 2 {new} /CN={name}"), &[("-keyout", &ca_key), ("-out", &ca)]);
        run(&format!("req {new} /CN=witness"), &[("-keyout", &key), ("-out", &request)]);
        std::fs::write(&names, format!("subjectAltName={address}\n")).expect("writes");
        let files =
            [("-in", &*request), ("-CA", &ca), ("-CAkey", &ca_key), ("-out", &certificate), ("-extfile", &names)];
        run("x509 -req -days 2 -set_serial 7", &files);
        Self { authority: ca, certificate, key }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_is_asked_over_tls_and_nobody_whose_certificate_is_by_an_unknown_authority() {
    let folder = Folder::small_round(20);
    let log = format!("log {}", std::fs::read_to_string(folder.data().join("signer/key")).expect("a key"));
    let place = Place::new("w.example");
    let witness = place.serve_logs(&format!("{log}quorum none\n"), Clock::System).await;
    let known = Certificate::by("known", "IP:127.0.0.1", &folder);
    let stranger = Certificate::by("stranger", "IP:127.0.0.1", &folder);
    let elsewhere = Certificate::by("elsewhere", "DNS:witness.example", &folder);
    let token = token(&folder);
    let policy = |url: &str| format!("{log}witness w {} {url}\nquorum w\n", place.key);

    // Nobody trusts the stranger's authority, and the third one's certificate is for another name.
    let cases = [(&stranger, &known, "UnknownIssuer"), (&elsewhere, &elsewhere, "not valid for name")];
    for (n, (shows, trusted, why)) in cases.into_iter().enumerate() {
        let proxy = Proxy::before(&witness.url, shows);
        std::fs::write(folder.beside("policy"), policy(&proxy.url)).expect("writes");
        let server = serve(&folder, &[("SSL_CERT_FILE", &trusted.authority)]);
        let answer = post(&server, &token, 1_000, score(n as u8, n as u64)).await;
        assert_eq!(answer["result"], "accepted", "{answer}");
        assert_eq!(answer["receipt"]["text"], "", "it is not cosigned: {answer}");
        let begun = Instant::now();
        while !said(&folder).contains("witness_untrusted: invalid peer certificate") {
            assert!(begun.elapsed() < Duration::from_secs(30), "{}", said(&folder));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(said(&folder).contains(why), "{}", said(&folder));
        server.end();
        let note = std::fs::read_to_string(folder.data().join("signer/checkpoint")).expect("a checkpoint");
        assert!(!note.contains("w.example"), "{note}");
        assert_eq!(std::fs::read_dir(place.store().join("checkpoints")).expect("a folder").count(), 0);
    }

    let proxy = Proxy::before(&witness.url, &known);
    std::fs::write(folder.beside("policy"), policy(&proxy.url)).expect("writes");
    let server = serve(&folder, &[("SSL_CERT_FILE", &known.authority)]);
    let answer = post(&server, &token, 30_000, score(9, 2)).await;
    let text = answer["receipt"]["text"].as_str().expect("a text");
    assert!(!text.is_empty(), "{answer}: {}", said(&folder));
    let receipt = Receipt::parse(text.as_bytes()).expect("a receipt");
    let body = receipt.extra.clone().expect("the event");
    let believed = receipt.verify(proto::Hash::entry(&body), &Policy::parse(&policy(&proxy.url)).expect("a policy"));
    assert!(believed.expect("it holds").quorum_met);
    server.end();
}
