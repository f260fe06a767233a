//! The command, measured from outside.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tests::{Experiment, Project, workspace};

use crate::floor::Rows;

/// What something took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figures {
    /// Seconds by the clock.
    pub(crate) wall: f64,
    /// Seconds of CPU time, of this process and of all it has waited for.
    pub(crate) cpu: f64,
    /// The highest resident memory seen, in MB.
    pub(crate) peak_mb: f64,
}

impl Figures {
    pub(crate) fn of(work: impl FnOnce()) -> Self {
        let (began, cpu) = (Instant::now(), cpu_seconds());
        work();
        Self {
            wall: began.elapsed().as_secs_f64(),
            cpu: cpu_seconds() - cpu,
            peak_mb: 0.0,
        }
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        Self {
            wall: self.wall - other.wall,
            cpu: self.cpu - other.cpu,
            ..*self
        }
    }

    pub(crate) fn per(&self, runs: impl Into<f64>) -> Self {
        let runs = runs.into();
        Self {
            wall: self.wall / runs,
            cpu: self.cpu / runs,
            ..*self
        }
    }
}

/// User and system time of this process and of the children it has waited for, from `/proc/self/stat` (proc(5)).
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat
        .rsplit(')')
        .next()
        .expect("the name stands in parentheses");
    let ticks: u32 = after_name
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(|field| field.parse::<u32>().expect("a number"))
        .sum();
    f64::from(ticks) / 100.0
}

const AGENTS: &str = r#"
//! Echoes.

/// Answers with what it is asked, after one turn of the scheduler.
#[fluxloop::agent]
pub async fn echo(input: String) -> String {
    tokio::task::yield_now().await;
    input
}

/// Echoes, and tells of eight spans: sixteen observations.
#[fluxloop::agent]
pub async fn traced(input: String) -> String {
    tokio::task::yield_now().await;
    for step in 0..8 {
        tracing::info_span!("step", step, of = 8, what = "work").in_scope(|| ());
    }
    input
}

/// Nanoseconds that a span with three fields takes.
#[fluxloop::agent]
pub async fn span(_input: String) -> u64 {
    let began = std::time::Instant::now();
    for step in 0..1_000 {
        tracing::info_span!("step", step, of = 1_000, what = "work").in_scope(|| ());
    }
    began.elapsed().as_nanos() as u64 / 1_000
}

/// Answers after 100 ms.
#[fluxloop::agent]
pub async fn wait(input: String) -> String {
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    input
}
"#;

const INPUTS: &str = "inputs:
  - How do I change the delivery address of an order that was placed yesterday evening?
";

/// A project with an echo agent, and the command, both built for release.
pub(crate) struct Bench {
    project: Project,
    command: PathBuf,
}

impl Bench {
    pub(crate) fn prepare() -> Self {
        let built = Command::new(env!("CARGO"))
            .args([
                "build",
                "--release",
                "--quiet",
                "--package",
                "cargo-fluxloop",
            ])
            .current_dir(workspace())
            .status()
            .expect("cargo runs");
        assert!(built.success(), "cargo-fluxloop does not build");
        let project = Project::new("bench_echo", AGENTS).inputs(INPUTS);
        let manifest = fs::read_to_string(project.path("Cargo.toml")).expect("it was just written");
        project.write(
            "Cargo.toml",
            &manifest.replace(
                "[workspace]",
                "tokio = { version = \"1\", features = [\"rt\", \"time\"] }\ntracing = \"0.1\"\n\n[workspace]",
            ),
        );
        let bench = Self {
            project,
            command: Path::new(env!("CARGO_TARGET_TMPDIR"))
                .with_file_name("release/cargo-fluxloop"),
        };
        bench.call("echo", 1, 1);
        bench
    }

    fn run(&self, arguments: &str) -> Command {
        let pattern = self
            .project
            .command(&format!("run experiment --yes --release {arguments}"));
        let mut command = Command::new(&self.command);
        command
            .args(pattern.get_args())
            .current_dir(self.project.path("."));
        for (name, value) in pattern.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.stdin(Stdio::null());
        command
    }

    /// Calls an agent so many times.
    pub(crate) fn call(&self, agent: &str, runs: u32, parallel: u32) -> Figures {
        let _ = fs::remove_dir_all(self.project.path("experiments"));
        self.target(agent);
        let mut command = self.run(&format!("--iterations {runs} --parallel {parallel}"));
        command.stderr(Stdio::null());
        let mut peak_mb = 0.0_f64;
        let figures = Figures::of(|| {
            let mut child = command.spawn().expect("the command starts");
            loop {
                peak_mb = peak_mb.max(peak_memory(child.id()));
                match child.try_wait().expect("it can be waited for") {
                    Some(status) => break assert!(status.success(), "the experiment failed"),
                    None => thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        Figures { peak_mb, ..figures }
    }

    /// The medians of what so many such calls took, 64 runs at once.
    pub(crate) fn median_of(&self, times: usize, agent: &str, runs: u32) -> Figures {
        let figures: Vec<_> = (0..times).map(|_| self.call(agent, runs, 64)).collect();
        Figures {
            wall: median(figures.iter().map(|figures| figures.wall)),
            cpu: median(figures.iter().map(|figures| figures.cpu)),
            ..figures[0]
        }
    }

    /// Nanoseconds that a span takes its agent, by the agent's own account: the median of some runs.
    pub(crate) fn span(&self) -> u64 {
        self.call("span", 21, 1);
        let rows = self.project.latest().rows("trace_summary.jsonl");
        let mut taken: Vec<_> = rows
            .iter()
            .filter_map(|row| row["output"].as_u64())
            .collect();
        taken.sort_unstable();
        taken[taken.len() / 2]
    }

    /// The rows of one run of the last experiment.
    pub(crate) fn rows(&self) -> Rows {
        let experiment = self.project.latest();
        let first = |name: &str| first_lines(&experiment, name, 2);
        Rows::new(
            &first("trace_summary.jsonl")[0],
            &first("traces.jsonl")[0],
            &first("observations.jsonl"),
        )
    }

    /// Seconds that so many runs of 100 ms took, by the experiment's own account.
    pub(crate) fn waiting(&self, runs: u32, parallel: u32) -> f64 {
        self.target("wait");
        let arguments = format!("--iterations {runs} --parallel {parallel}");
        let status = self
            .run(&arguments)
            .stderr(Stdio::null())
            .status()
            .expect("the command starts");
        assert!(status.success(), "the experiment failed");
        let summary = self.project.latest().summary();
        let at = |key: &str| {
            summary[key]
                .as_str()
                .expect("a time")
                .parse::<jiff::Timestamp>()
                .expect("RFC 3339")
        };
        (at("completed_at") - at("started_at")).as_secs_f64()
    }

    /// Makes this agent the one that is run.
    fn target(&self, agent: &str) {
        self.project.write(
            "configs/simulation.yaml",
            &format!("runner: {{target: \"bench_echo:{agent}\"}}\n"),
        );
    }

    /// Seconds that `cargo build` takes with nothing to build.
    pub(crate) fn build_alone(&self) -> f64 {
        let pattern = self.run("");
        let build = || {
            let mut command = Command::new(env!("CARGO"));
            command
                .args(["build", "--release", "--quiet"])
                .current_dir(self.project.path("."));
            for (name, value) in pattern
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?)))
            {
                command.env(name, value);
            }
            assert!(command.status().expect("cargo runs").success());
        };
        build();
        median((0..9).map(|_| Figures::of(build).wall))
    }

    /// Seconds that a whole experiment of one run takes, and from the end of its build to its first run.
    pub(crate) fn start(&self) -> (f64, f64) {
        let mut starts: Vec<_> = (0..9).map(|_| self.start_once()).collect();
        starts.sort_by(|a, b| a.0.total_cmp(&b.0));
        starts[starts.len() / 2]
    }

    fn start_once(&self) -> (f64, f64) {
        let began = Instant::now();
        let mut child = self
            .run("--message-format json --iterations 1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let built = thread::spawn(move || {
            let mut lines = stderr.lines().map_while(Result::ok);
            let built = lines
                .find(|line| line.contains("Finished"))
                .map(|_| Instant::now());
            // Read to the end, or the command would wait.
            lines.for_each(drop);
            built.expect("cargo says when it has finished")
        });
        let mut stdout = BufReader::new(child.stdout.take().expect("it is piped"))
            .lines()
            .map_while(Result::ok);
        let started = stdout
            .find(|line| line.contains("run-started"))
            .map(|_| Instant::now())
            .expect("a run starts");
        stdout.for_each(drop);
        assert!(child.wait().expect("it ends").success());
        let whole = began.elapsed().as_secs_f64();
        let built = built.join().expect("the reader ends");
        (whole, (started - built).as_secs_f64())
    }
}

fn first_lines(experiment: &Experiment, name: &str, lines: usize) -> Vec<Value> {
    let text = experiment.text(name);
    text.lines()
        .take(lines)
        .map(|line| serde_json::from_str(line).expect("a row"))
        .collect()
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// `VmHWM` of a process in MB; 0 once it has ended.
fn peak_memory(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("0");
    line.split_whitespace()
        .next()
        .and_then(|kib| kib.parse::<f64>().ok())
        .unwrap_or_default()
        / 1024.0
}
