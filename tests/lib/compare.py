"""What a fault has changed: folders by their bytes, and what was read of them by its parts."""

import os


def different(found, wanted, place=""):
    """Each value that is not as wanted, with the way to it."""
    if not (isinstance(found, dict) and isinstance(wanted, dict)):
        if found != wanted:
            yield f"{place}: {found!r}, not {wanted!r}"
        return
    for key in sorted({*found, *wanted}):
        yield from different(found.get(key), wanted.get(key), f"{place}/{key}")


def files_of(folder):
    found = {}
    for path, folders, names in os.walk(folder):
        found.update({os.path.relpath(os.path.join(path, name), folder): None for name in folders})
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                found[os.path.relpath(file.name, folder)] = file.read()
    return found


def same_files(folder, other):
    return files_of(folder) == files_of(other)
