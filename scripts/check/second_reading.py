"""A second reading of the protocol, in another language and with nothing but its standard library.

Computes from the vectors' inputs, as sdk/protocol/README.md describes them, what the vectors say the outputs are:
encodings of events, slot keys and covers of ranges, key derivation by HKDF, expiry buckets, complete-subtree covers,
node keys, grants of both versions, era changes as far as the sealed seeds, and partitions of keys.

Not checked, since the standard library has neither curves nor ciphers nor Keccak: signatures, HPKE, and AES-GCM itself.
Of what is encrypted, keys, nonces, additional data and lengths are checked, and that seeds which an era change is said
to open are those of the tree.

Usage: python3 scripts/check/second_reading.py [folder of vectors]
Exits with 1, and names the first difference, where the two readings differ.
"""

import hashlib
import hmac
import json
import pathlib
import struct
import sys

SLOT_DEPTH = 32
LEAF_DEPTH = 20
BUCKET_SECONDS = 3600
checked = {}


class Difference(Exception):
    pass


def same(what, ours, theirs):
    if ours != theirs:
        raise Difference(f"{what}:\n  this reading {ours!r}\n  the vectors  {theirs!r}")
    checked[what.split(":")[0]] = checked.get(what.split(":")[0], 0) + 1


def unhex(text):
    return bytes.fromhex(text[2:])


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def hkdf(key, salt, info, length):
    """RFC 5869; one block is enough for everything here."""
    assert length <= 32
    return mac(mac(salt or bytes(32), key), info + b"\x01")[:length]


def u(width, number):
    return number.to_bytes(width, "big")


def part(width, content):
    return u(width, len(content)) + content


# Events


def event_header(event):
    return b"".join(
        [
            u(1, event["version"]),
            unhex(event["stream"]),
            u(4, event["partition"]),
            u(8, event["timestamp"]),
            u(4, event["sequence"]),
            part(1, event["contentType"].encode()),
            part(1, event["encryptionType"].encode()),
            u(4, event["era"]),
            u(4, event["slot"]),
            part(1, event["originType"].encode()),
            part(2, unhex(event["origin"])),
            part(1, event["signatureType"].encode()),
        ]
    )


def event_key(event, slot_key):
    info = (
        part(1, b"tributary/event-key")
        + unhex(event["stream"])
        + u(4, event["partition"])
        + part(2, unhex(event["origin"]))
    )
    return hkdf(slot_key, b"", info, 32)


def check_events(vectors):
    for vector in vectors["events"]:
        event = vector["event"]
        content = part(4, unhex(event["content"]))
        encoded = event_header(event) + content + part(2, unhex(event["signature"]))
        same(f"event encodings: {vector['name']}", encoded.hex(), vector["encoded"][2:])
        signed = part(1, b"tributary/event") + event_header(event) + content
        same(f"signed parts of events: {vector['name']}", signed.hex(), vector["signedPart"][2:])
    encrypted = next(v["event"] for v in vectors["events"] if v["event"]["encryptionType"] != "none")
    encryption = vectors["encryption"]
    same("event keys", event_key(encrypted, unhex(encryption["slotKey"])).hex(), encryption["eventKey"][2:])
    same("additional data of events", additional_of_event(encrypted).hex(), encryption["additionalData"][2:])
    content, plaintext = unhex(encryption["content"]), unhex(encryption["plaintext"])
    same("lengths of encrypted content", len(content), 12 + len(plaintext) + 16)
    same("nonces of encrypted content", content[:12].hex(), encryption["nonce"][2:])


def additional_of_event(event):
    return part(1, b"tributary/event") + event_header(event)


# Slot keys


def tree_node(root, depth, index):
    key = root
    for level in range(depth - 1, -1, -1):
        key = mac(key, bytes([index >> level & 1]))
    return key


def range_cover(first, until):
    """The largest node that begins here and fits, again and again."""
    while first < until:
        size = 1
        while first % (size * 2) == 0 and first + size * 2 <= until:
            size *= 2
        depth = SLOT_DEPTH - (size.bit_length() - 1)
        yield depth, first // size
        first += size


def encode_seeds(root, first, until):
    seeds = [u(1, d) + u(4, i) + tree_node(root, d, i) for d, i in range_cover(first, until)]
    return u(2, len(seeds)) + b"".join(seeds)


def encode_range_seeds(root, first, until):
    seeds = [u(1, d) + tree_node(root, d, i) for d, i in range_cover(first, until)]
    return u(2, len(seeds)) + b"".join(seeds)


def check_slot_keys(vectors):
    root = unhex(vectors["root"])
    for vector in vectors["slots"]:
        same("slot keys", tree_node(root, SLOT_DEPTH, vector["slot"]).hex(), vector["key"][2:])
    for vector in vectors["ranges"]:
        first, until = vector["from"], vector["until"]
        ours = [{"depth": d, "index": i, "key": "0x" + tree_node(root, d, i).hex()} for d, i in range_cover(first, until)]
        same(f"covers of ranges: {first} to {until}", ours, vector["seeds"])
        same(f"encoded seeds: {first} to {until}", encode_seeds(root, first, until).hex(), vector["encoded"][2:])
    for vector in vectors["times"]:
        same("slots of times", vector["timestamp"] // (vector["slotDuration"] * 1000), vector["slot"])


# Grants


def range_header(grant):
    return (
        u(1, grant["version"])
        + unhex(grant["stream"])
        + u(4, grant["era"])
        + u(8, grant["fromSlot"])
        + u(8, grant["untilSlot"])
    )


def grant_header(grant):
    header = range_header(grant) + unhex(grant["licensee"]) + unhex(grant["offerId"])
    if grant["version"] == 2:
        header += u(8, grant["bucket"]["end"]) + u(4, grant["bucket"]["leaf"])
    return header


def sealed_part(grant):
    return unhex(grant["recipient"]) + unhex(grant["encapsulation"]) + part(4, unhex(grant["ciphertext"]))


def check_grants(vectors):
    root = unhex(vectors["root"])
    for vector in vectors["grants"] + vectors["grantsOfVersion2"]:
        grant = vector["grant"]
        same(f"headers of grants: {vector['name']}", grant_header(grant).hex(), vector["additionalData"][2:])
        signed = part(1, b"tributary/grant") + grant_header(grant) + sealed_part(grant) + unhex(grant["issuer"])
        same(f"signed parts of grants: {vector['name']}", signed.hex(), vector["signedPart"][2:])
        if grant["version"] == 1:
            plaintext = encode_seeds(root, grant["fromSlot"], grant["untilSlot"])
            same(f"contents of grants: {vector['name']}", plaintext.hex(), vector["plaintext"][2:])
        else:
            seeds = encode_range_seeds(root, grant["fromSlot"], grant["untilSlot"])
            bucket = grant["bucket"]
            path = path_keys(bucket_secret(unhex(vector["streamSecret"]), bucket["end"]), bucket["leaf"])
            same(f"contents of grants: {vector['name']}", seeds.hex(), vector["seeds"][2:])
            same(f"path keys in grants: {vector['name']}", path.hex(), vector["pathKeys"][2:])
            plaintext = seeds + path
        same("lengths of sealed grants", len(unhex(grant["ciphertext"])), len(plaintext) + 16)
    for vector in vectors["delegations"]:
        delegation = vector["delegation"]
        header = range_header(delegation) + unhex(delegation["issuer"]) + unhex(delegation["delegator"])
        same("headers of delegations", header.hex(), vector["additionalData"][2:])
        signed = part(1, b"tributary/delegation") + header + sealed_part(delegation)
        same("signed parts of delegations", signed.hex(), vector["signedPart"][2:])
        plaintext = encode_seeds(root, delegation["fromSlot"], delegation["untilSlot"])
        same("contents of delegations", plaintext.hex(), vector["plaintext"][2:])


# Expiry buckets, complete subtrees


def bucket_end(until, duration):
    if duration >= BUCKET_SECONDS:
        return until
    hour = until * duration // BUCKET_SECONDS * BUCKET_SECONDS
    return hour // duration


def bucket_secret(stream_secret, end):
    return mac(stream_secret, part(1, b"tributary/bucket") + u(8, end))


def node_key(secret, level, index):
    return mac(secret, u(1, level) + u(4, index))[:16]


def path_keys(secret, leaf):
    return b"".join(node_key(secret, level, leaf >> (LEAF_DEPTH - level)) for level in range(LEAF_DEPTH + 1))


def subtree_cover(leaves):
    """From the leaves upwards: two siblings become their parent."""
    nodes, cover = set(leaves), []
    for level in range(LEAF_DEPTH, -1, -1):
        paired = {index for index in nodes if level > 0 and index ^ 1 in nodes}
        cover += [(level, index) for index in nodes - paired]
        nodes = {index >> 1 for index in paired}
    return sorted(cover, key=lambda node: node[1] << (LEAF_DEPTH - node[0]))


def check_buckets(vectors):
    for vector in vectors["ends"]:
        ours = bucket_end(vector["untilSlot"], vector["slotDuration"])
        same(f"expiry buckets: {vector['untilSlot']} of {vector['slotDuration']} s", ours, vector["bucketEnd"])
    for vector in vectors["covers"]:
        leaves = [leaf for first, until in vector["leaves"] for leaf in range(first, until)]
        ours = [{"level": level, "index": index} for level, index in subtree_cover(leaves)]
        same(f"complete-subtree covers: {vector['name']}", ours, vector["cover"])
    for vector in vectors["buckets"]:
        secret = bucket_secret(unhex(vectors["streamSecret"]), vector["end"])
        same("bucket secrets", secret.hex(), vector["secret"][2:])
        for node in vector["nodes"]:
            same("node keys", node_key(secret, node["level"], node["index"]).hex(), node["key"][2:])
        same("path keys", path_keys(secret, vector["leaf"]).hex(), vector["pathKeys"][2:])


# Era changes


def read_era_change(encoded):
    """Only what a reader of well-formed bytes needs."""
    at = 0

    def take(count):
        nonlocal at
        at += count
        return encoded[at - count : at]

    def number(width):
        return int.from_bytes(take(width), "big")

    change = {
        "version": number(1),
        "stream": take(20),
        "era": number(4),
        "fromSlot": number(8),
        "untilSlot": number(8),
        "salt": take(16),
        "issuer": take(20),
        "buckets": [],
    }
    for _ in range(number(2)):
        end, sealed = number(8), take(number(2))
        wraps = [(number(4), take(16)) for _ in range(number(4))]
        change["buckets"].append({"end": end, "sealed": sealed, "wraps": wraps})
    change["signature"] = take(65)
    assert at == len(encoded)
    return change


def era_change_key(change, key, domain, numbers):
    info = part(1, domain) + change["stream"] + u(4, change["era"]) + b"".join(u(8, number) for number in numbers)
    return hkdf(key, change["salt"], info, 16)


def check_era_changes(vectors):
    root, stream_secret = unhex(vectors["root"]), unhex(vectors["streamSecret"])
    for vector in vectors["changes"]:
        name, encoded = vector["name"], unhex(vector["encoded"])
        change = read_era_change(encoded)
        same(f"headers of era changes: {name}", encoded[:57].hex(), vector["additionalData"][2:])
        signed = part(1, b"tributary/era-change") + encoded[:-65]
        same(f"signed parts of era changes: {name}", signed.hex(), vector["signedPart"][2:])

        # Bucket keys, from the latest to the earliest.
        keys = [unhex(vector["latestBucketKey"])]
        while len(keys) < len(change["buckets"]):
            keys.insert(0, era_change_key(change, keys[0], b"tributary/era-change/earlier", []))
        same(f"bucket keys: {name}", ["0x" + key.hex() for key in keys], vector["bucketKeys"])

        first = change["fromSlot"]
        for bucket, members, key, seal_key in zip(change["buckets"], vector["members"], keys, vector["sealKeys"]):
            end = bucket["end"]
            secret = bucket_secret(stream_secret, end)
            wraps = []
            for level, index in subtree_cover(members["leaves"]):
                number = (1 << level) + index
                pad = era_change_key(change, node_key(secret, level, index), b"tributary/era-change/wrap", [end, number])
                wraps.append((number, bytes(a ^ b for a, b in zip(key, pad))))
            same(f"wraps of era changes: {name}", wraps, bucket["wraps"])
            ours = era_change_key(change, key, b"tributary/era-change/seal", [end])
            same(f"seal keys: {name}", ours.hex(), seal_key[2:])
            until = min(end, change["untilSlot"])
            plaintext = encode_range_seeds(root, first, until)
            same(f"lengths of sealed seeds: {name}", len(bucket["sealed"]), len(plaintext) + 16)
            first = until

        for opened in vector["opened"]:
            check_opened(root, stream_secret, change, keys, opened)
        for shut in vector["notOpened"]:
            wraps = next((b["wraps"] for b in change["buckets"] if b["end"] == shut["bucketEnd"]), [])
            same(f"leaves that open nothing: {name}", covering(wraps, shut["leaf"]), [])


def covering(wraps, leaf):
    """Wraps of nodes above a leaf: 2^level + index is the leaf's own number, cut."""
    number = (1 << LEAF_DEPTH) + leaf
    return [wrap for wrap in wraps if number >> (LEAF_DEPTH + 1 - wrap[0].bit_length()) == wrap[0]]


def check_opened(root, stream_secret, change, keys, opened):
    """By what a licensee holds: the path keys, and none of the secrets above."""
    end, leaf = opened["bucketEnd"], opened["leaf"]
    path = path_keys(bucket_secret(stream_secret, end), leaf)
    place = next(i for i, bucket in enumerate(change["buckets"]) if bucket["end"] == end)
    [(number, wrapped)] = covering(change["buckets"][place]["wraps"], leaf)
    level = number.bit_length() - 1
    pad = era_change_key(change, path[level * 16 : level * 16 + 16], b"tributary/era-change/wrap", [end, number])
    same("bucket keys that leaves open", bytes(a ^ b for a, b in zip(wrapped, pad)).hex(), keys[place].hex())
    seeds, first = [], change["fromSlot"]
    for bucket in change["buckets"][: place + 1]:
        until = min(bucket["end"], change["untilSlot"])
        seeds += [u(1, d) + tree_node(root, d, i) for d, i in range_cover(first, until)]
        first = until
    same("ends of what leaves open", first, opened["untilSlot"])
    same("seeds that leaves open", (u(2, len(seeds)) + b"".join(seeds)).hex(), opened["seeds"][2:])


# Frames


def check_frames(vectors):
    events = [unhex(event) for event in vectors["events"]]
    publish = vectors["publish"]
    body = b"".join(part(4, event) for event in events)
    same("publish frames", (b"\x01" + u(4, publish["id"]) + u(2, len(events)) + body).hex(), publish["frame"][2:])
    delivered = vectors["delivered"]
    body = b"".join(struct.pack(">Q", o) + part(4, e) for o, e in zip(delivered["offsets"], events))
    same("event frames", (b"\x02" + u(2, len(events)) + body).hex(), delivered["frame"][2:])


# Partition keys


def check_partition_keys(vectors):
    for vector in vectors["keys"]:
        number = int.from_bytes(hashlib.sha256(vector["key"].encode()).digest()[:8], "big")
        for case in vector["partitions"]:
            same(f"partitions of keys: {vector['key'][:40]}", number % case["count"], case["partition"])


def main():
    here = pathlib.Path(__file__).resolve().parents[2] / "sdk" / "protocol" / "vectors"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here

    def read(name):
        return json.loads((folder / f"{name}.json").read_text())

    try:
        check_events(read("event"))
        check_slot_keys(read("slot-keys"))
        check_grants(read("grant"))
        check_buckets(read("era-change"))
        check_era_changes(read("era-change"))
        check_frames(read("frame"))
        check_partition_keys(read("partition-key"))
    except Difference as difference:
        print(f"The second reading differs in {difference}", file=sys.stderr)
        return 1
    for what, count in checked.items():
        print(f"{count:4} {what}")
    print("Both readings agree. Not read here: signatures, HPKE, the ciphers themselves.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
