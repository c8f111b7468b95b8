// SPDX-License-Identifier: MulanPSL-2.0
// A tar file with a list of hashes as its last entry ("manifest"), written beside its name and renamed when whole.
#pragma once
#include "base/ctx.h"

struct archive_out;
// backup.file_there when path exists, backup.unwritable ({0} = path, {1} = why).
enum err archive_create(struct ctx *c, const char *path, struct archive_out **ret_out);
enum err archive_put(struct ctx *c, struct archive_out *out, const char *name, struct str bytes);
enum err archive_put_file(struct ctx *c, struct archive_out *out, const char *name, const char *path);
// Writes the manifest, syncs and renames; on err throws the file away and passes err on.
enum err archive_finish(struct ctx *c, struct archive_out *out, enum err err);

// Calls fn for each entry (whole, in memory) in order. Checks every hash: backup.damaged ({0} = entry) or
// backup.cut_off.
enum err archive_read(struct ctx *c, const char *path,
                      enum err (*fn)(struct ctx *c, struct str name, struct str bytes, void *arg), void *arg);
