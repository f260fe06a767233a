//! What a run costs beyond its agent: `cargo bench --package tests`. Figures are ratios within one invocation of this
//! program; `README.md` beside it has the last ones, and what they are held to.
#![expect(clippy::print_stdout, reason = "a benchmark tells what it measured")]

mod floor;
mod measured;

use measured::Bench;

fn main() {
    // `cargo test --benches` builds and starts benchmarks, too.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let bench = Bench::prepare();
    // First: what large experiments have left to be written to the disk delays the end of a small one, which waits for it.
    start(&bench);
    cost_per_run(&bench, 64, 5.0);
    cost_per_run(&bench, 1, 12.0);
    observations(&bench);
    slope(&bench);
    memory(&bench);
    concurrency(&bench);
}

/// The whole cost of a run over that of writing its rows in a loop.
fn cost_per_run(bench: &Bench, parallel: u32, limit: f64) {
    let few = bench.call("echo", 2_000, parallel);
    let many = bench.call("echo", 52_000, parallel);
    let run = many.minus(&few).per(50_000);
    let floor = floor::of(&bench.rows(), 50_000).per(50_000);
    let (name, ratio) = if parallel == 1 {
        ("CPU time", run.cpu / floor.cpu)
    } else {
        ("wall time", run.wall / floor.wall)
    };
    println!(
        "--parallel {parallel}: a run costs {:.1} µs wall, {:.1} µs CPU; its rows alone {:.1} µs wall, {:.1} µs CPU\n  \
         ratio of {name}: {ratio:.1} (at most {limit})",
        run.wall * 1e6,
        run.cpu * 1e6,
        floor.wall * 1e6,
        floor.cpu * 1e6,
    );
}

/// What it costs to tell of what happens in a run.
fn observations(bench: &Bench) {
    let per_run = |agent: &str| {
        let few = bench.call(agent, 2_000, 64);
        let many = bench.call(agent, 52_000, 64);
        many.minus(&few).per(50_000)
    };
    let (plain, traced) = (per_run("echo"), per_run("traced"));
    println!(
        "a run with 16 observations over one without, --parallel 64: {:.1} wall, {:.1} CPU (at most 3)\n\
         a span with three fields costs the agent {:.2} µs (at most 3)",
        traced.wall / plain.wall,
        traced.cpu / plain.cpu,
        f64::from(u32::try_from(bench.span()).expect("under four seconds")) / 1e3
    );
}

/// Whether a run costs the same among many as among few. Ten thousand take little longer than a start does, whose time
/// varies: medians of several.
fn slope(bench: &Bench) {
    let start = bench.median_of(9, "echo", 100);
    let per = |times: usize, runs: u32| {
        bench
            .median_of(times, "echo", runs)
            .minus(&start)
            .per(f64::from(runs - 100))
    };
    let (few, many) = (per(9, 10_000), per(3, 100_000));
    println!(
        "cost per run at 100,000 runs over that at 10,000: {:.2} wall, {:.2} CPU (0.8 to 1.2)",
        many.wall / few.wall,
        many.cpu / few.cpu
    );
}

/// What the engine's memory grows by.
fn memory(bench: &Bench) {
    let few = bench.call("echo", 1_000, 64);
    let many = bench.call("echo", 1_000_000, 64);
    println!(
        "engine's peak memory: {:.1} MB at 1,000 runs, {:.1} MB at 1,000,000: {:.1} MB more (at most 20)",
        few.peak_mb,
        many.peak_mb,
        many.peak_mb - few.peak_mb
    );
}

/// Runs that wait do so together.
fn concurrency(bench: &Bench) {
    let seconds = bench.waiting(5_000, 1_000);
    println!(
        "5,000 runs of 100 ms at --parallel 1000: {seconds:.2} s (under 1; 0.5 is what the waiting alone takes)"
    );
}

/// What stands between a build and the first run.
fn start(bench: &Bench) {
    let build = bench.build_alone();
    let (whole, first_run) = bench.start();
    println!(
        "from the finished build to the first run: {:.0} ms (at most 50)\n\
         one run, nothing to build: {:.0} ms, `cargo build` alone {:.0} ms: {:.0} ms more (at most 150)",
        first_run * 1e3,
        whole * 1e3,
        build * 1e3,
        (whole - build) * 1e3
    );
}
