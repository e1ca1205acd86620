#!/usr/bin/env python3
"""check-rooms.py: the rooms of recvmsg are ordered, and no include runs up.

A source belongs to the room of its folder, a public header to the room in the list below.
docs/architecture.md describes the same rooms; its list of folders is compared with the tree.
"""

import pathlib
import re
import sys

# From the top down. Rooms on one line are on the same level and do not include each other.
ORDER = [
    ["lanes"],
    ["receive"],
    ["capture"],
    ["coalescing", "interfaces"],
    ["platform"],
    ["set_up"],
    ["options", "send"],
    ["slots"],
    ["common"],
]
PUBLIC = {
    "lanes": "lanes passed_sockets peer_sockets detail/lane_group",
    "receive": """async_receiver drain filter handler packet_batch receiver tap detail/batch_account
        detail/batch_operation detail/delivery detail/drain_core detail/loop_state detail/pull_loop
        detail/receive_core detail/receive_loop""",
    "capture": "recorder",
    "interfaces": "group_membership interface_choice network_interfaces",
    "set_up": "detail/set_up metadata_request receive_options coalescing_guard",
    "options": "interface multicast option_support socket_options options/*",
    "send": "sender detail/reply_queue detail/send_counter_set",
    "slots": "packet slot_pool detail/reply_sink detail/slot detail/wakeable",
    "common": """counters describe endpoint error_detail lane_steering log metrics network_interface outgoing
        path_mtu_cache quic_connection_ids receive_error send_counters statistics occupancy timestamp
        detail/asio_classes detail/lane_hash detail/relaxed_counter""",
}

root = pathlib.Path(__file__).resolve().parent.parent
source = root / "recvmsg" / "src"
public = root / "recvmsg" / "include" / "ancillary" / "recvmsg"
level = {room: number for number, rooms in enumerate(ORDER) for room in rooms}
room_of_header = {
    name.replace("*", path.stem) if name.endswith("*") else name: room
    for room, names in PUBLIC.items()
    for name in names.split()
    for path in (sorted(public.glob(name + ".hpp")) if name.endswith("*") else [public])
}
problems = []


def room_of(path: pathlib.Path) -> str | None:
    if path.is_relative_to(source):
        return path.relative_to(source).parts[0]
    name = path.relative_to(public).with_suffix("").as_posix()
    if name not in room_of_header:
        problems.append(f"{name}.hpp: assigned to no room")
    return room_of_header.get(name)


def target_of(include: str) -> pathlib.Path | None:
    for path in (source / include, public.parent.parent / include):
        if path.is_file() and (path.is_relative_to(source) or path.is_relative_to(public)):
            return path
    return None


arrows = 0
for path in sorted([*source.rglob("*.[ch]pp"), *public.rglob("*.hpp")]):
    here = room_of(path)
    for include in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', path.read_text(encoding="utf-8"), re.M):
        target = target_of(include)
        there = room_of(target) if target else None
        if here is None or there is None or here == there:
            continue
        arrows += 1
        if level[there] <= level[here]:
            problems.append(f"{path.relative_to(root)} ({here}) includes {include} ({there}), which runs up")

folders = {path.name for path in source.iterdir() if path.is_dir()}
problems += [f"recvmsg/src/{name}: not in the order" for name in sorted(folders - level.keys())]
page = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
drawn = set(re.findall(r"^\| `([a-z_]+)/` \|", page, re.M))
if drawn != folders:
    problems.append(f"docs/architecture.md lists {sorted(drawn)}, the tree has {sorted(folders)}")
for path in sorted([*source.rglob("*.[ch]pp"), *public.rglob("*.hpp"), *(root / "decoders").rglob("*.[ch]pp")]):
    lines = path.read_text(encoding="utf-8").count("\n")
    if lines > 300:
        problems.append(f"{path.relative_to(root)}: {lines} lines, at most 300")

print("\n".join(problems) or f"check-rooms: {arrows} includes between rooms, all run down")
sys.exit(1 if problems else 0)
