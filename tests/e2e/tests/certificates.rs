//! Makes the certificates of the tests: good ones and bad ones, by the platform's key, by strangers, and by OpenSSL where they are
//! too weak for anything else. None is kept.

use anyhow::{Context, Result};
use e2e::server::Server;
use e2e::site::Site;
use e2e::tool::{Bench, word};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertifiedIssuer, CustomExtension, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use serde_json::Value;
use std::path::PathBuf;

/// Where they are.
pub(crate) struct Made {
    pub(crate) bench: Bench,
    pub(crate) folder: PathBuf,
}

/// Makes them.
pub(crate) struct Maker<'a> {
    site: &'a Site,
    door: String,
    bench: Bench,
    folder: PathBuf,
    platform: Issuer<'static, KeyPair>,
    key: KeyPair,
}

/// What the platform CA would write for a device that acts as a client.
fn params(device: &str) -> Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, device);
    params.subject_alt_names = vec![name(device)?];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    params.is_ca = IsCa::ExplicitNoCa;
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2124, 1, 1);
    Ok(params)
}

fn name(device: &str) -> Result<SanType> {
    Ok(SanType::URI(format!("urn:hanoi-ioc:device:{device}").try_into()?))
}

/// An authority with this common name.
fn authority(name: &str, above: u8) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(above));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

impl<'a> Maker<'a> {
    /// For a site whose server has the device gauge-1. Its first certificate, of the platform, is `gauge-1`.
    pub(crate) async fn new(site: &'a Site, server: &Server) -> Result<Self> {
        let folder = site.certificate("gauge-1").await?;
        let keys = site.data().join("keys");
        let read = |name: &str| std::fs::read_to_string(keys.join(name));
        Ok(Self {
            site,
            door: server.addresses.https.context("no HTTPS door")?.to_string(),
            bench: Bench::new(folder.clone())?,
            folder,
            platform: Issuer::from_ca_cert_pem(&read("ca.crt")?, KeyPair::from_pem(&read("ca.key")?)?)?,
            key: KeyPair::generate()?,
        })
    }

    fn write(&self, name: &str, chain: &[&Certificate], key: &KeyPair) -> Result<()> {
        let chain: String = chain.iter().map(|one| one.pem()).collect();
        self.bench.write(&format!("{name}.crt"), &chain)?;
        self.bench.write(&format!("{name}.key"), &key.serialize_pem())
    }

    /// One that the platform's key signs, with something changed.
    fn platform(&self, name: &str, change: impl FnOnce(&mut CertificateParams) -> Result<()>) -> Result<()> {
        let mut params = params("gauge-1")?;
        change(&mut params)?;
        self.write(name, &[&params.signed_by(&self.key, &self.platform)?], &self.key)
    }

    /// All of them.
    pub(crate) async fn everything(self) -> Result<Made> {
        self.times_and_purposes()?;
        self.names()?;
        self.chains()?;
        self.weak().await?;
        self.lives().await?;
        Ok(Made {
            bench: self.bench,
            folder: self.folder,
        })
    }

    fn times_and_purposes(&self) -> Result<()> {
        self.platform("expired", |params| {
            params.not_after = date_time_ymd(2025, 1, 1);
            Ok(())
        })?;
        self.platform("early", |params| {
            params.not_before = date_time_ymd(2120, 1, 1);
            Ok(())
        })?;
        self.platform("server-only", |params| {
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            Ok(())
        })?;
        self.platform("no-purpose", |params| {
            params.extended_key_usages.clear();
            Ok(())
        })?;
        self.platform("critical", |params| {
            let mut unknown = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 55_555, 1], vec![5, 0]);
            unknown.set_criticality(true);
            params.custom_extensions.push(unknown);
            Ok(())
        })?;
        self.platform("authority", |params| {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
            Ok(())
        })
    }

    fn names(&self) -> Result<()> {
        // right in everything, and nobody issued it
        self.platform("stolen-key", |_| Ok(()))?;
        self.platform("unknown", |params| {
            params.subject_alt_names = vec![name("nobody")?];
            Ok(())
        })?;
        self.platform("nameless", |params| {
            params.subject_alt_names.clear();
            Ok(())
        })?;
        self.platform("two-names", |params| {
            params.subject_alt_names.push(name("gauge-2")?);
            Ok(())
        })
    }

    fn chains(&self) -> Result<()> {
        let leaf = params("gauge-1")?;
        let key = &self.key;
        self.write("self-signed", &[&leaf.self_signed(key)?], key)?;
        let foreign = CertifiedIssuer::self_signed(authority("somebody", 0), KeyPair::generate()?)?;
        self.write("foreign", &[&leaf.signed_by(key, &foreign)?], key)?;
        // with the very name of the platform's authority
        let mut same = authority("HaNoi IOC platform CA", 0);
        same.distinguished_name = rcgen::DistinguishedName::new();
        same.distinguished_name
            .push(DnType::CommonName, "HaNoi IOC platform CA");
        same.distinguished_name.push(DnType::OrganizationName, "HaNoi IOC");
        let impostor = CertifiedIssuer::self_signed(same, KeyPair::generate()?)?;
        self.write("impostor", &[&leaf.signed_by(key, &impostor)?], key)?;
        let good = leaf.signed_by(key, &self.platform)?;
        let mut spoilt = good.der().to_vec();
        *spoilt.last_mut().context("an empty certificate")? ^= 1;
        let spoilt = self.pem(&spoilt);
        self.bench.write("tampered.crt", &spoilt)?;
        self.bench.write("tampered.key", &key.serialize_pem())?;

        // signed by a device
        let device = KeyPair::generate()?;
        let own = params("gauge-1")?.signed_by(&device, &self.platform)?;
        let by_device = Issuer::new(params("gauge-1")?, device);
        self.write("no-ca-flag", &[&leaf.signed_by(key, &by_device)?, &own], key)?;
        // an authority below the platform's, which may have none below it
        let below = CertifiedIssuer::signed_by(authority("below", 0), KeyPair::generate()?, &self.platform)?;
        self.write("below", &[&leaf.signed_by(key, &below)?, below.as_ref()], key)?;
        // and one more below that
        let deeper = CertifiedIssuer::signed_by(authority("deeper", 0), KeyPair::generate()?, &below)?;
        let chain = [&leaf.signed_by(key, &deeper)?, deeper.as_ref(), below.as_ref()];
        self.write("too-long", &chain, key)
    }

    /// PEM by hand: what is spoilt is no certificate to any library.
    fn pem(&self, der: &[u8]) -> String {
        const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut text = String::new();
        for three in der.chunks(3) {
            let number =
                three.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
            for place in 0..4 {
                let sign = SIGNS[number >> (18 - 6 * place) & 63];
                text.push(if place <= three.len() { char::from(sign) } else { '=' });
            }
        }
        let lines: Vec<&str> = (0..text.len())
            .step_by(64)
            .map(|at| &text[at..text.len().min(at + 64)])
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    /// By OpenSSL: a short key, and an old digest.
    async fn weak(&self) -> Result<()> {
        let extensions = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n\
                          subjectAltName=URI:urn:hanoi-ioc:device:gauge-1\n";
        self.bench.write("leaf.cnf", extensions)?;
        let keys = self.site.data().join("keys");
        let sign = format!(
            "-CA {0}/ca.crt -CAkey {0}/ca.key -days 30 -extfile leaf.cnf",
            word(&keys)
        );
        for (name, key, digest) in [
            ("rsa-1024", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024", "-sha256"),
            ("sha-1", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "-sha1"),
        ] {
            for line in [
                format!("genpkey {key} -out {name}.key"),
                format!("req -new -key {name}.key -subj /CN=gauge-1 -out {name}.csr"),
                format!("x509 -req -in {name}.csr {sign} {digest} -out {name}.crt"),
            ] {
                self.bench.openssl(&line).await?.text().context(line)?;
            }
        }
        Ok(())
    }

    /// Through the register: one that is bound, one that is revoked, and one whose place was taken.
    async fn lives(&self) -> Result<()> {
        self.platform("right", |_| Ok(()))?;
        let bound = format!("device bind {}", word(&self.bench.path("right.crt")));
        self.site.run(bound.split_whitespace()).await?.good()?;

        let issued = self
            .bench
            .openssl("x509 -in gauge-1.crt -noout -serial")
            .await?
            .text()?;
        let serial = issued.trim().trim_start_matches("serial=").to_owned();
        for ending in ["crt", "key"] {
            std::fs::copy(
                self.bench.path(&format!("gauge-1.{ending}")),
                self.bench.path(&format!("revoked.{ending}")),
            )?;
        }
        let line = format!("device revoke gauge-1 --certificate {serial} --reason key_compromise");
        self.site.run(line.split_whitespace()).await?.good()?;

        self.enrol("replaced").await?;
        let line = self.asking("renewed", "simplereenroll").await? + " --cert replaced.crt --key replaced.key";
        self.bench.run("curl", &line, b"").await?.text()?;
        // its first use takes the place: it asks for the next one
        let line = self.asking("third", "simplereenroll").await? + " --cert renewed.crt --key renewed.key";
        self.bench.run("curl", &line, b"").await?.text()?;
        Ok(())
    }

    /// A first certificate by an enrolment code, asked for by curl.
    pub(crate) async fn enrol(&self, name: &str) -> Result<()> {
        let code: Value = serde_json::from_str(&self.site.run(["device", "enrol", "gauge-1"]).await?.good()?)?;
        let code = code["code"].as_str().context("no code")?;
        let line = self.asking(name, "simpleenroll").await? + &format!(" -u gauge-1:{code}");
        self.bench.run("curl", &line, b"").await?.text()?;
        Ok(())
    }

    /// Makes a key and a request by OpenSSL, and the line of curl that asks for the certificate.
    pub(crate) async fn asking(&self, name: &str, what: &str) -> Result<String> {
        for line in [
            format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key"),
            format!("req -new -key {name}.key -subj /CN=gauge-1 -out {name}.csr"),
        ] {
            self.bench.openssl(&line).await?.text().context(line)?;
        }
        Ok(format!(
            "-sS --fail-with-body --cacert ca.crt -H accept:application/pem-certificate-chain -H content-type:application/pkcs10 \
             --data-binary @{name}.csr -o {name}.crt https://{}/.well-known/est/{what}",
            self.door
        ))
    }

    /// Where programs are run.
    pub(crate) fn bench(&self) -> &Bench {
        &self.bench
    }
}
