"""Writes the NumPy files of tests/ReparamPS.Core.Tests/Data/numpy: the numbers 0 to 11 as two images of 2 by 3 pixels."""
import os

import numpy as np

folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ReparamPS.Core.Tests", "Data", "numpy")
os.makedirs(folder, exist_ok=True)
whole = np.arange(12).reshape(2, 2, 3)
parts = whole / 16


def save(name, array):
    np.save(os.path.join(folder, name + ".npy"), array)


save("fortran-f8", np.asfortranarray(parts))
save("fortran-u2", np.asfortranarray(whole.astype(">u2")))
save("fortran-matrix", np.asfortranarray(parts.reshape(2, 6)))
save("half", parts.astype(np.float16))
save("half-big-endian", parts.astype(">f2"))
save("bool", whole % 3 == 0)
np.savez(os.path.join(folder, "one.npz"), parts)
np.savez(os.path.join(folder, "vectors.npz"), a=np.arange(3))
np.savez_compressed(os.path.join(folder, "keras.npz"), x_train=whole.astype(np.uint8), y_train=np.array([7, 3]), x_test=whole[:1].astype(np.uint8), y_test=np.array([5], dtype=np.uint8))
np.savez_compressed(os.path.join(folder, "named.npz"), images=parts.astype(np.float16), labels=np.array([7, 3], dtype=np.int64), name=np.array("digits"))
