//! The platform's certificate authority as files: made here or imported, and the other authorities that are trusted.

use super::{Keys, read, write};
use anyhow::{Context, Result, bail};
use device::certificate::authority::{self, Authority};
use device::certificate::{Issued, PlatformCa, bundle};
use kernel::time::Timestamp;
use std::path::PathBuf;

/// Certificate of the authority, with those above it.
pub(super) const CA: &str = "ca.crt";
/// Its key.
pub(super) const CA_KEY: &str = "ca.key";
/// Beginning of the names of files with other authorities.
const TRUSTED: &str = "trusted-";

impl Keys {
    /// The certificate authority of the platform; made at first use.
    pub(crate) fn platform_ca(&self, now: Timestamp) -> Result<PlatformCa> {
        let (certificate, key) = (self.dir.join(CA), self.dir.join(CA_KEY));
        if !certificate.exists() {
            self.make_ca(now)?;
        }
        if !key.exists() {
            bail!(
                "{} is missing; bring it back with `hanoi-ioc ca import`, or begin anew with `hanoi-ioc ca new`, after which \
                 devices need the new ca.crt",
                key.display()
            );
        }
        PlatformCa::load(&read(&certificate)?, &read(&key)?)
            .with_context(|| format!("the authority in {} cannot be used", self.dir.display()))
    }

    /// Where the CA's certificate lies, for clients.
    pub(crate) fn ca_path(&self) -> PathBuf {
        self.dir.join(CA)
    }

    /// Makes a new authority; one that was there before stays trusted.
    pub(crate) fn make_ca(&self, now: Timestamp) -> Result<()> {
        let Issued { certificate, key } = PlatformCa::create(now)?;
        self.replace_ca(&certificate, &key)
    }

    /// Takes an authority that was made elsewhere; one that was there before stays trusted. Refused is what cannot be used:
    /// another key, a certificate of no authority, one that has ended.
    pub(crate) fn import_ca(&self, certificate: &str, key: &str, now: Timestamp) -> Result<()> {
        let ca = PlatformCa::load(certificate, key)?;
        let Authority {
            not_before, not_after, ..
        } = ca.authority();
        if now < *not_before || now >= *not_after {
            bail!("the authority is valid from {not_before} to {not_after}, which is not now");
        }
        self.replace_ca(&ca.chain_pem(), key)
    }

    fn replace_ca(&self, certificate: &str, key: &str) -> Result<()> {
        let present = self.dir.join(CA);
        if present.exists() {
            self.trust(&read(&present)?)?;
        }
        write(&self.dir.join(CA_KEY), key.as_bytes(), 0o600)?;
        write(&present, certificate.as_bytes(), 0o644)
    }

    /// Trusts the first authority of a text in PEM: certificates that it signed come through the doors, where the register says
    /// for which device they are.
    pub(crate) fn trust(&self, pem: &str) -> Result<Authority> {
        let certificates = bundle::certificates(pem)?;
        let der = certificates.first().context("there is no certificate")?;
        let authority = authority::read(der).map_err(anyhow::Error::msg)?;
        let name = format!("{TRUSTED}{}.crt", &authority.print[..16]);
        write(&self.dir.join(name), bundle::pem(der).as_bytes(), 0o644)?;
        Ok(authority)
    }

    /// Trusts an authority no more, by the beginning of its fingerprint.
    pub(crate) fn distrust(&self, print: &str) -> Result<Authority> {
        let print = print.to_ascii_lowercase().replace(':', "");
        let all = self.trusted()?;
        let mut found = all
            .into_iter()
            .filter(|(_, it, _)| print.len() >= 8 && it.print.starts_with(&print));
        let (Some((path, authority, _)), None) = (found.next(), found.next()) else {
            bail!("no single trusted authority has a fingerprint that begins so; `hanoi-ioc ca show` lists them");
        };
        std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        Ok(authority)
    }

    /// The other authorities: file, what it is, DER.
    pub(crate) fn trusted(&self) -> Result<Vec<(PathBuf, Authority, Vec<u8>)>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(&self.dir).with_context(|| format!("cannot read {}", self.dir.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if !name.starts_with(TRUSTED) || !name.ends_with(".crt") {
                continue;
            }
            let load = |path: &PathBuf| -> Result<(Authority, Vec<u8>)> {
                let der = bundle::certificates(&read(path)?)?.swap_remove(0);
                Ok((authority::read(&der).map_err(anyhow::Error::msg)?, der))
            };
            let (authority, der) = load(&path).with_context(|| format!("{} cannot be used", path.display()))?;
            all.push((path, authority, der));
        }
        all.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(all)
    }

    /// What client certificates may be signed by, DER: the platform's authority and those that are trusted and have not ended,
    /// which TLS does not look at (RFC 5280 section 6.1.1 d).
    pub(crate) fn roots(&self, ca: &PlatformCa, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        let mut roots: Vec<Vec<u8>> = ca.chain().first().cloned().into_iter().collect();
        for (path, authority, der) in self.trusted()? {
            if now < authority.not_after {
                roots.push(der);
            } else {
                tracing::warn!(file = %path.display(), end = %authority.not_after, "a trusted authority has ended and is left out");
            }
        }
        Ok(roots)
    }
}
