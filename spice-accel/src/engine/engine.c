/* SPDX-FileCopyrightText: 2026 OSVDI contributors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "engine/engine.h"

void engine_run(struct engine *engine, const struct job *job, struct job_result *result)
{
	engine->impl->run(engine, job, result);
}

void engine_forgive(struct engine *engine)
{
	engine->impl->forgive(engine);
}

void engine_interrupt(struct engine *engine)
{
	if (engine->impl->interrupt)
		engine->impl->interrupt(engine);
}

void engine_destroy(struct engine *engine)
{
	if (engine)
		engine->impl->destroy(engine);
}
