//! How long a store of files may take for a step: no step of one is ever awaited without this limit.

use std::time::Duration;

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};

use super::ObjectsError;

/// How long a store may take for a step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience(pub(super) Duration);

impl Patience {
    /// One step.
    pub(super) async fn of<T>(
        self,
        step: &'static str,
        doing: impl Future<Output = object_store::Result<T>>,
    ) -> Result<T, ObjectsError> {
        match tokio::time::timeout(self.0, doing).await {
            Ok(done) => Ok(done?),
            Err(_) => Err(ObjectsError::Slow { step, limit: self.0 }),
        }
    }

    /// Many of them; after the first error nothing more comes.
    pub(super) fn each<T: Send + 'static>(
        self,
        step: &'static str,
        items: BoxStream<'static, object_store::Result<T>>,
    ) -> BoxStream<'static, Result<T, ObjectsError>> {
        futures::stream::try_unfold(items, move |mut items| async move {
            Ok(self.of(step, items.try_next()).await?.map(|item| (item, items)))
        })
        .boxed()
    }
}
