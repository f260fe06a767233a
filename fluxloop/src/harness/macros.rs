/// The whole of a test target that runs an experiment: each of its cases is a test.
///
/// ```toml
/// # Cargo.toml
/// [dev-dependencies]
/// fluxloop = { version = "0.1", features = ["harness"] }
///
/// [[test]]
/// name = "fluxloop"
/// harness = false
/// ```
/// ```ignore
/// // tests/fluxloop.rs
/// fluxloop::main!(my_crate);
/// ```
///
/// - `my_crate`: the crate that holds the agents; several with commas between. Without it a crate would not be linked, and its
///   agents not be found. Agents in the test file itself are found, too.
/// - `config = "configs/other.yaml"`: the configuration, in place of `configs/simulation.yaml`. The path is relative to the
///   package's folder.
/// - `config = ["configs/a.yaml", "configs/b.yaml"]`: several. The file's name leads the names of its cases: `a::run::any::…`.
///
/// - `snapshots`: answers are compared with those of before, as `snapshots: true` in the configuration has it.
///
/// `cargo test` then runs the cases as the command does and writes the same experiment directory; filters, `--exact`, `--list`,
/// `--test-threads` and all other stable flags of libtest work. `FLUXLOOP_…` variables override the configuration as they do for the
/// command; `FLUXLOOP_CONFIG` names another one.
#[macro_export]
macro_rules! main {
    ($($options:tt)*) => {
        $crate::__main!({} {} {false} $($options)*);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __main {
    ({$($krate:ident)*} {} $snapshots:tt) => {
        $crate::__main!({$($krate)*} {$crate::__private::harness::Configs::Usual} $snapshots);
    };
    ({$($krate:ident)*} {$configs:expr} {$snapshots:expr}) => {
        $(
            // Links it: its agents are registered.
            use $krate as _;
        )*

        #[allow(unexpected_cfgs)]
        fn main() -> ::std::process::ExitCode {
            $crate::__private::harness::main(&$crate::__private::harness::Call {
                manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                temporary: ::core::option_env!("CARGO_TARGET_TMPDIR"),
                package: ::core::env!("CARGO_PKG_NAME"),
                crate_name: ::core::env!("CARGO_CRATE_NAME"),
                file: ::core::file!(),
                configs: $configs,
                snapshots: $snapshots,
                compare: |name, text| {
                    $crate::__private::insta::with_settings!({omit_expression => true}, {
                        $crate::__private::insta::assert_snapshot!(name, text);
                    });
                },
                is_entry: ::core::cfg!(fluxloop_entry),
            })
        }
    };
    ($crates:tt $configs:tt $snapshots:tt config = [] $($rest:tt)*) => {
        ::core::compile_error!(
            "`config = []` names no configuration: leave it out to mean `configs/simulation.yaml`"
        );
    };
    ({$($krate:ident)*} {} $snapshots:tt config = [$($config:expr),+ $(,)?] $(, $($rest:tt)*)?) => {
        $crate::__main!(
            {$($krate)*}
            {$crate::__private::harness::Configs::Several(&[$($config),+])}
            $snapshots
            $($($rest)*)?
        );
    };
    ({$($krate:ident)*} {} $snapshots:tt config = $config:expr $(, $($rest:tt)*)?) => {
        $crate::__main!(
            {$($krate)*}
            {$crate::__private::harness::Configs::One($config)}
            $snapshots
            $($($rest)*)?
        );
    };
    ($crates:tt $configs:tt {false} snapshots $(, $($rest:tt)*)?) => {
        $crate::__main!($crates $configs {true} $($($rest)*)?);
    };
    ({$($before:ident)*} $configs:tt $snapshots:tt $krate:ident $(, $($rest:tt)*)?) => {
        $crate::__main!({$($before)* $krate} $configs $snapshots $($($rest)*)?);
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "expected the crates that hold the agents, then what else is wanted, as in `fluxloop::main!(my_crate)`, \
             `fluxloop::main!(my_crate, config = \"configs/simulation.yaml\")`, \
             `fluxloop::main!(my_crate, config = [\"configs/a.yaml\", \"configs/b.yaml\"])` or \
             `fluxloop::main!(my_crate, snapshots)`"
        );
    };
}
