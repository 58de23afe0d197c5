"""How unmodified oslo.config reads configuration files, with the options that oslo.messaging registers.

Reads one question a line from stdin, a JSON object, and answers it with one line. `{"options": true}` is answered with
`{"options": [...]}`, what oslo.messaging and oslo.concurrency register: group, name, type, default, names of old. Another
question has

    args           the command line
    project        names by which to look for files if the command line has none, `{"project": .., "prog": ..}`; or null
    environment    variables beside those of the process
    options        options of one's own: group, name, type, default
    asked          groups and names to tell the values of

and is answered with `{"refused": "why"}`, or with `{"values": [...]}`: a value for each that was asked for, or an object
`{"refused": "why"}`. Floats are texts. Ends when stdin does.
"""

import json
import logging
import os

from oslo_concurrency import opts as concurrency_opts
from oslo_config import cfg
from oslo_messaging import opts as messaging_opts

import peer

TYPES = {
    "text": cfg.StrOpt,
    "texts": cfg.MultiStrOpt,
    "list": cfg.ListOpt,
    "flag": cfg.BoolOpt,
    "integer": cfg.IntOpt,
    "float": cfg.FloatOpt,
}


def registered():
    """The options, each with its group."""
    for group, opts in messaging_opts.list_opts() + concurrency_opts.list_opts():
        if group != "oslo_messaging_kafka":
            yield from ((group or "DEFAULT", opt) for opt in opts)
    # It registers this one only when the driver is used.
    yield "oslo_messaging_notifications", cfg.StrOpt("routing_config", default="")


def options():
    names = {type(kind("x")): name for name, kind in TYPES.items()}
    return [
        {
            "group": group,
            "name": opt.dest,
            "type": names[type(opt)],
            "default": shown(opt.type(opt.default) if opt.default is not None and not opt.multi else opt.default),
            "old": [old.name for old in opt.deprecated_opts],
        }
        for group, opt in registered()
    ]


def shown(value):
    return repr(value) if isinstance(value, float) else value


def read(question):
    conf = cfg.ConfigOpts()
    for group, opt in registered():
        conf.register_opt(opt, group=None if group == "DEFAULT" else group)
    for own in question["options"]:
        opt = TYPES[own["type"]](own["name"], default=own["default"])
        conf.register_opt(opt, group=None if own["group"] == "DEFAULT" else own["group"])
    before = dict(os.environ)
    os.environ.update(question["environment"])
    where = question["project"] or {"prog": "reader", "default_config_files": [], "default_config_dirs": []}
    try:
        conf(question["args"], **where)
        return {"values": [value(conf, *option) for option in question["asked"]]}
    # Whatever it is, it is no configuration.
    except (Exception, SystemExit) as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    finally:
        os.environ.clear()
        os.environ.update(before)


def value(conf, group, name):
    try:
        return shown(conf[name] if group == "DEFAULT" else conf[group][name])
    except Exception as error:
        return {"refused": f"{type(error).__name__}: {error}"}


def main():
    # It warns of names of old.
    logging.disable(logging.CRITICAL)
    peer.emit(event="ready")
    for line in peer.lines():
        question = json.loads(line)
        peer.emit(**({"options": options()} if "options" in question and question["options"] is True else read(question)))


main()
