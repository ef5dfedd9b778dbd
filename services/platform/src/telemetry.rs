//! What a process tells of itself: log lines on standard error, and traces where an endpoint is configured.
//! It is set up once, first; what is told never holds a token, a password or what an event says.

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::{LogFormat, Telemetry};
use crate::outward;

/// The variable by which whoever starts a program says which log lines he wants; it goes before any other filter.
const FILTER: &str = "PARINDEX_LOG";

/// Keeps traces flowing; what is not sent yet is sent when it goes.
#[derive(Debug)]
#[must_use]
pub struct Telling(Option<SdkTracerProvider>);

impl Drop for Telling {
    fn drop(&mut self) {
        if let Some(provider) = &self.0
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "telemetry.traces_lost");
        }
    }
}

/// For a person's program: warnings as text.
pub fn at_a_terminal() {
    let filter = EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new("warn"));
    fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// For a service that runs apart.
///
/// # Errors
/// What keeps traces from being sent at all; a collector that is away does not.
pub fn of_a_service(service: &str, told: &Telemetry) -> Result<Telling, String> {
    let filter = EnvFilter::try_from_env(FILTER).unwrap_or_else(|_| EnvFilter::new(&told.filter));
    let lines = match told.format {
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).boxed(),
        LogFormat::Text => fmt::layer().with_writer(std::io::stderr).boxed(),
    };
    let provider = told.otlp_url.as_deref().map(|url| provider(service, url)).transpose()?;
    let traces = provider.as_ref().map(|p| tracing_opentelemetry::layer().with_tracer(p.tracer("parindex")));
    tracing_subscriber::registry().with(lines).with(traces).with(filter).init();
    Ok(Telling(provider))
}

fn provider(service: &str, url: &str) -> Result<SdkTracerProvider, String> {
    outward::for_libraries();
    let exporter = SpanExporter::builder().with_http().with_endpoint(format!("{url}/v1/traces")).build();
    let resource = Resource::builder().with_service_name(format!("parindex-{service}")).build();
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter.map_err(|e| e.to_string())?);
    Ok(provider.with_resource(resource).build())
}
