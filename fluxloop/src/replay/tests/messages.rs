//! What is said of a recording that cannot be replayed.

use super::*;

fn call(kwargs: &str) -> String {
    format!("{{\"_version\":\"1\",\"target\":\"shop:answer\",\"kwargs\":{kwargs}}}\n")
}

#[test]
fn files() {
    let project = Project::new("");
    insta::assert_snapshot!(project.errors(""), @"
    error: `replay_args.recording_file`: no call is recorded in args.jsonl
      = help: call the service while FLUXLOOP_RECORD_ARGS=true, or set `replay_args.enabled: false`
    ");
    std::fs::write(
        project.0.path().join("args.jsonl"),
        "\n \n{\"_version\":\"1\",\"kw",
    )
    .unwrap();
    insta::assert_snapshot!(project.errors(""), @"
    error: `replay_args.recording_file`: no call is recorded in args.jsonl
      = help: call the service while FLUXLOOP_RECORD_ARGS=true, or set `replay_args.enabled: false`
    ");
    std::fs::remove_file(project.0.path().join("args.jsonl")).unwrap();
    insta::assert_snapshot!(project.errors(""), @"
    error: recording not found: /args.jsonl
      = help: check `replay_args.recording_file`, or make one: `cargo fluxloop record enable`, then call the service
    ");
    std::fs::create_dir(project.0.path().join("args.jsonl")).unwrap();
    insta::assert_snapshot!(project.errors(""), @"
    error: expected a file, found a directory: /args.jsonl
      = help: name the file in it by `replay_args.recording_file`
    ");
    let project = Project::new(&call("{\"data\":{\"content\":1}}"));
    insta::assert_snapshot!(project.errors(", select: {index: 1}"), @"
    error: `replay_args.select`: there is no call 1 in args.jsonl, which has 1
      = help: they are counted from 0: the last is 0
    ");
}

#[test]
fn lines() {
    let good = call("{\"data\":{\"content\":1}}");
    let lines = [
        good.as_str(),
        "no json, and the password: hunter2\n",
        "\n",
        "{\"_version\":\"2.1\",\"kwargs\":{}}\n",
        "{\"_version\":\"1\",\"target\":\"a:b\"}\n",
        "{\"_version\":\"1\",\"kwargs\":[1]}\n",
        "{\"kwargs\":{}}\n",
        &good,
    ];
    insta::assert_snapshot!(Project::new(&lines.concat()).errors(""), @r#"
    error: expected a recorded call: expected value
     --> args.jsonl:2:1
      |
    2 | no json, and the password: ***
      | ^
      = help: a line is `{"_version":"1","target":"module:function","kwargs":{…}}`; remove the ones that are none

    error: expected a recording of version 1, found `2.1`
     --> args.jsonl:4:1
      |
    4 | {"_version":"2.1","kwargs":{}}
      | ^
      = help: read it with the fluxloop that has recorded it, or a newer one

    error: expected a recorded call: missing field `kwargs`
     --> args.jsonl:5:1
      |
    5 | {"_version":"1","target":"a:b"}
      | ^
      = help: a line is `{"_version":"1","target":"module:function","kwargs":{…}}`; remove the ones that are none

    error: expected `kwargs` to be arguments by name, found something else
     --> args.jsonl:6:1
      |
    6 | {"_version":"1","kwargs":[1]}
      | ^
      = help: write them as `{"parameter": value}`

    error: expected a recorded call: missing field `_version`
     --> args.jsonl:7:1
      |
    7 | {"kwargs":{}}
      | ^
      = help: a line is `{"_version":"1","target":"module:function","kwargs":{…}}`; remove the ones that are none
    "#);
    let project = Project::new("");
    std::fs::write(
        project.0.path().join("args.jsonl"),
        b"{\"_version\":\"1\",\"kwargs\":{\"a\":\"\xff\"}}\n",
    )
    .unwrap();
    insta::assert_snapshot!(project.errors(""), @"
    error: expected UTF-8 text, found bytes that are none
     --> args.jsonl:1:1
      |
    1 | 
      | ^
      = help: remove the line
    ");
}

#[test]
fn paths() {
    let of = |kwargs: &str, path: &str| {
        Project::new(&call(kwargs)).errors(&format!(", override_param_path: {path}"))
    };
    insta::assert_snapshot!(Project::new(&call("{\"input\":\"x\"}")).errors(""), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.content` leads nowhere: the call has `input`
      = help: did you mean `input`? `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(of("{\"data\":{\"contents\":1,\"user\":2}}", "data.content"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.content` leads nowhere: `data` has `contents`, `user`
      = help: did you mean `data.contents`? `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(of("{\"data\":{\"x\":1,\"user\":2}}", "data.content"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.content` leads nowhere: `data` has `x`, `user`
      = help: the nearest that exists is `data`; `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(of("{\"data\":[1,2]}", "data.text"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.text` leads nowhere: `data` is a list of 2: whole numbers from 0 step into it
      = help: did you mean `data.0`? `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(of("{\"data\":[{\"text\":1}]}", "data.0.txt"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.0.txt` leads nowhere: `data.0` has `text`
      = help: did you mean `data.0.text`? `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(of("{\"data\":\"text\"}", "data.content"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.content` leads nowhere: `data` is text
      = help: the nearest that exists is `data`
    ");
    insta::assert_snapshot!(of("{\"data\":{}}", "data.content"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.content` leads nowhere: `data` has no keys
      = help: the nearest that exists is `data`; `replay_args.create: true` makes what is absent
    ");
    insta::assert_snapshot!(of("{}", "data.content"), @"
    error: `replay_args.override_param_path`: in args.jsonl:1, `data.content` leads nowhere: the call has no keys
      = help: name one of the recorded arguments; `replay_args.create: true` makes what is absent
    ");
    let several = [
        call("{\"data\":{\"content\":1}}"),
        call("{\"date\":1,\"x\":2}"),
        call("{\"a\":1}"),
    ]
    .concat();
    insta::assert_snapshot!(Project::new(&several).errors(", select: all"), @"
    error: `replay_args.override_param_path`: in args.jsonl:2, `data.content` leads nowhere: the call has `date`, `x`
      = help: did you mean `date`? `replay_args.create: true` makes what is absent

    error: `replay_args.override_param_path`: in args.jsonl:3, `data.content` leads nowhere: the call has `a`
      = help: did you mean `a`? `replay_args.create: true` makes what is absent
    ");
}
