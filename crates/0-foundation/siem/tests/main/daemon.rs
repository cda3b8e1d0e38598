//! A real rsyslog behind TLS with its own limits, which is started, killed and brought back.

use crate::ground::Papers;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub(crate) struct Rsyslog {
    dir: PathBuf,
    child: Option<Child>,
}

/// Daemons are not on everybody's path.
fn program() -> &'static str {
    let known = ["/usr/sbin/rsyslogd", "/usr/local/sbin/rsyslogd"];
    known
        .into_iter()
        .find(|path| Path::new(path).exists())
        .unwrap_or("rsyslogd")
}

pub(crate) fn installed() -> bool {
    let driver = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
    let has_driver = driver.iter().any(|root| {
        let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
        let mut folders = folders.map(|entry| entry.path()).chain([PathBuf::from(root)]);
        folders.any(|folder| folder.join("rsyslog/lmnsd_gtls.so").exists())
    });
    let runs = Command::new(program())
        .arg("-v")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let installed = has_driver && runs.is_ok_and(|status| status.success());
    if !installed {
        eprintln!("SKIPPED: rsyslogd with lmnsd_gtls is not installed; apt-get install rsyslog rsyslog-gnutls");
    }
    installed
}

impl Rsyslog {
    pub(crate) fn new(dir: &Path, papers: &Papers) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        for (name, text) in [
            ("ca", &papers.authority),
            ("crt", &papers.certificate),
            ("key", &papers.key),
        ] {
            std::fs::write(dir.join(name), text).unwrap();
        }
        Self {
            dir: dir.to_owned(),
            child: None,
        }
    }

    /// Starts it, at a free port for 0; answers the port.
    pub(crate) fn start(&mut self, port: u16) -> u16 {
        let (dir, told) = (self.dir.display(), self.dir.join("port"));
        let _ = std::fs::remove_file(&told);
        let config = format!(
            r#"
global(workDirectory="{dir}" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="{dir}/ca" defaultNetstreamDriverCertFile="{dir}/crt" defaultNetstreamDriverKeyFile="{dir}/key"
  parser.escapeControlCharactersOnReceive="off")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="whole" type="string" string="%timegenerated:::date-rfc3339% %app-name% %msgid% %rawmsg%\n")
input(type="imtcp" port="{port}" address="127.0.0.1" listenPortFileName="{dir}/port")
action(type="omfile" file="{dir}/received" template="whole")
"#
        );
        std::fs::write(self.dir.join("conf"), config).unwrap();
        let mut command = Command::new(program());
        command
            .arg("-n")
            .arg("-f")
            .arg(self.dir.join("conf"))
            .arg("-i")
            .arg(self.dir.join("pid"));
        let log = std::fs::File::create(self.dir.join("log")).unwrap();
        self.child = Some(command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap());
        if port > 0 {
            // it tells a chosen port only; who sends tries until it listens
            return port;
        }
        for _ in 0..600 {
            if let Ok(port) = std::fs::read_to_string(&told).unwrap_or_default().trim().parse() {
                return port;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!(
            "rsyslog does not start: {}",
            std::fs::read_to_string(self.dir.join("log")).unwrap()
        );
    }

    /// As a power cut does.
    pub(crate) fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = std::fs::remove_file(self.dir.join("pid"));
    }

    /// As an operator does; everything that it holds is written.
    pub(crate) fn end(&mut self) {
        let mut child = self.child.take().unwrap();
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(child.id().to_string())
            .status()
            .unwrap();
        assert!(asked.success());
        child.wait().unwrap();
        let _ = std::fs::remove_file(self.dir.join("pid"));
    }

    /// The lines of its file.
    pub(crate) fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.dir.join("received")).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// When each message came, and the message; each line of the file is one, as rsyslog itself reads it.
    pub(crate) fn received(&self) -> Vec<(String, String)> {
        let one = |line: &String| {
            let [at, app, id, message] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
            let fields: Vec<&str> = message.split(' ').collect();
            assert_eq!((app, Some(&id)), ("hanoi-ioc", fields.get(5)), "{line}");
            (at.to_owned(), message.to_owned())
        };
        self.lines().iter().map(one).collect()
    }
}

impl Drop for Rsyslog {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
