"""Reads a safetensors file by its published format and nothing else, and prints what is in it as JSON.

As strict as the format's own library, which reads the file too where it is installed.
Source: https://github.com/huggingface/safetensors#format
"""
import json
import math
import struct
import sys

SIZES = {"F64": ("d", 8), "F32": ("f", 4), "I64": ("q", 8), "U8": ("B", 1)}


def no_twice(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), "a key comes twice"
    return dict(pairs)


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack_from("<Q", data)
    assert length <= 100_000_000 and 8 + length <= len(data), "the header does not fit"
    assert data[8:9] == b"{", "the header does not begin with {"
    assert length % 8 == 0, "the values are not aligned"
    text = data[8 : 8 + length].decode("utf-8").rstrip(" ")
    header = json.loads(text, object_pairs_hook=no_twice)
    metadata = header.pop("__metadata__", {})
    assert all(isinstance(value, str) for value in metadata.values()), "metadata are not texts"
    values, at, tensors = data[8 + length :], 0, {}
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        assert set(entry) == {"dtype", "shape", "data_offsets"}
        code, size = SIZES[entry["dtype"]]
        begin, end = entry["data_offsets"]
        count = math.prod(entry["shape"])
        assert begin == at and end - begin == count * size, f"{name} has the wrong place"
        tensors[name] = {"dtype": entry["dtype"], "shape": entry["shape"], "values": list(struct.unpack_from(f"<{count}{code}", values, begin))}
        at = end
    assert at == len(values), "values and header end apart"
    return {"metadata": metadata, "tensors": tensors}


def agrees(path, content):
    try:
        from safetensors import safe_open
    except ImportError:
        return
    with safe_open(path, framework="numpy") as file:
        assert file.metadata() == content["metadata"]
        assert set(file.keys()) == set(content["tensors"])
        for name, tensor in content["tensors"].items():
            array = file.get_tensor(name)
            assert list(array.shape) == tensor["shape"] and array.ravel().tolist() == tensor["values"]


if __name__ == "__main__":
    found = read(sys.argv[1])
    agrees(sys.argv[1], found)
    print(json.dumps(found))
