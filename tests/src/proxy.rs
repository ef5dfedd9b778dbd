//! A TCP proxy of the tests' own, between a program and its server: connections that are cut, and such on which the bytes
//! of one direction, or of both, are held for a while.
//! It never changes, drops or reorders a byte of a connection that it does not cut.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes that are passed on at once.
const CHUNK_BYTES: usize = 16 * 1_024;

/// Which bytes are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Held {
    /// None.
    #[default]
    Nothing,
    /// What goes to the server.
    Requests,
    /// What comes from it: it has done what it was asked, and nobody hears of it.
    Answers,
    /// Both.
    Everything,
}

/// A direction of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

impl Held {
    fn holds(self, way: Way) -> bool {
        match self {
            Self::Nothing => false,
            Self::Requests => way == Way::There,
            Self::Answers => way == Way::Back,
            Self::Everything => true,
        }
    }
}

/// What is done to all connections.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    held: Held,
    /// Connections of earlier ages are cut.
    age: u64,
    /// Whether those who come now are turned away.
    shut: bool,
}

/// A running proxy; it ends with this handle, and all its connections with it.
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    /// Listens on a port of its own and leads to a server.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = watch::channel(State::default()).0;
        let task = tokio::spawn(serve(listener, server, state.subscribe()));
        Self { address, state, task }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Holds bytes from now on, or lets them go.
    pub fn hold(&self, held: Held) {
        self.state.send_modify(|s| s.held = held);
    }

    /// Cuts every connection that stands; what was held is lost. New ones are led on.
    pub fn cut(&self) {
        self.state.send_modify(|s| (s.held, s.age) = (Held::Nothing, s.age + 1));
    }

    /// Cuts every connection and turns new ones away, or leads them on again.
    pub fn shut(&self, shut: bool) {
        self.state.send_modify(|s| (s.shut, s.age) = (shut, s.age + u64::from(shut)));
    }
}

async fn serve(listener: TcpListener, server: SocketAddr, state: watch::Receiver<State>) {
    while let Ok((client, _)) = listener.accept().await {
        let now = *state.borrow();
        if now.shut {
            continue;
        }
        // It ends when either side does, when it is cut, and when the proxy is gone.
        tokio::spawn(connect(client, server, state.clone(), now.age));
    }
}

async fn connect(client: TcpStream, server: SocketAddr, state: watch::Receiver<State>, age: u64) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut cut = state.clone();
    tokio::select! {
        () = pump(&mut from_client, &mut to_server, Way::There, state.clone()) => {}
        () = pump(&mut from_server, &mut to_client, Way::Back, state) => {}
        // Cut, or the proxy itself is gone.
        _ = cut.wait_for(|s| s.age != age) => {}
    }
}

/// Passes bytes on in one direction until it ends, held where they are to be.
async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, way: Way, mut state: watch::Receiver<State>) {
    let mut bytes = vec![0; CHUNK_BYTES];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if state.wait_for(|s| !s.held.holds(way)).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
