"""reminderd scan among files and folders that are not what they should be: each function is a test, its name the rule."""

import fcntl
import os
import struct
import subprocess
import sys

from harness import STATE, main, need_root


def of_two_scans_at_once_the_second_ends(host):
    host.scan()
    before = host.contents()
    with open(host.path(f"{STATE}/lock"), "r+b") as lock:
        request = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 1, 0)
        fcntl.fcntl(lock, 37, request)  # F_OFD_SETLK
        assert "another scan" in host.scan(code=4)[1]
        assert host.contents() == before
        host.scan("--dry-run")
    host.scan()


def a_link_in_place_of_the_state_folder_is_not_followed(host):
    os.mkdir(host.path("elsewhere"))
    os.symlink(host.path("elsewhere"), host.path(STATE))
    assert "symbolic link" in host.scan(code=4)[1]
    assert os.listdir(host.path("elsewhere")) == []


def a_link_in_place_of_the_accounts_folder_is_not_followed(host):
    os.mkdir(host.path("elsewhere"))
    os.mkdir(host.path(STATE))
    os.symlink(host.path("elsewhere"), host.path(f"{STATE}/accounts"))
    host.scan(code=4)
    assert os.listdir(host.path("elsewhere")) == []


def a_link_in_place_of_the_snapshot_is_replaced(host):
    host.scan()
    host.write("victim", "untouched")
    for name in ("snapshot", "snapshot.new"):
        if os.path.lexists(host.path(f"{STATE}/{name}")):
            os.unlink(host.path(f"{STATE}/{name}"))
        os.symlink(host.path("victim"), host.path(f"{STATE}/{name}"))
    host.scan()
    assert host.read("victim") == "untouched"
    assert not os.path.islink(host.path(f"{STATE}/snapshot"))


def a_state_folder_that_others_can_write_is_refused(host):
    host.scan()
    os.chmod(host.path(STATE), 0o777)
    assert "others can write" in host.scan(code=4)[1]


def a_state_folder_of_somebody_else_is_refused(host):
    need_root()
    host.scan()
    os.chown(host.path(STATE), 12345, 12345)
    assert "somebody else" in host.scan(code=4)[1]


def without_root_only_ones_own_tree_is_scanned(host):
    need_root()
    os.chmod(os.path.dirname(host.root), 0o755)
    folder = os.path.dirname(host.programs["reminderd"])
    os.chmod(folder, 0o755)
    for arguments in ([], ["--root", host.root]):
        done = subprocess.run([host.programs["reminderd"], "scan", *arguments], text=True,
                              user=12345, group=12345, capture_output=True, check=False)
        assert done.returncode == 4 and "only root" in done.stderr, done


def a_missing_group_file_stops_the_run(host):
    host.scan()
    before = host.contents()
    os.rename(host.path("etc/group"), host.path("etc/group.away"))
    host.scan(code=4)
    os.rename(host.path("etc/group.away"), host.path("etc/group"))
    assert host.contents() == before


sys.exit(main([
    of_two_scans_at_once_the_second_ends,
    a_link_in_place_of_the_state_folder_is_not_followed,
    a_link_in_place_of_the_accounts_folder_is_not_followed,
    a_link_in_place_of_the_snapshot_is_replaced,
    a_state_folder_that_others_can_write_is_refused,
    a_state_folder_of_somebody_else_is_refused,
    without_root_only_ones_own_tree_is_scanned,
    a_missing_group_file_stops_the_run,
]))
