"""crypt(3) as the host's libcrypt has it, each password once under a setting."""

import ctypes
import functools

LIBCRYPT = ctypes.CDLL("libcrypt.so.1")
LIBCRYPT.crypt.restype = ctypes.c_char_p
LIBCRYPT.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)
BCRYPT_SETTING = 29  # $2b$05$ and 22 characters of salt; the hash follows without a sign


class Setting(str):
    """A whole hash that stands for its setting: equal to every other one under the same."""

    def key(self):
        if self.startswith("$2"):
            return self[:BCRYPT_SETTING]
        return self[:self.rfind("$")] if self.startswith("$") else str(self)

    def __eq__(self, other):
        return self.key() == other.key()

    def __hash__(self):
        return hash(self.key())


@functools.lru_cache(maxsize=65536)
def made_by(password, setting):
    made = LIBCRYPT.crypt(password.encode(errors="surrogateescape"),
                          str(setting).encode(errors="surrogateescape"))
    return made.decode(errors="surrogateescape") if made and made[:1] != b"*" else ""


def makes(password, stored):
    """Whether password makes the hash; one leading "!" of shadow's is passed over."""
    wanted = stored[1:] if stored.startswith("!") else stored
    return bool(wanted) and made_by(password, Setting(wanted)) == wanted
