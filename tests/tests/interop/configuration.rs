//! Configuration files are read as Python's oslo.config reads them.

use std::fs;
use std::path::{Path, PathBuf};

use fastrand::Rng;
use rpc_runtime::config::{Config, ConfigBuilder, ConfigError, Place, RemarkKind};
use rpc_tests::{PythonReader, Registered, run};
use serde_json::{Value, json};

/// Options of a service of its own, in both groups: group, name, type, default.
const OWN: [(&str, &str, &str, Option<&str>); 14] = [
    ("DEFAULT", "s1", "text", Some("one")),
    ("DEFAULT", "s2", "text", Some("$s1/two")),
    ("DEFAULT", "m1", "texts", None),
    ("DEFAULT", "l1", "list", None),
    ("DEFAULT", "b1", "flag", None),
    ("DEFAULT", "i1", "integer", None),
    ("DEFAULT", "f1", "float", None),
    ("g", "s1", "text", Some("g-one")),
    ("g", "s3", "text", Some("${s2}$$")),
    ("g", "m1", "texts", None),
    ("g", "l1", "list", None),
    ("g", "b1", "flag", None),
    ("g", "i1", "integer", None),
    ("g", "f1", "float", None),
];

/// The defaults of these are the host's own, and these have choices that the driver looks at.
const NOT_ASKED: [&str; 4] = ["hostname", "processname", "rabbit_login_method", "kombu_failover_strategy"];

/// A command line with its files, and the environment.
#[derive(Default)]
struct Case {
    args: Vec<String>,
    builder: ConfigBuilder,
    /// The names by which files are looked for.
    project: Option<[String; 2]>,
    environment: Vec<(String, String)>,
    /// What the files have, to be shown.
    texts: Vec<String>,
}

impl Case {
    fn new() -> Self {
        let own = OWN.iter().filter_map(|(group, name, _, default)| Some((group, name, (*default)?)));
        let builder = own.fold(Config::builder(), |builder, (group, name, default)| {
            builder.default(group, *name, default)
        });
        Self { builder, ..Self::default() }
    }

    fn arg(&mut self, option: &str, path: &Path, joined: bool) {
        match joined {
            true => self.args.push(format!("{option}={}", path.display())),
            false => self.args.extend([option.to_owned(), path.display().to_string()]),
        }
    }

    fn file(mut self, path: &Path, joined: bool) -> Self {
        self.arg("--config-file", path, joined);
        self.builder = self.builder.file(path);
        self
    }

    fn folder(mut self, path: &Path, joined: bool) -> Self {
        self.arg("--config-dir", path, joined);
        self.builder = self.builder.folder(path);
        self
    }

    fn project(mut self, project: &str, program: &str) -> Self {
        self.project = Some([project.to_owned(), program.to_owned()]);
        self.builder = self.builder.project(project, program);
        self
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) {
        fs::write(path, bytes).unwrap();
        self.texts.push(format!(
            "{}:\n{}",
            path.display(),
            bytes.escape_ascii().to_string().replace("\\n", "\n")
        ));
    }

    fn shown(&self) -> String {
        format!("{:?} {:?}\n{}", self.args, self.environment, self.texts.join("\n"))
    }
}

/// Our reader beside Python's.
struct Both {
    python: PythonReader,
    registered: Vec<Registered>,
    /// How often both refused all, refused one option, and had a value that is set.
    all: usize,
    one: usize,
    values: usize,
}

impl Both {
    async fn start() -> Self {
        let mut python = PythonReader::start().await.unwrap();
        let registered = python.options().await.unwrap();
        Self { python, registered, all: 0, one: 0, values: 0 }
    }

    /// All options, with their types.
    fn options(&self) -> Vec<(String, String, String)> {
        let known =
            self.registered.iter().map(|known| (known.group.clone(), known.name.clone(), known.kind.clone()));
        let own = OWN
            .iter()
            .map(|(group, name, kind, _)| ((*group).to_owned(), (*name).to_owned(), (*kind).to_owned()));
        known.filter(|(_, name, _)| !NOT_ASKED.contains(&name.as_str())).chain(own).collect()
    }

    /// Fails if there is an option that has another value than in Python.
    async fn agree(&mut self, case: Case) {
        let shown = case.shown();
        let options = self.options();
        let own = OWN.iter().map(|(group, name, kind, default)| {
            let default = if *kind == "texts" { json!([]) } else { json!(default) };
            json!({"group": group, "name": name, "type": kind, "default": default})
        });
        let question = json!({
            "args": case.args,
            "project": case.project.as_ref().map(|[project, prog]| json!({"project": project, "prog": prog})),
            "environment": case.environment.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "options": own.collect::<Vec<_>>(),
            "asked": options.iter().map(|(group, name, _)| [group, name]).collect::<Vec<_>>(),
        });
        let theirs = self.python.read(question).await.unwrap();
        let ours = case.builder.environment(case.environment).read();
        let (theirs, config) = match (theirs, ours) {
            (Err(_), Err(_)) => {
                self.all += 1;
                return;
            }
            // We look at some options before anybody asks for them.
            (Ok(theirs), Err(ConfigError::Value { group, name, .. })) => {
                let at = options.iter().position(|(g, n, _)| (g, n) == (&group, &name)).unwrap();
                assert!(theirs[at].get("refused").is_some(), "{name} is {} in Python:\n{shown}", theirs[at]);
                self.one += 1;
                return;
            }
            (Ok(_), Err(error)) => panic!("only we refuse it: {error}\n{shown}"),
            (Err(error), Ok(_)) => panic!("only Python refuses it: {error}\n{shown}"),
            (Ok(theirs), Ok(config)) => (theirs, config),
        };
        for ((group, name, kind), theirs) in options.iter().zip(theirs) {
            let ours = value(&config, group, name, kind);
            match (ours, theirs.get("refused")) {
                (Ok(ours), None) => {
                    assert_eq!(ours, theirs, "[{group}] {name}:\n{shown}");
                    let place = config.place(group, name).unwrap();
                    self.values += usize::from(place.is_some_and(|place| place != Place::Default));
                }
                (Err(_), Some(_)) => self.one += 1,
                (Ok(ours), Some(error)) => panic!("[{group}] {name} is {ours}, in Python {error}:\n{shown}"),
                (Err(error), None) => panic!("[{group}] {name} is {theirs} in Python: {error}\n{shown}"),
            }
        }
    }
}

/// The value of an option by its type, as the script has it.
fn value(config: &Config, group: &str, name: &str, kind: &str) -> Result<Value, ConfigError> {
    Ok(match kind {
        "text" => json!(config.text(group, name)?),
        "texts" => json!(config.texts(group, name)?),
        "list" => json!(config.list(group, name)?),
        "flag" => json!(config.flag(group, name)?),
        "integer" => json!(config.integer(group, name)?),
        "float" => json!(config.float(group, name)?.map(python_float)),
        kind => panic!("{kind}"),
    })
}

/// As Python's `repr` has it, for numbers that need no exponent.
fn python_float(number: f64) -> String {
    format!("{number:?}").to_lowercase()
}

/// Texts that are put together to values of each type, most of which are good ones.
const TEXTS: [&str; 24] = [
    "a",
    "b c",
    "é",
    ",",
    " ",
    "\"",
    "'",
    "$s1",
    "${s2}",
    "${g.s1}",
    "${g.s3}",
    "$s3",
    "$$",
    "\\$",
    "$",
    "$5",
    "${",
    "}",
    "#",
    ";",
    "=",
    ":",
    "$rpc_response_timeout",
    "${oslo_messaging_rabbit.ssl}",
];
const BAD_TEXTS: [&str; 5] = ["$none", "${none.s1}", "${g.none}", "$s1.x", "${DEFAULT.s1}"];

fn text(random: &mut Rng) -> String {
    let mut text: String = (0..random.usize(0..4)).map(|_| *random.choice(&TEXTS).unwrap()).collect();
    if random.u8(..) < 5 {
        text.push_str(random.choice(BAD_TEXTS).unwrap());
    }
    match random.u8(..) {
        0..15 => format!("\"{text}\""),
        15..25 => format!("'{text}'"),
        25..45 => format!("{text}\n  {}", random.choice(TEXTS).unwrap()),
        45..50 => format!("\n\t{text}\n {text}\n # no comment"),
        50..54 => format!("{text}\u{1c}\u{a0}"),
        _ => text,
    }
}

/// A value of an option; `low` is the lowest whole number that it may be.
fn of_type(random: &mut Rng, kind: &str, low: bool) -> String {
    let bad = random.u8(..) < 4;
    let choose = |random: &mut Rng, values: &[&str]| (*random.choice(values).unwrap()).to_owned();
    match kind {
        _ if bad => choose(random, &["maybe", "1_", "0x1", "1 2", "$none", "--1", "t", "1e"]),
        "flag" => choose(random, &["true", "False", "1", "0", "ON", "off", "Yes", "no", "$b", "\"yes\""])
            .replace("$b", "$rpc_ping_enabled"),
        "integer" if low => choose(
            random,
            &["1", "2", "007", "+3", "1_0", "\"4\"", "${oslo_messaging_rabbit.heartbeat_rate}"],
        ),
        "integer" => choose(random, &["0", "-7", "1_000_000", "", "'  8 '", "9223372036854775807"]),
        "float" if low => choose(random, &["0.5", "1", "1e0", "4.5", "2_0e-1"]),
        "float" => choose(random, &["-1.5", "1e3", ".5", "5.", "", "inf", "Infinity", "-0", "1_0.2_5"]),
        "list" | "texts" | "text" => text(random),
        kind => panic!("{kind}"),
    }
}

/// A file of some groups with some options.
fn file(random: &mut Rng, both: &Both) -> Vec<u8> {
    let options = both.options();
    let mut file = String::new();
    let newline = ["\n", "\n", "\n", "\r\n", "\r"][random.usize(..5)];
    for _ in 0..random.usize(0..4) {
        let own = random.bool();
        let groups = if own {
            ["DEFAULT", "g", "G", "h", "default"]
        } else {
            [
                "DEFAULT",
                "oslo_messaging_rabbit",
                "Oslo_Messaging_Notifications",
                "oslo_concurrency",
                "OSLO_MESSAGING_RABBIT",
            ]
        };
        let group = random.choice(groups).unwrap();
        file.push_str(&format!("[{group}]\n"));
        let lower = if group == "DEFAULT" { group.to_owned() } else { group.to_lowercase() };
        let of_group: Vec<_> = options
            .iter()
            .filter(|(g, n, _)| {
                let is_own = OWN.iter().any(|(group, name, ..)| (group, name) == (&&**g, &&**n));
                is_own == own && (*g == lower || group == "h")
            })
            .collect();
        for _ in 0..random.usize(0..6) {
            let Some((g, name, kind)) = random.choice(&of_group) else { continue };
            // If a name in it is none, Python takes the option of this name in [DEFAULT] for it.
            if (g.as_str(), name.as_str()) == ("g", "s1") {
                continue;
            }
            let known = both.registered.iter().find(|known| (&known.group, &known.name) == (g, name));
            let old = known.and_then(|known| known.old.first()).filter(|_| random.bool());
            let value = match name.as_str() {
                // Others than Python's are refused here, and that is tested elsewhere.
                "control_exchange" | "driver" => "nova".to_owned(),
                _ => of_type(random, kind, known.is_some()),
            };
            let separator = random.choice(["=", " = ", ":", " :", "=\u{1f}"]).unwrap();
            file.push_str(&format!("{}{separator}{value}\n", old.unwrap_or(name)));
            file.push_str(
                random.choice(["", "", "", "\n", "# a comment = $none\n", "; [other]\n", "\n\n"]).unwrap(),
            );
        }
    }
    let mut bytes = file.replace('\n', newline).into_bytes();
    if random.u8(..) < 12 {
        let junk: [&[u8]; 9] =
            [b"[", b"]", b"\nno\n", b"\n=1\n", b" ", b"\n x\n", b"\xff", b"\xef\xbb\xbf", b"[]\n"];
        let at = random.usize(0..=bytes.len());
        bytes.splice(at..at, random.choice(junk).unwrap().iter().copied());
    }
    bytes
}

fn case(random: &mut Rng, both: &Both, root: &Path) -> Case {
    let mut case = Case::new();
    for n in 0..random.usize(0..4) {
        let joined = random.bool();
        if random.bool() {
            let path = root.join(format!("{n}.conf"));
            case.write(&path, &file(random, both));
            case = case.file(&path, joined);
            if random.u8(..) < 20 {
                case = case.file(&path, joined);
            }
        } else {
            let folder = root.join(format!("{n}"));
            fs::create_dir(&folder).unwrap();
            for name in ["b.conf", "a.conf", "B.conf", "é.conf", ".h.conf", "c.txt"] {
                if random.bool() {
                    case.write(&folder.join(name), &file(random, both));
                }
            }
            case = case.folder(&folder, joined);
        }
    }
    if random.u8(..) < 6 {
        case = case.file(&root.join("none/../none.conf"), false);
    }
    let options = both.options();
    for _ in 0..random.usize(0..3) {
        let (group, name, kind) = random.choice(&options).unwrap();
        // Python takes each letter of a variable for a value of such an option.
        let chosen =
            ["rabbit_login_method", "kombu_failover_strategy", "control_exchange"].contains(&&**name);
        if kind != "texts" && !chosen {
            let known = both.registered.iter().any(|known| (&known.group, &known.name) == (group, name));
            let variable = format!("OS_{}__{}", group.to_uppercase(), name.to_uppercase());
            case.environment.push((variable, of_type(random, kind, known)));
        }
    }
    case
}

#[test]
fn random_files() {
    const CASES: usize = 200;
    run(async {
        let mut both = Both::start().await;
        let seed = fastrand::u64(..);
        let mut random = Rng::with_seed(seed);
        for _ in 0..CASES {
            let root = tempfile::tempdir().unwrap();
            let mut case = case(&mut random, &both, root.path());
            case.texts.push(format!("the seed is {seed}"));
            both.agree(case).await;
        }
        // Otherwise it would say little.
        let Both { python, all, one, values, .. } = both;
        assert!(
            all > CASES / 50 && all < CASES / 2 && one > CASES / 8 && values > CASES,
            "{all} {one} {values}"
        );
        python.stop().await.unwrap();
    });
}

/// One file of these bytes.
fn of_bytes(root: &Path, bytes: &[u8]) -> Case {
    let path = root.join("x.conf");
    let mut case = Case::new();
    case.write(&path, bytes);
    case.file(&path, false)
}

#[test]
fn unusual_files() {
    run(async {
        let mut both = Both::start().await;
        let root = tempfile::tempdir().unwrap();
        for bytes in [
            b"".as_slice(),
            b"\n\n# only\n;comments\n",
            b"[DEFAULT]\ns1 = a\n[g]\ns1=b\n[DEFAULT]\ns1 = c\nm1=1\nm1=2\n[G]\nm1=3\n[g]\nm1=4",
            b"[DEFAULT]\rs1 = a\rs2=\x0b\x0c\x1c\x1d\x1e\x1f\xc2\x85\xc2\xa0b\xe2\x80\xa8",
            b"[DEFAULT]\ns1 = a\x0bb\x1cc\xe2\x80\xa9d\n",
            b"[DEFAULT]\ns1 = \n  a\n\tb\n   \n",
            b"[DEFAULT]\ns1 = a\n# x\n b\n",
            b"[DEFAULT]\ns1 = a\n\n b\n",
            b"[DEFAULT]\ns1 = a\n # x\n ;y\n",
            b"[DEFAULT]\ns1 = \"\ns2 = 'a'b'\nm1 = \"a\", \"b\"\nl1 = \"a\", \"b\"\n",
            b"[DEFAULT] # c\ns1=a",
            b"[DEFAULT] # c]\ns1=a",
            b"[ DEFAULT ]\ns1=a\n[default]\ns1=b",
            b"s1=a\n[DEFAULT]",
            b"[]\n",
            b"[DEFAULT]\n : x\n",
            b"[DEFAULT]\nx\n",
            b"\xef\xbb\xbf[DEFAULT]\ns1=a\n",
            b"[DEFAULT]\ns1=\xff\n",
            b"[DEFAULT]\ns1=$s2\ns2=$s1\n",
            b"[DEFAULT]\ns1=$s1\n",
            b"[DEFAULT]\ns1=$oslo_messaging_rabbit\n",
            b"[DEFAULT]\ns1=${oslo_messaging_notifications.transport_url}x${oslo_messaging_notifications.retry}\n",
            b"[DEFAULT]\ns1=$\xc4\xb1 $\xc5\xbf $a\xe2\x84\xaab\n",
            b"[DEFAULT]\ns1=$S1\n",
            b"[DEFAULT]\ns1=\\\\$s2 \\$$s2 $$$s2 ${s2.} ${.s2} ${s2 }\n",
            b"[DEFAULT]\ntransport_url = rabbit://u:p$$w@h/\n[oslo_messaging_notifications]\ntransport_url=$transport_url\n",
            b"[DEFAULT]\nrpc_thread_pool_size = 3\nexecutor_thread_pool_size = 4\nrpc_thread_pool_size = 5\ns1=$rpc_thread_pool_size\n",
            b"[DEFAULT]\nconfig_file = /none\nconfig_dir = /none\ns1 = a\n",
            b"[oslo_messaging_notifications]\ndriver = messagingv2\ndriver =\ndriver = log\ntopics = , a ,,b,,\n",
            b"[oslo_messaging_notifications]\ntopics =\nretry = 0\n",
            b"[DEFAULT]\nf1 = nan\ni1 = 9223372036854775807\n",
        ] {
            both.agree(of_bytes(root.path(), bytes)).await;
        }
        both.python.stop().await.unwrap();
    });
}

/// Has a case read what is at a path.
type Add = fn(Case, &Path) -> Case;

#[test]
fn unusual_paths() {
    run(async {
        let mut both = Both::start().await;
        let root = tempfile::tempdir().unwrap();
        let path = |name: &str| root.path().join(name);
        fs::create_dir_all(path("d/e.conf")).unwrap();
        fs::create_dir(path("empty")).unwrap();
        fs::write(path("a.conf"), "[DEFAULT]\ns1 = a\n").unwrap();
        std::os::unix::fs::symlink(path("d/e.conf"), path("link")).unwrap();
        std::os::unix::fs::symlink(path("none"), path("empty/.gone.conf")).unwrap();
        let cases: [(&str, Add); 8] = [
            ("empty", |case, path| case.folder(path, true)),
            ("empty/../empty/.", |case, path| case.folder(path, false)),
            ("none", |case, path| case.folder(path, false)),
            ("d", |case, path| case.folder(path, false)),
            ("d", |case, path| case.file(path, false)),
            ("a.conf", |case, path| case.file(path, true)),
            // By their names: the link is in the folder of the file.
            ("link/../a.conf", |case, path| case.file(path, true)),
            ("none.conf", |case, path| case.file(path, true)),
        ];
        for (name, add) in cases {
            both.agree(add(Case::new(), &path(name))).await;
        }
        let home: PathBuf = std::env::var_os("HOME").unwrap().into();
        let at_home = tempfile::NamedTempFile::new_in(&home).unwrap();
        fs::write(at_home.path(), "[DEFAULT]\ns1 = home\n").unwrap();
        let name = at_home.path().file_name().unwrap().to_str().unwrap();
        let mut case = Case::new().file(Path::new(&format!("~/{name}")), true);
        case.environment.push(("HOME".to_owned(), home.display().to_string()));
        both.agree(case).await;
        both.python.stop().await.unwrap();
    });
}

#[test]
fn files_that_nobody_has_named() {
    // None that a machine has in /etc.
    const PROJECT: &str = "shop-c3d4";
    const PROGRAM: &str = "shop-c3d4-till";
    run(async {
        let mut both = Both::start().await;
        let places = ["home/.shop-c3d4", "home", "common/etc/shop-c3d4", "snap/etc/shop-c3d4"];
        let names = ["shop-c3d4.conf", "shop-c3d4-till.conf", "shop-c3d4.conf.d", "shop-c3d4-till.conf.d"];
        let mut random = Rng::new();
        for _ in 0..40 {
            let root = tempfile::tempdir().unwrap();
            let path = |name: &str| root.path().join(name);
            let mut case = Case::new().project(PROJECT, PROGRAM);
            for (variable, folder) in [("HOME", "home"), ("SNAP_COMMON", "common"), ("SNAP", "snap")] {
                case.environment.push((variable.to_owned(), path(folder).display().to_string()));
            }
            for place in places {
                fs::create_dir_all(path(place)).unwrap();
                for name in names {
                    if random.u8(..) < 90 {
                        let mut at = path(place).join(name);
                        if name.ends_with(".d") {
                            fs::create_dir(&at).unwrap();
                            at.push("x.conf");
                        }
                        // Which ones were read, and in which order.
                        case.write(&at, format!("[DEFAULT]\nm1 = {place}/{name}\n").as_bytes());
                    }
                }
            }
            fs::create_dir(path("given")).unwrap();
            for name in ["given/a.conf", "given.conf"] {
                case.write(&path(name), format!("[DEFAULT]\nm1 = {name}\n").as_bytes());
            }
            case = if random.bool() { case.file(&path("given.conf"), random.bool()) } else { case };
            case = if random.bool() { case.folder(&path("given"), random.bool()) } else { case };
            both.agree(case).await;
        }
        assert!(both.values > 30, "only {} of them had a file", both.values);
        both.python.stop().await.unwrap();
    });
}

/// The table of options that the reader has is what Python registers.
#[test]
fn options_of_oslo_messaging() {
    run(async {
        let mut python = PythonReader::start().await.unwrap();
        let registered = python.options().await.unwrap();
        python.stop().await.unwrap();
        let nothing: [(&str, &str); 0] = [];
        let defaults = Config::builder().environment(nothing).read().unwrap();
        for Registered { group, name, kind, default, old } in &registered {
            let ours = value(&defaults, group, name, kind).unwrap();
            // What the host is called, and the process.
            if !["hostname", "processname"].contains(&name.as_str()) {
                assert_eq!(&ours, default, "[{group}] {name}");
            }
            let mut file = tempfile::NamedTempFile::new().unwrap();
            let kinds = |names: &[&String], file: &mut tempfile::NamedTempFile| {
                let lines = names.iter().map(|name| format!("{name} = 1\n")).collect::<String>();
                fs::write(file.path(), format!("[{group}]\n{lines}")).unwrap();
                let config = Config::builder().environment(nothing).file(file.path()).read().unwrap();
                config.remarks().into_iter().map(|remark| remark.kind).collect::<Vec<_>>()
            };
            for kind in kinds(&[name], &mut file) {
                assert!(matches!(kind, RemarkKind::WithoutEffect { .. }), "[{group}] {name}: {kind:?}");
            }
            for old in old {
                let kinds = kinds(&[old], &mut file);
                assert!(
                    matches!(kinds[..], [RemarkKind::Renamed { to, .. }] if to == name),
                    "{old}: {kinds:?}"
                );
            }
        }
        assert!(registered.len() > 45, "{}", registered.len());
    });
}
