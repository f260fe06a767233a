use std::time::Duration;

use super::super::{ExportOptions, ExportOptionsError, options::Protocol};

const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");

fn read(variables: &[(&str, &str)]) -> Result<Option<ExportOptions>, ExportOptionsError> {
    ExportOptions::from_variables(|name| {
        let given = variables.iter().rfind(|(given, _)| *given == name);
        given.map(|(_, value)| (*value).to_owned())
    })
}

fn with(variables: &[(&str, &str)]) -> ExportOptions {
    read(&[&[ENDPOINT], variables].concat()).unwrap().unwrap()
}

fn error(variables: &[(&str, &str)]) -> String {
    let error = read(&[&[ENDPOINT], variables].concat()).unwrap_err();
    format!("{error}\n{}", error.hint())
}

#[test]
fn the_defaults_are_those_of_the_specification() {
    let options = with(&[]);
    assert_eq!(options.protocol, Protocol::Protobuf);
    assert_eq!(options.timeout, Duration::from_secs(10));
    assert_eq!(options.queue, 2048);
    assert_eq!(options.batch, 512);
    assert_eq!(options.delay, Duration::from_secs(5));
    assert_eq!(options.export_timeout, Duration::from_secs(30));
    assert_eq!(options.events, 128);
    assert_eq!(options.resource["service.name"], "fluxloop");
    assert!(!options.content && options.headers.is_empty());
    assert_eq!(options.warnings(), [] as [&str; 0]);
}

#[test]
fn each_variable_counts() {
    let options = with(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "30"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "40"),
        ("OTEL_BSP_SCHEDULE_DELAY", "5"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "6"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "7"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop,team=a%2Cb"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "True"),
    ]);
    assert_eq!(options.protocol, Protocol::Json);
    assert_eq!(options.timeout, Duration::from_millis(1));
    assert_eq!(options.queue, 30);
    assert_eq!(options.batch, 30, "no more than can wait");
    assert_eq!(options.delay, Duration::from_millis(5));
    assert_eq!(options.export_timeout, Duration::from_millis(6));
    assert_eq!(options.events, 7);
    assert_eq!(options.resource["service.name"], "shop");
    assert_eq!(options.resource["team"], "a,b");
    assert!(options.content);
}

#[test]
fn a_variable_for_traces_comes_first() {
    let options = with(&[
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,b=2"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=3"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://host/here"),
    ]);
    assert_eq!(options.timeout, Duration::from_millis(2));
    assert_eq!(options.headers.len(), 1);
    assert_eq!(options.headers["a"], "3");
    assert_eq!(options.endpoint(), "https://host/here");
}

#[test]
fn the_path_is_added_to_the_address_of_all_signals() {
    for (given, expected) in [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("http://localhost:4318/", "http://localhost:4318/v1/traces"),
        ("https://host/otlp", "https://host/otlp/v1/traces"),
        ("https://host/otlp/", "https://host/otlp/v1/traces"),
        (
            "https://me:secret@host/?key=secret",
            "https://host/v1/traces",
        ),
    ] {
        assert_eq!(with(&[(ENDPOINT.0, given)]).endpoint(), expected);
    }
}

#[test]
fn nothing_is_exported_unless_there_is_somewhere_to_send_it() {
    assert!(read(&[]).unwrap().is_none());
    assert!(read(&[(ENDPOINT.0, "")]).unwrap().is_none());
    for off in [
        ("OTEL_SDK_DISABLED", "TRUE"),
        ("OTEL_TRACES_EXPORTER", "none"),
    ] {
        assert!(read(&[ENDPOINT, off]).unwrap().is_none(), "{off:?}");
        // Whatever else is wrong does not matter then.
        assert!(read(&[(ENDPOINT.0, "nowhere"), off]).unwrap().is_none());
    }
    for on in [
        ("OTEL_SDK_DISABLED", "false"),
        ("OTEL_TRACES_EXPORTER", "console,otlp"),
    ] {
        assert!(read(&[ENDPOINT, on]).unwrap().is_some(), "{on:?}");
    }
}

#[test]
fn what_no_export_can_be_set_up_with_is_said() {
    insta::assert_snapshot!(error(&[(ENDPOINT.0, "localhost:4318")]), @"
    expected an address such as `http://localhost:4318` in `OTEL_EXPORTER_OTLP_ENDPOINT`: it is neither http nor https
    collectors take OTLP over HTTP at port 4318
    ");
    insta::assert_snapshot!(error(&[(ENDPOINT.0, "collector")]), @"
    expected an address such as `http://localhost:4318` in `OTEL_EXPORTER_OTLP_ENDPOINT`: relative URL without a base
    collectors take OTLP over HTTP at port 4318
    ");
    insta::assert_snapshot!(error(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]), @"
    expected `http/protobuf` or `http/json` in `OTEL_EXPORTER_OTLP_PROTOCOL`, found `grpc`
    set `OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/protobuf`, and the endpoint to the collector's port for HTTP, 4318
    ");
    insta::assert_snapshot!(error(&[("OTEL_EXPORTER_OTLP_HEADERS", "a=b,Bearer s3cret")]), @"
    expected `name=value` pairs of headers in `OTEL_EXPORTER_OTLP_HEADERS`, found none at position 2
    write `,`, `=` and spaces of a value as `%2C`, `%3D` and `%20`
    ");
    insta::assert_snapshot!(error(&[("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=b%0As3cret")]), @"
    expected `name=value` pairs of headers in `OTEL_EXPORTER_OTLP_TRACES_HEADERS`, found none at position 1
    write `,`, `=` and spaces of a value as `%2C`, `%3D` and `%20`
    ");
    insta::assert_snapshot!(error(&[("OTEL_TRACES_EXPORTER", "zipkin")]), @"
    expected `otlp` or `none` in `OTEL_TRACES_EXPORTER`, found `zipkin`
    set `OTEL_TRACES_EXPORTER=otlp`, or leave it out
    ");
}

#[test]
fn what_cannot_be_used_is_left_out_and_said() {
    let options = with(&[
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"),
        ("OTEL_RESOURCE_ATTRIBUTES", "a=b,c"),
        ("OTEL_SDK_DISABLED", "yes"),
        ("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "yes"),
    ]);
    insta::assert_snapshot!(options.warnings().join("\n"), @"
    expected `true` or `false` in `OTEL_SDK_DISABLED`, found `yes`: `false` is used
    `OTEL_EXPORTER_OTLP_COMPRESSION` is not supported: requests are not compressed
    `OTEL_EXPORTER_OTLP_CERTIFICATE` is not supported: the certificates that the system trusts are used
    expected a whole number in `OTEL_BSP_MAX_QUEUE_SIZE`, found `many`: 2048 is used
    expected a whole number in `OTEL_EXPORTER_OTLP_TIMEOUT`, found `10s`: 10000 is used
    expected a number above 0 in `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`, found `0`: 512 is used
    expected `name=value` pairs in `OTEL_RESOURCE_ATTRIBUTES`, found none at position 2: none of them is sent
    expected `true` or `false` in `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, found `yes`: `false` is used
    ");
    assert_eq!((options.queue, options.batch), (2048, 512));
    assert!(!options.content);
    let fine = with(&[("OTEL_EXPORTER_OTLP_COMPRESSION", "none")]);
    assert_eq!(fine.warnings(), [] as [&str; 0]);
}
