//! What all objects of a project have in common.

/// The constants of a project: what its objects say they are of, and how the keys begin by which readers know them.
///
/// Made once for each project, as a constant:
///
/// ```
/// use rpc_runtime::object::Project;
///
/// pub const CINDER: Project = Project::new("cinder");
/// pub const NOVA: Project = Project::new("nova").with_prefix("nova_object");
///
/// assert_eq!(NOVA.name_key(), "nova_object.name");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Project {
    namespace: &'static str,
    prefix: &'static str,
    keys: [Key; 5],
}

impl Project {
    /// A project whose objects are of this namespace, as `OBJ_PROJECT_NAMESPACE` in Python. Those of projects that say
    /// none are of `versionedobjects`. Their keys begin with `versioned_object`.
    #[must_use]
    pub const fn new(namespace: &'static str) -> Self {
        let project = Self { namespace, prefix: "", keys: [Key::EMPTY; 5] };
        project.with_prefix("versioned_object")
    }

    /// The same project, whose keys begin with `prefix`: `OBJ_SERIAL_NAMESPACE` in Python.
    ///
    /// # Panics
    /// If the prefix has more than 48 bytes: for a constant, when it is compiled.
    #[must_use]
    pub const fn with_prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = prefix;
        self.keys = [
            Key::new(prefix, ".name"),
            Key::new(prefix, ".namespace"),
            Key::new(prefix, ".version"),
            Key::new(prefix, ".data"),
            Key::new(prefix, ".changes"),
        ];
        self
    }

    /// The namespace, such as `nova`.
    #[must_use]
    pub const fn namespace(&self) -> &'static str {
        self.namespace
    }

    /// What its keys begin with, such as `nova_object`.
    #[must_use]
    pub const fn prefix(&self) -> &'static str {
        self.prefix
    }

    /// The key of the class.
    #[must_use]
    pub const fn name_key(&self) -> &str {
        self.keys[0].text()
    }

    /// The key of the namespace.
    #[must_use]
    pub const fn namespace_key(&self) -> &str {
        self.keys[1].text()
    }

    /// The key of the version.
    #[must_use]
    pub const fn version_key(&self) -> &str {
        self.keys[2].text()
    }

    /// The key of the fields.
    #[must_use]
    pub const fn data_key(&self) -> &str {
        self.keys[3].text()
    }

    /// The key of the names of changed fields.
    #[must_use]
    pub const fn changes_key(&self) -> &str {
        self.keys[4].text()
    }
}

/// A text that is put together when a constant is compiled.
#[derive(Debug, Clone, Copy)]
struct Key {
    bytes: [u8; Key::LONGEST],
    len: usize,
}

impl Key {
    const LONGEST: usize = 64;
    const EMPTY: Self = Self { bytes: [0; Key::LONGEST], len: 0 };

    const fn new(prefix: &str, name: &str) -> Self {
        assert!(prefix.len() <= 48, "the prefix of a project's keys is too long");
        Self::EMPTY.followed_by(prefix.as_bytes()).followed_by(name.as_bytes())
    }

    const fn followed_by(mut self, part: &[u8]) -> Self {
        let mut at = 0;
        while at < part.len() {
            self.bytes[self.len] = part[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    const fn text(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match str::from_utf8(text) {
            Ok(text) => text,
            // It was made of two texts.
            Err(_) => "",
        }
    }
}
