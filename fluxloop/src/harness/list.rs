use std::io::{self, Write};

use super::{HarnessError, flags::Flags, project::Project};
use crate::{setup::BeginError, summary::words::plural};

/// Lists the selected tests of all configurations, as libtest does. By hand: libtest-mimic takes each name apart to look for
/// colours, which would be most of the time of a long list.
pub(super) fn list(projects: Vec<Project>, flags: &Flags) -> Result<(), HarnessError> {
    let mut names = Vec::new();
    for project in projects {
        names.extend(project.names()?);
    }
    names.retain(|name| flags.selects(name));
    match write(&names, flags.is_terse()) {
        // Whoever reads the list has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written.map_err(BeginError::system("cannot write the list of tests"))?),
    }
}

fn write(names: &[String], is_terse: bool) -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for name in names {
        writeln!(out, "{name}: test")?;
    }
    if !is_terse {
        let blank = if names.is_empty() { "" } else { "\n" };
        writeln!(
            out,
            "{blank}{}, 0 benchmarks",
            plural(names.len() as u64, "test")
        )?;
    }
    out.flush()
}
