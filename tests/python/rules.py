"""What unmodified oslo.messaging decides of notifications: by filters, and by the rules of a routing file.

Reads one question a line from stdin, a JSON object of one of two kinds, and answers it with one line:

    filter         keyword arguments of NotificationFilter
    notification   context, publisher_id, event_type, metadata and payload

is answered with `{"match": true}`, or with `{"refused": "why"}` if a pattern is none, and

    routing        the file, as it is
    event, priority

with `{"drivers": [...]}`, those that get the notification. Ends when stdin does.
"""

import json
import re

import oslo_messaging
import yaml
from oslo_messaging.notify import _impl_routing

import peer


def matches(question):
    try:
        made = oslo_messaging.NotificationFilter(**question["filter"])
    except re.error as error:
        return {"refused": str(error)}
    return {"match": made.match(**question["notification"])}


def routes(question):
    # As the driver does with a file and a notification; it cannot load the drivers to give it to.
    groups = yaml.safe_load(question["routing"]) or {}
    router = _impl_routing.RoutingDriver(None, [], None)
    priority = question["priority"].lower()
    drivers = set()
    for group in groups.values():
        drivers.update(router._get_drivers_for_message(group, question["event"], priority))
    return {"drivers": sorted(drivers)}


def main():
    peer.emit(event="ready")
    for line in peer.lines():
        question = json.loads(line)
        peer.emit(**(matches(question) if "filter" in question else routes(question)))


main()
