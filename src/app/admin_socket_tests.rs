//! Commands over a real socket, and everything that may come instead of them.

use super::*;
use cli::{AdminCall, Reached, client::call_with, local::Terminals};
use std::sync::Mutex;
use wire::admin::{Command, Output, Report, Table, confirm};

/// Remembers what it was asked to do; some commands ask back.
#[derive(Default)]
struct Double {
    done: Mutex<Vec<String>>,
}

impl Double {
    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    async fn carry_out(&self, command: Command, io: &mut dyn Io) -> Result<Report> {
        let name = match &command {
            Command::UserShow { user, .. } => {
                return Err(Error::not_found(format!(
                    "Unknown user with email '{user}'"
                )));
            }
            Command::UserModify(modify) => {
                if !modify.no_confirm {
                    confirm(io, "Delete? [y/N] ").await?;
                }
                "user-modify"
            }
            Command::BackendAdd(new) => {
                let pem = io
                    .read_file(new.ca_cert.as_deref().unwrap_or("/etc/shadow"))
                    .await?;
                self.done
                    .lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&pem).into_owned());
                "backend-add"
            }
            Command::ServerShow { .. } => {
                let width = io.terminal().width;
                return Ok(Report::new().text(format!("width {width}")));
            }
            Command::UserList(_) => {
                let mut table = Table::new(["id", "name"]);
                for id in 0..50_000u64 {
                    table.push([id.into(), "日本".into()]);
                }
                return Ok(Report::new().with(Output::Table(table)).note("done"));
            }
            _ => "other",
        };
        self.done.lock().unwrap().push(name.to_owned());
        Ok(Report::new().note(format!("{name} done")))
    }
}

impl Runner for Double {
    fn run<'a>(&'a self, command: Command, io: &'a mut dyn Io) -> IoFuture<'a, Report> {
        Box::pin(self.carry_out(command, io))
    }

    fn services(&self) -> Vec<String> {
        vec!["astakos".to_owned(), "cyclades".to_owned()]
    }
}

/// A person who gives one answer to everything.
#[derive(Default)]
struct Person {
    out: Vec<u8>,
    err: Vec<u8>,
    answer: Option<&'static str>,
    file: Option<&'static str>,
}

impl Terminals for Person {
    fn terminal(&self) -> Terminal {
        Terminal {
            width: 123,
            ..Terminal::default()
        }
    }

    fn out(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn err(&mut self, bytes: &[u8]) -> Result<()> {
        self.err.extend_from_slice(bytes);
        Ok(())
    }

    fn ask(&mut self, prompt: &str, _: bool) -> Result<Option<String>> {
        self.err.extend_from_slice(prompt.as_bytes());
        Ok(self.answer.map(str::to_owned))
    }

    fn read(&mut self, path: &str) -> Result<Vec<u8>> {
        match self.file {
            Some(content) => Ok(content.into()),
            None => Err(Error::invalid(format!("{path}: no such file"))),
        }
    }
}

/// A service that answers on a socket of its own.
struct Service {
    dir: tempfile::TempDir,
    double: Arc<Double>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Service {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let socket = listen(&dir.path().join("admin.sock")).unwrap();
        let (double, stop) = (Arc::new(Double::default()), CancellationToken::new());
        let task = tokio::spawn(serve(socket, double.clone(), stop.clone()));
        Service {
            dir,
            double,
            stop,
            task,
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("admin.sock")
    }

    async fn type_in(&self, args: &[&str], mut person: Person) -> (Result<Reached>, Person) {
        let (path, call) = (self.path(), admin_call(args));
        tokio::task::spawn_blocking(move || (call_with(&path, &call, &mut person), person))
            .await
            .unwrap()
    }

    /// Exit status, standard output, standard error.
    async fn says(&self, args: &[&str], person: Person) -> (i32, String, String) {
        let (reached, person) = self.type_in(args, person).await;
        let Ok(Reached::Done(code)) = reached else {
            panic!("{reached:?}");
        };
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (code, text(person.out), text(person.err))
    }

    /// Sends bytes and reads until the service closes.
    async fn raw(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = UnixStream::connect(self.path()).await.unwrap();
        // The service may close before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        answer
    }
}

fn admin_call(args: &[&str]) -> AdminCall {
    AdminCall {
        data_dir: "/nowhere".into(),
        config_dir: "/nowhere".into(),
        set: Vec::new(),
        program: "snf-manage".to_owned(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
    }
}

fn hello(args: &[&str]) -> Vec<u8> {
    let hello = Hello {
        version: frame::VERSION,
        program: "snf-manage".into(),
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        cwd: "/".into(),
        pid: 1,
        ..Hello::default()
    };
    frame::encode(&ToServer::Hello(hello)).unwrap()
}

// ID-CLI-03 ID-CLI-05 ID-CLI-08 CY-CLI-GEN-02 CY-CLI-GEN-11
#[tokio::test(flavor = "multi_thread")]
async fn a_command_runs_in_the_service_and_prints_here() {
    let service = Service::start();
    let (code, out, err) = service.says(&["user-list"], Person::default()).await;
    assert_eq!((code, &*err), (0, "done\n"));
    assert_eq!(out.lines().count(), 50_002);
    assert!(out.starts_with("   id  name\n-----------\n    0  日本\n"));
    let (code, out, _) = service.says(&["server-show", "1"], Person::default()).await;
    assert_eq!((code, &*out), (0, "width 123\n"));
    let (code, out, err) = service.says(&["user-show", "x"], Person::default()).await;
    assert_eq!((code, &*out), (1, ""));
    assert_eq!(err, "CommandError: Unknown user with email 'x'\n");
    let (code, _, err) = service
        .says(&["user-list", "--nosuch"], Person::default())
        .await;
    assert!(code == 2 && err.contains("Usage: snf-manage user-list"));
    let (code, _, err) = service.says(&["file-show"], Person::default()).await;
    assert!(code == 1 && err.starts_with("Unknown command: 'file-show'\n"));
}

// ID-CLI-09
#[tokio::test(flavor = "multi_thread")]
async fn questions_are_asked_here() {
    let service = Service::start();
    let args = ["user-modify", "6", "--delete"];
    for no in [None, Some("n"), Some("nonsense")] {
        let person = Person {
            answer: no,
            ..Person::default()
        };
        let (code, _, err) = service.says(&args, person).await;
        assert_eq!((code, &*err), (1, "Delete? [y/N] Aborted.\n"));
    }
    assert!(service.double.done().is_empty());
    let person = Person {
        answer: Some("YES"),
        ..Person::default()
    };
    assert_eq!(service.says(&args, person).await.0, 0);
    assert_eq!(service.double.done(), ["user-modify"]);
}

// CY-CLI-BKD-02: a file is read where the command was typed, if it was named there.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_read_here() {
    let service = Service::start();
    let add = ["backend-add", "--clustername=c", "--user=u", "--pass=p"];
    let named = [&add[..], &["--ca-cert", "rapi.pem"]].concat();
    let person = || Person {
        file: Some("PEM"),
        ..Person::default()
    };
    assert_eq!(service.says(&named, person()).await.0, 0);
    assert_eq!(service.double.done(), ["PEM", "backend-add"]);
    let (code, _, err) = service.says(&named, Person::default()).await;
    assert_eq!((code, &*err), (1, "CommandError: rapi.pem: no such file\n"));
    // The double wants /etc/shadow then.
    let (code, _, err) = service.says(&add, person()).await;
    assert!(
        code == 1 && err.contains("not named in the command"),
        "{err}"
    );
}

// ID-CLI-08
#[tokio::test(flavor = "multi_thread")]
async fn nobody_there_is_not_a_failure() {
    let service = Service::start();
    // A socket file that a dead service left is taken over.
    let left = service.dir.path().join("left.sock");
    drop(std::os::unix::net::UnixListener::bind(&left).unwrap());
    let call = admin_call(&["user-list"]);
    let mut person = Person::default();
    assert_eq!(
        call_with(&left, &call, &mut person).unwrap(),
        Reached::Nobody
    );
    drop(listen(&left).unwrap());
    service.stop.cancel();
    service.task.await.unwrap();
    let path = service.dir.path().join("admin.sock");
    assert!(!path.exists());
    assert_eq!(
        call_with(&path, &call, &mut person).unwrap(),
        Reached::Nobody
    );
}

// ID-CLI-08
#[tokio::test]
async fn the_socket_is_its_owners_alone() {
    let service = Service::start();
    let mode = fs::metadata(service.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(may_command(0, 998) && may_command(998, 998));
    assert!(!may_command(1000, 998) && !may_command(u32::MAX, 998));
}

/// Frames that are none, and the only right answer: nothing, and the end.
fn garbage() -> Vec<Vec<u8>> {
    let framed = |body: &[u8]| {
        let length = u32::try_from(body.len()).unwrap();
        [&length.to_be_bytes(), body].concat()
    };
    let good = hello(&["user-modify", "6", "-f"]);
    vec![
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0xff; 64],
        framed(b""),
        framed(b"{}"),
        framed(b"{\"hello\":{}}"),
        framed(&[b'['; 10_000]),
        framed(b"\xff\xfe"),
        frame::encode(&ToServer::Answer(Some("y".into()))).unwrap(),
        good[..good.len() - 1].to_vec(),
        good[..3].to_vec(),
        Vec::new(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_closes_the_connection_and_changes_nothing() {
    let service = Service::start();
    for bytes in garbage() {
        let mut stream = UnixStream::connect(service.path()).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert_eq!(answer, b"", "{bytes:?}");
    }
    // A frame that only announces itself is not waited for with memory.
    assert_eq!(service.raw(&[0xff, 0xff, 0xff, 0xff]).await, b"");
    assert!(service.double.done().is_empty());
    // And it still answers.
    assert_eq!(
        service
            .says(&["server-show", "1"], Person::default())
            .await
            .0,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_instead_of_an_answer_changes_nothing() {
    let service = Service::start();
    let no_file = frame::encode(&ToServer::NoFile("why".into())).unwrap();
    for answer in [vec![0, 0, 0, 2, b'{', b'}'], no_file, hello(&["user-list"])] {
        let mut stream = UnixStream::connect(service.path()).await.unwrap();
        stream
            .write_all(&hello(&["user-modify", "6"]))
            .await
            .unwrap();
        stream.write_all(&answer).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
    }
    assert!(service.double.done().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn hanging_up_in_the_middle_changes_nothing() {
    let service = Service::start();
    // Asked, and gone.
    let mut stream = UnixStream::connect(service.path()).await.unwrap();
    stream
        .write_all(&hello(&["user-modify", "6"]))
        .await
        .unwrap();
    let mut prefix = [0; 4];
    stream.read_exact(&mut prefix).await.unwrap();
    drop(stream);
    // Gone while much is being said.
    let mut stream = UnixStream::connect(service.path()).await.unwrap();
    stream.write_all(&hello(&["user-list"])).await.unwrap();
    stream.read_exact(&mut prefix).await.unwrap();
    drop(stream);
    assert_eq!(
        service
            .says(&["server-show", "1"], Person::default())
            .await
            .0,
        0
    );
    // The end of the service waits for all that runs, so nothing is still to come.
    service.stop.cancel();
    service.task.await.unwrap();
    assert!(service.double.done().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_release_is_told_so() {
    let service = Service::start();
    let other = Hello {
        version: frame::VERSION + 1,
        ..Hello::default()
    };
    let answer = service
        .raw(&frame::encode(&ToServer::Hello(other)).unwrap())
        .await;
    let text = String::from_utf8_lossy(&answer);
    assert!(text.contains("{\"exit\":1}"), "{text}");
    assert!(service.double.done().is_empty());
}
