#[cfg(unix)]
use std::os::fd::OwnedFd;
use std::{io, path::PathBuf};

use interprocess::local_socket::{
    GenericFilePath, ListenerOptions, ToFsName,
    tokio::{Listener, Stream},
};
use tempfile::TempDir;
#[cfg(not(unix))]
use tokio::io::{ReadHalf, WriteHalf};

#[cfg(unix)]
use crate::worker::socket::{Receiver, Sender, split};

/// The longest path that a Unix domain socket takes everywhere: macOS has 104 bytes with the final NUL.
const LONGEST_PATH: usize = 100;

/// Addresses for workers' sockets: in a folder that no other user can look into.
#[derive(Debug)]
pub(super) struct Addresses {
    folder: TempDir,
    next: u64,
}

impl Addresses {
    pub(super) fn new() -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix("fluxloop-");
        let folder = builder.tempdir()?;
        // Room for the name of a socket. `/tmp` is short, and `TempDir` is private wherever it is.
        if cfg!(unix) && folder.path().as_os_str().len() + 24 > LONGEST_PATH {
            return Ok(Self {
                folder: builder.tempdir_in("/tmp")?,
                next: 0,
            });
        }
        Ok(Self { folder, next: 0 })
    }

    /// A socket that listens, and its address.
    pub(super) fn listen(&mut self) -> io::Result<(Listener, String)> {
        self.next += 1;
        let path = self.address();
        let address = path
            .to_str()
            .ok_or_else(|| {
                io::Error::other(format!(
                    "the temporary folder is not UTF-8: {}",
                    path.display()
                ))
            })?
            .to_owned();
        let listener = ListenerOptions::new()
            .name(address.as_str().to_fs_name::<GenericFilePath>()?)
            .create_tokio()?;
        Ok((listener, address))
    }

    #[cfg(not(windows))]
    fn address(&self) -> PathBuf {
        self.folder.path().join(format!("worker-{}", self.next))
    }

    /// Named pipes have a place of their own; the folder's random name keeps them apart.
    #[cfg(windows)]
    fn address(&self) -> PathBuf {
        let folder = self
            .folder
            .path()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        PathBuf::from(format!(r"\\.\pipe\{folder}-worker-{}", self.next))
    }
}

/// Both directions of a connection.
#[cfg(unix)]
pub(super) fn halves(connection: Stream) -> io::Result<(Receiver, Sender)> {
    let Stream::UdSocket(connection) = connection;
    split(OwnedFd::try_from(connection)?.into())
}

/// Both directions of a connection.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "a socket can fail")]
pub(super) fn halves(connection: Stream) -> io::Result<(ReadHalf<Stream>, WriteHalf<Stream>)> {
    Ok(tokio::io::split(connection))
}
