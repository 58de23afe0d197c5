//! Which values are secrets, by their names.

/// What the names of secrets have in them, in small letters: `auth_token`, `hmac_key`, `db_password`. Those in the second part
/// are the ones that oslo.utils masks beside.
pub(crate) const WORDS: &[&str] = &[
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "hmac",
    "credential",
    "private_key",
    "api_key",
    // Of oslo.utils.
    "adminpass",
    "admin_pass",
    "new_pass",
    "sys_pswd",
    "configdrive",
    "encrypted_key",
    "fernetkey",
    "sslkey",
    "cephclusterfsid",
    "octaviaheartbeatkey",
    "rabbitcookie",
    "cephmanilaclientkey",
    "pacemakerremoteauthkey",
    "designaterndckey",
    "cephadminkey",
    "heatauthencryptionkey",
    "cephclientkey",
    "barbicansimplecryptokek",
    "cephrgwkey",
    "swifthashsuffix",
    "migrationsshkey",
    "cephmdskey",
    "cephmonkey",
];

/// Whether what has this name is a secret.
pub(crate) fn is_secret(name: &str) -> bool {
    let lower = name.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}
