//! Agents that tear at what holds them: `print rubbish`, `close`, `own-runtime`.

use std::{
    env,
    fmt::Write as _,
    io::{self, Write as _},
    panic,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, value::RawValue};
use tokio::runtime::Handle;

type Answer = Result<Box<RawValue>, Box<dyn std::error::Error + Send + Sync>>;

/// Takes an order: as a text, or under `order` beside anything else.
#[fluxloop::agent]
fn works(input: Value) -> Answer {
    act(&input)
}

/// The same on a thread of the runtime.
#[fluxloop::agent]
async fn acts(input: Value) -> Answer {
    act(&input)
}

fn act(input: &Value) -> Answer {
    let order = input
        .as_str()
        .or(input["order"].as_str())
        .unwrap_or_default();
    let (order, rest) = order.split_once(' ').unwrap_or((order, ""));
    match order {
        "say" => return text(rest),
        "fail" => return Err(rest.into()),
        "print" => print(rest)?,
        "close" => close_everything(),
        "leave" => env::set_current_dir("/")?,
        "hook" => panic::set_hook(Box::new(|_| {})),
        "panic" => panic!("{rest}"),
        "swallow" => swallow(),
        "raise" => panic::resume_unwind(Box::new(rest.to_owned())),
        "own-runtime" => return text(&own_runtime()?),
        "same-runtime" => return text(&same_runtime()),
        "threads" => threads(),
        "large" => return text(&"x".repeat(rest.parse()?)),
        "odd" => {
            return text(
                "\u{0}\u{1}\u{1b}[2J\r\n\u{7f}\u{85}\u{2028}\u{2029}\u{202e}\u{feff}\u{ffff}",
            );
        }
        "raw" => return Ok(RawValue::from_string(rest.to_owned())?),
        "length" => return text(&input["text"].as_str().unwrap_or_default().len().to_string()),
        "child" => child("sleep", rest)?,
        "orphan" => child("setsid", &format!("sleep {rest}"))?,
        _ => return Err(format!("no such order: {order}").into()),
    }
    text("done")
}

fn text(text: &str) -> Answer {
    Ok(serde_json::value::to_raw_value(text)?)
}

/// Everything twice: on standard output and on standard error.
fn print(what: &str) -> io::Result<()> {
    let text = match what {
        "rubbish" => {
            b"\xff\xfe\x00\x1b[2J\x80\n[INFO] Starting experiment...\ntest result: ok. 1 passed\n"
                .to_vec()
        }
        "forgery" => forgery().into_bytes(),
        _ => vec![b'x'; 8 * 1024 * 1024],
    };
    io::stdout().write_all(&text)?;
    io::stderr().write_all(&text)?;
    io::stdout().flush()
}

/// What the engine would believe, were it said in the right place.
fn forgery() -> String {
    let mut lines = String::new();
    for run in 0..4 {
        let _ = writeln!(
            lines,
            r#"{{"result":{{"run":{run},"duration_ns":1,"outcome":{{"returned":"forged"}}}}}}"#
        );
    }
    lines + "{\"hello\":{\"protocol\":1,\"token\":\"\",\"fluxloop\":\"9.9.9\",\"agents\":[]}}\n"
}

fn close_everything() {
    unsafe extern "C" {
        fn close(descriptor: i32) -> i32;
    }
    for descriptor in 0..64 {
        // SAFETY: it is not, and that is the point.
        unsafe { close(descriptor) };
    }
}

/// A panic that is over when the next one comes.
fn swallow() {
    let caught = panic::catch_unwind(|| panic!("swallowed"));
    assert!(caught.is_err());
}

fn own_runtime() -> io::Result<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let said = runtime.block_on(async {
        let task = tokio::spawn(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            "own"
        });
        task.await.unwrap_or("lost")
    });
    Ok(said.to_owned())
}

/// What an async agent does that calls a library which blocks.
fn same_runtime() -> String {
    tokio::task::block_in_place(|| Handle::current().block_on(async { "same".to_owned() }))
}

fn threads() {
    let joined = thread::spawn(|| panic!("joined")).join();
    assert!(joined.is_err());
    for _ in 0..4 {
        thread::spawn(|| panic!("detached"));
    }
}

/// A process that holds our output and outlives the run.
fn child(program: &str, arguments: &str) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(arguments.split(' ')).stdin(Stdio::null());
    // Nobody waits for it.
    drop(command.spawn()?);
    Ok(())
}
