//! What goes wrong around an experiment: agents that tear at their process, disks that fill up, signals, neighbours.
#![cfg(target_os = "linux")]

mod answers;
mod disk;
mod misdeeds;
mod neighbours;
mod processes;
mod signals;
mod unloadable;
