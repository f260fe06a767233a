//! Agents that end, print and misbehave as their input says: `say hello`, `after 7 /tmp/room abort`, `tally /tmp/calls panic`.

use std::{
    fmt, fs,
    io::{self, Write as _},
    path::Path,
    process, thread,
    time::Duration,
};

type Answer = Result<String, Box<dyn std::error::Error + Send + Sync>>;

/// Has a thread of its own for each run.
#[fluxloop::agent]
fn works(input: String) -> Answer {
    match act(&input)? {
        Act::Said(text) => Ok(text),
        Act::Wait => hang(),
    }
}

/// Shares the threads of the runtime.
#[fluxloop::agent]
async fn acts(input: String) -> Answer {
    match act(&input)? {
        Act::Said(text) => Ok(text),
        Act::Wait => std::future::pending().await,
    }
}

enum Act {
    Said(String),
    Wait,
}

fn act(input: &str) -> Result<Act, Box<dyn std::error::Error + Send + Sync>> {
    let (order, rest) = input.split_once(' ').unwrap_or((input, ""));
    let said = match order {
        "say" => rest.to_owned(),
        "fail" => return Err(Trouble { depth: 2 }.into()),
        "panic" => panic!("the cupboard is bare"),
        "abort" => process::abort(),
        "exit" => process::exit(rest.parse()?),
        "overflow" => overflow(1).to_string(),
        "kill" => kill(),
        "block" => hang(),
        "wait" => return Ok(Act::Wait),
        // Waits for the first time, so that it is in flight when another run dies.
        "linger" if Path::new(rest).exists() => "again".to_owned(),
        "linger" => {
            fs::write(rest, "")?;
            return Ok(Act::Wait);
        }
        // Goes on once so many linger.
        "after" => {
            let [company, room, then] = three(rest);
            while fs::read_dir(room)?.count() < company.parse()? {
                thread::yield_now();
            }
            return act(then);
        }
        // Leaves a mark for each call.
        "tally" => {
            let (file, then) = rest.split_once(' ').unwrap_or((rest, ""));
            let mut tally = fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(file)?;
            tally.write_all(b"x")?;
            return act(then);
        }
        // Works from the given call on.
        "from" => {
            let [call, file, then] = three(rest);
            let calls = fs::metadata(file)?.len();
            if calls < call.parse()? {
                return Err(fluxloop::transient(format!("call {calls} is too early")).into());
            }
            return act(then);
        }
        "until" => {
            while !Path::new(rest).exists() {
                thread::sleep(Duration::from_millis(5));
            }
            "there".to_owned()
        }
        "refused" => return Err(io::Error::from(io::ErrorKind::ConnectionRefused).into()),
        "denied" => return Err(io::Error::from(io::ErrorKind::PermissionDenied).into()),
        "busy" => return Err(fluxloop::transient(Trouble { depth: 1 }).into()),
        unknown => return Err(format!("no such order: {unknown}").into()),
    };
    Ok(Act::Said(said))
}

fn three(text: &str) -> [&str; 3] {
    let mut parts = text.splitn(3, ' ');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}

fn kill() -> ! {
    let _ = process::Command::new("kill")
        .args(["-9", &process::id().to_string()])
        .status();
    hang()
}

#[expect(unconditional_recursion, reason = "that is what it is for")]
fn overflow(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 64]);
    overflow(room[7] + 1) + std::hint::black_box(room)[3]
}

/// An error with a chain of causes.
#[derive(Debug)]
struct Trouble {
    depth: usize,
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["nobody refilled it", "the shelf is empty", "no answer"][self.depth])
    }
}

impl std::error::Error for Trouble {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        static CAUSES: [Trouble; 2] = [Trouble { depth: 0 }, Trouble { depth: 1 }];
        self.depth.checked_sub(1).map(|depth| &CAUSES[depth] as _)
    }
}
