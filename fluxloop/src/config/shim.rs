#![allow(missing_docs, unused)]
use super::*;
use std::{path::*, collections::BTreeMap};
#[derive(Debug)]
pub struct LoadRequest { pub config: Option<PathBuf>, pub root: Option<PathBuf>, pub project: Option<String>, pub current_directory: PathBuf, pub overrides: Vec<Override>, pub environment: BTreeMap<String,String> }
impl LoadRequest { pub fn new(d: PathBuf) -> Self { Self { config: None, root: None, project: None, current_directory: d, overrides: vec![], environment: BTreeMap::new() } } }
#[derive(Debug)]
pub struct Override;
impl Override { pub fn flag(option: &str, key: &str, value: impl Into<serde_json::Value>) -> Override { Override } }
#[derive(Debug)]
pub struct Loaded { pub config: Config, pub warnings: Vec<Warning> }
pub fn load(r: &LoadRequest) -> Result<Loaded, ConfigErrors> { todo!() }
impl Config { pub fn snapshot(&self, inputs_file: &Path, seed: u64) -> serde_json::Value { todo!() } pub fn snapshot_yaml(&self, i: &Path, seed: u64) -> String { todo!() } }
