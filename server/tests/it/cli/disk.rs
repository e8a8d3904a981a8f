//! Disks that are full, read-only or somebody else's: a clear message, nothing lost, and all well once there is room again.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use super::house::{BTC, House};
use super::market::{csv, hourly};
use super::outcome::Outcome;
use super::running::{self, Server};

/// Nearly seven years of hours: more than a megabyte in the lake.
fn many_candles() -> String {
    csv(&testkit::RandomWalk::new(3).start(testkit::at("2017-01-01")).candles(60_000))
}

/// A disk of one megabyte at the house's data folder, in a mount namespace that ends with its keeper and that nobody else sees.
#[derive(Debug)]
struct SmallDisk {
    keeper: Server,
    options: &'static [&'static str],
}

impl SmallDisk {
    /// Mounts it, or says that this machine does not let us.
    #[expect(clippy::print_stderr, reason = "the test run says what could not be tried")]
    fn mount(house: &House) -> Option<Self> {
        const SCRIPT: &str =
            "mount -t tmpfs -o size=1m none \"$0\" && echo mounted && exec tail -f /dev/null";
        // As root; else as a user who is root inside a namespace, where the system lets users do that.
        const WAYS: [(&[&str], &[&str]); 2] =
            [(&["-m"], &["-m"]), (&["-U", "-r", "-m"], &["-U", "-m", "--preserve-credentials"])];
        fs::create_dir(house.data_dir()).unwrap();
        for (unshare, options) in WAYS {
            let mut command = Command::new("unshare");
            command.args(unshare).args(["sh", "-c", SCRIPT]).arg(house.data_dir());
            let mut keeper = Server::start(command);
            if keeper.find("mounted").is_some() {
                return Some(Self { keeper, options });
            }
        }
        eprintln!("no disk can be mounted here: a full one was tried with a limit on the size of files only");
        None
    }

    /// Runs a program on the disk.
    fn run(&self, command: &Command) -> Outcome {
        let mut inside = Command::new("nsenter");
        inside.arg("-t").arg(self.keeper.pid().to_string()).args(self.options).arg("--");
        inside.arg(command.get_program()).args(command.get_args());
        running::run(inside, "a rather long password\n")
    }

    fn crypto(&self, house: &House, arguments: &[&str]) -> Outcome {
        self.run(&house.command(arguments))
    }

    fn remount(&self, house: &House, options: &str) {
        let mut mount = Command::new("mount");
        // With its source named, mount adds nothing of its own, which a user's namespace would refuse.
        mount.args(["-o", &format!("remount,{options}"), "none"]).arg(house.data_dir());
        self.run(&mount).ok();
    }

    /// Returns the disk's folder as this process reaches it.
    fn path(&self, house: &House) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{}", self.keeper.pid(), house.data_dir().display()))
    }
}

#[test]
fn a_full_disk_loses_nothing_and_once_there_is_room_the_import_completes() {
    let house = House::new();
    let Some(disk) = SmallDisk::mount(&house) else { return };
    let import = |file: &str| disk.crypto(&house, &[&["import", file], &BTC[..]].concat());
    let few = house.file("few.csv", csv(&hourly(500)));
    let many = house.file("many.csv", many_candles());
    import(&few).ok();
    let before = disk.crypto(
        &house,
        &[&["indicators", "compute", "sma(2)", "--json", "--start", "2024-01-01"], &BTC[..]].concat(),
    );

    import(&many).fails(1, &["No space left on device", "free some space there and try again", "year="]);
    let after = disk.crypto(
        &house,
        &[&["indicators", "compute", "sma(2)", "--json", "--start", "2024-01-01"], &BTC[..]].concat(),
    );
    assert_eq!(after.ok().json()["close"], before.ok().json()["close"]);
    disk.crypto(&house, &[&["data", "gaps"], &BTC[..]].concat()).ok();

    disk.remount(&house, "size=64m");
    import(&many).ok().says(&["60000 rows read"]);
    let list = disk.crypto(&house, &["data", "list", "--json"]).ok().json();
    // 2017-01-01 to 2023-11-05, and the first 500 hours of 2024.
    assert_eq!(list[0]["rows"], 60_500);
    import(&many).ok().says(&["nothing new, all 60000 candles"]);
    import(&few).ok().says(&["nothing new, all 500 candles"]);
}

#[test]
fn what_was_acknowledged_before_the_disk_was_full_is_there_afterwards() {
    let house = House::new();
    let Some(disk) = SmallDisk::mount(&house) else { return };
    disk.crypto(&house, &[&["import", &house.file("few.csv", csv(&hourly(500)))], &BTC[..]].concat()).ok();
    let filler = disk.path(&house).join("filler");
    let fill = || {
        let full = fs::write(&filler, vec![b'x'; 2 << 20]).unwrap_err();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    };
    fill();
    disk.crypto(&house, &["user", "add", "ann"]).fails(1, &["full", "free"]);
    // It looks for order rules in the database before it writes a result; either would say what is full.
    disk.crypto(&house, &["backtest", "run", "crossing"]).fails(1, &["full", "free some space"]);
    fs::remove_file(&filler).unwrap();
    disk.crypto(&house, &["user", "add", "ann"]).ok().says(&["added admin 'ann'"]);
    disk.crypto(&house, &["backtest", "run", "crossing"]).ok();

    // The log of the database has room for some more; what it takes is kept, what it cannot take is refused.
    fill();
    let mut expected = vec!["ann".to_owned()];
    for number in 0..200 {
        let name = format!("user{number:03}");
        let outcome = disk.crypto(&house, &["user", "add", &name]);
        if outcome.code != 0 {
            // SQLite says either, by which of its files could not grow.
            assert!(
                outcome.stderr.contains("full") || outcome.stderr.contains("disk I/O error"),
                "{}",
                outcome.stderr
            );
            assert_eq!((outcome.code, outcome.stdout.as_str()), (1, ""));
            break;
        }
        expected.push(name);
    }
    assert!(expected.len() < 200, "the disk was never full");
    fs::remove_file(&filler).unwrap();
    let users = disk.crypto(&house, &["user", "list", "--json"]).ok().json();
    let names: Vec<&str> =
        users.as_array().unwrap().iter().map(|user| user["name"].as_str().unwrap()).collect();
    assert_eq!(names, expected);
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_that_loses_nothing() {
    let house = House::with_candles(200);
    let before = house.data_files();
    let many = house.file("many.csv", many_candles());
    let call = house.command(&[&["import", &many], &BTC[..]].concat());
    let mut limited = Command::new("sh");
    // Without the trap the kernel would kill the process instead of refusing the write.
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"])
        .arg(call.get_program())
        .args(call.get_args());
    running::run(limited, "")
        .fails(1, &["File too large", "year=2017", "check the path and the disk, then try again"]);
    let after = house.data_files();
    assert!(before.iter().all(|(path, bytes)| after.get(path) == Some(bytes)));
    house.import(&[&many]).ok();
    house.run(&["data", "list"]).ok().says(&["60200"]);
}

#[test]
fn a_read_only_disk_can_be_read_and_says_that_it_cannot_be_written() {
    let house = House::new();
    let Some(disk) = SmallDisk::mount(&house) else { return };
    let few = house.file("few.csv", csv(&hourly(100)));
    disk.crypto(&house, &[&["import", &few], &BTC[..]].concat()).ok();
    disk.remount(&house, "ro");
    let more = house.file("more.csv", csv(&hourly(200)));
    let import = [&["import", &more], &BTC[..]].concat();
    disk.crypto(&house, &import).fails(1, &["Read-only file system", "choose another folder"]);
    disk.crypto(&house, &["user", "add", "ann"]).fails(1, &["crypto.db", "database.url"]);
    // It looks for order rules in the database before it writes a result; either would say what is full.
    disk.crypto(&house, &["backtest", "run", "crossing"])
        .fails(1, &["cannot write to", "Read-only file system", "--data-dir"]);
    disk.crypto(&house, &["data", "list"]).ok().says(&["imported 100"]);
    disk.crypto(&house, &[&["data", "gaps"], &BTC[..]].concat()).ok();
}

#[test]
fn the_doctor_sees_a_disk_that_is_small_or_read_only() {
    let house = House::new();
    let Some(disk) = SmallDisk::mount(&house) else { return };
    let remedy = "move the data folder to another disk";
    let small = disk.crypto(&house, &["doctor"]);
    assert_eq!(small.code, 1);
    small.says(&["problem  disk space", "1 MB left at", remedy, "data folder    ", "can be written"]);
    disk.remount(&house, "size=64m");
    disk.remount(&house, "ro");
    let read_only = disk.crypto(&house, &["doctor"]);
    assert_eq!(read_only.code, 1);
    read_only.says(&["problem  data folder", "Read-only file system", "name another folder with --data-dir"]);
}

#[test]
fn a_file_in_place_of_the_data_folder_or_of_the_lake_is_named() {
    let house = House::new();
    let candles = house.file("few.csv", csv(&hourly(5)));
    let data = house.file("data", "something else");
    house.import(&[&candles]).fails(1, &[&data, "choose another"]);
    house.run_with(&["user", "add", "ann"], "a rather long password\n").fails(1, &[&data]);
    assert_eq!(fs::read_to_string(&data).unwrap(), "something else");

    fs::remove_file(&data).unwrap();
    fs::create_dir(&data).unwrap();
    let lake = house.data_dir().join("lake");
    fs::write(&lake, "mine").unwrap();
    house
        .import(&[&candles])
        .fails(1, &[&lake.display().to_string(), "a file stands where a folder belongs"]);
    assert_eq!(fs::read_to_string(lake).unwrap(), "mine");
}

/// Permissions do not bind root, so as root the call is made as `nobody`.
#[test]
fn a_data_folder_that_belongs_to_somebody_else_is_named_with_the_remedy() {
    let house = House::new();
    let candles = house.file("few.csv", csv(&hourly(5)));
    fs::create_dir(house.data_dir()).unwrap();
    for folder in [house.path(), &house.config_dir(), &house.data_dir()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o555)).unwrap();
    }
    let uid = Command::new("id").arg("-u").output().unwrap().stdout;
    let is_root = uid.trim_ascii() == b"0";
    let stranger = |arguments: &[&str]| {
        let call = house.command(arguments);
        let mut command = if is_root {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
                .arg(call.get_program());
            command
        } else {
            Command::new(call.get_program())
        };
        command.args(call.get_args());
        running::run(command, "a rather long password\n")
    };
    let data = house.data_dir().display().to_string();
    let import = [&["import", &candles], &BTC[..]].concat();
    stranger(&import).fails(1, &[&data, "Permission denied", "give this user the right to write there"]);
    stranger(&["user", "add", "ann"]).fails(1, &[&data, "Permission denied", "check the permissions"]);
    stranger(&["serve", "--listen", "127.0.0.1:0"]).fails(1, &[&data, "Permission denied"]);
    stranger(&["config", "validate"]).ok();
    fs::set_permissions(house.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(fs::read_dir(house.data_dir()).unwrap().count(), 0);
}
