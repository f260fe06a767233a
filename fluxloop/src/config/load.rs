use std::{
    collections::BTreeMap,
    fmt,
    path::{Component, Path, PathBuf},
};

use super::{
    Config,
    decode::{self, Surroundings},
    dotenv,
    effective::{self, Effective},
    error::{ConfigError, ConfigErrors, ErrorKind, Warning},
    layers::{self, Files},
    node::{Node, NodeValue, Origin},
    options::Override,
    place::shown_path,
    snapshot, variables,
};

const DEFAULT_CONFIG: &str = "configs/simulation.yaml";
const DEFAULT_ROOT: &str = "fluxloop";
/// Where a configuration in one file was, and where one that was misplaced may be.
const OTHER_PLACES: [&str; 4] = [
    "fluxloop.yaml",
    "setting.yaml",
    "simulation.yaml",
    "configs/simulation.yml",
];
/// What names a configuration, unless somebody else than the command reads it.
const FLAG: &str = "`--config`";
const MINIMAL: &str = "iterations: 1\nrunner:\n  target: \"my_crate:run\"";

/// Which configuration to load, and what overrides it.
#[derive(Clone, Default)]
#[non_exhaustive]
pub struct LoadRequest {
    /// `--config`; `configs/simulation.yaml` unless given. A relative one is meant from the project's directory with
    /// `project`, else from the current directory.
    pub config: Option<PathBuf>,
    /// `--root`: the folder of projects; `fluxloop` unless given.
    pub root: Option<PathBuf>,
    /// `--project`: a project below the root. Without it, the current directory is the project.
    pub project: Option<String>,
    /// The current directory. Absolute.
    pub current_directory: PathBuf,
    /// What the command line or code sets, in order: later ones win.
    pub overrides: Vec<Override>,
    /// The variables of the process.
    pub environment: BTreeMap<String, String>,
    /// The seed where none is configured; drawn unless given.
    pub seed: Option<u64>,
    /// Where whoever reads a message would name another configuration; `` `--config` `` unless given.
    pub config_named_by: Option<String>,
    /// Texts that stand for files of the configuration, by their absolute paths: to see what a change would do.
    pub texts: BTreeMap<PathBuf, String>,
}

impl LoadRequest {
    /// The default configuration of a directory, which is absolute, with no environment.
    #[must_use]
    pub fn new(current_directory: impl Into<PathBuf>) -> Self {
        Self {
            current_directory: current_directory.into(),
            ..Self::default()
        }
    }
}

impl fmt::Debug for LoadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadRequest")
            .field("config", &self.config)
            .field("root", &self.root)
            .field("project", &self.project)
            .field("current_directory", &self.current_directory)
            .field("overrides", &self.overrides)
            .finish_non_exhaustive()
    }
}

/// A configuration and what the user should know of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Loaded {
    /// Valid as a whole.
    pub config: Config,
    /// In the order they were found.
    pub warnings: Vec<Warning>,
    tree: Merged,
}

/// All layers in one. Debug output does not show it: it holds secrets.
#[derive(Clone)]
struct Merged(Node);

impl fmt::Debug for Merged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Merged")
    }
}

impl Loaded {
    /// Every key with its value and where that was set. Secrets stand as `***`.
    #[must_use]
    pub fn effective(&self) -> Effective {
        effective::of(&self.config, &self.tree.0)
    }
}

/// A configuration as far as it can be read, and all that is to be said of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Examined {
    /// What is wrong in it stands as if it were not set. None where a file is missing or is no YAML.
    pub config: Option<Config>,
    /// Those of the files in the order they stand there, then the rest.
    pub errors: Vec<ConfigError>,
    /// In the order they were found.
    pub warnings: Vec<Warning>,
}

/// Where a configuration is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Located {
    /// The file that was asked for. Absolute.
    pub config: PathBuf,
    /// What relative paths in it resolve against, and where `.env` is. Absolute.
    pub project_directory: PathBuf,
}

/// Finds a configuration without reading it.
///
/// # Errors
///
/// A project or file that is not there.
pub fn locate(request: &LoadRequest) -> Result<Located, ConfigErrors> {
    let config = Location::of(request, &mut Vec::new())?.config()?;
    let project_directory = Files::of(&config, &request.texts).project_directory;
    Ok(Located {
        config,
        project_directory,
    })
}

/// Loads a configuration: files, then `.env` and the environment, then the overrides; what comes later wins.
///
/// # Errors
///
/// Every mistake that was found: files that are missing or no YAML, values that do not fit their keys, and what this
/// version does not do.
pub fn load(request: &LoadRequest) -> Result<Loaded, ConfigErrors> {
    let mut warnings = Vec::new();
    let Decoded {
        config,
        tree,
        errors,
    } = decoded(request, &mut warnings)?;
    let loaded = Loaded {
        config,
        warnings,
        tree: Merged(tree),
    };
    ConfigErrors::some(errors).map_or(Ok(loaded), Err)
}

/// Looks through a configuration, which [`load`] would refuse at its first error.
#[must_use]
pub fn examine(request: &LoadRequest) -> Examined {
    let mut warnings = Vec::new();
    let (config, errors) = match decoded(request, &mut warnings) {
        Ok(decoded) => (Some(decoded.config), ConfigErrors::some(decoded.errors)),
        Err(errors) => (None, Some(errors)),
    };
    Examined {
        config,
        errors: errors.into_iter().flatten().collect(),
        warnings,
    }
}

/// The files of a configuration, and the one that was asked for.
pub(super) fn files_of(request: &LoadRequest) -> Result<(Files, PathBuf), ConfigError> {
    let path = Location::of(request, &mut Vec::new())?.config()?;
    Ok((Files::of(&path, &request.texts), path))
}

/// What came of all layers.
struct Decoded {
    config: Config,
    tree: Node,
    errors: Vec<ConfigError>,
}

fn decoded(request: &LoadRequest, warnings: &mut Vec<Warning>) -> Result<Decoded, ConfigErrors> {
    let path = Location::of(request, warnings)?.config()?;
    let files = Files::of(&path, &request.texts);
    let shown_from = &request.current_directory;
    let mut tree = files.read(shown_from, &request.texts)?;
    let project_directory = own_directory(&tree).unwrap_or(files.project_directory);
    let dotenv = dotenv::read(&project_directory, shown_from)?;
    let in_files = snapshot::secrets_in(&tree);
    let from_dotenv = variables::overrides(&dotenv, Origin::DotEnv)?;
    let from_environment = variables::overrides(&request.environment, Origin::Environment)?;
    layers::apply(
        &mut tree,
        [&from_dotenv, &from_environment, &request.overrides],
    );
    let surroundings = Surroundings {
        project_directory: &project_directory,
        current_directory: shown_from,
        environment: &request.environment,
        dotenv: &dotenv,
        in_files: &in_files,
    };
    let (config, errors, found) = decode::decode(&tree, files.paths, &surroundings);
    warnings.extend(variables::misspelt(&request.environment));
    warnings.extend(found);
    Ok(Decoded {
        config,
        tree,
        errors,
    })
}

/// Where a configuration is looked for.
struct Location {
    /// Absolute.
    directory: PathBuf,
    /// As it was asked for.
    config: Option<PathBuf>,
    /// What a configuration is named by.
    named_by: String,
}

impl Location {
    fn of(request: &LoadRequest, warnings: &mut Vec<Warning>) -> Result<Self, ConfigError> {
        let variable = |name: &str| {
            request
                .environment
                .get(name)
                .filter(|value| !value.is_empty())
        };
        let path = |given: &Option<PathBuf>, name| {
            given.clone().or_else(|| variable(name).map(PathBuf::from))
        };
        let config = path(&request.config, "FLUXLOOP_CONFIG");
        let root = path(&request.root, "FLUXLOOP_ROOT");
        let project = request
            .project
            .clone()
            .or_else(|| variable("FLUXLOOP_PROJECT").cloned());
        let named_by = request.config_named_by.clone();
        let named_by = named_by.unwrap_or_else(|| FLAG.to_owned());
        let Some(project) = project else {
            if request.root.is_some() {
                let warning = Warning::new("`--root` has no effect without `--project`", None);
                warnings.push(warning.with_hint("add `--project NAME`"));
            }
            return Ok(Self {
                directory: request.current_directory.clone(),
                config,
                named_by,
            });
        };
        let root = request
            .current_directory
            .join(root.unwrap_or_else(|| DEFAULT_ROOT.into()));
        let directory = root.join(checked(&project)?);
        if !directory.is_dir() {
            return Err(no_project(&project, &root, directory));
        }
        Ok(Self {
            directory,
            config,
            named_by,
        })
    }

    /// The file to load. Absolute.
    fn config(&self) -> Result<PathBuf, ConfigError> {
        let asked = self.config.as_deref().unwrap_or(Path::new(DEFAULT_CONFIG));
        let path: PathBuf = self.directory.join(asked).components().collect();
        if path.exists() {
            return Ok(path);
        }
        let error = ConfigError::new(ErrorKind::NotFound {
            what: "configuration file",
            path: path.clone(),
        });
        if self.config.is_some() {
            return Err(error.with_hint(format!("check the path given by {}", self.named_by)));
        }
        let hint = self.elsewhere().unwrap_or_else(|| {
            format!(
                "looked for {DEFAULT_CONFIG} in {}; run in the project's directory, name a file with {}, or write one:\n\n{MINIMAL}",
                self.directory.display(),
                self.named_by
            )
        });
        Err(error.with_hint(hint))
    }

    /// How to use a configuration that is not where it was looked for.
    fn elsewhere(&self) -> Option<String> {
        let is_flag = self.named_by == FLAG;
        let mut others = OTHER_PLACES.iter().map(|name| self.directory.join(name));
        if let Some(other) = others.find(|path| path.is_file()) {
            let other = shown_path(&other, &self.directory);
            return Some(if is_flag {
                format!("use the one that is there: `--config {other}`")
            } else {
                format!("name the one that is there with {}: {other}", self.named_by)
            });
        }
        let mut above = self.directory.ancestors().skip(1);
        let above = above.find(|folder| folder.join(DEFAULT_CONFIG).is_file())?;
        let advice = if is_flag {
            "run there".to_owned()
        } else {
            format!("name it with {}", self.named_by)
        };
        Some(format!("there is one in {}: {advice}", above.display()))
    }
}

/// A project's name, which leads nowhere but below the root.
fn checked(project: &str) -> Result<&Path, ConfigError> {
    let path = Path::new(project);
    let mut components = path.components().peekable();
    let is_inside =
        components.peek().is_some() && components.all(|part| matches!(part, Component::Normal(_)));
    if is_inside {
        return Ok(path);
    }
    let found = Node {
        value: NodeValue::Text(project.to_owned()),
        origin: Origin::Default,
    }
    .described();
    let kind = ErrorKind::Value {
        subject: "--project".to_owned(),
        expected: "the name of a folder below the root".to_owned(),
        found,
    };
    Err(ConfigError::new(kind).with_hint("name the folder that holds the projects with `--root`"))
}

fn no_project(project: &str, root: &Path, path: PathBuf) -> ConfigError {
    let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
    let folders = folders.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort_unstable();
    let error = ConfigError::new(ErrorKind::NotFound {
        what: "project",
        path,
    });
    if let Some(nearest) = super::nearest(project, names.iter().map(String::as_str)) {
        return error.with_hint(format!("did you mean `--project {nearest}`?"));
    }
    if names.is_empty() {
        return error.with_hint("name the folder that holds the projects with `--root`");
    }
    error.with_hint(format!("there are: {}", names.join(", ")))
}

/// The directory that a snapshot says it was taken in.
fn own_directory(tree: &Node) -> Option<PathBuf> {
    let NodeValue::Mapping(mapping) = &tree.value else {
        return None;
    };
    let NodeValue::Text(path) = &mapping.get("project_directory")?.value else {
        return None;
    };
    Some(PathBuf::from(path)).filter(|path| path.is_absolute())
}
