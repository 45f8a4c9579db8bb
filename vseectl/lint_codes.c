/* The table of what lint can find: why it matters, and what to do where the place says no more. */
#include "lint_finding.h"

#define LINES "Write the lines as pam_vsee_expire(8) shows them."

static const struct lint_kind kinds[LINT_CODE_COUNT] = {
	[LINT_ACCOUNT_MISSING] = {LINT_ERROR, "a service checks accounts without our account line",
				  "Expired passwords go on logging in by this service.", LINES},
	[LINT_ACCOUNT_UNREACHED] = {LINT_ERROR, "our account line is not reached for local users",
				    "A line before it ends the phase, so nobody is ever warned or "
				    "refused.",
				    LINES},
	[LINT_ACCOUNT_BEHIND] =
		{LINT_ERROR, "our account line stands behind pam_unix",
		 "pam_unix sees the date that is kept in shadow and decides first: cron jobs and "
		 "sudo stop, and refusals show no link.",
		 LINES},
	[LINT_ACCOUNT_JUMP] = {LINT_ERROR, "a person whose password is valid is refused",
			       "Our line lets the person in and the lines behind it refuse: a jump "
			       "counts wrong. Covered people can't log in.",
			       LINES},
	[LINT_ACCOUNT_DEMAND] = {LINT_ERROR, "the demand for a new password gets lost",
				 "Our line asks for a new password, and the application never "
				 "hears of it: expired people log in, or are refused.",
				 LINES},
	[LINT_ACCOUNT_REFUSAL] = {LINT_ERROR, "a refusal of ours lets people in",
				  "Whoever is to be refused logs in all the same.", LINES},
	[LINT_ACCOUNT_FAULT] = {LINT_ERROR, "a fault of ours locks people out",
				"When our state can't be read the module hands over to pam_unix; "
				"this line refuses everybody instead.",
				LINES},
	[LINT_ACCOUNT_ACCESS] =
		{LINT_WARNING, "access control is skipped for covered people",
		 "A line ends the phase before their turn, as pam_unix does where a password has "
		 "expired, so a person whom they keep out gets in.",
		 LINES},
	[LINT_ACCOUNT_UNIX] = {LINT_WARNING, "pam_unix decides although our line has decided",
			       "Shadow holds the same date as we do, so pam_unix demands a change "
			       "where we let in with a warning: keys and holds have no effect.",
			       LINES},
	[LINT_ACCOUNT_REPORT_ONLY] = {LINT_ERROR, "a report-only service refuses expired people",
				      "The policy lets this service go on for them, and pam_unix, "
				      "which sees the date in "
				      "shadow, stops it: jobs fail.",
				      LINES},
	[LINT_AUTH_MISSING] = {LINT_WARNING, "our auth line is missing or not reached",
			       "Without it a login with the password can't be told from one with a "
			       "key, so key_login decides for both.",
			       LINES},
	[LINT_AUTH_OWN] = {LINT_WARNING, "a service has auth lines of its own, without ours",
			   "Its password logins can't be told from logins with a key, so key_login "
			   "decides for both.",
			   LINES},
	[LINT_PASSWORD_MISSING] = {LINT_ERROR,
				   "a service changes passwords without our password line",
				   "Old passwords can be taken again, and the change is not seen "
				   "before the next scan.",
				   LINES},
	[LINT_PASSWORD_REQUIRED] = {LINT_ERROR,
				    "our password line does not decide whether pam_unix writes",
				    "A password that we refuse is written all the same, or one "
				    "that we accept is not. The line must be requisite.",
				    LINES},
	[LINT_PASSWORD_BEHIND] = {LINT_ERROR, "our password line stands behind pam_unix",
				  "The new password is written before we can refuse it.", LINES},
	[LINT_PASSWORD_TOKEN] = {LINT_ERROR, "pam_unix asks for the new password again",
				 "Without use_authtok pam_unix may write another password than the "
				 "one we checked.",
				 LINES},
	[LINT_PASSWORD_ANEW] = {LINT_ERROR, "a module behind ours asks for the new password again",
				"pam_unix writes the password that this module asked for, not the "
				"one we checked.",
				LINES},
	[LINT_PASSWORD_STRENGTH] = {LINT_WARNING, "strength is checked behind our line",
				    "We ask for the new password and check it first, so the person "
				    "hears of weakness last and may have to begin again.",
				    LINES},
	[LINT_PASSWORD_TWICE] = {LINT_WARNING,
				 "our password line does not take the password checked before",
				 "A module before ours has asked for the new password and checked "
				 "it; ours must take that one and no other.",
				 LINES},
	[LINT_BIND_MISSING] = {LINT_WARNING, "our second password line (bind) is missing",
			       "What was accepted is not bound to what pam_unix wrote: until a "
			       "scan runs, the history costs one hashing more for each change.",
			       LINES},
	[LINT_BIND_UNREACHED] = {LINT_WARNING,
				 "our second password line (bind) is not reached after pam_unix",
				 "What was accepted is not bound to what pam_unix wrote: until a "
				 "scan runs, the history costs one hashing more for each change.",
				 LINES},
	[LINT_PROFILE_ALONE] =
		{LINT_WARNING, "only one of our two pam-auth-update profiles is enabled",
		 "Each writes half of the lines; the next run of pam-auth-update leaves the other "
		 "half out.",
		 "pam-auth-update --enable vsee-expire vsee-expire-bind"},
	[LINT_OTHER_HISTORY] =
		{LINT_WARNING, "another module remembers passwords, too",
		 "A change is judged by two histories with different depths, and each costs time.",
		 "vseectl history import /etc/security/opasswd"},
	[LINT_UNLOCKER] = {LINT_WARNING, "a screen locker reaches our line while expired = deny",
			   "A person whose password expires behind a locked screen can't unlock "
			   "it, and loses unsaved work.",
			   "Add the service to report_only in [policy], then run vseectl apply."},
	[LINT_MODULE_MISSING] = {LINT_ERROR, "the module's file is missing",
				 "libpam takes a line whose module is missing as a failure.",
				 "apt-get install --reinstall libpam-vsee-expire"},
	[LINT_NO_LINES] = {LINT_ERROR, "a mode is above off, but no PAM stack calls the module",
			   "Nobody is warned or refused at login, whatever the policy says.",
			   LINES},
	[LINT_STACK_FAULT] = {LINT_ERROR, "libpam can't use a line or a file",
			      "libpam takes such a line as a module that fails, so the service may "
			      "refuse everybody.",
			      "Correct the line as pam.conf(5) says."},
	[LINT_CONFIG_ERROR] = {LINT_ERROR, "the configuration is wrong",
			       "Nothing can be published; the policy published last stays in "
			       "force.",
			       "Correct the line, then run vseectl apply."},
	[LINT_CONFIG_APPLY] = {LINT_WARNING, "edits of the configuration are not in force",
			       "Logins go by the policy that was published last.", "vseectl apply"},
	[LINT_CONFIG_OVERLAP] = {LINT_NOTE, "accounts are in two groups with sections",
				 "The section that is read first wins, whatever the other says.",
				 "Give them a [user NAME] section, or put the section that is to "
				 "win first."},
	[LINT_CONFIG_GROUP] = {LINT_WARNING, "a group that is mentioned does not exist",
			       "The section or exemption covers nobody.",
			       "Correct the name, or add the group."},
	[LINT_CONFIG_USER] = {LINT_WARNING, "a user that is mentioned does not exist",
			      "The section or exemption covers nobody.",
			      "Correct the name, or remove it."},
	[LINT_CONFIG_HOST] = {LINT_WARNING, "base_url names another host",
			      "The page changes passwords of the host that it runs on: people are "
			      "sent to a page that can't help them.",
			      "In [web] write:\nbase_url = https://%H:9443"},
	[LINT_CONFIG_NOTICE] = {LINT_NOTE, "notice_days is smaller than the largest reminder",
				"Where a date is moved forward, the first reminders are never due.",
				"Set notice_days to at least the largest of reminders."},
	[LINT_CONFIG_SHORT] = {LINT_WARNING, "max_days is smaller than notice_days",
			       "A password that is changed in time is already being reminded of, "
			       "and its roll-in lasts longer than its life.",
			       "Set notice_days to less than max_days."},
	[LINT_HOST_TRUST] = {LINT_ERROR, "others can read or write what is root's",
			     "Files that others can write are not trusted and not read; old "
			     "passwords that others can read can be guessed.",
			     "Give it back to root."},
	[LINT_HOST_FILE] = {LINT_ERROR, "a file can't be read",
			    "What stands in it is not known to us, nor perhaps to logins.",
			    "Mend the file; as a last step run reminderd scan."},
	[LINT_HOST_ROOT] = {LINT_WARNING, "root's own password is about to expire",
			    "When nobody else can log in, root must be able to.", "passwd root"},
	[LINT_HOST_SERVICE] = {LINT_WARNING, "an account that looks like a service is covered",
			       "Nobody logs in to see the warning, so its password expires unseen "
			       "and what uses it fails.",
			       "Add the names to users in [exempt], then run vseectl apply."},
	[LINT_HOST_MAX] = {LINT_NOTE, "login.defs gives new accounts a shorter life",
			   "The smaller of shadow's own max and the policy's max_days wins.",
			   "Set PASS_MAX_DAYS 99999 in login.defs(5), or max_days to its value."},
	[LINT_HOST_OVERWRITTEN] =
		{LINT_WARNING, "somebody else sets the fields that we keep in shadow",
		 "We leave such an account's max alone, so pam_unix and auditors see another date "
		 "than we enforce.",
		 "Take the maximum days out of what manages this host."},
	[LINT_HOST_TIMER] = {LINT_ERROR, "nothing runs the scan",
			     "Dates are not enrolled, reminders are not due, and after two days "
			     "nothing is enforced.",
			     "systemctl enable --now reminderd-scan.timer"},
	[LINT_HOST_SCAN] = {LINT_ERROR, "the last scan is too old",
			    "Dates that fell since then are not enforced.",
			    "Run reminderd scan, then find out why the timer did not."},
	[LINT_HOST_TWICE] = {LINT_WARNING, "a name has two lines",
			     "Programs differ in which line they take and which they change.",
			     "Remove one with vipw(8)."},
	[LINT_HOST_EMPTY] = {LINT_WARNING, "a covered account has an empty password",
			     "It never expires, and anybody may log in where pam_unix has nullok.",
			     "Set a password, or lock it: passwd -l NAME"},
	[LINT_HOST_MAIL] = {LINT_ERROR, "nothing sends the mail",
			    "Nobody's password ends who was not told, and nobody is told.",
			    "systemctl unmask reminderd-send.timer, or have cron run reminderd "
			    "without a verb."},
	[LINT_PAGE_FILES] =
		{LINT_ERROR, "a PAM file of the page is missing",
		 "libpam takes the lines of \"other\" instead, which refuse: nobody can set a "
		 "password on the page.",
		 "apt-get install --reinstall -o Dpkg::Options::=--force-confmiss vsee-expire-web"},
	[LINT_PAGE_SOCKET] = {LINT_WARNING, "the page's socket is not enabled",
			      "Links in messages and mails lead to a page that does not answer.",
			      "systemctl enable --now vsee-web.socket"},
	[LINT_PAGE_HTTP] =
		{LINT_WARNING, "base_url is not https",
		 "Passwords and one-time links would cross the network in clear; vsee-web serves "
		 "https alone.",
		 "In [web] write:\nbase_url = https://%H:9443"},
	[LINT_PAGE_STRENGTH] = {LINT_WARNING, "the page asks for another strength than logins do",
				"A new password that one of them refuses is taken by the other.",
				"Write the options into /etc/security/pwquality.conf, which both "
				"read, and take them "
				"off the line."},
	[LINT_PAGE_EXPIRED] =
		{LINT_ERROR, "an account line of the page lacks expired=change",
		 "Where the policy says expired = deny, the page refuses the very people who are "
		 "sent to it.",
		 LINES},
};

const struct lint_kind *lint_kind_of(enum lint_code code)
{
	return &kinds[code];
}
