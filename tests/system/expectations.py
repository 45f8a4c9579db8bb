"""What every caller must do in every state. Source: design.md section 6, facts-pam.md d.

in          a session, command or file came through
change      a new password was asked for and taken in place, then a session
child       sshd's passwd child took the new one and ended the session
no-tty      refused, and told that no terminal can ask for the new one (scp, sftp: refused, not told)
refused     no session, nothing changed
changed     passwd or chpasswd did its work
ran, not-run  cron's job
+V..        the message of ours that the person saw; +token: with a link that needs no old password
"""

# expired is judged on the boundary day itself, when pam_unix 1.5.2 still only warns; overdue is
# two weeks past it, when pam_unix alone would stop cron and sudo.

# pam_unix alone, as Debian has it: the frame of reference, and the proof that the drivers see.
STOCK = """
            ssh-password         ssh-kbdint           ssh-key              login                su-user              su-root
valid       in                   in                   in                   in                   in                   in
warned      in+unix-warns        in+unix-warns        in+unix-warns        in+unix-warns        in+unix-warns        in+unix-warns
expired     child+unix-asks      change+unix-asks     child+unix-asks      change+unix-asks     change+unix-asks     change+unix-asks
asked       child+unix-asks      change+unix-asks     child+unix-asks      change+unix-asks     change+unix-asks     change+unix-asks
inactive    refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended
ended       refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended
locked      refused              refused              in                   refused              refused              in
keyonly     refused              refused              in                   refused              refused              in

            command-password     command-key          scp-password         scp-key              sftp-password        sftp-key
valid       in                   in                   in                   in                   in                   in
warned      in+unix-warns        in+unix-warns        in+unix-warns        in+unix-warns        in+unix-warns        in+unix-warns
expired     no-tty+unix-asks     no-tty+unix-asks     refused+unix-asks    refused+unix-asks    refused+unix-asks    refused+unix-asks
ended       refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended   refused+unix-ended

            sudo                 passwd-user          passwd-root          chpasswd             cron
valid       in                   changed              changed              changed              ran
warned      in                   changed              changed              changed              ran
expired     change               changed              changed              changed              not-run
asked       change               changed              changed              changed              not-run
inactive    refused              refused              changed              changed              not-run
ended       refused              refused              changed              changed              not-run
locked      refused              refused              changed              changed              ran
keyonly     refused              refused              changed              changed              ran
"""

OURS = """
            ssh-password       ssh-kbdint         ssh-key      login              su-user            su-root
valid       in                 in                 in           in                 in                 in
warned      in+V01             in+V01             in+V01       in+V01             in+V01             in+V01
expired     child+V03          change+V03         in+V09       change+V03         change+V03         in
overdue     child+V03          change+V03         in+V09       change+V03         change+V03         in
denied      refused+V04+token  refused+V04+token  in+V09       refused+V04+token  refused+V04+token  in
keyed       child+V03          change+V03         child+V03    change+V03         change+V03         in
floor       in+V01             in+V01             in+V01       in+V01             in+V01             in+V01
asked       child+V05          change+V05         in+V19       change+V05         change+V05         in
inactive    refused+V06        refused+V06        refused+V06  refused+V06        refused+V06        refused+V06
ended       refused+V07        refused+V07        refused+V07  refused+V07        refused+V07        refused+V07
locked      refused            refused            in           refused            refused            in
keyonly     refused            refused            in           refused            refused            in
uncovered   in                 in                 in           in                 in                 in
unenrolled  in                 in                 in           in                 in                 in
exempt      in                 in                 in           in                 in                 in
off         in                 in                 in           in                 in                 in
watched     in                 in                 in           in                 in                 in
reminded    in+V08             in+V08             in+V08       in+V08             in+V08             in+V08

            command-password   command-kbdint     command-key  scp-password       scp-key      sftp-password      sftp-key
valid       in                 in                 in           in                 in           in                 in
warned      in+V01             in+V01             in+V01       in+V01             in+V01       in+V01             in+V01
expired     no-tty+V03         change+V03         in+V09       refused+V03        in+V09       refused+V03        in+V09
overdue     no-tty+V03         change+V03         in+V09       refused+V03        in+V09       refused+V03        in+V09
denied      refused+V04+token  refused+V04+token  in+V09       refused+V04+token  in+V09       refused+V04+token  in+V09
keyed       no-tty+V03         change+V03         no-tty+V03   refused+V03        refused+V03  refused+V03        refused+V03
floor       in+V01             in+V01             in+V01       in+V01             in+V01       in+V01             in+V01
asked       no-tty+V05         change+V05         in+V19       refused+V05        in+V19       refused+V05        in+V19
inactive    refused+V06        refused+V06        refused+V06  refused+V06        refused+V06  refused+V06        refused+V06
ended       refused+V07        refused+V07        refused+V07  refused+V07        refused+V07  refused+V07        refused+V07
locked      refused            refused            in           refused            in           refused            in
keyonly     refused            refused            in           refused            in           refused            in
uncovered   in                 in                 in           in                 in           in                 in
unenrolled  in                 in                 in           in                 in           in                 in
exempt      in                 in                 in           in                 in           in                 in
off         in                 in                 in           in                 in           in                 in
watched     in                 in                 in           in                 in           in                 in
reminded    in+V08             in+V08             in+V08       in+V08             in+V08       in+V08             in+V08

            sudo     passwd-user  passwd-root  chpasswd  cron
valid       in       changed      changed      changed   ran
warned      in       changed      changed      changed   ran
expired     in       changed      changed      changed   ran
overdue     in       changed      changed      changed   ran
denied      in       changed      changed      changed   ran
keyed       in       changed      changed      changed   ran
floor       in       changed      changed      changed   ran
asked       in       changed      changed      changed   ran
inactive    refused  refused+V06  changed      changed   not-run
ended       refused  refused      changed      changed   not-run
locked      refused  refused      changed      changed   ran
keyonly     refused  refused      changed      changed   ran
uncovered   in       changed      changed      changed   ran
unenrolled  in       changed      changed      changed   ran
exempt      in       changed      changed      changed   ran
off         in       changed      changed      changed   ran
watched     in       changed      changed      changed   ran
reminded    in       changed      changed      changed   ran

            ssh-wrong  su-wrong
valid       refused    refused
warned      refused    refused
expired     refused    refused
overdue     refused    refused
denied      refused    refused
asked       refused    refused
inactive    refused    refused
ended       refused    refused
"""


def rows(text):
    """Every cell as (caller, state, expected)."""
    for block in text.strip().split("\n\n"):
        head, *lines = [line for line in block.splitlines() if line.strip()]
        callers = head.split()
        for line in lines:
            state, *cells = line.split()
            if len(cells) != len(callers):
                raise ValueError(f"row {state}: {len(cells)} cells for {len(callers)} callers")
            for caller, cell in zip(callers, cells):
                yield caller, state, cell
