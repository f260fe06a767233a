//! An agent that tells secrets, which it reads in a file: `fail 3` fails with the one in line 3, counted from 0.

use std::{
    env, fmt, fs,
    io::{self, Write as _},
    thread,
    time::Duration,
};

use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};

type Answer = Result<Box<RawValue>, Box<dyn std::error::Error + Send + Sync>>;

#[fluxloop::agent]
fn run(input: &str) -> Answer {
    let (order, line) = input.split_once(' ').unwrap_or((input, "0"));
    let file = fs::read_to_string(env::var("SECRETS_FILE")?)?;
    let line = file.lines().nth(line.parse()?).unwrap_or_default();
    let (name, secret) = line.split_once('=').unwrap_or_default();
    let secret: String = serde_json::from_str(secret)?;
    let told = match order {
        // The agent itself has what it was given.
        "has" => json!(env::var(name).as_deref() == Ok(&*secret)),
        "text" => json!(format!("it is {secret}, or so I hear")),
        "key" => json!({ &*secret: [{ "value": secret }] }),
        "debug" => json!(format!("{:?}", Some(&secret))),
        "nested" => json!(json!({ "body": secret }).to_string()),
        "escaped" => return Ok(RawValue::from_string(escaped(&secret))?),
        "fail" => return Err(Told(secret).into()),
        "panic" => panic!("could not log in with {secret}"),
        "print" => print(&secret)?,
        "header" => {
            return Err("401\r\nAuthorization: Basic dW5rbm93bjpzZWNyZXQ=\r\nAccept: *".into());
        }
        "bearer" => return Err("refused: Bearer eyJhbGciOi.unknown-TOKEN_value".into()),
        _ => return Err(format!("no such order: {order}").into()),
    };
    Ok(to_raw_value(&told)?)
}

/// As some services write JSON: every character an escape.
fn escaped(text: &str) -> String {
    let units: String = text
        .encode_utf16()
        .map(|unit| format!("\\u{unit:04X}"))
        .collect();
    format!("{{\"{units}\": \"x{units}y\"}}")
}

/// In two writes, on both streams, with time for the first half to be read alone.
fn print(text: &str) -> io::Result<Value> {
    let middle = text.len() / 2;
    for half in [&text[..middle], &text[middle..]] {
        print!("{half}");
        eprint!("{half}");
        io::stdout().flush()?;
        thread::sleep(Duration::from_millis(20));
    }
    println!(" whole: {text}");
    eprintln!(" whole: {text:?}");
    Ok(json!("printed"))
}

/// An error that tells it, and whose cause does.
#[derive(Debug)]
struct Told(String);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service refused {}", self.0)
    }
}

impl std::error::Error for Told {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // It is its own cause, and endlessly so.
        Some(self)
    }
}
