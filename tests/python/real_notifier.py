"""A compute service of nova that tells what happens to it, by nova's own functions, in both of its formats: versioned, with
objects, and the older one beside it.

Reads one command a line from stdin, a JSON object with objects as real.py has them:

    service, action           a Service, as if that had been done to it: update, create or delete
    instance, action, phase   an Instance, as if this host had begun or ended to do that to it: pause ... ; start or end
    network                   of the instance: VIFs as nova's database has them
    ctxt                      keyword arguments of nova's RequestContext

and answers each with one line: `{"done": true}`, or `{"raised": {...}}`. Ends when stdin does.
"""

import json

import real

import peer

HOST = "host1"


def execute(project, command):
    from nova import objects, rpc
    from nova.compute import utils
    from nova.network.model import NetworkInfo

    ctxt = project.context(**command["ctxt"])
    if "service" in command:
        service = real.unpack(project, ctxt, command["service"])
        service._send_notification(command["action"])
        return
    instance = real.unpack(project, ctxt, command["instance"])
    instance.info_cache = objects.InstanceInfoCache(network_info=NetworkInfo.hydrate(command["network"]))
    action, phase = command["action"], command["phase"]
    # As the manager of the service does: both, one after the other.
    utils.notify_about_instance_usage(rpc.get_notifier("compute", HOST), ctxt, instance, f"{action}.{phase}")
    utils.notify_about_instance_action(ctxt, instance, HOST, action=action, phase=phase, bdms=[])


def answer(project, line):
    try:
        execute(project, json.loads(line))
        return {"done": True}
    except Exception as error:
        return {"raised": peer.describe(error)}


def main():
    options = real.arguments(__doc__).parse_args()
    project = real.project(options)
    peer.emit(event="ready")
    for line in peer.lines():
        peer.emit(**answer(project, line))
    project.rpc.cleanup()


main()
