/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef OSVDI_BROKER_H
#define OSVDI_BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * libosvdi-broker: from a user's name to a running desktop's SPICE address, on
 * OpenStack. The program osvdi-broker is built on this library; a web portal can be.
 *
 * What the library leaves to the program: the command line, the environment, the
 * user's folders, the terminal, and curl_global_init(), which the program calls once
 * before the first call here. (libcurl itself looks at http_proxy, https_proxy,
 * all_proxy and no_proxy.)
 *
 * Thread: a struct osvdi_broker and what it gave belong to one thread at a time. Two
 *         of them share nothing, so two threads may use two side by side.
 * Errors: a function that can fail takes a struct osvdi_broker_error **, which may be
 *         NULL, and sets *error on failure. No message holds a secret or names a
 *         command-line option.
 * Owner:  each kind of thing has a function that frees it and takes NULL. Strings
 *         from a getter live as long as the thing they were asked of.
 */

#ifdef __cplusplus
extern "C" {
#endif

/* The symbols of this header are the library's; all others are hidden. */
#pragma GCC visibility push(default)

/** Kinds of failure, coarsely. The program osvdi-broker exits with these codes. */
enum osvdi_broker_code {
	OSVDI_BROKER_OK = 0,
	OSVDI_BROKER_FAILED = 1, /* on this machine: a file; or the caller cancelled */
	OSVDI_BROKER_USAGE = 2, /* the call, or the settings, make no sense */
	OSVDI_BROKER_AUTH = 3, /* not authenticated, or not allowed */
	OSVDI_BROKER_NOT_FOUND = 4,
	OSVDI_BROKER_NOT_READY = 5, /* wrong state, or not in time */
	OSVDI_BROKER_SERVICE = 6, /* a service is unreachable, broken or full */
};

/**
 * Why a call failed, where the program can do something about the cause. The hook
 * remedy() gets these too; its subject is NULL unless it is named here.
 */
enum osvdi_broker_reason {
	OSVDI_BROKER_REASON_NONE, /* the message says it all */
	OSVDI_BROKER_REASON_CANCELLED, /* by the hook cancelled() */
	OSVDI_BROKER_REASON_TIMEOUT, /* of the call as a whole */
	OSVDI_BROKER_REASON_REQUEST_TIMEOUT, /* of one request */
	OSVDI_BROKER_REASON_NOT_TRUSTED, /* TLS: the service's certificate */
	OSVDI_BROKER_REASON_PROXY, /* a proxy may be at fault; subject: the URL asked for */
	OSVDI_BROKER_REASON_MUST_NOT_WAKE, /* the desktop does not run; see no_wake */
	OSVDI_BROKER_REASON_IN_ERROR, /* the desktop is in ERROR, see repair; the words go
				       * before "an administrator must look" */
	OSVDI_BROKER_REASON_SOFT_REBOOT, /* only a running desktop reboots softly */
	OSVDI_BROKER_REASON_NOT_OWNER, /* the desktop is another user's */
	OSVDI_BROKER_REASON_NO_DESKTOP, /* the user has none at all */
	OSVDI_BROKER_REASON_NO_SUCH_DESKTOP, /* the user has none of that name */
	OSVDI_BROKER_REASON_CONTENDED, /* others are taking the pool's desktops now; the words
					* go before "; try again" */
	OSVDI_BROKER_REASON_NO_SPICE, /* Nova has no console of this kind: SPICE */
	OSVDI_BROKER_REASON_NO_VNC, /* the same: VNC */
	OSVDI_BROKER_REASON_LEASE_ENDS, /* a warning: the lease ends soon */
	OSVDI_BROKER_REASON_SECOND_FACTOR, /* a login wants a passcode too; no remedy is
					    * asked for */
	OSVDI_BROKER_REASON_LIMIT, /* the user, or a group, has as many desktops awake as may be */
};

/** Which message. Each level is chattier than the one before it. */
enum osvdi_broker_level {
	OSVDI_BROKER_WARNING, /* the user should know */
	OSVDI_BROKER_INFO, /* why the library does what it does */
	OSVDI_BROKER_DEBUG, /* each request */
};

/**
 * The library asks its program, and tells it, by these. Each may be NULL. A hook is
 * called in the thread of the call that it belongs to, and must not call the library
 * with the same struct osvdi_broker.
 */
struct osvdi_broker_hooks {
	/** A message without secrets and without a line's end, of `level` or less. */
	void (*log)(void *data, enum osvdi_broker_level level, const char *message);
	enum osvdi_broker_level level;

	/** The state that a call waits for, and for how long so far (-1: not counted).
	 * status NULL: the wait is over. */
	void (*progress)(void *data, const char *status, int64_t waited_us);

	/** True ends the call in progress within 0.2 s, at a wait as in a request; it
	 * fails with OSVDI_BROKER_REASON_CANCELLED. Asked several times a second. */
	bool (*cancelled)(void *data);

	/** How the program's user can mend what the reason says. The library puts the
	 * words into its message, most often at the end, so they bring their own
	 * punctuation ("; ask the help desk"). NULL: no words. From malloc(). */
	char *(*remedy)(void *data, enum osvdi_broker_reason reason, const char *subject);

	/** The password that the login lacks, or NULL. From malloc(); the library
	 * overwrites and frees it. */
	char *(*ask_password)(void *data, const char *question);

	void *data;
};

/* ------------------------------------------------------------------ errors */

struct osvdi_broker_error;

enum osvdi_broker_code osvdi_broker_error_code(const struct osvdi_broker_error *error);
enum osvdi_broker_reason osvdi_broker_error_reason(const struct osvdi_broker_error *error);
const char *osvdi_broker_error_message(const struct osvdi_broker_error *error);
void osvdi_broker_error_free(struct osvdi_broker_error *error);

/* ------------------------------------------------------------------- cloud */

/** One user at one cloud. */
struct osvdi_broker;

/** Someone who has logged in: see osvdi_broker_log_in(). */
struct osvdi_broker_login;

/** A setting by its name in clouds.yaml: { "auth_url", "https://cloud/identity" }. */
struct osvdi_broker_setting {
	const char *name;
	const char *value;
	const char *place; /* where it was read, for messages: "clouds.yaml:12 (cacert)";
			    * NULL: the name will do */
};

struct osvdi_broker_params {
	size_t size; /* sizeof(struct osvdi_broker_params) */
	const struct osvdi_broker_setting *settings; /* ended by one without a name */
	const char *cache_directory; /* keep logins there, for each login apart; NULL: none */
	int request_timeout_s; /* for one request; 0: the setting api_timeout, else 60 */
	const char *config; /* text of a broker.yaml; NULL: none */
	const char *user; /* whose desktops: name or id; NULL: those of the login's user */
	bool any_owner; /* without user: everyone's desktops */
	struct osvdi_broker_hooks hooks;
	const struct osvdi_broker_login *login; /* made before, instead of the secrets of a
						 * login in the settings; or NULL */
	size_t config_length; /* bytes of config; 0: up to its NUL */
	const char *config_name; /* in messages about config; NULL: "configuration" */
	const char *home; /* for ~ in names of files; NULL: ~ stays as it is */
	const char *const *regions; /* that the user's files name for this cloud, ended by
				     * NULL; or NULL */
};

/**
 * Prepare for one cloud. No request is sent yet.
 *
 * Errors: USAGE: a setting is not known, missing or makes no sense (the message names
 *         it); FAILED: no libcurl.
 * Owner:  osvdi_broker_destroy(). Everything in params is copied; the hooks must stay
 *         callable until then.
 */
struct osvdi_broker *osvdi_broker_create(const struct osvdi_broker_params *params,
		struct osvdi_broker_error **error);
void osvdi_broker_destroy(struct osvdi_broker *broker);

/**
 * A setting as the library follows it: tidied, and with the home for ~. name: as in
 * clouds.yaml. NULL: it is not given, is no setting, or is a secret.
 */
const char *osvdi_broker_setting(const struct osvdi_broker *broker, const char *name);

/** The key "viewer" of the configuration, which is for the program; or NULL. */
const char *osvdi_broker_config_viewer(const struct osvdi_broker *broker);
/**
 * A profile of the configuration, for new desktops, as a JSON object; NULL: there is
 * none of that name. It lives until the next call of this function.
 */
const char *osvdi_broker_config_profile(struct osvdi_broker *broker, const char *name);

/**
 * Set one end for all calls from now on together: those that are not done by then fail
 * with OSVDI_BROKER_REASON_TIMEOUT. The calls' own timeout_s have no effect any more.
 * timeout_s: seconds from now; negative: no end.
 */
void osvdi_broker_set_timeout(struct osvdi_broker *broker, int timeout_s);

/** The cost of the calls so far. */
struct osvdi_broker_cost {
	size_t size; /* sizeof(struct osvdi_broker_cost), before the call */
	unsigned int requests;
	unsigned int connections;
	int64_t waited_us; /* for services */
};

void osvdi_broker_cost(const struct osvdi_broker *broker, struct osvdi_broker_cost *cost);

/* ------------------------------------------------------------------ logins */

/*
 * For a program that keeps logins itself, and no passwords: log in once, show the
 * projects, log in to one of them with the first login, and give the second login to
 * each struct osvdi_broker of this user from then on. All other calls log in by
 * themselves.
 */

/**
 * Log in, for the project that the settings name, or else for none. (An application
 * credential brings its project.)
 *
 * passcode: the second factor, after a call of the same broker failed with
 *           OSVDI_BROKER_REASON_SECOND_FACTOR; else NULL. That failure also makes the
 *           broker forget the password.
 * Errors:   AUTH; SERVICE; USAGE: the settings lack something.
 * Owner:    osvdi_broker_login_free(). Threads: may be read by several.
 */
struct osvdi_broker_login *osvdi_broker_log_in(struct osvdi_broker *broker, const char *passcode,
		struct osvdi_broker_error **error);
const char *osvdi_broker_login_user_id(const struct osvdi_broker_login *login);
/** NULL: not told. */
const char *osvdi_broker_login_user_name(const struct osvdi_broker_login *login);
/** NULL: for no project. */
const char *osvdi_broker_login_project_id(const struct osvdi_broker_login *login);
const char *osvdi_broker_login_project_name(const struct osvdi_broker_login *login);
/** When it ends: seconds since 1970. */
int64_t osvdi_broker_login_expires(const struct osvdi_broker_login *login);
/** Overwrites its secret. The cloud still knows the login: see osvdi_broker_log_out(). */
void osvdi_broker_login_free(struct osvdi_broker_login *login);

/** Have the cloud forget a login. Errors: SERVICE. */
bool osvdi_broker_log_out(struct osvdi_broker *broker, const struct osvdi_broker_login *login,
		struct osvdi_broker_error **error);

struct osvdi_broker_project {
	const char *id;
	const char *name;
	const char *domain_id;
};

/** Projects, sorted by name. */
struct osvdi_broker_projects;

/** The projects that a login may be for. Errors: AUTH; SERVICE. Owner: ..._projects_free(). */
struct osvdi_broker_projects *osvdi_broker_projects(struct osvdi_broker *broker,
		const struct osvdi_broker_login *login, struct osvdi_broker_error **error);
/** The i-th one, or NULL after the last. */
const struct osvdi_broker_project *osvdi_broker_projects_get(
		const struct osvdi_broker_projects *projects, size_t i);
void osvdi_broker_projects_free(struct osvdi_broker_projects *projects);

/* ------------------------------------------------------------- kept logins */

/* The logins that the library keeps in params.cache_directory from run to run. */

struct osvdi_broker_forget_params {
	size_t size; /* sizeof(struct osvdi_broker_forget_params) */
	const char *cache_directory;
	const struct osvdi_broker *like; /* only logins at its cloud, of the user and the
					  * project that its settings name; NULL: all */
	int request_timeout_s; /* 0: 10 */
	struct osvdi_broker_hooks hooks; /* with like NULL; else those of like count */
};

/** The end of a login. */
enum osvdi_broker_fate {
	OSVDI_BROKER_HAD_ENDED, /* removed here; the cloud knew it no more */
	OSVDI_BROKER_REVOKED, /* removed here and at the cloud */
	OSVDI_BROKER_DROPPED, /* removed here only; a warning says why */
};

struct osvdi_broker_forgotten {
	const char *user; /* name, or id */
	const char *project; /* name, or id */
	const char *auth_url;
	enum osvdi_broker_fate fate;
};

/** Logins that were removed. */
struct osvdi_broker_forgotten_list;

/** Remove kept logins, here and at the cloud. Owner: osvdi_broker_forgotten_free(). */
struct osvdi_broker_forgotten_list *osvdi_broker_forget(
		const struct osvdi_broker_forget_params *params);
/** The i-th one, or NULL after the last. */
const struct osvdi_broker_forgotten *osvdi_broker_forgotten_get(
		const struct osvdi_broker_forgotten_list *list, size_t i);
void osvdi_broker_forgotten_free(struct osvdi_broker_forgotten_list *list);

/* ---------------------------------------------------------------- desktops */

/** A desktop as the cloud showed it last. */
struct osvdi_broker_desktop;

const char *osvdi_broker_desktop_id(const struct osvdi_broker_desktop *desktop);
const char *osvdi_broker_desktop_name(const struct osvdi_broker_desktop *desktop);
/** Nova's status: "ACTIVE". */
const char *osvdi_broker_desktop_status(const struct osvdi_broker_desktop *desktop);
/** The pool that it is of, or NULL. */
const char *osvdi_broker_desktop_pool(const struct osvdi_broker_desktop *desktop);
/** The step that Nova is at with the desktop ("powering-on"), or NULL. */
const char *osvdi_broker_desktop_task(const struct osvdi_broker_desktop *desktop);
/** The names, or ids where the names are not known; NULL unless from a list. */
const char *osvdi_broker_desktop_flavor(const struct osvdi_broker_desktop *desktop);
const char *osvdi_broker_desktop_image(const struct osvdi_broker_desktop *desktop);
const char *osvdi_broker_desktop_lease(const struct osvdi_broker_desktop *desktop);
/** The time when the lease deletes a desktop of a list, seconds since 1970; 0: never. */
int64_t osvdi_broker_desktop_lease_end(const struct osvdi_broker_desktop *desktop);
/** Whether an administrator or its owner keeps its state from being changed. */
bool osvdi_broker_desktop_is_locked(const struct osvdi_broker_desktop *desktop);
/**
 * The desktop as "list -f json" shows it. Asks for the names of its image and lease; what
 * is not told is left out. It lives until the next call for this desktop.
 */
const char *osvdi_broker_desktop_json(struct osvdi_broker *broker,
		struct osvdi_broker_desktop *desktop);
void osvdi_broker_desktop_free(struct osvdi_broker_desktop *desktop);

/** Which desktops. Zeroed: those of the user, also from pools. */
struct osvdi_broker_query {
	const char *pool; /* of this pool only; NULL: any */
	bool no_pools; /* only those that the user made: quicker in a large project */
	bool all_projects; /* for administrators */
};

/** Desktops, sorted by name. */
struct osvdi_broker_list;

/** Errors: AUTH, SERVICE, CANCELLED. Owner: osvdi_broker_list_free(). */
struct osvdi_broker_list *osvdi_broker_list(struct osvdi_broker *broker,
		const struct osvdi_broker_query *query, struct osvdi_broker_error **error);
size_t osvdi_broker_list_length(const struct osvdi_broker_list *list);
/** The i-th desktop, of the list. */
const struct osvdi_broker_desktop *osvdi_broker_list_get(const struct osvdi_broker_list *list,
		size_t i);
/** All of them as JSON, as docs/user/broker.md describes it for "list -f json". */
const char *osvdi_broker_list_json(const struct osvdi_broker_list *list);
/**
 * The region that was looked in, and the cloud's others, of a list that is empty: "north;
 * this cloud also has south". NULL: the cloud has one region only.
 */
const char *osvdi_broker_list_region(const struct osvdi_broker_list *list);
void osvdi_broker_list_free(struct osvdi_broker_list *list);

/**
 * The desktop of a name or id. Without one the only desktop, or that of the
 * configuration, or the one marked as the default.
 *
 * Errors: NOT_FOUND (NO_DESKTOP, NO_SUCH_DESKTOP, NOT_OWNER); USAGE: several fit.
 * Owner:  osvdi_broker_desktop_free().
 */
struct osvdi_broker_desktop *osvdi_broker_find(struct osvdi_broker *broker,
		const struct osvdi_broker_query *query, const char *name,
		struct osvdi_broker_error **error);

/* ------------------------------------------------------------ open a desktop */

enum osvdi_broker_way {
	OSVDI_BROKER_WAY_ANY, /* the first of these that works */
	OSVDI_BROKER_WAY_DIRECT, /* the hypervisor's host and port, from Nova */
	OSVDI_BROKER_WAY_SPICE_DIRECT, /* a connection file of the site's exchange */
	OSVDI_BROKER_WAY_WEBSOCKET, /* Nova's console proxy */
};

struct osvdi_broker_open_params {
	size_t size; /* sizeof(struct osvdi_broker_open_params) */
	struct osvdi_broker_query query;
	const char *name; /* name or id; NULL: as osvdi_broker_find() */
	enum osvdi_broker_way way;
	bool vnc; /* instead of SPICE */
	bool no_wake; /* fail when the desktop does not run */
	bool repair; /* reboot hard what is in ERROR: unsaved work is lost */
	const char *no_websocket; /* why a WebSocket is of no use; NULL: it is */
	int timeout_s; /* for the whole call; 0: 300 */
	bool delete_file; /* the connection file asks its viewer to delete it */
};

/** Where the screen of a running desktop is. Holds secrets. */
struct osvdi_broker_opened;

/**
 * Find a desktop, wake it where needed, and learn where its screen is.
 *
 * Errors: those of osvdi_broker_find(); NOT_READY (TIMEOUT, MUST_NOT_WAKE, IN_ERROR);
 *         SERVICE, AUTH or FAILED when no way works, with the cause of each.
 * Owner:  osvdi_broker_opened_free().
 */
struct osvdi_broker_opened *osvdi_broker_open(struct osvdi_broker *broker,
		const struct osvdi_broker_open_params *params, struct osvdi_broker_error **error);
/** "spice://host:port" and the like. */
const char *osvdi_broker_opened_uri(const struct osvdi_broker_opened *opened);
/** The desktop as it is now. */
const struct osvdi_broker_desktop *osvdi_broker_opened_desktop(
		const struct osvdi_broker_opened *opened);

/** Where a screen is, for a program that passes connections on. NULL or 0: not known. */
struct osvdi_broker_address {
	size_t size; /* sizeof(struct osvdi_broker_address), before the call */
	const char *protocol; /* "spice" or "vnc" */
	const char *host;
	int port, tls_port;
	const char *ca; /* PEM text, for tls_port */
	const char *subject; /* of the certificate at tls_port */
	const char *password; /* secret */
	const char *websocket; /* its URL, secret; then there is no host */
};

/** The strings live as long as `opened`. */
void osvdi_broker_opened_address(const struct osvdi_broker_opened *opened,
		struct osvdi_broker_address *address);
/** A connection file (.vv) for osvdi-viewer and remote-viewer. */
const char *osvdi_broker_opened_file(const struct osvdi_broker_opened *opened);
/** JSON as docs/user/broker.md describes it for "resolve -f json". */
const char *osvdi_broker_opened_json(const struct osvdi_broker_opened *opened);
/** The i-th thing that the user should know, or NULL after the last. */
const char *osvdi_broker_opened_warning(const struct osvdi_broker_opened *opened, size_t i);
void osvdi_broker_opened_free(struct osvdi_broker_opened *opened);

/* ------------------------------------------------------------------- power */

/** The state that a desktop is brought to. */
enum osvdi_broker_goal {
	OSVDI_BROKER_RUNNING,
	OSVDI_BROKER_STOPPED,
	OSVDI_BROKER_SUSPENDED,
	OSVDI_BROKER_RESUMED, /* like RUNNING, from SUSPENDED or PAUSED only */
	OSVDI_BROKER_SHELVED,
	OSVDI_BROKER_UNSHELVED, /* running, or shut down as it was */
};

struct osvdi_broker_power_params {
	size_t size; /* sizeof(struct osvdi_broker_power_params) */
	enum osvdi_broker_goal goal;
	bool repair; /* reboot hard what is in ERROR: unsaved work is lost */
	int timeout_s; /* 0: 300 */
};

/**
 * Bring a desktop to a goal and wait until it is there.
 *
 * desktop: becomes what the cloud shows last, also on failure.
 * turned:  set when the goal was reached and somebody else has woken the desktop
 *          again since, which counts as success; NULL: then that is a failure.
 * Errors:  NOT_READY (TIMEOUT, IN_ERROR); SERVICE; AUTH; CANCELLED.
 */
bool osvdi_broker_power(struct osvdi_broker *broker, struct osvdi_broker_desktop *desktop,
		const struct osvdi_broker_power_params *params, bool *turned,
		struct osvdi_broker_error **error);

/** Reboot and wait until the desktop runs. Errors: also SOFT_REBOOT. */
bool osvdi_broker_reboot(struct osvdi_broker *broker, struct osvdi_broker_desktop *desktop,
		bool hard, int timeout_s, struct osvdi_broker_error **error);

/** Whether Nova has a status of that name: "ACTIVE", or "active". */
bool osvdi_broker_is_status(const char *status);

/** Wait until Nova shows a status ("ACTIVE") and nothing is under way. */
bool osvdi_broker_wait(struct osvdi_broker *broker, struct osvdi_broker_desktop *desktop,
		const char *status, int timeout_s, struct osvdi_broker_error **error);

/* ------------------------------------------------------------------- pools */

struct osvdi_broker_pool {
	const char *name;
	unsigned int total;
	unsigned int free; /* those that anyone could take now */
	bool held; /* the user has one of them */
};

/** The project's pools, sorted by name. */
struct osvdi_broker_pools;

/** Errors: AUTH, SERVICE, CANCELLED. Owner: osvdi_broker_pools_free(). */
struct osvdi_broker_pools *osvdi_broker_pools(struct osvdi_broker *broker,
		struct osvdi_broker_error **error);
/** The i-th one, or NULL after the last. */
const struct osvdi_broker_pool *osvdi_broker_pools_get(const struct osvdi_broker_pools *pools,
		size_t i);
void osvdi_broker_pools_free(struct osvdi_broker_pools *pools);

/**
 * Take a free desktop of a pool for the user, or the one that the user holds.
 *
 * Errors: NOT_FOUND: no such pool, or none is free; NOT_READY (CONTENDED).
 * Owner:  osvdi_broker_desktop_free().
 */
struct osvdi_broker_desktop *osvdi_broker_assign(struct osvdi_broker *broker, const char *pool,
		int timeout_s, struct osvdi_broker_error **error);

struct osvdi_broker_release_params {
	size_t size; /* sizeof(struct osvdi_broker_release_params) */
	bool rebuild; /* make its disk anew from its image first */
	bool stop; /* shut it down first */
	int timeout_s; /* 0: 300 */
};

/**
 * Give a pool's desktop back. On failure the desktop stays the user's. A desktop that the
 * user does not hold stays as it is, which counts as success.
 *
 * Errors: USAGE: the desktop is of no pool; NOT_READY; SERVICE; AUTH; CANCELLED.
 */
bool osvdi_broker_release(struct osvdi_broker *broker, struct osvdi_broker_desktop *desktop,
		const struct osvdi_broker_release_params *params,
		struct osvdi_broker_error **error);

/* ------------------------------------------------------------------ leases */

/** Capacity reserved for a time (Blazar). Its end deletes the desktops in it. */
struct osvdi_broker_lease;

const char *osvdi_broker_lease_id(const struct osvdi_broker_lease *lease);
const char *osvdi_broker_lease_name(const struct osvdi_broker_lease *lease);
const char *osvdi_broker_lease_status(const struct osvdi_broker_lease *lease);
/** Seconds since 1970; 0: not told. */
int64_t osvdi_broker_lease_start(const struct osvdi_broker_lease *lease);
int64_t osvdi_broker_lease_end(const struct osvdi_broker_lease *lease);
/** The id of the i-th reservation, or NULL after the last. */
const char *osvdi_broker_lease_reservation(const struct osvdi_broker_lease *lease, size_t i);
void osvdi_broker_lease_free(struct osvdi_broker_lease *lease);

struct osvdi_broker_lease_params {
	size_t size; /* sizeof(struct osvdi_broker_lease_params) */
	const char *name;
	int64_t start; /* seconds since 1970; 0: now */
	int64_t end;
	int amount; /* of servers */
	const char *flavor; /* name or id; NULL: */
	int vcpus, memory_mb, disk_gb;
};

/** All leases of the project, ended by NULL; NULL on failure. */
struct osvdi_broker_lease **osvdi_broker_leases(struct osvdi_broker *broker,
		struct osvdi_broker_error **error);
void osvdi_broker_leases_free(struct osvdi_broker_lease **leases);

/** The lease of a name or id. Errors: NOT_FOUND; USAGE: several fit. */
struct osvdi_broker_lease *osvdi_broker_lease_find(struct osvdi_broker *broker, const char *name,
		struct osvdi_broker_error **error);
struct osvdi_broker_lease *osvdi_broker_lease_create(struct osvdi_broker *broker,
		const struct osvdi_broker_lease_params *params, struct osvdi_broker_error **error);
/** The desktops in it, in Nova's order. Owner: osvdi_broker_list_free(). */
struct osvdi_broker_list *osvdi_broker_lease_desktops(struct osvdi_broker *broker,
		const struct osvdi_broker_lease *lease, struct osvdi_broker_error **error);
/** lease becomes what Blazar shows then. */
bool osvdi_broker_lease_extend(struct osvdi_broker *broker, struct osvdi_broker_lease *lease,
		int64_t end, struct osvdi_broker_error **error);
bool osvdi_broker_lease_wait(struct osvdi_broker *broker, struct osvdi_broker_lease *lease,
		int timeout_s, struct osvdi_broker_error **error);
/** Also deletes the desktops in it. */
bool osvdi_broker_lease_delete(struct osvdi_broker *broker,
		const struct osvdi_broker_lease *lease, struct osvdi_broker_error **error);

/* ------------------------------------------------------------------- plans */

/**
 * The cloud's present room for desktops, as JSON: what "plan snapshot" shows, and what
 * docs/user/broker.md describes. Placement answers administrators alone.
 *
 * Errors: AUTH, SERVICE, CANCELLED. Owner: free().
 */
char *osvdi_broker_plan_snapshot(struct osvdi_broker *broker, struct osvdi_broker_error **error);

struct osvdi_broker_plan {
	size_t size; /* sizeof(struct osvdi_broker_plan) */
	const char *name; /* of its file, for messages */
	const char *text; /* YAML or iCalendar */
	size_t length; /* of the text; 0: it ends with NUL */
};

/**
 * Take the next steps towards a plan: make, look at, save and delete desktops. Any number
 * of programs may do so at any time, and may be killed at any time.
 *
 * Returns what was done, as the JSON that docs/user/broker.md describes.
 * Errors: USAGE: the plan; AUTH, SERVICE, CANCELLED: what was done stays done.
 * Owner:  free().
 */
char *osvdi_broker_plan_apply(struct osvdi_broker *broker, const struct osvdi_broker_plan *plan,
		struct osvdi_broker_error **error);

/**
 * The state of the plan's sessions from a day ago to a day ahead, as JSON:
 * "sessions", and "incomplete" when the cloud did not show all desktops.
 *
 * Errors: those of osvdi_broker_plan_apply(). Owner: free().
 */
char *osvdi_broker_plan_report(struct osvdi_broker *broker, const struct osvdi_broker_plan *plan,
		struct osvdi_broker_error **error);

/* ------------------------------------------------------------ new desktops */

struct osvdi_broker_create_params {
	size_t size; /* sizeof(struct osvdi_broker_create_params) */
	const char *name;
	const char *image; /* name or id */
	const char *flavor; /* name or id; not with a lease */
	const struct osvdi_broker_lease *lease; /* in its capacity; NULL: none */
	const char *const *networks; /* names or ids, ended by NULL; NULL: Nova's choice */
	const char *key_name; /* or NULL */
	const char *availability_zone; /* or NULL */
	const char *const *security_groups; /* ended by NULL; or NULL */
	const void *user_data; /* for its first boot; or NULL */
	size_t user_data_length;
	bool config_drive;
	const struct osvdi_broker_setting *metadata; /* ended by one without a name; or NULL */
	bool no_wait; /* do not wait until it runs */
	int timeout_s; /* 0: 300 */
};

/** Whether Nova takes user data of so many bytes, before anything is asked of it. */
bool osvdi_broker_check_user_data(size_t length, struct osvdi_broker_error **error);

/**
 * Make a desktop. A failure while waiting leaves the new desktop where it is.
 *
 * Errors: NOT_FOUND: no such image, flavor, network; USAGE: several fit; NOT_READY.
 * Owner:  osvdi_broker_desktop_free().
 */
struct osvdi_broker_desktop *osvdi_broker_create_desktop(struct osvdi_broker *broker,
		const struct osvdi_broker_create_params *params,
		struct osvdi_broker_error **error);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif
