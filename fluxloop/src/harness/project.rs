use std::{
    collections::BTreeSet,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use super::{
    Call, Configs, HarnessError,
    agent::agent,
    env::Environment,
    flags::Flags,
    kept::Kept,
    nextest::Nextest,
    references::References,
    snapshots::Snapshots,
    suite::{Suite, case_name, test_name},
};
use crate::{
    config::{self, Config, LoadRequest, Override, Warning},
    linked::crate_of,
    setup::{Outlined, Setup, SetupError, target_of},
    target::normal,
    within_test,
    worker::protocol::AgentInfo,
};

/// A configuration that was read, and the agent that it means. Its inputs were not read yet.
#[derive(Debug)]
pub(super) struct Project {
    config: Config,
    agent: AgentInfo,
    /// What leads the names of its cases, where there are several configurations.
    prefix: Option<String>,
    /// The seed where none is configured.
    seed: Option<u64>,
    own_crates: Vec<String>,
    snapshots: Option<Arc<Snapshots>>,
    /// Where its plan is kept.
    kept: Option<Kept>,
}

impl Project {
    /// Loads every configuration.
    pub(super) fn all(
        call: &Call<'_>,
        flags: &Flags,
        (environment, nextest): (&Environment, Option<&Nextest>),
    ) -> Result<Vec<Self>, HarnessError> {
        let from_variable = environment.get("FLUXLOOP_CONFIG");
        let requests = match (call.configs, &from_variable) {
            (Configs::Several(_), Some(path)) => vec![(Some(*path), true)],
            (Configs::Usual | Configs::One(_), Some(path)) => vec![(Some(*path), false)],
            (Configs::Usual, None) => vec![(None, false)],
            (Configs::One(path), None) => vec![(Some(path), false)],
            (Configs::Several(paths), None) => {
                paths.iter().map(|path| (Some(*path), true)).collect()
            }
        };
        let named_by = match from_variable {
            Some(_) => "the variable `FLUXLOOP_CONFIG`",
            None => "`fluxloop::main!(…, config = \"…\")`",
        };
        let mut prefixes = BTreeSet::new();
        let mut projects = Vec::new();
        for (path, is_named) in requests {
            let mut request = request(call, flags, environment);
            request.config = path.map(|path| without_detours(&request.current_directory, path));
            request.config_named_by = Some(named_by.to_owned());
            request.seed = nextest.map(Nextest::seed);
            let prefix = is_named.then(|| stem(path.unwrap_or_default()));
            if let Some(name) = &prefix
                && !prefixes.insert(name.clone())
            {
                return Err(HarnessError::SameName { name: name.clone() });
            }
            projects.push(Self::load(call, &request, (prefix, environment))?);
        }
        Ok(projects)
    }

    fn load(
        call: &Call<'_>,
        request: &LoadRequest,
        (prefix, environment): (Option<String>, &Environment),
    ) -> Result<Self, HarnessError> {
        let loaded = config::load(request)?;
        loaded.warnings.iter().for_each(warn);
        let config = loaded.config;
        let agent = agent(call, target_of(&config)?.as_ref())?;
        let own: BTreeSet<String> = [call.crate_name, call.package, &crate_of(&agent)]
            .map(normal)
            .into();
        let compares = call.snapshots || config.snapshots.enabled;
        let snapshots = compares.then(|| {
            let snapshots = Snapshots::new(call.compare, &config.snapshots);
            Arc::new(snapshots.noting(References::of(call, environment)))
        });
        Ok(Self {
            kept: Kept::of(call, &config),
            snapshots,
            config,
            prefix,
            seed: request.seed,
            own_crates: own.into_iter().collect(),
            agent,
        })
    }

    /// The names of all its tests.
    pub(super) fn names(self) -> Result<Vec<String>, HarnessError> {
        let pairs = match self.kept.as_ref().and_then(Kept::names) {
            Some(pairs) => pairs,
            None if self.config.cases.are_all() => {
                let pairs = self.outlined()?.outline;
                pairs.pairs().map(|(name, ..)| name).collect()
            }
            // Which are left is drawn of them all.
            None => {
                let suite = self.suite(None)?;
                let cases = suite.iter().flat_map(|suite| suite.plan.cases());
                let prefix = suite.as_ref().and_then(|suite| suite.prefix.as_deref());
                return Ok(cases.map(|case| test_name(prefix, &case.name)).collect());
            }
        };
        let agent = &self.agent.name;
        let iterations = 0..self.config.iterations.get();
        let cases = iterations.flat_map(|iteration| {
            let pairs = pairs.iter();
            pairs.map(move |pair| format!("{agent}::{pair}::iter_{iteration}"))
        });
        let prefix = self.prefix.as_deref();
        Ok(cases.map(|case| test_name(prefix, &case)).collect())
    }

    /// Its cases; only that of one test, where one is asked for. `None`: that is a test of another configuration.
    pub(super) fn suite(self, only: Option<&str>) -> Result<Option<Suite>, HarnessError> {
        let case = match only {
            None => None,
            Some(test) => match case_name(self.prefix.as_deref(), test) {
                Some(case) => Some(case),
                None => return Ok(None),
            },
        };
        let setup = match case.and_then(|case| self.found(case)) {
            Some(setup) => setup,
            None => self.outlined()?.setup()?,
        };
        Ok(Some(Suite {
            plan: setup.plan.clone().for_agent(&self.agent.name),
            setup,
            prefix: self.prefix,
            desk: Arc::default(),
            verdicts: Arc::default(),
            snapshots: self.snapshots,
            own_crates: self.own_crates,
            agent: self.agent,
        }))
    }

    /// All its cases by their names, which are kept.
    fn outlined(&self) -> Result<Outlined, SetupError> {
        let outlined = Outlined::read(self.config.clone(), self.seed, &mut warn)?;
        if let Some(kept) = &self.kept {
            kept.keep(&outlined);
        }
        Ok(outlined)
    }

    /// The plan as far as it is about a case, if it is kept.
    fn found(&self, case: &str) -> Option<Setup> {
        let pair = case.strip_prefix(&*self.agent.name)?.strip_prefix("::")?;
        let (pair, _iteration) = pair.rsplit_once("::iter_")?;
        let found = self.kept.as_ref()?.find(pair, &self.config)?;
        found.setup(self.config.clone(), self.seed)
    }
}

fn warn(warning: &Warning) {
    within_test::say(&warning.report());
}

/// What every configuration is loaded with.
fn request(call: &Call<'_>, flags: &Flags, environment: &Environment) -> LoadRequest {
    let mut request = LoadRequest::new(package_directory(call, environment));
    request.environment.clone_from(&environment.variables);
    let threads = |flag, value: serde_json::Value| Override::flag(flag, "parallel_runs", value);
    let variable = environment.get("RUST_TEST_THREADS");
    request.overrides = match (flags.test_threads, variable) {
        (Some(count), _) => vec![threads("--test-threads", count.into())],
        (None, Some(text)) => {
            let value = text.parse::<u64>().map_or_else(|_| text.into(), Into::into);
            vec![threads("RUST_TEST_THREADS", value)]
        }
        (None, None) => Vec::new(),
    };
    request
}

/// Where the package is: where it was when the test was built, or where cargo says that it is now.
fn package_directory(call: &Call<'_>, environment: &Environment) -> PathBuf {
    let built = Path::new(call.manifest_dir);
    match environment.get("CARGO_MANIFEST_DIR") {
        Some(now) if !built.is_dir() => PathBuf::from(now),
        _ => built.to_owned(),
    }
}

/// What a configuration is called by its file.
fn stem(path: &str) -> String {
    let stem = Path::new(path).file_stem();
    stem.unwrap_or_default().to_string_lossy().into_owned()
}

/// A path as it is best shown: a configuration of the workspace is `../configs/…` for its member.
fn without_detours(directory: &Path, path: &str) -> PathBuf {
    let has_detour = Path::new(path)
        .components()
        .any(|part| part == Component::ParentDir);
    let whole = has_detour.then(|| directory.join(path).canonicalize());
    whole.and_then(Result::ok).unwrap_or_else(|| path.into())
}
