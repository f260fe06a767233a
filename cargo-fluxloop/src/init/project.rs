use std::{fs, path::Path};

use cargo_metadata::{DependencyKind, semver::Version};
use fluxloop::{
    config::{self, LoadRequest},
    target::{Kind, TargetSpec},
};

use super::{
    Change, Effect, InitError,
    agent::{Chosen, choose, library, root, why_no_test},
    manifest::{Entries, inherited_name},
    sample::{Sample, Unclear},
    text::{self, TEST},
};
use crate::{target::scan, workspace::OwnPackage};

/// What the user asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    /// The agent, where there are several.
    pub(crate) agent: Option<String>,
    /// An agent to begin with, where there is none.
    pub(crate) example_agent: bool,
    /// Replace files of ours that are there.
    pub(crate) force: bool,
}

/// A crate with what it lacks.
#[derive(Debug)]
pub(crate) struct Project<'p> {
    package: &'p OwnPackage,
    /// Each file, in the order in which they are written: the manifest last, for it names the others.
    pub(crate) changes: Vec<Change>,
    /// What cannot be had, and why.
    pub(crate) notes: Vec<String>,
    /// What the user has to add: the file, and the lines.
    pub(crate) missing_agent: Option<(String, String)>,
    /// Whether the experiment is a test, too.
    pub(crate) has_test: bool,
}

impl<'p> Project<'p> {
    /// Finds out what is there and what lacks. Nothing is written.
    ///
    /// # Errors
    ///
    /// [`InitError`] when it is not clear what is meant, or a file cannot be read.
    pub(crate) fn prepare(
        package: &'p OwnPackage,
        wishes: &Wishes,
        version: &Version,
    ) -> Result<Self, InitError> {
        let Some(root) = root(package) else {
            return Err(InitError::NothingToLink(package.package.name.to_string()));
        };
        let mut project = Self {
            package,
            changes: Vec::new(),
            notes: Vec::new(),
            missing_agent: None,
            has_test: false,
        };
        let wanted = match &wishes.agent {
            Some(agent) => Some(agent.parse()?),
            None => project.configured_target(wishes.force),
        };
        let chosen = choose(package, wanted.as_ref())?;
        let fluxloop = fluxloop_name(package);
        let mut target = chosen.as_ref().map(|chosen| chosen.target.clone());
        if chosen.is_some() && wishes.example_agent {
            project
                .notes
                .push("no example agent is written: there is an agent already".to_owned());
        } else if chosen.is_none() && wishes.example_agent {
            project.example_agent(root.source(), &fluxloop, wishes.force)?;
            target = Some(format!("{}:run", root.crate_name()));
        } else if chosen.is_none() {
            let file = project.relative(root.source()).display().to_string();
            project.missing_agent = Some((file, text::agent(&fluxloop)));
        }
        let name = package.package.name.as_str();
        let simulation = text::simulation(name, target.as_deref());
        project.own_file("configs/simulation.yaml", simulation, wishes.force)?;
        let inputs = text::inputs(&project.sample(chosen.as_ref()));
        project.own_file("inputs/generated.yaml", inputs, wishes.force)?;
        project.test(chosen.as_ref(), &fluxloop, wishes.force)?;
        project.ignored_by_git()?;
        project.manifest(version)?;
        Ok(project)
    }

    /// The package's name.
    pub(crate) fn name(&self) -> &str {
        &self.package.package.name
    }

    /// The package's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.package.folder()
    }

    /// A path from the package's folder.
    pub(crate) fn relative<'f>(&self, path: &'f Path) -> &'f Path {
        path.strip_prefix(self.folder()).unwrap_or(path)
    }

    /// Whether anything is to be written.
    pub(crate) fn is_complete(&self) -> bool {
        let mut effects = self.changes.iter().map(Change::effect);
        effects.all(|effect| effect == Effect::Keep)
    }

    /// Writes all that lacks, each file whole or not at all.
    ///
    /// # Errors
    ///
    /// When a file cannot be written. Those before it are.
    pub(crate) fn apply(&self) -> Result<(), InitError> {
        self.changes.iter().try_for_each(Change::apply)
    }

    /// The target of the configuration that is there and stays.
    fn configured_target(&self, force: bool) -> Option<TargetSpec> {
        if force {
            return None;
        }
        // One that cannot be read is the run's to report.
        let loaded = config::load(&LoadRequest::new(self.folder())).ok()?;
        loaded.config.runner.target?.parse().ok()
    }

    fn own_file(&mut self, path: &str, text: String, force: bool) -> Result<(), InitError> {
        let path = self.folder().join(path);
        self.changes.push(Change::to_text(path, text, force)?);
        Ok(())
    }

    /// An input that fits the agent; text where nobody knows.
    fn sample(&mut self, chosen: Option<&Chosen<'_>>) -> Sample {
        let Some(Chosen { found, target }) = chosen else {
            return Sample::Text;
        };
        match Sample::of(&found.agent, scan(found.target).files) {
            Ok(sample) => sample,
            Err(Unclear(ty)) => {
                let inputs = self.folder().join("inputs/generated.yaml");
                if !inputs.exists() {
                    self.notes.push(format!(
                        "the sources do not tell what `{target}` takes as `{ty}`: \
                         put inputs that fit it into inputs/generated.yaml"
                    ));
                }
                Sample::Text
            }
        }
    }

    /// A module with an agent, and the line in the crate's root that makes it one.
    fn example_agent(&mut self, root: &Path, fluxloop: &str, force: bool) -> Result<(), InitError> {
        let file = root.with_file_name("agent.rs");
        let text = text::agent(fluxloop);
        self.changes.push(Change::to_text(file, text, force)?);
        let root = Change::of_file(root.to_owned(), with_module, |path, problem| {
            InitError::Source { path, problem }
        });
        self.changes.push(root?);
        Ok(())
    }

    fn test(
        &mut self,
        chosen: Option<&Chosen<'_>>,
        fluxloop: &str,
        force: bool,
    ) -> Result<(), InitError> {
        let file = self.folder().join("tests").join(format!("{TEST}.rs"));
        let mut targets = self.package.targets.iter();
        let other = targets.find(|target| {
            target.kind() == Kind::Test && target.name() == TEST && target.source() != file
        });
        if let Some(other) = other {
            let other = self.relative(other.source()).display();
            self.notes.push(format!(
                "`cargo test` runs no experiment: the package has another test `{TEST}`, in {other}"
            ));
            return Ok(());
        }
        let why_not = why_no_test(chosen, self.package);
        let (Some(library), None) = (library(self.package), &why_not) else {
            let why = why_not.unwrap_or_default();
            self.notes
                .push(format!("`cargo test` runs no experiment: {why}"));
            return Ok(());
        };
        let harness = text::test(fluxloop, &library.crate_name());
        let test = Change::to_text(file, harness, force)?;
        self.has_test = test.after.contains("main!");
        if !self.has_test {
            self.notes.push(format!(
                "`cargo test` runs no experiment: tests/{TEST}.rs is there already, and is another test; \
                 pass --force to replace it"
            ));
        }
        self.changes.push(test);
        Ok(())
    }

    /// Results belong to who ran them, not into the repository: the nearest `.gitignore` of the workspace says so.
    fn ignored_by_git(&mut self) -> Result<(), InitError> {
        let workspace = self.package.workspace_manifest.parent();
        let within = |folder: &&Path| workspace.is_some_and(|root| folder.starts_with(root));
        let mut files = self.folder().ancestors().take_while(within);
        let Some(file) = files.find_map(|folder| {
            let file = folder.join(".gitignore");
            file.is_file().then_some(file)
        }) else {
            return Ok(());
        };
        let change = Change::of_file(
            file,
            |text| Ok::<_, InitError>(ignoring(text)),
            |_, error| error,
        )?;
        self.changes.push(change);
        Ok(())
    }

    fn manifest(&mut self, version: &Version) -> Result<(), InitError> {
        let workspace = fs::read_to_string(&self.package.workspace_manifest);
        let inherited = workspace.ok().and_then(|text| inherited_name(&text));
        let version = format!("{}.{}", version.major, version.minor);
        let entries = Entries {
            package: &self.package.package,
            version: &version,
            inherited: inherited.as_deref(),
            test: self.has_test,
        };
        let path = self.package.package.manifest_path.clone().into();
        let change = Change::of_file(
            path,
            |text| entries.added_to(text),
            |path, source| InitError::Manifest { path, source },
        )?;
        self.changes.push(change);
        Ok(())
    }
}

/// What the crate's sources call fluxloop, or will.
fn fluxloop_name(package: &OwnPackage) -> String {
    let declared = package.package.dependencies.iter();
    let fluxloop = declared.filter(|dependency| dependency.name == "fluxloop");
    let name = fluxloop
        .min_by_key(|dependency| dependency.kind != DependencyKind::Normal)
        .and_then(|dependency| dependency.rename.as_deref());
    name.unwrap_or("fluxloop").replace('-', "_")
}

/// A crate's root with the module of the example agent, before everything that it declares.
fn with_module(source: &str) -> Result<String, String> {
    let parsed = syn::parse_file(source).map_err(|error| {
        let start = error.span().start();
        format!("{error} in line {}", start.line)
    })?;
    let declares = |item: &syn::Item| matches!(item, syn::Item::Mod(item) if item.ident == "agent");
    if parsed.items.iter().any(declares) {
        return Ok(source.to_owned());
    }
    let Some(first) = parsed.items.first() else {
        let gap = if source.is_empty() { "" } else { "\n" };
        return Ok(format!("{source}{gap}pub mod agent;\n"));
    };
    let line = syn::spanned::Spanned::span(first).start().line;
    let at: usize = source
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let (before, after) = source.split_at(at);
    Ok(format!("{before}pub mod agent;\n\n{after}"))
}

/// A `.gitignore` that leaves out the folder of results, wherever it stands.
fn ignoring(text: &str) -> String {
    let is_there = |line: &str| line.trim().trim_matches('/') == "experiments";
    if text.lines().any(is_there) {
        return text.to_owned();
    }
    let gap = if text.is_empty() || text.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    format!("{text}{gap}experiments/\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_left_out_of_the_repository_once() {
        for (before, after) in [
            ("", "experiments/\n"),
            ("/target\n", "/target\nexperiments/\n"),
            ("/target", "/target\nexperiments/\n"),
            ("/experiments\n/target\n", "/experiments\n/target\n"),
            ("my_experiments/\n", "my_experiments/\nexperiments/\n"),
        ] {
            assert_eq!(ignoring(before), after, "{before}");
        }
    }

    #[test]
    fn the_module_stands_before_what_the_crate_declares() {
        for (before, after) in [
            ("", "pub mod agent;\n"),
            ("//! Docs.\n", "//! Docs.\n\npub mod agent;\n"),
            (
                "//! Docs.\n\n/// One.\npub fn one() {}\n",
                "//! Docs.\n\npub mod agent;\n\n/// One.\npub fn one() {}\n",
            ),
            ("fn main() {}\n", "pub mod agent;\n\nfn main() {}\n"),
            ("mod agent;\n", "mod agent;\n"),
        ] {
            assert_eq!(with_module(before).as_deref(), Ok(after), "{before}");
        }
        assert!(with_module("fn").unwrap_err().ends_with("in line 1"));
    }
}
