/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_PORTAL_WORDS_H
#define OSVDI_PORTAL_WORDS_H

#include <glib.h>

/* The words of pages, in English and German. "{}" is where text of users goes. */

#define WORDS(W) \
	W(TITLE, "Desktops", "Desktops") \
	W(SKIP, "To the content", "Zum Inhalt") \
	W(LANGUAGE_OTHER, "Deutsch", "English") \
	W(LOG_IN, "Log in", "Anmelden") \
	W(LOG_OUT, "Log out", "Abmelden") \
	W(LOGGED_IN_AS, "Logged in as {}", "Angemeldet als {}") \
	W(USER, "User name", "Benutzername") \
	W(PASSWORD, "Password", "Passwort") \
	W(DOMAIN, "Domain", "Domäne") \
	W(BY_PASSWORD, "With a password", "Mit Passwort") \
	W(BY_CREDENTIAL, "With an application credential", "Mit einem Anwendungs-Zugang") \
	W(BY_PROVIDER, "With your account at {}", "Mit Ihrem Konto bei {}") \
	W(AWAY, \
		"{} asks you to log in, and leads you back here.", \
		"{} fragt nach Ihrer Anmeldung und führt Sie hierher zurück.") \
	W(AWAY_OUT, \
		"You are logged out here. {} logs you out there, too.", \
		"Sie sind hier abgemeldet. {} meldet Sie auch dort ab.") \
	W(CREDENTIAL_ID, "Id of the credential", "Kennung des Zugangs") \
	W(CREDENTIAL_SECRET, "Secret of the credential", "Geheimnis des Zugangs") \
	W(PASSCODE_TITLE, "Second factor", "Zweiter Faktor") \
	W(PASSCODE, "One-time code", "Einmalcode") \
	W(PASSCODE_HELP, \
		"Type the code that your device shows.", \
		"Geben Sie den Code ein, den Ihr Gerät zeigt.") \
	W(CONTINUE, "Continue", "Weiter") \
	W(PROJECTS, "Choose a project", "Projekt wählen") \
	W(PROJECT, "Project: {}", "Projekt: {}") \
	W(PROJECT_OTHER, "Another project", "Anderes Projekt") \
	W(NO_PROJECTS, \
		"You are in no project. Ask your help desk for one.", \
		"Sie sind in keinem Projekt. Bitten Sie Ihre Beratung um eines.") \
	W(DESKTOPS, "Your desktops", "Ihre Desktops") \
	W(NO_DESKTOPS, \
		"You have no desktop in this project.", \
		"Sie haben in diesem Projekt keinen Desktop.") \
	W(RELOAD, "Show the present state", "Aktuellen Stand zeigen") \
	W(POOLS, "Desktops to take", "Desktops zum Nehmen") \
	W(POOL_FREE, "{} free", "{} frei") \
	W(POOL_HELD, "You have one of them.", "Sie haben einen davon.") \
	W(POOL_TAKE, "Get a desktop", "Desktop holen") \
	W(STATE, "State", "Zustand") \
	W(POOL, "Pool", "Pool") \
	W(SIZE, "Size", "Größe") \
	W(IMAGE, "Image", "Abbild") \
	W(LEASE_ENDS, "Is deleted at", "Wird gelöscht am") \
	W(LOCKED, \
		"Locked: its state cannot be changed here.", \
		"Gesperrt: Der Zustand lässt sich hier nicht ändern.") \
	W(OPEN_HERE, "Open here", "Hier öffnen") \
	W(OPEN, "Open in the viewer", "Im Viewer öffnen") \
	W(START, "Start", "Starten") \
	W(SUSPEND, "Suspend", "Schlafen legen") \
	W(STOP, "Shut down", "Herunterfahren") \
	W(RESTART, "Restart", "Neu starten") \
	W(SHELVE, "Put aside", "Einlagern") \
	W(RELEASE, "Give back", "Zurückgeben") \
	W(MORE, "More", "Mehr") \
	W(STATE_ACTIVE, "Runs", "Läuft") \
	W(STATE_SHUTOFF, "Is off", "Ist aus") \
	W(STATE_SUSPENDED, "Sleeps", "Schläft") \
	W(STATE_PAUSED, "Is paused", "Ist angehalten") \
	W(STATE_SHELVED, "Is put aside", "Ist eingelagert") \
	W(STATE_BUILD, "Is being made", "Wird angelegt") \
	W(STATE_ERROR, "Is broken", "Ist gestört") \
	W(STATE_BUSY, "Is changing", "Ändert sich") \
	W(STATE_UNKNOWN, "Cannot be reached", "Nicht erreichbar") \
	W(WAIT_TITLE, "One moment", "Einen Moment") \
	W(WAIT_OPEN, "{} is being made ready.", "{} wird vorbereitet.") \
	W(WAIT_CHANGE, \
		"The state of {} is being changed.", \
		"Der Zustand von {} wird geändert.") \
	W(WAIT_ASSIGN, \
		"A free desktop of {} is being looked for.", \
		"Ein freier Desktop aus {} wird gesucht.") \
	W(WAIT_SECONDS, \
		"So far {} seconds. This page shows the rest by itself.", \
		"Bisher {} Sekunden. Diese Seite zeigt den Rest von selbst.") \
	W(CANCEL, "Do not wait", "Nicht warten") \
	W(READY_TITLE, "Ready", "Bereit") \
	W(READY_FILE, \
		"The file for {} comes by itself. Open it with osvdi-viewer or remote-viewer.", \
		"Die Datei für {} kommt von selbst. Öffnen Sie sie mit " \
		"osvdi-viewer oder remote-viewer.") \
	W(READY_AGAIN, "Get the file", "Datei holen") \
	W(READY_SHORT, \
		"The file opens one session, within a minute.", \
		"Die Datei öffnet eine Sitzung, innerhalb einer Minute.") \
	W(BACK, "Back to the desktops", "Zurück zu den Desktops") \
	W(HOME, "To the start", "Zum Anfang") \
	W(TROUBLE, "That did not work", "Das hat nicht geklappt") \
	W(TROUBLE_REFERENCE, "For your help desk: {}", "Für Ihre Beratung: {}") \
	W(TROUBLE_LOGIN, \
		"The name or the password is wrong, or this login is not allowed.", \
		"Name oder Passwort ist falsch, oder diese Anmeldung ist nicht erlaubt.") \
	W(TROUBLE_PROVIDER, \
		"The log-in service does not answer as it should. Try again in some minutes.", \
		"Der Anmeldedienst antwortet nicht, wie er sollte. Versuchen Sie es in " \
		"einigen Minuten noch einmal.") \
	W(TROUBLE_CONSENT, \
		"The log-in service did not let you in, or you did not agree there.", \
		"Der Anmeldedienst hat Sie nicht eingelassen, oder Sie haben dort nicht " \
		"zugestimmt.") \
	W(TROUBLE_STATE, \
		"This login was begun elsewhere, took too long, or was used already. " \
		"Begin again.", \
		"Diese Anmeldung wurde anderswo begonnen, hat zu lange gedauert oder wurde " \
		"schon benutzt. Beginnen Sie neu.") \
	W(TROUBLE_CLOCK, \
		"The clocks of this portal and of the log-in service differ. " \
		"Tell your help desk.", \
		"Die Uhren dieses Portals und des Anmeldedienstes gehen verschieden. " \
		"Sagen Sie es Ihrer Beratung.") \
	W(TROUBLE_PROOF, \
		"The answer of the log-in service cannot be trusted. Tell your help desk.", \
		"Der Antwort des Anmeldedienstes ist nicht zu trauen. Sagen Sie es Ihrer " \
		"Beratung.") \
	W(TROUBLE_UNKNOWN, \
		"The log-in service knows you, and the cloud does not. " \
		"Ask your help desk for access.", \
		"Der Anmeldedienst kennt Sie, die Cloud aber nicht. Bitten Sie Ihre Beratung " \
		"um Zugang.") \
	W(TROUBLE_PASSCODE, \
		"This code was not taken. Wait for the next one, and try again.", \
		"Dieser Code wurde nicht angenommen. Warten Sie auf den nächsten " \
		"und versuchen Sie es noch einmal.") \
	W(TROUBLE_SESSION, \
		"Your login has ended. Log in again; your desktops go on.", \
		"Ihre Anmeldung ist beendet. Melden Sie sich neu an; Ihre Desktops " \
		"laufen weiter.") \
	W(TROUBLE_ALLOWED, \
		"The cloud does not allow this to you.", \
		"Die Cloud erlaubt Ihnen das nicht.") \
	W(TROUBLE_NOT_FOUND, \
		"There is no such desktop any more, or none is free.", \
		"Diesen Desktop gibt es nicht mehr, oder keiner ist frei.") \
	W(TROUBLE_IN_ERROR, \
		"This desktop is broken: an administrator must look at it.", \
		"Dieser Desktop ist gestört: Jemand von der Verwaltung muss ihn ansehen.") \
	W(TROUBLE_TIMEOUT, \
		"It took too long. Try again in some minutes.", \
		"Es hat zu lange gedauert. Versuchen Sie es in einigen Minuten noch einmal.") \
	W(TROUBLE_NOT_READY, \
		"The desktop is in a state that does not allow this. Try again in a moment.", \
		"Der Desktop ist in einem Zustand, der das nicht erlaubt. " \
		"Versuchen Sie es gleich noch einmal.") \
	W(TROUBLE_SERVICE, \
		"The cloud does not answer as it should. Try again in some minutes.", \
		"Die Cloud antwortet nicht, wie sie sollte. Versuchen Sie es in " \
		"einigen Minuten noch einmal.") \
	W(TROUBLE_WAY, \
		"No way to the screen of this desktop is set up here.", \
		"Hier ist kein Weg zum Bildschirm dieses Desktops eingerichtet.") \
	W(TROUBLE_CANCELLED, "Nobody waits for this any more.", "Darauf wartet niemand mehr.") \
	W(TROUBLE_FULL, \
		"Too many people ask at once. Try again in a moment.", \
		"Zu viele fragen gleichzeitig. Versuchen Sie es gleich noch einmal.") \
	W(TROUBLE_RATE, \
		"Too many tries. Try again in a minute.", \
		"Zu viele Versuche. Versuchen Sie es in einer Minute noch einmal.") \
	W(TROUBLE_FORM, \
		"This form did not come from a page of this portal, or is too old. " \
		"Go back, load the page again and retry.", \
		"Dieses Formular kam nicht von einer Seite dieses Portals oder ist " \
		"zu alt. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch " \
		"einmal.") \
	W(TROUBLE_PAGE, "There is no such page.", "Diese Seite gibt es nicht.") \
	W(TROUBLE_METHOD, \
		"This page cannot be asked for in this way.", \
		"So lässt sich diese Seite nicht aufrufen.") \
	W(TROUBLE_TASK, \
		"This page was for something that is over.", \
		"Diese Seite galt etwas, das vorbei ist.")

enum word {
#define WORD_ENUM(name, english, german) WORD_##name,
	WORDS(WORD_ENUM)
#undef WORD_ENUM
	WORD_COUNT
};

enum language {
	ENGLISH,
	GERMAN,
	LANGUAGE_COUNT,
};

const char *words_get(enum language language, enum word word);
/** "en", "de" */
const char *words_code(enum language language);
gboolean words_parse_code(const char *code, enum language *language);

/** The language that a header Accept-Language (or NULL) likes best. */
enum language words_accept(const char *header);

#endif
