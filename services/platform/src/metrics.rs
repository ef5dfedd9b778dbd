//! Figures as Prometheus reads them. Most are read off what is there when they are asked for; only requests are counted.
//! No label takes a value from a request: routes are ours, methods and statuses few.

use std::collections::BTreeMap;
use std::fmt::Error;
use std::sync::{Arc, Mutex};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use tokio::sync::watch;

use crate::behind::Behind;

const POSITION: &str = "The last position of the log that a reader has; the log's own end under the name log";

type Labels = Vec<(&'static str, String)>;
type Value = Box<dyn Fn() -> f64 + Send + Sync>;

/// The figures of a process.
pub struct Metrics {
    registry: Mutex<Registry>,
    observed: Mutex<BTreeMap<&'static str, Arc<Observed>>>,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
}

/// A figure that is read off when it is asked for, once for each set of labels.
struct Observed {
    name: &'static str,
    help: &'static str,
    /// A counter only grows, and has `_total` behind its name.
    counts: bool,
    each: Mutex<Vec<(Labels, Value)>>,
}

impl std::fmt::Debug for Observed {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Collector for Observed {
    fn encode(&self, mut encoder: DescriptorEncoder) -> Result<(), Error> {
        let kind = if self.counts { MetricType::Counter } else { MetricType::Gauge };
        let mut metric = encoder.encode_descriptor(self.name, self.help, None, kind)?;
        for (labels, value) in self.each.lock().expect("no thread panics while it holds this").iter() {
            let family = metric.encode_family(labels)?;
            match self.counts {
                true => ConstCounter::new(value()).encode(family)?,
                false => ConstGauge::new(value()).encode(family)?,
            }
        }
        Ok(())
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let (requests, mut registry) = (Family::<Labels, Counter>::default(), Registry::default());
        let seconds = Family::<Labels, Histogram>::new_with_constructor(histogram);
        registry.register("parindex_http_requests", "Requests that were answered", requests.clone());
        registry.register("parindex_http_request_seconds", "Time until a request's answer began", seconds.clone());
        let metrics = Self { registry: Mutex::new(registry), observed: Mutex::default(), requests, seconds };
        let help = "Memory that the process holds, in bytes";
        metrics.gauge("process_resident_memory_bytes", help, Vec::new(), || resident_bytes().unwrap_or(0) as f64);
        metrics
    }
}

impl Metrics {
    /// A figure that may fall.
    pub fn gauge(
        &self,
        name: &'static str,
        help: &'static str,
        labels: Labels,
        value: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        self.observe((name, help, false), labels, Box::new(value));
    }

    /// A figure that only grows.
    pub fn counter(
        &self,
        name: &'static str,
        help: &'static str,
        labels: Labels,
        value: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        self.observe((name, help, true), labels, Box::new(value));
    }

    fn observe(&self, (name, help, counts): (&'static str, &'static str, bool), labels: Labels, value: Value) {
        let mut observed = self.observed.lock().expect("no thread panics while it holds this");
        let figure = observed.entry(name).or_insert_with(|| {
            let figure = Arc::new(Observed { name, help, counts, each: Mutex::default() });
            let mut registry = self.registry.lock().expect("no thread panics while it holds this");
            registry.register_collector(Box::new(Arc::clone(&figure)));
            figure
        });
        figure.each.lock().expect("no thread panics while it holds this").push((labels, value));
    }

    /// Where the log ends.
    pub fn log(&self, head: watch::Receiver<u64>) {
        let labels = vec![("reader", "log".to_owned())];
        self.gauge("parindex_position", POSITION, labels, move || *head.borrow() as f64);
    }

    /// Where a reader of the log stands.
    pub fn reader(&self, behind: &Arc<Behind>) {
        let labels = || vec![("reader", behind.name().to_owned())];
        let figure = |of: fn(&Behind) -> f64| {
            let behind = Arc::clone(behind);
            move || of(&behind)
        };
        self.gauge("parindex_position", POSITION, labels(), figure(|b| b.position() as f64));
        let help = "Events of the log that a reader has not";
        self.gauge("parindex_lag_events", help, labels(), figure(|b| b.events() as f64));
        let help = "Seconds since a reader last stood at the log's end";
        self.gauge("parindex_lag_seconds", help, labels(), figure(|b| b.time().as_secs_f64()));
    }

    /// A request was answered.
    pub fn answered(&self, method: &str, route: &str, status: u16, seconds: f64) {
        let labels = vec![("method", method.to_owned()), ("route", route.to_owned())];
        self.seconds.get_or_create(&labels).observe(seconds);
        let labels = [labels, vec![("status", status.to_string())]].concat();
        self.requests.get_or_create(&labels).inc();
    }

    /// All of it, in Prometheus' text format 0.0.4.
    ///
    /// # Panics
    /// Never: text can always be written.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().expect("no thread panics while it holds this");
        prometheus_text::encode(&mut text, &registry).expect("a string takes text");
        text
    }
}

/// From half a millisecond to 16 seconds.
fn histogram() -> Histogram {
    Histogram::new(exponential_buckets(0.0005, 2.0, 16))
}

/// Memory that this process holds, where the system tells: in pages, the second number of a line.
fn resident_bytes() -> Option<u64> {
    const PAGE_BYTES: u64 = 4_096;
    let line = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(line.split(' ').nth(1)?.parse::<u64>().ok()? * PAGE_BYTES)
}

#[cfg(test)]
mod tests {
    use super::Metrics;

    #[test]
    fn figures_are_told_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.gauge("parindex_x", "X", vec![("of", "a".to_owned())], || 1.5);
        metrics.gauge("parindex_x", "X", vec![("of", "b".to_owned())], || 2.0);
        metrics.counter("parindex_groups", "Groups", Vec::new(), || 3.0);
        metrics.answered("GET", "/api/head", 200, 0.001);
        metrics.answered("GET", "/api/head", 200, 0.001);
        let text = metrics.text();
        for line in [
            "# TYPE parindex_x gauge",
            "parindex_x{of=\"a\"} 1.5",
            "parindex_x{of=\"b\"} 2.0",
            "# TYPE parindex_groups_total counter",
            "parindex_groups_total 3.0",
            "parindex_http_requests_total{method=\"GET\",route=\"/api/head\",status=\"200\"} 2",
            "parindex_http_request_seconds_count{method=\"GET\",route=\"/api/head\"} 2",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in\n{text}");
        }
        assert!(text.contains("process_resident_memory_bytes "), "{text}");
    }
}
