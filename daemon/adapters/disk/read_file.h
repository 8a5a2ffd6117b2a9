// SPDX-License-Identifier: Apache-2.0
// Reads files of a tree, and notices when one is no longer what the walk saw.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "daemon/adapters/disk/fd.h"
#include "daemon/adapters/disk/obstacle.h"
#include "daemon/adapters/disk/tree.h"
#include "daemon/core/model/ids.h"

namespace rollout {

/// Opens `path` below `root` part by part, never through a symbolic link, and only a regular file:
/// FIFOs and devices are not opened. Invalid with errno set on failure.
Fd open_below(const Fd& root, const std::string& path);

/// Takes the bytes as they pass; false ends the read.
using ByteSink = std::function<bool(std::span<const std::byte>)>;

/// Reads at most `limit` bytes and one more, into `sink`. False with errno set on an error; with
/// errno 0 where the sink ended it.
bool read_all(const Fd& file, std::uint64_t limit, const ByteSink& sink);

/// The hash of the file that `entry` describes, all bytes passing through `sink`. Moving where the
/// file is another one or changed before, while or after it was read.
Readable<Sha256> hash_file(const Fd& root, const std::string& root_path, const TreeEntry& entry,
                           const ByteSink& sink);

/// The whole file as text. `TooLarge` beyond `limit`.
Readable<std::string> read_text(const Fd& root, const std::string& root_path,
                                const TreeEntry& entry, std::uint64_t limit);

}  // namespace rollout
