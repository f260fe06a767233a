/// What `fluxloop::main!` knows of the test target that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// `CARGO_MANIFEST_DIR`, as the target was built.
    pub manifest_dir: &'a str,
    /// `CARGO_TARGET_TMPDIR`: where a test may keep what it likes.
    pub temporary: Option<&'a str>,
    /// The package.
    pub package: &'a str,
    /// The test target's own crate.
    pub crate_name: &'a str,
    /// `file!()`: from the folder that the compiler was started in, the workspace's.
    pub file: &'a str,
    /// The configurations that are named.
    pub configs: Configs<'a>,
    /// Whether answers are compared with snapshots, whatever the configurations say.
    pub snapshots: bool,
    /// Compares a text with the snapshot of a name; panics where they differ. It is the test target's own, so that snapshots
    /// stand beside it.
    pub compare: fn(&str, &str),
    /// Built by `cargo fluxloop`, to be a worker and nothing else.
    pub is_entry: bool,
}

/// The configurations of a harness.
#[derive(Clone, Copy, Debug)]
pub enum Configs<'a> {
    /// `configs/simulation.yaml`.
    Usual,
    /// This one.
    One(&'a str),
    /// These: the name of each leads the names of its cases.
    Several(&'a [&'a str]),
}
