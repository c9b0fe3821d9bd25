/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
/* The ends of the socket between host and osvdi-encoder believe each other nothing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <drm_fourcc.h>
#include <glib.h>

#include "frame/picture.h"
#include "remote/area.h"
#include "remote/check-job.h"
#include "remote/check-result.h"
#include "remote/job-message.h"
#include "remote/socket.h"
#include "tiles/tile-batch.h"

static struct message_hello sound_hello(void)
{
	return (struct message_hello){
		.type = MESSAGE_HELLO,
		.magic = MESSAGE_MAGIC,
		.version = MESSAGE_VERSION,
		.n_encoders = 2,
		.encoders = { "x264", "mjpeg" },
		.fps = 60,
	};
}

static struct message_job sound_job(void)
{
	return (struct message_job){
		.type = MESSAGE_JOB,
		.flags = MESSAGE_PICTURE | MESSAGE_NEW_PICTURE | MESSAGE_KEY,
		.number = 7,
		.codec = CODEC_H264,
		.width = 640,
		.height = 480,
		.fps = 60,
		.preset = "ultrafast",
		.n_encoders = 1,
		.kind = ENCODE_NEW,
		.qp = 24,
		.n_damage = 1,
		.damage = { { 0, 0, 640, 480 } },
	};
}

static struct message_job look_job(void)
{
	struct message_job job = sound_job();

	job.flags = MESSAGE_FRAME | MESSAGE_LOOK;
	job.pixels = 1;
	job.frame = (struct message_frame){
		.width = 640,
		.height = 480,
		.backing_width = 640,
		.backing_height = 480,
		.fourcc = DRM_FORMAT_XRGB8888,
		.n_planes = 1,
		.stride = { 2560 },
	};
	return job;
}

static const char *job_wrong(const struct message_job *job, unsigned n_fds)
{
	struct message_hello hello = sound_hello();

	return check_job(job, sizeof *job, n_fds, &hello);
}

static void test_hello(void)
{
	struct message_hello sound = sound_hello(), hello = sound;

	g_assert_null(check_hello(&sound, sizeof sound, 1));
	g_assert_nonnull(check_hello(&sound, sizeof sound, 0));
	g_assert_nonnull(check_hello(&sound, sizeof sound - 1, 1));
	g_assert_nonnull(check_hello(&sound, 4, 1));
	hello.version++; /* a hello of another version may have any size */
	g_assert_cmpstr(check_hello(&hello, 12, 1), ==, "the host is of another version");
	hello = sound;
	hello.n_encoders = ENCODERS_MAX + 1;
	g_assert_nonnull(check_hello(&hello, sizeof hello, 1));
	hello = sound;
	memset(hello.encoders[1], 'x', sizeof hello.encoders[1]);
	g_assert_nonnull(check_hello(&hello, sizeof hello, 1));
	hello = sound;
	memset(hello.render_node, '/', sizeof hello.render_node);
	g_assert_nonnull(check_hello(&hello, sizeof hello, 1));
	hello = sound;
	hello.fps = 0;
	g_assert_nonnull(check_hello(&hello, sizeof hello, 1));
}

/* Each assignment alone makes a sound job one that is not. */
#define REFUSED(make, n_fds, ...) \
	do { \
		struct message_job job = make(); \
		g_assert_null(job_wrong(&job, n_fds)); \
		__VA_ARGS__; \
		g_assert_nonnull(job_wrong(&job, n_fds)); \
	} while (0)

static void test_jobs(void)
{
	struct message_job sound = sound_job();

	g_assert_nonnull(job_wrong(&sound, 0));
	g_assert_nonnull(job_wrong(&sound, 2));
	REFUSED(sound_job, 1, job.type = MESSAGE_RESULT);
	REFUSED(sound_job, 1, job.flags |= 1u << 9);
	REFUSED(sound_job, 1, job.flags |= MESSAGE_FRAME);
	REFUSED(sound_job, 1, job.flags &= ~(unsigned)MESSAGE_PICTURE);
	REFUSED(sound_job, 1, job.pixels = 1);
	REFUSED(sound_job, 1, job.codec = 2);
	REFUSED(sound_job, 1, job.width = 0);
	REFUSED(sound_job, 1, job.height = 16385);
	REFUSED(sound_job, 1, job.fps = 241);
	REFUSED(sound_job, 1, job.threads = 17);
	REFUSED(sound_job, 1, job.bitrate_kbps = UINT32_MAX);
	REFUSED(sound_job, 1, memset(job.preset, 'a', sizeof job.preset));
	REFUSED(sound_job, 1, job.preset[0] = '/');
	REFUSED(sound_job, 1, memset(job.render_node, 'a', sizeof job.render_node));
	REFUSED(sound_job, 1, job.n_encoders = 0);
	REFUSED(sound_job, 1, job.n_encoders = 3);
	REFUSED(sound_job, 1, job.encoders[0] = 2);
	REFUSED(sound_job, 1, job.n_encoders = 2); /* the same encoder twice */
	REFUSED(sound_job, 1, job.kind = ENCODE_REFINE + 1);
	REFUSED(sound_job, 1, job.qp = 52);
	REFUSED(sound_job, 1, job.qp = -1);
	REFUSED(sound_job, 1, job.n_damage = DAMAGE_MAX_RECTS + 1);
	REFUSED(sound_job, 1, job.damage[0].width = 641);
	REFUSED(sound_job, 1, job.damage[0].x = -1);
	REFUSED(sound_job, 1, job.damage[0].height = 0);
	REFUSED(sound_job, 1, job.damage[0].x = job.damage[0].width = INT32_MAX);
}

static void test_frames(void)
{
	REFUSED(look_job, 1, job.pixels = 0);
	REFUSED(look_job, 1, job.n_damage = 0);
	REFUSED(look_job, 1, job.flags |= MESSAGE_TILES);
	REFUSED(look_job, 1, job.frame.n_planes = 2);
	REFUSED(look_job, 1, job.frame.n_planes = 5);
	REFUSED(look_job, 1, job.frame.fourcc = 1);
	REFUSED(look_job, 1, job.frame.x = 1);
	REFUSED(look_job, 1, job.frame.y = UINT32_MAX);
	REFUSED(look_job, 1, job.frame.backing_width = 639);
	REFUSED(look_job, 1, job.frame.y_flip = 2);
	REFUSED(look_job, 1, memset(job.frame.render_node, 'a', sizeof job.frame.render_node));
}

static struct message_job tiles_job(void)
{
	struct message_job job = look_job();

	job.flags = MESSAGE_FRAME | MESSAGE_TILES;
	job.n_damage = 0;
	job.n_tiles = 2;
	job.tiles[0] = (struct osvdi_rect){ 624, 464, 16, 16 };
	job.tiles[1] = (struct osvdi_rect){ 0, 0, 400, 400 };
	return job;
}

static void test_tiles(void)
{
	REFUSED(tiles_job, 1, job.n_tiles = 0);
	REFUSED(tiles_job, 1, job.n_tiles = OSVDI_TILES_MAX_RECTS + 1);
	REFUSED(tiles_job, 1, job.tiles[0].x = 625);
	REFUSED(tiles_job, 1, job.tiles[0].width = 0);
	REFUSED(tiles_job, 1, job.n_tiles = 3, job.tiles[2] = job.tiles[1]);
}

static struct message_result sound_result(const struct message_job *job)
{
	return (struct message_result){
		.type = MESSAGE_RESULT,
		.number = job->number,
		.size = 1000,
		.key = 1,
		.qp = 24,
	};
}

static const char *result_wrong(const struct message_result *result, const struct message_job *job)
{
	return check_result(result, sizeof *result, job);
}

#define NOT_ANSWERED(make, ...) \
	do { \
		struct message_job job = make(); \
		struct message_result result = sound_result(&job); \
		g_assert_null(result_wrong(&result, &job)); \
		__VA_ARGS__; \
		g_assert_nonnull(result_wrong(&result, &job)); \
	} while (0)

static void test_results(void)
{
	struct message_job sound = sound_job();
	struct message_result answer = sound_result(&sound);

	g_assert_nonnull(check_result(&answer, sizeof answer - 1, &sound));
	NOT_ANSWERED(sound_job, result.type = MESSAGE_LOG);
	NOT_ANSWERED(sound_job, result.number = 8);
	NOT_ANSWERED(sound_job, result.size = MESSAGE_AREA_BYTES + 1);
	NOT_ANSWERED(sound_job, result.size = 0);
	NOT_ANSWERED(sound_job, result.error = 1);
	NOT_ANSWERED(sound_job, result.error = INT32_MIN);
	NOT_ANSWERED(sound_job, result.pixels_error = -5);
	NOT_ANSWERED(sound_job, result.encoder = 1);
	NOT_ANSWERED(sound_job, result.encoder = UINT32_MAX);
	NOT_ANSWERED(sound_job, result.key = 0);
	NOT_ANSWERED(sound_job, result.key = 2);
	NOT_ANSWERED(sound_job, result.qp = 52);
	NOT_ANSWERED(look_job, result.n_reported = DAMAGE_MAX_RECTS + 1);
	NOT_ANSWERED(look_job, result.n_reported = 1);
	NOT_ANSWERED(look_job, result.n_moves = LOOK_MAX_MOVES + 1);
	NOT_ANSWERED(look_job, result.n_moves = 1,
			result.moves[0] = (struct message_move){ { 0, 0, 16, 16 }, 1, 0 });
	NOT_ANSWERED(look_job, result.n_moves = 1,
			result.moves[0] = (struct message_move){ { 0, 0, 16, 16 }, INT32_MIN, 0 });
}

/* Tiles of another process become a message of ours, whatever it says of their coding. */
static void test_foreign_tiles(void)
{
	const struct spice_accel_rect rect = { 0, 0, 16, 16 };
	struct tile_batch batch = { 0 };
	struct packet packet = { 0 };

	g_assert_cmpint(tile_batch_add(&batch, &rect), ==, 0);
	g_assert_cmpint(tile_batch_put(&batch, 200, "abc", 3, &packet), <, 0);
	g_assert_cmpint(tile_batch_put(&batch, OSVDI_TILES_ZSTD, "abc", 1 << 20, &packet), <, 0);
	g_assert_cmpuint(packet.size, ==, 0);
	g_assert_cmpint(tile_batch_put(&batch, OSVDI_TILES_ZSTD, "abc", 3, &packet), ==, 0);
	g_assert_cmpuint(packet.size, ==, tile_batch_head(&batch) + 3);
	packet_finish(&packet);
	tile_batch_finish(&batch);
}

/* A picture crosses as a memfd that nobody can shrink, or write to. */
static void test_picture(void)
{
	struct picture mine, theirs;

	g_assert_cmpint(picture_init_shared(&mine, PICTURE_NV12, 320, 200), ==, 0);
	mine.plane[1][5] = 99;
	g_assert_cmpint(picture_map(&theirs, PICTURE_NV12, 320, 200, mine.fd), ==, 0);
	g_assert_cmpint(theirs.plane[1][5], ==, 99);
	g_assert_cmpint(ftruncate(mine.fd, 10), <, 0);
	g_assert_true(mmap(NULL, 4096, PROT_READ, MAP_SHARED, mine.fd, 0) != MAP_FAILED);
	g_assert_true(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, mine.fd, 0) == MAP_FAILED);
	picture_finish(&theirs);
	g_assert_cmpint(picture_map(&theirs, PICTURE_NV12, 640, 400, mine.fd), <, 0);
	picture_finish(&mine);
}

static void test_unsealed(void)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct picture picture;
	struct area area;

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(ftruncate(fd, (off_t)MESSAGE_AREA_BYTES), ==, 0);
	g_assert_cmpint(area_map(&area, fd), <, 0);
	g_assert_cmpint(picture_map(&picture, PICTURE_NV12, 320, 200, fd), <, 0);
	close(fd);
}

/* More descriptors, or more bytes, than any message has are no message, and none stays open. */
static void test_socket(void)
{
	char large[sizeof(union message) + 1] = { 0 };
	int ends[2], many[MESSAGE_MAX_FDS + 1], fds[MESSAGE_MAX_FDS], spare = dup(0);
	union message message;
	unsigned n;

	g_assert_cmpint(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), ==, 0);
	for (unsigned i = 0; i < G_N_ELEMENTS(many); i++)
		many[i] = ends[0];
	g_assert_cmpint(socket_send(ends[0], large, sizeof large, NULL, 0), ==, 0);
	g_assert_cmpint(socket_receive(ends[1], &message, fds, &n, 0), ==, -EPROTO);
	close(spare);
	g_assert_cmpint(socket_send(ends[0], large, 16, many, MESSAGE_MAX_FDS), ==, 0);
	g_assert_cmpint(socket_receive(ends[1], &message, fds, &n, 0), ==, 16);
	g_assert_cmpuint(n, ==, MESSAGE_MAX_FDS);
	socket_close(fds, n);
	g_assert_cmpint(dup(0), ==, spare);
	close(spare);
	g_assert_cmpint(socket_receive(ends[1], &message, fds, &n, MSG_DONTWAIT), ==, -EAGAIN);
	close(ends[0]);
	g_assert_cmpint(socket_receive(ends[1], &message, fds, &n, 0), ==, 0);
	close(ends[1]);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/remote/hello", test_hello);
	g_test_add_func("/remote/jobs", test_jobs);
	g_test_add_func("/remote/frames", test_frames);
	g_test_add_func("/remote/tiles", test_tiles);
	g_test_add_func("/remote/results", test_results);
	g_test_add_func("/remote/foreign-tiles", test_foreign_tiles);
	g_test_add_func("/remote/picture", test_picture);
	g_test_add_func("/remote/unsealed", test_unsealed);
	g_test_add_func("/remote/socket", test_socket);
	return g_test_run();
}
