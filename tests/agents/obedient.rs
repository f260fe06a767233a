//! An agent that does what its input says: `say hello`, `fail softly`, `meet 3`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fs,
    path::Path,
    sync::{Condvar, LazyLock, Mutex},
    thread,
};

use fluxloop::Context;
use tokio::sync::Barrier;

/// How often each input was tried.
static TRIES: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
/// Who waits for company: how many are there, how many have ever been there at once.
static ROOM: Mutex<Room> = Mutex::new(Room { inside: 0, most: 0 });
static ARRIVAL: Condvar = Condvar::new();

struct Room {
    inside: u32,
    most: u32,
}

#[fluxloop::agent]
fn run(input: String, ctx: &Context) -> Result<String, Box<dyn Error + Send + Sync>> {
    let (order, rest) = input.split_once(' ').unwrap_or((&input, ""));
    match order {
        "say" => Ok(rest.to_owned()),
        "fail" => Err(rest.into()),
        "panic" => panic!("{rest}"),
        "abort" => std::process::abort(),
        "hang" => hang(),
        // One crashes when the other is there; the other returns on its second try alone.
        "crash-beside" => {
            wait_for(Path::new(rest));
            std::process::abort()
        }
        "linger" if Path::new(rest).exists() => Ok("again".to_owned()),
        "linger" => {
            fs::write(rest, "")?;
            hang()
        }
        "print" => {
            println!("printed: {rest}");
            eprintln!("complained: {rest}");
            Ok(input)
        }
        "profile" => Ok(cfg!(debug_assertions).to_string()),
        "seed" => Ok(ctx.seed().to_string()),
        "env" => Ok(env::var(rest).unwrap_or_default()),
        "folder" => Ok(env::current_dir()?.display().to_string()),
        "meet" => Ok(meet(rest.parse()?).to_string()),
        "flaky" => on_try(&input, rest.parse()?),
        _ => Ok(input),
    }
}

/// Waits for two runs beside each other, without a thread for either.
#[fluxloop::agent]
async fn patient(_input: String) -> &'static str {
    static PAIR: LazyLock<Barrier> = LazyLock::new(|| Barrier::new(2));
    PAIR.wait().await;
    "met"
}

fn hang() -> ! {
    loop {
        thread::park();
    }
}

fn wait_for(file: &Path) {
    while !file.exists() {
        thread::yield_now();
    }
}

/// Waits until this many are here, and tells how many have been here at most.
fn meet(company: u32) -> u32 {
    let mut room = ROOM.lock().unwrap();
    room.inside += 1;
    room.most = room.most.max(room.inside);
    ARRIVAL.notify_all();
    // Those who came first may have left again.
    let mut room = ARRIVAL
        .wait_while(room, |room| room.most < company)
        .unwrap();
    room.inside -= 1;
    room.most
}

/// Works on the given try, and asks for another one before.
fn on_try(input: &str, works: u32) -> Result<String, Box<dyn Error + Send + Sync>> {
    let mut tries = TRIES.lock().unwrap();
    let tried = tries.entry(input.to_owned()).or_default();
    *tried += 1;
    if *tried < works {
        return Err(fluxloop::transient(format!("try {tried} is too early")).into());
    }
    Ok(format!("try {tried}"))
}
