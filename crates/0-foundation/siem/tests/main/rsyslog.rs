//! A real rsyslog behind TLS, killed and brought back. Where rsyslog with its TLS driver is not installed the test says so
//! and ends; `cargo xtask setup --tests` installs it.

use crate::ground::{Ground, Papers, options};
use crate::sink::all_in_order;
use siem::export::{Export, Options};
use siem::format::Format;
use siem::sink::{Credentials, Target};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

struct Rsyslog {
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

fn installed() -> bool {
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
    has_driver && runs.is_ok_and(|status| status.success())
}

impl Rsyslog {
    fn new(dir: &Path, papers: &Papers) -> Self {
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
    fn start(&mut self, port: u16) -> u16 {
        let (dir, told) = (self.dir.display(), self.dir.join("port"));
        let _ = std::fs::remove_file(&told);
        let config = format!(
            r#"
global(workDirectory="{dir}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="{dir}/ca" defaultNetstreamDriverCertFile="{dir}/crt" defaultNetstreamDriverKeyFile="{dir}/key"
  parser.escapeControlCharactersOnReceive="on")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="anon")
template(name="whole" type="string" string="%rawmsg%\n")
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
    fn kill(&mut self) {
        let mut child = self.child.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let _ = std::fs::remove_file(self.dir.join("pid"));
    }

    /// As an operator does; everything that it holds is written.
    fn end(&mut self) {
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

    fn received(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.dir.join("received")).unwrap();
        text.lines().map(str::to_owned).collect()
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

async fn outage(format: Format) {
    if !installed() {
        eprintln!("SKIPPED: rsyslogd with lmnsd_gtls is not installed; apt-get install rsyslog rsyslog-gnutls");
        return;
    }
    let (dir, papers) = (tempfile::tempdir().unwrap(), Papers::new());
    let mut rsyslog = Rsyslog::new(&dir.path().join("rsyslog"), &papers);
    let port = rsyslog.start(0);
    let ground = Ground::open(&dir.path().join("data")).await;
    let credentials = Credentials {
        authorities: papers.authority.clone().into_bytes(),
        ..Credentials::default()
    };
    let target = Target::new(
        &format!("127.0.0.1:{port}"),
        "siem.test",
        &credentials,
        Duration::from_secs(20),
    )
    .unwrap();
    let options = Options {
        format,
        // rsyslog hands on what it read within this time, also on a busy machine
        settle: Duration::from_secs(3),
        ..options()
    };
    let export = Arc::new(Export::new(
        ground.trail.clone(),
        target,
        options,
        Arc::new(ground.clock.clone()),
    ));
    let stop = CancellationToken::new();
    let (runs, token) = (Arc::clone(&export), stop.clone());
    let task = tokio::spawn(async move { runs.run(token).await });
    let mut progress = export.progress();
    ground.write(500).await;
    progress
        .wait_for(|progress| progress.behind == 0 && progress.sent >= 500)
        .await
        .unwrap();

    rsyslog.kill();
    // ten virtual minutes at five records a second
    for _ in 0..10 {
        ground.clock.advance(Duration::from_secs(60));
        ground.write(300).await;
    }
    progress.wait_for(|progress| progress.failures > 2).await.unwrap();
    rsyslog.start(port);
    ground.write(100).await;
    progress
        .wait_for(|progress| progress.behind == 0 && progress.sent >= 3_600)
        .await
        .unwrap();
    stop.cancel();
    task.await.unwrap();
    rsyslog.end();

    let received = rsyslog.received();
    assert!(
        received.iter().all(|line| line.split(' ').nth(3) == Some("hanoi-ioc")),
        "one line for each message"
    );
    all_in_order(&received, 3_600);
    println!(
        "rsyslog, {format:?}: 3600 records, {} messages, 0 lost, in order",
        received.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_away_for_ten_minutes_gets_everything_as_ocsf() {
    outage(Format::Ocsf).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rsyslog_away_for_ten_minutes_gets_everything_as_cef() {
    outage(Format::Cef).await;
}
