//! Everything that people and programs read of this command: the one owner of standard error, standard
//! output, colour and verbosity.

mod approval;
mod changes;
mod checkup;
mod confirm;
mod duration;
mod effective;
mod human;
mod json;
mod progress;
mod sanitize;
mod screen;
mod shell;
mod show;
mod stdout;
mod summary;

pub(crate) use approval::TerminalApprover;
pub(crate) use changes::changes;
pub(crate) use checkup::{Check, Health, checkup};
pub(crate) use confirm::{Answer, PlanSummary, ask, confirm, show_plan};
pub(crate) use effective::effective_configuration;
pub(crate) use human::{HumanOptions, HumanReporter};
pub(crate) use json::JsonReporter;
pub(crate) use progress::{Progress, ProgressForm};
pub(crate) use sanitize::{truncated, visible};
pub(crate) use shell::{Color, Shell, Verbosity, stdin_is_terminal};
pub(crate) use show::{CaseView, Page, RunTable, head, unfinished};
pub(crate) use stdout::Stdout;
pub(crate) use summary::durations;

#[cfg(test)]
pub(crate) mod sample;
