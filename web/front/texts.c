#include "texts.h"

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
static const struct row {
	const char *en, *de;
} rows[] = {
	/* %s: the product */
	[TEXT_HEADING] = {"Update your %s password", "Ihr Passwort für %s ändern"},
	[TEXT_ERROR] = {"Error: ", "Fehler: "},
	/* %s: the host */
	[TEXT_HOST] = {"For your account on %s.", "Für Ihr Konto auf %s."},
	[TEXT_USER] = {"User name", "Benutzername"},
	[TEXT_CURRENT] = {"Current password", "Aktuelles Passwort"},
	[TEXT_NEW] = {"New password", "Neues Passwort"},
	[TEXT_CONFIRM] = {"New password again", "Neues Passwort wiederholen"},
	[TEXT_SHOW] = {"Show passwords", "Passwörter anzeigen"},
	[TEXT_SUBMIT] = {"Reset Password", "Passwort ändern"},
	[TEXT_SUBMITTING] = {"Resetting ...", "Wird geändert ..."},
	[TEXT_WITH_CURRENT] = {"Use my current password instead",
		"Stattdessen mein aktuelles Passwort verwenden"},

	[TEXT_RULES] = {"Your new password must", "Ihr neues Passwort muss"},
	[TEXT_LENGTH] = {"have at least %u characters", "mindestens %u Zeichen haben"},
	[TEXT_LONG] = {"be no longer than %u bytes", "höchstens %u Bytes lang sein"},
	[TEXT_DIGIT] = {"contain at least %u digit", "mindestens %u Ziffer enthalten"},
	[TEXT_DIGITS] = {"contain at least %u digits", "mindestens %u Ziffern enthalten"},
	[TEXT_UPPER] = {"contain at least %u capital letter (A to Z)",
		"mindestens %u Großbuchstaben (A bis Z) enthalten"},
	[TEXT_UPPERS] = {"contain at least %u capital letters (A to Z)",
		"mindestens %u Großbuchstaben (A bis Z) enthalten"},
	[TEXT_LOWER] = {"contain at least %u small letter (a to z)",
		"mindestens %u Kleinbuchstaben (a bis z) enthalten"},
	[TEXT_LOWERS] = {"contain at least %u small letters (a to z)",
		"mindestens %u Kleinbuchstaben (a bis z) enthalten"},
	[TEXT_OTHER] = {"contain at least %u character that is no letter or digit",
		"mindestens %u Zeichen enthalten, das weder Buchstabe noch Ziffer ist"},
	[TEXT_OTHERS] = {"contain at least %u characters that are no letters or digits",
		"mindestens %u Zeichen enthalten, die weder Buchstaben noch Ziffern sind"},
	[TEXT_CLASSES] = {
		"mix at least %u of these: capital letters, small letters, digits, other characters",
		"mindestens %u davon mischen: Großbuchstaben, Kleinbuchstaben, Ziffern, andere Zeichen"},
	[TEXT_REPEAT] = {"have at most %u of the same character in a row",
		"höchstens %u gleiche Zeichen hintereinander haben"},
	[TEXT_CLASS_REPEAT] = {"have at most %u of the same kind of character in a row",
		"höchstens %u Zeichen derselben Art hintereinander haben"},
	[TEXT_SEQUENCE] = {"have no sequence (such as 12345 or fedcb) longer than %u",
		"keine Folge (wie 12345 oder fedcb) haben, die länger als %u ist"},
	[TEXT_NAME] = {"not contain your user name", "ohne Ihren Benutzernamen auskommen"},
	[TEXT_DIFFERENT] = {"differ from your current password",
		"sich von Ihrem aktuellen Passwort unterscheiden"},
	[TEXT_DIFFERENT_BY] = {"differ from your current password in at least %u characters",
		"sich in mindestens %u Zeichen von Ihrem aktuellen Passwort unterscheiden"},
	[TEXT_COMMON] = {"not be a common word or password",
		"etwas anderes als ein gängiges Wort oder Passwort sein"},
	[TEXT_REMEMBERED_ONE] = {"not be your previous password",
		"sich von Ihrem vorigen Passwort unterscheiden"},
	[TEXT_REMEMBERED] = {"not be one of your last %u passwords",
		"sich von Ihren letzten %u Passwörtern unterscheiden"},
	[TEXT_MET] = {"met", "erfüllt"},
	[TEXT_NOT_MET] = {"not met yet", "noch nicht erfüllt"},
	[TEXT_ON_SERVER] = {"checked when you submit", "wird beim Absenden geprüft"},

	[TEXT_HINT] = {"To continue:", "Um fortzufahren:"},
	[TEXT_HINT_USER] = {"enter your user name", "Benutzernamen eingeben"},
	[TEXT_HINT_CURRENT] = {"enter your current password", "aktuelles Passwort eingeben"},
	[TEXT_HINT_RULES] = {"choose a new password that meets the list",
		"ein neues Passwort wählen, das die Liste erfüllt"},
	[TEXT_HINT_CONFIRM] = {"type the new password again", "das neue Passwort wiederholen"},
	/* The script puts numbers for @ and #. */
	[TEXT_PROGRESS] = {"@ of # requirements met.", "@ von # Anforderungen erfüllt."},
	[TEXT_MISSING] = {"Still missing:", "Es fehlt noch:"},

	[TEXT_PROBLEM] = {"There is a problem", "Es gibt ein Problem"},
	[TEXT_EMPTY] = {"Please fill in all fields.", "Bitte füllen Sie alle Felder aus."},
	[TEXT_MISMATCH] = {"The two passwords do not match.",
		"Die beiden Passwörter stimmen nicht überein."},
	[TEXT_WRONG] = {
		"The user name or current password is not right, or this account cannot be changed here.",
		"Benutzername oder aktuelles Passwort stimmen nicht, oder dieses Konto kann hier nicht "
		"geändert werden."},
	[TEXT_UNMET] = {"The new password was not accepted. It must:",
		"Das neue Passwort wurde nicht angenommen. Es muss:"},
	[TEXT_USED_BEFORE_ONE] = {
		"You have used this password before. Choose one that differs from your previous password.",
		"Sie haben dieses Passwort schon einmal verwendet. Wählen Sie eines, das sich von Ihrem "
		"vorigen Passwort unterscheidet."},
	/* %u: how many are remembered */
	[TEXT_USED_BEFORE] = {"You have used this password before. Choose one that differs from your last "
		"%u passwords.",
		"Sie haben dieses Passwort schon einmal verwendet. Wählen Sie eines, das sich von Ihren "
		"letzten %u Passwörtern unterscheidet."},
	/* %s: what a module of PAM said */
	[TEXT_REFUSED] = {"The new password was not accepted. %s",
		"Das neue Passwort wurde nicht angenommen. %s"},
	/* %s: date, time and zone */
	[TEXT_TOO_SOON] = {"You have changed your password a short while ago. You can change it again on %s.",
		"Sie haben Ihr Passwort erst vor Kurzem geändert. Sie können es wieder ändern am %s."},
	[TEXT_TOO_SOON_LATER] = {
		"You have changed your password a short while ago. Please try again later.",
		"Sie haben Ihr Passwort erst vor Kurzem geändert. Bitte versuchen Sie es später noch "
		"einmal."},
	[TEXT_BUSY] = {"This password is being changed elsewhere at this moment. Nothing was changed here. "
		"Please try again in a minute.",
		"Dieses Passwort wird gerade an anderer Stelle geändert. Hier wurde nichts geändert. Bitte "
		"versuchen Sie es in einer Minute noch einmal."},
	[TEXT_STALE] = {"This form was open for too long. Nothing was changed. Please enter your passwords "
		"again.",
		"Dieses Formular war zu lange geöffnet. Es wurde nichts geändert. Bitte geben Sie Ihre "
		"Passwörter noch einmal ein."},

	[TEXT_DONE] = {"Your password has been reset", "Ihr Passwort wurde geändert"},
	[TEXT_NEXT_STEPS] = {"Next steps", "Wie es weitergeht"},
	/* %s: the product */
	[TEXT_DONE_APP] = {"Log in to %s with your new password.",
		"Melden Sie sich bei %s mit Ihrem neuen Passwort an."},
	[TEXT_DONE_LOGIN] = {"Go to the login page", "Zur Anmeldeseite"},
	[TEXT_DONE_SUPPORT] = {"Contact support if something does not work",
		"Support kontaktieren, wenn etwas nicht funktioniert"},
	[TEXT_DONE_SESSIONS] = {"Sessions that are open and keys that you use stay valid. If somebody else "
		"may know your old password, tell support.",
		"Offene Sitzungen und verwendete Schlüssel bleiben gültig. Wenn jemand Ihr altes Passwort "
		"kennen könnte, sagen Sie es dem Support."},
	[TEXT_THROTTLED] = {"Too many attempts", "Zu viele Versuche"},
	[TEXT_RETRY_MINUTE] = {"Please try again in %u minute.",
		"Bitte versuchen Sie es in %u Minute noch einmal."},
	[TEXT_RETRY_MINUTES] = {"Please try again in %u minutes.",
		"Bitte versuchen Sie es in %u Minuten noch einmal."},
	[TEXT_LINK_BAD] = {"This link has expired or was already used",
		"Dieser Link ist abgelaufen oder wurde schon verwendet"},
	[TEXT_LINK_BAD_WHY] = {"A link works once, and for a short time only. Log in again to get a new one, "
		"change your password with the current one, or ask support.",
		"Ein Link gilt einmal und nur für kurze Zeit. Melden Sie sich noch einmal an, um einen neuen "
		"zu bekommen, ändern Sie Ihr Passwort mit dem aktuellen, oder fragen Sie den Support."},
	[TEXT_UNAVAILABLE] = {"The service is not available", "Der Dienst ist nicht verfügbar"},
	[TEXT_NOT_CHANGED] = {"Your password was not changed.", "Ihr Passwort wurde nicht geändert."},
	[TEXT_TRY_LATER] = {"Please try again in a few minutes.",
		"Bitte versuchen Sie es in einigen Minuten noch einmal."},
	[TEXT_UNCERTAIN] = {"We could not confirm the change",
		"Die Änderung ließ sich nicht bestätigen"},
	[TEXT_TRY_BOTH] = {"Your password may have been changed. Try the new password first, then the old one.",
		"Ihr Passwort wurde vielleicht geändert. Versuchen Sie zuerst das neue Passwort, dann das "
		"alte."},
	/* %s: of the request in the log */
	[TEXT_REFERENCE] = {"Reference for support: %s", "Kennung für den Support: %s"},
	[TEXT_FORBIDDEN] = {"This request came from another site",
		"Diese Anfrage kam von einer anderen Website"},
	[TEXT_BAD_REQUEST] = {"This request was not understood", "Diese Anfrage war nicht verständlich"},
	[TEXT_NOT_FOUND] = {"There is no such page", "Diese Seite gibt es nicht"},
	[TEXT_NOT_ALLOWED] = {"This page cannot be used in that way",
		"Diese Seite lässt sich so nicht verwenden"},
	[TEXT_TOO_LARGE] = {"This request is too large", "Diese Anfrage ist zu groß"},
	[TEXT_MISDIRECTED] = {"This page has another address", "Diese Seite hat eine andere Adresse"},
	[TEXT_TO_FORM] = {"Change my password", "Mein Passwort ändern"},
	[TEXT_SUPPORT] = {"Contact support", "Support kontaktieren"},
	[TEXT_OTHER_LANGUAGE] = {"Deutsch", "English"},
};
/* clang-format on */

const char *text_in(enum vsee_language language, enum text text)
{
	return language == VSEE_LANGUAGE_DE ? rows[text].de : rows[text].en;
}
