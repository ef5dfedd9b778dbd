//! A port as whoever is signed in reaches it. In one process it is the same for everybody; where services run apart, each has his own, which
//! hands his session on to the service that answers. It knows no port.

use std::sync::Arc;

/// What makes a port out of a session's secret.
type Made<T> = dyn Fn(&str) -> Arc<T> + Send + Sync;

/// A port by session.
pub struct BySession<T: ?Sized>(Arc<Made<T>>);

impl<T: ?Sized> Clone for BySession<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: ?Sized + Send + Sync + 'static> BySession<T> {
    /// The same port for every session: who asks, it is told by its caller.
    #[must_use]
    pub fn one(port: Arc<T>) -> Self {
        Self(Arc::new(move |_| Arc::clone(&port)))
    }

    /// A port for each session, made from its secret.
    pub fn each(port: impl Fn(&str) -> Arc<T> + Send + Sync + 'static) -> Self {
        Self(Arc::new(port))
    }

    /// The port of the session that has this secret.
    #[must_use]
    pub fn of(&self, secret: &str) -> Arc<T> {
        (self.0)(secret)
    }
}
