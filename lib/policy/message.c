#include "policy/message.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/writer.h"

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
/* Placeholders: {product} {date} {days} {link}. {link} brings its own lead-in, or vanishes. */
static const struct text {
	const char *code, *en, *de, *meaning, *remedy;
} texts[] = {
	[VSEE_MESSAGE_WARN_DAYS] = {"V01",
		"Your {product} password expires on {date} (in {days} days). Please change it before then.{link}",
		"Ihr {product}-Passwort läuft am {date} ab (in {days} Tagen). Bitte ändern Sie es vorher.{link}",
		"The password is valid; its end is near.",
		"None needed. The person can change it now with passwd or on the page."},
	[VSEE_MESSAGE_WARN_DAY] = {"V02",
		"Your {product} password expires on {date} (in 1 day). Please change it before then.{link}",
		"Ihr {product}-Passwort läuft am {date} ab (in 1 Tag). Bitte ändern Sie es vorher.{link}",
		"The password is valid for one more day.",
		"The person should change it now with passwd or on the page."},
	[VSEE_MESSAGE_CHANGE] = {"V03",
		"Your {product} password has expired ({date}). Please choose a new one now.",
		"Ihr {product}-Passwort ist abgelaufen ({date}). Bitte wählen Sie jetzt ein neues.",
		"The password has expired and the login asks for a new one.",
		"The person types the current password once more and then the new one twice."},
	[VSEE_MESSAGE_DENY] = {"V04",
		"Your {product} password has expired ({date}), so you can't log in. Update Password:{link}",
		"Ihr {product}-Passwort ist abgelaufen ({date}), die Anmeldung ist nicht möglich. "
		"Passwort ändern:{link}",
		"The password has expired and expired = deny refuses the login.",
		"The person follows the link, or support sets a new password with passwd."},
	[VSEE_MESSAGE_ASKED] = {"V05",
		"Your administrator asks you to choose a new {product} password now.",
		"Ihre Administration bittet Sie, jetzt ein neues {product}-Passwort zu wählen.",
		"Last change is 0 in shadow: an administrator asked for a new password.",
		"The person chooses one; `chage -d` takes the request back."},
	[VSEE_MESSAGE_INACTIVE] = {"V06",
		"Your {product} password expired too long ago ({date}) and can't be changed any more. "
		"Please contact support.{link}",
		"Ihr {product}-Passwort ist vor zu langer Zeit abgelaufen ({date}) und kann nicht mehr "
		"geändert werden. Bitte wenden Sie sich an den Support.{link}",
		"The password expired more than inactive_days (or shadow's inactive days) ago.",
		"Support makes sure who asks, then sets a new password with passwd."},
	[VSEE_MESSAGE_ENDED] = {"V07",
		"Your account has ended. Please contact support.{link}",
		"Ihr Konto ist beendet. Bitte wenden Sie sich an den Support.{link}",
		"The account's own expiry date in shadow is reached; the password is not the matter.",
		"`chage -E` moves the date, if the account is still wanted."},
	[VSEE_MESSAGE_LENIENT] = {"V08",
		"Your {product} password expired on {date}. Please change it soon.{link}",
		"Ihr {product}-Passwort ist am {date} abgelaufen. Bitte ändern Sie es bald.{link}",
		"The password has expired, but this login is let in.",
		"`vseectl explain USER` and the journal name the reason."},
	[VSEE_MESSAGE_KEY_LOGIN] = {"V09",
		"Your {product} password expired on {date}. You logged in without it; please change it "
		"with the command passwd.{link}",
		"Ihr {product}-Passwort ist am {date} abgelaufen. Sie haben sich ohne es angemeldet; "
		"bitte ändern Sie es mit dem Befehl passwd.{link}",
		"The password has expired; the person logged in with a key or ticket.",
		"The person runs passwd. key_login = enforce would demand it."},
	[VSEE_MESSAGE_CURRENT] = {"V10",
		"This is your current password. Please choose a different one.",
		"Das ist Ihr jetziges Passwort. Bitte wählen Sie ein anderes.",
		"The new password is the current one.",
		"The person chooses a different one."},
	[VSEE_MESSAGE_REUSED] = {"V11",
		"You have used this password before. Please choose a different one.",
		"Dieses Passwort haben Sie früher schon benutzt. Bitte wählen Sie ein anderes.",
		"The new password is among the remembered ones.",
		"The person chooses a different one. `vseectl history forget` empties the memory."},
	[VSEE_MESSAGE_EMPTY] = {"V12",
		"The new password is empty. Nothing was changed.",
		"Das neue Passwort ist leer. Es wurde nichts geändert.",
		"No new password was given.",
		"The person types one."},
	[VSEE_MESSAGE_TOO_LONG] = {"V13",
		"The new password is too long (over 511 bytes). Nothing was changed, please choose a "
		"shorter one.",
		"Das neue Passwort ist zu lang (über 511 Byte). Es wurde nichts geändert, bitte wählen Sie "
		"ein kürzeres.",
		"PAM and crypt(3) can't carry a password of this length.",
		"The person chooses a shorter one."},
	[VSEE_MESSAGE_TOO_SOON] = {"V14",
		"Your password was changed a short time ago and can't be changed again yet. Please contact "
		"support if it is known to others.{link}",
		"Ihr Passwort wurde erst vor Kurzem geändert und kann noch nicht wieder geändert werden. "
		"Bitte wenden Sie sich an den Support, falls es anderen bekannt ist.{link}",
		"min_days forbids another change so soon.",
		"An administrator can set a new password with passwd at any time."},
	[VSEE_MESSAGE_BUSY] = {"V15",
		"Another change of this password is going on. Nothing was changed, please try again.",
		"Dieses Passwort wird gerade schon geändert. Es wurde nichts geändert, bitte versuchen "
		"Sie es noch einmal.",
		"The account's lock was held for longer than the time limit.",
		"Try again. If it stays so, `fuser` on the state's lock file shows who holds it."},
	[VSEE_MESSAGE_FAULT] = {"V16",
		"Your password can't be changed right now. Nothing was changed, please tell support.{link}",
		"Ihr Passwort kann gerade nicht geändert werden. Es wurde nichts geändert, bitte sagen "
		"Sie dem Support Bescheid.{link}",
		"The state of the account could not be read or written, so reuse can't be checked.",
		"The journal names the file and the error: free the disk, mount it writable, or mend "
		"owner and mode."},
	[VSEE_MESSAGE_RESET_REUSED] = {"V17",
		"The account has had this password before; as an administrator's reset it is accepted.",
		"Das Konto hatte dieses Passwort früher schon; als Rücksetzung durch die Administration "
		"wird es angenommen.",
		"An administrator set a password that the policy would refuse its owner.",
		"The argument enforce_for_root makes the module refuse this too."},
	[VSEE_MESSAGE_ASKED_DENY] = {"V18",
		"Your administrator asks you to choose a new {product} password before you log in. "
		"Update Password:{link}",
		"Ihre Administration bittet Sie, vor der Anmeldung ein neues {product}-Passwort zu wählen. "
		"Passwort ändern:{link}",
		"Last change is 0 in shadow (an administrator asked), and expired = deny refuses the login.",
		"The person follows the link; `chage -d` takes the request back."},
	[VSEE_MESSAGE_ASKED_SOON] = {"V19",
		"Your administrator asks you to choose a new {product} password. Please change it soon.{link}",
		"Ihre Administration bittet Sie, ein neues {product}-Passwort zu wählen. Bitte ändern Sie es "
		"bald.{link}",
		"Last change is 0 in shadow (an administrator asked), but this login is let in: by key, or "
		"because a change could not be carried out now.",
		"The person runs passwd. `vseectl explain USER` and the journal name the reason."},
};
/* clang-format on */

_Static_assert(COUNT(texts) == VSEE_MESSAGE_COUNT, "a text for each message");

const char *vsee_message_code(enum vsee_message message)
{
	return texts[message].code;
}

const char *vsee_message_meaning(enum vsee_message message)
{
	return texts[message].meaning;
}

const char *vsee_message_remedy(enum vsee_message message)
{
	return texts[message].remedy;
}

enum vsee_message vsee_message_find(const char *code)
{
	for (unsigned i = 0; i < VSEE_MESSAGE_COUNT; i++)
		if (strcasecmp(texts[i].code, code) == 0)
			return (enum vsee_message)i;
	return VSEE_MESSAGE_COUNT;
}

/* Print the value of the placeholder that text begins with; returns the placeholder's length. */
static size_t put_value(const char *text, const struct vsee_message_values *values,
			struct vsee_writer *writer)
{
	if (strncmp(text, "{product}", 9) == 0)
		return vsee_writer_add(writer, "%s", values->product), 9;
	if (strncmp(text, "{date}", 6) == 0)
		return vsee_writer_add(writer, "%s", values->date), 6;
	if (strncmp(text, "{days}", 6) == 0)
		return vsee_writer_add(writer, "%lld", values->days), 6;
	if (strncmp(text, "{link}", 6) == 0) {
		if (values->link[0])
			vsee_writer_add(writer, " %s", values->link);
		return 6;
	}
	return 0;
}

int vsee_message_format(enum vsee_message message, enum vsee_language language,
			const struct vsee_message_values *values, char *ret_text, size_t size)
{
	const char *text = language == VSEE_LANGUAGE_DE ? texts[message].de : texts[message].en;
	struct vsee_writer writer = {.text = ret_text, .size = size};

	while (*text) {
		const size_t length = put_value(text, values, &writer);

		if (length == 0)
			vsee_writer_add(&writer, "%c", *text);
		text += length > 0 ? length : 1;
	}
	vsee_writer_add(&writer, " [%s]", texts[message].code);
	return writer.overflow ? -ENOBUFS : 0;
}
