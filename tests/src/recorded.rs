use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Shutdown, TcpStream},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Barrier, OnceLock},
    thread,
};

use serde_json::Value;

use crate::{Finished, Project, workspace};

fn agent() -> &'static Project {
    static AGENT: OnceLock<Project> = OnceLock::new();
    AGENT.get_or_init(|| {
        Project::kept("e2e_recorded")
            .package(
                "",
                "e2e_recorded",
                "axum = { version = \"0.8\", default-features = false, features = [\"http1\", \"json\", \"tokio\"] }\n\
                 serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n\
                 tokio = { version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }\n\
                 [[bin]]\nname = \"e2e_recorded_service\"\npath = \"src/service.rs\"\n[workspace]\n",
            )
            .locked()
            .file("src/lib.rs", include_str!("../agents/recorded.rs"))
            .file("src/service.rs", include_str!("../agents/recorded_service.rs"))
    })
}

/// A folder beside the project whose agent `answer` records its calls; see `agents/recorded.rs` for what it takes.
#[must_use]
pub fn recorded(config: &str, inputs: &[&str]) -> Project {
    let lines: Vec<_> = inputs.iter().map(|input| format!("- {input:?}")).collect();
    agent()
        .beside("answer")
        .config(config)
        .inputs(&lines.join("\n"))
}

/// A live service that calls the agent.
#[derive(Debug)]
pub struct Service {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    port: u16,
}

impl Service {
    /// Starts it in the folder of a project, with these variables and arguments.
    ///
    /// # Panics
    ///
    /// When it cannot be built or started.
    #[must_use]
    pub fn start(project: &Project, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        static BUILT: OnceLock<()> = OnceLock::new();
        BUILT.get_or_init(|| {
            // Of the command for its variables: they are those that the agents are built with.
            let mut cargo = Command::new(env!("CARGO"));
            let of_command = agent().command("");
            for (name, value) in of_command.get_envs() {
                match value {
                    Some(value) => cargo.env(name, value),
                    None => cargo.env_remove(name),
                };
            }
            let built = cargo.arg("build").current_dir(agent().path("")).status();
            assert!(built.expect("cargo starts").success());
        });
        let mut command = Command::new(workspace().join("target/e2e/debug/e2e_recorded_service"));
        command
            .args(arguments)
            .current_dir(project.path(""))
            .env_clear()
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the service starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut port = String::new();
        stdout.read_line(&mut port).expect("it says its port");
        Self {
            stdin: child.stdin.take().expect("it is piped"),
            port: port.trim().parse().expect("a port"),
            child,
            stdout,
        }
    }

    /// Asks it so many questions at once: `question` makes the body of each. What it answers, in order.
    ///
    /// # Panics
    ///
    /// When a call fails.
    pub fn ask(&self, count: usize, question: impl Fn(usize) -> Value + Sync) -> Vec<String> {
        let together = Barrier::new(count);
        let ask = |index| {
            together.wait();
            post(self.port, &question(index).to_string())
        };
        thread::scope(|scope| {
            let asked: Vec<_> = (0..count)
                .map(|index| {
                    let ask = &ask;
                    let small = thread::Builder::new().stack_size(256 << 10);
                    small
                        .spawn_scoped(scope, move || ask(index))
                        .expect("threads start")
                })
                .collect();
            asked
                .into_iter()
                .map(|asked| asked.join().expect("it is answered"))
                .collect()
        })
    }

    /// Lets it end by itself.
    ///
    /// # Panics
    ///
    /// When it has gone.
    #[must_use]
    pub fn end(mut self) -> Finished {
        drop(self.stdin);
        let mut stdout = String::new();
        self.stdout.read_to_string(&mut stdout).expect("it is text");
        let output = self.child.wait_with_output().expect("it ends");
        Finished {
            stdout,
            ..Finished::from(output)
        }
    }
}

/// One request of its own connection.
fn post(port: u16, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
    let head = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream
        .write_all((head + body).as_bytes())
        .expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let _ = stream.shutdown(Shutdown::Both);
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    body.to_owned()
}
