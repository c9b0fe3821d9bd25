/* SPDX-FileCopyrightText: 2026 OSVDI contributors */
/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server.h"

#include "core/wipe.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/un.h>

/* The head of a request must fit into a connection's memory. */
#define HEAD_MAX_BYTES (32 * 1024)
#define SILENCE_MAX_S 30

struct http_server {
	const struct portal_config *config;
	struct crew *crew;
	http_server_handler handler;
	void *data;
	struct MHD_Daemon *daemon;
	GSocket *socket;
	GMutex lock;
};

struct request {
	struct http_server *server;
	struct MHD_Connection *connection;
	enum route route;
	char subject[ROUTE_SUBJECT_MAX + 1];
	char client[CLIENT_TEXT_BYTES];
	gboolean post, too_long;
	GString *body;
	struct form *form;
	gpointer kept;
	GDestroyNotify free_kept;

	gboolean answered;
	crew_job work; /* deferred */
	request_end end;
	gpointer job;
	GDestroyNotify free_job;
};

/* ------------------------------------------------------------------ requests */

enum route request_route(const struct request *request)
{
	return request->route;
}

const char *request_subject(const struct request *request)
{
	return request->subject;
}

const char *request_header(const struct request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name);
}

struct argument {
	const char *name, *value;
	guint count;
};

static enum MHD_Result see_argument(void *data, enum MHD_ValueKind kind, const char *name,
		const char *value)
{
	struct argument *argument = data;

	if (strcmp(name, argument->name) == 0) {
		argument->value = value;
		argument->count++;
	}
	return MHD_YES;
}

const char *request_argument(const struct request *request, const char *name)
{
	struct argument argument = { .name = name };

	MHD_get_connection_values(
			request->connection, MHD_GET_ARGUMENT_KIND, see_argument, &argument);
	if (argument.count != 1 || !argument.value ||
			strlen(argument.value) > REQUEST_ARGUMENT_MAX ||
			!g_utf8_validate(argument.value, -1, NULL))
		return NULL;
	return argument.value;
}

const struct form *request_form(const struct request *request)
{
	return request->form;
}

gboolean request_is_post(const struct request *request)
{
	return request->post;
}

const char *request_client(const struct request *request)
{
	return request->client;
}

void request_keep(struct request *request, gpointer kept, GDestroyNotify free_kept)
{
	request->kept = kept;
	request->free_kept = free_kept;
}

gpointer request_kept(const struct request *request)
{
	return request->kept;
}

static void run_deferred(gpointer data)
{
	struct request *request = data;

	request->work(request->job);
	MHD_resume_connection(request->connection);
}

gboolean request_defer(struct request *request, crew_job work, request_end end, gpointer job,
		GDestroyNotify free_job)
{
	if (!crew_reserve(request->server->crew)) {
		free_job(job);
		return FALSE;
	}
	request->work = work;
	request->end = end;
	request->job = job;
	request->free_job = free_job;
	MHD_suspend_connection(request->connection);
	crew_call(request->server->crew, run_deferred, request);
	return TRUE;
}

static void request_free(struct request *request)
{
	if (request->free_job)
		request->free_job(request->job);
	if (request->free_kept)
		request->free_kept(request->kept);
	form_free(request->form);
	wipe_string(request->body);
	g_free(request);
}

/* ------------------------------------------------------------- libmicrohttpd */

/* A balancer may add a line of its own after the client's. */
static enum MHD_Result add_forwarded(void *data, enum MHD_ValueKind kind, const char *name,
		const char *value)
{
	GString *all = data;

	if (value && g_ascii_strcasecmp(name, "X-Forwarded-For") == 0)
		g_string_append_printf(all, "%s%s", all->len ? "," : "", value);
	return MHD_YES;
}

static void peer_address(struct MHD_Connection *connection, char out[INET6_ADDRSTRLEN])
{
	const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *address = info ? info->client_addr : NULL;

	out[0] = '\0';
	if (address && address->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, out,
				INET6_ADDRSTRLEN);
	else if (address && address->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)address)->sin6_addr, out,
				INET6_ADDRSTRLEN);
}

static void find_client(struct request *request)
{
	GString *forwarded = g_string_new(NULL);
	char peer[INET6_ADDRSTRLEN];

	peer_address(request->connection, peer);
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND, add_forwarded, forwarded);
	client_address(request->server->config->proxies, peer,
			forwarded->len ? forwarded->str : NULL, request->client);
	g_string_free(forwarded, TRUE);
}

static struct request *begin(struct http_server *server, struct MHD_Connection *connection,
		const char *path, const char *method)
{
	struct request *request = g_new0(struct request, 1);

	request->server = server;
	request->connection = connection;
	request->post = strcmp(method, "POST") == 0;
	request->route = route_find(method, path, request->subject);
	request->body = g_string_sized_new(request->post ? FORM_MAX_BYTES : 1);
	find_client(request);
	return request;
}

static void take_body(struct request *request, const char *data, gsize size)
{
	if (request->body->len + size > FORM_MAX_BYTES)
		request->too_long = TRUE;
	else
		g_string_append_len(request->body, data, (gssize)size);
}

static gboolean is_form(const struct request *request)
{
	static const char wanted[] = "application/x-www-form-urlencoded";
	const char *type = request_header(request, "Content-Type");

	return type && g_ascii_strncasecmp(type, wanted, strlen(wanted)) == 0 &&
			(!type[strlen(wanted)] || type[strlen(wanted)] == ';');
}

static struct answer *first_answer(struct request *request)
{
	struct http_server *server = request->server;

	if (request->too_long)
		return answer_text(MHD_HTTP_CONTENT_TOO_LARGE, "text/plain", "Too long.\n");
	if (request->post && is_form(request))
		request->form = form_parse(request->body->str, request->body->len);
	return server->handler(request, server->data);
}

static struct answer *next_answer(struct request *request)
{
	request_end end = request->end;
	gpointer job = request->job;
	GDestroyNotify free_job = request->free_job;
	struct answer *answer;

	request->end = NULL;
	request->job = NULL;
	request->free_job = NULL;
	answer = end(request, job);
	free_job(job);
	return answer;
}

static enum MHD_Result answer_now(struct request *request)
{
	struct http_server *server = request->server;
	struct answer *answer;
	enum MHD_Result result = MHD_YES;

	g_mutex_lock(&server->lock);
	answer = request->end ? next_answer(request) : first_answer(request);
	g_mutex_unlock(&server->lock);
	request->answered = answer != NULL;
	if (answer)
		result = answer_send(answer, request->connection);
	answer_free(answer);
	return result;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
		const char *method, const char *version, const char *upload, size_t *upload_size,
		void **state)
{
	struct request *request = *state;

	if (!request) {
		*state = begin(data, connection, path, method);
		return MHD_YES;
	}
	if (*upload_size) {
		take_body(request, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	/* A daemon that stops drops the answer and asks again: nothing may be done twice. */
	return request->answered ? MHD_NO : answer_now(request);
}

static void on_completed(void *data, struct MHD_Connection *connection, void **state,
		enum MHD_RequestTerminationCode code)
{
	if (*state)
		request_free(*state);
	*state = NULL;
}

/* -------------------------------------------------------------------- start */

static GSocketAddress *parse_listen(const char *listen, GError **error)
{
	g_autoptr(GSocketConnectable) place = NULL;
	GInetAddress *ip;
	GSocketAddress *address = NULL;

	if (g_str_has_prefix(listen, "unix:"))
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
				"listen: ADDRESS:PORT is wanted");
	else
		place = g_network_address_parse(listen, 0, error);
	if (!place)
		return NULL;
	ip = g_inet_address_new_from_string(
			g_network_address_get_hostname(G_NETWORK_ADDRESS(place)));
	if (ip)
		address = g_inet_socket_address_new(
				ip, g_network_address_get_port(G_NETWORK_ADDRESS(place)));
	else
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
				"listen: no address of this machine");
	g_clear_object(&ip);
	return address;
}

static gboolean open_socket(struct http_server *server, GError **error)
{
	g_autoptr(GSocketAddress) address = parse_listen(server->config->listen, error);

	if (!address)
		return FALSE;
	server->socket = g_socket_new(g_socket_address_get_family(address), G_SOCKET_TYPE_STREAM,
			G_SOCKET_PROTOCOL_TCP, error);
	if (!server->socket)
		return FALSE;
	g_socket_set_listen_backlog(server->socket, 128);
	return g_socket_bind(server->socket, address, TRUE, error) &&
			g_socket_listen(server->socket, error);
}

static gboolean read_tls(
		const struct portal_config *config, char **cert, char **key, GError **error)
{
	return !config->tls_cert ||
			(g_file_get_contents(config->tls_cert, cert, NULL, error) &&
					g_file_get_contents(config->tls_key, key, NULL, error));
}

static gboolean start(struct http_server *server, GError **error)
{
	char *key = NULL;
	g_autofree char *cert = NULL;
	guint flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;

	if (!open_socket(server, error) || !read_tls(server->config, &cert, &key, error))
		return FALSE;
	server->daemon = MHD_start_daemon(flags | (key ? MHD_USE_TLS : 0), 0, NULL, NULL,
			on_request, server, MHD_OPTION_LISTEN_SOCKET,
			g_socket_get_fd(server->socket), MHD_OPTION_NOTIFY_COMPLETED, on_completed,
			NULL, MHD_OPTION_CONNECTION_LIMIT, server->config->connections,
			MHD_OPTION_CONNECTION_TIMEOUT, (guint)SILENCE_MAX_S,
			MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MAX_BYTES,
			MHD_OPTION_STRICT_FOR_CLIENT, 1,
			key ? MHD_OPTION_HTTPS_MEM_KEY : MHD_OPTION_END, key,
			MHD_OPTION_HTTPS_MEM_CERT, cert, MHD_OPTION_END);
	wipe_free(key);
	if (!server->daemon)
		g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED,
				"libmicrohttpd does not start; are certificate and key right?");
	return server->daemon != NULL;
}

struct http_server *http_server_new(const struct portal_config *config, struct crew *crew,
		http_server_handler handler, void *data, GError **error)
{
	struct http_server *server = g_new0(struct http_server, 1);

	server->config = config;
	server->crew = crew;
	server->handler = handler;
	server->data = data;
	g_mutex_init(&server->lock);
	if (start(server, error))
		return server;
	http_server_free(server);
	return NULL;
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	if (server->daemon)
		MHD_quiesce_daemon(server->daemon);
	if (server->crew)
		crew_close(server->crew); /* who waits is answered; who asks meets "busy" */
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	crew_free(server->crew);
	g_clear_object(&server->socket);
	g_mutex_clear(&server->lock);
	g_free(server);
}

void http_server_lock(struct http_server *server)
{
	g_mutex_lock(&server->lock);
}

void http_server_unlock(struct http_server *server)
{
	g_mutex_unlock(&server->lock);
}
