//! `crypto serve`: what it says when it starts, cannot start, and ends. Its pages are another test's matter.

use std::net::TcpListener;
use std::process::Command;

use super::house::House;
use super::running::Server;
use super::sim::request_text;

/// Returns the call that serves on a free port an interface of which only the folder is there.
fn serve(house: &House, more: &[&str]) -> Command {
    let site = house.path().join("site");
    std::fs::create_dir_all(site.join("pkg")).unwrap();
    let mut command = house.command(&[&["serve", "--listen", "127.0.0.1:0"], more].concat());
    command.arg("--site-root").arg(site);
    command
}

#[test]
fn it_says_where_it_listens_and_ends_in_order_on_a_signal() {
    let house = House::new();
    for signal in ["TERM", "INT"] {
        let mut server = Server::start(serve(&house, &[]));
        let address = server.address();
        let (status, _) = request_text(&address, "GET", "/", "");
        assert!((200..400).contains(&status), "{status}");
        let (code, said) = server.stop(signal);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("stopping: running jobs go back to the queue"), "{said}");
    }
}

#[test]
fn a_busy_port_is_named_with_what_to_do() {
    let house = House::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let port = taken.local_addr().unwrap().port();
    let in_use = format!("port {port} is in use on 127.0.0.1");
    house
        .run(&["serve", "--listen", &address])
        .fails(1, &[&in_use, "choose another with --listen 127.0.0.1:PORT"]);
    house
        .run(&["serve", "--listen", "127.0.0.1:0", "--demo-exchange", &address])
        .fails(1, &[&in_use, "choose another with --demo-exchange 127.0.0.1:PORT"]);
    house.run(&["--json", "serve", "--listen", &address]).fails_as_json(1, "failed", &[&in_use]);
}

#[test]
fn two_servers_on_one_port_leave_the_first_alone() {
    let house = House::new();
    let mut first = Server::start(serve(&house, &[]));
    let address = first.address();
    house.run(&["serve", "--listen", &address]).fails(1, &["is in use"]);
    let (status, _) = request_text(&address, "GET", "/", "");
    assert!((200..400).contains(&status), "{status}");
}

#[test]
fn the_log_has_no_colour_codes_where_nobody_sees_them() {
    let house = House::new();
    let mut server = Server::start(serve(&house, &[]));
    server.address();
    let (_, said) = server.stop("TERM");
    assert!(said.contains("INFO") && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn an_interface_that_is_not_built_says_what_builds_it() {
    let house = House::new();
    house
        .run(&["serve", "--listen", "127.0.0.1:0", "--site-root", "nowhere"])
        .fails(4, &["the web interface is not built: nowhere has no folder pkg", "make run", "--site-root"]);
}

#[test]
fn a_file_in_place_of_the_data_folder_is_named() {
    let house = House::new();
    let path = house.file("data", "something else");
    house.run(&["serve", "--listen", "127.0.0.1:0"]).fails(1, &[&path]);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "something else");
}

#[test]
fn a_broken_configuration_is_code_3_before_anything_listens() {
    let house = House::new();
    house.configure("settings.yaml", "version: 1\nlogging: { level: loud }\n");
    house.run(&["serve", "--listen", "127.0.0.1:0"]).fails(3, &["settings.yaml:2:19", "loud", "help:"]);
    assert!(!house.data_dir().exists());
}
